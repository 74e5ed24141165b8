// Retain and release by type, and the drop and walk functions of descriptors.
//
// Order of a drop: the destructor of the object's class, then those of its bases; then the fields in reverse order of
// declaration, which is the class's own fields before those of its base. A field may be null: unset, taken, or of an
// object whose constructor threw.
#include "compiler/codegen/module_emitter.h"
#include "runtime/abi/walk.h"

namespace dream::codegen {

//===-- Values -------------------------------------------------------------------------------------------------===//

void Glue::retain(Builder &builder, TypeId type, llvm::ArrayRef<llvm::Value *> value, bool mayBeNull) {
  count(builder, type, value, mayBeNull, Act::Retain);
}

void Glue::release(Builder &builder, TypeId type, llvm::ArrayRef<llvm::Value *> value, bool mayBeNull) {
  count(builder, type, value, mayBeNull, Act::Release);
}

void Glue::countScalar(Builder &builder, TypeId type, llvm::Value *value, bool mayBeNull, Act act) {
  if (llvm::isa<llvm::Constant>(value))
    return; // null, or immortal data
  const TypeTable &types = emitter.types;
  while (types.kind(type) == TypeKind::Optional) {
    type = types[type].element;
    mayBeNull = true;
  }
  if (act == Act::Walk)
    return walkScalar(builder, type, value);
  TypeKind kind = types.kind(type);
  mayBeNull |= kind == TypeKind::String || kind == TypeKind::Weak; // C and the runtime hand null strings out
  if (act == Act::Retain) {
    emitter.entries.call(builder, mayBeNull ? Entry::dr_retain_any : Entry::dr_retain_ref, {value});
    return;
  }
  bool isPlain = kind == TypeKind::String || kind == TypeKind::Weak ||
                 ((kind == TypeKind::Array || kind == TypeKind::Rect) && types.isPlain(types[type].element));
  bool inRing = emitter.cycles.mayLeadToRing(type);
  if (isPlain) {
    emitter.entries.call(builder, Entry::dr_release_plain, {value});
  } else if (kind == TypeKind::Class && emitter.descriptors.isLeaf(type) && !emitter.descriptors.isWide(type)) {
    llvm::Value *size = builder.getInt32(uint32_t(types.objectLayout(type).size));
    emitter.entries.call(builder, inRing ? Entry::dr_release_exact_cyclic : Entry::dr_release_exact, {value, size, dropObject(type)});
  } else if (inRing) {
    emitter.entries.call(builder, Entry::dr_release_cyclic, {value});
  } else {
    emitter.entries.call(builder, mayBeNull ? Entry::dr_release_any : Entry::dr_release_ref, {value});
  }
}

/// Those that cannot be part of a ring are shown to who wants all.
void Glue::walkScalar(Builder &builder, TypeId type, llvm::Value *value) {
  auto show = [&] {
    llvm::Function *function = builder.GetInsertBlock()->getParent();
    llvm::Value *walker = function->getArg(1);
    auto *some = llvm::BasicBlock::Create(emitter.context, "some", function);
    auto *after = llvm::BasicBlock::Create(emitter.context, "after", function);
    builder.CreateCondBr(builder.CreateIsNull(value), after, some);
    builder.SetInsertPoint(some);
    auto *pointer = emitter.lowering.pointer;
    auto *visit = llvm::FunctionType::get(builder.getVoidTy(), {pointer, pointer}, false);
    llvm::Value *code = builder.CreateAlignedLoad(pointer, walker, llvm::Align(emitter.types.pointerBytes()));
    builder.CreateCall(visit, code, {walker, value});
    builder.CreateBr(after);
    builder.SetInsertPoint(after);
  };
  emitter.cycles.mayLeadToRing(type) ? show() : ifWalker(builder, abi::kWalkAll, show);
}

void Glue::ifWalker(Builder &builder, uint32_t flags, llvm::function_ref<void()> then) {
  llvm::Function *function = builder.GetInsertBlock()->getParent();
  llvm::Value *at = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), function->getArg(1), emitter.types.pointerBytes());
  llvm::Value *has = builder.CreateAnd(builder.CreateAlignedLoad(builder.getInt32Ty(), at, llvm::Align(4)), flags);
  auto *yes = llvm::BasicBlock::Create(emitter.context, "wanted", function);
  auto *after = llvm::BasicBlock::Create(emitter.context, "after", function);
  builder.CreateCondBr(builder.CreateIsNotNull(has), yes, after);
  builder.SetInsertPoint(yes);
  then();
  builder.CreateBr(after);
  builder.SetInsertPoint(after);
}

