// Objects in the frame and in regions: storage, headers, and releases that need not look any further when they find the last
// count of an object in storage whose death frees nothing. Under -fcheck-memory the runtime knows every such object, and sees
// that it is dead where its storage is used again or the function ends.
#include "compiler/codegen/function_emitter.h"
#include "runtime/abi/object.h"

namespace dream::codegen {

constexpr uint32_t kOneInRegion = uint32_t(abi::kCountOne | abi::kFlagRegion);

void FunctionEmitter::emit(const dil::StorageInst &inst) {
  if (inst.whole.isValid())
    return set(inst.result, offset(value(inst.whole), inst.offset));
  llvm::Value *&block = storageAt[&inst];
  if (!block)
    block = entryAlloca(llvm::ArrayType::get(builder.getInt8Ty(), inst.bytes), llvm::Align(inst.align));
  if (emitter.options.checkMemory)
    checkStorage(inst);
  set(inst.result, block);
}

void FunctionEmitter::emit(const dil::RegionOpenInst &inst) {
  // Three words, in which the runtime keeps what is around the region.
  llvm::AllocaInst *mark = entryAlloca(llvm::ArrayType::get(emitter.lowering.pointer, 3), llvm::Align(8));
  regionMarks[inst.result] = mark;
  llvm::Value *beside = inst.beside.isValid() ? value(inst.beside) : llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  set(inst.result, emitter.entries.call(builder, Entry::dr_region_open, {mark, beside}));
}

void FunctionEmitter::emit(const dil::RegionCloseInst &inst) {
  llvm::Value *place = emitter.options.checkMemory ? placeHere() : llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  emitter.entries.call(builder, Entry::dr_region_close, {value(inst.region), regionMarks.lookup(inst.region), place});
}

void FunctionEmitter::emit(const dil::ArenaOpenInst &inst) {
  llvm::AllocaInst *memory = entryAlloca(llvm::ArrayType::get(builder.getInt8Ty(), abi::kArenaBytes), llvm::Align(8));
  llvm::Value *size = inst.size.isValid() ? value(inst.size) : builder.getInt64(0);
  set(inst.result, emitter.entries.call(builder, Entry::dr_arena_open,
                                        {memory, emitter.constants.cString(inst.name), size, builder.getInt1(inst.isListed)}));
}

void FunctionEmitter::emit(const dil::ArenaCloseInst &inst) {
  llvm::Value *place = emitter.options.checkMemory ? placeHere() : llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  emitter.entries.call(builder, Entry::dr_arena_close, {value(inst.arena), place});
}

llvm::Value *FunctionEmitter::placeObject(llvm::Value *storage, uint64_t front, uint64_t bytes, llvm::Align align,
                                          uint32_t typeIndex) {
  llvm::Value *payload = offset(storage, front);
  if (bytes)
    builder.CreateMemSet(payload, builder.getInt8(0), bytes, align);
  llvm::Value *type = builder.getInt32(typeIndex);
  builder.CreateStore(type, builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), payload, abi::kTypeOffset));
  builder.CreateStore(builder.getInt32(kOneInRegion), builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), payload, abi::kCountOffset));
  if (emitter.options.checkMemory)
    emitter.entries.call(builder, Entry::dr_frame_begin, {payload, builder.getInt32(uint32_t(bytes))});
  return payload;
}

void FunctionEmitter::checkStorage(const dil::StorageInst &inst) {
  endObjects(firstPayload.lookup(&inst), uint32_t(inst.payloads.size()));
}

/// Before the function ends. Storage that has not been reached holds nothing that the runtime knows.
void FunctionEmitter::checkFrame() {
  endObjects(0, framePayloads);
}

void FunctionEmitter::endObjects(uint32_t first, uint32_t ending) {
  if (ending)
    emitter.entries.call(builder, Entry::dr_frame_end,
                         {frameTable, builder.getInt32(framePayloads), builder.getInt32(first), builder.getInt32(ending), placeHere()});
}

