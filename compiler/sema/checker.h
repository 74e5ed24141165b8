// The checker, shared by the files of this room. It is one class because checking is one mutual recursion: an expression may
// need a signature, a signature a constant, a constant an expression. Each file owns one idea; the groups of members below are
// named after them. The tables that they fill are in checker_tables.h.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/sema/check.h"
#include "compiler/sema/checker_tables.h"
#include "compiler/sema/constants.h"
#include "compiler/sema/program.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"

namespace dream::sema {

class Checker : private CheckerTables {
public:
  Checker(Program &program, NameTable &names, const SourceManager &sources, DiagnosticEngine &diags, const CheckOptions &options);
  void run(llvm::ArrayRef<const ast::SourceFile *> library, llvm::ArrayRef<const ast::SourceFile *> files);

private:
  Program &program;
  TypeTable &types;
  NameTable &names;
  const SourceManager &sources;
  DiagnosticEngine &diags;
  const CheckOptions &options;
  BodyContext *cx = nullptr; ///< The body at hand.

  // ---- Generics (generics.cpp, constraints.cpp, inference.cpp)
  SourceRange useRange; ///< In the body of an instance: the call that asks for another one.
  struct In;
  bool isDefinition(LayerId layer) const { return layer && layers[layer].definition == layer; }
  /// Made of a definition, which has been, or will be, checked: no diagnostics.
  bool isInstance(LayerId layer) const { return layer && layers[layer].definition != layer; }
  bool isOpaque(LayerId layer) const { return layers[layer].isOpaque; }
  LayerId newLayer(ast::List<const ast::TypeParamDecl *> params, llvm::ArrayRef<TypeId> args, LayerId parent, LayerId definition);
  llvm::SmallVector<TypeId, 2> ownParams(ast::List<const ast::TypeParamDecl *> params, ast::List<const ast::WhereClause *> wheres = {});
  void describeParams(ast::List<const ast::TypeParamDecl *> params, ast::List<const ast::WhereClause *> wheres, FileContext &file,
                      NominalId scope, LayerId layer);
  std::string spellArgs(llvm::ArrayRef<TypeId> args) const;
  const TypeBinding *findBinding(Name name) const;
  bool mentionsParam(TypeId type) const;
  TypeId substitute(TypeId type, LayerId layer);
  NominalId counterpart(NominalId type, LayerId layer);
  FunctionId counterpart(FunctionId function, LayerId layer);
  FunctionId memberOf(NominalId type, FunctionId like);
  FunctionId definitionOf(FunctionId function);
  FunctionId pinned(const ast::Expr *node, TypeId receiverType);
  bool wasOfParam(const ast::Expr *object);
  TypeId instantiate(NominalId generic, llvm::ArrayRef<TypeId> args, SourceRange range);
  FunctionId instantiate(FunctionId generic, llvm::ArrayRef<TypeId> args, SourceRange range);
  unsigned nesting(TypeId type, unsigned &weight) const;
  bool isTooLarge(llvm::ArrayRef<TypeId> args, llvm::StringRef name, SourceRange range);
  void completeTypes();
  void addStandIn(FunctionId base, FunctionId other);
  void reportFailure(LayerId layer, const Diagnostic &first);
  bool resolveTypeArgs(llvm::ArrayRef<const ast::TypeNode *> nodes, ast::List<const ast::TypeParamDecl *> params, llvm::StringRef name,
                       SourceRange range, FileContext &file, NominalId scope, llvm::SmallVectorImpl<TypeId> &out);
  TypeId resolveConstArg(const ast::TypeNode *node, TypeId type, FileContext &file, NominalId scope);
  TypeParamInfo &paramInfo(TypeId param) { return typeParams[types[param].count]; }
  TypeParamInfo &needBounds(TypeId param);
  Symbol lookupBoundMember(TypeId param, Name name, NominalId *owner);
  bool conforms(TypeId type, TypeId interface);
  void addInterface(TypeId type, TypeId interface, SourceRange range, bool isInherited);
  void bindAdded(const AddedInterface &added);
  Extension *findExtension(TypeId type);
  llvm::SmallVector<Extension *, 4> extensionsOf(TypeId type, bool withInherited);
  void needExtensions(TypeId type);
  void needAddedInterfaces(TypeId type);
  void applyExtensions(TypeId type, bool addInterfaces);
  bool applyExtension(const GenericExtension &row, TypeId type);
  bool isForAny(const GenericExtension &row) const { return types.kind(row.pattern) == TypeKind::TypeParam; }
  bool isWide(const GenericExtension &row) const { return isForAny(row) && row.decl->bases.empty(); }
  LayerId extensionInstance(const GenericExtension &row, llvm::ArrayRef<TypeId> args);
  void declareGenericExtend(const PendingExtend &pending);
  FunctionId extensionMethod(TypeId type, FunctionId method);
  FunctionId staticImplementation(TypeId type, FunctionId method);
  FunctionId namedIn(const SymbolTable &members, FunctionId method, llvm::function_ref<bool(FunctionId)> usable);
  void checkStatics(TypeId type, TypeId interface, SourceRange range);
  bool equalByConstraint(const ast::BinaryExpr *expr, TypeId type);
  FunctionId definitionOperator(const ast::Expr *expr);
  bool hasZeroValue(TypeId type);
  void checkConstraints(const PendingConstraints &pending);
  bool satisfies(TypeId arg, ast::WhereClause::BoundKind kind, TypeId bound);
  void requireConstraints(LayerId layer, SourceRange range, const ast::Decl *decl, FileContext &file, NominalId scope);
  void flushConstraints();
  bool unify(TypeId pattern, TypeId actual, llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound);
  FunctionId inferInstance(FunctionId generic, llvm::ArrayRef<const ast::Argument *> args, SourceRange range, Name *missing);
  bool isMoreSpecific(TypeId a, TypeId b);
  FunctionId explicitInstance(FunctionId generic, ast::List<const ast::TypeNode *> nodes, SourceRange range);
  TypeId propertyType(PropertyId property);

