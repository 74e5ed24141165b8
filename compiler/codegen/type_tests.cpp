// `is`: tests of an object's type by its type index.
//
// A class is a range of indices, one unsigned comparison (an equality if nothing derives from it). An interface is the id
// in the first word of the table that its colour leads to. Where the static type is `object`, the value may be a string or
// an array, whose descriptors have no colours: then the runtime searches.
#include "compiler/codegen/function_emitter.h"
#include "runtime/abi/object.h"

namespace dream::codegen {

llvm::Value *FunctionEmitter::typeIndex(llvm::Value *reference) {
  return loadHeaderWord(reference, abi::kTypeOffset, emitter.tags.typeWord(), false);
}

llvm::Value *FunctionEmitter::inDescriptor(llvm::Value *reference, uint64_t offset) {
  llvm::Value *index = builder.CreateZExt(typeIndex(reference), builder.getInt64Ty());
  auto flags = llvm::GEPNoWrapFlags::inBounds() | llvm::GEPNoWrapFlags::noUnsignedWrap();
  // dr_types + offset is a constant: what is left is one addressing mode with a scaled index.
  llvm::Value *base = builder.CreateGEP(builder.getInt8Ty(), emitter.descriptors.types(), builder.getInt64(offset), "",
                                        flags);
  return builder.CreateGEP(llvm::ArrayType::get(builder.getInt8Ty(), abi::kTypeUnit), base, index, "", flags);
}

llvm::Value *FunctionEmitter::isInstance(llvm::Value *reference, TypeId staticType, TypeId type) {
  const TypeTable &types = emitter.types;
  Descriptors &descriptors = emitter.descriptors;
  TypeKind kind = types.kind(type);
  if (type == types::Object)
    return builder.getTrue();
  if (kind == TypeKind::Class) {
    Descriptors::Range range = descriptors.classRange(type);
    if (range.first == range.end)
      return builder.getFalse(); // the program makes no such object
    llvm::Value *index = typeIndex(reference);
    if (range.isSingle)
      return builder.CreateICmpEQ(index, builder.getInt32(range.first));
    return builder.CreateICmpULT(builder.CreateSub(index, builder.getInt32(range.first)),
                                 builder.getInt32(range.end - range.first));
  }
  if (kind == TypeKind::Interface) {
    uint32_t id = descriptors.interfaceId(type);
    if (staticType == types::Object)
      return emitter.entries.call(builder, Entry::dr_implements, {reference, builder.getInt32(id)});
    llvm::LoadInst *table = builder.CreateAlignedLoad(emitter.lowering.pointer,
                                                      inDescriptor(reference, descriptors.colourOffset(type)),
                                                      llvm::Align(emitter.types.pointerBytes()));
    // A class without an interface of this colour has no table; the descriptors' own start, whose first word is 0 and no
    // id, stands in for it.
    llvm::Value *safe = builder.CreateSelect(builder.CreateIsNull(table), descriptors.types(), table);
    llvm::Type *word = builder.getIntNTy(types.pointerBytes() * 8);
    llvm::Value *found = builder.CreateAlignedLoad(word, safe, llvm::Align(types.pointerBytes()));
    return builder.CreateICmpEQ(found, llvm::ConstantInt::get(word, id));
  }
  bool isBuffer = kind == TypeKind::String || kind == TypeKind::Array || kind == TypeKind::Rect;
  uint32_t index = isBuffer ? descriptors.index(type) : descriptors.boxIndex(type);
  return builder.CreateICmpEQ(typeIndex(reference), builder.getInt32(index));
}

llvm::Value *FunctionEmitter::isInstanceOrNull(llvm::Value *reference, TypeId staticType, TypeId type, bool whenNull) {
  const TypeTable &types = emitter.types;
  bool optional = false;
  while (types.kind(staticType) == TypeKind::Optional) {
    staticType = types[staticType].element;
    optional = true;
  }
  while (types.kind(type) == TypeKind::Optional && types.isCounted(type))
    type = types[type].element;
  if (!optional)
    return isInstance(reference, staticType, type);
  llvm::BasicBlock *before = builder.GetInsertBlock();
  llvm::BasicBlock *test = newBlock("test"), *tested = newBlock("tested");
  builder.CreateCondBr(builder.CreateIsNull(reference), tested, test);
  continueIn(test);
  llvm::Value *answer = isInstance(reference, staticType, type);
  llvm::BasicBlock *after = builder.GetInsertBlock();
  builder.CreateBr(tested);
  continueIn(tested);
  llvm::PHINode *result = builder.CreatePHI(builder.getInt1Ty(), 2);
  result->addIncoming(builder.getInt1(whenNull), before);
  result->addIncoming(answer, after);
  return result;
}

void FunctionEmitter::emit(const dil::TypeIsInst &inst) {
  set(inst.result, isInstanceOrNull(value(inst.value), typeOf(inst.value), inst.type, false));
}

} // namespace dream::codegen
