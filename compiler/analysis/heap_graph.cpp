#include "compiler/analysis/heap_graph.h"
#include "compiler/analysis/effects.h"
#include "compiler/analysis/places.h"

namespace dream::analysis {

using namespace dil;

/// More work than this is not worth it: bits of all nodes together.
constexpr uint64_t kMostBits = 1 << 25;
HeapGraph::HeapGraph(const Module &module, const Function &function, CallTargets &targets,
                     llvm::ArrayRef<Summary> summaries, const TypeCycles &cycles, bool destructorsLeak, ObjectTypes *types, bool withStrings)
    : module(module), function(function), targets(targets), summaries(summaries), cycles(cycles), valueCount(function.values.size()), types(types) {
  for (const ValueInfo &value : function.values)
    refersTo.push_back({module.types.mayRefer(value.type), withStrings && module.types.mayReferToString(value.type)});
  begin(withStrings && movesStrings());
  if (isTooLarge && !strings.empty()) { // Then without strings.
    stringsGivenUp = true;
    for (Refers &value : refersTo)
      value.toStrings = false;
    begin(false);
  }
  if (isTooLarge) {
    nodes.assign(valueCount + 2 + table.size(), llvm::BitVector());
    resultReach.resize(table.size());
    kept.resize(table.size());
    return;
  }
  nodes.assign(valueCount + 2 + table.size(), llvm::BitVector(table.size()));
  mixed.resize(table.size());
  chained.resize(table.size());
  closed.resize(table.size());
  leaves.resize(table.size());
  stringless.resize(table.size(), strings.empty());
  allowedInObject.resize(table.size());
  for (unsigned object = 0; object < table.size(); ++object) {
    leaves[object] = table[object].isString || cannotHold(table[object], &TypeTable::mayRefer);
    if (!strings.empty())
      stringless[object] = table[object].isString || cannotHold(table[object], &TypeTable::mayReferToString);
  }
  for (unsigned object = 0; object < table.size(); ++object) {
    const HeapObject &row = table[object];
    if (row.kind == ObjectKind::Self) {
      nodes[function.blocks.front().args[row.param].index].set(object);
      if (!leaves.test(object))
        nodes[contentNode(object)].set(object + 1);
      nodes[contentNode(object + 1)].set(object + 1);
    } else if (row.kind == ObjectKind::Strings) {
      ValueId param = function.blocks.front().args[row.param];
      auto holds = [&](unsigned node) {
        nodes[node].set(object);
        stringsOf[node] = object;
      };
      if (refersTo[param.index].toStrings)
        holds(param.index);
      if (refersTo[param.index].toObjects) {
        if (!stringless.test(object - 2))
          holds(contentNode(object - 2));
        holds(contentNode(object - 1));
      }
    } else if (row.kind == ObjectKind::Heap) {
      nodes[heapNode()].set(object);
      nodes[contentNode(kHeap)].set(object);
    }
  }
  collectConstraints(destructorsLeak);
  solve();
  resultReach = nodes[resultNode()];
  resultReach |= reachOf(resultReach);
  findKept();
}

/// Some value refers to a string, or a callee moves some of what its arguments lead to.
bool HeapGraph::movesStrings() const {
  return llvm::any_of(refersTo, [](const Refers &value) { return value.toStrings; }) || llvm::any_of(function.blocks, [&](const Block &block) {
           return llvm::any_of(block.insts, [&](const Inst *inst) {
             auto *call = llvm::dyn_cast<CallBase>(inst);
             return call && llvm::any_of(targetsOf(*call), [&](FuncId target) { return summaries[target.index].movesStrings; });
           });
         });
}

/// Collects the objects.
void HeapGraph::begin(bool withStrings) {
  table.clear();
  siteOf.clear();
  keptBy.clear();
  addObject({ObjectKind::Heap});
  if (withStrings)
    addString({ObjectKind::Heap});
  collectObjects();
  isTooLarge = uint64_t(valueCount + table.size()) * table.size() > kMostBits;
  strings.clear();
  if (withStrings) {
    strings.resize(table.size());
    for (unsigned object = 0; object < table.size(); ++object)
      strings[object] = table[object].isString;
  }
}

bool HeapGraph::refers(ValueId value) const {
  return value.isValid() && (refersTo[value.index].toObjects || refersTo[value.index].toStrings);
}

//===-- Objects -----------------------------------------------------------------------------------------------===//

void HeapGraph::addObject(HeapObject object) {
  if (object.site)
    (object.isKept ? keptBy : siteOf)[object.site].push_back(table.size());
  table.push_back(std::move(object));
}

void HeapGraph::addString(HeapObject object) {
  object.isString = true;
  object.types = TypeSet::one(types::String);
  addObject(std::move(object));
}

void HeapGraph::addObjects(const Inst &inst, const TypeSet &set, bool isKept, bool areArrays) {
  if (!types)
    return addObject({ObjectKind::Site, 0, &inst, isKept, areArrays});
  for (const TypeSet &part : set.split())
    addObject({ObjectKind::Site, 0, &inst, isKept, areArrays, part});
}

void HeapGraph::collectObjects() {
  bool withStrings = table.size() > 1;
  for (unsigned i = 0; i < function.params.size(); ++i) {
    ValueId param = function.blocks.front().args[i];
    if (refersTo[param.index].toObjects) {
      TypeId type = function.params[i].type;
      addObject({ObjectKind::Self, i, nullptr, false, false, types ? types->referredBy(type) : TypeSet::anything()});
      // Always right behind it.
      addObject({ObjectKind::Reach, i, nullptr, false, false, types ? types->reachedFrom(type) : TypeSet::anything()});
    }
    if (withStrings && refers(param)) // Behind them.
      addString({ObjectKind::Strings, i});
  }
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts) {
      if (llvm::isa<AllocInst, AllocArrayInst, ClosureInst, BoxInst>(inst))
        addObject({ObjectKind::Site, 0, inst, false, llvm::isa<AllocArrayInst>(inst),
                   llvm::isa<BoxInst>(inst)       ? TypeSet::anything()
                   : llvm::isa<ClosureInst>(inst) ? TypeSet::closure()
                                                  : TypeSet::one(function[inst->result].type)});
      auto *call = llvm::dyn_cast<CallBase>(inst);
      if (!call)
        continue;
      TypeSet fresh, kept;
      bool isFresh = false, keeps = false, keepsOthers = false, freshStrings = false, keepsStrings = false;
      for (FuncId target : targetsOf(*call)) {
        const Summary &summary = summaries[target.index];
        isFresh |= summary.isFresh;
        keeps |= summary.keeps;
        keepsOthers |= summary.keepsOthers;
        freshStrings |= summary.freshStrings || makesString(module[target]);
        keepsStrings |= summary.keepsStrings;
        fresh.join(summary.freshTypes);
        kept.join(summary.keptTypes);
      }
      if (isFresh && module.types.mayRefer(call->resultType))
        addObjects(*inst, fresh, false, false);
      if (keeps)
        addObjects(*inst, kept, true, !keepsOthers);
      if (withStrings && freshStrings && (module.types.mayRefer(call->resultType) || module.types.mayReferToString(call->resultType)))
        addString({ObjectKind::Site, 0, inst});
      if (withStrings && keepsStrings)
        addString({ObjectKind::Site, 0, inst, true});
    }
}

