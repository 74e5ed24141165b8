// Constant data. Layouts of strings and arrays are those of runtime/abi/object.h.
#include "compiler/codegen/module_emitter.h"
#include "runtime/abi/object.h"
#include "llvm/Support/MathExtras.h"

namespace dream::codegen {

static llvm::ConstantInt *word(llvm::LLVMContext &context, uint32_t value) {
  return llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), value);
}

llvm::GlobalVariable *Constants::constant(llvm::Constant *data, const llvm::Twine &name, uint64_t align) {
  auto *global = new llvm::GlobalVariable(emitter.module, data->getType(), true, llvm::GlobalValue::PrivateLinkage,
                                          data, name);
  global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  global->setAlignment(llvm::Align(align));
  return global;
}

static llvm::Constant *payloadAt(llvm::Constant *block, uint64_t offset) {
  llvm::LLVMContext &context = block->getContext();
  return llvm::ConstantExpr::getInBoundsGetElementPtr(
      llvm::Type::getInt8Ty(context), block, llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), offset));
}

static llvm::Constant *padding(llvm::LLVMContext &context, uint64_t bytes) {
  return llvm::Constant::getNullValue(llvm::ArrayType::get(llvm::Type::getInt8Ty(context), bytes));
}

/// Parts that lie one behind the other, with bytes between them where one has to lie further on.
struct PartsAt {
  llvm::LLVMContext &context;
  llvm::SmallVectorImpl<llvm::Constant *> &parts;
  uint64_t offset = 0; ///< Where the next one lies.
  void padTo(uint64_t target) {
    if (target > offset)
      parts.push_back(padding(context, target - offset));
    offset = target;
  }
};

/// Equal parts side by side. Their types may differ where empty parts are spelled otherwise: a packed struct then.
static llvm::Constant *arrayOf(llvm::ArrayRef<llvm::Constant *> parts) {
  llvm::Type *type = parts[0]->getType();
  if (llvm::all_of(parts, [&](llvm::Constant *part) { return part->getType() == type; }))
    return llvm::ConstantArray::get(llvm::ArrayType::get(type, parts.size()), parts);
  return llvm::ConstantStruct::getAnon(parts, /*Packed=*/true);
}

llvm::Constant *Constants::string(llvm::StringRef text) {
  llvm::Constant *&payload = strings[text];
  if (!payload) {
    llvm::LLVMContext &context = emitter.context;
    auto *data = llvm::ConstantStruct::getAnon({
        word(context, text.size()), word(context, 0),
        word(context, emitter.descriptors.stringIndex()), word(context, uint32_t(abi::kImmortal)),
        llvm::ConstantDataArray::getString(context, text, true)});
    payload = payloadAt(constant(data, "$str", 16), -abi::kLengthOffset);
  }
  return payload;
}

llvm::Constant *Constants::emptyArray(TypeId type) {
  llvm::Constant *&payload = emptyArrays[type];
  if (payload)
    return payload;
  llvm::LLVMContext &context = emitter.context;
  llvm::SmallVector<llvm::Constant *, 8> words;
  uint64_t before = 0;
  if (emitter.types.kind(type) == TypeKind::Rect) {
    // The header is padded in front, so that the payload is 16-byte aligned too.
    before = llvm::alignTo(-abi::dimensionOffset(int(emitter.types[type].count), 0), 16) + abi::kLengthOffset;
    words.append(before / 4, word(context, 0));
  }
  words.append({word(context, 0), word(context, 0), word(context, emitter.descriptors.index(type)),
                word(context, uint32_t(abi::kImmortal))});
  auto *data = llvm::ConstantArray::get(llvm::ArrayType::get(words[0]->getType(), words.size()), words);
  // A payload of its own: the address behind the header must not be that of another constant.
  auto *block = llvm::ConstantStruct::getAnon({data, word(context, 0)});
  llvm::Constant *made = payloadAt(constant(block, "empty$" + emitter.types.spell(type), 16),
                                   before - abi::kLengthOffset);
  return emptyArrays[type] = made;
}

