#include "compiler/dil/module.h"

namespace dream::dil {

llvm::StringRef mnemonic(InstKind kind) {
  switch (kind) {
#define INST(STRUCT, MNEMONIC, STAGE)                                                                                  \
  case InstKind::STRUCT:                                                                                               \
    return MNEMONIC;
#include "compiler/dil/inst_kinds.def"
  }
  __builtin_unreachable();
}

bool isTerminator(const Inst &inst) {
  if (auto *call = llvm::dyn_cast<CallBase>(&inst))
    return call->canThrow();
  switch (inst.kind) {
#define INST(STRUCT, MNEMONIC, STAGE)                                                                                  \
  case InstKind::STRUCT:                                                                                               \
    return false;
#define TERMINATOR(STRUCT, MNEMONIC, STAGE)                                                                            \
  case InstKind::STRUCT:                                                                                               \
    return true;
#include "compiler/dil/inst_kinds.def"
  }
  __builtin_unreachable();
}

uint64_t partCount(const TypeTable &types, TypeId holder) {
  const Type &type = types[holder];
  if (type.nominal.isValid())
    return types.info(type.nominal).fields.size();
  if (type.kind == TypeKind::Tuple)
    return type.args.size();
  if (types.isTaggedOptional(holder))
    return 2;
  return type.kind == TypeKind::FixedArray ? type.count : 0;
}

TypeId partType(const TypeTable &types, TypeId holder, uint64_t index) {
  if (index >= partCount(types, holder))
    return {};
  const Type &type = types[holder];
  if (type.nominal.isValid())
    return types.info(type.nominal).fields[index].type;
  if (type.kind == TypeKind::Optional)
    return index == 0 ? type.element : types::Bool;
  return type.kind == TypeKind::Tuple ? type.args[index] : type.element;
}

bool holdsArray(const TypeTable &types, TypeId type) {
  const Type &row = types[type];
  if (row.kind == TypeKind::Array || row.kind == TypeKind::Rect)
    return true;
  if (row.kind == TypeKind::Optional || row.kind == TypeKind::FixedArray)
    return holdsArray(types, row.element);
  if (row.kind == TypeKind::Enum)
    return llvm::any_of(types.info(type).cases, [&](const EnumCase &variant) {
      return llvm::any_of(variant.parts, [&](const FieldInfo &part) { return holdsArray(types, part.type); });
    });
  if (row.kind == TypeKind::Struct || row.kind == TypeKind::Tuple)
    for (unsigned i = 0, end = partCount(types, type); i < end; ++i)
      if (holdsArray(types, partType(types, type, i)))
        return true;
  return false;
}

TypeId elementType(const TypeTable &types, TypeId holder) {
  const Type &type = types[holder];
  if (type.kind == TypeKind::String)
    return types::UInt8;
  bool hasElements = type.kind == TypeKind::Array || type.kind == TypeKind::Rect ||
                     type.kind == TypeKind::FixedArray || type.kind == TypeKind::Pointer;
  return hasElements ? type.element : TypeId();
}

Function::~Function() {
  for (Inst *inst : owned)
    dispatch(*inst, [](auto &typed) {
      using T = std::remove_reference_t<decltype(typed)>;
      typed.~T();
    });
}

} // namespace dream::dil