  // ---- Associated types (associated_types.cpp)
  const AssocSource *assocSource = nullptr; ///< Of the type that is resolved next.
  ast::List<const ast::TypeParamDecl *> paramsOf(const ast::Decl *decl);
  TypeId declaredAssoc(const ast::Decl *decl, Name name, FileContext &file, NominalId scope);
  TypeId aliasIn(NominalId type, Name name);
  llvm::SmallVector<TypeId, 8> interfacesOf(TypeId type);
  TypeId assocType(TypeId type, Name name);
  TypeId projection(TypeId param, const ast::TypeParamDecl *assoc);
  void needAssocBounds(TypeParamInfo &info);
  bool addAssocArgs(NominalId generic, const AssocSource *source, Name name, SourceRange range, llvm::SmallVectorImpl<TypeId> &args);
  TypeId resolveFor(const AssocSource &source, const ast::TypeNode *node, FileContext &file, NominalId scope);
  TypeId resolveBase(const ast::TypeNode *node, const ast::Decl *decl, FileContext &file, NominalId scope, NominalId inside);
  TypeId resolveBound(const ast::TypeNode *node, TypeId param, TypeId actual, FileContext &file, NominalId scope);

  // ---- Reporting (report.cpp)
  DiagnosticBuilder report(DiagId id, SourceRange range) { return diags.report(id, range); }
  /// D4001, once at this place.
  void refuse(SourceRange range, const llvm::Twine &what);
  std::string spell(TypeId type) const { return types.spell(type); }
  std::string signature(FunctionId function) const; ///< "Add(int, ref string)"
  bool maySuggest() const;
  bool suggestForeign(DiagnosticBuilder &diag, SourceRange range, Name name, llvm::ArrayRef<std::string> args);
  void suggest(DiagnosticBuilder &diag, SourceRange range, Name wrong, llvm::ArrayRef<llvm::StringRef> candidates);

  // ---- Declarations (declare.cpp, signatures.cpp)
  void declareFiles(llvm::ArrayRef<const ast::SourceFile *> list, bool isLibrary);
  void resolveImports(FileContext &file);
  void declareItem(FileContext &file, const ast::Node *item);
  void declareType(FileContext &file, const ast::Decl *decl, NominalId outer);
  NominalId declareNominal(FileContext &file, const ast::Decl *decl, NominalId outer, llvm::ArrayRef<TypeId> args, bool isTypeInstance);
  NominalId newNominal(NominalKind kind, FileContext &file, const ast::Decl *decl, NominalId outer, llvm::ArrayRef<TypeId> args, bool isTypeInstance);
  NominalId declareClass(FileContext &file, const ast::ClassDecl *cls, NominalId outer, llvm::ArrayRef<TypeId> args, bool isTypeInstance);
  FunctionId makeFunction(FileContext &file, const ast::FuncDecl *decl, NominalId owner, Extension *extension, TypeId extended,
                          llvm::ArrayRef<TypeId> args);
  void declareMembers(FileContext &file, NominalId owner, llvm::ArrayRef<const ast::Decl *> members, Extension *extension, TypeId extended);
  FunctionId declareFunction(FileContext &file, const ast::FuncDecl *decl, NominalId owner, Extension *extension, TypeId extended);
  void declareProperty(FileContext &file, const ast::PropertyDecl *decl, NominalId owner, Extension *extension, TypeId extended);
  void declareVariable(FileContext &file, const ast::VariableDecl *decl, NominalId owner, Extension *extension, TypeId extended);
  void declareExtend(const PendingExtend &pending);
  NominalId declareEnum(FileContext &file, const ast::EnumDecl *decl, NominalId outer, llvm::ArrayRef<TypeId> args, bool isTypeInstance);
  void needVariants(NominalId type);
  bool addSymbol(SymbolTable &table, std::vector<Name> *order, Name name, Symbol symbol);
  void addFunction(SymbolTable &table, std::vector<Name> *order, Name name, FunctionId function);
  SymbolTable &membersOf(FileContext &file, NominalId owner, Extension *extension, std::vector<Name> *&order);
  Visibility visibilityOf(const ast::Decl *decl, bool isMember);
  void refuseModifiers(const ast::Decl *decl, uint32_t allowed, llvm::StringRef what);
  void checkAttributes(const ast::Decl *decl, bool isLibrary);
  void applyLayout(NominalInfo &info, const ast::Decl *decl, llvm::ArrayRef<TypeId> args, bool isLibrary);
  llvm::StringRef attributeText(const ast::Decl *decl, llvm::StringRef name);
  FunctionId newFunction(FunctionKind kind, Name name, SourceRange range, FileContext &file, const ast::Decl *decl, NominalId owner);
  void giveSymbol(FunctionId function, llvm::StringRef prefix, llvm::StringRef name);
  VariableId newVariable(VariableKind kind, Name name, TypeId type, SourceRange range);
  std::string qualify(FileContext &file, NominalId owner, Name name);
  void needSignature(FunctionId function);
  void needResult(FunctionId function, SourceRange use);
  void declareParams(FunctionId function, llvm::ArrayRef<const ast::ParamDecl *> params);
  void checkOperatorShape(FunctionId function);
  void checkInitialiser(VariableId variable);
  void needVariableType(VariableId variable);
  void checkDuplicateSignatures();
  void bindCPrototype(FunctionId function);
  void findKnownLibrary();

