// What comes of a heap graph: the ways by which objects get out, and the summary that callers see.
#include "compiler/analysis/heap_graph.h"
#include "compiler/analysis/places.h"

namespace dream::analysis {

using namespace dil;

constexpr size_t kLongestPath = 4, kLongestWholePath = 10; ///< The latter with types.

static std::string quoted(llvm::StringRef symbol) { return "'" + symbol.split('$').first.str() + "'"; }

//===-- Explaining --------------------------------------------------------------------------------------------===//

Step HeapGraph::describe(const Constraint &constraint) const {
  const Inst &inst = *constraint.inst;
  ValueId place = storedBy(inst).place;
  if (auto *store = llvm::dyn_cast<StoreInst>(&inst))
    place = store->place;
  if (place.isValid()) {
    Place where = placeOf(function, place);
    switch (where.root) {
    case PlaceRoot::Global:
      return {inst.loc, "is stored in " + quoted(module[where.global].symbol)};
    case PlaceRoot::Field: {
      TypeId holder = function[where.value].type;
      const NominalInfo *info = module.types[holder].nominal.isValid() ? &module.types.info(holder) : nullptr;
      if (info && where.field < info->fields.size())
        return {inst.loc, "is stored in '" + module.types.spell(holder) + "." + info->fields[where.field].name.text().str() + "'"};
      return {inst.loc, "is stored in a field"};
    }
    case PlaceRoot::Element:
      return {inst.loc, "is stored in an array"};
    case PlaceRoot::Param:
      return {inst.loc, "is stored where a parameter refers to"};
    case PlaceRoot::Slot:
      return {inst.loc, "is stored in a variable"};
    case PlaceRoot::Pointer:
      return {inst.loc, "is stored through a pointer"};
    }
  }
  auto *call = llvm::dyn_cast<CallInst>(&inst);
  if (FuncId callee = call ? call->callee : constraint.callee; callee.isValid()) {
    llvm::StringRef name = llvm::StringRef(module[callee].symbol).split('$').first;
    bool isConstructor = name.consume_back(".new");
    return {inst.loc, std::string("is handed to ") + (isConstructor ? "the constructor of '" : "'") + name.str() + "'"};
  }
  if (llvm::isa<ThrowInst>(inst))
    return {inst.loc, "is thrown"};
  if (llvm::isa<ReturnInst>(inst))
    return {inst.loc, "is returned"};
  if (llvm::isa<YieldInst>(inst))
    return {inst.loc, "is handed out by 'yield'"};
  if (llvm::isa<SpanInst>(inst))
    return {inst.loc, "is looked at through a view, which is not followed"};
  if (llvm::isa<ClosureInst>(inst))
    return {inst.loc, "is captured by a closure"};
  if (llvm::isa<AllocInst>(inst))
    return {inst.loc, "is made in an Arena that the program keeps"};
  if (llvm::isa<WeakOfInst>(inst))
    return {inst.loc, "may be found by a weak reference"};
  return {inst.loc, "is held by something that is not followed"};
}

Path HeapGraph::wayTo(unsigned node, unsigned object, unsigned depth) const {
  auto why = reasons.find({node, object});
  if (why == reasons.end() || depth > (types ? kLongestWholePath : kLongestPath))
    return {};
  auto [index, flow] = why->second;
  Path path;
  if (index == kHeldByEscaped) {
    // `flow` is the holder. Where it got the object, and then how the holder gets out.
    if (flow < table.size()) {
      path = wayTo(contentNode(flow), object, depth + 1);
      for (Step &step : wayTo(heapNode(), flow, depth + 1))
        if (path.empty() || path.back().loc != step.loc || path.back().what != step.what)
          path.push_back(std::move(step));
    }
  } else {
    const Constraint &constraint = constraints[index];
    path.push_back(describe(constraint));
    if (constraint.kind == Kind::Call)
      path.append(summaries[constraint.callee.index].flows[flow].path);
  }
  if (size_t most = types ? kLongestWholePath : kLongestPath; path.size() > most)
    path.resize(most);
  return path;
}

Path HeapGraph::wayOut(unsigned object) const {
  if (isTooLarge)
    return {{function.loc, "is in a function that is too large to follow"}};
  if (isKnownToOthers(object))
    return wayTo(heapNode(), object, 0);
  for (unsigned holder = 0; holder < table.size(); ++holder)
    if (table[holder].kind == ObjectKind::Self || table[holder].kind == ObjectKind::Reach)
      if (Path path = wayTo(contentNode(holder), object, 0); !path.empty())
        return path;
  // Put where an address parameter points at.
  for (const Constraint &constraint : constraints)
    for (unsigned param = 0; param < function.params.size(); ++param)
      if (constraint.kind == Kind::Copy && constraint.to == function.blocks.front().args[param].index &&
          function.params[param].convention == Convention::Address && nodes[constraint.from].test(object))
        return {{constraint.inst->loc, "is stored in what '" + function.params[param].name.text().str() + "' refers to"}};
  return {};
}

bool HeapGraph::isGivenToOthers(unsigned object) const {
  auto why = reasons.find({heapNode(), object});
  return isKnownToOthers(object) && (why == reasons.end() || why->second.constraint != kHeldByEscaped);
}

SourceLoc HeapGraph::heldAt(unsigned holder, unsigned object) const {
  auto why = reasons.find({contentNode(holder), object});
  return why == reasons.end() || why->second.constraint == kHeldByEscaped ? SourceLoc()
                                                                           : constraints[why->second.constraint].inst->loc;
}

//===-- Summaries ---------------------------------------------------------------------------------------------===//

/// A call gives as many objects as its targets make; in recursion, to a function of the same component, that is any number.
bool HeapGraph::isUnbounded(const Inst &site, unsigned component) const {
  if (auto *array = llvm::dyn_cast<AllocArrayInst>(&site))
    return llvm::any_of(array->lengths, [&](ValueId length) { return !llvm::isa_and_nonnull<ConstInst>(function[length].definition); });
  auto *call = llvm::dyn_cast<CallBase>(&site);
  return call && llvm::any_of(targetsOf(*call), [&](FuncId target) {
           return summaries[target.index].component == component || summaries[target.index].isUnbounded;
         });
}

bool HeapGraph::summarise(Summary &summary) const {
  if (isTooLarge) {
    bool changed = !summary.isUnknown;
    summary.isUnknown = true;
    return changed;
  }
  bool changed = false;
  // What of them would be everywhere is everywhere.
  if (stringsGivenUp) {
    Path path{{function.loc, "is in a function that is too large to follow strings"}};
    for (unsigned param = 0; param < function.params.size(); ++param)
      changed |= summary.add({FlowEnd::Reach, FlowEnd::Heap, param, 0, true, path});
    changed |= summary.add({FlowEnd::Heap, FlowEnd::Result, 0, 0, true});
  }
  auto flowOf = [&](unsigned node, unsigned object, FlowEnd to, unsigned toParam) {
    const HeapObject &row = table[object];
    FlowEnd from = row.kind == ObjectKind::Heap ? FlowEnd::Heap : row.kind == ObjectKind::Self ? FlowEnd::Self : FlowEnd::Reach;
    if (from == FlowEnd::Heap && to == FlowEnd::Heap)
      return;
    // A new object that others know is one of the heap's to callers.
    if (row.kind == ObjectKind::Site) {
      if (to == FlowEnd::Heap || (!isKnownToOthers(object) && !isKept(object)))
        return;
      from = isKnownToOthers(object) ? FlowEnd::Heap : FlowEnd::Kept;
    }
    if (row.kind == ObjectKind::Strings && row.param == toParam && stringsOf.contains(node) && !mixedStrings.contains(node))
      return; // What was there from the start.
    if (from == FlowEnd::Kept && to == FlowEnd::Kept)
      return; // They may hold each other from the start.
    // What was there from the start.
    if ((row.kind == ObjectKind::Self || row.kind == ObjectKind::Reach) && row.param == toParam) {
      unsigned self = row.kind == ObjectKind::Self ? object : object - 1;
      if ((from == FlowEnd::Self && to == FlowEnd::Place) ||
          (from == FlowEnd::Reach && to == FlowEnd::Self && !mixed.test(self)) ||
          (from == FlowEnd::Reach && to == FlowEnd::Reach && !mixed.test(self + 1)))
        return;
    }
    Flow flow{from, to, row.kind == ObjectKind::Site ? 0 : row.param, toParam, row.isString};
    if (to == FlowEnd::Heap || (types && from == FlowEnd::Heap && row.kind == ObjectKind::Site))
      flow.path = wayOut(object);
    else if (types)
      flow.path = wayTo(node, object, 0);
    if (types && row.isString) {
      flow.moved = TypeSet::anything();
      auto way = ways.find({node, object});
      flow.holders = way == ways.end() ? TypeSet::anything() : way->second.holders;
    } else if (types) {
      auto way = ways.find({node, object});
      flow.moved = way == ways.end() ? TypeSet::anything() : way->second.moved;
      flow.holders = way == ways.end() ? TypeSet::anything() : way->second.holders;
    }
    changed |= summary.add(std::move(flow));
  };
  auto flowsTo = [&](unsigned node, FlowEnd to, unsigned toParam = 0) {
    for (unsigned object : nodes[node].set_bits())
      flowOf(node, object, to, toParam);
  };
  flowsTo(heapNode(), FlowEnd::Heap);
  flowsTo(resultNode(), FlowEnd::Result);
  for (unsigned object : kept.set_bits())
    if (table[object].isString && !isKnownToOthers(object)) {
      changed |= !summary.keepsStrings;
      summary.keepsStrings = summary.movesStrings = true;
    } else if (!isKnownToOthers(object)) {
      changed |= !summary.keeps || (!table[object].isArray && !summary.keepsOthers);
      summary.keeps = true;
      summary.keepsOthers |= !table[object].isArray;
      changed |= summary.keptTypes.join(table[object].types);
      flowsTo(contentNode(object), FlowEnd::Kept);
    }
  for (unsigned object : resultReach.set_bits())
    if (table[object].kind == ObjectKind::Site && !isKnownToOthers(object) && !isKept(object) && table[object].isString) {
      changed |= !summary.freshStrings;
      summary.freshStrings = summary.movesStrings = true;
    } else if (table[object].kind == ObjectKind::Site && !isKnownToOthers(object) && !isKept(object)) {
      changed |= !summary.isFresh;
      summary.isFresh = true;
      changed |= summary.freshTypes.join(table[object].types);
      if (!summary.isUnbounded && isUnbounded(*table[object].site, summary.component))
        changed = summary.isUnbounded = true;
      flowsTo(contentNode(object), FlowEnd::Parts);
    }
  for (unsigned object = 0; object < table.size(); ++object) {
    unsigned param = table[object].param;
    bool isPlaceOfStrings = table[object].kind == ObjectKind::Strings && !module.types.mayRefer(function.params[param].type);
    if (table[object].kind != ObjectKind::Self && !isPlaceOfStrings)
      continue;
    if (function.params[param].convention == Convention::Address)
      flowsTo(function.blocks.front().args[param].index, FlowEnd::Place, param);
    if (isPlaceOfStrings)
      continue;
    flowsTo(contentNode(object), FlowEnd::Self, param);
    flowsTo(contentNode(object + 1), FlowEnd::Reach, param);
  }
  return changed;
}

} // namespace dream::analysis
