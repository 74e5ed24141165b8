// The syntax tree: what the user wrote, as the grammar sees it, and nothing more. Nodes live in an AstContext's arena,
// are immutable once the parser has returned them, and carry a dense NodeId by which later rooms key their tables.
// Lists of children are ArrayRefs into the same arena; an absent child is null. The printer (printer.h) turns a tree into
// text that parses to the same tree.
//
// After errors the tree is whole all the same: only what is said to be null may be null, everything else is an Error node;
// names that lack are empty. No tree is higher than kMaxTreeHeight nodes, so that rooms may walk it by recursion.
#pragma once

#include "compiler/support/names.h"
#include "compiler/support/source.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/Casting.h"

namespace dream::ast {

/// A bound on the height of every tree, and by it on the depth of those who walk it.
constexpr unsigned kMaxTreeHeight = 8000;

using NodeId = Id<struct NodeTag>;
template <typename T> using List = llvm::ArrayRef<T>;

enum class NodeKind : uint8_t {
#define NODE(CLASS, BASE) CLASS,
#include "compiler/syntax/node_kinds.def"
};

struct Node {
  NodeKind kind;
  NodeId id;
  SourceRange range; ///< From the first to past the last token.
};

#define NODE(CLASS, BASE) struct CLASS;
#include "compiler/syntax/node_kinds.def"

struct TypeNode : Node { static bool classof(const Node *node); };
struct Expr : Node { static bool classof(const Node *node); };
struct Pattern : Node { static bool classof(const Node *node); };
struct Stmt : Node { static bool classof(const Node *node); };

/// Words before a declaration. `rc` and `gc` fix a class's strategy.
enum Modifier : uint32_t {
  ModPublic = 1, ModPrivate = 2, ModProtected = 4, ModInternal = 8, ModExport = 16, ModStatic = 32, ModAbstract = 64,
  ModVirtual = 128, ModOverride = 256, ModSealed = 512, ModExtern = 1024, ModUnsafe = 2048, ModOwn = 4096,
  ModRc = 8192, ModGc = 16384,
};

struct Decl : Node {
  uint32_t modifiers = 0; ///< Modifier bits.
  List<const Attribute *> attributes;
  Name name;             ///< Empty where the declaration has none.
  SourceRange nameRange;
  llvm::StringRef doc;   ///< Text of the `///` lines before it, without the slashes; "" if none.
  static bool classof(const Node *node);
};

/// Gives a node class its kind and its classof.
#define DREAM_NODE(CLASS)                                                                                              \
  static constexpr NodeKind kKind = NodeKind::CLASS;                                                                   \
  static bool classof(const Node *node) { return node->kind == NodeKind::CLASS; }

// ---- Types as written -----------------------------------------------------------------------------------------------

enum class Builtin : uint8_t {
  Void, Bool, Char, String, Object, SByte, Byte, Short, UShort, Int, UInt, Long, ULong, NInt, NUInt, Float, Double,
};
/// The first spelling of a builtin ("int", not "i32").
llvm::StringRef spelling(Builtin builtin);

struct BuiltinType : TypeNode { DREAM_NODE(BuiltinType) Builtin builtin; };
/// `a.b.C<X>.D`: one part for each name.
struct NamedType : TypeNode {
  DREAM_NODE(NamedType)
  struct Part { Name name; SourceRange range; List<const TypeNode *> args; };
  List<Part> parts;
};
struct OptionalType : TypeNode { DREAM_NODE(OptionalType) const TypeNode *element; };
struct PointerType : TypeNode { DREAM_NODE(PointerType) const TypeNode *element; bool isConst; };
/// `T[]` (rank 1), `T[,]` (rank 2) …
struct ArrayType : TypeNode { DREAM_NODE(ArrayType) const TypeNode *element; unsigned rank; };
/// `T[n]`; brackets run outermost first, so `T[2][3]` is FixedArray(2, FixedArray(3, T)).
struct FixedArrayType : TypeNode { DREAM_NODE(FixedArrayType) const TypeNode *element; const Expr *size; };
struct TupleType : TypeNode {
  DREAM_NODE(TupleType)
  struct Element { const TypeNode *type; Name name; };
  List<Element> elements;
};
enum class ParamMode : uint8_t { Value, Ref, In, Out };
struct FuncType : TypeNode {
  DREAM_NODE(FuncType)
  struct Param { ParamMode mode; const TypeNode *type; Name name; };
  bool returnsRef;
  const TypeNode *result;
  List<Param> params;
};
struct OwnType : TypeNode { DREAM_NODE(OwnType) const TypeNode *element; };
struct WeakType : TypeNode { DREAM_NODE(WeakType) const TypeNode *element; };
/// A constant given as a type argument: `Ring<int, 16>`.
struct ConstArgType : TypeNode { DREAM_NODE(ConstArgType) const Expr *value; };
struct ErrorType : TypeNode { DREAM_NODE(ErrorType) };

// ---- Expressions ----------------------------------------------------------------------------------------------------

/// The value without sign; a minus before a literal is a UnaryExpr around it.
struct IntLiteral : Expr { DREAM_NODE(IntLiteral) uint64_t value; bool isUnsigned, isLong; /* suffixes */ };
struct FloatLiteral : Expr { DREAM_NODE(FloatLiteral) double value; bool isSingle; /* suffix f */ };
struct CharLiteral : Expr { DREAM_NODE(CharLiteral) uint32_t value; };
/// `value` is decoded: escapes resolved, indentation of raw strings cut. It may hold NULs.
struct StringLiteral : Expr { DREAM_NODE(StringLiteral) llvm::StringRef value; };
struct BoolLiteral : Expr { DREAM_NODE(BoolLiteral) bool value; };
struct NullLiteral : Expr { DREAM_NODE(NullLiteral) };
struct InterpolatedString : Expr {
  DREAM_NODE(InterpolatedString)
  /// Text (when `hole` is null, decoded) or `{hole,width:format}`.
  struct Part { llvm::StringRef text; const Expr *hole; const Expr *width; llvm::StringRef format; SourceRange formatRange; };
  List<Part> parts;
};
struct NameExpr : Expr { DREAM_NODE(NameExpr) Name name; List<const TypeNode *> typeArgs; };
/// `int` in `int.Parse(s)`.
struct BuiltinTypeExpr : Expr { DREAM_NODE(BuiltinTypeExpr) Builtin builtin; };
struct ThisExpr : Expr { DREAM_NODE(ThisExpr) };
struct BaseExpr : Expr { DREAM_NODE(BaseExpr) };
struct ParenExpr : Expr { DREAM_NODE(ParenExpr) const Expr *inner; };
struct TupleExpr : Expr {
  DREAM_NODE(TupleExpr)
  struct Element { Name name; const Expr *value; };
  List<Element> elements;
};
/// `[a, b, ..c]`
struct ArrayLiteral : Expr { DREAM_NODE(ArrayLiteral) List<const Expr *> elements; };
struct SpreadExpr : Expr { DREAM_NODE(SpreadExpr) const Expr *value; };
/// `{ a, b }`, `{ X = 1 }`, `{ [k] = v }`, after `new` or `=`; elements may be InitializerLists.
struct InitializerList : Expr {
  DREAM_NODE(InitializerList)
  struct Element { Name name; SourceRange nameRange; const Expr *index; const Expr *value; };
  List<Element> elements;
};
struct NewObject : Expr {
  DREAM_NODE(NewObject)
  const TypeNode *type; ///< Null in `new(…)`.
  bool hasArgs;
  List<const Argument *> args;
  const InitializerList *init;
  const NameExpr *region; ///< `in NAME`, or null; "heap" for `in heap`.
};
/// `new T[a, b][]…` (sizes given), or `new T[] {…}`, `new[] {…}` (ranks and an initialiser).
struct NewArray : Expr {
  DREAM_NODE(NewArray)
  const TypeNode *element;    ///< Innermost element as written; null in `new[] {…}`.
  List<const Expr *> sizes;   ///< Of the first bracket; empty if it has none.
  List<unsigned> ranks;       ///< Ranks of all brackets, outermost first, the first included.
  const Expr *init;           ///< InitializerList or ArrayLiteral, or null.
  const NameExpr *region;
};
struct MatchExpr : Expr { DREAM_NODE(MatchExpr) List<const Expr *> values; List<const MatchArm *> arms; };
struct DefaultExpr : Expr { DREAM_NODE(DefaultExpr) const TypeNode *type; };
enum class TypeQuery : uint8_t { SizeOf, AlignOf, OffsetOf };
struct TypeQueryExpr : Expr { DREAM_NODE(TypeQueryExpr) TypeQuery query; const TypeNode *type; Name field; SourceRange fieldRange; };
struct NameofExpr : Expr { DREAM_NODE(NameofExpr) const Expr *value; };
struct CheckedExpr : Expr { DREAM_NODE(CheckedExpr) bool isChecked; const Expr *value; };
struct LambdaExpr : Expr {
  DREAM_NODE(LambdaExpr)
  enum class CaptureMode : uint8_t { Copy, Ref, Move };
  struct Capture { CaptureMode mode; Name name; SourceRange range; };
  bool hasCaptureList;
  List<Capture> captures;
  List<const ParamDecl *> params; ///< Types may be null.
  const Expr *expr;               ///< One of `expr` and `block`.
  const BlockStmt *block;
};
enum class AssignOp : uint8_t { Assign, Add, Sub, Mul, Div, Rem, And, Or, Xor, Shl, Shr, UShr, Coalesce };
struct AssignExpr : Expr { DREAM_NODE(AssignExpr) AssignOp op; const Expr *target; const Expr *value; SourceRange opRange; };
struct ConditionalExpr : Expr { DREAM_NODE(ConditionalExpr) const Expr *condition, *whenTrue, *whenFalse; };
enum class BinaryOp : uint8_t {
  Coalesce, LogicalOr, LogicalAnd, BitOr, BitXor, BitAnd, Equal, NotEqual, Less, Greater, LessEqual, GreaterEqual,
  Shl, Shr, UShr, Add, Sub, Mul, Div, Rem,
};
/// What a compound assignment computes; `=` and `??=` are none.
BinaryOp binaryOf(AssignOp op);
struct BinaryExpr : Expr { DREAM_NODE(BinaryExpr) BinaryOp op; const Expr *lhs, *rhs; SourceRange opRange; };
enum class UnaryOp : uint8_t { Plus, Minus, Not, BitNot, PreInc, PreDec, AddressOf, Deref, FromEnd, Move };
struct UnaryExpr : Expr { DREAM_NODE(UnaryExpr) UnaryOp op; const Expr *operand; };
enum class PostfixOp : uint8_t { Inc, Dec, NotNull /* ! */, Propagate /* ? */ };
struct PostfixExpr : Expr { DREAM_NODE(PostfixExpr) PostfixOp op; const Expr *operand; };
struct CastExpr : Expr { DREAM_NODE(CastExpr) const TypeNode *type; const Expr *operand; };
struct IsExpr : Expr { DREAM_NODE(IsExpr) const Expr *value; const Pattern *pattern; };
struct AsExpr : Expr { DREAM_NODE(AsExpr) const Expr *value; const TypeNode *type; };
struct RangeExpr : Expr { DREAM_NODE(RangeExpr) const Expr *begin, *end; bool inclusive; };
enum class MemberAccess : uint8_t { Dot, Conditional /* ?. */, Arrow /* -> */ };
struct MemberExpr : Expr {
  DREAM_NODE(MemberExpr)
  const Expr *object;
  MemberAccess access;
  Name name;
  SourceRange nameRange;
  List<const TypeNode *> typeArgs;
};
struct IndexExpr : Expr { DREAM_NODE(IndexExpr) const Expr *object; List<const Argument *> args; bool conditional; };
struct CallExpr : Expr { DREAM_NODE(CallExpr) const Expr *callee; List<const Argument *> args; };
struct ThrowExpr : Expr { DREAM_NODE(ThrowExpr) const Expr *value; };
struct ErrorExpr : Expr { DREAM_NODE(ErrorExpr) };

// ---- Patterns -------------------------------------------------------------------------------------------------------

struct WildcardPattern : Pattern { DREAM_NODE(WildcardPattern) };
/// A literal, `null`, or a constant expression that is more than a name. Names alone, dotted or not, are TypePatterns with
/// neither parts nor designator; sema tells constants, types, variants and bindings apart.
struct ConstantPattern : Pattern { DREAM_NODE(ConstantPattern) const Expr *value; };
struct RangePattern : Pattern { DREAM_NODE(RangePattern) const Expr *low, *high; bool inclusive; };
struct RelationalPattern : Pattern { DREAM_NODE(RelationalPattern) BinaryOp op; const Expr *value; };
struct VarPattern : Pattern { DREAM_NODE(VarPattern) const NamesTree *names; };
struct TypePattern : Pattern {
  DREAM_NODE(TypePattern)
  struct Property { Name name; SourceRange range; const Pattern *pattern; };
  const TypeNode *type;  ///< Null in `(a, b)` and `{ X: 1 }`.
  bool hasParts;
  List<const Pattern *> parts;
  bool hasProperties;
  List<Property> properties;
  Name designator;
  SourceRange designatorRange;
};
struct NotPattern : Pattern { DREAM_NODE(NotPattern) const Pattern *inner; };
struct BinaryPattern : Pattern { DREAM_NODE(BinaryPattern) bool isAnd; const Pattern *lhs, *rhs; };

// ---- Statements -----------------------------------------------------------------------------------------------------

struct BlockStmt : Stmt { DREAM_NODE(BlockStmt) List<const Stmt *> statements; };
struct EmptyStmt : Stmt { DREAM_NODE(EmptyStmt) };
struct ExprStmt : Stmt { DREAM_NODE(ExprStmt) const Expr *expr; };
/// `int a = 1, b;`, `let x = …;`, `ref int r = ref e;` — one VariableDecl for each name.
struct VarStmt : Stmt { DREAM_NODE(VarStmt) const VariablesDecl *decl; };
/// `var (a, b) = e;`, `(T a, U b) = e;`
struct DeconstructStmt : Stmt { DREAM_NODE(DeconstructStmt) bool isLet; const NamesTree *names; const Expr *value; };
struct FuncStmt : Stmt { DREAM_NODE(FuncStmt) const FuncDecl *func; };
struct LabeledStmt : Stmt { DREAM_NODE(LabeledStmt) Name label; SourceRange labelRange; const Stmt *body; };
struct IfStmt : Stmt { DREAM_NODE(IfStmt) const Expr *condition; const Stmt *thenStmt, *elseStmt; };
struct WhileStmt : Stmt { DREAM_NODE(WhileStmt) const Expr *condition; const Stmt *body; };
struct DoStmt : Stmt { DREAM_NODE(DoStmt) const Stmt *body; const Expr *condition; };
struct ForStmt : Stmt {
  DREAM_NODE(ForStmt)
  const VariablesDecl *vars;     ///< Either this,
  const DeconstructStmt *deconstruct; ///< or this (`for (var (a, b) = e; …)`),
  List<const Expr *> inits;      ///< or these.
  const Expr *condition;         ///< Null: for ever.
  List<const Expr *> steps;
  const Stmt *body;
};
struct ForeachStmt : Stmt {
  DREAM_NODE(ForeachStmt)
  bool byRef, isLet;
  const TypeNode *type;          ///< Null for `var` and `let`.
  const VariableDecl *variable;  ///< Null when `names` is given.
  const NamesTree *names;
  const Expr *source;
  const Stmt *body;
};
struct BreakStmt : Stmt { DREAM_NODE(BreakStmt) Name label; SourceRange labelRange; };
struct ContinueStmt : Stmt { DREAM_NODE(ContinueStmt) Name label; SourceRange labelRange; };
struct ReturnStmt : Stmt { DREAM_NODE(ReturnStmt) bool byRef; const Expr *value; };
struct ThrowStmt : Stmt { DREAM_NODE(ThrowStmt) const Expr *value; };
struct YieldStmt : Stmt { DREAM_NODE(YieldStmt) bool isBreak; const Expr *value; };
struct TryStmt : Stmt {
  DREAM_NODE(TryStmt)
  const BlockStmt *body;
  List<const CatchClause *> catches;
  const BlockStmt *finallyBlock;
};
/// C's switch: sections in order; statements before the first label are an error that the parser reports.
struct SwitchStmt : Stmt { DREAM_NODE(SwitchStmt) const Expr *value; List<const SwitchSection *> sections; };
struct DeferStmt : Stmt { DREAM_NODE(DeferStmt) const Stmt *body; };
/// `using (x) body`, or `using var x = e;` with `body` null (then it lasts to the end of the block).
struct UsingStmt : Stmt { DREAM_NODE(UsingStmt) const VariablesDecl *vars; const Expr *expr; const Stmt *body; };
struct ArenaStmt : Stmt { DREAM_NODE(ArenaStmt) Name name; SourceRange nameRange; const Expr *size; const BlockStmt *body; };
enum class BlockMode : uint8_t { NoGc, Unsafe, Checked, Unchecked };
struct ModeStmt : Stmt { DREAM_NODE(ModeStmt) BlockMode mode; const BlockStmt *body; };
struct ErrorStmt : Stmt { DREAM_NODE(ErrorStmt) };

// ---- Declarations ---------------------------------------------------------------------------------------------------

/// `import a.b as c;` or `import c "header.h";`
struct ImportDecl : Decl {
  DREAM_NODE(ImportDecl)
  List<Name> path;
  Name alias;
  bool isC;
  llvm::StringRef header;
};
enum class FuncKind : uint8_t { Plain, Operator, Conversion };
struct FuncDecl : Decl {
  DREAM_NODE(FuncDecl)
  FuncKind funcKind;
  bool returnsRef;
  const TypeNode *result;       ///< Null: inferred (or a constructor).
  // `name` of an operator is its spelling: "+", "[]", "implicit", "explicit".
  List<const TypeParamDecl *> typeParams;
  List<const ParamDecl *> params;
  bool isVariadic;              ///< `...`
  bool callsBase, callsThis;    ///< `: base(…)`, `: this(…)`
  List<const Argument *> chainArgs;
  SourceRange chainRange;
  List<const WhereClause *> wheres;
  bool hasBody;                 ///< False for `;`.
  const BlockStmt *block;       ///< One of `block` and
  const Expr *expr;             ///< `=> expr`.
};
struct ParamDecl : Decl {
  DREAM_NODE(ParamDecl)
  ParamMode mode;
  bool isParams;
  const TypeNode *type;         ///< Null only in lambdas.
  const Expr *defaultValue;
};
struct TypeParamDecl : Decl { DREAM_NODE(TypeParamDecl) const TypeNode *constType; /* set in `const int N` */ };
enum class ClassKind : uint8_t { Class, Struct, Interface };
struct ClassDecl : Decl {
  DREAM_NODE(ClassDecl)
  ClassKind classKind;
  List<const TypeParamDecl *> typeParams;
  List<const TypeNode *> bases;
  List<const WhereClause *> wheres;
  List<const Decl *> members;
};
struct ExtendDecl : Decl {
  DREAM_NODE(ExtendDecl)
  List<const TypeParamDecl *> typeParams;
  const TypeNode *extended;
  List<const TypeNode *> bases;
  List<const WhereClause *> wheres;
  List<const Decl *> members;
};
struct EnumDecl : Decl {
  DREAM_NODE(EnumDecl)
  List<const TypeParamDecl *> typeParams;
  const TypeNode *underlying;
  List<const EnumVariantDecl *> variants;
  List<const Decl *> members;
};
struct EnumVariantDecl : Decl {
  DREAM_NODE(EnumVariantDecl)
  struct Part { const TypeNode *type; Name name; };
  bool hasParts;
  List<Part> parts;
  const Expr *value;
};
enum class VarKeyword : uint8_t { None, Var, Let, Const };
/// One variable: local, field, or module variable.
struct VariableDecl : Decl {
  DREAM_NODE(VariableDecl)
  VarKeyword keyword;
  bool isRef;
  const TypeNode *type; ///< With this name's own brackets applied; null: inferred.
  const Expr *init;     ///< May be an InitializerList; null if none.
};
/// The variables of one declaration statement or member; modifiers and attributes are repeated on each of them.
struct VariablesDecl : Decl { DREAM_NODE(VariablesDecl) List<const VariableDecl *> variables; };
struct DestructorDecl : Decl { DREAM_NODE(DestructorDecl) const BlockStmt *body; };
struct AssocTypeDecl : Decl { DREAM_NODE(AssocTypeDecl) List<const TypeNode *> bounds; const TypeNode *value; };
/// A property, or with `isIndexer` an indexer. `T X => e;` has one get accessor with that expression.
struct PropertyDecl : Decl {
  DREAM_NODE(PropertyDecl)
  const TypeNode *type;
  bool isIndexer;
  List<const ParamDecl *> params;
  List<const AccessorDecl *> accessors;
  const Expr *init;
};
enum class AccessorKind : uint8_t { Get, Set, Init };
struct AccessorDecl : Decl {
  DREAM_NODE(AccessorDecl)
  AccessorKind accessorKind;
  bool hasBody;         ///< False for `get;`.
  const BlockStmt *block;
  const Expr *expr;
};

// ---- Parts ----------------------------------------------------------------------------------------------------------

struct Attribute : Node { DREAM_NODE(Attribute) List<Name> path; bool hasArgs; List<const Argument *> args; };
struct WhereClause : Node {
  DREAM_NODE(WhereClause)
  enum class BoundKind : uint8_t { Type, Class, Struct, Own, New };
  struct Bound { BoundKind kind; const TypeNode *type; };
  Name param;
  SourceRange paramRange;
  List<Bound> bounds;
};
/// An argument of a call, constructor, indexer or attribute. `out var x` and `out T x` declare `outVariable`
/// (`value` is null then; its type is null for `var`).
struct Argument : Node {
  DREAM_NODE(Argument)
  Name name; ///< Of a named argument.
  SourceRange nameRange;
  ParamMode mode;
  const Expr *value;
  const VariableDecl *outVariable;
};
struct CatchClause : Node {
  DREAM_NODE(CatchClause)
  const VariableDecl *variable; ///< Null if there is none.
  const TypeNode *type;         ///< Null: catches all.
  const Expr *guard;
  const BlockStmt *body;
};
struct SwitchSection : Node {
  DREAM_NODE(SwitchSection)
  List<const Expr *> labels;    ///< A null label is `default`.
  List<const Stmt *> statements;
};
struct MatchArm : Node {
  DREAM_NODE(MatchArm)
  const Pattern *pattern;
  const Expr *guard;
  const Expr *expr;             ///< One of `expr` and `block`.
  const BlockStmt *block;
  const Expr *blockValue;       ///< Last expression of `block` without `;`, or null.
};
/// `a`, or `(a, (b, c))`, of `var (…) =` and var patterns. Leaves of `(T a, U b) =` have types.
struct NamesTree : Node {
  DREAM_NODE(NamesTree)
  List<const NamesTree *> children; ///< Empty for a leaf.
  const VariableDecl *variable;     ///< Of a leaf.
};
struct SourceFile : Node {
  DREAM_NODE(SourceFile)
  FileId file;
  List<Name> modulePath;        ///< Empty: named like the file.
  SourceRange moduleRange;
  List<const ImportDecl *> imports;
  List<const Node *> items;     ///< Decls and Stmts, in order of the text.
};

#undef DREAM_NODE

// ---- The arena ------------------------------------------------------------------------------------------------------

/// Owns the nodes of all files of a compilation, and numbers them.
class AstContext {
public:
  explicit AstContext(NameTable &names) : names(names) {}