/// Where all objects of the frame lie, for the runtime.
void FunctionEmitter::prepareFrameTable() {
  llvm::SmallVector<const dil::StorageInst *, 4> frame;
  for (dil::BlockId id : order)
    for (const dil::Inst *inst : dil[id].insts)
      if (auto *storage = llvm::dyn_cast<dil::StorageInst>(inst); storage && !storage->whole.isValid()) {
        frame.push_back(storage);
        firstPayload[storage] = framePayloads;
        framePayloads += uint32_t(storage->payloads.size());
      }
  if (!framePayloads)
    return;
  frameTable = entryAlloca(llvm::ArrayType::get(emitter.lowering.pointer, framePayloads), llvm::Align(8));
  for (const dil::StorageInst *storage : frame) {
    llvm::Value *block = storageAt[storage] = entryAlloca(llvm::ArrayType::get(builder.getInt8Ty(), storage->bytes), llvm::Align(storage->align));
    for (size_t i = 0; i < storage->payloads.size(); ++i)
      builder.CreateStore(offset(block, storage->payloads[i]),
                          builder.CreateConstInBoundsGEP1_64(emitter.lowering.pointer, frameTable, firstPayload[storage] + i));
  }
}

llvm::Value *FunctionEmitter::countOfReleased(const dil::ReleaseInst &inst, llvm::BasicBlock *after) {
  llvm::Value *object = value(inst.value);
  if (mayBeNull(inst.value)) {
    llvm::BasicBlock *some = newBlock("some");
    builder.CreateCondBr(builder.CreateIsNull(object), after, some);
    continueIn(some);
  }
  llvm::Value *at = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), object, abi::kCountOffset);
  return builder.CreateAlignedLoad(builder.getInt32Ty(), at, llvm::Align(4));
}

/// Objects are forgotten, and so are arrays that still lie in the region.
void FunctionEmitter::releaseWithRegion(const dil::ReleaseInst &inst) {
  TypeKind kind = emitter.types.kind(typeOf(inst.value));
  if ((kind != TypeKind::Array && kind != TypeKind::Rect && kind != TypeKind::String) || llvm::isa<llvm::Constant>(value(inst.value)))
    return;
  llvm::BasicBlock *after = newBlock("released"), *left = newBlock("left");
  llvm::Value *count = countOfReleased(inst, after);
  builder.CreateCondBr(builder.CreateIsNull(builder.CreateAnd(count, uint64_t(abi::kFlagRegion))), left, after);
  continueIn(left);
  emitter.glue.release(builder, typeOf(inst.value), leaves(inst.value), false);
  builder.CreateBr(after);
  continueIn(after);
}

void FunctionEmitter::releaseInFrame(const dil::ReleaseInst &inst) {
  TypeId type = typeOf(inst.value);
  const TypeTable &types = emitter.types;
  auto ordinary = [&] { emitter.glue.release(builder, type, leaves(inst.value), mayBeNull(inst.value)); };
  TypeKind kind = types.kind(type);
  bool isArray = kind == TypeKind::Array && types.isPlain(types[type].element);
  const dil::ClassTable *table = kind == TypeKind::Class ? emitter.descriptors.table(type) : nullptr;
  bool isObject = table && emitter.descriptors.isLeaf(type) && !table->destructor.isValid();
  llvm::Constant *drop = isObject ? emitter.glue.dropObject(type) : nullptr;
  bool isPlain = drop && drop->isNullValue(); // the ordinary way knows what to do
  if (emitter.options.checkMemory || (!isArray && !isObject) || isPlain || llvm::isa<llvm::Constant>(value(inst.value)))
    return ordinary();
  llvm::BasicBlock *after = newBlock("released");
  llvm::Value *count = countOfReleased(inst, after);
  llvm::BasicBlock *last = newBlock("last"), *other = newBlock("others");
  builder.CreateCondBr(builder.CreateICmpEQ(count, builder.getInt32(kOneInRegion)), last, other);
  continueIn(last);
  if (drop) {
    builder.CreateCall(llvm::cast<llvm::Function>(drop), {value(inst.value)});
    // An arena that lists its objects asks when it is closed.
    llvm::Value *at = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), value(inst.value), abi::kCountOffset);
    builder.CreateAlignedStore(builder.getInt32(uint32_t(abi::kFlagRegion)), at, llvm::Align(4));
  }
  builder.CreateBr(after);
  continueIn(other);
  ordinary();
  builder.CreateBr(after);
  continueIn(after);
}

} // namespace dream::codegen
