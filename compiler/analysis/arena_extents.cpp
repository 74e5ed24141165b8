#include "compiler/analysis/arena_extents.h"
#include <optional>

namespace dream::analysis {

using namespace dil;

bool ArenaExtents::hasArenas(const Function &function) {
  return llvm::any_of(function.blocks, [](const Block &block) {
    return llvm::any_of(block.insts, [](const Inst *inst) { return llvm::isa<ArenaOpenInst>(inst); });
  });
}

ArenaExtents::ArenaExtents(const Function &function, const Cfg &cfg) {
  if (!hasArenas(function))
    return;
  std::vector<std::optional<Open>> atEntry(function.blocks.size()); // The outermost first.
  llvm::DenseMap<ValueId, unsigned> numbers;
  atEntry[function.entry().index] = Open();
  for (BlockId block : cfg.reversePostorder()) {
    Open now = *atEntry[block.index]; // Some predecessor stands before it.
    for (const Inst *inst : function[block].insts) {
      if (auto *opening = llvm::dyn_cast<ArenaOpenInst>(inst)) {
        numbers[inst->result] = unsigned(arenas.size());
        arenas.push_back({opening, {}});
        outside.push_back(now);
        now.push_back(numbers[inst->result]);
      } else if (auto *closing = llvm::dyn_cast<ArenaCloseInst>(inst)) {
        arenas[numbers.lookup(closing->arena)].closings.push_back(closing);
        now.pop_back();
      } else if (!now.empty()) {
        open[inst] = Open(llvm::reverse(now));
      }
    }
    for (BlockId next : cfg.successors(block))
      if (!atEntry[next.index])
        atEntry[next.index] = now;
  }
}

llvm::ArrayRef<unsigned> ArenaExtents::around(const Inst &inst) const {
  auto found = open.find(&inst);
  return found == open.end() ? llvm::ArrayRef<unsigned>() : found->second;
}

} // namespace dream::analysis
