#include "compiler/passes/parts.h"

namespace dream::passes {

using namespace dil;
using analysis::ValueLife;

TypeId classOf(const TypeTable &types, TypeId type) {
  type = types.kind(type) == TypeKind::Optional ? types[type].element : type;
  return types.kind(type) == TypeKind::Class ? type : TypeId();
}

const FieldInst *partOfOwned(const Module &module, const Function &function, ValueId place) {
  const TypeTable &types = module.types;
  auto *field = llvm::dyn_cast_or_null<FieldInst>(function[place].definition);
  TypeId type = function[place].type;
  if (!field || types.isPlain(type) || types.isMoveOnly(type) || function[field->base].ownership == Ownership::Address)
    return nullptr;
  ValueId root = analysis::beforeCasts(function, field->base);
  if (function[root].ownership != Ownership::Owned || !classOf(types, function[root].type).isValid() ||
      types.kind(function[field->base].type) != TypeKind::Class || types.isDropSignificant(function[root].type) || types.isMoveOnly(function[root].type))
    return nullptr;
  auto *alloc = llvm::dyn_cast_or_null<AllocInst>(function[root].definition);
  return alloc && alloc->storage.isValid() ? nullptr : field; // In the frame or a region it would only be tested.
}

llvm::SmallVector<TypeId, 2> classesSeen(const TypeTable &types, const Function &function, TypeId type, const ValueLife &life) {
  llvm::SmallVector<TypeId, 2> classes;
  auto add = [&](TypeId seen) {
    if (seen.isValid() && !llvm::is_contained(classes, seen))
      classes.push_back(seen);
  };
  add(classOf(types, type));
  for (const ValueLife::Use &use : life.uses())
    if (auto *cast = llvm::dyn_cast<CastInst>(use.at.inst); cast && cast->cast == CastKind::Down)
      add(classOf(types, function[cast->result].type));
    else if (auto *payload = llvm::dyn_cast<PayloadInst>(use.at.inst))
      add(classOf(types, function[payload->result].type));
  return classes;
}

ValueId holderOf(const Function &function, ValueId value) {
  while (true) {
    value = analysis::beforeCasts(function, value);
    auto *payload = llvm::dyn_cast_or_null<PayloadInst>(function[value].definition);
    if (!payload)
      return value;
    value = payload->value;
  }
}

bool looksAtPart(const ValueLife::Use &use, int part) {
  bool isQuiet = use.part == ValueLife::kWhole ? llvm::isa<FieldInst, CastInst, CmpInst, CheckInst, TypeIsInst>(use.at.inst) && !use.consumes : use.part != part;
  return !isQuiet && !(use.consumes && llvm::isa<AllocInst>(use.at.inst));
}

} // namespace dream::passes