/// Known by its type, exactly: arrays, and objects that are made here.
bool HeapGraph::cannotHold(const HeapObject &object, bool (TypeTable::*test)(TypeId) const) const {
  TypeId type;
  if (object.kind == ObjectKind::Self)
    type = function.params[object.param].type;
  else if (object.kind == ObjectKind::Site && !llvm::isa<CallBase>(object.site))
    type = function[object.site->result].type;
  if (!type.isValid())
    return false;
  if (module.types.kind(type) == TypeKind::Optional)
    type = module.types[type].element;
  TypeKind kind = module.types.kind(type);
  if (kind == TypeKind::Array || kind == TypeKind::Rect)
    return !(module.types.*test)(module.types[type].element);
  return kind == TypeKind::Class && object.kind == ObjectKind::Site && llvm::isa<AllocInst>(object.site) &&
         llvm::none_of(module.types.info(type).fields, [&](const FieldInfo &field) { return (module.types.*test)(field.type); });
}

//===-- Constraints -------------------------------------------------------------------------------------------===//

llvm::ArrayRef<FuncId> HeapGraph::targetsOf(const CallBase &call) const {
  auto *closure = llvm::dyn_cast<CallFnInst>(&call);
  return closure ? targets.closureTargets(function[closure->callee].type) : targets.targets(call);
}

HeapGraph::Spot HeapGraph::spotOf(ValueId address) const {
  if (!refers(address))
    return {};
  Place place = placeOf(function, address);
  switch (place.root) {
  case PlaceRoot::Slot: case PlaceRoot::Param:
    return {Spot::Node, place.value.index};
  case PlaceRoot::Field: case PlaceRoot::Element:
    return {Spot::Content, place.value.index};
  case PlaceRoot::Global: case PlaceRoot::Pointer:
    return {Spot::Heap, 0};
  }
  __builtin_unreachable();
}

void HeapGraph::read(Spot spot, unsigned to, const Inst &inst) {
  if (spot.kind == Spot::Node)
    copy(spot.node, to, inst);
  else if (spot.kind == Spot::Content)
    add({Kind::Load, spot.node, to, &inst, {}, 0});
  else if (spot.kind == Spot::Heap)
    copy(contentNode(kHeap), to, inst);
}

