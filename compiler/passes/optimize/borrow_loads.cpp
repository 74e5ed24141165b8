// Turns copies that are only looked at into borrows (core-calculus.md, rule 3). A candidate is an owned value made by
// load.copy or copy, which is used only by instructions that look, and ends in drops. Its *region* is everything between
// its making and those drops. It becomes a borrow if nothing in the region may write the place that it was loaded from, or
// any place on the way to that: `a.b.c` looks into the variable `a`, the field `b` and the field `c`. What was open only
// until the value had been fetched, borrows and accesses on that way, is then closed after the new borrow ends.
#include "compiler/analysis/interference.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::passes {

using namespace dil;
using analysis::PlaceRoot;
using analysis::Watched;

namespace {

/// Regions that are larger are left alone, so that the pass stays linear.
constexpr unsigned kMaxRegionInsts = 2000, kMaxRegionBlocks = 100;

/// Where an instruction stands; those that the pass adds lie between the old ones.
struct Position {
  BlockId block;
  uint64_t key = 0;
};

class BorrowLoads {
public:
  BorrowLoads(PassContext &context, const analysis::ModuleEffects &effects, Function &function)
      : context(context), module(context.module), function(function),
        interference(module, function, effects, context.targets), replaced(function) {}

  void run() {
    if (!collect())
      return;
    for (Inst *inst : candidates)
      tryBorrow(inst);
    if (touched.empty())
      return;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      if (touched.contains(BlockId(i)))
        rebuild(BlockId(i));
    replaced.apply(function);
  }

private:
  // ---- Facts

  /// Positions and uses; false if there is nothing to do.
  bool collect() {
    for (const Block &block : function.blocks)
      for (Inst *inst : block.insts)
        if (llvm::isa<LoadCopyInst, CopyInst>(inst) && function[inst->result].ownership == Ownership::Owned)
          candidates.push_back(inst);
    if (candidates.empty())
      return false;
    uses.resize(function.values.size());
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      uint64_t key = 0;
      for (Inst *inst : function.blocks[i].insts) {
        positions[inst] = {BlockId(i), ++key << 20};
        forEachOperand(*inst, [&](ValueId operand, Use) {
          if (uses[operand.index].empty() || uses[operand.index].back() != inst)
            uses[operand.index].push_back(inst);
        });
      }
    }
    return true;
  }

  /// All uses of the value, and of casts of it, only look; collects its drops and these casts.
  bool onlyLookedAt(ValueId value, llvm::SmallVectorImpl<DropInst *> &drops, llvm::SmallVectorImpl<CastInst *> &casts) {
    for (Inst *inst : uses[value.index]) {
      if (erased.contains(inst))
        continue;
      if (auto *drop = llvm::dyn_cast<DropInst>(inst)) {
        drops.push_back(drop);
        continue;
      }
      if (auto *cast = llvm::dyn_cast<CastInst>(inst)) {
        casts.push_back(cast);
        if (!onlyLookedAt(cast->result, drops, casts))
          return false;
        continue;
      }
      bool looks = true;
      forEachOperand(*inst, [&](ValueId operand, Use use) {
        if (operand == value && (use == Use::Consume || use == Use::Forward))
          looks = false;
      });
      if (!looks)
        return false;
    }
    return true;
  }

  // ---- The way to a place

  /// What a borrow would look into: places that may not be written, and scopes that must stay open.
  struct Way {
    llvm::SmallVector<Watched, 4> places;
    llvm::SmallVector<ValueId, 4> scopes; ///< Accesses, borrows, owned values and slots, innermost first.
  };

