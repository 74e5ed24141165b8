// The types of a program, interned: equal types have equal ids. The table also owns what every later room must know of
// nominal types (classes, structs, interfaces, enums): fields, bases, virtual slots. It knows nothing of syntax.
#pragma once

#include "compiler/support/names.h"
#include "compiler/support/source.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <string>
#include <vector>

namespace dream {

using TypeId = Id<struct TypeTag>;
using NominalId = Id<struct NominalTag>;

enum class TypeKind : uint8_t {
  Error,  ///< Stands where an error was reported; converts to and from everything silently.
  Void,
  Never,  ///< Of expressions that do not return.
  Null,   ///< Of the literal `null`.
  Bool, Char,
  Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, NInt, NUInt,
  Float32, Float64,
  String,
  Object,     ///< The root of classes; any value converts to it.
  Array,      ///< T[]: element
  Rect,       ///< T[,]: element, count = rank
  FixedArray, ///< T[n]: element, count
  Optional,   ///< T?: element
  Weak,       ///< weak T?: element, a class or interface; a counted reference to a cell that knows the object while it lives
  Pointer,    ///< T*: element, isConst
  Func,       ///< func R(P…): element = result, args = parameters, modes
  Tuple,      ///< args, names
  Class, Struct, Interface, Enum, ///< nominal, args
  TypeParam,  ///< A type parameter inside a generic declaration: count = its number in the program, names = its name,
              ///< isConst: it may stand for what moves
};

/// Ids of the types that need no operands; they are the first rows of every table.
namespace types {
#define DREAM_FIXED_TYPES(X)                                                                                           \
  X(Error) X(Void) X(Never) X(Null) X(Bool) X(Char) X(Int8) X(UInt8) X(Int16) X(UInt16) X(Int32) X(UInt32) X(Int64)    \
  X(UInt64) X(NInt) X(NUInt) X(Float32) X(Float64) X(String) X(Object)
#define X(NAME) inline constexpr TypeId NAME{uint32_t(TypeKind::NAME)};
DREAM_FIXED_TYPES(X)
#undef X
} // namespace types

enum class PassMode : uint8_t { Value, Ref, In, Out };

struct Type {
  TypeKind kind;
  bool isConst = false;               ///< Pointer, TypeParam.
  bool returnsRef = false;            ///< Func.
  TypeId element{};
  uint64_t count = 0;
  NominalId nominal{};
  llvm::ArrayRef<TypeId> args{};
  llvm::ArrayRef<PassMode> modes{};     ///< Func: one for each parameter.
  llvm::ArrayRef<Name> names{};         ///< Tuple: one for each element, empty names included.
};

/// What copying and dropping a value of a type means (core-calculus.md, rule 1).
enum class ValueKind : uint8_t {
  Plain,       ///< Bits.
  Value,       ///< Counted or holds counted parts; may be cloned; no identity.
  ClassRef,    ///< A counted reference with identity (classes, interfaces, object), or holds one.
  Own,         ///< Moves.
  SecondClass, ///< ref, Span: lives on the stack only.
};

struct FieldInfo {
  Name name;
  TypeId type;
  SourceRange range;
  bool isLet = false;
  bool isLate = false; ///< Its type has no zero value and not every constructor sets it: reads check.
  NominalId owner{};   ///< The class that declares it (differs from the holder for inherited fields).
};

enum class NominalKind : uint8_t { Class, Struct, Interface, Enum };

struct EnumCase {
  Name name;
  std::vector<FieldInfo> parts; ///< Empty for plain cases.
  int64_t value = 0;            ///< Tag as written in memory.
};

/// A class, struct, interface or enum.
struct NominalInfo {
  NominalKind kind;
  Name name;
  std::string qualifiedName; ///< "module.Outer.Name"; "Name" for what the core library declares.
  SourceRange range;
  bool isAbstract = false, isSealed = false, isOwn = false;
  bool hasDestructor = false; ///< Its own, not an inherited one.
  bool ownsAnything = false;  ///< Fields are added by a pass: nobody can tell yet what it owns.
  TypeId type;                ///< The type itself (with its own type parameters as arguments).
  TypeId base;                ///< Base class; invalid if none (then it is `object`).
  std::vector<TypeId> interfaces;  ///< All of them, inherited ones included, without repeats.
  std::vector<FieldInfo> fields;   ///< Inherited ones first: an index means the same in every derived class.
  uint32_t slotCount = 0;          ///< Virtual slots, inherited ones included; for an interface, its methods.
  std::vector<EnumCase> cases;     ///< Enum.
  TypeId underlying;               ///< Enum: type of the tag.
  TypeId viewOf;                   ///< Struct: it is a view (Span, ReadOnlySpan) of such elements; else invalid.
  bool isReadOnlyView = false;
  uint32_t align = 1;              ///< [Align(n)]: of its values, or of a class's objects, at least.
  bool isPacked = false;           ///< Struct, [Packed]: its fields follow each other without padding.
  bool isCLayout = false;          ///< Struct, [CLayout]: as the target's C lays it out.
  bool isOnStack = false;          ///< Class or struct, [Stack]: to be proven, nothing of it lies on the heap.
  /// Enum: some case carries values. Such an enum is a tag and its payload; others are numbers.
  bool hasPayload() const {
    return llvm::any_of(cases, [](const EnumCase &variant) { return !variant.parts.empty(); });
  }
};

/// What [Align] may ask for: blocks of the heap lie at multiples of it.
inline constexpr uint32_t kMostAlign = 16;

/// Size and alignment in bytes.
struct Layout {
  uint64_t size = 0;
  uint32_t align = 1;
};

/// Interns types. Ids stay valid for the table's life.
class TypeTable {
public:
  /// `cWideAlign`: where the target's C puts integers and floats of 8 bytes; 4 on i686, else 8.
  explicit TypeTable(unsigned pointerBytes = 8, unsigned cWideAlign = 8);
  TypeTable(const TypeTable &) = delete;

