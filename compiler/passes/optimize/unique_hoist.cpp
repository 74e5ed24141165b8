// Removes tests whether an array is unshared. `unique` on a place whose array is known to be unshared gives the array
// without a test; and one that every turn of a natural loop makes, in a loop that never shares the array, moves in front of
// the loop. Inner loops come first, so that a test can climb from loop to loop. What is left in the loop is a pointer that
// does not change, which LLVM needs to vectorise.
//
// An array is known to be unshared after a `unique` of its place and after a fresh array has been stored there, until the
// place may be written by something else, or the array may be copied: loaded by copy, borrowed for more than its length
// and elements, or touched by a callee. (core-calculus.md, rule 5: inside a modify access writes are raw.)
#include "compiler/analysis/interference.h"
#include "compiler/analysis/loops.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"
#include <optional>

namespace dream::passes {

using namespace dil;
using analysis::Place;
using analysis::PlaceRoot;
using analysis::Watched;

namespace {

struct Tracked {
  Watched watched;
  ValueId address; ///< One address of the place.
  bool isLocal() const { return watched.place.root == PlaceRoot::Slot; }
};

class UniqueHoist {
public:
  UniqueHoist(PassContext &context, const analysis::ModuleEffects &effects, Function &function)
      : context(context), module(context.module), effects(effects), function(function),
        interference(module, function, effects, context.targets) {}

  void run() {
    if (!collect())
      return;
    makePreheaders();
    std::optional<Cfg> graph(std::in_place, function);
    summarise();
    solve(*graph);
    if (hoist(*graph)) {
      summarise();
      solve(*graph);
    }
    markKnown(*graph);
  }

private:
  // ---- What is followed

  bool collect() {
    for (const Block &block : function.blocks)
      for (Inst *inst : block.insts)
        if (auto *unique = llvm::dyn_cast<UniqueInst>(inst)) {
          ValueId address = placeOfAccess(*unique);
          if (address.isValid() && numberOf(address) == kNone && isFixed(analysis::placeOf(function, address)))
            add(address);
        }
    if (tracked.empty())
      return false;
    sharingUses.resize(function.values.size());
    for (const Block &block : function.blocks)
      for (Inst *inst : block.insts)
        if (!isHarmless(*inst))
          forEachOperand(*inst, [&](ValueId operand, Use) { ++sharingUses[operand.index]; });
    return true;
  }
  /// The place whose modify access a `unique` stands in; invalid if it is only a part of that.
  ValueId placeOfAccess(const UniqueInst &unique) const {
    auto *access = llvm::dyn_cast_or_null<AccessModifyInst>(function[unique.place].definition);
    return access ? access->place : ValueId();
  }
  static bool isFixed(const Place &place) {
    return place.root != PlaceRoot::Element && place.root != PlaceRoot::Pointer &&
           !llvm::is_contained(place.path, analysis::kAnyElement);
  }
  void add(ValueId address) {
    Tracked one{interference.watch(address), address};
    uint32_t number = tracked.size();
    if (one.isLocal())
      bySlot[one.watched.place.value].push_back(number);
    else
      others.push_back(number);
    tracked.push_back(std::move(one));
  }
  static constexpr uint32_t kNone = ~0u;
  uint32_t numberOf(ValueId address) const {
    Place place = analysis::placeOf(function, address);
    llvm::ArrayRef<uint32_t> candidates = others;
    if (place.root == PlaceRoot::Slot) {
      auto found = bySlot.find(place.value);
      if (found == bySlot.end())
        return kNone;
      candidates = found->second;
    }
    for (uint32_t number : candidates)
      if (tracked[number].watched.place == place)
        return number;
    return kNone;
  }
  uint32_t numberOf(const UniqueInst &unique) const {
    ValueId address = placeOfAccess(unique);
    return address.isValid() ? numberOf(address) : kNone;
  }
  /// Looks at an array or its place without sharing it, and without changing which array lies there.
  static bool isHarmless(const Inst &inst) {
    return llvm::isa<LenInst, ElemInst, CheckInst, CmpInst, EndBorrowInst, EndAccessInst, UniqueInst>(inst);
  }

  // ---- What instructions do to the places

