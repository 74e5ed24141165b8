// The builder: appends instructions to the current block, and gives each result its type and ownership. The rules are
// docs/dil.md, "Ownership": what is plain or constant has none, what is made is owned, what is looked at is borrowed, and
// places are addresses.
#include "compiler/dil/builder.h"

namespace dream::dil {

bool Builder::isTerminated() const {
  const Block &current = function[block];
  return !current.insts.empty() && isTerminator(*current.insts.back());
}

ValueId Builder::addBlockArg(BlockId target, TypeId type, Ownership ownership) {
  ValueId value = function.addValue(type, ownership, nullptr, target);
  function[target].args.push_back(value);
  return value;
}

template <typename T> T *Builder::append() {
  assert(block.isValid() && "no current block");
  assert(!isTerminated() && "the block has its terminator");
  T *inst = function.create<T>(loc);
  function[block].insts.push_back(inst);
  return inst;
}

ValueId Builder::result(Inst *inst, TypeId type, Ownership ownership) {
  inst->result = function.addValue(type, ownership, inst, block);
  return inst->result;
}

Ownership Builder::fresh(TypeId type) const { return module.types.isPlain(type) ? Ownership::None : Ownership::Owned; }

// ---- Plain values ---------------------------------------------------------------------------------------------------

ValueId Builder::constInt(TypeId type, uint64_t bits) {
  auto *inst = append<ConstInst>();
  inst->constKind = ConstKind::Int;
  inst->bits = bits;
  return result(inst, type, Ownership::None);
}

ValueId Builder::constFloat(TypeId type, double value) {
  auto *inst = append<ConstInst>();
  inst->constKind = ConstKind::Float;
  inst->number = value;
  return result(inst, type, Ownership::None);
}

ValueId Builder::constBool(bool value) {
  auto *inst = append<ConstInst>();
  inst->constKind = ConstKind::Bool;
  inst->bits = value;
  return result(inst, types::Bool, Ownership::None);
}

ValueId Builder::constChar(uint32_t value) {
  auto *inst = append<ConstInst>();
  inst->constKind = ConstKind::Char;
  inst->bits = value;
  return result(inst, types::Char, Ownership::None);
}

ValueId Builder::constString(llvm::StringRef text) {
  auto *inst = append<ConstInst>();
  inst->constKind = ConstKind::String;
  inst->text = function.copyText(text);
  return result(inst, types::String, Ownership::None);
}

ValueId Builder::constNull(TypeId type) {
  auto *inst = append<ConstInst>();
  inst->constKind = ConstKind::Null;
  return result(inst, type, Ownership::None);
}

ValueId Builder::constZero(TypeId type) {
  auto *inst = append<ConstInst>();
  inst->constKind = ConstKind::Zero;
  return result(inst, type, Ownership::None);
}

ValueId Builder::constant(TypeId type, const Constant &value) {
  auto *inst = append<ConstInst>();
  static_cast<Constant &>(*inst) = value;
  return result(inst, type, Ownership::None);
}

ValueId Builder::fnRef(FuncId func, TypeId type) {
  auto *inst = append<FnRefInst>();
  inst->func = func;
  return result(inst, type, Ownership::None);
}

ValueId Builder::arith(ArithOp op, ValueId lhs, ValueId rhs, bool checked) {
  auto *inst = append<ArithInst>();
  inst->op = op;
  inst->checked = checked;
  inst->lhs = lhs;
  inst->rhs = rhs;
  return result(inst, function[lhs].type, Ownership::None);
}

ValueId Builder::unary(UnaryOp op, ValueId value, bool checked) {
  auto *inst = append<UnaryInst>();
  inst->op = op;
  inst->checked = checked;
  inst->value = value;
  return result(inst, function[value].type, Ownership::None);
}

ValueId Builder::cmp(CmpOp op, ValueId lhs, ValueId rhs) {
  auto *inst = append<CmpInst>();
  inst->op = op;
  inst->lhs = lhs;
  inst->rhs = rhs;
  return result(inst, types::Bool, Ownership::None);
}

ValueId Builder::convert(ValueId value, TypeId to) {
  auto *inst = append<ConvertInst>();
  inst->value = value;
  return result(inst, to, Ownership::None);
}

void Builder::check(CheckKind kind, ValueId a, ValueId b, TypeId type, llvm::StringRef text) {
  auto *inst = append<CheckInst>();
  inst->check = kind;
  inst->a = a;
  inst->b = b;
  inst->type = type;
  inst->text = function.copyText(text);
}

ValueId Builder::intrinsic(Intrinsic intrinsic, TypeId type, llvm::ArrayRef<ValueId> args) {
  auto *inst = append<IntrinsicInst>();
  inst->intrinsic = intrinsic;
  inst->args.assign(args.begin(), args.end());
  return result(inst, type, Ownership::None);
}

// ---- Aggregates and references --------------------------------------------------------------------------------------

ValueId Builder::make(TypeId type, llvm::ArrayRef<ValueId> parts) {
  auto *inst = append<MakeInst>();
  inst->parts.assign(parts.begin(), parts.end());
  return result(inst, type, fresh(type));
}

ValueId Builder::project(ValueId value, unsigned index) {
  auto *inst = append<ProjectInst>();
  inst->value = value;
  inst->index = index;
  TypeId type = partType(module.types, function[value].type, index);
  assert(type.isValid() && "project of a part that is not there");
  return result(inst, type, module.types.isPlain(type) ? Ownership::None : Ownership::Borrowed);
}

ValueId Builder::variant(TypeId type, unsigned variant, llvm::ArrayRef<ValueId> parts) {
  auto *inst = append<VariantInst>();
  inst->variant = variant;
  inst->parts.assign(parts.begin(), parts.end());
  return result(inst, type, fresh(type));
}

ValueId Builder::tag(ValueId value) {
  auto *inst = append<TagInst>();
  inst->value = value;
  return result(inst, module.types.info(function[value].type).underlying, Ownership::None);
}

ValueId Builder::payload(ValueId value, unsigned variant, unsigned index) {
  auto *inst = append<PayloadInst>();
  inst->value = value;
  inst->variant = variant;
  inst->index = index;
  TypeId type = module.types.info(function[value].type).cases[variant].parts[index].type;
  return result(inst, type, module.types.isPlain(type) ? Ownership::None : Ownership::Borrowed);
}

ValueId Builder::cast(CastKind kind, ValueId value, TypeId to) {
  auto *inst = append<CastInst>();
  inst->cast = kind;
  inst->value = value;
  return result(inst, to, function[value].ownership);
}

ValueId Builder::typeIs(ValueId value, TypeId type) {
  auto *inst = append<TypeIsInst>();
  inst->value = value;
  inst->type = type;
  return result(inst, types::Bool, Ownership::None);
}

// ---- Places ---------------------------------------------------------------------------------------------------------

ValueId Builder::slot(TypeId type, llvm::StringRef name, unsigned argument) {
  auto *inst = append<SlotInst>();
  inst->name = function.copyText(name);
  inst->argument = argument;
  return result(inst, type, Ownership::Address);
}

ValueId Builder::global(GlobalId global) {
  auto *inst = append<GlobalInst>();
  inst->global = global;
  return result(inst, module[global].type, Ownership::Address);
}

ValueId Builder::field(ValueId base, unsigned index) {
  auto *inst = append<FieldInst>();
  inst->base = base;
  inst->field = index;
  TypeId type = fieldType(module.types, function[base].type, index);
  assert(type.isValid() && "no such field");
  return result(inst, type, Ownership::Address);
}

ValueId Builder::elem(ValueId base, llvm::ArrayRef<ValueId> indices) {
  auto *inst = append<ElemInst>();
  inst->base = base;
  inst->indices.assign(indices.begin(), indices.end());
  TypeId type = elementType(module.types, function[base].type);
  assert(type.isValid() && "elem of something without elements");
  return result(inst, type, Ownership::Address);
}

ValueId Builder::span(TypeId view, ValueId base, ValueId first, ValueId count) {
  auto *inst = append<SpanInst>();
  inst->base = base;
  inst->first = first;
  inst->count = count;
  return result(inst, view, Ownership::None);
}

ValueId Builder::len(ValueId value, int dimension) {
  auto *inst = append<LenInst>();
  inst->value = value;
  inst->dimension = dimension;
  return result(inst, types::Int32, Ownership::None);
}

ValueId Builder::accessRead(ValueId place) {
  auto *inst = append<AccessReadInst>();
  inst->place = place;
  return result(inst, function[place].type, Ownership::Address);
}

ValueId Builder::accessModify(ValueId place) {
  auto *inst = append<AccessModifyInst>();
  inst->place = place;
  return result(inst, function[place].type, Ownership::Address);
}

void Builder::endAccess(ValueId access) { append<EndAccessInst>()->access = access; }

ValueId Builder::loadCopy(ValueId place) {
  auto *inst = append<LoadCopyInst>();
  inst->place = place;
  TypeId type = function[place].type;
  return result(inst, type, fresh(type));
}

ValueId Builder::loadTake(ValueId place) {
  auto *inst = append<LoadTakeInst>();
  inst->place = place;
  TypeId type = function[place].type;
  return result(inst, type, fresh(type));
}

ValueId Builder::loadBorrow(ValueId place) {
  auto *inst = append<LoadBorrowInst>();
  inst->place = place;
  TypeId type = function[place].type;
  return result(inst, type, module.types.isPlain(type) ? Ownership::None : Ownership::Borrowed);
}

void Builder::init(ValueId place, ValueId value) {
  auto *inst = append<InitInst>();
  inst->place = place;
  inst->value = value;
}

void Builder::assign(ValueId place, ValueId value) {
  auto *inst = append<AssignInst>();
  inst->place = place;
  inst->value = value;
}

ValueId Builder::unique(ValueId place) {
  auto *inst = append<UniqueInst>();
  inst->place = place;
  return result(inst, function[place].type, Ownership::Borrowed);
}

// ---- Ownership ------------------------------------------------------------------------------------------------------

ValueId Builder::copy(ValueId value) {
  if (module.types.isPlain(function[value].type))
    return value;
  auto *inst = append<CopyInst>();
  inst->value = value;
  TypeId type = function[value].type;
  return result(inst, type, fresh(type));
}

void Builder::endBorrow(ValueId value) {
  if (function[value].ownership == Ownership::None)
    return;
  append<EndBorrowInst>()->value = value;
}

void Builder::drop(ValueId value) {
  if (function[value].ownership == Ownership::None)
    return;
  append<DropInst>()->value = value;
}

void Builder::dropSlot(ValueId place, bool endsLife) {
  auto *inst = append<DropSlotInst>();
  inst->place = place;
  inst->endsLife = endsLife;
}

void Builder::dropIf(ValueId flag, ValueId place) {
  auto *inst = append<DropIfInst>();
  inst->flag = flag;
  inst->place = place;
}

// ---- Allocation -----------------------------------------------------------------------------------------------------

ValueId Builder::storage(uint32_t bytes, uint32_t align, llvm::ArrayRef<uint32_t> payloads) {
  auto *inst = append<StorageInst>();
  inst->bytes = bytes;
  inst->align = align;
  inst->payloads.assign(payloads.begin(), payloads.end());
  return result(inst, module.types.pointer(types::UInt8, false), Ownership::None);
}

ValueId Builder::storageIn(ValueId whole, uint32_t offset, uint32_t bytes, uint32_t align) {
  auto *inst = append<StorageInst>();
  inst->bytes = bytes;
  inst->align = align;
  inst->whole = whole;
  inst->offset = offset;
  return result(inst, module.types.pointer(types::UInt8, false), Ownership::None);
}

ValueId Builder::regionOpen(ValueId beside) {
  auto *inst = append<RegionOpenInst>();
  inst->beside = beside;
  return result(inst, module.types.pointer(types::UInt8, false), Ownership::None);
}

void Builder::regionClose(ValueId region) { append<RegionCloseInst>()->region = region; }

ValueId Builder::arenaOpen(llvm::StringRef name, ValueId size) {
  auto *inst = append<ArenaOpenInst>();
  inst->name = function.copyText(name);
  inst->size = size;
  return result(inst, module.types.pointer(types::UInt8, false), Ownership::None);
}

void Builder::arenaClose(ValueId arena) { append<ArenaCloseInst>()->arena = arena; }

ValueId Builder::alloc(TypeId type, ValueId from) {
  auto *inst = append<AllocInst>();
  inst->from = from;
  return result(inst, type, Ownership::Owned);
}

ValueId Builder::closure(FuncId func, TypeId type, TypeId environment, llvm::ArrayRef<ValueId> captures,
                         llvm::ArrayRef<CaptureMode> modes, bool onStack) {
  auto *inst = append<ClosureInst>();
  inst->func = func;
  inst->environment = environment;
  inst->onStack = onStack;
  inst->captures.assign(captures.begin(), captures.end());
  inst->modes.assign(modes.begin(), modes.end());
  return result(inst, type, onStack || captures.empty() ? Ownership::None : Ownership::Owned);
}

ValueId Builder::allocArray(TypeId type, llvm::ArrayRef<ValueId> lengths) {
  auto *inst = append<AllocArrayInst>();
  inst->lengths.assign(lengths.begin(), lengths.end());
  return result(inst, type, Ownership::Owned);
}

ValueId Builder::box(ValueId value, TypeId to) {
  auto *inst = append<BoxInst>();
  inst->value = value;
  return result(inst, to, Ownership::Owned);
}

ValueId Builder::unbox(ValueId value, TypeId to) {
  auto *inst = append<UnboxInst>();
  inst->value = value;
  return result(inst, to, fresh(to));
}

ValueId Builder::weakOf(ValueId value, TypeId to) {
  auto *inst = append<WeakOfInst>();
  inst->value = value;
  return result(inst, to, Ownership::Owned);
}

ValueId Builder::weakGet(ValueId value) {
  auto *inst = append<WeakGetInst>();
  inst->value = value;
  return result(inst, module.types.read(function[value].type), Ownership::Owned);
}

void Builder::rebox(ValueId box, ValueId value) {
  auto *inst = append<ReboxInst>();
  inst->box = box;
  inst->value = value;
}

// ---- After counting -------------------------------------------------------------------------------------------------

ValueId Builder::load(ValueId place) {
  auto *inst = append<LoadInst>();
  inst->place = place;
  return result(inst, function[place].type, Ownership::None);
}

void Builder::store(ValueId place, ValueId value) {
  auto *inst = append<StoreInst>();
  inst->place = place;
  inst->value = value;
}

void Builder::retain(ValueId value) { append<RetainInst>()->value = value; }

void Builder::release(ValueId value) { append<ReleaseInst>()->value = value; }

// ---- Calls ----------------------------------------------------------------------------------------------------------

static void setArguments(CallBase &call, TypeId result, llvm::ArrayRef<ValueId> args, llvm::ArrayRef<Use> uses) {
  assert(args.size() == uses.size() && "one use for each argument");
  call.resultType = result;
  call.args.assign(args.begin(), args.end());
  call.uses.assign(uses.begin(), uses.end());
}

/// A C function with `...` takes what follows its parameters as they are: bits, or borrowed.
static llvm::SmallVector<Use, 8> usesOf(const Module &module, const Function &caller, const Function &callee,
                                        llvm::ArrayRef<ValueId> args) {
  llvm::SmallVector<Use, 8> uses;
  assert((args.size() == callee.params.size() || (callee.isVariadic && args.size() > callee.params.size())) &&
         "one argument for each parameter");
  for (size_t i = 0; i < args.size(); ++i) {
    if (i < callee.params.size())
      uses.push_back(useOf(callee.params[i].convention));
    else
      uses.push_back(useOf(defaultConvention(module.types, caller[args[i]].type)));
  }
  return uses;
}

ValueId Builder::call(FuncId callee, llvm::ArrayRef<ValueId> args) {
  const Function &target = module[callee];
  auto *inst = append<CallInst>();
  inst->callee = callee;
  setArguments(*inst, target.result, args, usesOf(module, function, target, args));
  return target.result == types::Void ? ValueId() : result(inst, target.result, fresh(target.result));
}

ValueId Builder::callSlot(TypeId type, unsigned slot, TypeId resultType, llvm::ArrayRef<ValueId> args,
                          llvm::ArrayRef<Use> uses) {
  auto *inst = append<CallSlotInst>();
  inst->type = type;
  inst->slot = slot;
  setArguments(*inst, resultType, args, uses);
  return resultType == types::Void ? ValueId() : result(inst, resultType, fresh(resultType));
}

ValueId Builder::tryCall(FuncId callee, llvm::ArrayRef<ValueId> args, BlockId error) {
  const Function &target = module[callee];
  auto *inst = append<CallInst>();
  inst->callee = callee;
  setArguments(*inst, target.result, args, usesOf(module, function, target, args));
  return addEdges(*inst, error);
}

ValueId Builder::tryCallSlot(TypeId type, unsigned slot, TypeId resultType, llvm::ArrayRef<ValueId> args,
                             llvm::ArrayRef<Use> uses, BlockId error) {
  auto *inst = append<CallSlotInst>();
  inst->type = type;
  inst->slot = slot;
  setArguments(*inst, resultType, args, uses);
  return addEdges(*inst, error);
}

/// How a func type hands over its arguments: as every function does when nothing else is said.
static llvm::SmallVector<Use, 8> usesOf(const Module &module, const Type &func) {
  llvm::SmallVector<Use, 8> uses;
  for (size_t i = 0; i < func.args.size(); ++i)
    uses.push_back(func.modes[i] != PassMode::Value ? Use::Address : useOf(defaultConvention(module.types, func.args[i])));
  return uses;
}

ValueId Builder::callFn(ValueId closure, llvm::ArrayRef<ValueId> args) {
  const Type &type = module.types[function[closure].type];
  auto *inst = append<CallFnInst>();
  inst->callee = closure;
  setArguments(*inst, type.element, args, usesOf(module, type));
  return type.element == types::Void ? ValueId() : result(inst, type.element, fresh(type.element));
}

ValueId Builder::tryCallFn(ValueId closure, llvm::ArrayRef<ValueId> args, BlockId error) {
  const Type &type = module.types[function[closure].type];
  auto *inst = append<CallFnInst>();
  inst->callee = closure;
  setArguments(*inst, type.element, args, usesOf(module, type));
  return addEdges(*inst, error);
}

ValueId Builder::addEdges(CallBase &call, BlockId error) {
  call.ok = addBlock();
  call.error = error;
  function[call.ok].isCold = function[block].isCold;
  function[error].isCold = true;
  block = call.ok;
  return call.resultType == types::Void ? ValueId() : addBlockArg(block, call.resultType, fresh(call.resultType));
}

// ---- Terminators ----------------------------------------------------------------------------------------------------

void Builder::br(BlockId target, llvm::ArrayRef<ValueId> args) {
  auto *inst = append<BrInst>();
  inst->target = target;
  inst->args.assign(args.begin(), args.end());
}

void Builder::condBr(ValueId condition, BlockId whenTrue, BlockId whenFalse) {
  auto *inst = append<CondBrInst>();
  inst->condition = condition;
  inst->whenTrue = whenTrue;
  inst->whenFalse = whenFalse;
}

SwitchInst *Builder::switchOn(ValueId value, BlockId otherwise) {
  auto *inst = append<SwitchInst>();
  inst->value = value;
  inst->otherwise = otherwise;
  return inst;
}

void Builder::ret(ValueId value) { append<ReturnInst>()->value = value; }

void Builder::throwError(ValueId value) { append<ThrowInst>()->value = value; }

void Builder::yield(ValueId value, BlockId resume, BlockId dispose) {
  auto *inst = append<YieldInst>();
  inst->value = value;
  inst->resume = resume;
  inst->dispose = dispose;
}

void Builder::unreachable(UnreachableReason reason) { append<UnreachableInst>()->reason = reason; }

} // namespace dream::dil
