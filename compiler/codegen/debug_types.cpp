// Types for debuggers; debug_info.h says what they shall see.
#include "compiler/codegen/module_emitter.h"
#include "runtime/abi/object.h"
#include "llvm/BinaryFormat/Dwarf.h"

namespace dream::codegen {

namespace dwarf = llvm::dwarf;

llvm::DIType *DebugInfo::type(TypeId id) {
  auto found = types.find(id);
  if (found != types.end())
    return found->second;
  llvm::DIType *made = makeType(id);
  types[id] = made;
  return made;
}

/// A structure. It is known before its members are made: they may refer to it.
llvm::DIType *DebugInfo::parts(TypeId id, llvm::ArrayRef<std::pair<std::string, TypeId>> members,
                               llvm::ArrayRef<uint64_t> offsets) {
  const TypeTable &table = emitter.types;
  bool isClass = table.kind(id) == TypeKind::Class;
  Layout layout = isClass ? table.objectLayout(id) : table.layout(id);
  TypeKind kind = table.kind(id);
  bool isNominal = isClass || kind == TypeKind::Struct;
  LineColumn position;
  if (isNominal && table.info(id).range.isValid())
    position = emitter.sources.lineColumn(table.info(id).range.begin);
  llvm::DIFile *where = position.line ? file(position.file) : unit->getFile();
  auto *structure = llvm::DICompositeType::getDistinct(
      emitter.context, dwarf::DW_TAG_structure_type, table.spell(id), where, position.line, unit->getFile(), nullptr,
      layout.size * 8, layout.align * 8, 0, llvm::DINode::FlagZero, nullptr, 0, nullptr);
  llvm::DIType *result = structure;
  if (isClass)
    result = builder.createPointerType(structure, table.pointerBytes() * 8);
  types[id] = result;
  llvm::SmallVector<llvm::Metadata *, 8> elements;
  for (size_t i = 0; i < members.size(); ++i) {
    Layout member = table.layout(members[i].second);
    elements.push_back(builder.createMemberType(structure, members[i].first, where, position.line, member.size * 8,
                                                member.align * 8, offsets[i] * 8, llvm::DINode::FlagPublic,
                                                type(members[i].second)));
  }
  structure->replaceElements(builder.getOrCreateArray(elements));
  return result;
}

/// A reference to elements, whose number the debugger reads from the header before them.
llvm::DIType *DebugInfo::array(TypeId id) {
  const Type &row = emitter.types[id];
  Layout element = emitter.types.layout(row.element);
  auto lengthAt = [&](int offset) {
    return builder.createExpression(llvm::ArrayRef<uint64_t>{dwarf::DW_OP_push_object_address, dwarf::DW_OP_constu,
                                                             uint64_t(-offset), dwarf::DW_OP_minus,
                                                             dwarf::DW_OP_deref_size, 4});
  };
  llvm::SmallVector<llvm::Metadata *, 2> dimensions;
  auto *zero = llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt64Ty(emitter.context), 0));
  auto dimension = [&](int offset) { return builder.getOrCreateSubrange(lengthAt(offset), zero, nullptr, nullptr); };
  if (row.kind == TypeKind::Rect)
    for (unsigned i = 0; i < row.count; ++i)
      dimensions.push_back(dimension(abi::dimensionOffset(int(row.count), int(i))));
  else
    dimensions.push_back(dimension(abi::kLengthOffset));
  llvm::DIType *elements = builder.createArrayType(0, element.align * 8, type(row.element),
                                                   builder.getOrCreateArray(dimensions));
  return builder.createReferenceType(dwarf::DW_TAG_reference_type, elements, emitter.types.pointerBytes() * 8);
}