  // ---- Types as written (resolve_types.cpp)
  TypeId resolveType(const ast::TypeNode *node, FileContext &file, NominalId scope);
  TypeId resolveHere(const ast::TypeNode *node) { return resolveType(node, *cx->file, cx->type); }
  TypeId weakType(const ast::WeakType *node, FileContext &file, NominalId scope);
  TypeId resolveNamed(const ast::NamedType *node, FileContext &file, NominalId scope);
  NominalId applyTypeArgs(NominalId type, llvm::ArrayRef<const ast::TypeNode *> nodes, Name name, SourceRange range, FileContext &file,
                          NominalId scope, const AssocSource *source = nullptr);
  static TypeId builtinType(ast::Builtin builtin);
  void collectTypes(FileContext &file, NominalId scope, std::vector<llvm::StringRef> &candidates);
  bool isInBody(const ast::Expr *expr, const FileContext &file) const;
  bool checkStorable(TypeId type, SourceRange range, llvm::StringRef what, bool mayView = false);

  // ---- Names (lookup.cpp)
  Symbol lookupMember(NominalId type, Name name, NominalId *owner = nullptr);
  Symbol lookupExtension(TypeId type, Name name);
  Symbol lookupModule(ModuleId module, Name name, const FileContext &from);
  Symbol lookupGlobal(FileContext &file, Name name, SourceRange range);
  /// The type that a bare name means although a member of the type around has that name, too; invalid if it means the member.
  TypeId namesake(const ast::NameExpr *expr, Name member = {});
  bool canSee(Visibility visibility, NominalId owner, ModuleId declaredIn, NominalId scope, const FileContext &file) const;
  bool checkVisible(Visibility visibility, NominalId owner, ModuleId declaredIn, Name name, SourceRange range, SourceRange declaration);
  bool checkVisible(const Symbol &symbol, NominalId owner, const ast::MemberExpr *expr);
  bool checkFunctionVisible(FunctionId function, SourceRange range);
  bool isInside(NominalId type, NominalId owner) const;
  ModuleId moduleNamed(FileContext &file, Name name);
  void collectNames(FileContext &file, NominalId scope, std::vector<llvm::StringRef> &out);
  void collectMembers(TypeId type, std::vector<llvm::StringRef> &out);
  void gatherMethods(TypeId type, Name name, llvm::SmallVectorImpl<FunctionId> &out, bool withExtensions = true);
  // Locals
  llvm::DenseMap<Name, Local> locals;
  llvm::SmallVector<std::pair<Name, Local>, 32> localUndo;
  struct Scope;
  struct Enter;
  void declareLocal(Name name, Local local, SourceRange range);
  VariableId declareLocalVariable(VariableKind kind, Name name, TypeId type, SourceRange range);

  // ---- Classes (classes.cpp, conformance.cpp)
  void needBases(NominalId type);
  void needLayout(NominalId type);
  void bindOverrides(NominalId type);
  void buildSlots(NominalId type);
  void bindConformances(NominalId type);
  FunctionId overridden(FunctionId function);
  FunctionId implementation(NominalId type, FunctionId method, FunctionId &clash, FunctionId &near);
  void checkAbstract(NominalId type);
  bool sameParams(FunctionId a, FunctionId b);
  void checkResults();
  std::vector<std::pair<FunctionId, FunctionId>> resultChecks; ///< A method, and what it overrides or implements; none: ToString.
  void findLateFields();

  // ---- Conversions (conversions.cpp, coercions.cpp)
  std::optional<Conversion> implicitConversion(TypeId from, TypeId to, const ast::Expr *expr = nullptr);
  std::optional<Conversion> explicitConversion(TypeId from, TypeId to, const ast::Expr *expr = nullptr);
  TypeId arrayOfSequence(TypeId to);
  std::optional<Conversion> sequenceConversion(TypeId from, TypeId to);
  std::optional<Conversion> userConversion(TypeId from, TypeId to, bool isExplicit);
  bool widens(TypeId from, TypeId to) const;
  bool literalConverts(llvm::ArrayRef<const ast::Expr *> elements, TypeId to);
  void retargetArray(const ast::ArrayLiteral *literal, TypeId to);
  FunctionId collectionConstructor(TypeId type);
  TypeId literalTarget(TypeId type);
  void reportMismatch(const ast::Expr *expr, TypeId from, TypeId to, llvm::StringRef context);
  llvm::DenseSet<TypeId> textsRunning, equalitiesRunning; ///< Enums that may hold themselves.
  FunctionId toStringOf(TypeId type);
  bool hasText(TypeId type);
  bool armsConvert(const ast::MatchExpr *match, TypeId to);
  void forEachArmValue(const ast::MatchExpr *match, llvm::function_ref<void(const ast::Expr *)> visit) const;
  bool converts(const ast::Expr *expr, TypeId to); ///< The checked expression has an implicit conversion to the type.
  TypeId coerce(const ast::Expr *expr, TypeId to, llvm::StringRef context = {});
  void coerceCondition(const ast::Expr *expr);
  void coerceToString(const ast::Expr *expr);
  void retarget(const ast::Expr *expr, TypeId to);
  TypeId finish(const ast::Expr *expr); ///< No target will come: settles literals that wait for one.
  TypeId commonType(llvm::ArrayRef<const ast::Expr *> exprs);
  bool constantFits(const ConstValue &value, TypeId to) const;

