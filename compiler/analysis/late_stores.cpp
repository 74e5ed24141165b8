#include "compiler/analysis/late_stores.h"
#include "compiler/analysis/call_targets.h"
#include "compiler/analysis/places.h"
#include "compiler/dil/cfg.h"
#include "llvm/ADT/DenseMap.h"

namespace dream::analysis {

using namespace dil;

LateStores::LateStores(const Module &module) : module(module), facts(module.functions.size()) {
  for (uint32_t i = 0; i < facts.size(); ++i)
    collect(i);
  const llvm::BitVector unnamed = calledUnnamed(module);
  for (unsigned function : unnamed.set_bits())
    facts[function].isForFresh = false;
  findMakesKnown();
  std::vector<uint32_t> refused;
  for (uint32_t i = 0; i < facts.size(); ++i) {
    judge(i, refused);
    if (!facts[i].isForFresh)
      refused.push_back(i);
  }
  // What is handed on by a function that gets other objects, too, may be such an object.
  while (!refused.empty()) {
    const uint32_t function = refused.back();
    refused.pop_back();
    if (facts[function].param < 0)
      continue;
    const Fresh &object = facts[function].objects[facts[function].param];
    for (const Store &store : object.stores)
      late.insert(store.field);
    for (const Pass &pass : object.passes)
      refuse(pass.callee, refused);
  }
}

bool LateStores::isStoredLate(TypeId holder, unsigned field) const { return late.contains(fieldOf(holder, field)); }

LateStores::Field LateStores::fieldOf(TypeId holder, unsigned field) const {
  return {fieldOwner(module.types, holder, field).index, field};
}

void LateStores::refuse(uint32_t function, std::vector<uint32_t> &refused) {
  if (!facts[function].isForFresh)
    return;
  facts[function].isForFresh = false;
  refused.push_back(function);
}

/// Of what an instruction does with an address: nothing that puts a value there, or into a part of it, by itself.
static bool leavesAddress(const Inst &inst) {
  return llvm::isa<FieldInst, ElemInst, AccessReadInst, AccessModifyInst, EndAccessInst, LoadInst, LoadCopyInst, LoadTakeInst,
                   LoadBorrowInst, DropSlotInst, DropIfInst>(inst);
}

/// Of what an instruction does with an object: nobody comes to know it by that.
static bool leavesUnknown(const Inst &inst) {
  return llvm::isa<FieldInst, CastInst, TypeIsInst, CmpInst, CheckInst, EndBorrowInst, RetainInst, ReleaseInst, DropInst>(inst);
}

void LateStores::collect(uint32_t index) {
  const Function &function = module.functions[index];
  Facts &result = facts[index];
  if (function.isDeclaration())
    return;
  llvm::DenseMap<ValueId, uint32_t> fresh;
  auto isClass = [&](ValueId value) { return module.types.kind(function[value].type) == TypeKind::Class; };
  if (!function.params.empty() && function.params[0].convention == Convention::Borrow && isClass(function.blocks[0].args[0])) {
    fresh[function.blocks[0].args[0]] = 0;
    result.param = 0;
    result.objects.push_back({true, {0, -1}, {}, {}, {}});
  }
  for (uint32_t b = 0; b < function.blocks.size(); ++b)
    for (size_t i = 0; i < function.blocks[b].insts.size(); ++i)
      if (const Inst *inst = function.blocks[b].insts[i]; llvm::isa<AllocInst>(inst)) {
        fresh[inst->result] = uint32_t(result.objects.size());
        result.objects.push_back({false, {b, int64_t(i) * 2}, {}, {}, {}});
      }
  auto freshOf = [&](ValueId value) -> Fresh * {
    auto found = fresh.find(borrowRoot(function, value));
    return found == fresh.end() ? nullptr : &result.objects[found->second];
  };

  for (uint32_t b = 0; b < function.blocks.size(); ++b)
    for (size_t i = 0; i < function.blocks[b].insts.size(); ++i) {
      const Inst &inst = *function.blocks[b].insts[i];
      const Point here{b, int64_t(i) * 2};
      auto storeAt = [&](ValueId address, bool isPlainStore) {
        const Place place = placeOf(function, address);
        if (place.root != PlaceRoot::Field)
          return;
        const Field field = fieldOf(function[place.value].type, place.field);
        if (Fresh *object = isPlainStore ? freshOf(place.value) : nullptr)
          object->stores.push_back({here, field});
        else
          late.insert(field);
      };
      Stored stored = storedBy(inst);
      if (auto *store = llvm::dyn_cast<StoreInst>(&inst))
        stored = {store->place, store->value};
      if (stored && !llvm::isa_and_nonnull<ConstInst>(function[stored.value].definition)) // constants hold nothing
        storeAt(stored.place, /*isPlainStore=*/true);

      const auto *call = llvm::dyn_cast<CallInst>(&inst);
      if (call && !call->args.empty()) {
        if (Fresh *object = freshOf(call->args[0]))
          object->passes.push_back({here, call->callee.index});
        else
          facts[call->callee.index].isForFresh = false;
      }
      bool isFirst = true;
      forEachOperand(inst, [&](ValueId operand, Use) {
        const bool isPassed = call && isFirst; // a function without a body has no first parameter here: it lets others know
        isFirst = false;
        if (function[operand].ownership == Ownership::Address) {
          if (operand != stored.place && !leavesAddress(inst))
            storeAt(operand, /*isPlainStore=*/false);
        } else if (!leavesUnknown(inst) && !isPassed) {
          if (Fresh *object = freshOf(operand))
            object->knowns.push_back({b, here.at - 1});
        }
      });
    }
}

void LateStores::findMakesKnown() {
  for (bool changes = true; changes;) {
    changes = false;
    for (Facts &one : facts) {
      if (one.param < 0 || one.makesKnown)
        continue;
      const Fresh &object = one.objects[one.param];
      one.makesKnown = !object.knowns.empty() || llvm::any_of(object.passes, [&](const Pass &pass) {
        return facts[pass.callee].param < 0 || facts[pass.callee].makesKnown;
      });
      changes |= one.makesKnown;
    }
  }
}

/// Behind them others know the object.
std::vector<LateStores::Point> LateStores::knownPoints(const Fresh &object) const {
  std::vector<Point> points(object.knowns.begin(), object.knowns.end());
  for (const Pass &pass : object.passes)
    if (facts[pass.callee].param < 0 || facts[pass.callee].makesKnown)
      points.push_back({pass.point.block, pass.point.at + 1});
  return points;
}

/// Which stores and calls come when the object may be known.
void LateStores::judge(uint32_t index, std::vector<uint32_t> &refused) {
  std::unique_ptr<Cfg> cfg;
  for (const Fresh &object : facts[index].objects) {
    const std::vector<Point> knowns = object.stores.empty() && object.passes.empty() ? std::vector<Point>() : knownPoints(object);
    if (knowns.empty())
      continue;
    if (!cfg)
      cfg = std::make_unique<Cfg>(module.functions[index]);
    // For each block, from where on the object is known in it; the making of another one ends that.
    constexpr int64_t kNever = INT64_MAX;
    std::vector<int64_t> from(cfg->blockCount(), kNever);
    std::vector<uint32_t> work;
    auto isMadeIn = [&](uint32_t block) { return !object.isParam && block == object.made.block; };
    auto leave = [&](uint32_t block) {
      if (cfg->isReachable(BlockId(block)))
        for (BlockId next : cfg->successors(BlockId(block)))
          if (from[next.index] != -2) {
            from[next.index] = isMadeIn(next.index) ? from[next.index] : -2;
            if (!isMadeIn(next.index))
              work.push_back(next.index);
          }
    };
    for (const Point &known : knowns) {
      from[known.block] = std::min(from[known.block], known.at);
      leave(known.block);
    }
    while (!work.empty()) {
      const uint32_t block = work.back();
      work.pop_back();
      leave(block);
    }
    auto isLate = [&](const Point &point) { return point.at > from[point.block]; };
    for (const Store &store : object.stores)
      if (isLate(store.point))
        late.insert(store.field);
    for (const Pass &pass : object.passes)
      if (isLate(pass.point))
        refuse(pass.callee, refused);
  }
}

} // namespace dream::analysis