void HeapGraph::write(unsigned from, Spot spot, const Inst &inst) {
  if (spot.kind == Spot::Node)
    copy(from, spot.node, inst);
  else if (spot.kind == Spot::Content)
    add({Kind::Store, from, spot.node, &inst, {}, 0});
  else if (spot.kind == Spot::Heap)
    copy(from, heapNode(), inst);
}

void HeapGraph::share(Spot spot, const Inst &inst) {
  read(spot, heapNode(), inst);
  write(contentNode(kHeap), spot, inst);
}

void HeapGraph::collectConstraints(bool destructorsLeak) {
  for (unsigned object = 0; object < table.size(); ++object)
    if (const Inst *site = table[object].site; site && !llvm::isa<CallBase>(site))
      nodes[site->result.index].set(object);
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts) {
      visit(*inst);
      if (destructorsLeak && refers(inst->result) && module.types.isDropSignificant(function[inst->result].type))
        copy(inst->result.index, heapNode(), *inst);
    }
}

void HeapGraph::visit(const Inst &inst) {
  auto from = [&](ValueId value) {
    if (refers(value) && refers(inst.result))
      copy(value.index, inst.result.index, inst);
  };
  auto load = [&](ValueId place) { read(spotOf(place), inst.result.index, inst); };
  auto store = [&](ValueId place, ValueId value) {
    if (refers(value))
      write(value.index, spotOf(place), inst);
  };
  auto hold = [&](ValueId holder, ValueId value) {
    if (refers(value))
      add({Kind::Store, value.index, holder.index, &inst, {}, 0});
  };
  switch (inst.kind) {
  case InstKind::MakeInst:
    llvm::for_each(llvm::cast<MakeInst>(inst).parts, from);
    return;
  case InstKind::VariantInst:
    llvm::for_each(llvm::cast<VariantInst>(inst).parts, from);
    return;
  case InstKind::ProjectInst:
    return from(llvm::cast<ProjectInst>(inst).value);
  case InstKind::PayloadInst:
    return from(llvm::cast<PayloadInst>(inst).value);
  case InstKind::CastInst:
    return from(llvm::cast<CastInst>(inst).value);
  case InstKind::CopyInst:
    return from(llvm::cast<CopyInst>(inst).value);
  case InstKind::LoadCopyInst:
    return load(llvm::cast<LoadCopyInst>(inst).place);
  case InstKind::LoadTakeInst:
    return load(llvm::cast<LoadTakeInst>(inst).place);
  case InstKind::LoadBorrowInst:
    return load(llvm::cast<LoadBorrowInst>(inst).place);
  case InstKind::LoadInst:
    return load(llvm::cast<LoadInst>(inst).place);
  case InstKind::UniqueInst:
    return load(llvm::cast<UniqueInst>(inst).place);
  case InstKind::InitInst:
    return store(llvm::cast<InitInst>(inst).place, llvm::cast<InitInst>(inst).value);
  case InstKind::AssignInst:
    return store(llvm::cast<AssignInst>(inst).place, llvm::cast<AssignInst>(inst).value);
  case InstKind::StoreInst:
    return store(llvm::cast<StoreInst>(inst).place, llvm::cast<StoreInst>(inst).value);
  case InstKind::BoxInst:
    return hold(inst.result, llvm::cast<BoxInst>(inst).value);
  case InstKind::ReboxInst:
    return hold(llvm::cast<ReboxInst>(inst).box, llvm::cast<ReboxInst>(inst).value);
  case InstKind::UnboxInst:
    if (refers(inst.result))
      add({Kind::Load, llvm::cast<UnboxInst>(inst).value.index, inst.result.index, &inst, {}, 0});
    return;
  case InstKind::AllocInst: // Nobody knows how long a kept arena lives.
    if (llvm::cast<AllocInst>(inst).from.isValid())
      copy(inst.result.index, heapNode(), inst);
    return;
  case InstKind::WeakOfInst: // Whoever has the weak reference may take the object for his own.
    // With types it is asked who keeps an object; and a target of weak references is on the heap wherever it is made.
    if (ValueId target = llvm::cast<WeakOfInst>(inst).value; refers(target) && !types)
      copy(target.index, heapNode(), inst);
    return;
  case InstKind::WeakGetInst:
    return copy(contentNode(kHeap), inst.result.index, inst);
  case InstKind::ClosureInst: {
    auto &closure = llvm::cast<ClosureInst>(inst);
    for (size_t i = 0; i < closure.captures.size(); ++i) {
      if (closure.modes[i] != CaptureMode::Ref) {
        hold(inst.result, closure.captures[i]);
      } else {
        // Whoever calls it may put anything there, and take out what lies there.
        share(spotOf(closure.captures[i]), inst);
      }
    }
    return;
  }
  case InstKind::SpanInst: {
    // Views are not followed: what they look at may come from everywhere, and go there.
    auto &span = llvm::cast<SpanInst>(inst);
    if (function[span.base].ownership == Ownership::Address)
      share(spotOf(span.base), inst);
    else if (refers(span.base))
      share({Spot::Content, span.base.index}, inst);
    return;
  }
  case InstKind::BrInst: {
    auto &br = llvm::cast<BrInst>(inst);
    for (size_t i = 0; i < br.args.size(); ++i)
      if (refers(br.args[i]))
        copy(br.args[i].index, function[br.target].args[i].index, inst);
    return;
  }
  case InstKind::ReturnInst:
    if (refers(llvm::cast<ReturnInst>(inst).value))
      copy(llvm::cast<ReturnInst>(inst).value.index, resultNode(), inst);
    return;
  case InstKind::ThrowInst:
    return copy(llvm::cast<ThrowInst>(inst).value.index, heapNode(), inst);
  case InstKind::YieldInst: // To whoever asks for the next element.
    if (refers(llvm::cast<YieldInst>(inst).value))
      copy(llvm::cast<YieldInst>(inst).value.index, heapNode(), inst);
    return;
  case InstKind::CallInst: case InstKind::CallSlotInst: case InstKind::CallFnInst:
    return visitCall(llvm::cast<CallBase>(inst));
  case InstKind::ConstInst: // Data of the program: who writes an array of that gets a copy on the heap.
    if (llvm::cast<ConstInst>(inst).constKind == ConstKind::Parts && refers(inst.result))
      copy(contentNode(kHeap), inst.result.index, inst);
    return;
  // New objects are in their nodes already; places are looked up where they are used; drops let nothing go, unless a
  // destructor does (collectConstraints); the rest is plain.
  case InstKind::AllocArrayInst: case InstKind::StorageInst:
  case InstKind::RegionOpenInst: case InstKind::RegionCloseInst: case InstKind::ArenaOpenInst: case InstKind::ArenaCloseInst:
  case InstKind::SlotInst: case InstKind::GlobalInst:
  case InstKind::FieldInst: case InstKind::ElemInst: case InstKind::AccessReadInst: case InstKind::AccessModifyInst:
  case InstKind::EndAccessInst: case InstKind::EndBorrowInst: case InstKind::DropInst: case InstKind::DropSlotInst:
  case InstKind::DropIfInst: case InstKind::RetainInst: case InstKind::ReleaseInst:
  case InstKind::FnRefInst: case InstKind::ArithInst: case InstKind::UnaryInst: case InstKind::CmpInst:
  case InstKind::ConvertInst: case InstKind::CheckInst: case InstKind::IntrinsicInst: case InstKind::TagInst:
  case InstKind::TypeIsInst: case InstKind::LenInst: case InstKind::CondBrInst: case InstKind::SwitchInst:
  case InstKind::UnreachableInst:
    return;
  }
  __builtin_unreachable();
}

