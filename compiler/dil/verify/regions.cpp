// 9xx: storage of objects that do not lie on the heap. What can be seen here is checked: that storage is given once, that
// things fit, that regions are closed in the order opposite to that of their opening, on every way, and that what lies in this
// frame is not handed out on the shortest ways. The whole proof is that of compiler/analysis/placement.h; -fcheck-memory checks
// it while the program runs.
#include "compiler/dil/verify/families.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::dil::verifier {
namespace {

class Regions {
public:
  explicit Regions(Report &report) : report(report), types(report.module.types), function(*report.function) {}

  void run(const Cfg &cfg) {
    nest(cfg);
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        if (auto *storage = llvm::dyn_cast<StorageInst>(inst))
          part(*storage);
        else if (auto *alloc = llvm::dyn_cast<AllocInst>(inst); alloc && alloc->storage.isValid() && alloc->result.isValid())
          object(*alloc, alloc->storage, types.objectLayout(function[alloc->result].type).size);
        else if (ValueId storage = storageOf(*inst); storage.isValid())
          object(*inst, storage, 0);
        else
          leaving(*inst);
        forEachOperand(*inst, [&](ValueId operand, Use) { use(*inst, operand); });
      }
  }

private:
  const StorageInst *storageOf(ValueId value) const {
    return llvm::dyn_cast_or_null<StorageInst>(function[value].definition);
  }
  /// In which the instruction makes an object; invalid if it makes none, or on the heap.
  static ValueId storageOf(const Inst &inst) {
    return llvm::isa<AllocInst, AllocArrayInst, ClosureInst, BoxInst>(inst) ? static_cast<const PlacedInst &>(inst).storage : ValueId();
  }
  bool isOpened(ValueId value) const { return llvm::isa_and_nonnull<RegionOpenInst>(function[value].definition); }
  bool isParameter(ValueId value) const { return !function[value].definition && function[value].block == function.entry(); }
  bool isStorage(ValueId value) const {
    return types.kind(function[value].type) == TypeKind::Pointer &&
           (isParameter(value) || storageOf(value) || isOpened(value) || isArena(function, value));
  }

  /// What is open, the last one last.
  struct Open {
    llvm::SmallVector<ValueId, 2> regions, arenas;
    bool operator==(const Open &) const = default;
  };
  /// Follows that along all edges.
  void nest(const Cfg &cfg) {
    std::vector<std::optional<Open>> atEntry(function.blocks.size());
    atEntry[function.entry().index] = Open();
    for (BlockId id : cfg.reversePostorder()) {
      Open open = *atEntry[id.index]; // Some predecessor stands before it.
      for (const Inst *inst : function[id].insts)
        step(*inst, open);
      for (BlockId next : cfg.successors(id)) {
        if (!atEntry[next.index])
          atEntry[next.index] = open;
        else if (atEntry[next.index]->regions != open.regions)
          report.add(905, *function[id].insts.back(), "not the same regions are open on all ways to " + report.block(next));
        else if (atEntry[next.index]->arenas != open.arenas)
          report.add(907, *function[id].insts.back(), "not the same arenas are open on all ways to " + report.block(next));
      }
    }
  }
  void step(const Inst &inst, Open &open) {
    stepRegions(inst, open.regions);
    stepArenas(inst, open.arenas);
  }
  void stepArenas(const Inst &inst, llvm::SmallVectorImpl<ValueId> &open) {
    if (llvm::isa<ArenaOpenInst>(inst)) {
      open.push_back(inst.result);
    } else if (auto *closing = llvm::dyn_cast<ArenaCloseInst>(&inst)) {
      if (open.empty() || open.back() != closing->arena)
        return report.add(907, inst, report.value(closing->arena) + " is not the arena that was opened last");
      open.pop_back();
    } else if (llvm::isa<ReturnInst, ThrowInst>(inst)) {
      if (!open.empty())
        report.add(907, inst, report.value(open.back()) + " is still open");
    } else {
      forEachOperand(inst, [&](ValueId operand, Use) {
        if (isArena(function, operand) && !llvm::is_contained(open, operand))
          report.add(908, inst, report.value(operand) + " is not open");
      });
      const Wish *wish = wishOf(inst);
      if (wish && wish->arena.isValid() && !isArena(function, wish->arena))
        report.add(908, inst, report.value(wish->arena) + " is no arena of this function");
    }
  }
  void stepRegions(const Inst &inst, llvm::SmallVectorImpl<ValueId> &open) {
    if (auto *opening = llvm::dyn_cast<RegionOpenInst>(&inst)) {
      if (opening->beside.isValid() && !isParameter(opening->beside))
        report.add(901, inst, report.value(opening->beside) + " is no region of the caller");
      open.push_back(inst.result);
    } else if (auto *closing = llvm::dyn_cast<RegionCloseInst>(&inst)) {
      if (open.empty() || open.back() != closing->region)
        return report.add(905, inst, report.value(closing->region) + " is not the region that was opened last");
      open.pop_back();
    } else if (llvm::isa<ReturnInst, ThrowInst>(inst)) {
      if (!open.empty())
        report.add(905, inst, report.value(open.back()) + " is still open");
    } else {
      forEachOperand(inst, [&](ValueId operand, Use) {
        if (isOpened(operand) && (open.empty() || open.back() != operand))
          report.add(906, inst, report.value(operand) + " is not the region that was opened last");
      });
    }
  }