  const Type &operator[](TypeId id) const { return *rows[id.index]; }
  TypeKind kind(TypeId id) const { return rows[id.index]->kind; }
  size_t size() const { return rows.size(); }

  TypeId array(TypeId element);
  TypeId rect(TypeId element, unsigned rank);
  TypeId fixedArray(TypeId element, uint64_t count);
  TypeId optional(TypeId element); ///< T?? is T?, and a weak reference may be null already.
  TypeId weak(TypeId target);
  TypeId pointer(TypeId element, bool isConst);
  TypeId func(TypeId result, llvm::ArrayRef<TypeId> params, llvm::ArrayRef<PassMode> modes, bool returnsRef = false);
  TypeId tuple(llvm::ArrayRef<TypeId> elements, llvm::ArrayRef<Name> names);
  TypeId nominal(NominalId id, llvm::ArrayRef<TypeId> args = {});
  TypeId typeParam(unsigned number, Name name = {}, bool isOwn = false);
  /// A number given as a type argument (`Ring<int, 16>`): in lists of arguments only. It is spelled as the number.
  TypeId constArg(uint64_t value);
  bool isConstArg(TypeId id) const { return kind(id) == TypeKind::FixedArray && (*this)[id].element == types::Void; }

  /// Registers a nominal type; its info is filled in afterwards.
  NominalId addNominal(NominalKind kind, Name name);
  NominalInfo &info(NominalId id) { return nominals[id.index]; }
  const NominalInfo &info(NominalId id) const { return nominals[id.index]; }
  /// What an expression of the type gives when it is read: of a weak reference the object, if it lives.
  TypeId read(TypeId id) { return kind(id) == TypeKind::Weak ? optional((*this)[id].element) : id; }
  /// The info of a Class, Struct, Interface or Enum type.
  const NominalInfo &info(TypeId id) const { return info((*this)[id].nominal); }
  size_t nominalCount() const { return nominals.size(); }
  /// The type, or a class that it is derived from, is marked [Stack].
  bool isOnStack(TypeId id) const {
    if (kind(id) == TypeKind::Struct)
      return info(id).isOnStack;
    while (id.isValid() && kind(id) == TypeKind::Class && !info(id).isOnStack)
      id = info(id).base;
    return id.isValid() && kind(id) == TypeKind::Class;
  }
  /// Some type is marked [Stack].
  bool anyOnStack() const {
    return llvm::any_of(nominals, [](const NominalInfo &info) { return info.isOnStack; });
  }

  bool isInteger(TypeId id) const { return kind(id) >= TypeKind::Int8 && kind(id) <= TypeKind::NUInt; }
  bool isSigned(TypeId id) const; ///< Of integers; `nint` is signed.
  bool isFloat(TypeId id) const { return id == types::Float32 || id == types::Float64; }
  bool isNumeric(TypeId id) const { return isInteger(id) || isFloat(id); }
  /// One number, character, bool, pointer or enum without payloads.
  bool isScalar(TypeId id) const { return isNumeric(id) || id == types::Bool || id == types::Char || kind(id) == TypeKind::Pointer || (kind(id) == TypeKind::Enum && !isPayloadEnum(id)); }
  /// A reference with identity that may not be null: class, interface, object.
  bool isClassRef(TypeId id) const;
  /// Represented by one counted pointer: class references, arrays, strings, closures, optionals of these, weak references.
  bool isCounted(TypeId id) const;
  /// An optional that is no counted pointer: its value, and behind it a bool that says whether there is one.
  bool isTaggedOptional(TypeId id) const { return kind(id) == TypeKind::Optional && !isCounted(id); }
  /// Span<T>, ReadOnlySpan<T>: a struct of a pointer and a count that looks into something else (core-calculus.md, rule 1).
  /// Such values are second-class: the checker sees to it that none outlives what it looks into.
  bool isView(TypeId id) const { return kind(id) == TypeKind::Struct && info(id).viewOf.isValid(); }
  TypeId viewElement(TypeId id) const { return isView(id) ? info(id).viewOf : TypeId(); }
  /// Bits of an integer or float, by the target's pointer size.
  unsigned bits(TypeId id) const;

