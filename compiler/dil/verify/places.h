// Where addresses and borrows of a function come from: the variable or object they lead into, the way from there, and the
// scope (access, borrow or owned value) in which they may be used. One walk over the function; constant time a question.
#pragma once

#include "compiler/dil/cfg.h"

namespace dream::dil::verifier {

enum class RootKind : uint8_t {
  None,      ///< Not an address.
  Slot,
  Parameter, ///< A place that the caller gave.
  Global,
  Object,    ///< Inside a class object or behind a raw pointer: other values may lead to the same place.
  Array,     ///< Elements of an array value that is in no place of its own.
};

/// What opens a scope.
enum class ScopeKind : uint8_t { None, Owned, Borrow, Read, Modify };

class Places {
public:
  Places(const Module &module, const Function &function, const Cfg &cfg);

  struct Info {
    RootKind root = RootKind::None;
    bool isPart = false;     ///< Not the whole variable.
    bool hasElement = false; ///< An index is on the way: two such ways may or may not meet.
    bool isReadOnly = false; ///< Reached by a read access, through a borrowed array or string, or an `in` parameter.
    ValueId rootValue;       ///< The slot, parameter, object or array; of globals the first `global` instruction.
    uint32_t path = 0;       ///< Node of the tree of ways; equal ways have equal nodes.
    ValueId scope;           ///< Must be open when the value is used. Of what opens a scope: itself.
    ValueId outer;           ///< Of what opens a scope: the scope in which it lies.
  };
  const Info &operator[](ValueId id) const { return infos[id.index]; }

  /// What a value opens.
  ScopeKind scopeKind(ValueId id) const;
  /// One place lies in the other, or they are the same; may also be true of two elements that differ.
  bool overlap(const Info &a, const Info &b) const;
  /// Whether `scope` is one of those in which `info` lies.
  bool isInside(const Info &info, ValueId scope) const;

private:
  void add(const Inst &inst);
  void inherit(Info &info, ValueId from);
  uint32_t step(uint32_t path, uint32_t part);

  struct Node { uint32_t parent, depth; };
  const Module &module;
  const Function &function;
  std::vector<Info> infos;
  std::vector<Node> nodes;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, uint32_t> steps;
  llvm::DenseMap<GlobalId, ValueId> globals;
};

} // namespace dream::dil::verifier