/// By what it is made of: not a literal that is empty, and no variable.
bool HeapGraph::isNeverEmpty(ValueId text) const {
  const Inst *made = function[text].definition;
  if (auto *copy = llvm::dyn_cast_or_null<CopyInst>(made))
    return isNeverEmpty(copy->value);
  if (auto *constant = llvm::dyn_cast_or_null<ConstInst>(made))
    return constant->constKind == ConstKind::String && !constant->text.empty();
  auto *call = llvm::dyn_cast_or_null<CallInst>(made);
  return call && module[call->callee].kind == FuncKind::Runtime && llvm::StringRef(module[call->callee].symbol).starts_with("dr_str_of_") &&
         !llvm::is_contained({"dr_str_of_bytes", "dr_str_of_c"}, llvm::StringRef(module[call->callee].symbol).split('$').first);
}

/// Of texts that are put together one is the result if all others are empty: none, if two of them never are.
void HeapGraph::leaveOutParts(const CallBase &inst, Call &call) const {
  auto *direct = llvm::dyn_cast<CallInst>(&inst);
  if (!direct || !makesString(module[direct->callee]) || !llvm::StringRef(module[direct->callee].symbol).starts_with("dr_str_concat"))
    return;
  llvm::SmallVector<Argument, 4> full;
  for (size_t i = 0; i < inst.args.size(); ++i)
    if (isNeverEmpty(inst.args[i]))
      full.push_back(call.args[i]);
  if (full.size() == 1)
    call.args = full;
  else if (!full.empty())
    call.args.clear();
}