llvm::DIType *DebugInfo::makeType(TypeId id) {
  const TypeTable &table = emitter.types;
  const Type &row = table[id];
  uint64_t pointerBits = table.pointerBytes() * 8;
  auto basic = [&](unsigned encoding) { return builder.createBasicType(table.spell(id), table.bits(id), encoding); };
  auto named = [&](llvm::DIType *target) { return builder.createTypedef(target, table.spell(id), unit->getFile(), 0, nullptr); };
  switch (row.kind) {
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never: case TypeKind::TypeParam:
    return nullptr;
  case TypeKind::Bool:
    return basic(dwarf::DW_ATE_boolean);
  case TypeKind::Char: // gdb shows as a character what has this name
    return named(builder.createBasicType("char32_t", 32, dwarf::DW_ATE_UTF));
  case TypeKind::Int8: case TypeKind::Int16: case TypeKind::Int32: case TypeKind::Int64: case TypeKind::NInt:
    return basic(dwarf::DW_ATE_signed);
  case TypeKind::UInt8: case TypeKind::UInt16: case TypeKind::UInt32: case TypeKind::UInt64: case TypeKind::NUInt:
    return basic(dwarf::DW_ATE_unsigned);
  case TypeKind::Float32: case TypeKind::Float64:
    return basic(dwarf::DW_ATE_float);
  case TypeKind::String: {
    llvm::DIType *byte = builder.createBasicType("utf8", 8, dwarf::DW_ATE_unsigned_char);
    return named(builder.createPointerType(builder.createQualifiedType(dwarf::DW_TAG_const_type, byte), pointerBits));
  }
  case TypeKind::Null: case TypeKind::Object: case TypeKind::Interface: case TypeKind::Func: case TypeKind::Weak:
    return named(builder.createPointerType(builder.createUnspecifiedType(table.spell(id)), pointerBits));
  case TypeKind::Array: case TypeKind::Rect:
    return array(id);
  case TypeKind::FixedArray: {
    llvm::Metadata *count = builder.getOrCreateSubrange(0, int64_t(row.count));
    Layout layout = table.layout(id);
    return builder.createArrayType(layout.size * 8, layout.align * 8, type(row.element), builder.getOrCreateArray({count}));
  }
  case TypeKind::Pointer:
    return builder.createPointerType(type(row.element), pointerBits);
  case TypeKind::Optional:
    if (table.isCounted(id))
      return type(row.element);
    return parts(id, {{"value", row.element}, {"hasValue", types::Bool}}, {0, table.layout(row.element).size});
  case TypeKind::Tuple: {
    llvm::SmallVector<std::pair<std::string, TypeId>, 4> members;
    llvm::SmallVector<uint64_t, 4> offsets;
    for (unsigned i = 0; i < row.args.size(); ++i) {
      bool hasName = i < row.names.size() && !row.names[i].empty();
      members.push_back({hasName ? row.names[i].text().str() : "Item" + std::to_string(i + 1), row.args[i]});
      offsets.push_back(table.fieldOffset(id, i));
    }
    return parts(id, members, offsets);
  }
  case TypeKind::Class: case TypeKind::Struct: {
    llvm::SmallVector<std::pair<std::string, TypeId>, 8> members;
    llvm::SmallVector<uint64_t, 8> offsets;
    const auto &fields = table.info(id).fields;
    for (unsigned i = 0; i < fields.size(); ++i) {
      members.push_back({fields[i].name.text().str(), fields[i].type});
      offsets.push_back(table.fieldOffset(id, i));
    }
    return parts(id, members, offsets);
  }
  case TypeKind::Enum: {
    const NominalInfo &info = table.info(id);
    if (table.isNicheEnum(id))
      return parts(id, {{info.cases[1].name.text().str(), info.cases[1].parts[0].type}}, {0});
    if (info.hasPayload())
      return parts(id, {{"tag", info.underlying}}, {0});
    Layout layout = table.layout(id);
    llvm::SmallVector<llvm::Metadata *, 8> cases;
    for (const EnumCase &one : info.cases)
      cases.push_back(builder.createEnumerator(one.name.text(), one.value, !table.isSigned(emitter.lowering.underlying(id))));
    return builder.createEnumerationType(unit->getFile(), table.spell(id), unit->getFile(), 0, layout.size * 8,
                                         layout.align * 8, builder.getOrCreateArray(cases),
                                         type(emitter.lowering.underlying(id)));
  }
  }
  llvm_unreachable("unknown kind of type");
}

} // namespace dream::codegen
