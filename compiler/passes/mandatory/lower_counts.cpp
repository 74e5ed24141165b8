// Makes counting explicit: what copies becomes a retain, what drops a release, and every place is read and written by plain
// loads and stores. Afterwards the module is counted, and an owned value is a pointer that somebody owes one release.
//
//   load.copy   load, retain             load.take   load; objects and module variables are left holding null
//   copy        retain                   drop        release
//   init        store                    assign      load of the old value, store, release of the old one
//   drop_if     a branch on the flag    … or_take  load; null stored if the object is unique, else a retain
//
// A slot that is a cursor holds no count: it is filled and emptied by loads and stores alone.
// Constants are immortal, so what is known to be one is neither retained nor released.
#include "compiler/analysis/cursor_sources.h"
#include "compiler/analysis/effects.h"
#include "compiler/analysis/places.h"
#include "compiler/analysis/value_life.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"
#include <optional>

namespace dream::passes {

using namespace dil;

namespace {

/// Something is loaded that moves out if its holder is unique.
bool takesParts(const Function &function) {
  return llvm::any_of(function.blocks, [](const Block &block) {
    return llvm::any_of(block.insts, [](const Inst *inst) {
      auto *load = llvm::dyn_cast<LoadCopyInst>(inst);
      return load && load->orTake;
    });
  });
}

class Lowerer {
public:
  Lowerer(PassContext &context, Function &function, FuncId isUnique)
      : context(context), types(context.module.types), function(function), isUnique(isUnique), editor(context.module, function),
        build(editor.build), replaced(function), cursors(function) {}

  void run() {
    if (isUnique.isValid() && takesParts(function))
      dominators.emplace(graph.emplace(function)); // As it is before blocks are split.
    findFrameObjects();
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i)
      if (!function.blocks[i].insts.empty())
        lower(BlockId(i));
    replaced.apply(function);
  }

private:
  // ---- Cursors

  /// What was taken out of a cursor: nobody owes it a release.
  bool isFromCursor(ValueId value) const {
    auto *take = llvm::dyn_cast_or_null<LoadTakeInst>(function[value].definition);
    return take && analysis::isCursor(function, take->place);
  }

  // ---- Objects in the frame

  /// Values that may well be objects in storage: what is made there, and where it goes without being copied.
  void findFrameObjects() {
    auto isStorage = [&](ValueId value) {
      return value.isValid() && llvm::isa_and_nonnull<StorageInst>(function[value].definition);
    };
    for (bool again = true; again;) {
      again = false;
      auto also = [&](ValueId value) { again |= value.isValid() && inFrame.insert(value).second; };
      for (const Block &block : function.blocks)
        for (const Inst *inst : block.insts) {
          if (auto *alloc = llvm::dyn_cast<AllocInst>(inst); alloc && isStorage(alloc->storage))
            also(alloc->result);
          else if (auto *array = llvm::dyn_cast<AllocArrayInst>(inst); array && isStorage(array->storage))
            also(array->result);
          else if (auto *call = llvm::dyn_cast<CallInst>(inst); call && llvm::any_of(call->args, isStorage))
            also(!call->canThrow() ? call->result : function[call->ok].args.empty() ? ValueId() : function[call->ok].args[0]);
          else if (auto *cast = llvm::dyn_cast<CastInst>(inst); cast && inFrame.contains(cast->value))
            also(cast->result);
          else if (auto *init = llvm::dyn_cast<InitInst>(inst); init && inFrame.contains(init->value))
            also(init->place);
          else if (auto *take = llvm::dyn_cast<LoadTakeInst>(inst); take && inFrame.contains(take->place))
            also(take->result);
        }
      if (inFrame.empty())
        return;
    }
  }

  // ---- Values

  bool isPlain(ValueId value) const { return types.isPlain(function[value].type); }

