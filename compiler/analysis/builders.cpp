#include "compiler/analysis/builders.h"
#include "compiler/analysis/places.h"

namespace dream::analysis {

using namespace dil;

static bool takesObject(const Module &module, const Function &function) {
  return function.kind == FuncKind::Dream && !function.isDeclaration() && !function.params.empty() &&
         function.params[0].convention == Convention::Borrow && module.types.kind(function.params[0].type) == TypeKind::Class;
}

std::vector<bool> findBuilders(const Module &module) {
  std::vector<bool> isBuilder(module.functions.size());
  std::vector<llvm::SmallVector<FuncId, 1>> handedOn(module.functions.size()); ///< Callees that get the first argument.
  llvm::SmallVector<FuncId, 16> work;
  auto add = [&](FuncId id) {
    if (!isBuilder[id.index]) {
      isBuilder[id.index] = true;
      work.push_back(id);
    }
  };
  for (uint32_t i = 0; i < module.functions.size(); ++i)
    for (const Block &block : module.functions[i].blocks)
      for (const Inst *inst : block.insts) {
        auto *call = llvm::dyn_cast<CallInst>(inst);
        if (!call || call->args.empty() || !takesObject(module, module[call->callee]))
          continue;
        ValueId first = borrowRoot(module.functions[i], call->args[0]);
        const Inst *definition = module.functions[i][first].definition;
        if (definition && llvm::isa<AllocInst>(definition))
          add(call->callee);
        else if (takesObject(module, module.functions[i]) && first == module.functions[i].blocks.front().args[0])
          handedOn[i].push_back(call->callee);
      }
  while (!work.empty())
    for (FuncId callee : handedOn[work.pop_back_val().index])
      add(callee);
  return isBuilder;
}

} // namespace dream::analysis