  /// Calls `visit(number)` for the places that the instruction may write, or whose array it may share. A `unique` does
  /// neither; nor do accesses that are only for elements.
  template <typename F> void forEachLost(const Inst &inst, F &&visit) {
    auto byAddress = [&](ValueId address) {
      Place place = analysis::placeOf(function, address);
      if (place.root == PlaceRoot::Slot) {
        auto found = bySlot.find(place.value);
        if (found != bySlot.end())
          for (uint32_t number : found->second)
            if (place.overlaps(tracked[number].watched.place))
              visit(number);
        return;
      }
      for (uint32_t number : others)
        if (interference.mayAlias(address, tracked[number].watched))
          visit(number);
    };
    auto byDrop = [&](TypeId type) {
      const analysis::Effects &found = effects.ofDrop(type);
      for (uint32_t number : others)
        if (found.unknown || found.mayTouch(tracked[number].watched.location))
          visit(number);
    };
    if (auto *modify = llvm::dyn_cast<AccessModifyInst>(&inst)) {
      if (sharingUses[modify->result.index])
        byAddress(modify->place);
    } else if (auto *unique = llvm::dyn_cast<UniqueInst>(&inst)) {
      if (sharingUses[unique->result.index])
        byAddress(unique->place);
    } else if (auto *load = llvm::dyn_cast<LoadBorrowInst>(&inst)) {
      if (sharingUses[load->result.index])
        byAddress(load->place);
    } else if (auto *load = llvm::dyn_cast<LoadCopyInst>(&inst)) {
      if (!module.types.isPlain(function[load->result].type))
        byAddress(load->place);
    } else if (auto *take = llvm::dyn_cast<LoadTakeInst>(&inst)) {
      byAddress(take->place);
    } else if (auto *init = llvm::dyn_cast<InitInst>(&inst)) {
      byAddress(init->place);
    } else if (auto *assign = llvm::dyn_cast<AssignInst>(&inst)) {
      byAddress(assign->place);
      byDrop(function[assign->value].type);
    } else if (auto *drop = llvm::dyn_cast<DropIfInst>(&inst)) {
      byAddress(drop->place);
      byDrop(function[drop->place].type);
    } else if (auto *drop = llvm::dyn_cast<DropInst>(&inst)) {
      byDrop(function[drop->value].type);
    } else if (auto *slot = llvm::dyn_cast<SlotInst>(&inst)) {
      byAddress(slot->result);
    } else if (auto *call = llvm::dyn_cast<CallBase>(&inst)) {
      for (size_t i = 0; i < call->args.size(); ++i)
        if (call->uses[i] == Use::Address)
          byAddress(call->args[i]);
      for (uint32_t number : others)
        if (interference.callMayTouch(*call, tracked[number].watched))
          visit(number);
    }
  }
  /// The place whose array is unshared after the instruction, or kNone.
  uint32_t gained(const Inst &inst) {
    if (auto *unique = llvm::dyn_cast<UniqueInst>(&inst))
      return sharingUses[unique->result.index] == 0 ? numberOf(*unique) : kNone;
    analysis::Stored stored = analysis::storedBy(inst);
    if (stored && sharingUses[stored.value.index] == 1 && llvm::isa_and_nonnull<AllocArrayInst>(function[stored.value].definition))
      return numberOf(stored.place);
    return kNone;
  }

  struct BlockFacts {
    llvm::BitVector gen, kill, lost; ///< `lost`: at any point of the block.
  };
  void summarise() {
    facts.assign(function.blocks.size(), {});
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      BlockFacts &row = facts[i];
      row.gen.resize(tracked.size());
      row.kill.resize(tracked.size());
      row.lost.resize(tracked.size());
      for (const Inst *inst : function.blocks[i].insts) {
        forEachLost(*inst, [&](uint32_t number) {
          row.gen.reset(number);
          row.kill.set(number);
          row.lost.set(number);
        });
        if (uint32_t number = gained(*inst); number != kNone) {
          row.gen.set(number);
          row.kill.reset(number);
        }
      }
    }
  }
  /// Which places are known to be unshared where each block begins.
  void solve(const Cfg &graph) {
    known.assign(function.blocks.size(), llvm::BitVector(tracked.size(), true));
    known[0].reset();
    for (bool again = true; again;) {
      again = false;
      for (BlockId block : graph.reversePostorder()) {
        if (block == function.entry())
          continue;
        llvm::BitVector in(tracked.size(), true);
        for (BlockId pred : graph.predecessors(block))
          in &= atEnd(pred);
        if (in != known[block.index]) {
          known[block.index] = std::move(in);
          again = true;
        }
      }
    }
  }
  llvm::BitVector atEnd(BlockId block) const {
    llvm::BitVector out = known[block.index];
    out.reset(facts[block.index].kill);
    out |= facts[block.index].gen;
    return out;
  }

  // ---- Loops

  /// Loops that hold a `unique` get a block in front of them that leads nowhere else.
  void makePreheaders() {
    Cfg graph(function);
    Dominators dominators(graph);
    for (const analysis::Loop &loop : analysis::findLoops(graph, dominators)) {
      bool isConcerned = false;
      for (BlockId block : loop.blocks)
        for (const Inst *inst : function[block].insts)
          isConcerned |= llvm::isa<UniqueInst>(inst);
      if (!isConcerned || (loop.entering.size() == 1 && graph.successors(loop.entering[0]).size() == 1))
        continue;
      joinEdges(function, loop.entering, loop.header, function[loop.header].insts.front()->loc);
    }
    sharingUses.resize(function.values.size());
  }