  bool followAddress(ValueId address, Way &way) {
    while (true) {
      Inst *inst = function[address].definition;
      if (auto *read = llvm::dyn_cast_or_null<AccessReadInst>(inst)) {
        way.scopes.push_back(address);
        address = read->place;
        continue;
      }
      if (llvm::isa_and_nonnull<AccessModifyInst>(inst))
        return false;
      ValueId base;
      if (auto *field = llvm::dyn_cast_or_null<FieldInst>(inst))
        base = field->base;
      else if (auto *elem = llvm::dyn_cast_or_null<ElemInst>(inst))
        base = elem->base;
      if (!base.isValid()) { // A slot, an address parameter, a module variable.
        if (llvm::isa_and_nonnull<SlotInst>(inst))
          way.scopes.push_back(address);
        return true;
      }
      if (function[base].ownership == Ownership::Address) {
        address = base;
        continue;
      }
      return function[base].ownership != Ownership::None && followValue(base, way);
    }
  }
  bool followValue(ValueId value, Way &way) {
    value = replaced[value];
    // Owned values pass through casts: what a cast gives is then a value of its own.
    Inst *inst = function[value].definition;
    while (function[value].ownership == Ownership::Borrowed && llvm::isa_and_nonnull<CastInst, ProjectInst, PayloadInst>(inst)) {
      auto *cast = llvm::dyn_cast<CastInst>(inst);
      auto *payload = llvm::dyn_cast<PayloadInst>(inst);
      value = replaced[cast ? cast->value : payload ? payload->value : llvm::cast<ProjectInst>(inst)->value];
      inst = function[value].definition;
    }
    if (auto *load = llvm::dyn_cast_or_null<LoadBorrowInst>(inst)) {
      way.scopes.push_back(value);
      way.places.push_back(interference.watch(load->place));
      return followAddress(load->place, way);
    }
    if (function[value].ownership == Ownership::Owned) {
      way.scopes.push_back(value);
      return true;
    }
    // A borrowed parameter lives as long as the frame.
    return function[value].ownership == Ownership::Borrowed && !inst && function[value].block == function.entry();
  }

  // ---- The region

  struct Segment {
    BlockId block;
    uint64_t from, to; ///< Keys; the instructions strictly between.
  };

  /// What closes a scope inside of the region, and is to be moved behind the drop: behind every one, or only that one.
  struct End {
    Inst *inst;
    DropInst *drop; ///< Null: every one.
  };

  /// Everything between the candidate and its drops; false if it is too large.
  bool findRegion(Inst *start, llvm::ArrayRef<DropInst *> drops, llvm::SmallVectorImpl<Segment> &region) {
    auto endIn = [&](BlockId block, uint64_t after) {
      uint64_t end = UINT64_MAX;
      for (DropInst *drop : drops)
        if (Position at = positions.lookup(drop); at.block == block && at.key > after)
          end = std::min(end, at.key);
      return end;
    };
    Position first = positions.lookup(start);
    llvm::SmallVector<Segment, 8> work{{first.block, first.key, endIn(first.block, first.key)}};
    llvm::DenseSet<BlockId> seen;
    while (!work.empty()) {
      Segment segment = work.pop_back_val();
      region.push_back(segment);
      if (region.size() > kMaxRegionBlocks)
        return false;
      if (segment.to != UINT64_MAX)
        continue;
      forEachTarget(*function[segment.block].insts.back(), [&](BlockId next) {
        if (seen.insert(next).second)
          work.push_back({next, 0, endIn(next, 0)});
      });
    }
    return !seen.contains(first.block); // Never so in sound DIL: the value would be made again before it is dropped.
  }

  bool isFree(llvm::ArrayRef<Segment> region, llvm::ArrayRef<Watched> places, llvm::ArrayRef<End> ends) {
    unsigned budget = kMaxRegionInsts;
    llvm::SmallPtrSet<const Inst *, 4> moved;
    for (const End &end : ends)
      moved.insert(end.inst);
    for (const Segment &segment : region) {
      const auto &insts = function[segment.block].insts;
      for (size_t i = segment.from >> 20; i < insts.size() && (uint64_t(i + 1) << 20) < segment.to; ++i) {
        if (budget-- == 0)
          return false;
        if (erased.contains(insts[i]) || moved.contains(insts[i]))
          continue;
        for (const Watched &watched : places)
          if (interference.mayWrite(*insts[i], watched))
            return false;
      }
    }
    return true;
  }