llvm::Constant *Constants::array(TypeId type, llvm::ArrayRef<dil::Constant> elements) {
  if (elements.empty())
    return emptyArray(type);
  llvm::LLVMContext &context = emitter.context;
  llvm::SmallVector<llvm::Constant *, 16> parts;
  for (const dil::Constant &element : elements)
    parts.push_back(memory(emitter.types[type].element, element));
  llvm::Constant *all = arrayOf(parts);
  llvm::Constant *&payload = arrays[llvm::ConstantStruct::getAnon({word(context, emitter.descriptors.index(type)), all})];
  if (!payload) {
    auto *data = llvm::ConstantStruct::getAnon({word(context, elements.size()), word(context, 0),
                                                word(context, emitter.descriptors.index(type)),
                                                word(context, uint32_t(abi::kImmortal)), all}, /*Packed=*/true);
    payload = payloadAt(constant(data, "array$" + emitter.types.spell(type), 16), -abi::kLengthOffset);
  }
  return payload;
}

llvm::Constant *Constants::memory(TypeId type, const dil::Constant &value) {
  const Type &row = emitter.types[type];
  switch (value.constKind) {
  case dil::ConstKind::Int: case dil::ConstKind::Bool: case dil::ConstKind::Char: {
    llvm::Type *memory = emitter.lowering.memoryType(type);
    auto *bits = llvm::ConstantInt::get(llvm::Type::getInt64Ty(emitter.context), value.bits);
    return memory->isPointerTy() ? llvm::ConstantExpr::getIntToPtr(bits, memory) : llvm::ConstantInt::get(memory, value.bits);
  }
  case dil::ConstKind::Float: return llvm::ConstantFP::get(emitter.lowering.memoryType(type), value.number);
  case dil::ConstKind::String: return string(value.text);
  case dil::ConstKind::Null: return llvm::Constant::getNullValue(zeroMemory(type)->getType());
  case dil::ConstKind::Zero: return zeroMemory(type);
  case dil::ConstKind::Parts: break;
  }
  if (row.kind == TypeKind::Array)
    return array(type, value.parts);
  llvm::SmallVector<llvm::Constant *, 8> parts;
  PartsAt at{emitter.context, parts};
  for (unsigned i = 0; i < value.parts.size(); ++i) {
    bool isFixed = row.kind == TypeKind::FixedArray;
    TypeId part = isFixed ? row.element : row.args[i];
    if (!isFixed)
      at.padTo(emitter.types.fieldOffset(type, i));
    parts.push_back(memory(part, value.parts[i]));
    at.offset += emitter.lowering[part].size;
  }
  at.padTo(emitter.lowering[type].size);
  return row.kind == TypeKind::FixedArray ? arrayOf(parts) : llvm::ConstantStruct::getAnon(emitter.context, parts, /*Packed=*/true);
}

llvm::Constant *Constants::address(TypeId type, const dil::Constant &value) {
  if (value.constKind != dil::ConstKind::Parts)
    return zeroValueAddress(type); // An optional's null is its zero value.
  llvm::Constant *data = memory(type, value);
  llvm::Constant *&address = values[data];
  if (!address)
    address = constant(data, "value$" + emitter.types.spell(type), emitter.lowering[type].align.value());
  return address;
}

llvm::Constant *Constants::closure(llvm::Constant *code, uint32_t typeIndex) {
  llvm::Constant *&payload = closures[code];
  if (!payload) {
    llvm::LLVMContext &context = emitter.context;
    auto *data = llvm::ConstantStruct::getAnon({word(context, typeIndex), word(context, uint32_t(abi::kImmortal)), code});
    payload = payloadAt(constant(data, "closure$" + code->getName(), 8), -abi::kTypeOffset);
  }
  return payload;
}

llvm::Constant *Constants::cString(llvm::StringRef text) {
  llvm::Constant *&address = cStrings[text];
  if (!address)
    address = constant(llvm::ConstantDataArray::getString(emitter.context, text, true), "$text", 1);
  return address;
}

llvm::Constant *Constants::place(SourceLoc loc) {
  if (!loc.isValid())
    return llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  LineColumn position = emitter.sources.lineColumn(loc);
  return cString((emitter.sources.name(position.file) + ":" + llvm::Twine(position.line) + ":" +
                  llvm::Twine(position.column)).str());
}

