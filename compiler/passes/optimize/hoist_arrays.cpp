// Moves out of loops what they ask of an array again and again although the answer cannot change: which buffer a variable
// holds, that the buffer is unique, and how long it is. LLVM then finds the length in a register and the buffer fixed,
// removes the bounds checks that the loop's own condition implies, and vectorises.
//
// A variable (a slot, or a `ref` parameter, which always leads to one) qualifies in a loop that only reads its elements
// or, after making it unique, writes them. It is then full when the loop is entered, as nothing inside fills or empties it.
// Nobody else can get at it meanwhile: its address goes nowhere. If it is written, what the loop borrows from it is used
// for nothing but elements and lengths, so no second reference to the buffer appears, and it stays unique.
//
// So does an array that is an element of another one (`ref var row = ref grid[y]`), if a modify access of the element is open around the loop: then
// nobody else can get at that. There may be one such element in a loop.
//
// Asking early is safe even if the loop's body never runs: a variable's array is never null, and making it unique changes
// nothing that could be seen.
//
// The array of an object's field or of a module variable is fetched before a loop in which nothing may write that place,
// if the object is known there. Where it may be taken it is checked before use, and its length is not asked for early.
// (unique_hoist has moved the tests whether it is unique.)
//
// A length that was asked for on every way to a block is not asked for there again, in loops or not: LLVM would ask again
// behind each call. (A value is the same array as long as it is used; only by its place could it be resized.)
//
// The pass works on counted DIL, where a borrow has no end.
#include "compiler/analysis/interference.h"
#include "compiler/analysis/loops.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::passes {

using namespace dil;

namespace {

/// Fields are left alone in larger loops, so that the pass stays linear.
constexpr unsigned kMaxLoopInsts = 2000;

struct Loop : analysis::Loop {
  llvm::DenseSet<BlockId> members;
  llvm::SmallVector<unsigned, 2> around; ///< Loops that hold it.
};

class HoistArrays {
public:
  HoistArrays(PassContext &context, const analysis::ModuleEffects &effects, Function &function)
      : context(context), types(context.module.types), function(function), build(context.module, function),
        interference(context.module, function, effects, context.targets) {}

  void run() {
    if (!hasArrayPlaces())
      return;
    findLoops();
    users.collect(function);
    for (unsigned i = 0; i < loops.size(); ++i) // inner loops first
      hoist(i);
    shareLengths();
    if (erased.empty())
      return;
    for (Block &block : function.blocks)
      llvm::erase_if(block.insts, [&](Inst *inst) { return erased.contains(inst); });
  }

private:
  bool isArray(TypeId type) const {
    TypeKind kind = types.kind(type);
    return kind == TypeKind::Array || kind == TypeKind::Rect;
  }

  // ---- Loops

  bool hasArrayPlaces() const {
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (llvm::isa<LoadBorrowInst, UniqueInst, LenInst>(inst))
          return true;
    return false;
  }

  void findLoops() {
    Cfg graph(function);
    Dominators dominators(graph);
    for (analysis::Loop &found : analysis::findLoops(graph, dominators)) {
      loops.push_back({std::move(found), {}, {}});
      loops.back().members.insert(loops.back().blocks.begin(), loops.back().blocks.end());
    }
    for (unsigned i = 0; i < loops.size(); ++i)
      for (unsigned j = i + 1; j < loops.size(); ++j)
        if (loops[j].members.contains(loops[i].header))
          loops[i].around.push_back(j);
  }

  /// The block that is run once before the loop; invalid if the loop is entered from several places.
  BlockId preheader(unsigned number) {
    Loop &loop = loops[number];
    if (loop.entering.size() != 1)
      return {};
    BlockId before = loop.entering.front();
    unsigned targets = 0;
    forEachTarget(*function[before].insts.back(), [&](BlockId) { ++targets; });
    if (targets == 1 && llvm::isa<BrInst>(function[before].insts.back()))
      return before;
    BlockId made = splitEdge(function, before, loop.header);
    function[made].isCold = function[loop.header].isCold;
    for (unsigned outer : loop.around) {
      loops[outer].members.insert(made);
      loops[outer].blocks.push_back(made);
    }
    loop.entering.front() = made;
    return made;
  }

