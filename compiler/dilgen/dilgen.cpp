#include "compiler/dilgen/dilgen.h"
#include "compiler/dilgen/module_gen.h"

namespace dream::dilgen {

std::unique_ptr<dil::Module> lowerProgram(const sema::Program &program, NameTable &names) {
  auto module = std::make_unique<dil::Module>(program.types, names);
  ModuleGen(program, *module, names).run();
  return module;
}

} // namespace dream::dilgen
