// The set of scopes that are open at one point of a function, with the number of scopes directly inside each.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/STLExtras.h"

namespace dream::dil::verifier {

class OpenScopes {
public:
  explicit OpenScopes(size_t valueCount) : places(valueCount, kClosed), inners(valueCount) {}

  bool contains(ValueId id) const { return places[id.index] != kClosed; }
  bool inner(ValueId id) const { return inners[id.index] != 0; }
  llvm::ArrayRef<ValueId> all() const { return members; }

  void insert(ValueId id, ValueId outer) {
    if (contains(id))
      return;
    places[id.index] = uint32_t(members.size());
    members.push_back(id);
    outers.push_back(outer);
    if (outer.isValid())
      ++inners[outer.index];
  }

  void erase(ValueId id, ValueId outer) {
    uint32_t place = places[id.index];
    places[members.back().index] = place;
    members[place] = members.back();
    outers[place] = outers.back();
    members.pop_back();
    outers.pop_back();
    places[id.index] = kClosed;
    if (outer.isValid())
      --inners[outer.index];
  }

  std::vector<ValueId> sorted() const {
    std::vector<ValueId> result = members;
    llvm::sort(result);
    return result;
  }

  /// Replaces everything that is open; `outerOf` gives a scope's outer one.
  template <typename F> void assign(llvm::ArrayRef<ValueId> ids, F &&outerOf) {
    while (!members.empty())
      erase(members.back(), outers.back());
    for (ValueId id : ids)
      insert(id, outerOf(id));
  }

private:
  static constexpr uint32_t kClosed = ~0u;
  std::vector<uint32_t> places; ///< Position in `members`, by value.
  std::vector<uint32_t> inners;
  std::vector<ValueId> members, outers;
};

} // namespace dream::dil::verifier