  /// Literals and zero values lie in static data.
  bool isImmortal(ValueId value) const {
    const Inst *inst = function[analysis::beforeCopies(function, value)].definition;
    auto areImmortal = [&](llvm::ArrayRef<ValueId> parts) {
      return llvm::all_of(parts, [&](ValueId part) { return isPlain(part) || isImmortal(part); });
    };
    if (auto *variant = llvm::dyn_cast_or_null<VariantInst>(inst))
      return areImmortal(variant->parts);
    if (auto *make = llvm::dyn_cast_or_null<MakeInst>(inst))
      return areImmortal(make->parts);
    if (auto *closure = llvm::dyn_cast_or_null<ClosureInst>(inst))
      return closure->onStack || closure->captures.empty();
    return llvm::isa_and_nonnull<ConstInst>(inst);
  }
  void retain(ValueId value) {
    if (isPlain(value))
      return;
    if (isImmortal(value)) {
      context.count("counts of constants avoided");
      return;
    }
    build.retain(value);
    context.count("retains");
  }
  void release(ValueId value, bool withRegion = false) {
    if (isPlain(value))
      return;
    if (isImmortal(value)) {
      context.count("counts of constants avoided");
      return;
    }
    build.release(value);
    auto *made = llvm::cast<ReleaseInst>(function[build.currentBlock()].insts.back());
    made->inFrame = inFrame.contains(value);
    made->withRegion = withRegion;
    context.count("releases");
  }

  /// The rest of the block goes on in a new one: the editor follows.
  void dropIf(const DropIfInst &drop) {
    BlockId release = function.addBlock(), rest = function.addBlock();
    bool isCold = function[build.currentBlock()].isCold;
    function[release].isCold = function[rest].isCold = isCold;
    build.condBr(build.load(drop.flag), release, rest);
    build.setBlock(release);
    build.store(drop.flag, build.constBool(false));
    ValueId value = build.load(drop.place);
    if (!isWholeSlot(drop.place))
      leaveMarker(drop.place);
    this->release(value);
    build.br(rest);
    build.setBlock(rest);
    context.count("drop_if");
  }

  /// What a test has said on every way here, or nothing: nobody gets to hold an object after a test that found it unique.
  ValueId knownTest(ValueId object) const {
    auto [test, testedIn] = uniqueTests.lookup(analysis::beforeCasts(function, object));
    return test.isValid() && graph->isReachable(current) && dominators->dominates(testedIn, current) ? test : ValueId();
  }
  /// What was loaded moves out of an object that nobody else holds: null stays there.
  void takeIfUnique(const LoadCopyInst &load, ValueId value) {
    auto *field = llvm::cast<FieldInst>(function[load.place].definition);
    ValueId test = knownTest(field->base);
    if (!test.isValid()) {
      test = build.call(isUnique, {build.cast(CastKind::Up, field->base, types::Object)});
      uniqueTests[analysis::beforeCasts(function, field->base)] = {test, current};
    }
    BlockId moved = function.addBlock(), copied = function.addBlock(), rest = function.addBlock();
    for (BlockId made : {moved, copied, rest})
      function[made].isCold = function[build.currentBlock()].isCold;
    build.condBr(test, moved, copied);
    build.setBlock(moved);
    leaveMarker(load.place);
    build.br(rest);
    build.setBlock(copied);
    retain(value);
    build.br(rest);
    build.setBlock(rest);
    context.count("or_take");
  }

  void lower(BlockId block) {
    current = block;
    findPutBacks(function[block]);
    editor.rebuild(block, [&](Inst *inst) { lower(inst); });
  }

  /// Which takes are followed by an init of the same place before any other code can look at it.
  void findPutBacks(const Block &block) {
    filledAtOnce.clear();
    llvm::SmallVector<const LoadTakeInst *, 2> open;
    for (const Inst *inst : block.insts) {
      if (auto *take = llvm::dyn_cast<LoadTakeInst>(inst)) {
        open.push_back(take);
      } else if (auto *init = llvm::dyn_cast<InitInst>(inst)) {
        for (const LoadTakeInst *take : open)
          if (take->place == init->place)
            filledAtOnce.insert(take);
      } else if (llvm::isa<DropInst, AssignInst, DropIfInst, LoadCopyInst, LoadBorrowInst>(inst) || runsDream(*inst)) {
        open.clear();
      }
    }
  }
  /// A call that may run the program's own code, or destructors.
  bool runsDream(const Inst &inst) const {
    auto *call = llvm::dyn_cast<CallInst>(&inst);
    if (!call || context.module[call->callee].kind != FuncKind::Runtime)
      return llvm::isa<CallBase>(inst);
    return analysis::runsDestructors(context.module[call->callee]) || llvm::any_of(context.module[call->callee].params, [&](const Param &param) {
      return param.convention == Convention::Own && types.isDropSignificant(param.type);
    });
  }

  bool isWholeSlot(ValueId address) const {
    analysis::Place place = analysis::placeOf(function, address);
    return place.root == analysis::PlaceRoot::Slot && place.path.empty();
  }

