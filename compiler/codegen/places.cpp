// Places and what lies in them: slots, globals, fields, elements, lengths; loads and stores, leaf by leaf, each with its
// alias tag (alias_tags.h); and making an array unique before it is written.
#include "compiler/codegen/function_emitter.h"
#include "runtime/abi/object.h"
#include "llvm/IR/MDBuilder.h"

namespace dream::codegen {

//===-- Loads and stores ---------------------------------------------------------------------------------------===//

llvm::Value *FunctionEmitter::offset(llvm::Value *address, uint64_t bytes) {
  if (bytes == 0)
    return address;
  return builder.CreateGEP(builder.getInt8Ty(), address, builder.getInt64(bytes), "",
                           llvm::GEPNoWrapFlags::inBounds() | llvm::GEPNoWrapFlags::noUnsignedWrap());
}

llvm::MDNode *FunctionEmitter::tagOf(const Lowering &lowering, const Leaf &leaf, PlaceFacts facts) {
  if (facts.isRaw)
    return emitter.tags.raw();
  return lowering.isScalar && facts.tag ? facts.tag : leaf.tag;
}

llvm::Value *FunctionEmitter::loadScalar(const Leaf &leaf, llvm::Value *address, llvm::MDNode *tag, llvm::Align align) {
  llvm::LoadInst *load = builder.CreateAlignedLoad(leaf.memory, address, align);
  if (emitter.optimizes()) {
    load->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
    load->setMetadata(llvm::LLVMContext::MD_noundef, llvm::MDNode::get(emitter.context, {}));
    if (leaf.memory != leaf.type)
      load->setMetadata(llvm::LLVMContext::MD_range,
                        llvm::MDBuilder(emitter.context).createRange(llvm::APInt(8, 0), llvm::APInt(8, 2)));
  }
  return leaf.memory == leaf.type ? load : builder.CreateTrunc(load, leaf.type);
}

void FunctionEmitter::storeScalar(const Leaf &leaf, llvm::Value *value, llvm::Value *address, llvm::MDNode *tag, llvm::Align align) {
  if (leaf.memory != leaf.type)
    value = builder.CreateZExt(value, leaf.memory);
  llvm::StoreInst *store = builder.CreateAlignedStore(value, address, align);
  if (tag)
    store->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
}

void FunctionEmitter::copyMemory(TypeId type, llvm::Value *to, llvm::Value *from) {
  const Lowering &lowering = emitter.lowering[type];
  builder.CreateMemCpy(to, lowering.align, from, lowering.align, lowering.size);
}

FunctionEmitter::Leaves FunctionEmitter::loadValue(TypeId type, llvm::Value *address, PlaceFacts facts) {
  const Lowering &lowering = emitter.lowering[type];
  if (lowering.inMemory) {
    llvm::AllocaInst *copy = entryAlloca(type);
    copyMemory(type, copy, address);
    return Leaves(copy);
  }
  Leaves result;
  for (const Leaf &leaf : lowering.leaves)
    result.push_back(loadScalar(leaf, offset(address, leaf.offset), tagOf(lowering, leaf, facts), facts.isPacked ? llvm::Align(1) : leaf.align));
  return result;
}

void FunctionEmitter::storeValue(TypeId type, llvm::ArrayRef<llvm::Value *> value, llvm::Value *address,
                                 PlaceFacts facts) {
  const Lowering &lowering = emitter.lowering[type];
  if (lowering.inMemory)
    return copyMemory(type, address, value[0]);
  for (size_t i = 0; i < lowering.leaves.size(); ++i) {
    const Leaf &leaf = lowering.leaves[i];
    storeScalar(leaf, value[i], offset(address, leaf.offset), tagOf(lowering, leaf, facts), facts.isPacked ? llvm::Align(1) : leaf.align);
  }
}

void FunctionEmitter::load(const dil::Inst &inst, dil::ValueId place) {
  set(inst.result, loadValue(typeOf(place), value(place), places[place.index]));
}
void FunctionEmitter::emit(const dil::LoadInst &inst) { load(inst, inst.place); }
void FunctionEmitter::emit(const dil::LoadBorrowInst &inst) { load(inst, inst.place); }
void FunctionEmitter::emit(const dil::StoreInst &inst) {
  // A parameter that goes into its slot belongs to the prologue: debuggers stop behind it.
  auto *slot = llvm::dyn_cast_or_null<dil::SlotInst>(info(inst.place).definition);
  if (slot && slot->argument && !info(inst.value).definition)
    builder.SetCurrentDebugLocation({});
  storeValue(typeOf(inst.place), leaves(inst.value), value(inst.place), places[inst.place.index]);
}

//===-- Places -------------------------------------------------------------------------------------------------===//

void FunctionEmitter::emit(const dil::SlotInst &inst) {
  llvm::AllocaInst *slot = entryAlloca(typeOf(inst.result), inst.name);
  if (debug.wantsVariables() && !inst.name.empty())
    debug.declareSlot(inst, typeOf(inst.result), slot, builder);
  set(inst.result, slot);
}

void FunctionEmitter::emit(const dil::GlobalInst &inst) { set(inst.result, emitter.global(inst.global)); }

void FunctionEmitter::emit(const dil::FieldInst &inst) {
  TypeId holder = typeOf(inst.base);
  const TypeTable &types = emitter.types;
  while (types.kind(holder) == TypeKind::Optional && types.isCounted(holder)) // a narrowed reference
    holder = types[holder].element;
  bool isRaw = places[inst.base.index].isRaw;
  if (types.kind(holder) == TypeKind::Pointer) {
    holder = types[holder].element;
    isRaw = true;
  }
  isRaw |= types.kind(holder) == TypeKind::Enum; // Payloads of different types share their bytes.
  set(inst.result, offset(value(inst.base), types.fieldOffset(holder, inst.field)));
  PlaceFacts &facts = places[inst.result.index];
  facts.isRaw = isRaw;
  facts.isPacked = types.kind(holder) == TypeKind::Struct && types.info(holder).isPacked;
  if (!isRaw && types.kind(holder) != TypeKind::Tuple && types.kind(holder) != TypeKind::Optional && loweringOf(inst.result).isScalar)
    facts.tag = emitter.tags.field(holder, inst.field);
}

llvm::Value *FunctionEmitter::asIndex(dil::ValueId index, bool isInBounds) {
  llvm::Value *integer = value(index);
  llvm::Type *wide = builder.getInt64Ty();
  if (integer->getType() == wide)
    return integer;
  if (!isInBounds && isSigned(typeOf(index)))
    return builder.CreateSExt(integer, wide);
  return builder.CreateZExt(integer, wide, "", /*IsNonNeg=*/isInBounds);
}

llvm::Value *FunctionEmitter::elementAddress(TypeId element, llvm::Value *base, llvm::Value *index, bool isInBounds) {
  auto flags = isInBounds ? llvm::GEPNoWrapFlags::inBounds() | llvm::GEPNoWrapFlags::noUnsignedWrap()
                          : llvm::GEPNoWrapFlags::none();
  return builder.CreateGEP(emitter.lowering.memoryType(element), base, index, "", flags);
}

/// Row-major: each index but the last is multiplied by the dimensions behind it. All are in bounds, so nothing wraps.
llvm::Value *FunctionEmitter::rectIndex(const dil::ElemInst &inst, llvm::Value *payload, unsigned rank) {
  llvm::Value *index = asIndex(inst.indices[0], true);
  for (unsigned i = 1; i < rank; ++i) {
    llvm::Value *dimension = loadHeaderWord(payload, abi::dimensionOffset(int(rank), int(i)), emitter.tags.dimension(), true);
    dimension = builder.CreateZExt(dimension, builder.getInt64Ty(), "", true);
    index = builder.CreateAdd(builder.CreateMul(index, dimension, "", true, true), asIndex(inst.indices[i], true), "",
                              true, true);
  }
  return index;
}

void FunctionEmitter::emit(const dil::ElemInst &inst) {
  TypeId base = typeOf(inst.base);
  const TypeTable &types = emitter.types;
  while (types.isCounted(base) && types.kind(base) == TypeKind::Optional)
    base = types[base].element;
  const Type &row = types[base];
  if (types.isView(base)) // Whatever it looks into holds such elements: their own tag fits.
    return set(inst.result, elementAddress(types.viewElement(base), leaves(inst.base)[0], asIndex(inst.indices[0], true), true));
  llvm::Value *payload = value(inst.base);
  PlaceFacts &facts = places[inst.result.index];
  if (row.kind == TypeKind::FixedArray) {
    facts.isRaw = places[inst.base.index].isRaw;
    return set(inst.result, elementAddress(row.element, payload, asIndex(inst.indices[0], true), true));
  }
  if (row.kind == TypeKind::Pointer) {
    facts.isRaw = true;
    return set(inst.result, elementAddress(row.element, payload, asIndex(inst.indices[0], false), false));
  }
  TypeId element = row.kind == TypeKind::String ? types::UInt8 : row.element;
  llvm::Value *index = row.kind == TypeKind::Rect ? rectIndex(inst, payload, unsigned(row.count))
                                                  : asIndex(inst.indices[0], true);
  set(inst.result, elementAddress(element, payload, index, true));
  if (emitter.lowering[element].isScalar)
    facts.tag = emitter.tags.element(element);
}

void FunctionEmitter::emit(const dil::AccessReadInst &inst) {
  set(inst.result, values[inst.place.index]);
  places[inst.result.index] = places[inst.place.index];
}
void FunctionEmitter::emit(const dil::AccessModifyInst &inst) {
  set(inst.result, values[inst.place.index]);
  places[inst.result.index] = places[inst.place.index];
}
void FunctionEmitter::emit(const dil::EndAccessInst &) {}

//===-- Headers ------------------------------------------------------------------------------------------------===//

llvm::Value *FunctionEmitter::loadHeaderWord(llvm::Value *payload, int byteOffset, llvm::MDNode *tag, bool isLength) {
  llvm::Value *at = builder.CreateGEP(builder.getInt8Ty(), payload, builder.getInt64(uint64_t(int64_t(byteOffset))), "",
                                      llvm::GEPNoWrapFlags::inBounds());
  llvm::LoadInst *load = builder.CreateAlignedLoad(builder.getInt32Ty(), at, llvm::Align(4));
  if (emitter.optimizes()) {
    load->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
    load->setMetadata(llvm::LLVMContext::MD_noundef, llvm::MDNode::get(emitter.context, {}));
    if (isLength)
      load->setMetadata(llvm::LLVMContext::MD_range,
                        llvm::MDBuilder(emitter.context)
                            .createRange(llvm::APInt(32, 0), llvm::APInt(32, uint64_t(abi::kMaxLength) + 1)));
  }
  return load;
}

llvm::Value *FunctionEmitter::length(llvm::Value *payload) {
  return loadHeaderWord(payload, abi::kLengthOffset, emitter.tags.length(), true);
}

/// A pointer and a count.
void FunctionEmitter::emit(const dil::SpanInst &inst) {
  const TypeTable &types = emitter.types;
  TypeId base = typeOf(inst.base);
  TypeId element = types.viewElement(typeOf(inst.result));
  bool isView = types.isView(base);
  llvm::Value *start = isView ? leaves(inst.base)[0] : value(inst.base);
  llvm::Value *count;
  if (inst.first.isValid()) {
    start = elementAddress(element, start, asIndex(inst.first, true), true);
    count = value(inst.count);
  } else if (isView) {
    count = leaves(inst.base)[1];
  } else {
    count = types.kind(base) == TypeKind::FixedArray ? builder.getInt32(uint32_t(types[base].count)) : length(start);
  }
  Leaves result(start);
  result.push_back(count);
  set(inst.result, result);
}

void FunctionEmitter::emit(const dil::LenInst &inst) {
  TypeId type = typeOf(inst.value);
  if (emitter.types.isView(type))
    return set(inst.result, leaves(inst.value)[1]);
  const TypeTable &types = emitter.types;
  while (types.kind(type) == TypeKind::Optional)
    type = types[type].element;
  const Type &row = types[type];
  if (row.kind == TypeKind::FixedArray)
    return set(inst.result, llvm::ConstantInt::get(emitter.lowering.scalar(typeOf(inst.result)), row.count));
  llvm::Value *payload = value(inst.value);
  llvm::Value *count = row.kind == TypeKind::Rect && inst.dimension >= 0
                           ? loadHeaderWord(payload, abi::dimensionOffset(int(row.count), inst.dimension),
                                            emitter.tags.dimension(), true)
                           : length(payload);
  set(inst.result, builder.CreateZExt(count, emitter.lowering.scalar(typeOf(inst.result)), "", true));
}

void FunctionEmitter::emit(const dil::UniqueInst &inst) {
  const Leaf &leaf = loweringOf(inst.place).leaves[0];
  llvm::Value *place = value(inst.place);
  llvm::MDNode *tag = tagOf(loweringOf(inst.place), leaf, places[inst.place.index]);
  llvm::Value *shared = loadScalar(leaf, place, tag, leaf.align);
  if (inst.isKnown && !emitter.options.checkMemory)
    return set(inst.result, shared);
  llvm::Value *own = emitter.entries.call(builder, Entry::dr_unique_array, {shared});
  if (inst.isKnown)
    require(builder.CreateICmpEQ(own, shared), [&] {
      const char *message = "internal error: an array that was known to be unshared is shared";
      callPanic(Entry::dr_panic_message, {emitter.constants.cString(message), placeHere()});
    });
  storeScalar(leaf, own, place, tag, leaf.align);
  set(inst.result, own);
}

} // namespace dream::codegen
