// New objects, arrays and boxes. The runtime hands out zeroed memory; what a zero value has beyond zero bits (empty strings
// and arrays) is stored here.
#include "compiler/codegen/function_emitter.h"
#include "runtime/abi/object.h"

namespace dream::codegen {

void FunctionEmitter::storeZeroParts(TypeId type, llvm::Value *address) {
  Constants &constants = emitter.constants;
  if (constants.isZeroBits(type))
    return;
  const TypeTable &types = emitter.types;
  const Lowering &lowering = emitter.lowering[type];
  if (lowering.isScalar)
    return storeScalar(lowering.leaves[0], constants.zeroScalar(type), address, lowering.leaves[0].tag, lowering.align);
  const Type &row = types[type];
  if (row.kind == TypeKind::FixedArray || row.kind == TypeKind::Enum) {
    builder.CreateMemCpy(address, lowering.align, constants.zeroValueAddress(type), lowering.align, lowering.size);
    return;
  }
  bool isTuple = row.kind == TypeKind::Tuple;
  unsigned count = isTuple ? row.args.size() : types.info(type).fields.size();
  for (unsigned i = 0; i < count; ++i)
    storeZeroParts(isTuple ? row.args[i] : types.info(type).fields[i].type, offset(address, types.fieldOffset(type, i)));
}

llvm::Value *FunctionEmitter::callAllocator(Entry entry, llvm::ArrayRef<llvm::Value *> args) {
  llvm::CallInst *made = emitter.entries.call(builder, entry, args);
  made->addRetAttr(llvm::Attribute::NoAlias);
  made->addRetAttr(llvm::Attribute::NonNull);
  return made;
}

/// An object, box or closure of the descriptor, zeroed, on the heap or in a region.
llvm::Value *FunctionEmitter::newObject(uint32_t index, Layout layout, dil::ValueId region) {
  llvm::Value *type = builder.getInt32(index), *bytes = builder.getInt32(uint32_t(layout.size));
  bool isWide = layout.align > 8;
  if (!region.isValid())
    return callAllocator(isWide ? Entry::dr_alloc_wide_object_of : Entry::dr_alloc_object_of, {type, bytes});
  Entry entry = isWide ? Entry::dr_region_wide_object_of : Entry::dr_region_object_of;
  return emitter.entries.call(builder, entry, {value(region), type, bytes});
}

void FunctionEmitter::emit(const dil::AllocInst &inst) {
  TypeId type = typeOf(inst.result);
  uint32_t index = emitter.descriptors.index(type);
  Layout layout = emitter.types.objectLayout(type);
  llvm::Value *object;
  if (inst.storage.isValid() && !dil::isRegion(dil, inst.storage)) {
    uint64_t align = std::max<uint64_t>(layout.align, -abi::kTypeOffset);
    object = placeObject(value(inst.storage), align, layout.size, llvm::Align(align), index);
  } else if (inst.reused.isValid()) {
    llvm::SmallVector<llvm::Value *, 5> args{value(inst.reused), builder.getInt32(index), builder.getInt32(uint32_t(layout.size)), emitter.glue.dropObject(type)};
    if (inst.tested.isValid())
      args.push_back(value(inst.tested));
    object = emitter.entries.call(builder, inst.tested.isValid() ? Entry::dr_alloc_reusing_if : Entry::dr_alloc_reusing, args);
  } else {
    object = newObject(index, layout, inst.from.isValid() ? inst.from : inst.storage);
  }
  const NominalInfo &info = emitter.types.info(type);
  for (unsigned i = 0; i < info.fields.size(); ++i)
    if (!emitter.constants.isZeroBits(info.fields[i].type))
      storeZeroParts(info.fields[i].type, offset(object, emitter.types.fieldOffset(type, i)));
  set(inst.result, object);
}

void FunctionEmitter::fillElements(TypeId element, llvm::Value *payload, llvm::Value *count) {
  llvm::BasicBlock *before = builder.GetInsertBlock();
  llvm::BasicBlock *loop = newBlock("fill"), *after = newBlock("filled");
  builder.CreateCondBr(builder.CreateIsNull(count), after, loop);
  continueIn(loop);
  llvm::PHINode *index = builder.CreatePHI(count->getType(), 2);
  index->addIncoming(builder.getInt64(0), before);
  storeZeroParts(element, elementAddress(element, payload, index, true));
  llvm::Value *next = builder.CreateAdd(index, builder.getInt64(1), "", true, true);
  index->addIncoming(next, builder.GetInsertBlock());
  builder.CreateCondBr(builder.CreateICmpEQ(next, count), after, loop);
  continueIn(after);
}

void FunctionEmitter::emit(const dil::AllocArrayInst &inst) {
  TypeId type = typeOf(inst.result);
  const Type &row = emitter.types[type];
  llvm::Value *index = builder.getInt32(emitter.descriptors.index(type));
  llvm::Value *elementSize = builder.getInt32(uint32_t(emitter.lowering[row.element].size));
  llvm::Value *array;
  llvm::Value *count;
  if (row.kind == TypeKind::Rect) {
    unsigned rank = unsigned(row.count);
    auto *dimensions = entryAlloca(llvm::ArrayType::get(builder.getInt64Ty(), rank), llvm::Align(8));
    for (unsigned i = 0; i < rank; ++i)
      builder.CreateStore(asIndex(inst.lengths[i], true), offset(dimensions, i * 8));
    llvm::Value *dims = dimensions, *rankValue = builder.getInt32(rank);
    array = inst.storage.isValid() ? emitter.entries.call(builder, Entry::dr_region_rect_of, {value(inst.storage), index, elementSize, rankValue, dims})
                                   : callAllocator(Entry::dr_alloc_rect_of, {index, elementSize, rankValue, dims});
    count = nullptr;
  } else if (dil::isRegion(dil, inst.storage)) {
    count = asIndex(inst.lengths[0], true);
    array = emitter.entries.call(builder, Entry::dr_region_array_of, {value(inst.storage), index, elementSize, count});
  } else if (inst.storage.isValid()) {
    uint64_t length = llvm::cast<dil::ConstInst>(info(inst.lengths[0]).definition)->bits;
    uint64_t bytes = length * emitter.lowering[row.element].size;
    array = placeObject(value(inst.storage), sizeof(abi::ArrayHeader), bytes, llvm::Align(16), emitter.descriptors.index(type));
    for (int word : {abi::kLengthOffset, abi::kCapacityOffset})
      builder.CreateStore(builder.getInt32(uint32_t(length)), builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), array, word));
    count = builder.getInt64(length);
  } else {
    count = asIndex(inst.lengths[0], true);
    array = callAllocator(Entry::dr_alloc_array_of, {index, elementSize, count});
  }
  if (!emitter.constants.isZeroBits(row.element)) {
    if (!count)
      count = builder.CreateZExt(length(array), builder.getInt64Ty(), "", true);
    fillElements(row.element, array, count);
  }
  set(inst.result, array);
}