/// The parts of a struct, tuple or optional.
static llvm::SmallVector<TypeId, 8> partsOf(const TypeTable &types, TypeId type) {
  const Type &row = types[type];
  llvm::SmallVector<TypeId, 8> parts;
  if (row.kind == TypeKind::Tuple)
    parts.append(row.args.begin(), row.args.end());
  else if (row.kind == TypeKind::Optional)
    parts.append({row.element, types::Bool});
  else if (row.kind == TypeKind::Struct)
    for (const FieldInfo &field : types.info(type).fields)
      parts.push_back(field.type);
  return parts;
}

bool Glue::hasDestructorInside(TypeId type) {
  const TypeTable &types = emitter.types;
  if (types.kind(type) == TypeKind::Struct && types.info(type).hasDestructor)
    return true;
  if (types.isCounted(type))
    return false;
  return llvm::any_of(partsOf(types, type), [&](TypeId part) { return hasDestructorInside(part); });
}

void Glue::count(Builder &builder, TypeId type, llvm::ArrayRef<llvm::Value *> value, bool mayBeNull, Act act) {
  const TypeTable &types = emitter.types;
  if (types.isPlain(type))
    return;
  const Lowering &lowering = emitter.lowering[type];
  if (lowering.isScalar)
    return countScalar(builder, type, value[0], mayBeNull, act);
  if (lowering.inMemory) {
    auto *function = llvm::cast<llvm::Function>(countFunction(type, act));
    builder.CreateCall(function, {value[0]});
    return;
  }
  if (types.kind(type) == TypeKind::Optional || (act == Act::Release && hasDestructorInside(type))) {
    // A destructor wants an address, an optional a test: both are in the function for values in memory.
    llvm::Function *parent = builder.GetInsertBlock()->getParent();
    llvm::BasicBlock &entry = parent->getEntryBlock();
    llvm::IRBuilder<> atEntry(&entry, entry.begin());
    llvm::AllocaInst *copy = atEntry.CreateAlloca(emitter.lowering.memoryType(type));
    copy->setAlignment(lowering.align);
    for (size_t i = 0; i < lowering.leaves.size(); ++i) {
      const Leaf &leaf = lowering.leaves[i];
      llvm::Value *at = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), copy, leaf.offset);
      builder.CreateStore(builder.CreateZExt(value[i], leaf.memory), at);
    }
    builder.CreateCall(llvm::cast<llvm::Function>(countFunction(type, act)), {copy});
    return;
  }
  llvm::SmallVector<TypeId, 8> parts = partsOf(types, type);
  bool isRetain = act == Act::Retain;
  size_t first = isRetain ? 0 : value.size();
  auto countPart = [&](TypeId part) {
    size_t leaves = emitter.lowering[part].leaves.size();
    if (!isRetain)
      first -= leaves;
    count(builder, part, value.slice(first, leaves), true, act);
    if (isRetain)
      first += leaves;
  };
  if (isRetain)
    llvm::for_each(parts, countPart);
  else
    llvm::for_each(llvm::reverse(parts), countPart);
}

//===-- Values in memory ---------------------------------------------------------------------------------------===//

