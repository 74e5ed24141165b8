// Makes a state machine of every function that yields. Its first parameter is the iterator, a class whose field 0 is the
// state and field 1 the current element; its second says that the rest is called off. A yield stores the element and the
// number of the place where it goes on, and returns true; the function begins with a switch on that number.
//
// What lives across a yield becomes a field of the iterator: slots, plain values and owned ones. What is borrowed is
// borrowed again in each block that looks at it. While the function runs the state says that it is finished, so nobody else
// comes to these fields meanwhile: they are as private as the slots that they were. What is left in them when an iterator
// dies in the middle is dropped like other fields.
#include "compiler/analysis/places.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/ErrorHandling.h"

namespace dream::passes {

using namespace dil;

namespace {

constexpr unsigned kState = 0, kCurrent = 1;
constexpr int64_t kFresh = 0, kFinished = -1;

enum class Keep : uint8_t {
  No,     ///< Does not live across a yield.
  Slot,   ///< The place is a field.
  Value,  ///< A plain value: stored in a field where it is made, loaded where it is used.
  Simple, ///< Made again where it is used: a constant.
  Owned,  ///< Moves into a field where it is made, and out of it where it is consumed; looked at in between.
  Again,  ///< Borrowed: made again behind each yield, and where ways meet on which that has happened differently.
};

class Splitter {
public:
  Splitter(PassContext &context, Function &function)
      : context(context), types(context.module.types), function(function), editor(context.module, function), build(editor.build) {}

  void run() {
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      if (!function.blocks[i].insts.empty() && llvm::isa<YieldInst>(function.blocks[i].insts.back()))
        yields.push_back(BlockId(i));
    if (yields.empty())
      return;
    separateTargets();
    self = function.blocks.front().args[0];
    disposing = function.blocks.front().args[1];
    Cfg graph(function);
    findLive(graph);
    findKept(graph);
    if (context.diags.hasErrors())
      return;
    for (ValueId value : looks)
      place(graph, value);
    atEnd.resize(function.blocks.size());
    for (BlockId block : graph.reversePostorder())
      rebuild(block);
    endOnEdges(graph);
    dispatch();
    context.count("iterators");
    context.count("yields", yields.size());
  }

private:
  /// Nothing but one yield leads to a block where it goes on.
  void separateTargets() {
    std::vector<unsigned> ways(function.blocks.size());
    for (const Block &block : function.blocks)
      if (!block.insts.empty())
        forEachTarget(*block.insts.back(), [&](BlockId target) { ++ways[target.index]; });
    for (BlockId yield : yields) {
      llvm::SmallVector<BlockId, 2> targets;
      forEachTarget(*function[yield].insts.back(), [&](BlockId target) { targets.push_back(target); });
      for (BlockId target : targets)
        isBehind.insert(ways[target.index] > 1 ? splitEdge(function, yield, target) : target);
    }
  }

  // ---- What lives across a yield

  void findLive(const Cfg &graph) {
    size_t count = function.values.size();
    liveIn.assign(function.blocks.size(), llvm::BitVector(count));
    std::vector<llvm::BitVector> used = liveIn, made = liveIn;
    for (BlockId block : graph.reversePostorder()) {
      for (ValueId arg : function[block].args)
        made[block.index].set(arg.index);
      for (const Inst *inst : function[block].insts) {
        forEachOperand(*inst, [&](ValueId operand, Use) {
          if (!made[block.index][operand.index])
            used[block.index].set(operand.index);
        });
        if (inst->result.isValid())
          made[block.index].set(inst->result.index);
      }
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (BlockId block : llvm::reverse(graph.reversePostorder())) {
        llvm::BitVector now = liveOut(graph, block);
        now.reset(made[block.index]);
        now |= used[block.index];
        changed |= now != liveIn[block.index];
        liveIn[block.index] = std::move(now);
      }
    }
  }
  llvm::BitVector liveOut(const Cfg &graph, BlockId block) const {
    llvm::BitVector out(function.values.size());
    for (BlockId next : graph.successors(block))
      out |= liveIn[next.index];
    return out;
  }

  bool isParameter(ValueId value) const { return llvm::is_contained(function.blocks.front().args, value); }

