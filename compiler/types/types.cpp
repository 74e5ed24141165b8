// Interning of types, and the questions that need no more than a type's own structure. Equality is structural; a chain
// of ids for each hash keeps interning at constant cost.
#include "compiler/types/types.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/Support/ErrorHandling.h"

namespace dream {

TypeTable::TypeTable(unsigned pointerBytes, unsigned cWideAlign) : pointerSize(pointerBytes), cWideAlign(cWideAlign) {
#define X(NAME)                                                                                                        \
  {                                                                                                                    \
    Type type{};                                                                                                       \
    type.kind = TypeKind::NAME;                                                                                        \
    [[maybe_unused]] TypeId id = intern(type);                                                                         \
    assert(id == types::NAME && "the fixed types are the first rows, in order");                                       \
  }
  DREAM_FIXED_TYPES(X)
#undef X
}

//===-- Interning ---------------------------------------------------------------------------------------------===//

unsigned TypeTable::hash(const Type &type) {
  llvm::hash_code code = llvm::hash_combine(unsigned(type.kind), type.isConst, type.returnsRef, type.element.index,
                                            type.count, type.nominal.index);
  for (TypeId arg : type.args)
    code = llvm::hash_combine(code, arg.index);
  for (PassMode mode : type.modes)
    code = llvm::hash_combine(code, unsigned(mode));
  for (Name name : type.names)
    code = llvm::hash_combine(code, name.text());
  return unsigned(size_t(code)) & 0x7fffffff; // stays off the map's reserved keys
}

bool TypeTable::equal(const Type &a, const Type &b) {
  return a.kind == b.kind && a.isConst == b.isConst && a.returnsRef == b.returnsRef && a.element == b.element &&
         a.count == b.count && a.nominal == b.nominal && a.args == b.args && a.modes == b.modes && a.names == b.names;
}

TypeId TypeTable::intern(const Type &type) {
  TypeId &head = byHash[hash(type)];
  for (TypeId id = head; id.isValid(); id = sameHash[id.index])
    if (equal(*rows[id.index], type))
      return id;
  auto keep = [&]<typename T>(llvm::ArrayRef<T> items) -> llvm::ArrayRef<T> {
    T *data = arena.Allocate<T>(items.size());
    std::uninitialized_copy(items.begin(), items.end(), data);
    return {data, items.size()};
  };
  Type *row = new (arena.Allocate<Type>()) Type(type);
  row->args = keep(type.args);
  row->modes = keep(type.modes);
  row->names = keep(type.names);
  TypeId id(rows.size());
  rows.push_back(row);
  sameHash.push_back(head);
  head = id;
  return id;
}

TypeId TypeTable::array(TypeId element) {
  Type type{TypeKind::Array};
  type.element = element;
  return intern(type);
}

TypeId TypeTable::rect(TypeId element, unsigned rank) {
  Type type{TypeKind::Rect};
  type.element = element;
  type.count = rank;
  return intern(type);
}

TypeId TypeTable::fixedArray(TypeId element, uint64_t count) {
  Type type{TypeKind::FixedArray};
  type.element = element;
  type.count = count;
  return intern(type);
}

TypeId TypeTable::optional(TypeId element) {
  if (kind(element) == TypeKind::Optional || kind(element) == TypeKind::Weak || element == types::Error || element == types::Null)
    return element;
  Type type{TypeKind::Optional};
  type.element = element;
  return intern(type);
}

TypeId TypeTable::weak(TypeId target) {
  Type type{TypeKind::Weak};
  type.element = target;
  dropSignificant.clear(); // whose end is seen may be more now
  return intern(type);
}

TypeId TypeTable::pointer(TypeId element, bool isConst) {
  Type type{TypeKind::Pointer};
  type.element = element;
  type.isConst = isConst;
  return intern(type);
}

TypeId TypeTable::func(TypeId result, llvm::ArrayRef<TypeId> params, llvm::ArrayRef<PassMode> modes, bool returnsRef) {
  assert(params.size() == modes.size());
  Type type{TypeKind::Func};
  type.element = result;
  type.args = params;
  type.modes = modes;
  type.returnsRef = returnsRef;
  return intern(type);
}

TypeId TypeTable::tuple(llvm::ArrayRef<TypeId> elements, llvm::ArrayRef<Name> names) {
  assert(elements.size() == names.size());
  Type type{TypeKind::Tuple};
  type.args = elements;
  type.names = names;
  return intern(type);
}

TypeId TypeTable::nominal(NominalId id, llvm::ArrayRef<TypeId> args) {
  static constexpr TypeKind kinds[] = {TypeKind::Class, TypeKind::Struct, TypeKind::Interface, TypeKind::Enum};
  Type type{kinds[unsigned(info(id).kind)]};
  type.nominal = id;
  type.args = args;
  return intern(type);
}

TypeId TypeTable::typeParam(unsigned number, Name name, bool isOwn) {
  Type type{TypeKind::TypeParam};
  type.isConst = isOwn;
  type.count = number;
  if (name)
    type.names = name;
  return intern(type);
}

TypeId TypeTable::constArg(uint64_t value) { return fixedArray(types::Void, value); }

NominalId TypeTable::addNominal(NominalKind kind, Name name) {
  NominalId id(nominals.size());
  nominals.emplace_back();
  nominals.back().kind = kind;
  nominals.back().name = name;
  nominals.back().type = nominal(id);
  return id;
}

//===-- Questions ---------------------------------------------------------------------------------------------===//

bool TypeTable::isSigned(TypeId id) const {
  switch (kind(id)) {
  case TypeKind::Int8: case TypeKind::Int16: case TypeKind::Int32: case TypeKind::Int64: case TypeKind::NInt:
    return true;
  default: // every other kind, numbers or not
    return false;
  }
}

bool TypeTable::isClassRef(TypeId id) const {
  TypeKind k = kind(id);
  return k == TypeKind::Class || k == TypeKind::Interface || k == TypeKind::Object;
}

bool TypeTable::isCounted(TypeId id) const {
  switch (kind(id)) {
  case TypeKind::String: case TypeKind::Object: case TypeKind::Array: case TypeKind::Rect: case TypeKind::Func:
  case TypeKind::Class: case TypeKind::Interface: case TypeKind::Weak:
  case TypeKind::TypeParam: // so that `T?` may be written; an instance that has no such optional is an error
    return true;
  case TypeKind::Optional:
    return isCounted((*this)[id].element);
  default:
    return false;
  }
}

unsigned TypeTable::bits(TypeId id) const {
  switch (kind(id)) {
  case TypeKind::Bool: case TypeKind::Int8: case TypeKind::UInt8: return 8;
  case TypeKind::Int16: case TypeKind::UInt16: return 16;
  case TypeKind::Char: case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Float32: return 32;
  case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::Float64: return 64;
  case TypeKind::NInt: case TypeKind::NUInt: return pointerSize * 8;
  default: return 0;
  }
}

bool TypeTable::isSubtype(TypeId derived, TypeId base) const {
  if (derived == base)
    return true;
  if (base == types::Object)
    return isClassRef(derived);
  TypeKind from = kind(derived), to = kind(base);
  bool isNominal = from == TypeKind::Class || from == TypeKind::Struct || from == TypeKind::Interface || from == TypeKind::Enum;
  if (!isNominal)
    return false;
  if (to == TypeKind::Interface)
    return llvm::is_contained(info(derived).interfaces, base);
  if (from == TypeKind::Class && to == TypeKind::Class)
    // A cycle of bases is reported and broken by the checker; the bound is for the time before that.
    for (size_t steps = 0; derived.isValid() && steps <= nominals.size(); derived = info(derived).base, ++steps)
      if (derived == base)
        return true;
  return false;
}

//===-- Spelling ----------------------------------------------------------------------------------------------===//

static llvm::StringRef spellFixed(TypeKind kind) {
  switch (kind) {
  case TypeKind::Error: return "<error>";
  case TypeKind::Void: return "void";
  case TypeKind::Never: return "never";
  case TypeKind::Null: return "null";
  case TypeKind::Bool: return "bool";
  case TypeKind::Char: return "char";
  case TypeKind::Int8: return "sbyte";
  case TypeKind::UInt8: return "byte";
  case TypeKind::Int16: return "short";
  case TypeKind::UInt16: return "ushort";
  case TypeKind::Int32: return "int";
  case TypeKind::UInt32: return "uint";
  case TypeKind::Int64: return "long";
  case TypeKind::UInt64: return "ulong";
  case TypeKind::NInt: return "nint";
  case TypeKind::NUInt: return "nuint";
  case TypeKind::Float32: return "float";
  case TypeKind::Float64: return "double";
  case TypeKind::String: return "string";
  case TypeKind::Object: return "object";
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::FixedArray: case TypeKind::Optional: case TypeKind::Weak:
  case TypeKind::Pointer: case TypeKind::Func: case TypeKind::Tuple: case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface:
  case TypeKind::Enum: case TypeKind::TypeParam:
    return {};
  }
  llvm_unreachable("unknown kind of type");
}

std::string TypeTable::spell(TypeId id) const {
  if (!id.isValid())
    return "<none>";
  const Type &type = (*this)[id];
  if (llvm::StringRef fixed = spellFixed(type.kind); !fixed.empty())
    return fixed.str();
  std::string text;
  if (type.kind == TypeKind::Array || type.kind == TypeKind::Rect || type.kind == TypeKind::FixedArray) {
    if (isConstArg(id))
      return std::to_string(int64_t(type.count));
    // Brackets run outermost first.
    std::string brackets;
    const Type *row = &type;
    TypeId element = id;
    for (;; row = &(*this)[element]) {
      if (row->kind == TypeKind::Array)
        brackets += "[]";
      else if (row->kind == TypeKind::Rect)
        brackets += "[" + std::string(row->count - 1, ',') + "]";
      else if (row->kind == TypeKind::FixedArray)
        brackets += "[" + std::to_string(row->count) + "]";
      else
        break;
      element = row->element;
    }
    return kind(element) == TypeKind::Weak ? "(" + spell(element) + ")" + brackets : spell(element) + brackets;
  }
  if (type.kind == TypeKind::Optional)
    return spell(type.element) + "?";
  if (type.kind == TypeKind::Weak)
    return "weak " + spell(type.element) + "?";
  if (type.kind == TypeKind::Pointer)
    return (type.isConst ? "const " : "") + spell(type.element) + "*";
  if (type.kind == TypeKind::TypeParam)
    return type.names.empty() ? "T" + std::to_string(type.count) : type.names[0].text().str();
  if (type.kind == TypeKind::Func) {
    static constexpr llvm::StringRef modes[] = {"", "ref ", "in ", "out "};
    text = (type.returnsRef ? "func ref " : "func ") + spell(type.element) + "(";
    for (size_t i = 0; i < type.args.size(); ++i)
      text += (i ? ", " : "") + modes[unsigned(type.modes[i])].str() + spell(type.args[i]);
    return text + ")";
  }
  if (type.kind == TypeKind::Tuple) {
    text = "(";
    for (size_t i = 0; i < type.args.size(); ++i) {
      text += (i ? ", " : "") + spell(type.args[i]);
      if (type.names[i])
        text += " " + type.names[i].text().str();
    }
    return text + ")";
  }
  text = info(type.nominal).name.text().str();
  for (size_t i = 0; i < type.args.size(); ++i)
    text += (i ? ", " : "<") + spell(type.args[i]);
  return type.args.empty() ? text : text + ">";
}

} // namespace dream