llvm::Function *Glue::create(TypeId type, Act act) {
  static constexpr const char *names[kActs] = {"retain$", "drop$", "walk$"};
  llvm::SmallVector<llvm::Type *, 2> parameters(act == Act::Walk ? 2 : 1, emitter.lowering.pointer);
  auto *functionType = llvm::FunctionType::get(llvm::Type::getVoidTy(emitter.context), parameters, false);
  auto *function = llvm::Function::Create(functionType, llvm::GlobalValue::InternalLinkage,
                                          names[unsigned(act)] + emitter.types.spell(type), emitter.module);
  emitter.addFunctionAttributes(*function);
  llvm::BasicBlock::Create(emitter.context, "entry", function);
  return function;
}

void Glue::countAt(Builder &builder, TypeId type, llvm::Value *address, Act act) {
  const TypeTable &types = emitter.types;
  if (types.isPlain(type))
    return;
  const Lowering &lowering = emitter.lowering[type];
  auto offset = [&](uint64_t bytes) {
    return bytes ? builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), address, bytes) : address;
  };
  if (lowering.isScalar)
    return countScalar(builder, type, builder.CreateAlignedLoad(lowering.leaves[0].memory, address, lowering.align),
                       true, act);
  const Type &row = types[type];
  llvm::Function *function = builder.GetInsertBlock()->getParent();
  if (row.kind == TypeKind::FixedArray) {
    if (row.count == 0)
      return;
    auto *before = builder.GetInsertBlock();
    auto *loop = llvm::BasicBlock::Create(emitter.context, "element", function);
    auto *after = llvm::BasicBlock::Create(emitter.context, "after", function);
    builder.CreateBr(loop);
    builder.SetInsertPoint(loop);
    llvm::PHINode *index = builder.CreatePHI(builder.getInt64Ty(), 2);
    index->addIncoming(builder.getInt64(0), before);
    llvm::Value *element = builder.CreateInBoundsGEP(emitter.lowering.memoryType(row.element), address, index);
    countAt(builder, row.element, element, act);
    llvm::Value *next = builder.CreateAdd(index, builder.getInt64(1));
    index->addIncoming(next, builder.GetInsertBlock());
    builder.CreateCondBr(builder.CreateICmpULT(next, builder.getInt64(row.count)), loop, after);
    builder.SetInsertPoint(after);
    return;
  }
  if (row.kind == TypeKind::Optional) {
    uint64_t flagAt = emitter.lowering[row.element].size;
    llvm::Value *flag = builder.CreateLoad(builder.getInt8Ty(), offset(flagAt));
    auto *full = llvm::BasicBlock::Create(emitter.context, "full", function);
    auto *after = llvm::BasicBlock::Create(emitter.context, "after", function);
    builder.CreateCondBr(builder.CreateIsNotNull(flag), full, after);
    builder.SetInsertPoint(full);
    countAt(builder, row.element, address, act);
    builder.CreateBr(after);
    builder.SetInsertPoint(after);
    return;
  }
  if (row.kind == TypeKind::Enum) {
    // Of the case that the tag names, the parts; cases without anything to count are the switch's default.
    const NominalInfo &info = types.info(type);
    auto *after = llvm::BasicBlock::Create(emitter.context, "after", function);
    if (types.isNicheEnum(type)) {
      auto *full = llvm::BasicBlock::Create(emitter.context, info.cases[1].name.text(), function);
      llvm::Value *reference = builder.CreateAlignedLoad(builder.getPtrTy(), address, emitter.lowering[type].align);
      builder.CreateCondBr(builder.CreateIsNotNull(reference), full, after);
      builder.SetInsertPoint(full);
      countPart(builder, info.cases[1].parts[0].type, address, act);
      builder.CreateBr(after);
      builder.SetInsertPoint(after);
      return;
    }
    llvm::Type *tagType = emitter.lowering.scalar(info.underlying);
    llvm::Value *tag = builder.CreateAlignedLoad(tagType, address, emitter.lowering[info.underlying].align);
    llvm::SwitchInst *sw = builder.CreateSwitch(tag, after);
    for (unsigned i = 0; i < info.cases.size(); ++i) {
      const std::vector<FieldInfo> &parts = info.cases[i].parts;
      if (llvm::all_of(parts, [&](const FieldInfo &part) { return types.isPlain(part.type); }))
        continue;
      auto *block = llvm::BasicBlock::Create(emitter.context, info.cases[i].name.text(), function);
      sw->addCase(llvm::ConstantInt::get(llvm::cast<llvm::IntegerType>(tagType), uint64_t(info.cases[i].value)), block);
      builder.SetInsertPoint(block);
      for (unsigned k = 0; k < parts.size(); ++k) {
        unsigned part = act == Act::Retain ? k : parts.size() - 1 - k;
        if (!types.isPlain(parts[part].type))
          countPart(builder, parts[part].type, offset(types.payloadOffset(type, i, part)), act);
      }
      builder.CreateBr(after);
    }
    builder.SetInsertPoint(after);
    return;
  }
  if (row.kind == TypeKind::Struct && types.info(type).hasDestructor) {
    auto run = [&] { runDestructor(builder, type, address); };
    if (act == Act::Release)
      run();
    else if (act == Act::Walk)
      ifWalker(builder, abi::kWalkDestroys, run);
  }
  llvm::SmallVector<TypeId, 8> parts = partsOf(types, type);
  for (unsigned i = 0; i < parts.size(); ++i) {
    unsigned part = act == Act::Retain ? i : parts.size() - 1 - i;
    if (!types.isPlain(parts[part]))
      countAt(builder, parts[part], offset(types.fieldOffset(type, part)), act);
  }
}

