// What refers to what in one function: which objects each value, variable and field may refer to, in no order (Andersen's
// analysis, one node for everything that an object holds). Objects are what the function makes, what its parameters refer
// to (self), what can be reached from there (reach), and the heap, which stands for everything that others know. A copy
// that is made when a shared array is written is the same object here.
//
// Calls act as the summaries of their targets say. What can be told only with too much work counts as known to others.
//
// Strings are objects that hold nothing, of which those that a parameter refers to or leads to are one. By its type a value refers to
// strings or to other objects alone, mostly: so what is known of one kind takes nothing from what is known of the other.
//
// With types (the caller's choice), a value leads only to objects that its type allows, and what one call makes is an object for each
// type: so what comes out of a list is not the list. It costs more, and is for those who must not refuse what is right.
#pragma once

#include "compiler/analysis/object_types.h"
#include "compiler/analysis/summaries.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

enum class ObjectKind : uint8_t {
  Heap,
  Self,
  Reach,
  Strings, ///< Of a parameter, self and reach.
  Site,
};

struct HeapObject {
  ObjectKind kind;
  unsigned param = 0;
  const dil::Inst *site = nullptr; ///< An allocation, or a call that gives new objects.
  bool isKept = false;             ///< Those that the call has put into its arguments.
  bool isArray = false;            ///< It is an array, or all of them are.
  TypeSet types = TypeSet::anything();
  bool isString = false;           ///< Of the heap too.
};

class HeapGraph {
public:
  /// `summaries` by function; they are read while the graph is made only. `types` null: without types.
  HeapGraph(const dil::Module &module, const dil::Function &function, CallTargets &targets,
            llvm::ArrayRef<Summary> summaries, const TypeCycles &cycles, bool destructorsLeak, ObjectTypes *types = nullptr, bool withStrings = true);

  llvm::ArrayRef<HeapObject> objects() const { return table; }
  static constexpr unsigned kHeap = 0, kHeapStrings = 1; ///< The second one if strings are followed.

  /// Objects that a value, or what lies in a slot (given by its address), may refer to.
  const llvm::BitVector &of(dil::ValueId value) const { return nodes[value.index]; }
  const llvm::BitVector &heldBy(unsigned object) const { return nodes[contentNode(object)]; }
  bool isKnownToOthers(unsigned object) const { return isTooLarge || nodes[heapNode()].test(object); }
  /// Held by what a parameter refers to, directly or not.
  bool isKept(unsigned object) const { return kept.test(object); }
  /// Which types can be part of a ring.
  const TypeCycles &rings() const { return cycles; }
  /// One object of the site is put into another one of it, itself and not only what it holds: there may be any number of them.
  bool isChained(unsigned object) const { return chained.test(object); }
  /// In the result, or reached from a new object in it.
  bool isInResult(unsigned object) const { return resultReach.test(object); }
  /// How it becomes known to others, or held by what a parameter refers to.
  Path wayOut(unsigned object) const;
  /// The object itself comes to these, not only with what holds it. By which way: empty if it does not, or if that is all that is known.
  bool isGivenToOthers(unsigned object) const;
  bool isReturned(unsigned object) const { return nodes[resultNode()].test(object); }
  Path wayToOthers(unsigned object) const { return wayTo(heapNode(), object, 0); }
  Path wayToResult(unsigned object) const { return wayTo(resultNode(), object, 0); }
  Path wayToHolder(unsigned holder, unsigned object) const { return wayTo(contentNode(holder), object, 0); }
  /// Into a slot, or what an address parameter points at. With types only.
  Path wayToPlace(dil::ValueId address, unsigned object) const { return wayTo(address.index, object, 0); }
  /// Where it first comes to be held by another one.
  SourceLoc heldAt(unsigned holder, unsigned object) const;
  bool isGivenUp() const { return isTooLarge; }

  /// Puts what the function does together. `summary` grows only.
  bool summarise(Summary &summary) const;

private:
  /// Where a place lies: in a node, or in what the objects of a value hold.
  struct Spot {
    enum Kind : uint8_t { Nothing, Node, Content, Heap } kind = Nothing;
    unsigned node = 0; ///< Of a slot or parameter, or of the value whose objects hold the place.
  };
  struct Argument {
    bool isAddress = false;
    TypeId type; ///< Of an address: of what lies there.
    Spot spot; ///< Of an address; else its node.
  };
  enum class Kind : uint8_t { Copy, Load, Store, Call, Runtime };
  struct Constraint {
    Kind kind;
    unsigned from = 0, to = 0;
    const dil::Inst *inst = nullptr;
    dil::FuncId callee;
    unsigned call = 0; ///< Index in `calls`.
  };
  struct Call {
    llvm::SmallVector<Argument, 4> args;
    unsigned result = kNone;                 ///< Node.
    llvm::SmallVector<unsigned, 1> fresh, kept; ///< Objects.
  };
  /// Why an object came to a node: by which constraint, and which flow of its summary.
  struct Why {
    unsigned constraint, flow;
  };
  static constexpr unsigned kNone = ~0u, kHeldByEscaped = ~0u;