  /// Asked only once the fields of all structs are known.
  ValueKind valueKind(TypeId id) const;
  bool isPlain(TypeId id) const { return valueKind(id) == ValueKind::Plain; }
  /// Copied never, moved only.
  bool isMoveOnly(TypeId id) const { return valueKind(id) == ValueKind::Own; }
  /// Values of the type are or hold an array, which may be written in place. What such a type's reference parameter points
  /// at is used through that parameter alone (core-calculus.md, rule 5).
  bool holdsArray(TypeId id) const;
  /// Index of the hidden last field of a struct with a destructor, -1 if it has none: a bool that says whether the struct is
  /// alive. It is set when a constructor has finished, and false in zeroed memory and where the value was moved out.
  int aliveField(TypeId id) const;
  /// A value of the type is, or holds by value, a reference to an object, array or closure. Strings refer to nothing, and
  /// weak references keep nothing.
  bool mayRefer(TypeId id) const;
  /// A value of the type is, or holds by value, a reference to a string; `object` and interfaces may.
  bool mayReferToString(TypeId id) const;
  /// False for class, interface, func and own types, and for what holds one: such slots are late (rule 14).
  bool hasZeroValue(TypeId id) const;
  /// Has a destructor, is the target of weak references, or can own such a thing (rule 7). A question about the whole
  /// program: only once every nominal type is complete.
  bool isDropSignificant(TypeId id) const;

  /// Its objects can be the targets of weak references: it, a base or an interface of it is named by a weak type.
  bool isWeakTarget(TypeId id) const;

  /// A place of the type can be left without a value: it is an optional, or an enum whose first case is empty.
  bool canBeEmptied(TypeId id) const;

  /// Layout of a value in a slot, field or element. Natural alignment, declaration order.
  Layout layout(TypeId id) const;
  /// Byte offset of a field from the payload (class) or start (struct, tuple, enum: see firstPart).
  uint64_t fieldOffset(TypeId holder, unsigned index) const;
  /// The parts of all cases of an enum with payloads have numbers of their own, in order: those of `variant` begin here.
  unsigned firstPart(TypeId enumType, unsigned variant) const;
  /// Which part of which case has that number; the case is past the last if there is none.
  std::pair<unsigned, unsigned> partNumbered(TypeId enumType, uint64_t number) const;
  /// Byte offset of part `index` of a case from the start of an enum's value.
  uint64_t payloadOffset(TypeId enumType, unsigned variant, unsigned index) const;
  /// An enum whose cases carry values.
  bool isPayloadEnum(TypeId id) const { return kind(id) == TypeKind::Enum && info(id).hasPayload(); }
  /// One of them whose cases are one without parts and then one with a single reference, like `Option` of a class: it is that
  /// reference, and null is the case without parts.
  bool isNicheEnum(TypeId id) const;
  /// Bytes of the fields of a class object.
  Layout objectLayout(TypeId classType) const;
  unsigned pointerBytes() const { return pointerSize; }

  /// `derived` is `base` or inherits from it (classes), or implements it (interfaces).
  bool isSubtype(TypeId derived, TypeId base) const;

  /// As the user writes it: "int", "string[]", "Point?".
  std::string spell(TypeId id) const;

private:
  TypeId intern(const Type &type);
  static unsigned hash(const Type &type);
  static bool equal(const Type &a, const Type &b);
  Layout sequence(llvm::ArrayRef<TypeId> parts, unsigned upTo, uint64_t *offset, uint32_t mostAlign = ~0u) const;
  Layout fieldsOf(const NominalInfo &info, unsigned upTo = 0, uint64_t *offset = nullptr) const;
  ValueKind computeValueKind(TypeId id) const;
  Layout computeLayout(TypeId id) const;
  bool computeZeroValue(TypeId id) const;
  bool computeMayRefer(TypeId id) const;
  bool computeMayReferToString(TypeId id) const;
  template <typename F> bool anyPart(const Type &type, F &&test) const; ///< Of what lies in a value of the type itself.
  void computeDropSignificance() const;

  unsigned pointerSize, cWideAlign;
  llvm::BumpPtrAllocator arena;
  std::vector<const Type *> rows;
  std::vector<TypeId> sameHash;             ///< By type: the next one with its hash.
  llvm::DenseMap<unsigned, TypeId> byHash;  ///< Heads of those chains.
  std::deque<NominalInfo> nominals;
  /// An answer about a type that is worked out once; `meanwhile` is the answer to who asks again before it is known.
  template <typename T> T memoised(std::vector<uint8_t> &memo, TypeId id, T meanwhile, T (TypeTable::*compute)(TypeId) const) const;
  mutable std::vector<uint8_t> valueKinds;  ///< Memo: 0 unknown, 255 in progress, else answer + 1.
  mutable std::vector<uint8_t> zeroValues;  ///< Likewise.
  mutable std::vector<uint8_t> references;  ///< Likewise.
  mutable std::vector<uint8_t> stringReferences; ///< Likewise.
  mutable std::vector<Layout> layouts;      ///< Memo: align 0 unknown.
  mutable std::vector<bool> dropSignificant; ///< By nominal; empty until first asked for.
  mutable bool anySignificant = false;
  mutable std::vector<TypeId> weakTargets;  ///< Worked out with them.
};

} // namespace dream
