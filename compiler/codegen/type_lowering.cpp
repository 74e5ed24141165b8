// Types to leaves. See type_lowering.h for what is promised.
#include "compiler/codegen/type_lowering.h"
#include "compiler/codegen/alias_tags.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

namespace dream::codegen {

bool hasPayload(const NominalInfo &info) { return info.hasPayload(); }

TypeLowering::TypeLowering(const TypeTable &types, llvm::LLVMContext &context, AliasTags &tags)
    : pointer(llvm::PointerType::get(context, 0)), types(types), context(context), tags(tags) {}

const Lowering &TypeLowering::operator[](TypeId type) {
  if (rows.size() <= type.index)
    rows.resize(std::max<size_t>(types.size(), type.index + 1));
  if (!rows[type.index]) {
    auto row = lower(type); // may itself add rows
    rows[type.index] = std::move(row);
  }
  return *rows[type.index];
}

TypeId TypeLowering::underlying(TypeId type) const {
  if (types.kind(type) != TypeKind::Enum)
    return type;
  const NominalInfo &info = types.info(type);
  return info.underlying.isValid() ? info.underlying : types::Int32;
}

llvm::Type *TypeLowering::scalar(TypeId type) {
  switch (types.kind(type)) {
  case TypeKind::Bool:
    return llvm::Type::getInt1Ty(context);
  case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16: case TypeKind::UInt16:
  case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::NInt:
  case TypeKind::NUInt:
    return llvm::Type::getIntNTy(context, types.bits(type));
  case TypeKind::Float32:
    return llvm::Type::getFloatTy(context);
  case TypeKind::Float64:
    return llvm::Type::getDoubleTy(context);
  case TypeKind::Null: case TypeKind::String: case TypeKind::Object: case TypeKind::Array: case TypeKind::Rect:
  case TypeKind::Pointer: case TypeKind::Func: case TypeKind::Class: case TypeKind::Interface: case TypeKind::Weak:
    return pointer;
  case TypeKind::Optional:
    return types.isCounted(type) ? pointer : nullptr;
  case TypeKind::Enum:
    return hasPayload(types.info(type)) ? nullptr : scalar(underlying(type));
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never: case TypeKind::FixedArray: case TypeKind::Tuple:
  case TypeKind::Struct: case TypeKind::TypeParam:
    return nullptr;
  }
  llvm_unreachable("unknown kind of type");
}

llvm::Type *TypeLowering::memoryType(TypeId type) {
  const Lowering &lowering = (*this)[type];
  if (lowering.isScalar)
    return lowering.leaves[0].memory;
  return llvm::ArrayType::get(llvm::Type::getInt8Ty(context), lowering.size);
}

std::unique_ptr<Lowering> TypeLowering::lower(TypeId type) {
  auto result = std::make_unique<Lowering>();
  Layout layout = types.layout(type);
  result->size = layout.size;
  result->align = llvm::Align(std::max(1u, layout.align));
  if (llvm::Type *registerType = scalar(type)) {
    bool isBool = registerType->isIntegerTy(1);
    result->isScalar = true;
    result->leaves.push_back({registerType, isBool ? llvm::Type::getInt8Ty(context) : registerType, type, 0,
                              result->align, tags.scalar(underlying(type))});
    return result;
  }
  const Type &row = types[type];
  switch (row.kind) {
  case TypeKind::Void: case TypeKind::Never:
    break;
  case TypeKind::Tuple:
    lowerParts(*result, row.args, type);
    break;
  case TypeKind::Optional:
    lowerParts(*result, {row.element, types::Bool}, type);
    break;
  case TypeKind::Struct: {
    llvm::SmallVector<TypeId, 8> parts;
    for (const FieldInfo &field : types.info(type).fields)
      parts.push_back(field.type);
    lowerParts(*result, parts, type);
    break;
  }
  case TypeKind::FixedArray: case TypeKind::Enum:
    result->inMemory = true;
    break;
  case TypeKind::Error: case TypeKind::TypeParam: // never in a program that passed the checker
  case TypeKind::Null: case TypeKind::Bool: case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8:
  case TypeKind::Int16: case TypeKind::UInt16: case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64:
  case TypeKind::UInt64: case TypeKind::NInt: case TypeKind::NUInt: case TypeKind::Float32: case TypeKind::Float64:
  case TypeKind::String: case TypeKind::Object: case TypeKind::Array: case TypeKind::Rect: case TypeKind::Pointer:
  case TypeKind::Func: case TypeKind::Class: case TypeKind::Interface: case TypeKind::Weak: // scalars: handled above
    llvm::report_fatal_error(llvm::Twine("codegen met a value of type ") + types.spell(type));
  }
  return result;
}

void TypeLowering::lowerParts(Lowering &result, llvm::ArrayRef<TypeId> parts, TypeId holder) {
  result.inMemory = result.size > kMaxRegisterBytes;
  for (unsigned i = 0; i < parts.size() && !result.inMemory; ++i) {
    const Lowering &part = (*this)[parts[i]];
    uint64_t offset = types.fieldOffset(holder, i);
    result.inMemory = part.inMemory || result.leaves.size() + part.leaves.size() > kMaxLeaves;
    if (result.inMemory)
      break;
    for (Leaf leaf : part.leaves) {
      leaf.offset += offset;
      leaf.align = std::min(leaf.align, llvm::commonAlignment(result.align, leaf.offset));
      if (part.isScalar && types.kind(holder) == TypeKind::Struct)
        leaf.tag = tags.field(holder, i);
      result.leaves.push_back(leaf);
    }
  }
  if (result.inMemory)
    result.leaves.clear();
}

} // namespace dream::codegen