  // ---- Overloads (overloads.cpp)
  struct Candidate;
  struct Viable;
  Viable findViable(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const ast::Argument *> args, SourceRange range);
  bool reportMissingRef(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const ast::Argument *> args, SourceRange range);
  FunctionId chooseOverload(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const ast::Argument *> args, SourceRange range,
                            Name name, std::vector<BoundArgument> &bound);
  bool bindArguments(FunctionId function, llvm::ArrayRef<const ast::Argument *> args, bool expanded, Candidate &out);
  bool argumentFits(const ast::Argument *arg, FunctionId function, unsigned index, TypeId type);
  std::optional<Conversion> externConversion(TypeId from, TypeId to);
  bool betterConversion(const ast::Expr *expr, TypeId a, TypeId b);
  int compareCandidates(const Candidate &a, const Candidate &b, llvm::ArrayRef<const ast::Argument *> args);
  void checkArguments(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const ast::Argument *> args);
  void finishArguments(const Candidate &chosen, llvm::ArrayRef<const ast::Argument *> args, std::vector<BoundArgument> &bound);
  TypeId variantHint(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const ast::Argument *> args, size_t index);
  void noteOverloads(DiagnosticBuilder &diag, llvm::ArrayRef<FunctionId> functions, SourceRange range);
  void abandonArguments(llvm::ArrayRef<const ast::Argument *> args);
  void reportMisfit(FunctionId function, llvm::ArrayRef<const ast::Argument *> args, SourceRange range);
  void reportNoOverload(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const ast::Argument *> args, SourceRange range, Name name);
  void coerceVariadic(const ast::Expr *expr);
  bool reportUninferred(FunctionId function, llvm::ArrayRef<const ast::Argument *> args, SourceRange range, Name missing);
  llvm::DenseSet<FunctionId> ownInstances; ///< Generic functions, called from inside with their own parameters written out.
  bool hasOwnArgs(FunctionId function) const { return ownInstances.contains(function); }

  // ---- Constants (constants.cpp)
  const ConstValue &constantOf(const ast::Expr *expr) const { return program.constants[program.exprs.get(expr).constant]; }
  void setConstant(const ast::Expr *expr, const ConstValue &value);
  void foldBinary(const ast::BinaryExpr *expr, TypeId operandType, bool isChecked);
  void foldUnary(const ast::UnaryExpr *expr, TypeId type);
  void needConstant(VariableId variable);
  std::optional<uint64_t> arraySize(const ast::Expr *expr, FileContext &file, NominalId scope);
  llvm::StringRef keepText(const llvm::Twine &text);

