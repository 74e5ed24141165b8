// Writes in loops that copy what they write, in every turn, because it is shared anew there (-Wcow). Arrays, and strings that text is
// added to, are values: a write to what is shared makes a copy first. Looks at the program as it was written, one function at a time;
// what cannot be followed is not told.
#include "compiler/analysis/effects.h"
#include "compiler/analysis/interference.h"
#include "compiler/analysis/loops.h"
#include "compiler/analysis/summaries.h"
#include "compiler/analysis/value_life.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace dream::passes {

using namespace dil;
using analysis::Place;
using analysis::placeOf;
using analysis::PlaceRoot;

namespace {

/// One of two that have the same array or string.
struct Holder {
  std::optional<analysis::Watched> place; ///< None: somebody who has it for good.
  std::string name;                       ///< "'before'"
};

struct Sharing {
  const Inst *inst;
  BlockId block;
  uint32_t index;
  Holder from, to; ///< What had it before, and what has it too from here on.
};

class SharedWrites {
public:
  SharedWrites(PassContext &context, const analysis::ModuleEffects &effects, const analysis::ModuleSummaries &summaries,
               const Function &function)
      : context(context), module(context.module), summaries(summaries), function(function), slots(function), graph(function),
        dominators(graph), loops(analysis::findLoops(graph, dominators)), interference(module, function, effects, context.targets) {}

  void run() {
    innermost.resize(function.blocks.size());
    for (const analysis::Loop &loop : llvm::reverse(loops)) // inner ones come before those around them
      for (BlockId block : loop.blocks)
        innermost[block.index] = &loop;
    for (BlockId block : graph.reversePostorder())
      for (const Inst *inst : function[block].insts)
        if (innermost[block.index])
          if (Place written = writtenBy(*inst); isNamed(written))
            writers[inst] = std::move(written);
    if (writers.empty())
      return;
    for (BlockId block : graph.reversePostorder())
      if (innermost[block.index])
        for (uint32_t i = 0; i < function[block].insts.size(); ++i)
          visit(block, i);
  }

private:
  // ---- Writes

  static bool isNamed(const Place &place) { return place.root != PlaceRoot::Pointer; }

  /// The place whose array or string the instruction makes its own, to change it; a pointer's if there is none.
  Place writtenBy(const Inst &inst) const {
    if (auto *unique = llvm::dyn_cast<UniqueInst>(&inst))
      return placeOf(function, unique->place);
    // `s += t`
    auto *take = llvm::dyn_cast<LoadTakeInst>(&inst);
    bool isAppended = take && llvm::any_of(function[function[take->result].block].insts, [&](const Inst *other) {
                        auto *call = llvm::dyn_cast<CallInst>(other);
                        return call && !call->args.empty() && call->args[0] == take->result && module[call->callee].symbol == "dr_str_append";
                      });
    return isAppended ? placeOf(function, take->place) : Place();
  }
  static bool holds(const Holder &holder, const Place &part) {
    if (!holder.place || !holder.place->place.sameRoot(part))
      return false;
    llvm::ArrayRef<unsigned> outer = holder.place->place.path, inner = part.path;
    return outer.size() <= inner.size() && outer == inner.take_front(outer.size());
  }

  // ---- Sharing