  void findKept(const Cfg &graph) {
    keep.assign(function.values.size(), Keep::No);
    fields.assign(function.values.size(), 0);
    llvm::BitVector across(function.values.size());
    for (BlockId block : yields)
      if (graph.isReachable(block))
        across |= liveOut(graph, block);
    llvm::SmallVector<ValueId, 16> work;
    for (unsigned index : across.set_bits())
      work.push_back(ValueId(index));
    while (!work.empty()) {
      ValueId value = work.pop_back_val();
      if (keep[value.index] != Keep::No || isParameter(value))
        continue;
      const Inst *definition = function[value].definition;
      Keep way = keep[value.index] = wayOf(value);
      if (way == Keep::Slot && staysInItsField(value))
        continue;
      if (way == Keep::Slot || way == Keep::Value || way == Keep::Owned)
        addField(value);
      if (way == Keep::Again && definition)
        forEachOperand(*definition, [&](ValueId operand, Use) {
          work.push_back(operand);
          for (llvm::BitVector &live : liveIn) // it is needed as long as what is made of it
            if (live[value.index])
              live.set(operand.index);
        });
    }
    // What is made again comes behind what it is made of.
    for (BlockId block : graph.reversePostorder()) {
      auto look = [&](ValueId value) {
        if (keep[value.index] == Keep::Again || keep[value.index] == Keep::Owned)
          looks.push_back(value);
      };
      for (ValueId arg : function[block].args)
        look(arg);
      for (const Inst *inst : function[block].insts)
        if (inst->result.isValid())
          look(inst->result);
    }
  }

  Keep wayOf(ValueId value) {
    const ValueInfo &info = function[value];
    const Inst *definition = info.definition;
    if (types.isView(info.type))
      return refuse(value, "a '" + types.spell(info.type) + "'");
    if (definition && llvm::isa<SlotInst>(definition))
      return Keep::Slot;
    if (info.ownership == Ownership::Owned)
      return Keep::Owned;
    if (!definition)
      return Keep::Value; // a plain argument of a block
    if (llvm::isa<ConstInst, FnRefInst, GlobalInst>(definition))
      return Keep::Simple;
    if (auto *closure = llvm::dyn_cast<ClosureInst>(definition))
      return closure->onStack ? refuse(value, "a closure that refers to variables") : Keep::Simple;
    if (llvm::isa<FieldInst, ElemInst, CastInst>(definition))
      return Keep::Again;
    if (info.ownership == Ownership::None)
      return types.isPlain(info.type) ? Keep::Value : Keep::Again;
    if (llvm::isa<ProjectInst, PayloadInst>(definition))
      return Keep::Again;
    if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(definition))
      return staysTheSame(borrow->place) ? Keep::Again : refuse(value, "a reference into an object");
    return refuse(value, "a reference");
  }
  /// Nobody can write the place while it is borrowed, code outside of this function included.
  bool staysTheSame(ValueId address) const {
    analysis::Place place = analysis::placeOf(function, address);
    if (place.root != analysis::PlaceRoot::Field)
      return place.root == analysis::PlaceRoot::Slot || place.root == analysis::PlaceRoot::Element;
    return types.info(function[place.value].type).fields[place.field].isLet;
  }
  Keep refuse(ValueId value, const llvm::Twine &what) {
    SourceLoc loc = function[value].definition ? function[value].definition->loc : function.loc;
    auto diag = context.diags.report(DiagId::ReferenceAcrossYield, {loc, loc});
    diag << what.str();
    SourceLoc at = function[yields.front()].insts.back()->loc;
    diag.note({at, at}, "while the caller works with an element, anything may happen to what it refers to");
    return Keep::No;
  }

  /// A slot that an input moves into at the start: it is that input's field.
  bool staysInItsField(ValueId slot) {
    for (Inst *inst : function.blocks.front().insts) {
      auto *init = llvm::dyn_cast<InitInst>(inst);
      if (!init || init->place != slot)
        continue;
      Inst *load = function[init->value].definition;
      ValueId from = !load                          ? ValueId()
                     : llvm::isa<LoadTakeInst>(load) ? llvm::cast<LoadTakeInst>(load)->place
                     : llvm::isa<LoadCopyInst>(load) ? llvm::cast<LoadCopyInst>(load)->place
                                                     : ValueId();
      auto *field = from.isValid() ? llvm::dyn_cast_or_null<FieldInst>(function[from].definition) : nullptr;
      if (!field || field->base != self)
        return false;
      fields[slot.index] = field->field;
      dead.insert(load);
      dead.insert(init);
      return true;
    }
    return false;
  }

  void addField(ValueId value) {
    NominalId iterator = types[function[self].type].nominal;
    FieldInfo row;
    auto *slot = llvm::dyn_cast_or_null<SlotInst>(function[value].definition);
    row.name = context.module.names.intern(slot && !slot->name.empty() ? slot->name : llvm::StringRef("temporary"));
    row.type = function[value].type;
    row.owner = iterator;
    fields[value.index] = unsigned(types.info(iterator).fields.size());
    types.info(iterator).fields.push_back(row);
    context.count("fields");
  }

  // ---- Where what is borrowed is made again