  unsigned heapNode() const { return valueCount; }
  unsigned resultNode() const { return valueCount + 1; }
  unsigned contentNode(unsigned object) const { return valueCount + 2 + object; }

  bool movesStrings() const;
  void begin(bool withStrings);
  void collectObjects();
  /// The test holds for nothing that it can hold.
  bool cannotHold(const HeapObject &object, bool (TypeTable::*test)(TypeId) const) const;
  bool isHeap(unsigned object) const { return table[object].kind == ObjectKind::Heap; }
  void findKept();
  void addObject(HeapObject object);
  void addString(HeapObject object);
  /// An object for each type.
  void addObjects(const dil::Inst &inst, const TypeSet &set, bool isKept, bool areArrays);
  void collectConstraints(bool destructorsLeak);
  void visit(const dil::Inst &inst);
  void visitCall(const dil::CallBase &call);
  bool isNeverEmpty(dil::ValueId text) const;
  void leaveOutParts(const dil::CallBase &inst, Call &call) const;
  bool refers(dil::ValueId value) const;
  llvm::ArrayRef<dil::FuncId> targetsOf(const dil::CallBase &call) const;
  Spot spotOf(dil::ValueId address) const;
  void copy(unsigned from, unsigned to, const dil::Inst &inst) { add({Kind::Copy, from, to, &inst, {}, 0}); }
  void read(Spot spot, unsigned to, const dil::Inst &inst);
  void write(unsigned from, Spot spot, const dil::Inst &inst);
  /// Others may read and write what lies there.
  void share(Spot spot, const dil::Inst &inst);
  void add(Constraint constraint) { constraints.push_back(constraint); }

  void solve();
  bool apply(unsigned constraint);
  bool applyFlow(unsigned constraint, const Summary &summary, unsigned flow);
  bool applyRuntime(unsigned constraint);
  bool closeHeap();
  bool closeRings();
  bool mayCloseRing(const HeapObject &object) const;
  bool isReached(Why why) const;
  bool join(unsigned to, const llvm::BitVector &objects, Why why);
  /// Leaves in a set what may come to the node.
  void keepFitting(unsigned node, llvm::BitVector &objects);
  /// With types: what comes to the node by its way there is of the types `moved`, and is held by objects of the types `holders`.
  void remember(unsigned to, const llvm::BitVector &objects, const TypeSet &moved, const TypeSet &holders);
  TypeSet typesOf(unsigned node);
  /// The objects that may come to a node by its type; null if all may.
  const llvm::BitVector *allowedIn(unsigned node);
  llvm::SmallVector<unsigned, 4> nodesOf(const Argument &argument) const;
  llvm::BitVector selfOf(const Argument &argument) const;
  llvm::BitVector reachOf(const llvm::BitVector &objects) const;
  /// With types: of what can be reached from there of what others know.
  TypeSet reachedOfHeap(const Argument &argument, const llvm::BitVector &reach);

  bool isUnbounded(const dil::Inst &site, unsigned component) const;
  Step describe(const Constraint &constraint) const;
  Path wayTo(unsigned node, unsigned object, unsigned depth) const;

  const dil::Module &module;
  const dil::Function &function;
  CallTargets &targets;
  llvm::ArrayRef<Summary> summaries;
  const TypeCycles &cycles;
  unsigned valueCount;
  struct Refers {
    bool toObjects : 1, toStrings : 1;
  };
  std::vector<Refers> refersTo; ///< By value.
  std::vector<HeapObject> table;
  llvm::BitVector strings;      ///< Which of them are strings; empty if those are not followed.
  llvm::DenseMap<unsigned, unsigned> stringsOf; ///< By nodes of parameters, and of what their objects hold: the parameter's strings.
  std::vector<llvm::BitVector> nodes;
  std::vector<Constraint> constraints;
  std::vector<Call> calls;
  ObjectTypes *types;
  llvm::DenseMap<const dil::Inst *, llvm::SmallVector<unsigned, 1>> siteOf, keptBy;
  llvm::DenseMap<TypeId, llvm::BitVector> allowedByType;
  struct Way {
    TypeSet moved, holders;
  };
  llvm::DenseMap<std::pair<unsigned, unsigned>, Way> ways; ///< By node and object, of what is reached from a parameter.
  bool hasMoreWays = false;
  std::vector<llvm::BitVector> allowedInObject; ///< By object; empty: not asked for yet.
  llvm::DenseMap<std::pair<unsigned, unsigned>, Why> reasons; ///< By node and object; of values none.
  llvm::BitVector resultReach, kept;
  llvm::BitVector leaves; ///< Objects that can hold no others, strings left out,
  llvm::BitVector stringless; ///< and those that can hold no strings.
  llvm::BitVector mixed; ///< Self and reach objects that something of their own reach is stored into.
  llvm::DenseSet<unsigned> mixedStrings; ///< Nodes of `stringsOf` that get such a string once more.
  llvm::BitVector closed; ///< Put into itself by this function, not by one that it calls.
  llvm::BitVector chained;
  bool isTooLarge = false, stringsGivenUp = false;
};

} // namespace dream::analysis