  void visit(BlockId block, uint32_t index) {
    const Inst &inst = *function[block].insts[index];
    if (analysis::Stored stored = analysis::storedBy(inst)) {
      if (module.types.isPlain(function[stored.value].type))
        return;
      const Inst *copy = function[analysis::beforeAllCasts(function, stored.value)].definition;
      if (!copy || function[copy->result].block != block || !isKept(stored.place, *innermost[block.index]))
        return;
      Sharing sharing{&inst, block, index, {}, holderAt(stored.place)};
      if (!findSource(*copy, sharing.from) || !isUntouched(*copy, sharing))
        return;
      followParts(sharing);
      // What a variable was copied from has it, too, even if nobody looks at the variable any more.
      for (const Inst *before = copy; const Inst *earlier = onlyCopyIn(sharing.from, *before); before = earlier) {
        if (!findSource(*earlier, sharing.from) || !isUntouched(*earlier, sharing))
          return;
        followParts(sharing);
      }
      return;
    }
    auto *call = llvm::dyn_cast<CallBase>(&inst);
    for (size_t i = 0; call && i < call->args.size(); ++i) {
      const Inst *given = function[call->args[i]].definition;
      auto *borrow = llvm::dyn_cast_or_null<LoadBorrowInst>(given);
      auto *copy = llvm::dyn_cast_or_null<LoadCopyInst>(given);
      if (!borrow && !copy)
        continue;
      Sharing sharing{&inst, block, index, holderAt(borrow ? borrow->place : copy->place), {}};
      if (isKeptBy(*call, i, sharing.to.name))
        followParts(sharing);
    }
  }
  Holder holderAt(ValueId address) const {
    Holder holder;
    holder.place = interference.watch(address);
    holder.name = spell(holder.place->place);
    return holder;
  }
  /// What a value was copied from.
  bool findSource(const Inst &copy, Holder &from) const {
    if (auto *load = llvm::dyn_cast<LoadCopyInst>(&copy)) {
      from = holderAt(load->place);
      return true;
    }
    auto *value = llvm::dyn_cast<CopyInst>(&copy);
    if (!value)
      return false;
    ValueId root = analysis::beforeCasts(function, value->value);
    if (auto *borrow = llvm::dyn_cast_or_null<LoadBorrowInst>(function[root].definition)) {
      from = holderAt(borrow->place);
      return true;
    }
    // The caller's, as long as the function runs.
    from.name = analysis::paramName(function, root).str();
    return !from.name.empty();
  }
  /// The copy that the variable holds, if it never gets anything else, and that is made before this one in its block.
  const Inst *onlyCopyIn(const Holder &holder, const Inst &behind) const {
    if (!holder.place || holder.place->place.root != PlaceRoot::Slot || !holder.place->place.isWhole())
      return nullptr;
    const Inst *found = nullptr;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (analysis::Stored stored = analysis::storedBy(*inst); stored && slots.of(stored.place) == slots.of(holder.place->place.value)) {
          if (found)
            return nullptr;
          found = function[analysis::beforeAllCasts(function, stored.value)].definition;
          if (!found)
            return nullptr;
        }
    bool isBefore = found && function[found->result].block == function[behind.result].block &&
                    llvm::is_contained(llvm::ArrayRef(function[function[behind.result].block].insts).take_until([&](const Inst *inst) { return inst == &behind; }), found);
    return isBefore ? found : nullptr;
  }
  /// Between the copy and its place nobody has written what it was copied from.
  bool isUntouched(const Inst &copy, const Sharing &sharing) const {
    llvm::ArrayRef<Inst *> insts = llvm::ArrayRef(function[sharing.block].insts).take_front(sharing.index);
    return llvm::none_of(insts.drop_until([&](const Inst *inst) { return inst == &copy; }),
                         [&](const Inst *inst) { return endsHolding(*inst, sharing.from); });
  }
  /// What lies there lives on when the turn of the loop has ended, or is looked at by name.
  bool isKept(ValueId place, const analysis::Loop &loop) const {
    Place where = placeOf(function, place);
    return where.root != PlaceRoot::Field || isOutside(where.value, loop);
  }
  /// The object was there before the loop began.
  bool isOutside(ValueId object, const analysis::Loop &loop) const {
    object = analysis::borrowRoot(function, object);
    auto *load = llvm::dyn_cast_or_null<LoadBorrowInst>(function[object].definition);
    if (!load)
      return !llvm::is_contained(loop.blocks, function[object].block);
    Place place = placeOf(function, load->place);
    if (place.root == PlaceRoot::Slot)
      return !llvm::is_contained(loop.blocks, function[place.value].block);
    return place.root == PlaceRoot::Global || place.root == PlaceRoot::Param ||
           (place.root == PlaceRoot::Field && isOutside(place.value, loop));
  }
  /// What is called keeps the argument, in something that was there before the loop began.
  bool isKeptBy(const CallBase &call, size_t argument, std::string &name) const {
    const analysis::Loop &loop = *innermost[function[call.args[argument]].block.index];
    auto keeps = [&](const analysis::Flow &flow) {
      if (flow.from != analysis::FlowEnd::Self || flow.fromParam != argument)
        return false;
      bool isInOther = flow.to == analysis::FlowEnd::Self || flow.to == analysis::FlowEnd::Reach;
      return flow.to == analysis::FlowEnd::Heap || (isInOther && flow.toParam < call.args.size() && isOutside(call.args[flow.toParam], loop));
    };
    for (FuncId target : context.targets.targets(call)) {
      const analysis::Summary &summary = summaries.of(target);
      if (summary.isUnknown || !llvm::any_of(summary.flows, keeps))
        return false;
      name = displayName(module[target]).str();
    }
    return !name.empty();
  }

