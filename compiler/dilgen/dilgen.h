// A checked program to raw DIL.
#pragma once

#include "compiler/dil/module.h"
#include "compiler/sema/program.h"
#include <memory>

namespace dream::dilgen {

/// Lowers every reachable function of a program that was checked without errors.
std::unique_ptr<dil::Module> lowerProgram(const sema::Program &program, NameTable &names);

} // namespace dream::dilgen