  /// For each block in which the value lives from the start: the block that has made it, the block itself if it makes it.
  void place(const Cfg &graph, ValueId value) {
    auto &from = madeIn[value];
    from.assign(function.blocks.size(), BlockId());
    BlockId home = function[value].block;
    for (bool changed = true; changed;) {
      changed = false;
      for (BlockId block : graph.reversePostorder()) {
        if (!liveIn[block.index][value.index] || from[block.index] == block)
          continue;
        BlockId now;
        if (isBehind.contains(block)) {
          now = block;
        } else {
          for (BlockId before : graph.predecessors(block)) {
            BlockId there = before == home ? home : from[before.index];
            if (there.isValid() && there != now)
              now = now.isValid() ? block : there;
          }
        }
        if (now != from[block.index]) {
          from[block.index] = now;
          changed = true;
        }
      }
    }
  }
  bool makesAgain(ValueId value, BlockId block) const {
    auto found = madeIn.find(value);
    return found != madeIn.end() && liveIn[block.index][value.index] && found->second[block.index] == block;
  }
  /// It has an end of its own.
  bool isOpened(ValueId value) const {
    return keep[value.index] == Keep::Owned || llvm::isa_and_nonnull<LoadBorrowInst>(function[value].definition);
  }

  // ---- Blocks

  Keep keptAs(ValueId value) const { return value.index < keep.size() ? keep[value.index] : Keep::No; }
  ValueId fieldOf(ValueId value) { return build.field(self, fields[value.index]); }

  void rebuild(BlockId block) {
    here.clear();
    editor.rebuild(
        block, [&](Inst *inst) { rewrite(inst); },
        [&] {
          for (ValueId value : looks) {
            if (!liveIn[block.index][value.index])
              continue;
            BlockId from = madeIn[value][block.index];
            here[value] = from == block ? again(value) : atEnd[from.index].lookup(value);
          }
          for (ValueId arg : function[block].args)
            store(arg);
        });
    for (ValueId value : looks)
      if (auto found = here.find(value); found != here.end())
        atEnd[block.index][value] = found->second;
  }

  /// A value that has just been made moves into its field.
  void store(ValueId value) {
    if (keptAs(value) == Keep::Value)
      here[value] = value;
    if (keptAs(value) == Keep::Value || keptAs(value) == Keep::Owned)
      build.init(fieldOf(value), value);
    if (keptAs(value) == Keep::Owned)
      here[value] = again(value);
  }

  void rewrite(Inst *inst) {
    if (dead.contains(inst))
      return;
    if (auto *end = llvm::dyn_cast<EndBorrowInst>(inst); end && keptAs(end->value) == Keep::Again) {
      build.endBorrow(here[end->value]);
      here.erase(end->value);
      return;
    }
    if (inst->result.isValid()) {
      if (keptAs(inst->result) == Keep::Slot || keptAs(inst->result) == Keep::Simple)
        return;
      if (keptAs(inst->result) == Keep::Again) {
        here[inst->result] = again(inst->result);
        return;
      }
    }
    forEachOperand(*inst, [&](ValueId &operand, Use use) {
      bool moves = keptAs(operand) == Keep::Owned && (use == Use::Consume || use == Use::Forward);
      operand = moves ? take(operand) : get(operand);
    });
    if (auto *yield = llvm::dyn_cast<YieldInst>(inst))
      return leave(*yield);
    editor.keep(inst);
    if (inst->result.isValid())
      store(inst->result);
  }

  ValueId take(ValueId value) {
    build.endBorrow(here[value]);
    here.erase(value);
    return build.loadTake(fieldOf(value));
  }

  /// The value, in this block.
  ValueId get(ValueId value) {
    if (auto found = here.find(value); found != here.end())
      return found->second;
    switch (keptAs(value)) {
    case Keep::No: return value;
    case Keep::Slot: return fieldOf(value);
    case Keep::Value: return here[value] = build.loadCopy(fieldOf(value));
    case Keep::Simple: return here[value] = again(value);
    case Keep::Owned:
    case Keep::Again: break;
    }
    llvm::report_fatal_error(llvm::Twine("iterators: a value of ") + function.symbol + " is used behind a yield before it is made");
  }