void HeapGraph::visitCall(const CallBase &inst) {
  ValueId result = inst.canThrow() ? (function[inst.ok].args.empty() ? ValueId() : function[inst.ok].args[0]) : inst.result;
  if (inst.canThrow() && refers(function[inst.error].args[0]))
    copy(contentNode(kHeap), function[inst.error].args[0].index, inst);
  Call call;
  auto argument = [&](ValueId arg) {
    Argument &made = call.args.emplace_back();
    made.isAddress = function[arg].ownership == Ownership::Address;
    made.type = function[arg].type;
    made.spot = made.isAddress ? spotOf(arg) : refers(arg) ? Spot{Spot::Node, arg.index} : Spot{};
  };
  if (auto *closure = llvm::dyn_cast<CallFnInst>(&inst))
    argument(closure->callee);
  llvm::for_each(inst.args, argument);
  leaveOutParts(inst, call);
  if (refers(result))
    call.result = result.index;
  auto addMade = [&](auto &list, llvm::SmallVectorImpl<unsigned> &objects, bool areKept) {
    auto found = list.find(&inst);
    if (found == list.end())
      return;
    objects.assign(found->second.begin(), found->second.end());
    auto into = [&](unsigned node) {
      llvm::BitVector all(table.size());
      for (unsigned object : objects)
        all.set(object);
      keepFitting(node, all);
      nodes[node] |= all;
    };
    if (!areKept)
      into(result.index);
    for (unsigned object : objects)
      if (!table[object].isString)
        into(contentNode(object));
  };
  addMade(siteOf, call.fresh, false);
  addMade(keptBy, call.kept, true);
  auto giveAway = [&] {
    for (const Argument &arg : call.args) {
      if (arg.isAddress)
        share(arg.spot, inst);
      else
        read(arg.spot, heapNode(), inst);
    }
    if (call.result != kNone)
      copy(contentNode(kHeap), call.result, inst);
  };
  calls.push_back(call);
  for (FuncId target : targetsOf(inst)) {
    const Summary &summary = summaries[target.index];
    if (summary.isUnknown)
      giveAway();
    else if (module[target].kind == FuncKind::Runtime && summary.flows.empty() && !summary.keeps)
      add({Kind::Runtime, 0, 0, &inst, target, unsigned(calls.size() - 1)});
    else
      add({Kind::Call, 0, 0, &inst, target, unsigned(calls.size() - 1)});
  }
}

//===-- Solving -----------------------------------------------------------------------------------------------===//

void HeapGraph::solve() {
  do {
    for (bool again = true; again;) {
      again = false;
      hasMoreWays = false;
      for (unsigned i = 0; i < constraints.size(); ++i)
        again |= apply(i);
      again |= closeHeap();
      again |= hasMoreWays;
    }
  } while (closeRings());
}

/// A ring on the heap outlives the function, until a collection finds it; one that holds what a parameter refers to lies there.
bool HeapGraph::closeRings() {
  bool changed = false;
  llvm::BitVector ofParams(table.size());
  for (unsigned object = 0; object < table.size(); ++object)
    if (table[object].kind == ObjectKind::Self || table[object].kind == ObjectKind::Reach || table[object].kind == ObjectKind::Strings)
      ofParams[object] = !nodes[heapNode()].test(object);
  if (ofParams.none())
    return false;
  for (unsigned object = 0; object < table.size(); ++object) {
    if (!mayCloseRing(table[object]))
      continue;
    llvm::BitVector reach = reachOf(nodes[contentNode(object)]), held = reach;
    held &= ofParams;
    bool isRing = held.any() && ((table[object].isKept ? closed : chained).test(object) || llvm::any_of(reach.set_bits(), [&](unsigned other) {
                                   return other != object && table[other].kind == ObjectKind::Site && reachOf(nodes[contentNode(other)]).test(object);
                                 }));
    if (!isRing)
      continue;
    for (unsigned param : held.set_bits())
      if (types && table[param].kind == ObjectKind::Reach) {
        llvm::BitVector one(table.size());
        one.set(param);
        remember(heapNode(), one, TypeSet::anything(), TypeSet::anything());
      }
    changed |= join(heapNode(), held, {kHeldByEscaped, object});
  }
  return changed;
}

/// By its type; what a call has built may be anything, but arrays alone are made of what was there before them.
bool HeapGraph::mayCloseRing(const HeapObject &object) const {
  if (object.kind != ObjectKind::Site || object.isString || object.isArray)
    return false;
  if (auto *call = llvm::dyn_cast<CallBase>(object.site))
    return object.isKept || module.types.kind(call->resultType) != TypeKind::Class || cycles.mayLeadToRing(call->resultType);
  return llvm::isa<AllocInst>(object.site) && cycles.isCyclic(function[object.site->result].type);
}

/// By a flow of what can be reached from an argument, not of the argument itself.
bool HeapGraph::isReached(Why why) const {
  if (why.constraint == kHeldByEscaped || constraints[why.constraint].kind != Kind::Call)
    return false;
  return summaries[constraints[why.constraint].callee.index].flows[why.flow].from == FlowEnd::Reach;
}