  // ---- Expressions (check_expr.cpp and its neighbours)
  TypeId check(const ast::Expr *expr, TypeId hint = {});       ///< A value; its natural type, invalid if it waits for a target.
  TypeId readWeak(const ast::Expr *expr, TypeId type);
  TypeId checkValue(const ast::Expr *expr, TypeId hint = {});  ///< As check, then settled.
  TypeId checkTo(const ast::Expr *expr, TypeId to, llvm::StringRef context = {}); ///< Checked and converted.
  TypeId checkInitList(const ast::InitializerList *expr, TypeId to);
  TypeId dispatch(const ast::Expr *expr, TypeId hint);
  TypeId setType(const ast::Expr *expr, TypeId type) { program.exprs[expr].type = type; return type; }
  TypeId fail(const ast::Expr *expr) { return setType(expr, types::Error); }
  Resolved resolve(const ast::Expr *expr, TypeId hint = {});
  Resolved resolveName(const ast::NameExpr *expr, TypeId hint = {});
  Resolved resolveMember(const ast::MemberExpr *expr);
  Resolved useSymbol(const ast::Expr *expr, Symbol symbol, Name name, SourceRange range, NominalId owner, NominalId level, bool isQualified);
  Resolved memberOfValue(const ast::MemberExpr *expr, TypeId type);
  Resolved memberOfType(const ast::MemberExpr *expr, TypeId type, bool isOpenEnum = false);
  bool beforeDot = false; ///< Set just before resolving what stands before a member: a generic enum may lack its arguments.
  TypeId valueOf(const ast::Expr *expr, Resolved &resolved, bool mayWait = false);
  TypeId endChain(const ast::Expr *expr, TypeId type, bool isOpen, bool inChain);
  TypeId useVariable(const ast::Expr *expr, VariableId variable, bool isOpen = false);
  TypeId checkObject(const ast::Expr *expr);
  bool openChain = false;   ///< Set just before checking the object of a postfix expression.
  bool chainIsOpen = false; ///< What was checked last has a `?.` that its context must close.
  bool hasLength(TypeId type) const;
  void noteStore(const ast::Expr *target, llvm::StringRef action);
  bool isStaticValue(const Symbol &symbol) const;
  void useMember(const ast::MemberExpr *expr, TypeId type, const Symbol &symbol, Resolved &result, bool isOpenEnum = false);
  void keepCallable(llvm::SmallVectorImpl<FunctionId> &functions, bool isStatic);
  void coerceReceiver(const ast::Expr *object, TypeId type, NominalId owner);
  void needUnsafe(SourceRange range, llvm::StringRef what);
  void reportUnknownName(const ast::NameExpr *expr);
  void reportUnknownMember(const ast::MemberExpr *expr, TypeId type);
  TypeId checkLiteral(const ast::IntLiteral *expr, bool isNegated);
  TypeId checkInterpolated(const ast::InterpolatedString *expr);
  ConstValue zeroConstant(TypeId type) const;
  void reportNoZero(SourceRange range, TypeId type);
  void needLayoutOf(TypeId type);
  void noteExceptionOfText();
  void checkFormat(const ast::Expr *hole, TypeId type, llvm::StringRef format, SourceRange range);
  FunctionId formattingOf(TypeId type);
  TypeId checkThis(const ast::Expr *expr);
  TypeId checkCall(const ast::CallExpr *expr, TypeId hint);
  TypeId finishCall(const ast::CallExpr *expr, Resolved &callee, llvm::ArrayRef<const ast::Argument *> args, bool inChain);
  TypeId callValueMember(const ast::CallExpr *expr, Resolved &callee, bool inChain);
  TypeId callObjectMember(const ast::CallExpr *expr, Resolved &callee, bool inChain);
  uint32_t callConstructor(NominalId type, llvm::ArrayRef<const ast::Argument *> args, SourceRange range, const ast::Node *at);
  llvm::SmallVector<FunctionId, 4> constructorsFor(const ast::Node *at, NominalId type);
  bool checkIndexArgument(const ast::Expr *expr, bool mayRange);
  void checkIndexValue(const ast::Expr *expr);
  TypeId checkIndexer(const ast::IndexExpr *expr, TypeId type, bool isRead, bool isWritten);
  static const ast::UnaryExpr *countingIndex(const ast::IndexExpr *expr);
  static const ast::RangeExpr *countingRange(const ast::IndexExpr *expr);
  FunctionId countGetter(TypeId type);
  bool servesIndexing(FunctionId function, TypeId type);
  void noteIndexing(const ast::Expr *at, FunctionId function, const ast::IndexExpr *expr, TypeId type);
  bool noteCount(const ast::Expr *at, const ast::IndexExpr *expr, TypeId type);
  bool countFromEnd(const ast::UnaryExpr *fromEnd, const ast::IndexExpr *expr, TypeId type);
  TypeId checkSlice(const ast::IndexExpr *expr, const ast::RangeExpr *range, TypeId type);
  TypeId checkNew(const ast::NewObject *expr, TypeId hint);
  TypeId construct(const ast::NewObject *expr, TypeId type);
  TypeId checkNewArray(const ast::NewArray *expr, TypeId hint);
  TypeId checkArrayLiteral(const ast::ArrayLiteral *expr, TypeId hint);
  TypeId checkIndex(const ast::IndexExpr *expr, bool isRead, bool isWritten);
  TypeId checkBinary(const ast::BinaryExpr *expr, TypeId hint);
  TypeId checkArithmetic(const ast::Expr *expr, ast::BinaryOp op, const ast::Expr *lhs, const ast::Expr *rhs, SourceRange opRange);
  TypeId checkEquality(const ast::BinaryExpr *expr);
  TypeId checkComparison(const ast::BinaryExpr *expr);
  TypeId checkCoalesce(const ast::BinaryExpr *expr, TypeId hint);
  TypeId checkUnary(const ast::UnaryExpr *expr, TypeId hint);
  TypeId checkStep(const ast::Expr *expr, const ast::Expr *operand, bool isIncrement);
  TypeId checkPostfix(const ast::PostfixExpr *expr);
  TypeId checkAssign(const ast::AssignExpr *expr);
  TypeId checkConditional(const ast::ConditionalExpr *expr, TypeId hint);
  TypeId checkCast(const ast::Expr *expr, TypeId to, SourceRange typeRange, const ast::Expr *operand);
  TypeId checkIs(const ast::IsExpr *expr);
  TypeId checkAs(const ast::AsExpr *expr);
  void checkPattern(const ast::Pattern *pattern, TypeId type, bool mayBind);
  void checkTypePattern(const ast::TypePattern *pattern, TypeId type, bool mayBind);
  uint32_t patternConstant(const ast::Expr *expr, TypeId type);
  void bindPattern(const ast::Pattern *pattern, Name name, SourceRange range, TypeId type, bool mayBind);
  TypeId checkTypeQuery(const ast::TypeQueryExpr *expr);
  TypeId checkNameof(const ast::NameofExpr *expr);
  TypeId checkThrow(const ast::Expr *value, SourceRange range);
  std::optional<TypeId> promote(TypeId a, TypeId b, const ast::Expr *lhs, const ast::Expr *rhs);
  void convertNumber(const ast::Expr *expr, TypeId to);
  bool hasValueEquality(TypeId type);
  TypeId checkCompound(const ast::AssignExpr *expr);
  TypeId declaredType(const ast::Expr *expr);
  TypeId userOperator(const ast::Expr *expr, llvm::StringRef spelling, llvm::ArrayRef<const ast::Expr *> operands);
  void badOperands(SourceRange opRange, llvm::StringRef op, const ast::Expr *lhs, const ast::Expr *rhs);
  uint32_t addCall(CallFacts &&call);
  const ast::Expr *calledName = nullptr; ///< The callee that is being looked up.
  void noteCall(FunctionId callee, Dispatch dispatch);
  Dispatch dispatchOf(FunctionId function, TypeId receiverType, bool isBase);
  void noteProperty(PropertyId property, bool isWrite, const ast::Expr *at, bool isBase);