  bool closes(const Inst &use, ValueId scope) const {
    const ValueInfo &info = function[scope];
    if (llvm::isa_and_nonnull<SlotInst>(info.definition))
      return llvm::isa<LoadTakeInst>(use) && llvm::cast<LoadTakeInst>(use).place == scope;
    bool consumes = false;
    if (info.ownership == Ownership::Owned)
      forEachOperand(const_cast<Inst &>(use), [&](ValueId operand, Use how) {
        consumes |= operand == scope && (how == Use::Consume || how == Use::Forward);
      });
    return consumes || llvm::isa<EndBorrowInst, EndAccessInst>(use);
  }
  bool mayEndLater(const Inst &use, TypeId type) const {
    if (llvm::isa<EndBorrowInst, EndAccessInst>(use))
      return true;
    if (module.types.isDropSignificant(type))
      return false;
    auto *take = llvm::dyn_cast<LoadTakeInst>(&use);
    return take ? dropOf(*take) != nullptr : llvm::isa<DropInst>(use);
  }
  /// The drop of what was taken out, if nothing else is done with it.
  DropInst *dropOf(const LoadTakeInst &take) const {
    llvm::ArrayRef<Inst *> after = uses[take.result.index];
    auto *drop = after.size() == 1 ? llvm::dyn_cast<DropInst>(after.front()) : nullptr;
    return drop && !erased.contains(drop) && positions.lookup(drop).block == positions.lookup(&take).block ? drop : nullptr;
  }
  /// An instruction that closes a scope and that the region holds stands in the candidate's own block, the only one of its scope: then
  /// every drop comes after it; or before a drop in the block of that. Owned values die there, and what slots hold: that may be put off
  /// unless somebody could notice.
  bool findEnds(llvm::ArrayRef<Segment> region, llvm::ArrayRef<DropInst *> drops, llvm::ArrayRef<ValueId> scopes,
                llvm::SmallVectorImpl<End> &ends) {
    const Segment &first = region.front();
    for (ValueId scope : scopes) {
      Inst *inside = nullptr;
      for (Inst *use : uses[scope.index]) {
        if (erased.contains(use))
          continue;
        if (!closes(*use, scope))
          continue;
        Position at = positions.lookup(use);
        bool isInside = false;
        for (const Segment &segment : region)
          isInside |= segment.block == at.block && segment.from < at.key && at.key < segment.to;
        if (!isInside)
          continue;
        if (!mayEndLater(*use, function[scope].type))
          return false;
        if (at.block == first.block && at.key > first.from) {
          if (inside)
            return false;
          inside = use;
          ends.push_back({use, nullptr});
          continue;
        }
        auto beside = llvm::find_if(drops, [&](DropInst *drop) {
          Position there = positions.lookup(drop);
          return there.block == at.block && there.key > at.key;
        });
        if (beside == drops.end())
          return false;
        ends.push_back({use, *beside});
      }
    }
    // As they stood: those of the candidate's own block came first.
    llvm::sort(ends, [&](const End &a, const End &b) {
      return !a.drop != !b.drop ? !a.drop : positions.lookup(a.inst).key < positions.lookup(b.inst).key;
    });
    return true;
  }

  // ---- Changing

  void tryBorrow(Inst *inst) {
    llvm::SmallVector<DropInst *, 4> drops;
    llvm::SmallVector<CastInst *, 2> casts;
    if (!onlyLookedAt(inst->result, drops, casts))
      return;
    Way way;
    auto *load = llvm::dyn_cast<LoadCopyInst>(inst);
    if (load) {
      way.places.push_back(interference.watch(load->place));
      if (!followAddress(load->place, way))
        return;
    } else {
      // A cast would consume an owned original.
      ValueId original = replaced[llvm::cast<CopyInst>(inst)->value];
      if ((!casts.empty() && function[original].ownership == Ownership::Owned) || !followValue(original, way))
        return;
    }
    llvm::SmallVector<Segment, 8> region;
    llvm::SmallVector<End, 4> ends;
    if (!findRegion(inst, drops, region) || !findEnds(region, drops, way.scopes, ends) || !isFree(region, way.places, ends))
      return;

    for (CastInst *cast : casts)
      function[cast->result].ownership = Ownership::Borrowed;
    if (load) {
      auto *borrow = function.create<LoadBorrowInst>(load->loc);
      borrow->place = load->place;
      borrow->result = load->result;
      function[borrow->result].definition = borrow;
      function[borrow->result].ownership = Ownership::Borrowed;
      insertAfter(inst, borrow);
      context.count("loads borrowed");
    } else {
      ValueId original = replaced[llvm::cast<CopyInst>(inst)->value];
      replaced.replace(inst->result, original);
      uses[original.index].append(uses[inst->result.index]);
      context.count("copies removed");
    }
    erase(inst);
    for (DropInst *drop : drops) {
      if (load)
        end(inst->result, drop, nullptr);
      for (const End &moved : ends)
        if (!moved.drop || moved.drop == drop)
          end({}, drop, moved.inst);
      erase(drop);
    }
    for (const End &moved : ends) {
      if (auto *take = llvm::dyn_cast<LoadTakeInst>(moved.inst))
        erase(dropOf(*take));
      erase(moved.inst);
    }
    context.count("drops removed", drops.size());
  }