bool HeapGraph::join(unsigned to, const llvm::BitVector &all, Why why) {
  if (to == contentNode(kHeap))
    to = heapNode();
  if (to > contentNode(kHeap) && table[to - contentNode(0)].isString)
    return false;
  llvm::BitVector some;
  if (types || !strings.empty()) {
    some = all;
    keepFitting(to, some);
  }
  const llvm::BitVector &objects = some.empty() ? all : some;
  if (auto found = stringsOf.find(to); found != stringsOf.end() && objects.test(found->second))
    mixedStrings.insert(to);
  if (to > contentNode(kHeap)) {
    // What a parameter's objects hold is put into them once more: callers may hold different things there.
    unsigned holder = to - contentNode(0);
    if (strings.empty() && leaves.test(holder))
      return false;
    if (objects.test(holder) && !isReached(why))
      chained.set(holder);
    if (objects.test(holder) && why.constraint != kHeldByEscaped && constraints[why.constraint].kind != Kind::Call)
      closed.set(holder);
    bool isSelf = table[holder].kind == ObjectKind::Self;
    if ((isSelf || table[holder].kind == ObjectKind::Reach) && objects.test(holder + isSelf))
      mixed.set(holder);
  }
  llvm::BitVector &row = nodes[to];
  if (!objects.test(row))
    return false;
  if (to >= valueCount || (types && function.values[to].ownership == Ownership::Address))
    for (unsigned object : objects.set_bits())
      if (!row.test(object))
        reasons[{to, object}] = why;
  row |= objects;
  return true;
}

void HeapGraph::keepFitting(unsigned node, llvm::BitVector &objects) {
  if (const llvm::BitVector *allowed = allowedIn(node))
    objects &= *allowed;
  if (strings.empty() || node == heapNode() || node == resultNode())
    return;
  bool isValue = node < valueCount;
  if (isValue ? !refersTo[node].toStrings : stringless.test(node - contentNode(0)))
    objects.reset(strings);
  if (isValue ? !refersTo[node].toObjects : leaves.test(node - contentNode(0)))
    objects &= strings;
}

TypeSet HeapGraph::typesOf(unsigned node) { return node < valueCount ? types->referredBy(function.values[node].type) : TypeSet::anything(); }

void HeapGraph::remember(unsigned to, const llvm::BitVector &objects, const TypeSet &moved, const TypeSet &holders) {
  if (!types || (to < valueCount && function.values[to].ownership != Ownership::Address))
    return;
  if (to == contentNode(kHeap))
    to = heapNode();
  bool isReach = to > contentNode(kHeap) && table[to - contentNode(0)].kind == ObjectKind::Reach;
  for (unsigned object : objects.set_bits())
    if (isReach || table[object].kind == ObjectKind::Reach || object == kHeap) {
      Way &way = ways[{to, object}];
      hasMoreWays |= way.moved.join(moved);
      hasMoreWays |= way.holders.join(holders);
    }
}

const llvm::BitVector *HeapGraph::allowedIn(unsigned node) {
  if (!types || node == heapNode() || node == resultNode())
    return nullptr;
  auto meeting = [&](const TypeSet &set) {
    llvm::BitVector objects(table.size());
    for (unsigned object = 0; object < table.size(); ++object)
      if (table[object].isString || table[object].types.meets(set))
        objects.set(object);
    return objects;
  };
  if (node >= valueCount) {
    llvm::BitVector &row = allowedInObject[node - contentNode(0)];
    if (row.empty())
      row = meeting(types->heldBy(table[node - contentNode(0)].types));
    return &row;
  }
  TypeId type = function.values[node].type;
  auto found = allowedByType.find(type);
  if (found == allowedByType.end())
    found = allowedByType.insert({type, meeting(types->referredBy(type))}).first;
  return &found->second;
}

llvm::BitVector HeapGraph::reachOf(const llvm::BitVector &objects) const {
  llvm::BitVector reach(table.size());
  llvm::SmallVector<unsigned, 8> work(objects.set_bits());
  while (!work.empty()) {
    for (unsigned object : nodes[contentNode(work.pop_back_val())].set_bits())
      if (!reach.test(object)) {
        reach.set(object);
        work.push_back(object);
      }
  }
  return reach;
}

TypeSet HeapGraph::reachedOfHeap(const Argument &argument, const llvm::BitVector &reach) {
  llvm::BitVector self = selfOf(argument);
  TypeSet found;
  if (self.test(kHeap))
    found = types->reachedFrom(argument.type);
  self |= reach;
  for (unsigned object : self.set_bits())
    if (object != kHeap && nodes[contentNode(object)].test(kHeap)) {
      auto way = ways.find({contentNode(object), kHeap});
      bool isTold = way != ways.end() && !way->second.moved.isAnything();
      TypeSet held = isTold ? TypeSet(way->second.moved) : types->heldBy(table[object].types);
      found.join(held);
      found.join(types->reachedFrom(held));
    }
  return found;
}