  // ---- Closures (closures.cpp, method_groups.cpp)
  TypeId checkLambda(const ast::LambdaExpr *expr, TypeId target);
  TypeId lambdaToFunc(const ast::LambdaExpr *expr, TypeId target, llvm::ArrayRef<TypeId> given = {});
  TypeId substituteBound(TypeId type, llvm::ArrayRef<std::pair<TypeId, TypeId>> bound);
  void inferFromBounds(llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound);
  bool inferFromFunctions(FunctionId generic, llvm::ArrayRef<const ast::Argument *> args, llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound);
  bool lambdaFits(const ast::LambdaExpr *expr, TypeId target) const;
  void reportLambdaMisfit(const ast::LambdaExpr *expr, TypeId target);
  bool hasParamTypes(const ast::LambdaExpr *expr) const;
  void declareCaptures(const ast::LambdaExpr *expr);
  BodyContext contextInside() const;
  void captureThis(BodyContext &inner, FunctionId function);
  void finishCaptures(BodyContext &inner, FunctionId function);
  VariableId captured(VariableId variable, unsigned depth, SourceRange range);
  VariableId capturedBy(BodyContext &body, VariableId variable, unsigned depth, SourceRange range);
  void noteCaptureWrite(VariableId variable, SourceRange range);
  FunctionId shapeOf(TypeId func);
  TypeId funcTypeOf(FunctionId function);
  TypeId checkFuncCall(const ast::CallExpr *expr, TypeId func, bool isOpen, bool inChain);
  FunctionId groupMember(const Resolved &group, TypeId func, bool *isAmbiguous = nullptr);
  TypeId groupToFunc(const ast::Expr *expr, TypeId func);
  TypeId finishGroup(const ast::Expr *expr);
  struct CapturedCall { FunctionId callee; VariableId variable; SourceRange range; };
  std::vector<CapturedCall> capturedCalls; ///< Struct methods on captures, which may turn out to write them.
  llvm::DenseMap<VariableId, std::pair<VariableId, FunctionId>> captureOf; ///< Inner → outer, and whose capture it is.
  llvm::DenseMap<const ast::Expr *, Resolved> groups;                      ///< Method groups that wait for a target.

  // ---- Tuples (check_tuples.cpp)
  TypeId checkTuple(const ast::TupleExpr *expr, TypeId hint);
  bool tupleLiteralConverts(const ast::TupleExpr *tuple, TypeId to);
  void retargetTuple(const ast::TupleExpr *tuple, TypeId to);
  std::optional<Conversion> tupleConversion(TypeId from, TypeId to, bool isExplicit);
  std::optional<unsigned> tupleElement(TypeId type, Name name) const;
  TypeId checkTupleAssign(const ast::AssignExpr *expr);
  TypeId targetParts(const ast::TupleExpr *target);
  TypeId fillParts(TypeId wanted, TypeId natural);
  Conversion deconstruction(TypeId type, size_t count);
  void checkDeconstruct(const ast::DeconstructStmt *stmt);
  TypeId partsOfNames(const ast::NamesTree *names);
  void declareParts(const ast::NamesTree *names, TypeId type, bool isReadOnly);
  bool isDiscard(const ast::Expr *expr);

  // ---- Enums with payloads (check_enums.cpp)
  bool isPayloadEnum(TypeId type) const;
  bool isPlainEnum(TypeId type) const { return types.kind(type) == TypeKind::Enum && !isPayloadEnum(type); }
  void declareVariantParts(NominalId type, const ast::EnumDecl *decl);
  std::optional<unsigned> variantNamed(TypeId enumType, Name name);
  TypeId useVariant(const ast::Expr *expr, NominalId type, unsigned variant, bool isOpen);
  TypeId checkVariantCall(const ast::CallExpr *expr, const ast::Expr *callee, TypeId hint);
  TypeId makeVariant(const ast::CallExpr *expr, NominalId type, unsigned variant, bool areChecked);
  std::optional<llvm::SmallVector<unsigned, 4>> bindParts(const ast::CallExpr *expr, NominalId type, unsigned variant);
  const FieldInfo &partOf(const ast::CallExpr *call, size_t index, const std::vector<FieldInfo> &parts);
  llvm::DenseMap<const ast::Expr *, OpenVariant> openVariants; ///< By the name, and by the call.
  const OpenVariant *openVariant(const ast::Expr *expr) const;
  TypeId instanceWanted(NominalId generic, TypeId type);
  std::optional<std::pair<NominalId, unsigned>> preludeVariant(Name name);
  bool variantConverts(const ast::Expr *expr, TypeId to);
  TypeId settleVariant(const ast::Expr *expr, TypeId to);
  bool unifyVariant(const ast::Expr *expr, TypeId pattern, llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound);
  bool chosenArgs(llvm::ArrayRef<std::pair<TypeId, TypeId>> bound, Name *missing, llvm::SmallVectorImpl<TypeId> &args);
  TypeId naturalInstance(const ast::Expr *expr, Name *missing);
  TypeId finishVariant(const ast::Expr *expr);
  void needVariantParts(const ast::Expr *expr);
  std::string variantShape(NominalId type, unsigned variant);
  NominalId needInlineLayouts(TypeId part);