  void erase(Inst *inst) {
    erased.insert(inst);
    touched.insert(positions.lookup(inst).block);
  }
  void insertAfter(Inst *after, Inst *inst) {
    Position at = positions.lookup(after);
    at.key += ++inserted[after];
    positions[inst] = at;
    added[at.block].push_back({at.key, inst});
    touched.insert(at.block);
    forEachOperand(*inst, [&](ValueId operand, Use) { uses[operand.index].push_back(inst); });
  }
  /// Closes a borrow, or what `like` closes, after an instruction.
  void end(ValueId borrow, Inst *after, Inst *like) {
    if (!like || llvm::isa<EndBorrowInst>(like)) {
      auto *made = function.create<EndBorrowInst>(after->loc);
      made->value = like ? llvm::cast<EndBorrowInst>(like)->value : borrow;
      insertAfter(after, made);
    } else if (auto *access = llvm::dyn_cast<EndAccessInst>(like)) {
      auto *made = function.create<EndAccessInst>(after->loc);
      made->access = access->access;
      insertAfter(after, made);
    } else if (auto *take = llvm::dyn_cast<LoadTakeInst>(like)) {
      auto *made = function.create<LoadTakeInst>(after->loc);
      made->place = take->place;
      made->result = function.addValue(function[take->result].type, Ownership::Owned, made, positions.lookup(after).block);
      uses.resize(function.values.size());
      insertAfter(after, made);
      drop(made->result, after);
    } else {
      drop(llvm::cast<DropInst>(like)->value, after);
    }
  }
  void drop(ValueId value, Inst *after) {
    auto *made = function.create<DropInst>(after->loc);
    made->value = value;
    insertAfter(after, made);
  }
  void rebuild(BlockId block) {
    std::vector<std::pair<uint64_t, Inst *>> all;
    for (Inst *inst : function[block].insts)
      all.push_back({positions.lookup(inst).key, inst});
    auto &extra = added[block];
    all.insert(all.end(), extra.begin(), extra.end());
    llvm::sort(all, llvm::less_first());
    function[block].insts.clear();
    for (auto [key, inst] : all)
      if (!erased.contains(inst))
        function[block].insts.push_back(inst);
  }

  PassContext &context;
  Module &module;
  Function &function;
  analysis::Interference interference;
  ValueMap replaced;
  std::vector<Inst *> candidates;
  std::vector<llvm::SmallVector<Inst *, 2>> uses; ///< By value.
  llvm::DenseMap<const Inst *, Position> positions;
  llvm::DenseMap<const Inst *, uint32_t> inserted;
  llvm::DenseMap<BlockId, std::vector<std::pair<uint64_t, Inst *>>> added;
  llvm::DenseSet<const Inst *> erased;
  llvm::DenseSet<BlockId> touched;
};

} // namespace

void borrowLoads(PassContext &context) {
  analysis::ModuleEffects effects(context.module, context.targets);
  forEachBody(context.module, [&](Function &function) { BorrowLoads(context, effects, function).run(); });
}

} // namespace dream::passes
