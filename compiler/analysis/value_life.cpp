#include "compiler/analysis/value_life.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

using namespace dil;

UseTable::UseTable(const Function &function) : uses(function.values.size()) {
  for (uint32_t i = 0; i < function.blocks.size(); ++i)
    for (uint32_t at = 0; at < function.blocks[i].insts.size(); ++at) {
      Inst *inst = function.blocks[i].insts[at];
      forEachOperand(*inst, [&](ValueId operand, dil::Use) {
        auto &list = uses[operand.index];
        if (list.empty() || list.back().inst != inst)
          list.push_back({inst, BlockId(i), at});
      });
    }
}

ValueLife::ValueLife(const Function &function, const TypeTable &types, const Cfg &graph, const UseTable &uses, ValueId root,
                     bool ignoresEnds)
    : function(function), types(types), graph(graph), root(root), liveIn(function.blocks.size()), liveOut(function.blocks.size()) {
  collect(uses, ignoresEnds);
  flow();
}

/// A plain value of the type may say where something lies.
static bool mayPoint(const TypeTable &types, TypeId type) {
  switch (types.kind(type)) {
  case TypeKind::Pointer: case TypeKind::Func:
    return true;
  case TypeKind::Struct:
    if (types.isView(type))
      return true;
    [[fallthrough]];
  case TypeKind::Tuple: case TypeKind::FixedArray:
    for (uint64_t i = 0, end = types.kind(type) == TypeKind::FixedArray ? 1 : partCount(types, type); i < end; ++i)
      if (TypeId part = partType(types, type, i); part.isValid() && mayPoint(types, part))
        return true;
    return false;
  case TypeKind::Optional:
    return mayPoint(types, types[type].element);
  case TypeKind::Enum: // Of its payloads, one.
    return types.isPayloadEnum(type);
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never: case TypeKind::Null: case TypeKind::Bool:
  case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16: case TypeKind::UInt16:
  case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::NInt:
  case TypeKind::NUInt: case TypeKind::Float32: case TypeKind::Float64: case TypeKind::String: case TypeKind::Object:
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::Class: case TypeKind::Interface: case TypeKind::Weak:
  case TypeKind::TypeParam:
    return false;
  }
  __builtin_unreachable();
}

/// The result of an instruction that uses the value, or what looks into it, looks into it as well.
bool ValueLife::looksInto(const Inst &inst) const {
  if (!inst.result.isValid())
    return false;
  const ValueInfo &result = function[inst.result];
  switch (result.ownership) {
  case Ownership::Borrowed: case Ownership::Address:
    return true;
  case Ownership::Owned:
    return false;
  case Ownership::None:
    // What is loaded as bits says where something else lies, but for views, which are made of what they are loaded from.
    return mayPoint(types, result.type) && (!llvm::isa<LoadCopyInst>(inst) || types.isView(result.type));
  }
  __builtin_unreachable();
}

void ValueLife::collect(const UseTable &table, bool ignoresEnds) {
  struct Member {
    ValueId value;
    int part;
  };
  std::vector<Member> members{{root, kWhole}};
  llvm::DenseSet<ValueId> seen{root};
  bool isOwned = function[root].ownership == Ownership::Owned;
  for (size_t i = 0; i < members.size(); ++i) {
    auto [member, part] = members[i];
    for (const UseAt &use : table.of(member)) {
      if (!graph.isReachable(use.block) || (ignoresEnds && llvm::isa<EndBorrowInst, EndAccessInst>(use.inst)))
        continue;
      Inst &inst = *use.inst;
      if (member == root && llvm::isa<DropInst>(inst)) {
        dropped.push_back(use);
        continue;
      }
      bool consumes = false, hands = false;
      forEachOperand(inst, [&](ValueId operand, dil::Use how) {
        if (operand != member)
          return;
        consumes |= member == root && isOwned && (how == dil::Use::Consume || how == dil::Use::Forward);
        hands |= how == dil::Use::Consume;
      });
      found.push_back({use, part, consumes});
      if (consumes)
        continue;
      // A place, a view, a pointer that is kept somewhere.
      auto *call = llvm::dyn_cast<CallBase>(&inst);
      if (hands || llvm::isa<ReturnInst, YieldInst>(inst))
        unknown = true;
      else if (auto *closure = llvm::dyn_cast<ClosureInst>(&inst); closure && !closure->onStack)
        unknown |= function[member].ownership == Ownership::Address;
      else if (call && call->canThrow() && !function[call->ok].args.empty())
        unknown |= function[function[call->ok].args[0]].ownership == Ownership::None &&
                   mayPoint(types, function[function[call->ok].args[0]].type);
      if (!looksInto(inst) || !seen.insert(inst.result).second)
        continue;
      auto *field = llvm::dyn_cast<FieldInst>(&inst);
      members.push_back({inst.result, part != kWhole ? part : field ? int(field->field) : kWhole});
    }
  }
}

