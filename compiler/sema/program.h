// The product of checking: what every name, call and conversion of the tree means. Tables are keyed by node id, in layers
// (layers.h): one for each instance of a generic declaration. The tree itself is never changed. dilgen reads this and nothing else about the language's rules.
#pragma once

#include "compiler/sema/layers.h"
#include "compiler/syntax/ast.h"
#include "compiler/types/types.h"
#include "llvm/ADT/ArrayRef.h"
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dream::sema {

using FunctionId = Id<struct FunctionTag>;
using VariableId = Id<struct VariableTag>;
using PropertyId = Id<struct PropertyTag>;

// ---- Constants ------------------------------------------------------------------------------------------------------

struct ConstValue {
  enum class Kind : uint8_t { None, Int, Float, Bool, Char, String, Null, Parts } kind = Kind::None;
  bool isUnsigned = false; ///< Int: of an unsigned type; `bits` is zero-extended then.
  uint64_t bits = 0;     ///< Int (two's complement, extended to 64 by its type's sign), Bool, Char.
  double number = 0;     ///< Float.
  llvm::StringRef text;  ///< String.
  std::shared_ptr<const std::vector<ConstValue>> parts; ///< Parts: of an array, a fixed array or a tuple.
  explicit operator bool() const { return kind != Kind::None; }
};

// ---- Entities -------------------------------------------------------------------------------------------------------

enum class VariableKind : uint8_t { Local, Parameter, This, Field, Global /* module variables and statics */, Constant,
  Variant /* A case of an enum with payloads: owner, and fieldIndex its number. */ };

struct VariableInfo {
  VariableKind kind;
  Name name;
  TypeId type;
  SourceRange range;
  PassMode mode = PassMode::Value; ///< Parameter. `this` of a struct method is Ref (writes) or In.
  bool isReadOnly = false;         ///< let, foreach, using and catch variables, `in`.
  bool isOwn = false;              ///< Parameter: `own T`, which takes over what is passed.
  bool isRefLocal = false;         ///< `ref int r = ref e;`
  NominalId owner;                 ///< Field, or static of a type.
  unsigned fieldIndex = 0;         ///< Field: index into NominalInfo::fields.
  ConstValue constant;             ///< Constant. Global: its value in the image, if the initialiser is one.
  const ast::Expr *init = nullptr; ///< Initialiser of a Field or Global.
  LayerId layer = 0;               ///< Where the facts about `init` are.
  std::string qualifiedName;       ///< Global: "module.Type.name".
};

enum class FunctionKind : uint8_t {
  Plain, Method, Constructor, Destructor, Operator, Getter, Setter, Local,
  Lambda,    ///< The body of a lambda expression.
  Shape,     ///< No function: stands for all closures whose types take parameters of the same number and modes.
  Extern,    ///< C function.
  Runtime,   ///< Declared in the core library with [Runtime("symbol")]: an entry of entries.def.
  Intrinsic, ///< Declared in the core library with [Intrinsic("name")]: dilgen emits an instruction.
  Main,      ///< The statements at top level of the main file.
  Iterator,  ///< The body of a function with `yield`: what the iterator runs that the function makes.
};

struct ParameterInfo {
  VariableId variable;
  const ast::Expr *defaultValue = nullptr;
  bool isParams = false;
  bool isLent = false; ///< Of a C function, [NoEscape]: it promises to keep nothing of it.
};

/// A variable of the function around, as a lambda or local function sees it.
struct Capture {
  VariableId outer;        ///< A variable or capture of the function around, or its `this`.
  VariableId inner;        ///< The closure's own name for it: `this`, or a local.
  bool byRef = false;      ///< `[ref x]`: `inner` is the outer variable itself.
  SourceRange range;       ///< Of the first use, or of the entry in the capture list.
  bool isChanged = false;  ///< The body changes its copy.
  bool isMoved = false;    ///< `[move x]`: the outer variable gives its value to the closure.
};

struct FunctionInfo {
  FunctionKind kind;
  Name name;
  std::string symbol;      ///< Unique, readable: "geometry.Point.Length", with "$n" appended to tell overloads apart.
                           ///< Extern and Runtime: the C symbol.
  SourceRange range;       ///< Of the name.
  NominalId owner;         ///< Methods, constructors, destructors, accessors; of an `extend`, see extendedType.
  TypeId extendedType;     ///< Of a method declared by `extend T`: the type of `this`.
  bool isStatic = false;   ///< No `this`. Plain functions too.
  bool isAbstract = false;
  bool isVariadic = false;
  bool mutatesThis = false;        ///< Struct method that may write `this`.
  VariableId thisVariable;         ///< Where there is one.
  std::vector<ParameterInfo> params;
  TypeId result = types::Void;
  std::vector<TypeId> cParams;     ///< Extern: types of C's own prototype, if it differs from the declaration.
  TypeId cResult;                  ///< Set together with cParams.
  const ast::Decl *decl = nullptr; ///< FuncDecl, AccessorDecl, DestructorDecl, PropertyDecl (auto accessor), or null.
  LayerId layer = 0;               ///< Where the facts about its nodes are, default values included.
  const ast::LambdaExpr *lambda = nullptr;
  std::vector<Capture> captures;   ///< Lambda, Local: what its environment holds.
  VariableId closure;              ///< Local: holds the environment, made at its declaration; inside of it, its own.
  PropertyId property;             ///< Getter, Setter.
  bool isAutoAccessor = false;     ///< Reads or writes the property's backing field.
  uint32_t chain = 0;              ///< Constructor: the call of the constructor that runs first (see constructorChains).
  bool chainsThis = false;         ///< That one is of the same class, `: this(…)`: it has run the initialisers.

  // Dispatch. A slot is an index into the vtable of the class that introduced it, or into an interface's method list.
  std::optional<unsigned> slot;    ///< Virtual (it is overridden somewhere, or abstract), or declared in an interface.
  FunctionId overrides;            ///< The nearest overridden method.

  bool mayThrow = false;           ///< Inferred over the program; equal for all members of an override family.
  uint32_t iterator = 0;           ///< Of a function with `yield`, and of the Iterator that is its body: a row of Program::iterators.
  bool isLibrary = false;          ///< Declared in the core library.
  bool isReachable = false;        ///< The user's, or called from there; only such functions are lowered.
};

struct PropertyInfo {
  Name name;
  TypeId type;
  NominalId owner;
  bool isStatic = false, isIndexer = false;
  FunctionId getter, setter;
  VariableId backing; ///< Field of an auto property; invalid otherwise.
  SourceRange range;
  LayerId layer = 0;
};

// ---- Facts about expressions ----------------------------------------------------------------------------------------

enum class ConversionKind : uint8_t {
  None,
  IntToInt,      ///< Widen or narrow (wraps).
  IntToFloat, FloatToInt /* saturates */, FloatToFloat,
  IntToChar,     ///< Panics off the scalars.
  CharToInt, BoolToInt, IntToBool /* conditions, != 0 */, EnumToInt, IntToEnum,
  // Where `to` is an optional of a reference, any kind below may stand: the wrapping changes no bits.
  NullToOptional, ///< `null` to T? or T*.
  ToOptional,     ///< T → T?
  ToWeak,         ///< C, C? → weak B?, where C is B or derived.
  FromWeak,       ///< weak C? → B? inside of tuples; elsewhere reading does it (ExprFacts::readsWeak).
  UnwrapOptional,             ///< T? → T after a test, or explicit (panics when empty).
  Upcast,        ///< Class to base or interface; any class, string, array to object. No bits change.
  Downcast,      ///< Explicit, checked.
  Box,           ///< Struct or primitive to interface or object.
  Unbox,         ///< Explicit, checked.
  FixedToArray,  ///< T[n] → T[]
  ToView,        ///< T[], T[n], string, Span<T> → ReadOnlySpan<T>
  ToString,      ///< In string `+` and interpolation: `function` is the ToString to call, or invalid for builtin types.
  LambdaToFunc, MethodToFunc,
  PointerToPointer, IntToPointer, PointerToInt,
  ArrayToPointer, StringToPointer, ///< Arguments of extern functions.
  StringToException, ///< throw "message"
  Propagate,     ///< `?`: what a Result or Option holds; its failure is given back by the function, the error converted by the
                 ///< one row of `parts`.
  Construct,     ///< A list in brackets as a collection: `function` is the constructor that takes the array.
  Deconstruct,   ///< To a tuple, of what the method `function` gives by `out`.
  User,          ///< `function` is an implicit or explicit operator.
  TupleParts,    ///< Tuple to tuple, part by part: `parts` is a row of Program::tupleConversions.
};

struct Conversion {
  ConversionKind kind = ConversionKind::None;
  TypeId to;
  FunctionId function;
  uint32_t parts = 0;
};

/// What a name, member access or index expression stands for.
enum class EntityKind : uint8_t {
  None,
  Variable,     ///< Local, parameter, `this`, module variable, static: `variable`.
  Field,        ///< `variable` is the field; the object is the MemberExpr's, or `this` when implicitThis.
  Constant,     ///< See `constant`.
  Functions,    ///< A method group; only as a callee (then see the call).
  Property,     ///< `property`; read through its getter, written through its setter.
  Indexer,      ///< `property`; arguments in the IndexExpr's call facts.
  Type,         ///< `type` names it.
  Module,
  HasValue,     ///< `.HasValue` of an optional (or of what tests have narrowed: true).
  OptionalValue,///< `.Value` of an optional: as `!`.
  TupleElement, ///< `.Item1`, or a part's name: `index` says which.
  Variant,      ///< A case of an enum with payloads, number `index`; with its parts as a call's arguments, if it has any.
  Length,       ///< `.Length` of an array, rectangular array (all elements), fixed array or string.
  ArrayElement, FixedElement, RectElement, PointerElement, ViewElement,
  StringByte,   ///< s[i]
  ArraySlice, StringSlice, ViewSlice, ///< a[i..j], s[i..j]; one argument, a RangeExpr or constant range.
  MethodSlice,  ///< x[i..j] by the method `Slice(first, length)`, whose call this is; the range has the call of the count's getter.
};

/// How an argument reaches its parameter. Evaluation order is that of the text; `args[i]` belongs to parameter i.
struct BoundArgument {
  const ast::Expr *value = nullptr;            ///< Null: the parameter's default value, or the next two.
  const ast::VariableDecl *outVariable = nullptr; ///< `out var x`.
  std::vector<const ast::Expr *> paramsArray;  ///< Elements collected into a `params` array.
  bool collectsParams = false;
  bool isDefault = false;
};

enum class Dispatch : uint8_t {
  Direct,
  Virtual,    ///< Through the vtable: `function->slot`.
  Interface,  ///< Through the interface's table.
  Indirect,   ///< The callee is a value of func type.
};

/// A call; of a method group that becomes a value, what a call of it will do (then there are no arguments).
struct CallFacts {
  FunctionId function;        ///< Invalid for Indirect: the callee's value is called.
  VariableId closure;         ///< Of a local function: what holds its environment here.
  Dispatch dispatch = Dispatch::Direct;
  /// The receiver, for methods: an expression, or `this` when implicitThis, or none for statics.
  const ast::Expr *receiver = nullptr;
  bool implicitThis = false;
  bool isBase = false;        ///< base.M(…): no dispatch.
  bool copiesReceiver = false; ///< The method may write the struct it is called on, and gets a copy.
  std::vector<BoundArgument> args;
};

/// How a binary or compound operator is carried out; operands carry their conversions.
enum class OperatorKind : uint8_t {
  None,
  Arithmetic,      ///< On `operandType` (both operands converted to it; shifts: left operand's).
  CheckedArithmetic,
  Compare,         ///< Builtin < <= > >= == != on numbers, chars, bools, enums, pointers.
  Logical,         ///< && ||, short-circuit.
  StringConcat,    ///< Operands converted by ToString.
  StringCompare,   ///< == != by contents (and < > by ordinal).
  ReferenceCompare,///< == != by identity; null tests.
  ValueCompare,    ///< == != of structs, tuples, arrays, optionals: part by part.
  Hash,            ///< GetHashCode() of a type that does not write it, as `==` compares; the operand is the receiver.
  HasFlag,         ///< HasFlag(flag) of an enum: all of the flag's bits are set; the operand is the receiver.
  DimensionLength, ///< GetLength(dimension) of a rectangular array; the operand is the receiver.
  Coalesce,        ///< ??
  User,            ///< `call` holds the operator function. `!=` may call `==`: the result is negated then.
};

struct ExprFacts {
  TypeId type;                 ///< Of the expression itself, before `conversion`. A narrowed name has its narrowed type.
  Conversion conversion;       ///< Applied to the value by the context.
  EntityKind entity = EntityKind::None;
  bool implicitThis = false;
  OperatorKind op = OperatorKind::None;
  TypeId operandType;
  VariableId variable;
  PropertyId property;
  Conversion cast;             ///< CastExpr, AsExpr, IsExpr: from the operand's type to the written one.
                               ///< Compound assignment: from operandType back to the target's type.
  /// The outermost expression of a `?.` chain: where a receiver in it is null, the chain ends here with null. Inner
  /// expressions of the chain have their types as if nothing were null; this one's type is the optional (or void).
  bool endsChain = false;
  bool readsWeak = false;      ///< What is found there is a weak reference; `type` is that of its object, an optional.
  bool matchTakes = false;     ///< A `match` whose value is given away: what patterns bind is moved out of it.
  bool endsLife = false;       ///< `x = null` on a local whose type is no optional: x is dropped and unset afterwards.
  uint32_t constant = 0;       ///< Index into Program::constants; 0: not constant.
  uint32_t call = 0;           ///< Index into Program::calls; 0: no call.
  uint32_t index = 0;          ///< TupleElement, Variant.
};

/// What a `using` ends: a variable, or the value of an expression.
struct UsingFacts {
  VariableId variable; ///< Invalid for an expression.
  FunctionId dispose;  ///< Invalid: the value's own end is all.
  Dispatch dispatch = Dispatch::Direct;
};

/// A function with `yield`: it makes an iterator, which runs the body.
struct IteratorFacts {
  FunctionId maker, body;
  TypeId element;
  TypeId enumerable; ///< IEnumerable<element>; invalid if the function gives the enumerator itself.
  TypeId enumerator; ///< IEnumerator<element>.
};

enum class ForeachKind : uint8_t { Array, FixedArray, View, Rect, String /* scalars */, IntRange, Enumerable };
struct ForeachFacts {
  ForeachKind kind = ForeachKind::Array;
  TypeId elementType;
  VariableId variable;
  Conversion conversion; ///< Element to variable.
  // Enumerable: the pattern's functions.
  FunctionId getEnumerator, moveNext, current;
  UsingFacts disposal; ///< Of the enumerator, if it has a `Dispose()` of its own or may be of any type.
};

/// An element of an object initialiser: a field is set, a property or indexer is called, or `Add` is.
struct MemberInit {
  VariableId field;
  PropertyId property;
  FunctionId add;
  Dispatch dispatch = Dispatch::Direct;
};

enum class PatternTest : uint8_t {
  Always,  ///< `_`, `var x`, `var (a, b)`: its names are bound to parts of the tuple.
  Null, Constant, Relational, Range,
  Type,    ///< Of `type`, or (where the value is of that type already) not null; then its properties.
  Variant, ///< Case `variant` of an enum; then its parts.
  Tuple,   ///< A tuple, or the values of a `match` with several: its parts.
  Not, And, Or,
};
/// A property in a pattern: what it reads.
struct PatternMember {
  EntityKind entity = EntityKind::None; ///< Field, Property, TupleElement, Length, HasValue.
  VariableId field;
  PropertyId property;
  unsigned index = 0; ///< Field, TupleElement.
  TypeId type;
};
struct PatternFacts {
  PatternTest test = PatternTest::Always;
  unsigned variant = 0;
  TypeId of;             ///< Of the value that is matched.
  std::vector<PatternMember> members; ///< For each property of the pattern.
  TypeId type;           ///< Type: what is tested for.
  VariableId variable;   ///< Bound on success, if valid.
  uint32_t constant = 0, high = 0; ///< Constant, Relational, Range: indices into Program::constants.
};

// ---- The program ----------------------------------------------------------------------------------------------------

/// Names from the core library that the compiler relies on; see known_library.def.
enum class Known : uint8_t {
#define KNOWN_TYPE(NAME, PATH) NAME,
#define KNOWN_FUNCTION(NAME, PATH) NAME,
#include "compiler/sema/known_library.def"
  Count,
};

/// Implementation of an interface by a class or struct: one function for each method of the interface.
struct Conformance {
  TypeId type, interface;
  std::vector<FunctionId> methods;
};

/// A function marked [Test] or [Bench], for `dreamc test`.
struct TestFunction {
  FunctionId function;
  bool isBench = false;
};

/// What C may call, by `[Export]`.
struct ExportedFunction {
  enum class Kind : uint8_t { Call, New, Retain, Release } kind;
  TypeId type;         ///< Of objects that are made, retained, released.
  std::string symbol;
  FunctionId function; ///< Called; New: the constructor, invalid if the class has none.
};

/// `[GlobalAllocator]`: where the program's blocks come from. `variable` is invalid if that is the runtime.
struct AllocatorFacts {
  VariableId variable;
  FunctionId alloc, free; ///< Methods of its type.
};

struct Program {
  Program(TypeTable &types, const SourceManager &sources) : types(types), sources(sources) {}

  TypeTable &types;
  const SourceManager &sources;
  llvm::BumpPtrAllocator texts; ///< Of folded strings.
  std::vector<const ast::SourceFile *> files; ///< The library's first.
  size_t libraryFiles = 0;                    ///< How many of them are the library's.

  std::deque<VariableInfo> variables;
  std::deque<FunctionInfo> functions;
  std::deque<PropertyInfo> properties;

  /// The layer of facts in use: that of the instance being checked or lowered. 0 outside of generic declarations.
  mutable LayerId layer = 0;
  LayeredTable<ExprFacts> exprs{layer};
  std::deque<ConstValue> constants{1}; ///< Row 0 means "none".
  std::deque<CallFacts> calls{1};      ///< Row 0 means "none".
  LayeredTable<VariableId> declared{layer}; ///< VariableDecl, ParamDecl → variable.
  LayeredTable<FunctionId> declaredFunctions{layer}; ///< FuncDecl, AccessorDecl, DestructorDecl, LambdaExpr → function.
  LayeredTable<TypeId> typeNodes{layer};    ///< TypeNode → type.
  LayeredTable<ForeachFacts> foreachs{layer}; ///< By ForeachStmt.
  LayeredTable<PatternFacts> patterns{layer};
  LayeredTable<UsingFacts> usings{layer};       ///< By VariableDecl, or by UsingStmt if it has an expression.
  LayeredTable<MemberInit> memberInits{layer};  ///< By the element's value.
  std::deque<IteratorFacts> iterators{1}; ///< Row 0 means "none".
  std::deque<std::vector<Conversion>> tupleConversions{1}; ///< By Conversion::parts.

  /// Constructor that another one calls first (`: base(…)`, `: this(…)`, or the implicit base call): key is the FuncDecl.
  /// A constructor that nobody wrote has no FuncDecl; FunctionInfo::chain says the same for all of them.
  LayeredTable<uint32_t> constructorChains{layer}; ///< Index into calls.

  std::vector<std::vector<FunctionId>> vtables;     ///< By NominalId: the function in each virtual slot (classes).
  std::vector<FunctionId> destructors;              ///< By NominalId; invalid if none.
  std::vector<FunctionId> toStrings;                ///< By NominalId: the ToString() it has or inherits; invalid if none.
  std::vector<Conformance> conformances;
  std::vector<VariableId> initialisers;             ///< Module variables with run-time initialisers, in order.
  /// (i, v): v is declared between top-level statements; its initialiser runs before mainStatements[i], not before main.
  std::vector<std::pair<size_t, VariableId>> mainInitialisers;
  FunctionId entry;                                 ///< main, or the Main function of top-level statements.
  std::vector<const ast::Stmt *> mainStatements;    ///< Body of a FunctionKind::Main.
  AllocatorFacts allocator;
  std::vector<ExportedFunction> exports;            ///< Of each class its Retain and Release first.
  std::vector<TestFunction> tests;                  ///< The user's, in order of the text.

  /// Functions of kind Shape. All closures of one shape are called in the same way: they may throw if one of them may.
  std::map<std::vector<PassMode>, FunctionId> shapes;
  FunctionId shapeOf(TypeId func) const {
    auto found = shapes.find(types[func].modes.vec());
    return found == shapes.end() ? FunctionId() : found->second;
  }
  /// Whether calling a value of a func type may throw.
  bool mayThrow(TypeId func) const {
    FunctionId shape = shapeOf(func);
    return shape.isValid() && functions[shape.index].mayThrow;
  }

  std::vector<TypeId> knownTypes;         ///< By Known.
  std::vector<FunctionId> knownFunctions; ///< By Known.

  FunctionInfo &operator[](FunctionId id) { return functions[id.index]; }
  const FunctionInfo &operator[](FunctionId id) const { return functions[id.index]; }
  VariableInfo &operator[](VariableId id) { return variables[id.index]; }
  const VariableInfo &operator[](VariableId id) const { return variables[id.index]; }
  PropertyInfo &operator[](PropertyId id) { return properties[id.index]; }
  const PropertyInfo &operator[](PropertyId id) const { return properties[id.index]; }
  const ExprFacts &facts(const ast::Expr *expr) const { return exprs.get(expr); }
  const ConstValue &constant(const ast::Expr *expr) const { return constants[facts(expr).constant]; }
  const CallFacts &call(const ast::Node *node) const { return calls[exprs.get(node).call]; }
};

/// Selects a layer while it lives.
struct InLayer {
  const Program &program;
  LayerId saved;
  InLayer(const Program &program, LayerId layer) : program(program), saved(program.layer) { program.layer = layer; }
  InLayer(const InLayer &) = delete;
  ~InLayer() { program.layer = saved; }
};

} // namespace dream::sema