llvm::SmallVector<unsigned, 4> HeapGraph::nodesOf(const Argument &argument) const {
  switch (argument.spot.kind) {
  case Spot::Nothing:
    return {};
  case Spot::Node:
    return {argument.spot.node};
  case Spot::Content: {
    llvm::SmallVector<unsigned, 4> result;
    for (unsigned object : nodes[argument.spot.node].set_bits())
      result.push_back(contentNode(object));
    return result;
  }
  case Spot::Heap:
    return {contentNode(kHeap)};
  }
  __builtin_unreachable();
}

llvm::BitVector HeapGraph::selfOf(const Argument &argument) const {
  llvm::BitVector result(table.size());
  for (unsigned node : nodesOf(argument))
    result |= nodes[node];
  return result;
}

bool HeapGraph::apply(unsigned index) {
  const Constraint &constraint = constraints[index];
  bool changed = false;
  switch (constraint.kind) {
  case Kind::Copy:
    if (types)
      remember(constraint.to, nodes[constraint.from], typesOf(constraint.from), TypeSet::anything());
    return join(constraint.to, nodes[constraint.from], {index, 0});
  case Kind::Load: {
    llvm::BitVector read(table.size());
    for (unsigned object : nodes[constraint.from].set_bits())
      read |= nodes[contentNode(object)];
    if (types)
      remember(constraint.to, read, typesOf(constraint.to), TypeSet::anything());
    return join(constraint.to, read, {index, 0});
  }
  case Kind::Store:
    // (What an object is stored into may be the object itself.)
    for (unsigned object : nodes[constraint.to].set_bits()) {
      if (types)
        remember(contentNode(object), nodes[constraint.from], typesOf(constraint.from), typesOf(constraint.to));
      changed |= join(contentNode(object), llvm::BitVector(nodes[constraint.from]), {index, 0});
    }
    return changed;
  case Kind::Call: {
    const Summary &summary = summaries[constraint.callee.index];
    for (unsigned flow = 0; flow < summary.flows.size(); ++flow)
      changed |= applyFlow(index, summary, flow);
    return changed;
  }
  case Kind::Runtime:
    return applyRuntime(index);
  }
  __builtin_unreachable();
}

bool HeapGraph::applyFlow(unsigned index, const Summary &summary, unsigned number) {
  const Flow &flow = summary.flows[number];
  const Call &call = calls[constraints[index].call];
  llvm::BitVector objects(table.size());
  if (flow.ofStrings && strings.empty())
    return false;
  if (flow.from == FlowEnd::Heap) {
    objects.set(flow.ofStrings ? kHeapStrings : kHeap);
  } else if (flow.from == FlowEnd::Kept) {
    for (unsigned kept : call.kept)
      objects.set(kept);
  } else if (flow.fromParam < call.args.size()) {
    objects = selfOf(call.args[flow.fromParam]);
    if (flow.from == FlowEnd::Reach) {
      llvm::BitVector self = objects;
      objects = reachOf(objects);
      if (flow.ofStrings)
        objects |= self;
      else if (types && !flow.moved.isEmpty()) {
        if (objects.test(kHeap) && !reachedOfHeap(call.args[flow.fromParam], objects).meets(flow.moved))
          objects.reset(kHeap);
        for (unsigned object : objects.set_bits())
          if (!table[object].types.meets(flow.moved))
            objects.reset(object);
      }
    }
  }
  if (flow.ofStrings)
    objects &= strings;
  else if (!strings.empty())
    objects.reset(strings);
  auto typesAt = [&](FlowEnd end, unsigned param, const TypeSet &reached) {
    bool isReached = end == FlowEnd::Reach || end == FlowEnd::Heap;
    if (!types || (isReached && reached.isEmpty()))
      return TypeSet::anything();
    if (isReached)
      return reached;
    return end == FlowEnd::Self && param < call.args.size() ? types->referredBy(call.args[param].type) : TypeSet::anything();
  };
  TypeSet moved = typesAt(flow.from, flow.fromParam, flow.moved), holding = typesAt(flow.to, flow.toParam, flow.holders);
  Why why{index, number};
  bool changed = false;
  auto join = [&](unsigned to, const llvm::BitVector &what, Why reason) {
    remember(to, what, moved, holding);
    return this->join(to, what, reason);
  };
  switch (flow.to) {
  case FlowEnd::Heap:
    return join(heapNode(), objects, why);
  case FlowEnd::Result:
    return call.result != kNone && join(call.result, objects, why);
  case FlowEnd::Parts:
    for (unsigned fresh : call.fresh)
      changed |= join(contentNode(fresh), objects, why);
    return changed;
  case FlowEnd::Kept:
    for (unsigned kept : call.kept)
      changed |= join(contentNode(kept), objects, why);
    return changed;
  case FlowEnd::Place:
    for (unsigned node : nodesOf(call.args[flow.toParam]))
      changed |= join(node, objects, why);
    return changed;
  case FlowEnd::Self: case FlowEnd::Reach: {
    llvm::BitVector holders = selfOf(call.args[flow.toParam]);
    if (flow.to == FlowEnd::Reach) {
      holders = reachOf(holders);
      if (types && !flow.holders.isEmpty() && holders.test(kHeap) &&
          !reachedOfHeap(call.args[flow.toParam], holders).meets(flow.holders))
        holders.reset(kHeap);
    }
    for (unsigned holder : holders.set_bits())
      if (flow.to == FlowEnd::Self || flow.holders.isEmpty() || table[holder].types.meets(flow.holders))
        changed |= join(contentNode(holder), objects, why);
    return changed;
  }
  }
  __builtin_unreachable();
}

