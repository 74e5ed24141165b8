#include "compiler/dilgen/dilgen.h"
#include "compiler/dilgen/module_gen.h"

namespace dream::dilgen {

std::unique_ptr<dil::Module> lowerProgram(const sema::Program &program, NameTable &names, bool asTests, bool checksAll) {
  auto module = std::make_unique<dil::Module>(program.types, names);
  ModuleGen gen(program, *module, names);
  gen.checksAll = checksAll;
  gen.run(asTests);
  return module;
}

} // namespace dream::dilgen