  ValueId again(ValueId value) {
    if (keptAs(value) == Keep::Owned)
      return build.loadBorrow(fieldOf(value));
    const Inst &inst = *function[value].definition;
    TypeId type = function[value].type;
    if (auto *constant = llvm::dyn_cast<ConstInst>(&inst))
      return build.constant(type, *constant);
    if (auto *ref = llvm::dyn_cast<FnRefInst>(&inst))
      return build.fnRef(ref->func, type);
    if (auto *global = llvm::dyn_cast<GlobalInst>(&inst))
      return build.global(global->global);
    if (auto *field = llvm::dyn_cast<FieldInst>(&inst))
      return build.field(get(field->base), field->field);
    if (auto *elem = llvm::dyn_cast<ElemInst>(&inst)) {
      ValueId base = get(elem->base);
      llvm::SmallVector<ValueId, 2> indices;
      for (ValueId index : elem->indices)
        indices.push_back(get(index));
      return build.elem(base, indices);
    }
    if (auto *cast = llvm::dyn_cast<CastInst>(&inst))
      return build.cast(cast->cast, get(cast->value), type);
    if (auto *project = llvm::dyn_cast<ProjectInst>(&inst))
      return build.project(get(project->value), project->index);
    if (auto *payload = llvm::dyn_cast<PayloadInst>(&inst))
      return build.payload(get(payload->value), payload->variant, payload->index);
    if (auto *closure = llvm::dyn_cast<ClosureInst>(&inst))
      return build.closure(closure->func, type, closure->environment, {}, {});
    if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(&inst))
      return build.loadBorrow(get(borrow->place));
    llvm::report_fatal_error(llvm::Twine("iterators: what lives across a yield of ") + function.symbol + " cannot be made again");
  }

  void leave(const YieldInst &yield) {
    for (ValueId value : llvm::reverse(looks))
      if (auto found = here.find(value); found != here.end() && isOpened(value) &&
          (liveIn[yield.resume.index][value.index] || liveIn[yield.dispose.index][value.index]))
        build.endBorrow(found->second);
    build.assign(build.field(self, kCurrent), yield.value);
    resumptions.push_back({yield.resume, yield.dispose});
    build.assign(build.field(self, kState), build.constInt(types::Int32, resumptions.size()));
    build.ret(build.constBool(true));
  }

  /// On the ways to a block that makes something again, what it was before ends.
  void endOnEdges(const Cfg &graph) {
    for (BlockId block : graph.reversePostorder()) {
      if (isBehind.contains(block))
        continue;
      llvm::SmallVector<ValueId, 4> ended;
      for (ValueId value : looks)
        if (isOpened(value) && makesAgain(value, block))
          ended.push_back(value);
      if (ended.empty())
        continue;
      llvm::SmallVector<BlockId, 4> ways(graph.predecessors(block));
      for (BlockId before : ways) {
        BlockId middle = splitEdge(function, before, block);
        Inst *br = function[middle].insts.back();
        function[middle].insts.pop_back();
        build.setBlock(middle);
        build.loc = br->loc;
        for (ValueId value : llvm::reverse(ended))
          build.endBorrow(atEnd[before.index].lookup(value));
        function[middle].insts.push_back(br);
      }
    }
  }

  // ---- Where it goes on

  void dispatch() {
    BlockId entry = function.entry(), start = build.addBlock(), done = build.addBlock();
    std::vector<Inst *> body = std::move(function[entry].insts);
    function[entry].insts.clear();
    for (Inst *inst : body)
      if (inst->result.isValid())
        function[inst->result].block = start;
    function[start].insts = std::move(body);
    build.loc = function.loc;
    build.setBlock(entry);
    ValueId state = build.loadCopy(build.field(self, kState));
    build.assign(build.field(self, kState), build.constInt(types::Int32, kFinished));
    SwitchInst *states = build.switchOn(state, done);
    auto way = [&](int64_t number, BlockId whenResumed, BlockId whenDisposed) {
      BlockId here = build.addBlock();
      states->cases.push_back({uint64_t(number), here});
      build.setBlock(here);
      build.condBr(disposing, whenDisposed, whenResumed);
    };
    way(kFresh, start, done);
    for (size_t i = 0; i < resumptions.size(); ++i)
      way(int64_t(i + 1), resumptions[i].first, resumptions[i].second);
    build.setBlock(done);
    build.ret(build.constBool(false));
  }

  PassContext &context;
  TypeTable &types;
  Function &function;
  BlockEditor editor;
  Builder &build;
  ValueId self, disposing;
  llvm::SmallVector<BlockId, 4> yields;
  llvm::DenseSet<BlockId> isBehind; ///< Blocks where it goes on behind a yield.
  std::vector<llvm::BitVector> liveIn; ///< By block.
  std::vector<Keep> keep;       ///< By value.
  std::vector<unsigned> fields; ///< By value: its field of the iterator.
  std::vector<ValueId> looks;   ///< What is kept and borrowed, in the order of its making.
  llvm::DenseSet<const Inst *> dead; ///< What would move an input into its own field.
  llvm::DenseMap<ValueId, std::vector<BlockId>> madeIn;
  llvm::DenseMap<ValueId, ValueId> here;                ///< What kept values are at this point of the block.
  std::vector<llvm::DenseMap<ValueId, ValueId>> atEnd;  ///< By block: what borrowed ones are at its end.
  llvm::SmallVector<std::pair<BlockId, BlockId>, 4> resumptions;
};

} // namespace

void iterators(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { Splitter(context, function).run(); });
}

} // namespace dream::passes