  // ---- What comes of it

  bool endsHolding(const Inst &inst, const Holder &holder) const {
    if (!holder.place || llvm::isa<AccessModifyInst>(inst)) // of what is done in it each step is seen
      return false;
    if (interference.mayWrite(inst, *holder.place))
      return true;
    // Any element may be this one.
    ValueId place = analysis::storedBy(inst).place;
    if (auto *take = llvm::dyn_cast<LoadTakeInst>(&inst))
      place = take->place;
    return holder.place->place.root == PlaceRoot::Element && place.isValid() && placeOf(function, place).root == PlaceRoot::Element &&
           function[place].type == holder.place->type;
  }

  /// Of what is shared, each array and string that is written in a loop by itself.
  void followParts(const Sharing &sharing) {
    std::vector<llvm::SmallVector<unsigned, 2>> done;
    for (const auto &[inst, written] : writers)
      for (const Holder *holder : {&sharing.from, &sharing.to})
        if (holds(*holder, written)) {
          auto step = llvm::ArrayRef<unsigned>(written.path).drop_front(holder->place->place.path.size());
          if (llvm::is_contained(done, step))
            continue;
          done.emplace_back(step);
          Sharing part = sharing;
          for (Holder *one : {&part.from, &part.to})
            if (one->place) {
              one->place->place.path.append(step.begin(), step.end());
              one->place->type = typeOf(*inst);
            }
          follow(part);
        }
  }
  TypeId typeOf(const Inst &writer) const { return function[writer.result].type; }

  /// To the writes in the loop that come first behind the sharing.
  void follow(const Sharing &sharing) {
    const analysis::Loop &loop = *innermost[sharing.block.index];
    llvm::DenseSet<BlockId> members(loop.blocks.begin(), loop.blocks.end()), seen;
    llvm::SmallVector<std::pair<BlockId, uint32_t>, 16> work{{sharing.block, sharing.index + 1}};
    while (!work.empty()) {
      auto [block, first] = work.pop_back_val();
      bool goesOn = true;
      for (uint32_t i = first; i < function[block].insts.size() && goesOn; ++i)
        goesOn = passes(sharing, loop, block, i);
      if (goesOn)
        for (BlockId next : graph.successors(block))
          if (members.contains(next) && seen.insert(next).second)
            work.push_back({next, 0});
    }
  }
  /// Both have it still behind this instruction.
  bool passes(const Sharing &sharing, const analysis::Loop &loop, BlockId block, uint32_t index) {
    const Inst &inst = *function[block].insts[index];
    if (&inst == sharing.inst)
      return false;
    if (auto writer = writers.find(&inst); writer != writers.end()) {
      bool isFrom = holds(sharing.from, writer->second);
      if (isFrom || holds(sharing.to, writer->second)) {
        bool isEachTime = dominators.dominates(sharing.block, block) ||
                          llvm::all_of(loop.latches, [&](BlockId latch) { return dominators.dominates(sharing.block, latch); });
        const Holder &other = isFrom ? sharing.to : sharing.from;
        if (isEachTime && (!other.place || other.place->place.root != PlaceRoot::Slot || isReadBehind(other.place->place.value, block, index)))
          report(sharing, inst, writer->second, isFrom);
        return false;
      }
    }
    return !endsHolding(inst, sharing.from) && !endsHolding(inst, sharing.to);
  }
  /// The variable is looked at before it gets a new value, so that it has to keep the one that it has.
  bool isReadBehind(ValueId slot, BlockId from, uint32_t index) const {
    enum class Does : uint8_t { Nothing, Reads, Ends };
    auto does = [&](const Inst &inst) {
      auto *drop = llvm::dyn_cast<DropSlotInst>(&inst);
      if (inst.result == slot || analysis::storedBy(inst).place == slot || (drop && drop->place == slot))
        return Does::Ends;
      bool reads = false;
      forEachOperand(inst, [&](ValueId operand, Use) { reads |= slots.of(operand) == slots.of(slot); });
      return reads && !llvm::isa<EndAccessInst, EndBorrowInst>(inst) ? Does::Reads : Does::Nothing;
    };
    llvm::DenseSet<BlockId> seen;
    llvm::SmallVector<std::pair<BlockId, uint32_t>, 16> work{{from, index + 1}};
    while (!work.empty()) {
      auto [block, first] = work.pop_back_val();
      Does found = Does::Nothing;
      for (uint32_t i = first; i < function[block].insts.size() && found == Does::Nothing; ++i)
        found = does(*function[block].insts[i]);
      if (found == Does::Reads)
        return true;
      if (found == Does::Nothing)
        for (BlockId next : graph.successors(block))
          if (seen.insert(next).second)
            work.push_back({next, 0});
    }
    return false;
  }