/// Static data without captures; else an object of its environment's class, whose header on the stack says that it is
/// immortal: its captures are dropped by their owners.
void FunctionEmitter::emit(const dil::ClosureInst &inst) {
  const TypeTable &types = emitter.types;
  uint32_t index = emitter.descriptors.index(inst.environment);
  llvm::Function *code = emitter.function(inst.func);
  if (inst.captures.empty())
    return set(inst.result, emitter.constants.closure(code, index));
  Layout layout = types.objectLayout(inst.environment);
  llvm::Value *object;
  if (inst.onStack) {
    uint64_t before = std::max<uint64_t>(layout.align, -abi::kTypeOffset);
    auto *block = entryAlloca(llvm::ArrayType::get(builder.getInt8Ty(), before + layout.size), llvm::Align(std::max<uint64_t>(layout.align, 8)));
    object = offset(block, before);
    builder.CreateStore(builder.getInt32(index), builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), object, abi::kTypeOffset));
    builder.CreateStore(builder.getInt32(uint32_t(abi::kImmortal)), builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), object, abi::kCountOffset));
  } else {
    object = newObject(index, layout, inst.storage);
  }
  // A closure's code never changes: LLVM may take it from here wherever it loads it from this closure.
  llvm::StoreInst *store = builder.CreateAlignedStore(code, object, llvm::Align(types.pointerBytes()));
  if (emitter.optimizes())
    store->setMetadata(llvm::LLVMContext::MD_invariant_group, llvm::MDNode::get(emitter.context, {}));
  for (size_t i = 0; i < inst.captures.size(); ++i) {
    TypeId field = types.info(inst.environment).fields[i + 1].type;
    llvm::Value *at = offset(object, types.fieldOffset(inst.environment, i + 1));
    storeValue(field, leaves(inst.captures[i]), at, {});
  }
  set(inst.result, object);
}

void FunctionEmitter::emit(const dil::BoxInst &inst) {
  TypeId content = typeOf(inst.value);
  llvm::Value *box = newObject(emitter.descriptors.boxIndex(content), emitter.types.layout(content), inst.storage);
  storeValue(content, leaves(inst.value), box, {});
  set(inst.result, box);
}

void FunctionEmitter::emit(const dil::UnboxInst &inst) {
  TypeId content = typeOf(inst.result);
  set(inst.result, loadValue(content, value(inst.value), {}));
  if (info(inst.result).ownership == dil::Ownership::Owned)
    emitter.glue.retain(builder, content, leaves(inst.result), true);
}

void FunctionEmitter::emit(const dil::ReboxInst &inst) {
  TypeId content = typeOf(inst.value);
  Leaves old = loadValue(content, value(inst.box), {});
  storeValue(content, leaves(inst.value), value(inst.box), {});
  if (!emitter.types.isPlain(content))
    emitter.glue.release(builder, content, old, true);
}

void FunctionEmitter::emit(const dil::WeakOfInst &inst) {
  set(inst.result, emitter.entries.call(builder, Entry::dr_weak_of, {value(inst.value)}));
}

void FunctionEmitter::emit(const dil::WeakGetInst &inst) {
  set(inst.result, emitter.entries.call(builder, Entry::dr_weak_get, {value(inst.value)}));
}

} // namespace dream::codegen