void ValueLife::flow() {
  BlockId home = function[root].block;
  llvm::SmallVector<BlockId, 16> work;
  auto reach = [&](BlockId block) {
    if (block == home || liveIn.test(block.index))
      return;
    liveIn.set(block.index);
    work.push_back(block);
  };
  for (const Use &use : found) {
    auto [at, isNew] = last.try_emplace(use.at.block, use.at);
    if (!isNew && at->second.index < use.at.index)
      at->second = use.at;
    reach(use.at.block);
  }
  while (!work.empty()) {
    BlockId block = work.pop_back_val();
    for (BlockId before : graph.predecessors(block)) {
      liveOut.set(before.index);
      reach(before);
    }
  }
}

bool ValueLife::isLiveAfter(BlockId block, uint32_t index) const {
  auto at = last.find(block);
  return liveOut.test(block.index) || (at != last.end() && at->second.index > index);
}

void ValueLife::forEachDeath(llvm::function_ref<void(UseAt)> after, llvm::function_ref<void(BlockId, BlockId)> onEdge) const {
  llvm::DenseSet<std::pair<const Inst *, BlockId>> consumed;
  for (const Use &use : found)
    if (use.consumes)
      consumed.insert({use.at.inst, use.at.block});
  BlockId home = function[root].block;
  for (BlockId block : graph.reversePostorder()) {
    if (block != home && !liveIn.test(block.index))
      continue;
    auto onEdges = [&] {
      llvm::SmallDenseSet<BlockId, 4> seen;
      for (BlockId next : graph.successors(block))
        if (!liveIn.test(next.index) && seen.insert(next).second)
          onEdge(block, next);
    };
    if (liveOut.test(block.index)) {
      onEdges();
      continue;
    }
    auto at = last.find(block);
    if (at == last.end()) {
      after({nullptr, block, 0}); // Only where it is made: elsewhere it would not be live.
      continue;
    }
    if (consumed.contains({at->second.inst, block}))
      continue;
    if (isTerminator(*at->second.inst))
      onEdges();
    else
      after(at->second);
  }
}

bool ValueLife::anyAfter(BlockId block, uint32_t index, llvm::function_ref<bool(const Use &)> fits) const {
  BlockId home = function[root].block;
  llvm::SmallVector<BlockId, 16> work(graph.successors(block));
  llvm::BitVector seen(function.blocks.size());
  while (!work.empty()) {
    BlockId next = work.pop_back_val();
    if (next == home || seen.test(next.index))
      continue;
    seen.set(next.index);
    work.append(graph.successors(next).begin(), graph.successors(next).end());
  }
  return llvm::any_of(found, [&](const Use &use) {
    return ((use.at.block == block && use.at.index > index) || seen.test(use.at.block.index)) && fits(use);
  });
}

ValueId beforeCasts(const Function &function, ValueId value, llvm::SmallVectorImpl<CastInst *> *casts) {
  while (auto *cast = llvm::dyn_cast_or_null<CastInst>(function[value].definition)) {
    // What a cast consumed is no more.
    if (function[value].ownership == Ownership::Owned)
      break;
    if (casts)
      casts->push_back(cast);
    value = cast->value;
  }
  return value;
}

ValueId beforeAllCasts(const Function &function, ValueId value) {
  while (auto *cast = llvm::dyn_cast_or_null<CastInst>(function[value].definition))
    value = cast->value;
  return value;
}

ValueId beforeCopies(const Function &function, ValueId value) {
  while (const Inst *inst = function[value].definition) {
    if (auto *cast = llvm::dyn_cast<CastInst>(inst))
      value = cast->value;
    else if (auto *copy = llvm::dyn_cast<CopyInst>(inst))
      value = copy->value;
    else
      break;
  }
  return value;
}

} // namespace dream::analysis