  // ---- Telling it

  /// "table.cells"; empty for what has no name.
  std::string spell(const Place &place) const {
    const TypeTable &types = module.types;
    std::string text;
    TypeId type;
    switch (place.root) {
    case PlaceRoot::Slot:
    case PlaceRoot::Param:
      text = analysis::nameOf(function, place).str();
      type = function[place.value].type;
      break;
    case PlaceRoot::Global:
      text = llvm::StringRef(module[place.global].symbol).rsplit('.').second.str();
      type = module[place.global].type;
      break;
    case PlaceRoot::Field: {
      const FieldInfo &field = types.info(function[place.value].type).fields[place.field];
      text = field.name.text().str();
      type = field.type;
      break;
    }
    case PlaceRoot::Element:
    case PlaceRoot::Pointer:
      return "";
    }
    for (unsigned step : place.path) {
      if (types.kind(type) != TypeKind::Struct || text.empty())
        return text; // the part of it that is meant has no name
      text += "." + types.info(type).fields[step].name.text().str();
      type = types.info(type).fields[step].type;
    }
    return text;
  }

  void report(const Sharing &sharing, const Inst &write, const Place &written, bool isFrom) {
    auto named = [](llvm::StringRef name, llvm::StringRef otherwise) { return name.empty() ? otherwise.str() : ("'" + name + "'").str(); };
    std::string what = spell(written);
    bool isString = llvm::isa<LoadTakeInst>(write);
    const Holder &other = isFrom ? sharing.to : sharing.from;
    std::string with = !other.place && isFrom ? "what '" + other.name + "' keeps" : named(other.name, "an element of an array");
    auto diag = context.diags.report(DiagId::SharedWrite, write.loc);
    diag << named(what, "an element") << with;
    SourceRange at{sharing.inst->loc, sharing.inst->loc};
    diag.note(at, "it is shared here, in each turn");
    if (isString)
      diag.note(at, "a 'StringBuilder' collects text without copying what is there");
    else if (!isFrom)
      diag.note(at, "where each turn needs a copy of its own, '[..x]' makes one that nobody shares; else write to the original");
    else if (other.place)
      diag.note(at, "exchange the two, '(a, b) = (b, a)', where they take turns; where a copy is meant, '[..x]' makes one");
    else
      diag.note(at, "hand it over behind the last write; where each turn's state is to be kept, '[..x]' copies it");
    context.count("writes in loops that copy");
  }

  PassContext &context;
  const Module &module;
  const analysis::ModuleSummaries &summaries;
  const Function &function;
  const analysis::SlotTable slots;
  const Cfg graph;
  const Dominators dominators;
  const std::vector<analysis::Loop> loops;
  const analysis::Interference interference;
  std::vector<const analysis::Loop *> innermost; ///< By block; null outside of loops.
  llvm::MapVector<const Inst *, Place> writers;  ///< Of named places, in loops.
};

} // namespace

void sharedWrites(PassContext &context) {
  if (!context.diags.isEnabled(DiagId::SharedWrite))
    return;
  analysis::ModuleEffects effects(context.module, context.targets);
  analysis::ModuleSummaries summaries(context.module, context.targets);
  forEachBody(context.module, [&](Function &function) {
    if (!function.isLibrary)
      SharedWrites(context, effects, summaries, function).run();
  });
}

} // namespace dream::passes
