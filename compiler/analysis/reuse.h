// Whether the storage of an object may be used again: when control comes back to where the object is made, nothing that may
// refer to the last one is looked at any more. Looking is every use of a value, and every use of a variable, drops
// included.
#pragma once

#include "compiler/analysis/places.h"
#include "compiler/dil/cfg.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"

namespace dream::analysis {

class StorageReuse {
public:
  explicit StorageReuse(const dil::Function &function);

  /// Control may come back to the instruction.
  bool isRepeated(const dil::Inst &site) const { return inCycle[blockOf(site).index]; }
  /// None of the values (by number; a slot's address stands for its content) is looked at later than this, from the
  /// instruction on, before it is made anew. False also if that is too much work to tell.
  bool areDead(const dil::Inst &site, const llvm::BitVector &holders) { return areDead(positions.lookup(&site), holders); }
  /// The same from the start of a block on, its arguments included.
  bool areDead(dil::BlockId block, const llvm::BitVector &holders) { return areDead(Position{block, 0}, holders); }
  /// The same behind an instruction at the place in the block; what `isHarmless` does not look.
  bool areDeadBehind(dil::BlockId block, unsigned at, const llvm::BitVector &holders,
                     llvm::function_ref<bool(const dil::Inst &)> isHarmless = {});
  /// The same behind the closing of an arena.
  bool areDeadBehind(const dil::ArenaCloseInst &closing, const llvm::BitVector &holders);

  const dil::Cfg &cfg() const { return graph; }
  dil::BlockId blockOf(const dil::Inst &site) const { return positions.lookup(&site).first; }
  /// The instruction has one of the values as an operand, or an address in a slot among them.
  bool looks(const dil::Inst &inst, const llvm::BitVector &holders) const;

private:
  using Position = std::pair<dil::BlockId, unsigned>;
  bool areDead(Position start, const llvm::BitVector &holders);
  bool isDead(Position start, dil::ValueId holder);
  llvm::function_ref<bool(const dil::Inst &)> isHarmless; ///< Null, or while areDeadBehind runs.
  enum class Event : uint8_t { None, Look, End };
  Event eventOf(const dil::Inst &inst, dil::ValueId holder, uint32_t slot) const;

  const dil::Function &function;
  dil::Cfg graph;
  SlotTable slots;
  llvm::BitVector inCycle; ///< By block.
  llvm::DenseMap<const dil::Inst *, Position> positions; ///< Of allocations, calls, and closings of arenas.
  std::vector<uint32_t> visited; ///< By block: the number of the last walk that met it.
  uint32_t walk = 0;
  uint64_t budget;
};

} // namespace dream::analysis