void Glue::runDestructor(Builder &builder, TypeId structType, llvm::Value *address) {
  const TypeTable &types = emitter.types;
  const dil::ClassTable *table = emitter.descriptors.table(structType);
  if (!table || !table->destructor.isValid())
    llvm::report_fatal_error("no class table names the destructor of " + llvm::Twine(types.spell(structType)));
  llvm::Function *function = builder.GetInsertBlock()->getParent();
  int alive = types.aliveField(structType);
  llvm::BasicBlock *after = nullptr;
  if (alive >= 0) {
    uint64_t flagAt = types.fieldOffset(structType, unsigned(alive));
    llvm::Value *at = flagAt ? builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), address, flagAt) : address;
    llvm::Value *flag = builder.CreateLoad(builder.getInt8Ty(), at);
    auto *living = llvm::BasicBlock::Create(emitter.context, "alive", function);
    after = llvm::BasicBlock::Create(emitter.context, "after", function);
    builder.CreateCondBr(builder.CreateIsNotNull(flag), living, after);
    builder.SetInsertPoint(living);
  }
  builder.CreateCall(emitter.function(table->destructor), {address});
  if (after) {
    builder.CreateBr(after);
    builder.SetInsertPoint(after);
  }
}

/// As countAt; an enum may hold itself by way of others, so its parts in memory are counted in functions of their own.
void Glue::countPart(Builder &builder, TypeId type, llvm::Value *address, Act act) {
  if (!emitter.lowering[type].inMemory)
    return countAt(builder, type, address, act);
  auto *function = llvm::cast<llvm::Function>(countFunction(type, act));
  if (act == Act::Walk)
    builder.CreateCall(function, {address, builder.GetInsertBlock()->getParent()->getArg(1)});
  else
    builder.CreateCall(function, {address});
}

llvm::Constant *Glue::countFunction(TypeId type, Act act) {
  llvm::Constant *&made = ofValues[unsigned(act)][type];
  if (made)
    return made;
  llvm::Function *function = create(type, act);
  made = function;
  llvm::IRBuilder<> builder(&function->getEntryBlock());
  countAt(builder, type, function->getArg(0), act);
  builder.CreateRetVoid();
  return function;
}

/// References have functions of the runtime's.
llvm::Constant *Glue::valueFunction(TypeId type, Act act, Entry ofReference) {
  if (emitter.types.isPlain(type))
    return llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  if (emitter.types.isCounted(type))
    return llvm::cast<llvm::Constant>(emitter.entries[ofReference].getCallee());
  return countFunction(type, act);
}

