// Which fields of classes may be given a value when somebody else knows the object already. Only such a field closes a ring of
// objects: what is put into an object that nobody else refers to yet was there before it, and does not lead to it.
//
// An object is fresh where it is made, and in a constructor, until it is stored, captured, or handed to a function that does that:
// then it is known. Stores into fields of objects that come from anywhere else are late.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

class LateStores {
public:
  explicit LateStores(const dil::Module &module);

  /// `field` as an index into the fields of the holder, a class.
  bool isStoredLate(TypeId holder, unsigned field) const;

private:
  /// A place in a function: its block, and twice the position in it. One less is just before, one more just behind.
  struct Point {
    uint32_t block;
    int64_t at;
  };
  using Field = std::pair<uint32_t, unsigned>; ///< The class that declares it, and its index.
  struct Store {
    Point point;
    Field field;
  };
  struct Pass {
    Point point;
    uint32_t callee;
  };
  /// An object that is made in a function, or its first parameter.
  struct Fresh {
    bool isParam;
    Point made; ///< The entry, of a parameter.
    llvm::SmallVector<Store, 4> stores;
    llvm::SmallVector<Pass, 2> passes; ///< Calls that are given it as first argument.
    llvm::SmallVector<Point, 4> knowns;
  };
  struct Facts {
    std::vector<Fresh> objects;
    int32_t param = -1;          ///< Which of them is the first parameter.
    bool makesKnown = false;     ///< It lets others know that one.
    bool isForFresh = true;      ///< All callers hand it a fresh one there.
  };

  void collect(uint32_t function);
  void findMakesKnown();
  void judge(uint32_t function, std::vector<uint32_t> &refused);
  void refuse(uint32_t function, std::vector<uint32_t> &refused);
  std::vector<Point> knownPoints(const Fresh &object) const;
  Field fieldOf(TypeId holder, unsigned field) const;

  const dil::Module &module;
  std::vector<Facts> facts; ///< For each function.
  llvm::DenseSet<Field> late;
};

} // namespace dream::analysis