  void part(const StorageInst &inst) {
    if (!inst.whole.isValid())
      return;
    if (!isStorage(inst.whole))
      return report.add(901, inst, report.value(inst.whole) + " is no storage");
    const StorageInst *whole = storageOf(inst.whole);
    if (whole && uint64_t(inst.offset) + inst.bytes > whole->bytes)
      report.add(903, inst, "the part does not lie in the whole");
  }
  void object(const Inst &inst, ValueId storage, uint64_t bytes) {
    if (!isStorage(storage))
      return report.add(901, inst, report.value(storage) + " is no storage");
    if (const StorageInst *where = storageOf(storage); where && where->bytes < bytes + 8)
      report.add(903, inst, "the object does not fit in " + llvm::Twine(where->bytes) + " bytes");
  }
  void use(const Inst &inst, ValueId operand) {
    const StorageInst *storage = storageOf(operand);
    if (storage && !storage->whole.isValid() && !used.insert(storage).second)
      report.add(902, inst, report.value(operand) + " has been given to another instruction");
  }

  /// The value was made in storage of this frame, by an allocation or by a call that was given some.
  bool isInFrame(ValueId value) const {
    while (const Inst *inst = function[value].definition) {
      if (auto *cast = llvm::dyn_cast<CastInst>(inst))
        value = cast->value;
      else if (auto *copy = llvm::dyn_cast<CopyInst>(inst))
        value = copy->value;
      else {
        auto isOwn = [&](ValueId storage) {
          const StorageInst *found = storage.isValid() ? storageOf(storage) : nullptr;
          return storage.isValid() && (isOpened(storage) || isArena(function, storage) || (found && !found->whole.isValid()));
        };
        if (ValueId storage = storageOf(*inst); storage.isValid())
          return isOwn(storage);
        auto *call = llvm::dyn_cast<CallInst>(inst);
        return call && llvm::any_of(call->args, isOwn);
      }
    }
    return false;
  }
  void leaving(const Inst &inst) {
    ValueId value, place;
    if (auto *ret = llvm::dyn_cast<ReturnInst>(&inst))
      value = ret->value;
    else if (auto *raise = llvm::dyn_cast<ThrowInst>(&inst))
      value = raise->value;
    else if (auto *init = llvm::dyn_cast<InitInst>(&inst))
      value = init->value, place = init->place;
    else if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
      value = assign->value, place = assign->place;
    else if (auto *store = llvm::dyn_cast<StoreInst>(&inst))
      value = store->value, place = store->place;
    if (!value.isValid() || (place.isValid() && !llvm::isa_and_nonnull<GlobalInst>(function[place].definition)))
      return;
    if (isInFrame(value))
      report.add(904, inst, report.value(value) + " lies in this frame, and leaves it");
  }

  Report &report;
  const TypeTable &types;
  const Function &function;
  llvm::DenseSet<const StorageInst *> used;
};

} // namespace

void verifyRegions(Report &report, const Cfg &cfg) { Regions(report).run(cfg); }

} // namespace dream::dil::verifier
