// What checking works out on its way and nobody else reads: symbols and modules, the details of types and functions that
// are settled on demand, what is known at one point of a body, and the layers of generic declarations. Rows of tables that
// the Checker owns; they decide nothing themselves.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/sema/program.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

namespace dream::sema {

using ModuleId = Id<struct ModuleTag>;
using OverloadsId = Id<struct OverloadsTag>;

enum class Visibility : uint8_t { Private, Protected, Module, Public };

/// What a name means in a module or a type.
struct Symbol {
  enum class Kind : uint8_t {
    None, Variable, Functions, Type, Property,
    Poisoned, ///< Declared by something that was refused: its uses are silent errors.
  };
  Kind kind = Kind::None;
  Visibility visibility = Visibility::Public; ///< Functions: each has its own.
  uint32_t index = 0; ///< VariableId, OverloadsId, NominalId or PropertyId.
  SourceRange range;
  explicit operator bool() const { return kind != Kind::None; }
};
using SymbolTable = llvm::DenseMap<Name, Symbol>;

struct Module {
  std::string path;
  SymbolTable members;
  bool isLibrary = false;
};

/// One source file: its module and what it imports.
struct FileContext {
  const ast::SourceFile *file = nullptr;
  ModuleId module;
  bool isLibrary = false;
  llvm::SmallVector<ModuleId, 4> imports;
  llvm::DenseMap<Name, ModuleId> qualifiers; ///< Aliases and last words of module names.
  bool hasBrokenImports = false; ///< Then an unknown name may be a consequence.
};

/// How far something that is worked out on demand has come.
enum class Progress : uint8_t { NotStarted, Running, Done };

struct CallEdge {
  FunctionId callee;
  bool isSwallowed;  ///< Inside a try that catches everything.
  bool isDispatched; ///< May arrive at an override.
};

struct TypeDetail {
  const ast::Decl *decl = nullptr; ///< ClassDecl or EnumDecl.
  LayerId layer = 0;               ///< Of the facts about its declaration: not 0 inside of anything generic.
  Name plainName;                  ///< As declared, without type arguments: what constructors are named like.
  NominalId generic;               ///< The declaration it is an instance of (itself, for the declaration); invalid if not generic.
  llvm::SmallVector<TypeId, 2> args; ///< Its type arguments; a declaration's are its own parameters.
  unsigned depth = 0, weight = 0;  ///< Nesting and size of the name, to stop instances that need ever larger ones.
  FileContext *file = nullptr;
  NominalId outer;
  Visibility visibility = Visibility::Public;
  bool isStatic = false;
  Progress bases = Progress::NotStarted, layout = Progress::NotStarted, initialisers = Progress::NotStarted;
  SymbolTable members;
  std::vector<Name> memberOrder; ///< For suggestions.
  llvm::SmallVector<FunctionId, 1> constructors;
  FunctionId destructor;
  llvm::SmallVector<PropertyId, 0> indexers;
  llvm::SmallVector<FunctionId, 0> methods; ///< Everything with a body and `this`, accessors included, in order of the text.
  llvm::SmallVector<FunctionId, 0> operators, conversions;
  llvm::SmallVector<VariableId, 2> ownFields; ///< Of its own, in order.
  llvm::SmallVector<std::pair<VariableId, const ast::VariableDecl *>, 0> statics;
  std::vector<FunctionId> slots; ///< Interface: its methods.
  llvm::SmallVector<CallEdge, 0> initEdges; ///< Calls made by field initialisers.
  bool initThrows = false;
  bool hasErrors = false;
};

/// The members that `extend` gives to one type.
struct Extension {
  SymbolTable members;
  std::vector<Name> memberOrder;
  llvm::SmallVector<PropertyId, 0> indexers;
  llvm::SmallVector<FunctionId, 0> operators, conversions;
};

struct FunctionDetail {
  FileContext *file = nullptr;
  Visibility visibility = Visibility::Public;
  uint32_t modifiers = 0;
  Progress signature = Progress::NotStarted, body = Progress::NotStarted;
  bool infersResult = false;
  bool isQueued = false;       ///< Somebody calls it: its body is checked.
  bool throwsItself = false;   ///< A throw, or a call of a func value, outside of what swallows it.
  bool isPoisoned = false;     ///< Refused: calls of it are silent errors.
  bool writesThis = false;     ///< Assigns a part of `this`, directly.
  bool isInitOnly = false;     ///< An `init` accessor.
  bool isOverridden = false;
  FunctionId enclosing;        ///< Of a local function.
  bool isGeneric = false;      ///< Takes type arguments: it stands for its instances and is never called itself.
  FunctionId generic;          ///< The generic function that it is an instance of.
  llvm::SmallVector<TypeId, 0> args; ///< Its type arguments; of a generic function its own parameters.
  llvm::SmallVector<CallEdge, 0> edges;
  llvm::SmallVector<FunctionId, 0> mutatesThrough; ///< Methods called on `this` or a part of it, by place.
};

/// A struct method called on something read-only: an error if the method turns out to write `this`.
struct ReadOnlyCall {
  FunctionId callee;
  SourceRange range;
  std::string what; ///< "'p' is a parameter passed by 'in'"
};

// ---- Narrowing ------------------------------------------------------------------------------------------------------

/// A variable, or a path of `let` fields from one; rows of Checker::paths. 0 is none.
using PathId = uint32_t;

/// The types that tests have given to paths, at one point of the program.
struct Narrowing {
  llvm::SmallVector<std::pair<PathId, TypeId>, 2> known;
  TypeId find(PathId path) const {
    for (auto &[p, type] : known)
      if (p == path)
        return type;
    return {};
  }
  void set(PathId path, TypeId type);
  /// What holds on both ways.
  void meet(const Narrowing &other);
};

// ---- Bodies ---------------------------------------------------------------------------------------------------------

/// What `break` and `continue` may leave.
struct JumpTarget {
  Name label;
  bool isSwitch = false;
  bool isBroken = false, isContinued = false;
  Narrowing atBreak;
  unsigned finallyDepth = 0;
};

/// A `?` in a body whose result is to be inferred.
struct Propagation {
  const ast::Expr *operand;
  TypeId source; ///< Of the operand.
  SourceRange range;
};

struct BodyContext {
  FunctionId function;            ///< Invalid in initialisers.
  BodyContext *outer = nullptr;   ///< Of a lambda or local function: the body around it.
  bool usesThis = false;
  FileContext *file = nullptr;
  NominalId type;                 ///< Whose private members are in reach.
  TypeId thisType;                ///< Invalid where there is no `this`.
  VariableId thisVariable;
  TypeId extendedType;
  bool inConstructor = false, inInitialiser = false;
  bool infers = false;
  TypeId result = types::Void;
  llvm::SmallVector<std::pair<TypeId, const ast::Expr *>, 2> returns;
  llvm::SmallVector<Propagation, 0> propagations; ///< Where the result is inferred.
  bool reachable = true, warnedUnreachable = false;
  bool isChecked = false;         ///< Arithmetic panics on overflow.
  bool allowsLate = false;        ///< `= default` may leave the slot late.
  llvm::StringRef finallyWord = "'finally' block"; ///< What `finallyDepth` counts, innermost.
  unsigned swallowing = 0, unsafeDepth = 0, noGcDepth = 0, finallyDepth = 0, catchDepth = 0, localDepth = 0;
  unsigned handlerDepth = 0;      ///< Blocks of `try` with `catch` around.
  bool isIterator = false;        ///< The body holds a `yield`.
  TypeId yielded;                 ///< Type of the elements; an error if that is unknown.
  Narrowing now;
  llvm::SmallVector<JumpTarget, 4> targets;
  llvm::SmallVector<Name, 1> arenas; ///< That are open, by name if they have one, the innermost last.
  llvm::SmallVector<VariableId, 8> locals; ///< For the warning about unused ones.
  unsigned errorsBefore = 0;               ///< How many there were when the body began.
  llvm::SmallVector<CallEdge, 8> edges;
  llvm::SmallVector<FunctionId, 0> mutatesThrough;
  bool throwsItself = false, writesThis = false;
};

struct Local {
  VariableId variable;
  FunctionId function; ///< A local function.
  unsigned depth = 0;  ///< Of local functions around it.
  bool isPoisoned = false;
};

/// What resolving a name or a member access found.
struct Resolved {
  enum class Kind : uint8_t { Value, Type, Module, Functions, Error } kind = Kind::Error;
  TypeId type;
  ModuleId module;
  llvm::SmallVector<FunctionId, 4> functions;
  const ast::Expr *receiver = nullptr; ///< Functions: the object, null for implicit `this` and statics.
  bool implicitThis = false, isBase = false, isStaticAccess = false;
  bool isConditional = false;  ///< A `?.` somewhere to the left may skip it.
  bool inChain = false;        ///< Something to the right continues the chain.
  bool isObjectMember = false; ///< ToString, Equals or GetHashCode, which every type has; HasFlag of enums, GetLength of rectangular arrays.
  VariableId closure;          ///< Of a local function: what holds its environment here.
  TypeId receiverType;
  Name name;
  ast::List<const ast::TypeNode *> typeArgs; ///< Functions: as written behind the name.
  bool isOpenEnum = false;     ///< A generic enum without type arguments, before one of its cases.
};

/// A case of a generic enum that was named without type arguments, as in `Option.Some(5)` or `None`. It waits for a target
/// that tells them; if none comes, its parts must.
struct OpenVariant {
  NominalId generic;
  unsigned variant = 0;
};

// ---- Generics ---------------------------------------------------------------------------------------------------------

/// One type parameter, in one layer.
struct TypeBinding {
  Name name;
  TypeId param;        ///< The parameter as a type: the same in all layers.
  TypeId arg;          ///< What it stands for.
  VariableId constant; ///< Of `const int N`.
};

/// An instance of a generic declaration, or the declaration itself, whose arguments are its own parameters.
struct Layer {
  LayerId parent = 0;
  LayerId definition = 0; ///< Of the declaration as it is written: itself for that one.
  bool isOpaque = false;  ///< A type parameter is among the arguments: it is checked at most, and never lowered.
  bool hasErrors = false; ///< Definitions: errors were reported in it, so its instances need not be looked at.
  bool hasFailed = false; ///< Instances: that was reported.
  llvm::SmallVector<TypeBinding, 2> bindings;
  std::string name;       ///< For messages.
  SourceRange usedAt;     ///< Where it was first asked for,
  LayerId usedIn = 0;     ///< and in which layer.
};

/// A type parameter and what `where` says of it.
struct TypeParamInfo {
  const ast::TypeParamDecl *decl = nullptr;
  TypeId type;
  LayerId layer = 0; ///< Of the definition.
  FileContext *file = nullptr;
  NominalId scope;
  ast::List<const ast::WhereClause *> wheres;
  Progress progress = Progress::NotStarted;
  llvm::SmallVector<TypeId, 2> bounds; ///< Interfaces and base class.
  bool isClass = false, isStruct = false, isNew = false;
  TypeId projectionOf; ///< Of `T.Item`: T.
};

} // namespace dream::sema