  // ---- Variables

  /// Variables that hold arrays: slots made outside the loop, and `ref` parameters; and an element that is open around it.
  std::vector<ValueId> variablesUsedIn(const Loop &loop) {
    std::vector<ValueId> result;
    llvm::DenseSet<ValueId> seen;
    unsigned elements = 0;
    for (BlockId block : loop.blocks)
      for (const Inst *inst : function[block].insts) {
        ValueId place;
        if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(inst))
          place = borrow->place;
        else if (auto *unique = llvm::dyn_cast<UniqueInst>(inst))
          place = unique->place;
        if (!place.isValid() || erased.contains(inst) || !isArray(function[place].type))
          continue;
        place = behindAccesses(place);
        if (!isVariable(place, loop) || !seen.insert(place).second)
          continue;
        result.push_back(place);
        elements += isElement(place);
      }
    if (elements > 1)
      llvm::erase_if(result, [&](ValueId place) { return isElement(place); });
    return result;
  }
  ValueId behindAccesses(ValueId place) const {
    while (true) {
      if (isElement(place))
        return place;
      const Inst *inst = function[place].definition;
      if (auto *read = llvm::dyn_cast_or_null<AccessReadInst>(inst))
        place = read->place;
      else if (auto *modify = llvm::dyn_cast_or_null<AccessModifyInst>(inst))
        place = modify->place;
      else
        return place;
    }
  }
  bool isVariable(ValueId place, const Loop &loop) const {
    const ValueInfo &info = function[place];
    if (info.ownership != Ownership::Address)
      return false;
    if (info.definition)
      return (llvm::isa<SlotInst>(info.definition) || isElement(place)) && !loop.members.contains(info.block);
    if (info.block != function.entry())
      return false;
    const auto &args = function[function.entry()].args;
    size_t index = llvm::find(args, place) - args.begin();
    return index < function.params.size() && function.params[index].mode == PassMode::Ref;
  }

  /// A modify access of an element of an array, which is reached by nothing else: while it is open nobody else reads or writes that.
  bool isElement(ValueId place) const {
    const auto *modify = llvm::dyn_cast_or_null<AccessModifyInst>(function[place].definition);
    const auto *elem = modify ? llvm::dyn_cast_or_null<ElemInst>(function[modify->place].definition) : nullptr;
    return elem && function[elem->base].ownership != Ownership::Address && isArray(function[elem->base].type) &&
           users[modify->place].size() == 1;
  }

  /// What a loop does with a variable.
  struct Role {
    bool qualifies = true;
    bool writes = false;    ///< Asks for a unique array.
    bool isShared = false;  ///< Has to make it unique itself.
    llvm::SmallVector<Inst *, 4> loads; ///< load.borrow and unique.
  };

  void examine(ValueId address, const Loop &loop, Role &role) {
    for (const Users::At &use : users[address]) {
      if (erased.contains(use.inst))
        continue;
      if (llvm::isa<AccessReadInst, AccessModifyInst>(use.inst)) {
        examine(use.inst->result, loop, role);
        continue;
      }
      if (!loop.members.contains(use.block) || llvm::isa<EndAccessInst>(use.inst))
        continue;
      if (!llvm::isa<LoadBorrowInst, UniqueInst>(use.inst)) {
        role.qualifies = false;
        return;
      }
      if (auto *unique = llvm::dyn_cast<UniqueInst>(use.inst)) {
        role.writes = true;
        role.isShared |= !unique->isKnown;
      }
      role.loads.push_back(use.inst);
    }
  }

  /// The value is looked at for elements and lengths only.
  bool onlyIndexed(ValueId value) const {
    return llvm::all_of(users[value], [&](const Users::At &use) {
      if (auto *elem = llvm::dyn_cast<ElemInst>(use.inst))
        return !llvm::is_contained(elem->indices, value);
      return llvm::isa<LenInst, EndBorrowInst>(use.inst) || erased.contains(use.inst);
    });
  }

  // ---- Moving

