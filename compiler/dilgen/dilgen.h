// A checked program to raw DIL.
#pragma once

#include "compiler/dil/module.h"
#include "compiler/sema/program.h"
#include <memory>

namespace dream::dilgen {

/// Lowers every reachable function of a program that was checked without errors. With `asTests` the entry runs one of the
/// program's tests, the one whose index is the first argument, in place of `main`. `checksAll`: functions of the library
/// that are marked as [Unchecked] are checked all the same.
std::unique_ptr<dil::Module> lowerProgram(const sema::Program &program, NameTable &names, bool asTests = false, bool checksAll = false);

} // namespace dream::dilgen