  // ---- Postfix `?` (propagation.cpp)
  bool isInstanceOf(TypeId type, Known generic) const;
  TypeId propagate(const ast::Expr *operand, SourceRange range);
  bool settlePropagation(const Propagation &one, TypeId result);
  void reportPropagation(const Propagation &one, TypeId result, TypeId wanted);
  TypeId propagatedResult(llvm::ArrayRef<const ast::Expr *> values);

  // ---- Matching (check_match.cpp, match_coverage.cpp)
  TypeId checkMatch(const ast::MatchExpr *expr, TypeId hint);
  void checkCoverage(const ast::MatchExpr *expr, llvm::ArrayRef<TypeId> columns);
  void checkParts(const ast::Pattern *pattern, llvm::ArrayRef<const ast::Pattern *> parts, llvm::ArrayRef<TypeId> partTypes,
                  llvm::StringRef what, bool mayBind);
  void checkProperties(const ast::TypePattern *pattern, TypeId type, bool mayBind);
  TypeId typeBefore(const ast::NamedType *node);
  /// What the patterns at hand may do with values that move.
  enum class Binding : uint8_t {
    Copies, ///< Nothing: a pattern copies what it binds.
    Guarded, ///< Nothing, because the arm has a guard, which may still refuse the value.
    Takes,  ///< The matched value is given away: parts move into their names.
  } binding = Binding::Copies;
  bool inMatch = false;          ///< Patterns of a `match`: what always holds is no mistake there.
  void bindNames(const ast::Pattern *pattern, const ast::NamesTree *names, TypeId type, bool mayBind);
  bool matchIsStatement = false; ///< Set just before checking a `match` whose value nobody takes.

  // ---- Places (places.cpp)
  bool isNarrowedInPlace(const ast::Expr *expr);
  std::string spellPlace(const ast::Expr *expr);
  TypeId checkTarget(const ast::Expr *expr, bool isRead); ///< Something that is assigned.
  void checkWritable(const ast::Expr *expr, llvm::StringRef action);
  bool isReadOnly(const ast::Expr *expr);
  struct Place;
  Place placeOf(const ast::Expr *expr);
  std::string readOnlyReason(const Place &place, SourceRange &declared);
  llvm::DenseSet<VariableId> assignedParams; ///< By-value parameters that have been assigned as a whole.
  llvm::DenseSet<VariableId> loopVariables;  ///< Of `foreach`.
  void noteWrite(const ast::Expr *expr);
  void noteMethodOnPlace(FunctionId method, const ast::Expr *receiver, bool implicitThis);

  // ---- Narrowing (narrowing.cpp)
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, PathId> pathIds;
  struct Path { PathId parent; uint32_t element; };
  std::vector<Path> paths{{0, 0}};
  PathId pathOf(const ast::Expr *expr);
  PathId path(PathId parent, uint32_t element);
  void forget(VariableId root);
  void forgetAssigned(const ast::Node *loop);
  void forEachAssigned(const ast::Node *node, llvm::function_ref<void(VariableId)> visit);
  void checkCondition(const ast::Expr *expr, Narrowing &whenTrue, Narrowing &whenFalse);
  void checkBool(const ast::Expr *expr, Narrowing &whenTrue, Narrowing &whenFalse);
  void checkBool(const ast::Expr *expr);
  void narrowByTest(const ast::Expr *expr, Narrowing &whenTrue, Narrowing &whenFalse);

  // ---- Statements (check_stmt.cpp, check_loops.cpp, check_try.cpp, check_switch.cpp)
  void checkStmt(const ast::Stmt *stmt, Name label = {});
  void checkBlock(const ast::BlockStmt *block);
  void checkList(llvm::ArrayRef<const ast::Stmt *> list);
  void checkEmbedded(const ast::Stmt *stmt);
  void checkVars(const ast::VariablesDecl *decl);
  void checkRefVariable(const ast::VariableDecl *decl);
  void checkLocalFunction(const ast::FuncStmt *stmt);
  void checkIf(const ast::IfStmt *stmt);
  void checkWhile(const ast::WhileStmt *stmt, Name label);
  void checkDo(const ast::DoStmt *stmt, Name label);
  void checkFor(const ast::ForStmt *stmt, Name label);
  void checkForeach(const ast::ForeachStmt *stmt, Name label);
  void checkJump(const ast::Stmt *stmt, Name label, SourceRange labelRange, bool isBreak);
  void checkReturn(const ast::ReturnStmt *stmt);
  void checkTry(const ast::TryStmt *stmt);
  void needOwnBlock(const ast::Stmt *stmt);
  void checkSwitch(const ast::SwitchStmt *stmt, Name label);
  void checkExprStmt(const ast::ExprStmt *stmt);
  void poisonNames(const ast::NamesTree *names);
  void checkLocalBody(FunctionId function);
  TypeId enumerate(TypeId source, const ast::Expr *at, ForeachFacts &facts);
  bool constantBool(const ast::Expr *expr, bool &value);
  JumpTarget &pushTarget(Name label, bool isSwitch);
  void popTarget();
  void markUnreachable() { cx->reachable = false; }