  void hoist(unsigned number) {
    Loop &loop = loops[number];
    for (ValueId variable : variablesUsedIn(loop)) {
      Role role;
      examine(variable, loop, role);
      if (!role.qualifies || role.loads.empty())
        continue;
      if (role.writes && !llvm::all_of(role.loads, [&](Inst *load) { return onlyIndexed(load->result); }))
        continue;
      BlockId before = preheader(number);
      if (!before.isValid())
        return;
      hoistVariable(variable, role, before);
    }
    hoistFields(number);
    hoistLengths(number);
  }

  // ---- Fields and module variables

  struct FieldRole {
    analysis::Watched watched;
    ValueId address;
    llvm::SmallVector<Inst *, 4> loads; ///< load.borrow, and unique of what is known to be.
  };

  /// Where arrays lie that the loop fetches from objects which are there before it, and from module variables.
  std::vector<FieldRole> fieldsUsedIn(const Loop &loop) {
    std::vector<FieldRole> result;
    for (BlockId block : loop.blocks)
      for (Inst *inst : function[block].insts) {
        ValueId address;
        if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(inst))
          address = borrow->place;
        else if (auto *unique = llvm::dyn_cast<UniqueInst>(inst); unique && unique->isKnown)
          address = unique->place;
        if (!address.isValid() || erased.contains(inst) || !isArray(function[address].type))
          continue;
        address = behindAccesses(address);
        analysis::Watched watched = interference.watch(address);
        bool isField = watched.place.root == analysis::PlaceRoot::Field &&
                       !loop.members.contains(function[watched.place.value].block);
        if ((!isField && watched.place.root != analysis::PlaceRoot::Global) ||
            llvm::is_contained(watched.place.path, analysis::kAnyElement))
          continue;
        auto same = llvm::find_if(result, [&](const FieldRole &role) { return role.watched.place == watched.place; });
        if (same == result.end()) {
          result.push_back({watched, address, {}});
          same = std::prev(result.end());
        }
        same->loads.push_back(inst);
      }
    return result;
  }

  bool mayBeWrittenIn(const Loop &loop, const analysis::Watched &watched) {
    unsigned budget = kMaxLoopInsts;
    for (BlockId block : loop.blocks)
      for (const Inst *inst : function[block].insts) {
        if (budget-- == 0)
          return true;
        if (erased.contains(inst) || llvm::isa<AccessModifyInst>(inst)) // what is done inside the access counts
          continue;
        if (auto *unique = llvm::dyn_cast<UniqueInst>(inst); unique && unique->isKnown)
          continue;
        if (interference.mayWrite(*inst, watched))
          return true;
      }
    return false;
  }

  /// The place's address, made anew from what is there before the loop; fields of structs on the way included.
  ValueId copyAddress(ValueId address, const Loop &loop) {
    if (!loop.members.contains(function[address].block))
      return address;
    const Inst *inst = function[address].definition;
    if (auto *field = llvm::dyn_cast<FieldInst>(inst))
      return build.field(copyAddress(field->base, loop), field->field);
    if (auto *global = llvm::dyn_cast<GlobalInst>(inst))
      return build.global(global->global);
    return copyAddress(behindAccesses(address), loop);
  }

  void hoistFields(unsigned number) {
    Loop &loop = loops[number];
    for (FieldRole &role : fieldsUsedIn(loop)) {
      if (mayBeWrittenIn(loop, role.watched))
        continue;
      BlockId before = preheader(number);
      if (!before.isValid())
        return;
      ValueId value;
      insertBefore(before, [&] { value = build.loadBorrow(copyAddress(role.address, loop)); });
      bool isChecked = false;
      for (Inst *load : role.loads) {
        for (const Users::At &use : users[load->result])
          isChecked |= llvm::isa<CheckInst>(use.inst);
        replace(load, value);
      }
      if (!isChecked)
        sure.insert(value);
      context.count("fields loaded before a loop");
    }
  }

  /// Appends before the terminator of `block` what `make` builds.
  template <typename F> void insertBefore(BlockId block, F make) {
    Inst *terminator = function[block].insts.back();
    function[block].insts.pop_back();
    size_t first = function[block].insts.size();
    build.setBlock(block);
    build.loc = terminator->loc;
    make();
    for (size_t i = first; i < function[block].insts.size(); ++i)
      users.add(function[block].insts[i], block);
    function[block].insts.push_back(terminator);
    users.fit(function);
  }

  void hoistVariable(ValueId variable, const Role &role, BlockId before) {
    ValueId value;
    insertBefore(before, [&] {
      if (role.isShared) {
        ValueId access = build.accessModify(variable);
        build.unique(access);
        build.endAccess(access);
      }
      value = build.loadBorrow(variable); // of what is unique now, if it is written
    });
    sure.insert(value); // an access is open: it is there
    for (Inst *load : role.loads)
      replace(load, value);
    context.count(role.isShared ? "arrays made unique before a loop" : "arrays loaded before a loop");
  }

  /// The instruction's result is `value` from now on.
  void replace(Inst *inst, ValueId value) {
    erased.insert(inst);
    for (const Users::At &use : users[inst->result]) {
      if (llvm::isa<EndBorrowInst>(use.inst)) {
        erased.insert(use.inst);
        continue;
      }
      forEachOperand(*use.inst, [&](ValueId &operand, Use) {
        if (operand == inst->result)
          operand = value;
      });
      users[value].push_back(use);
    }
  }

  /// An array that is there, not null, wherever it is defined: fields, elements and module variables may be taken, unless
  /// they were used without a check.
  bool isSureArray(ValueId value) const {
    const ValueInfo &info = function[value];
    if (!isArray(info.type))
      return false;
    const Inst *inst = info.definition;
    if (!inst)
      return info.block == function.entry();
    if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(inst)) {
      const ValueInfo &root = function[behindAccesses(borrow->place)];
      return !root.definition || llvm::isa<SlotInst>(root.definition) || sure.contains(value);
    }
    return llvm::isa<UniqueInst, AllocArrayInst>(inst);
  }

  void hoistLengths(unsigned number) {
    Loop &loop = loops[number];
    llvm::DenseMap<std::pair<ValueId, unsigned>, ValueId> lengths;
    for (size_t i = 0; i < loop.blocks.size(); ++i) {
      std::vector<Inst *> insts = function[loop.blocks[i]].insts;
      for (Inst *inst : insts) {
        auto *len = llvm::dyn_cast<LenInst>(inst);
        if (!len || erased.contains(len) || loop.members.contains(function[len->value].block) || !isSureArray(len->value))
          continue;
        ValueId &made = lengths[{len->value, unsigned(len->dimension)}];
        if (!made.isValid()) {
          BlockId before = preheader(number);
          if (!before.isValid())
            return;
          ValueId value = len->value;
          int dimension = len->dimension;
          ValueId result;
          insertBefore(before, [&] { result = build.len(value, dimension); });
          lengths[{value, unsigned(dimension)}] = result;
          context.count("lengths loaded before a loop");
          replace(len, result);
        } else {
          replace(len, made);
        }
      }
    }
  }

  /// The first of two lengths stands for the second where every way to that leads through it.
  void shareLengths() {
    Cfg graph(function);
    Dominators dominators(graph);
    llvm::DenseMap<std::pair<ValueId, unsigned>, llvm::SmallVector<std::pair<BlockId, ValueId>, 2>> known;
    for (BlockId block : graph.reversePostorder())
      for (Inst *inst : function[block].insts) {
        auto *len = llvm::dyn_cast<LenInst>(inst);
        if (!len || erased.contains(len))
          continue;
        auto &earlier = known[{len->value, unsigned(len->dimension)}];
        auto same = llvm::find_if(earlier, [&](auto &one) { return dominators.dominates(one.first, block); });
        if (same == earlier.end()) {
          earlier.push_back({block, len->result});
          continue;
        }
        replace(len, same->second);
        context.count("lengths known already");
      }
  }

  PassContext &context;
  const TypeTable &types;
  Function &function;
  Builder build;
  std::vector<Loop> loops;
  Users users;
  llvm::DenseSet<const Inst *> erased;
  llvm::DenseSet<ValueId> sure; ///< Arrays of fields that cannot be taken here.
  analysis::Interference interference;
};

} // namespace

void hoistArrays(PassContext &context) {
  analysis::ModuleEffects effects(context.module, context.targets);
  forEachBody(context.module, [&](Function &function) { HoistArrays(context, effects, function).run(); });
}

} // namespace dream::passes
