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

TypeId fieldType(const TypeTable &types, TypeId holder, uint64_t index) {
  if (!types.isPayloadEnum(holder))
    return partType(types, holder, index);
  auto [variant, part] = types.partNumbered(holder, index);
  const std::vector<EnumCase> &cases = types.info(holder).cases;
  return variant < cases.size() ? cases[variant].parts[part].type : TypeId();
}

TypeId elementType(const TypeTable &types, TypeId holder) {
  const Type &type = types[holder];
  if (type.kind == TypeKind::String)
    return types::UInt8;
  if (types.isView(holder))
    return types.viewElement(holder);
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