  // ---- Iterators (iterators.cpp)
  void beginIterator(FunctionId function, const ast::BlockStmt *block);
  void checkYield(const ast::YieldStmt *stmt);
  TypeId instanceOf(Known generic, TypeId arg);
  void forEachSlot(TypeId interface, llvm::function_ref<void(FunctionId)> visit);

  // ---- Ends of scopes, object initialisers (check_scopes.cpp)
  void checkDefer(const ast::DeferStmt *stmt);
  void checkUsing(const ast::UsingStmt *stmt);
  void checkArena(const ast::ArenaStmt *stmt);
  void checkRegion(const ast::NameExpr *region, bool isObject);
  bool namesValue(Name name, SourceRange range);
  bool findDispose(TypeId type, SourceRange range, UsingFacts &facts);
  llvm::DenseSet<VariableId> usingVariables;
  llvm::DenseSet<VariableId> assignedByDefer; ///< Tests say nothing about them.

  // ---- Views (check_views.cpp)
  /// What a view looks into.
  struct ViewSource {
    uint32_t rank = 0;    ///< 0: it is there as long as the function runs. Else it ends with the variable of this number, or later.
    bool opens = false;   ///< Making the view opens it: it ends with the block or branch at hand.
    static constexpr uint32_t kHere = ~0u;
    static ViewSource join(ViewSource a, ViewSource b) { return {std::max(a.rank, b.rank), a.opens || b.opens}; }
  };
  llvm::DenseMap<VariableId, uint32_t> viewRanks;
  TypeId viewableElement(TypeId type) const;
  std::optional<Conversion> viewConversion(TypeId from, TypeId to);
  bool isViewMaker(FunctionId function) const;
  void checkViewed(const ast::Expr *receiver, TypeId type, SourceRange range);
  void checkViewedAlone(TypeId element, SourceRange range);
  ViewSource viewSource(const ast::Expr *expr);
  ViewSource viewSourceOfCall(const CallFacts &call);
  ViewSource placeSource(const ast::Expr *expr);
  void checkViews(const ast::Node *node);
  void checkViewResult(const ast::Expr *value);

  // ---- Ownership (check_moves.cpp)
  /// False while that cannot be told, inside of the layout of the type itself.
  bool isMoveOnly(TypeId type);
  bool settleKind(TypeId type); ///< Lays out whatever the type's kind depends on.
  llvm::DenseSet<NominalId> settledKinds;
  bool layoutsAreKnown = false; ///< Kinds of values may be asked for.
  std::vector<std::pair<TypeId, SourceRange>> ownTypes; ///< `own T` as written before that.
  llvm::DenseMap<VariableId, const ast::TypeNode *> paramTypes;
  void checkOwnType(TypeId type, SourceRange range);
  void settleOwnership();
  void settleParameter(VariableId param);
  void checkMoves(const ast::Node *node, bool isConsumed);
  void checkMovesOfArguments(const CallFacts &call, const ast::Node *node);
  void checkMovedPlace(const ast::Expr *expr, bool isExplicit);
  void checkMovedVariable(VariableId variable, SourceRange range, bool moves, llvm::function_ref<void(llvm::StringRef where)> fromShared);
  void checkMovedCaptures(FunctionId closure);
  bool isLocalPart(const ast::Expr *expr);
  bool givesAway(const ast::Expr *expr);
  bool looksAtEach(const ast::Pattern *pattern);
  const ast::Node *statementExpr = nullptr; ///< The expression whose value nobody wants.
  bool checkObjectInit(const ast::InitializerList *init, TypeId type);
  bool initMember(const ast::InitializerList::Element &element, NominalId type, MemberInit &facts);
  bool initElement(const ast::InitializerList::Element &element, TypeId type, MemberInit &facts);
  bool initIndexer(const ast::InitializerList::Element &element, const ast::InitializerList *init, TypeId type, MemberInit &facts);

  // ---- Bodies (bodies.cpp)
  void checkBody(FunctionId function);
  void runBody(FunctionId function);
  void checkDefault(const ParameterInfo &param);
  void inferResult(FunctionId function);
  void addDefaultConstructor(NominalId type);
  size_t queueHead = 0;
  void checkFunctionBody(FunctionId function, const ast::BlockStmt *block, const ast::Expr *expr);
  void checkConstructorChain(FunctionId function, const ast::FuncDecl *decl);
  void checkTopLevel();
  bool checkGlobals();
  void checkFieldInitialisers(NominalId type);
  /// Of the library, only what the program uses is checked, and without warnings.
  bool isOnDemand(const FileContext &file) const { return file.isLibrary && !options.checkLibrary; }
  void enqueue(FunctionId function);
  void drainQueue();
  void findEntry();
  void findTests();
  // What C may call (exports.cpp).
  void findExports();
  void exportFunction(std::string symbol, SourceRange range, ExportedFunction row);
  bool crossesToC(TypeId type) const;
  TypeId hiddenFromC(FunctionId function) const;
  void findAllocator();
  void warnUnused();
  void keepFlow(FunctionId function);

  // ---- The whole program, afterwards (throws.cpp, reachability.cpp)
  void inferMutation();
  void inferThrows();
  void inferReachability();
  void orderInitialisers();
  std::vector<uint32_t> family; ///< By FunctionId: union-find of override families.
  uint32_t familyOf(uint32_t index);
  void buildFamilies();
};

} // namespace dream::sema