/// Strings and arrays: their zero value is an empty buffer, not null.
static bool isBuffer(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Array || kind == TypeKind::Rect;
}

llvm::Constant *Constants::zeroScalar(TypeId type) {
  TypeKind kind = emitter.types.kind(type);
  if (isBuffer(kind))
    return kind == TypeKind::String ? string("") : emptyArray(type);
  return llvm::Constant::getNullValue(emitter.lowering.scalar(type));
}

bool Constants::isZeroBits(TypeId type) {
  // Optionals are empty, enums are their first case, class references are unset: zero bits.
  const Type &row = emitter.types[type];
  if (row.kind == TypeKind::FixedArray)
    return row.count == 0 || isZeroBits(row.element);
  if (row.kind == TypeKind::Tuple)
    return llvm::all_of(row.args, [&](TypeId part) { return isZeroBits(part); });
  if (row.kind == TypeKind::Struct)
    return llvm::all_of(emitter.types.info(type).fields, [&](const FieldInfo &field) { return isZeroBits(field.type); });
  if (row.kind == TypeKind::Enum && emitter.types.isPayloadEnum(type))
    return llvm::all_of(emitter.types.info(type).cases.front().parts, [&](const FieldInfo &part) { return isZeroBits(part.type); });
  return !isBuffer(row.kind);
}

/// Appends the bytes of the type's zero value, padding included.
void Constants::flattenZero(TypeId type, llvm::SmallVectorImpl<llvm::Constant *> &parts) {
  const Lowering &lowering = emitter.lowering[type];
  auto *byte = llvm::Type::getInt8Ty(emitter.context);
  if (isZeroBits(type)) {
    parts.push_back(llvm::Constant::getNullValue(
        lowering.isScalar ? lowering.leaves[0].memory : llvm::ArrayType::get(byte, lowering.size)));
    return;
  }
  if (lowering.isScalar) {
    parts.push_back(zeroScalar(type));
    return;
  }
  const Type &row = emitter.types[type];
  if (row.kind == TypeKind::FixedArray) {
    llvm::Constant *element = zeroMemory(row.element);
    auto *array = llvm::ArrayType::get(element->getType(), row.count);
    parts.push_back(llvm::ConstantArray::get(array, llvm::SmallVector<llvm::Constant *>(row.count, element)));
    return;
  }
  PartsAt at{emitter.context, parts};
  if (row.kind == TypeKind::Enum) {
    const std::vector<FieldInfo> &first = emitter.types.info(type).cases.front().parts;
    for (unsigned i = 0; i < first.size(); ++i) {
      at.padTo(emitter.types.payloadOffset(type, 0, i));
      flattenZero(first[i].type, parts);
      at.offset += emitter.lowering[first[i].type].size;
    }
    return at.padTo(lowering.size);
  }
  unsigned count = row.kind == TypeKind::Tuple ? row.args.size() : emitter.types.info(type).fields.size();
  for (unsigned i = 0; i < count; ++i) {
    TypeId part = row.kind == TypeKind::Tuple ? row.args[i] : emitter.types.info(type).fields[i].type;
    at.padTo(emitter.types.fieldOffset(type, i));
    flattenZero(part, parts);
    at.offset += emitter.lowering[part].size;
  }
  at.padTo(lowering.size);
}

llvm::Constant *Constants::zeroMemory(TypeId type) {
  llvm::SmallVector<llvm::Constant *, 8> parts;
  flattenZero(type, parts);
  if (parts.size() == 1)
    return parts[0];
  return llvm::ConstantStruct::getAnon(emitter.context, parts, /*Packed=*/true);
}

llvm::Constant *Constants::zeroValueAddress(TypeId type) {
  llvm::Constant *&address = zeroValues[type];
  if (!address) {
    llvm::Constant *data = zeroMemory(type);
    address = constant(data, "zero$" + emitter.types.spell(type), emitter.lowering[type].align.value());
  }
  return address;
}

} // namespace dream::codegen
