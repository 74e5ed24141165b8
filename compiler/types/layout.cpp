// Sizes, offsets, and what copying and dropping a value means. Layout is the same on every target, but for the size of a
// pointer: each part at its natural alignment, in the order of declaration, unless the type's attributes say otherwise.
#include "compiler/types/types.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

namespace dream {

//===-- Layout ------------------------------------------------------------------------------------------------===//

/// Lays parts out one after the other; `offset` receives where part `upTo` begins.
Layout TypeTable::sequence(llvm::ArrayRef<TypeId> parts, unsigned upTo, uint64_t *offset, uint32_t mostAlign) const {
  Layout whole;
  for (unsigned i = 0; i < parts.size(); ++i) {
    Layout part = layout(parts[i]);
    part.align = std::min(part.align, mostAlign);
    whole.size = llvm::alignTo(whole.size, part.align);
    if (offset && i == upTo)
      *offset = whole.size;
    whole.size += part.size;
    whole.align = std::max(whole.align, part.align);
  }
  whole.size = llvm::alignTo(whole.size, whole.align);
  return whole;
}

static llvm::SmallVector<TypeId, 8> fieldTypes(const NominalInfo &info) {
  llvm::SmallVector<TypeId, 8> result;
  for (const FieldInfo &field : info.fields)
    result.push_back(field.type);
  return result;
}

/// The fields of a struct or class, as its attributes lay them out.
Layout TypeTable::fieldsOf(const NominalInfo &info, unsigned upTo, uint64_t *offset) const {
  uint32_t most = info.isPacked ? 1 : info.isCLayout ? std::max(cWideAlign, pointerSize) : ~0u;
  Layout whole = sequence(fieldTypes(info), upTo, offset, most);
  whole.align = std::max(whole.align, info.align);
  whole.size = llvm::alignTo(whole.size, whole.align);
  return whole;
}

static llvm::SmallVector<TypeId, 4> partTypes(const EnumCase &variant) {
  llvm::SmallVector<TypeId, 4> parts;
  for (const FieldInfo &part : variant.parts)
    parts.push_back(part.type);
  return parts;
}

/// Remembered: a struct whose parts are structs of the same type asks for each of them many times.
Layout TypeTable::layout(TypeId id) const {
  if (layouts.size() <= id.index)
    layouts.resize(rows.size(), Layout{0, 0});
  if (layouts[id.index].align == 0) {
    layouts[id.index] = Layout{0, 1}; // what a struct that contains itself finds: reported by the checker
    Layout found = computeLayout(id);
    layouts[id.index] = found;
  }
  return layouts[id.index];
}

Layout TypeTable::computeLayout(TypeId id) const {
  const Type &type = (*this)[id];
  auto scalar = [](uint64_t size) { return Layout{size, uint32_t(size)}; };
  switch (type.kind) {
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never:
    return {0, 1};
  case TypeKind::Bool: case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16:
  case TypeKind::UInt16: case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64:
  case TypeKind::NInt: case TypeKind::NUInt: case TypeKind::Float32: case TypeKind::Float64:
    return scalar(bits(id) / 8);
  case TypeKind::Null: case TypeKind::String: case TypeKind::Object: case TypeKind::Array: case TypeKind::Rect:
  case TypeKind::Pointer: case TypeKind::Func: case TypeKind::Class: case TypeKind::Interface: case TypeKind::Weak: case TypeKind::TypeParam:
    return scalar(pointerSize);
  case TypeKind::FixedArray: {
    Layout element = layout(type.element);
    return {element.size * type.count, element.align};
  }
  case TypeKind::Optional:
    if (isCounted(type.element))
      return scalar(pointerSize);
    return sequence({type.element, types::Bool}, 0, nullptr);
  case TypeKind::Tuple:
    return sequence(type.args, 0, nullptr);
  case TypeKind::Struct:
    return fieldsOf(info(type.nominal));
  case TypeKind::Enum: {
    if (isNicheEnum(id))
      return scalar(pointerSize);
    // A tag, padding, and room for the largest variant.
    const NominalInfo &info = this->info(type.nominal);
    Layout tag = layout(info.underlying.isValid() ? info.underlying : types::Int32), payload;
    for (const EnumCase &variant : info.cases) {
      Layout size = sequence(partTypes(variant), 0, nullptr);
      payload.size = std::max(payload.size, size.size);
      payload.align = std::max(payload.align, size.align);
    }
    if (payload.size == 0)
      return tag;
    Layout whole{llvm::alignTo(tag.size, payload.align) + payload.size, std::max(tag.align, payload.align)};
    whole.size = llvm::alignTo(whole.size, whole.align);
    return whole;
  }
  }
  llvm_unreachable("unknown kind of type");
}

uint64_t TypeTable::fieldOffset(TypeId holder, unsigned index) const {
  uint64_t offset = 0;
  if (kind(holder) == TypeKind::Enum) {
    auto [variant, part] = partNumbered(holder, index);
    return payloadOffset(holder, variant, part);
  }
  if (kind(holder) == TypeKind::Tuple)
    sequence((*this)[holder].args, index, &offset);
  else if (kind(holder) == TypeKind::Optional)
    sequence({(*this)[holder].element, types::Bool}, index, &offset);
  else
    fieldsOf(info(holder), index, &offset);
  return offset;
}

unsigned TypeTable::firstPart(TypeId enumType, unsigned variant) const {
  unsigned first = 0;
  for (unsigned i = 0; i < variant; ++i)
    first += info(enumType).cases[i].parts.size();
  return first;
}

std::pair<unsigned, unsigned> TypeTable::partNumbered(TypeId enumType, uint64_t number) const {
  const std::vector<EnumCase> &cases = info(enumType).cases;
  unsigned variant = 0;
  while (variant < cases.size() && number >= cases[variant].parts.size())
    number -= cases[variant++].parts.size();
  return {variant, unsigned(number)};
}

bool TypeTable::isNicheEnum(TypeId id) const {
  if (kind(id) != TypeKind::Enum)
    return false;
  const std::vector<EnumCase> &cases = info(id).cases;
  if (cases.size() != 2 || !cases[0].parts.empty() || cases[1].parts.size() != 1)
    return false;
  TypeId part = cases[1].parts[0].type;
  switch (kind(part)) {
  case TypeKind::Interface: case TypeKind::Object: case TypeKind::Func: case TypeKind::String: case TypeKind::Array:
    return true;
  case TypeKind::Class:
    return !info(part).isOwn;
  default: // what may be null, and what is no reference
    return false;
  }
}

/// The payloads of all cases begin at the same place: behind the tag, where the most demanding part may lie.
uint64_t TypeTable::payloadOffset(TypeId enumType, unsigned variant, unsigned index) const {
  if (isNicheEnum(enumType))
    return 0;
  const NominalInfo &info = this->info(enumType);
  uint32_t align = 1;
  for (const EnumCase &one : info.cases)
    align = std::max(align, sequence(partTypes(one), 0, nullptr).align);
  uint64_t start = llvm::alignTo(layout(info.underlying).size, align), offset = 0;
  sequence(partTypes(info.cases[variant]), index, &offset);
  return start + offset;
}

Layout TypeTable::objectLayout(TypeId classType) const { return fieldsOf(info(classType)); }

//===-- Kinds of values ---------------------------------------------------------------------------------------===//

template <typename T>
T TypeTable::memoised(std::vector<uint8_t> &memo, TypeId id, T meanwhile, T (TypeTable::*compute)(TypeId) const) const {
  if (memo.size() <= id.index)
    memo.resize(rows.size(), 0);
  if (memo[id.index] == 255)
    return meanwhile;
  if (memo[id.index] == 0) {
    memo[id.index] = 255;
    T found = (this->*compute)(id); // The memo may grow.
    memo[id.index] = uint8_t(found) + 1;
  }
  return T(memo[id.index] - 1);
}

ValueKind TypeTable::valueKind(TypeId id) const {
  // A struct that contains itself is reported by the checker.
  return memoised(valueKinds, id, ValueKind::Plain, &TypeTable::computeValueKind);
}

ValueKind TypeTable::computeValueKind(TypeId id) const {
  const Type &type = (*this)[id];
  ValueKind kind = ValueKind::Plain;
  auto add = [&](TypeId part) { kind = std::max(kind, valueKind(part)); };
  switch (type.kind) {
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never: case TypeKind::Null: case TypeKind::Bool:
  case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16: case TypeKind::UInt16:
  case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::NInt:
  case TypeKind::NUInt: case TypeKind::Float32: case TypeKind::Float64: case TypeKind::Pointer:
    return ValueKind::Plain;
  case TypeKind::String: case TypeKind::Func: case TypeKind::Weak:
    return ValueKind::Value;
  case TypeKind::Object: case TypeKind::Interface:
    return ValueKind::ClassRef;
  case TypeKind::TypeParam:
    return type.isConst ? ValueKind::Own : ValueKind::ClassRef;
  case TypeKind::Class:
    return info(type.nominal).isOwn ? ValueKind::Own : ValueKind::ClassRef;
  case TypeKind::Array: case TypeKind::Rect:
    return std::max(ValueKind::Value, valueKind(type.element));
  case TypeKind::FixedArray: case TypeKind::Optional:
    return valueKind(type.element);
  case TypeKind::Tuple:
    for (TypeId part : type.args)
      add(part);
    return kind;
  case TypeKind::Struct:
    if (info(type.nominal).isOwn || info(type.nominal).hasDestructor)
      kind = ValueKind::Own;
    for (const FieldInfo &field : info(type.nominal).fields)
      add(field.type);
    return kind;
  case TypeKind::Enum:
    for (const EnumCase &variant : info(type.nominal).cases)
      for (const FieldInfo &part : variant.parts)
        add(part.type);
    return kind;
  }
  llvm_unreachable("unknown kind of type");
}

bool TypeTable::holdsArray(TypeId id) const {
  const Type &type = (*this)[id];
  auto holds = [&](const FieldInfo &part) { return holdsArray(part.type); };
  switch (type.kind) {
  case TypeKind::Array: case TypeKind::Rect:
    return true;
  case TypeKind::Optional: case TypeKind::FixedArray:
    return holdsArray(type.element);
  case TypeKind::Tuple:
    return llvm::any_of(type.args, [&](TypeId part) { return holdsArray(part); });
  case TypeKind::Struct:
    return llvm::any_of(info(type.nominal).fields, holds);
  case TypeKind::Enum:
    return llvm::any_of(info(type.nominal).cases, [&](const EnumCase &variant) { return llvm::any_of(variant.parts, holds); });
  default: // references and plain values
    return false;
  }
}

int TypeTable::aliveField(TypeId id) const {
  if (kind(id) != TypeKind::Struct || !info(id).hasDestructor || info(id).fields.empty())
    return -1;
  const FieldInfo &last = info(id).fields.back();
  return last.type == types::Bool && last.name.text() == "(alive)" ? int(info(id).fields.size()) - 1 : -1;
}

bool TypeTable::canBeEmptied(TypeId id) const {
  return kind(id) == TypeKind::Optional || (isPayloadEnum(id) && info(id).cases.front().parts.empty());
}

bool TypeTable::hasZeroValue(TypeId id) const {
  // A struct that contains itself is reported by the checker.
  return memoised(zeroValues, id, true, &TypeTable::computeZeroValue);
}

bool TypeTable::computeZeroValue(TypeId id) const {
  const Type &type = (*this)[id];
  switch (type.kind) {
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never: case TypeKind::Null: case TypeKind::Bool:
  case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16: case TypeKind::UInt16:
  case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::NInt:
  case TypeKind::NUInt: case TypeKind::Float32: case TypeKind::Float64: case TypeKind::Pointer: case TypeKind::String:
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::Optional: case TypeKind::Weak:
    return true;
  case TypeKind::Object: case TypeKind::Func: case TypeKind::Class: case TypeKind::Interface: case TypeKind::TypeParam:
    return false;
  case TypeKind::FixedArray:
    return hasZeroValue(type.element);
  case TypeKind::Tuple:
    return llvm::all_of(type.args, [&](TypeId part) { return hasZeroValue(part); });
  case TypeKind::Struct: {
    if (valueKind(id) == ValueKind::Own)
      return false;
    return llvm::all_of(info(type.nominal).fields, [&](const FieldInfo &field) { return hasZeroValue(field.type); });
  }
  case TypeKind::Enum: {
    const NominalInfo &info = this->info(type.nominal);
    return info.cases.empty() ||
           llvm::all_of(info.cases.front().parts, [&](const FieldInfo &part) { return hasZeroValue(part.type); });
  }
  }
  llvm_unreachable("unknown kind of type");
}

//===-- References --------------------------------------------------------------------------------------------===//

template <typename F> bool TypeTable::anyPart(const Type &type, F &&test) const {
  auto inFields = [&](llvm::ArrayRef<FieldInfo> fields) {
    return llvm::any_of(fields, [&](const FieldInfo &field) { return test(field.type); });
  };
  switch (type.kind) {
  case TypeKind::Optional: case TypeKind::FixedArray:
    return test(type.element);
  case TypeKind::Tuple:
    return llvm::any_of(type.args, test);
  case TypeKind::Struct:
    return inFields(info(type.nominal).fields);
  case TypeKind::Enum:
    return llvm::any_of(info(type.nominal).cases, [&](const EnumCase &variant) { return inFields(variant.parts); });
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never: case TypeKind::Null: case TypeKind::Bool:
  case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16: case TypeKind::UInt16:
  case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::NInt:
  case TypeKind::NUInt: case TypeKind::Float32: case TypeKind::Float64: case TypeKind::String: case TypeKind::Pointer:
  case TypeKind::Weak: case TypeKind::Class: case TypeKind::Interface: case TypeKind::Object: case TypeKind::Array:
  case TypeKind::Rect: case TypeKind::Func: case TypeKind::TypeParam:
    return false;
  }
  llvm_unreachable("unknown kind of type");
}

bool TypeTable::mayRefer(TypeId id) const {
  // A type that holds itself does so by reference.
  return memoised(references, id, true, &TypeTable::computeMayRefer);
}

bool TypeTable::computeMayRefer(TypeId id) const {
  const Type &type = (*this)[id];
  constexpr TypeKind kReferences[] = {TypeKind::Class, TypeKind::Interface, TypeKind::Object,   TypeKind::Array,
                                      TypeKind::Rect,  TypeKind::Func,      TypeKind::TypeParam};
  return llvm::is_contained(kReferences, type.kind) || anyPart(type, [&](TypeId part) { return mayRefer(part); });
}

bool TypeTable::mayReferToString(TypeId id) const {
  return memoised(stringReferences, id, true, &TypeTable::computeMayReferToString);
}

bool TypeTable::computeMayReferToString(TypeId id) const {
  const Type &type = (*this)[id];
  constexpr TypeKind kReferences[] = {TypeKind::String, TypeKind::Interface, TypeKind::Object, TypeKind::TypeParam};
  return llvm::is_contained(kReferences, type.kind) || anyPart(type, [&](TypeId part) { return mayReferToString(part); });
}

//===-- Drop significance -------------------------------------------------------------------------------------===//

/// The nominal types that a value of the type owns directly; `unknown` if it may own anything.
static void ownedNominals(const TypeTable &table, TypeId id, llvm::SmallVectorImpl<NominalId> &out, bool &unknown) {
  const Type &type = table[id];
  switch (type.kind) {
  case TypeKind::Object: case TypeKind::Func:
    unknown = true;
    return;
  case TypeKind::TypeParam: // of a definition, whose objects nobody makes
    return;
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::FixedArray: case TypeKind::Optional:
    return ownedNominals(table, type.element, out, unknown);
  case TypeKind::Tuple:
    for (TypeId part : type.args)
      ownedNominals(table, part, out, unknown);
    return;
  case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface: case TypeKind::Enum:
    out.push_back(type.nominal);
    return;
  default: // the kinds without parts
    return;
  }
}

/// The least solution over all nominal types: significance flows from a part to its holder, from a class to its base
/// (whose variables may hold it), and from a type to its interfaces.
void TypeTable::computeDropSignificance() const {
  size_t count = nominals.size();
  dropSignificant.assign(count, false);
  std::vector<llvm::SmallVector<uint32_t, 2>> holders(count);
  std::vector<uint32_t> work;
  auto mark = [&](uint32_t index) {
    if (!dropSignificant[index]) {
      dropSignificant[index] = true;
      work.push_back(index);
    }
  };
  weakTargets.clear();
  for (const Type *row : rows)
    if (row->kind == TypeKind::Weak)
      weakTargets.push_back(row->element);
  anySignificant = !weakTargets.empty() || llvm::any_of(nominals, [](const NominalInfo &info) { return info.hasDestructor; });
  for (uint32_t i = 0; i < count; ++i) {
    const NominalInfo &info = nominals[i];
    if (llvm::any_of(weakTargets, [&](TypeId target) { return isSubtype(info.type, target); }))
      mark(i);
    for (const NominalInfo *one = &info; one; one = one->base.isValid() ? &nominals[(*this)[one->base].nominal.index] : nullptr)
      if (one->hasDestructor) // Destructors are inherited.
        mark(i);
    llvm::SmallVector<NominalId, 8> owned;
    bool unknown = info.ownsAnything;
    for (const FieldInfo &field : info.fields)
      ownedNominals(*this, field.type, owned, unknown);
    for (const EnumCase &variant : info.cases)
      for (const FieldInfo &part : variant.parts)
        ownedNominals(*this, part.type, owned, unknown);
    for (NominalId part : owned)
      holders[part.index].push_back(i);
    if (unknown && anySignificant)
      mark(i);
    if (info.base.isValid())
      holders[i].push_back((*this)[info.base].nominal.index);
    for (TypeId interface : info.interfaces)
      holders[i].push_back((*this)[interface].nominal.index);
  }
  while (!work.empty()) {
    uint32_t index = work.back();
    work.pop_back();
    for (uint32_t holder : holders[index])
      mark(holder);
  }
}

bool TypeTable::isWeakTarget(TypeId id) const {
  if (dropSignificant.size() != nominals.size())
    computeDropSignificance();
  return llvm::any_of(weakTargets, [&](TypeId target) { return isSubtype(id, target); });
}

bool TypeTable::isDropSignificant(TypeId id) const {
  if (dropSignificant.size() != nominals.size())
    computeDropSignificance();
  llvm::SmallVector<NominalId, 8> owned;
  bool unknown = false;
  ownedNominals(*this, id, owned, unknown);
  return (unknown && anySignificant) || llvm::any_of(owned, [&](NominalId part) { return dropSignificant[part.index]; });
}

} // namespace dream