/// The runtime keeps nothing. What it gives is one of its arguments, or a copy of an array among them; what it puts into the
/// array at a place is what its other arguments hold. A string that it gives may be one that they hold; and others know it, unless
/// the entry makes strings.
bool HeapGraph::applyRuntime(unsigned index) {
  const Call &call = calls[constraints[index].call];
  llvm::BitVector all(table.size());
  for (const Argument &arg : call.args)
    all |= selfOf(arg);
  auto join = [&](unsigned to, const llvm::BitVector &what, Why reason) {
    remember(to, what, TypeSet::anything(), TypeSet::anything());
    return this->join(to, what, reason);
  };
  llvm::BitVector given = all;
  if (!strings.empty() && call.result != kNone && refersTo[call.result].toStrings) {
    llvm::BitVector held = reachOf(all);
    held &= strings;
    given |= held;
    if (!makesString(module[constraints[index].callee]))
      given.set(kHeapStrings);
  }
  bool changed = call.result != kNone && join(call.result, given, {index, 0});
  for (const Argument &arg : call.args) {
    if (!arg.isAddress)
      continue;
    llvm::BitVector content(table.size());
    for (const Argument &other : call.args) {
      llvm::BitVector sources = &other == &arg ? llvm::BitVector(table.size()) : selfOf(other);
      for (unsigned source : sources.set_bits())
        content |= nodes[contentNode(source)];
    }
    llvm::BitVector holders = selfOf(arg);
    for (unsigned holder : holders.set_bits())
      changed |= join(contentNode(holder), content, {index, 0});
  }
  return changed;
}

/// What others know, they know with everything that it holds, and may change.
bool HeapGraph::closeHeap() {
  bool changed = false;
  llvm::BitVector known = nodes[heapNode()];
  for (unsigned object : known.set_bits()) {
    if (types && !isHeap(object))
      for (unsigned held : nodes[contentNode(object)].set_bits())
        if (held != object && table[held].kind == ObjectKind::Reach) {
          llvm::BitVector one(table.size());
          one.set(held);
          auto way = ways.find({contentNode(object), held});
          remember(heapNode(), one, way == ways.end() ? TypeSet::anything() : TypeSet(way->second.moved), TypeSet::anything());
        }
    changed |= join(heapNode(), llvm::BitVector(nodes[contentNode(object)]), {kHeldByEscaped, object});
    if (isHeap(object))
      continue;
    if (!stringless.test(object) && !nodes[contentNode(object)].test(kHeapStrings)) {
      nodes[contentNode(object)].set(kHeapStrings);
      changed = true;
    }
    if (!leaves.test(object) && !nodes[contentNode(object)].test(kHeap)) {
      nodes[contentNode(object)].set(kHeap);
      llvm::BitVector heap(table.size());
      heap.set(kHeap);
      remember(contentNode(object), heap, TypeSet::anything(), TypeSet::anything());
      changed = true;
    }
  }
  return changed;
}

void HeapGraph::findKept() {
  kept.resize(table.size());
  for (unsigned object = 0; object < table.size(); ++object) {
    if (table[object].kind == ObjectKind::Self || table[object].kind == ObjectKind::Reach)
      kept |= nodes[contentNode(object)];
    bool isParam = table[object].kind == ObjectKind::Self || table[object].kind == ObjectKind::Strings;
    if (isParam && function.params[table[object].param].convention == Convention::Address)
      kept |= nodes[function.blocks.front().args[table[object].param].index];
  }
  // What the heap and parameters hold is followed by itself.
  llvm::BitVector others(table.size());
  for (unsigned object = 0; object < table.size(); ++object)
    if (table[object].kind != ObjectKind::Site)
      others.set(object);
  kept.reset(others);
  kept |= reachOf(kept);
  kept.reset(others);
}

} // namespace dream::analysis