  /// Whether anything was put in front of a loop.
  bool hoist(const Cfg &graph) {
    Dominators dominators(graph);
    // By block: places that get a test at its end.
    std::vector<llvm::SmallVector<uint32_t, 2>> added(function.blocks.size());
    bool any = false;
    for (const analysis::Loop &loop : analysis::findLoops(graph, dominators)) {
      if (loop.entering.size() != 1)
        continue;
      BlockId preheader = loop.entering[0];
      llvm::BitVector lost(tracked.size()), wanted(tracked.size());
      bool looksForTaken = false;
      for (BlockId block : loop.blocks) {
        lost |= facts[block.index].lost;
        bool everyTurn = llvm::all_of(loop.latches, [&](BlockId latch) { return dominators.dominates(block, latch); });
        for (uint32_t number : added[block.index])
          if (everyTurn)
            wanted.set(number);
        for (const Inst *inst : function[block].insts) {
          if (auto *check = llvm::dyn_cast<CheckInst>(inst))
            looksForTaken |= check->check == CheckKind::Taken;
          auto *unique = llvm::dyn_cast<UniqueInst>(inst);
          if (!unique || unique->isKnown || !everyTurn)
            continue;
          if (uint32_t number = gained(*unique); number != kNone && opensHere(loop, *unique))
            wanted.set(number);
        }
      }
      wanted.reset(lost);
      wanted.reset(atEnd(preheader));
      for (uint32_t number : wanted.set_bits()) {
        const Tracked &one = tracked[number];
        if ((looksForTaken && !one.isLocal()) || !isAvailable(one, preheader, dominators))
          continue;
        added[preheader.index].push_back(number);
        any = true;
      }
    }
    if (!any)
      return false;
    BlockEditor editor(module, function);
    for (uint32_t i = 0; i < added.size(); ++i) {
      if (added[i].empty())
        continue;
      const Inst *last = function.blocks[i].insts.back();
      editor.rebuild(BlockId(i), [&](Inst *inst) {
        if (inst == last)
          for (uint32_t number : added[i])
            makeUnique(editor.build, tracked[number]);
        editor.keep(inst);
      });
    }
    sharingUses.resize(function.values.size());
    return true;
  }
  /// The access that a `unique` stands in is opened in the loop too.
  bool opensHere(const analysis::Loop &loop, const UniqueInst &unique) const {
    BlockId block = function[unique.place].block;
    return llvm::is_contained(loop.blocks, block);
  }
  /// The root of the place exists at the end of the block.
  bool isAvailable(const Tracked &one, BlockId block, const Dominators &dominators) const {
    if (one.watched.place.root == PlaceRoot::Global)
      return true;
    return dominators.dominates(function[one.watched.place.value].block, block);
  }
  void makeUnique(Builder &build, const Tracked &one) {
    const Place &place = one.watched.place;
    ValueId address = place.value;
    if (place.root == PlaceRoot::Global)
      address = build.global(place.global);
    else if (place.root == PlaceRoot::Field)
      address = build.field(place.value, place.field);
    for (unsigned step : place.path)
      address = build.field(address, step);
    ValueId access = build.accessModify(address);
    build.unique(access);
    build.endAccess(access);
    context.count("tests moved out of loops");
  }

  void markKnown(const Cfg &graph) {
    for (BlockId block : graph.reversePostorder()) {
      llvm::BitVector now = known[block.index];
      for (Inst *inst : function[block].insts) {
        if (auto *unique = llvm::dyn_cast<UniqueInst>(inst))
          if (uint32_t number = numberOf(*unique); number != kNone && now[number]) {
            unique->isKnown = true;
            context.count("tests removed");
          }
        forEachLost(*inst, [&](uint32_t lost) { now.reset(lost); });
        if (uint32_t number = gained(*inst); number != kNone)
          now.set(number);
      }
    }
  }

  PassContext &context;
  Module &module;
  const analysis::ModuleEffects &effects;
  Function &function;
  analysis::Interference interference;
  std::vector<Tracked> tracked;
  llvm::DenseMap<ValueId, llvm::SmallVector<uint32_t, 2>> bySlot;
  llvm::SmallVector<uint32_t, 8> others;
  std::vector<uint32_t> sharingUses; ///< By value: how many uses are not harmless.
  std::vector<BlockFacts> facts;
  std::vector<llvm::BitVector> known;
};

} // namespace

void uniqueHoist(PassContext &context) {
  analysis::ModuleEffects effects(context.module, context.targets);
  forEachBody(context.module, [&](Function &function) { UniqueHoist(context, effects, function).run(); });
}

} // namespace dream::passes