  NameTable &names;
  /// A node with its kind, id and range set and every other field zero; the parser then fills it in.
  template <typename T> T *make(SourceRange range) {
    T *node = new (arena.Allocate<T>()) T();
    node->kind = T::kKind;
    node->id = NodeId(nextId++);
    node->range = range;
    return node;
  }
  template <typename T> List<T> copy(llvm::ArrayRef<T> items) {
    T *data = arena.Allocate<T>(items.size());
    std::uninitialized_copy(items.begin(), items.end(), data);
    return {data, items.size()};
  }
  llvm::StringRef copy(llvm::StringRef text) { return text.copy(arena); }
  /// Ids run from 0 to here.
  uint32_t nodeCount() const { return nextId; }

private:
  llvm::BumpPtrAllocator arena;
  uint32_t nextId = 0;
};

/// A column of facts about nodes, keyed by node id, filled by later rooms.
template <typename T> class NodeTable {
public:
  T &operator[](const Node *node) {
    if (node->id.index >= rows.size())
      rows.resize(node->id.index + 1 + rows.size() / 2);
    return rows[node->id.index];
  }
  /// The fact, or a default-made one where none was written.
  const T &get(const Node *node) const {
    static const T none{};
    return node->id.index < rows.size() ? rows[node->id.index] : none;
  }
  void reserve(uint32_t count) { if (rows.size() < count) rows.resize(count); }

private:
  std::vector<T> rows;
};

} // namespace dream::ast