llvm::Constant *Glue::dropAt(TypeId type) {
  return valueFunction(type, Act::Release, emitter.cycles.mayLeadToRing(type) ? Entry::dr_release_cyclic_at : Entry::dr_release_ref_at);
}
llvm::Constant *Glue::retainAt(TypeId type) { return valueFunction(type, Act::Retain, Entry::dr_retain_ref_at); }
llvm::Constant *Glue::walkAt(TypeId type) { return valueFunction(type, Act::Walk, Entry::dr_walk_ref_at); }

//===-- Objects ------------------------------------------------------------------------------------------------===//

llvm::Constant *Glue::dropObject(TypeId classType) { return objectFunction(classType, Act::Release); }
llvm::Constant *Glue::walkObject(TypeId classType) { return objectFunction(classType, Act::Walk); }

llvm::Constant *Glue::objectFunction(TypeId classType, Act act) {
  llvm::DenseMap<TypeId, llvm::Constant *> &made = ofObjects[unsigned(act)];
  auto found = made.find(classType);
  if (found != made.end())
    return found->second;
  const TypeTable &types = emitter.types;
  const NominalInfo &info = types.info(classType);

  // A table names the destructor that its class has or inherits: going up, each new one is the next of the chain.
  llvm::SmallVector<dil::FuncId, 4> destructors;
  for (TypeId current = classType; current.isValid() && types.kind(current) == TypeKind::Class;
       current = types.info(current).base)
    if (const dil::ClassTable *table = emitter.descriptors.table(current))
      if (table->destructor.isValid() && (destructors.empty() || destructors.back() != table->destructor))
        destructors.push_back(table->destructor);
  bool isPlain = llvm::all_of(info.fields, [&](const FieldInfo &field) { return types.isPlain(field.type); });
  if (destructors.empty() && isPlain)
    return made[classType] = llvm::ConstantPointerNull::get(emitter.lowering.pointer);

  llvm::Function *function = create(classType, act);
  made[classType] = function;
  llvm::IRBuilder<> builder(&function->getEntryBlock());
  llvm::Value *object = function->getArg(0);
  auto runAll = [&] {
    for (dil::FuncId destructor : destructors)
      builder.CreateCall(emitter.function(destructor), {object});
  };
  if (act == Act::Release)
    runAll();
  else if (!destructors.empty())
    ifWalker(builder, abi::kWalkDestroys, runAll);
  for (unsigned i = info.fields.size(); i-- > 0;) {
    if (types.isPlain(info.fields[i].type))
      continue;
    uint64_t offset = types.fieldOffset(classType, i);
    llvm::Value *field = offset ? builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), object, offset) : object;
    countAt(builder, info.fields[i].type, field, act);
  }
  builder.CreateRetVoid();
  return function;
}

llvm::Constant *Glue::throwingThunk(dil::FuncId id) {
  const Signature &signature = emitter.signature(id);
  llvm::Function *target = emitter.function(id);
  if (signature.throws)
    return target;
  const dil::Function &function = emitter.dil[id];
  llvm::SmallVector<Signatures::Parameter, 4> parameters;
  for (const dil::Param &param : function.params)
    parameters.push_back({param.type, param.convention == dil::Convention::Address});
  Signature throwing = emitter.signatures.dream(parameters, function.result, true);
  assert(signature.result == Signature::Result::Direct && "thunks are for results of one word");
  auto *thunk = llvm::Function::Create(throwing.type, llvm::GlobalValue::InternalLinkage, target->getName() + "$throwing",
                                       emitter.module);
  emitter.addFunctionAttributes(*thunk);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(emitter.context, "entry", thunk));
  llvm::SmallVector<llvm::Value *, 4> args;
  for (llvm::Argument &arg : thunk->args())
    args.push_back(&arg);
  llvm::Value *result = builder.CreateCall(target, args);
  llvm::Value *pair = llvm::ConstantAggregateZero::get(throwing.type->getReturnType());
  builder.CreateRet(builder.CreateInsertValue(pair, result, 0));
  return thunk;
}

} // namespace dream::codegen
