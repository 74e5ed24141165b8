// Where a value that refers to something is of use: its own uses, and those of everything that looks into it: borrows, places,
// accesses, views. Behind the last of them an owned value may die, if nobody can see when it does (Perceus, PLDI 2021).
#pragma once

#include "compiler/dil/cfg.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dream::analysis {

/// Where an instruction uses a value.
struct UseAt {
  dil::Inst *inst;
  dil::BlockId block;
  uint32_t index; ///< Of the instruction in its block.
};

/// All uses of all values of a function, in the order of the text; an instruction that uses a value twice stands there once.
class UseTable {
public:
  explicit UseTable(const dil::Function &function);
  llvm::ArrayRef<UseAt> of(dil::ValueId value) const { return uses[value.index]; }

private:
  std::vector<llvm::SmallVector<UseAt, 2>> uses;
};

class ValueLife {
public:
  /// The ends of borrows and accesses are uses, unless `ignoresEnds`.
  ValueLife(const dil::Function &function, const TypeTable &types, const dil::Cfg &graph, const UseTable &uses, dil::ValueId root,
            bool ignoresEnds = false);

  /// Something that looks into the value goes where it is not followed: a pointer into a variable, a view out of the function.
  bool isUnknown() const { return unknown; }

  static constexpr int kWhole = -1;
  /// A use of the value, or of what looks into it by way of its field `part` (kWhole: of the value itself, or a cast of it).
  struct Use {
    UseAt at;
    int part;
    bool consumes; ///< It takes the value over.
  };
  llvm::ArrayRef<Use> uses() const { return found; } ///< Drops are none.
  llvm::ArrayRef<UseAt> drops() const { return dropped; }

  /// Of use somewhere behind the instruction with this number in the block.
  bool isLiveAfter(dil::BlockId block, uint32_t index) const;
  bool isLiveIn(dil::BlockId block) const { return liveIn.test(block.index); }

  /// Calls one of them for each place where an owned value has to die: right behind its last use on some way, behind its making
  /// (an invalid use) if it has none, or on an edge.
  void forEachDeath(llvm::function_ref<void(UseAt)> after, llvm::function_ref<void(dil::BlockId, dil::BlockId)> onEdge) const;

  /// Of the uses that can be reached from behind the instruction with this number, without the value being made anew, one fits.
  bool anyAfter(dil::BlockId block, uint32_t index, llvm::function_ref<bool(const Use &)> fits) const;

private:
  void collect(const UseTable &table, bool ignoresEnds);
  bool looksInto(const dil::Inst &inst) const;
  void flow();

  const dil::Function &function;
  const TypeTable &types;
  const dil::Cfg &graph;
  dil::ValueId root;
  bool unknown = false;
  std::vector<Use> found;
  llvm::SmallVector<UseAt, 2> dropped;
  llvm::DenseMap<dil::BlockId, UseAt> last; ///< By block: its last use.
  llvm::BitVector liveIn, liveOut;
};

/// The value that casts of casts lead back to; `casts`, if given, gets them, innermost last.
dil::ValueId beforeCasts(const dil::Function &function, dil::ValueId value, llvm::SmallVectorImpl<dil::CastInst *> *casts = nullptr);
/// Through casts that consumed what they cast, too.
dil::ValueId beforeAllCasts(const dil::Function &function, dil::ValueId value);
/// The value that casts and copies lead back to, whoever owns them.
dil::ValueId beforeCopies(const dil::Function &function, dil::ValueId value);

} // namespace dream::analysis
