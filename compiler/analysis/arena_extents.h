// Which arenas are open at the points of a function where objects are made, and where each of them is closed. On all ways to a
// point the same ones are open (verifier, 907).
#pragma once

#include "compiler/dil/cfg.h"
#include "compiler/dil/module.h"
#include "llvm/ADT/DenseMap.h"

namespace dream::analysis {

struct ArenaExtent {
  const dil::ArenaOpenInst *opening;
  llvm::SmallVector<const dil::ArenaCloseInst *, 2> closings;
};

class ArenaExtents {
public:
  ArenaExtents(const dil::Function &function, const dil::Cfg &cfg);

  /// In the order of the text; arenas that are never reached are left out.
  llvm::ArrayRef<ArenaExtent> list() const { return arenas; }
  /// The arenas around an instruction, the innermost first.
  llvm::ArrayRef<unsigned> around(const dil::Inst &inst) const;
  /// The first of the two is open whenever the second one is, and longer.
  bool isAround(unsigned outer, unsigned inner) const { return llvm::is_contained(outside[inner], outer); }

  static bool hasArenas(const dil::Function &function);

private:
  using Open = llvm::SmallVector<unsigned, 2>;

  std::vector<ArenaExtent> arenas;
  std::vector<Open> outside; ///< By arena: those that are open when it is opened.
  llvm::DenseMap<const dil::Inst *, Open> open; ///< Of instructions inside of some.
};

} // namespace dream::analysis