  /// The value moves out. A slot that is empty is known to be; another place must say so.
  ValueId take(const LoadTakeInst &take) {
    ValueId value = build.load(take.place);
    if (!isPlain(take.result) && !isWholeSlot(take.place) && !filledAtOnce.contains(&take))
      leaveMarker(take.place);
    return value;
  }
  /// Null in every reference of a place that was taken: nothing is owned there, and whoever looks for it sees it.
  void leaveMarker(ValueId place) {
    TypeId type = function[place].type;
    if (types.isPlain(type))
      return;
    if (types.isCounted(type)) {
      build.store(place, build.constNull(type));
    } else if (int alive = types.aliveField(type); alive >= 0) {
      for (unsigned i = 0, end = unsigned(alive); i < end; ++i)
        if (!types.isPlain(partType(types, type, i)))
          leaveMarker(build.field(place, i));
      build.store(build.field(place, unsigned(alive)), build.constBool(false));
    } else if (types.kind(type) == TypeKind::Struct || types.kind(type) == TypeKind::Tuple) {
      for (unsigned i = 0, end = partCount(types, type); i < end; ++i)
        if (!types.isPlain(partType(types, type, i)))
          leaveMarker(build.field(place, i));
    } else {
      build.store(place, build.constZero(type)); // Immortal parts: nothing is owned there either.
    }
  }

  void lower(Inst *inst) {
    if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst)) {
      ValueId value = build.load(load->place);
      replaced.replace(load->result, value);
      if (load->orTake)
        takeIfUnique(*load, value);
      else if (!cursors.isUncounted(*load))
        retain(value);
    } else if (auto *moved = llvm::dyn_cast<LoadTakeInst>(inst)) {
      ValueId taken = take(*moved);
      replaced.replace(moved->result, taken);
      if (inFrame.contains(moved->result))
        inFrame.insert(taken);
    } else if (auto *init = llvm::dyn_cast<InitInst>(inst)) {
      build.store(init->place, init->value);
    } else if (auto *assign = llvm::dyn_cast<AssignInst>(inst)) {
      if (isPlain(assign->value) || analysis::isCursor(function, assign->place)) {
        build.store(assign->place, assign->value);
      } else {
        ValueId old = build.load(assign->place);
        build.store(assign->place, assign->value);
        release(old);
      }
    } else if (auto *copy = llvm::dyn_cast<CopyInst>(inst)) {
      if (!cursors.isUncounted(*copy))
        retain(copy->value);
      replaced.replace(copy->result, copy->value);
    } else if (auto *drop = llvm::dyn_cast<DropInst>(inst)) {
      if (!isFromCursor(drop->value))
        release(drop->value, drop->withRegion);
    } else if (auto *drop = llvm::dyn_cast<DropIfInst>(inst)) {
      dropIf(*drop);
    } else if (auto *alloc = llvm::dyn_cast<AllocInst>(inst); alloc && alloc->reused.isValid()) {
      alloc->tested = knownTest(alloc->reused);
      context.count("reuses that are tested already", alloc->tested.isValid());
      editor.keep(inst);
    } else {
      editor.keep(inst);
    }
  }

  PassContext &context;
  const TypeTable &types;
  Function &function;
  FuncId isUnique; ///< The runtime's test, if anything is taken only then.
  std::optional<Cfg> graph;
  std::optional<Dominators> dominators;
  llvm::DenseMap<ValueId, std::pair<ValueId, BlockId>> uniqueTests; ///< Of owned objects: what the last test said, and the block it stands in.
  BlockId current; ///< That is being lowered, as it was before it was split.
  BlockEditor editor;
  Builder &build;
  ValueMap replaced;
  const analysis::CursorSources cursors;
  llvm::DenseSet<const LoadTakeInst *> filledAtOnce;
  llvm::DenseSet<ValueId> inFrame;
};

} // namespace

/// The runtime's test whether nobody else holds an object.
static FuncId declareUniqueTest(Module &module) {
  FuncId made = module.addFunction();
  module[made].kind = FuncKind::Runtime;
  module[made].symbol = "dr_is_unique";
  module[made].params.push_back({{}, types::Object, Convention::Borrow});
  module[made].result = types::Bool;
  return made;
}

void lowerCounts(PassContext &context) {
  FuncId isUnique;
  if (llvm::any_of(context.module.functions, takesParts))
    isUnique = declareUniqueTest(context.module);
  forEachBody(context.module, [&](Function &function) { Lowerer(context, function, isUnique).run(); });
  context.module.stage = Stage::Counted;
}

} // namespace dream::passes
