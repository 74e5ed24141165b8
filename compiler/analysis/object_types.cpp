#include "compiler/analysis/object_types.h"

namespace dream::analysis {

using namespace dil;

//===-- Sets --------------------------------------------------------------------------------------------------===//

bool TypeSet::meets(const TypeSet &other) const {
  if (isAny || other.isAny)
    return !isEmpty() && !other.isEmpty();
  if (closures && other.closures)
    return true;
  for (auto a = types.begin(), b = other.types.begin(); a != types.end() && b != other.types.end();) {
    if (*a == *b)
      return true;
    *a < *b ? ++a : ++b;
  }
  return false;
}

bool TypeSet::join(const TypeSet &other) {
  if (isAny)
    return false;
  if (other.isAny) {
    *this = anything();
    return true;
  }
  bool changed = other.closures && !closures;
  closures |= other.closures;
  for (TypeId type : other.types)
    if (auto at = llvm::lower_bound(types, type); at == types.end() || *at != type) {
      types.insert(at, type);
      changed = true;
    }
  return changed;
}

llvm::SmallVector<TypeSet, 2> TypeSet::split() const {
  /// More are not worth an object each.
  constexpr size_t kMost = 8;
  llvm::SmallVector<TypeSet, 2> parts;
  if (isAny || types.size() > kMost) {
    parts.push_back(*this);
    return parts;
  }
  for (TypeId type : types)
    parts.push_back(one(type));
  if (closures)
    parts.push_back(closure());
  return parts;
}

//===-- Types of a program ------------------------------------------------------------------------------------===//

ObjectTypes::ObjectTypes(const Module &module) : types(module.types) {
  for (const Function &function : module.functions)
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (auto *alloc = llvm::dyn_cast<AllocInst>(inst))
          classes.push_back(function[alloc->result].type);
        else if (auto *closure = llvm::dyn_cast<ClosureInst>(inst))
          environments.insert(closure->environment);
  // The runtime makes exceptions, and what the tables name.
  for (const ClassTable &table : module.classes)
    if (types.kind(table.type) == TypeKind::Class)
      classes.push_back(table.type);
  llvm::sort(classes);
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
}

void ObjectTypes::addReferred(TypeId id, TypeSet &set, unsigned depth) const {
  constexpr unsigned kDeepest = 16;
  if (!types.mayRefer(id))
    return;
  if (depth > kDeepest) {
    set.join(TypeSet::anything());
    return;
  }
  const Type &type = types[id];
  switch (type.kind) {
  case TypeKind::Class:
    set.join(environments.contains(id) ? TypeSet::closure() : TypeSet::one(id));
    for (TypeId made : classes)
      if (types.isSubtype(made, id))
        set.join(TypeSet::one(made));
    return;
  case TypeKind::Array: case TypeKind::Rect:
    set.join(TypeSet::one(id));
    return;
  case TypeKind::Func:
    set.join(TypeSet::closure());
    return;
  case TypeKind::Optional: case TypeKind::FixedArray:
    return addReferred(type.element, set, depth + 1);
  case TypeKind::Tuple:
    for (TypeId part : type.args)
      addReferred(part, set, depth + 1);
    return;
  case TypeKind::Struct:
    for (const FieldInfo &field : types.info(id).fields)
      addReferred(field.type, set, depth + 1);
    return;
  case TypeKind::Enum:
    for (const EnumCase &variant : types.info(id).cases)
      for (const FieldInfo &part : variant.parts)
        addReferred(part.type, set, depth + 1);
    return;
  default: // object, interfaces: boxes too
    set.join(TypeSet::anything());
  }
}

const TypeSet &ObjectTypes::referredBy(TypeId type) {
  std::unique_ptr<TypeSet> &row = referred[type];
  if (!row) {
    row = std::make_unique<TypeSet>();
    addReferred(type, *row);
  }
  return *row;
}

const TypeSet &ObjectTypes::heldByOne(TypeId exact) {
  if (auto found = held.find(exact); found != held.end())
    return *found->second;
  auto set = std::make_unique<TypeSet>();
  if (types.kind(exact) == TypeKind::Class)
    for (const FieldInfo &field : types.info(exact).fields)
      addReferred(field.type, *set);
  else
    addReferred(types[exact].element, *set);
  return *(held[exact] = std::move(set));
}

TypeSet ObjectTypes::heldBy(const TypeSet &holders) {
  TypeSet set;
  for (TypeId type : holders.list())
    set.join(heldByOne(type));
  if (holders.hasOthers()) // Closures and boxes hold what they like.
    set.join(TypeSet::anything());
  return set;
}

const TypeSet &ObjectTypes::reachedFrom(TypeId type) {
  if (auto found = reached.find(type); found != reached.end())
    return *found->second;
  auto set = std::make_unique<TypeSet>(reachedFrom(referredBy(type)));
  return *(reached[type] = std::move(set));
}

TypeSet ObjectTypes::reachedFrom(const TypeSet &holders) {
  if (holders.hasOthers())
    return TypeSet::anything();
  TypeSet all;
  for (TypeId type : holders.list()) {
    auto found = reachedFromExact.find(type);
    if (found == reachedFromExact.end()) {
      auto set = std::make_unique<TypeSet>(heldByOne(type));
      while (set->join(heldBy(*set))) {
      }
      found = reachedFromExact.insert({type, std::move(set)}).first;
    }
    all.join(*found->second);
  }
  return all;
}

} // namespace dream::analysis
