// Makes the body of one DIL function. The class is one because lowering is one mutual recursion; its members are grouped
// by the file that holds them.
//
// Who owns what while an expression is lowered:
//   emit(e, Want::Own)     a plain value, or an owned one that the caller consumes at once or gives to hold();
//   emit(e, Want::Borrow)  a value to look at while anything may run; the cleanups above the caller's mark keep it alive;
//   emit(e, Want::Peek)    the same, while nothing but plain instructions runs.
// Cleanups are a stack. Code that opened some closes them with endTo(mark); every edge that leaves early runs them all.
#pragma once

#include "compiler/dilgen/module_gen.h"

namespace dream::dilgen {

enum class Want : uint8_t { Own, Borrow, Peek };

/// Something that must happen when control leaves the part of the program it belongs to.
struct Cleanup {
  enum class Kind : uint8_t {
    DropSlot, DropValue, EndBorrow, EndAccess,
    FailedNew,  ///< The constructor of the owned object `value` threw.
    FailedBody, ///< Errors only: a constructor threw after its base part, a `type`, was finished.
    Handler,   ///< A try with catch clauses: errors stop here.
    Finally,   ///< A `finally` block or a deferred statement, `body`.
    Dispose,   ///< The end of a `using`: `value` is the slot.
    ResumeGc,  ///< The end of a `nogc` block.
    Rebox,     ///< What is in the slot `value` goes back into a box, `box`.
    CloseArena, ///< `value` is an arena, called `name`.
  };
  /// It runs the program's own code, which may throw.
  bool runsCode() const { return kind == Kind::Finally || kind == Kind::Dispose; }
  explicit Cleanup(Kind kind = Kind::Handler, ValueId value = {}) : kind(kind), value(value) {}
  Kind kind;
  ValueId value, box;
  bool isSticky = false;      ///< A temporary that lives to the end of its statement or condition.
  BlockId onError, onReturn;  ///< Landing blocks that have been made: they run this and everything below.
  BlockId handler;
  TypeId type;
  Name name;
  const ast::Stmt *body = nullptr;
  const sema::UsingFacts *disposal = nullptr;
};

/// Where an expression's value lies, with everything that leads there worked out and no access open.
struct Place {
  enum class Root : uint8_t {
    Address, ///< A slot, parameter, global, or the place of a temporary.
    Object,  ///< A reference; the first step is a field.
    Pointer, ///< A raw pointer; the first step is an element.
  };
  struct Step {
    enum class Kind : uint8_t { Field, Element, FixedElement } kind;
    unsigned field = 0;
    llvm::SmallVector<ValueId, 2> indices;
  };
  Root root = Root::Address;
  ValueId base;
  llvm::SmallVector<Step, 2> steps;
  TypeId type;               ///< Of what lies there.
  VariableId variable;       ///< The local, parameter or `this` at the root, if there is one.
  bool isLocal = false;      ///< Of this frame: no callee can write it.
  bool isPacked = false;     ///< May lie at any address.
  bool isInView = false;     ///< Below an element of a view: others may reach it.
  bool isPeeked = false;     ///< The base is borrowed only as long as plain instructions run.
  bool isLate = false;       ///< Reading it checks that it is set.
  std::string name;          ///< For that check.
};

class FunctionGen;

/// The arrays that references to elements in one call have in common.
class SharedElements {
public:
  /// What the call refers to, and whether by `ref`.
  llvm::SmallVector<std::pair<const Place *, bool>, 4> places;
  /// An array on the way to the place is open for a change of another element.
  bool isModified(const FunctionGen &gen, const Place &place) const;
  /// Several of the places go through this array.
  bool isShared(const FunctionGen &gen, const Place &place, size_t step) const;
  /// The array, or access of a fixed array, that is open for a step of a place; invalid until it is.
  ValueId &arrayOf(const FunctionGen &gen, const Place &place, size_t step);

private:
  struct Row {
    const Place *place;
    size_t step;
    ValueId array;
  };
  std::deque<Row> rows;
};

class FunctionGen {
public:
  FunctionGen(ModuleGen &gen, FuncId id, const sema::FunctionInfo *info = nullptr, FunctionId infoId = {})
      : gen(gen), program(gen.program), types(gen.types), module(gen.module), id(id), fn(gen.module[id]),
        b(gen.module, fn), info(info), infoId(infoId), isUnchecked(info && !gen.checksAll && isMarkedUnchecked(*info)) {}

  ModuleGen &gen;
  const sema::Program &program;
  TypeTable &types;
  dil::Module &module;
  FuncId id;
  dil::Function &fn;
  dil::Builder b;
  const sema::FunctionInfo *info;
  FunctionId infoId; ///< Of `info`, where it is a closure's.
  /// A function of the library that knows its indices to be in bounds and what is there to be set.
  const bool isUnchecked;
  static bool isMarkedUnchecked(const sema::FunctionInfo &info);

  // ---- Bodies (bodies.cpp)
  void buildFunction();
  void buildMain();
  void collectBodyFacts();
  void emitBody();
  void emitAutoAccessor();
  void emitGlobalInitialiser(VariableId id);
  /// Makes the entry block with one argument for each parameter, and returns these.
  llvm::SmallVector<ValueId, 4> beginBody();
  /// Ends the body: an implicit return, and no block that cannot be reached.
  void endBody();
  void bindParameters(llvm::ArrayRef<ValueId> args);
  void pruneBlocks();

  // ---- Iterators (iterators.cpp)
  /// The function that makes the iterator, and the methods of that.
  void buildIteratorMaker();
  void buildIteratorBody();
  llvm::SmallVector<ValueId, 4> takeInputs(ValueId iterator);
  void emitYield(const ast::YieldStmt *stmt);

  // ---- Construction (construction.cpp)
  void buildCreator(TypeId type, FunctionId constructor, bool inArena);
  void emitFieldInitialisers(TypeId type, ValueId self);
  void emitConstructorChain();
  /// Drops an object whose constructor threw: its destructor does not run.
  void runDestructors(ValueId object, TypeId type);
  void dropFailed(ValueId object);

  // ---- Cleanups (cleanups.cpp)
  size_t mark() const { return cleanups.size(); }
  void push(Cleanup cleanup) { cleanups.push_back(cleanup); }
  void push(Cleanup::Kind kind, ValueId value) { cleanups.push_back(Cleanup(kind, value)); }
  void pushDropSlot(ValueId slot, bool isSticky = false);
  /// Keeps a value alive until its cleanup runs; the result is for looking at.
  ValueId hold(ValueId value);
  /// Takes back an owned value that hold() was given.
  void forget(ValueId value);
  /// The same of those that are owned.
  void forgetAll(llvm::ArrayRef<ValueId> values);
  /// Holds a value that is being built, until forget() gives it back.
  void protect(ValueId value);
  /// Ends what was opened above the mark, newest first; temporaries that live to the end of the statement stay.
  void endTo(size_t mark);
  /// The same, these temporaries too.
  void endAll(size_t mark);
  /// In `block`: does the same as endTo and goes to `target`. Elsewhere all stays open.
  void leaveFrom(BlockId block, size_t mark, BlockId target);
  /// Runs the cleanups above the mark on a way out; they stay for the other ways.
  void unwindTo(size_t mark);
  /// The block where an error goes from here.
  BlockId errorTarget() { return landing(Exit::Error, cleanups.size()); }
  void throwValue(ValueId exception);
  void returnValue(ValueId value);
  /// A slot for a temporary, made at the start of the current statement or condition.
  ValueId temporarySlot(TypeId type);
  void startStatement() { statementStart = {b.currentBlock(), fn[b.currentBlock()].insts.size()}; }

  // ---- Statements (statements.cpp, loops.cpp, switches.cpp, exceptions.cpp)
  void emitStmt(const ast::Stmt *stmt);
  void emitBlock(const ast::BlockStmt *block);
  void emitEmbedded(const ast::Stmt *stmt);
  void emitList(llvm::ArrayRef<const ast::Stmt *> list);
  void emitVariables(const ast::VariablesDecl *decl);
  void emitVariable(const ast::VariableDecl *decl);
  void emitReturn(const ast::Expr *value);
  void emitJump(Name label, bool isBreak);
  void emitWhile(const ast::WhileStmt *stmt, Name label);
  void emitDo(const ast::DoStmt *stmt, Name label);
  void emitFor(const ast::ForStmt *stmt, Name label);
  void emitForeach(const ast::ForeachStmt *stmt, Name label);
  void emitLoopBody(const ast::Stmt *body, Name label, BlockId breakTo, BlockId continueTo);
  ValueId counter(TypeId type, ValueId initial);
  void countedLoop(ValueId length, llvm::function_ref<void(ValueId index, BlockId step, BlockId done)> body);
  void emitForeachBody(const ast::ForeachStmt *stmt, const sema::ForeachFacts &walk, ValueId element, Name label,
                       BlockId done, BlockId next);
  void emitForeachPlace(const ast::ForeachStmt *stmt, const sema::ForeachFacts &walk, ValueId element, Name label, BlockId done,
                        BlockId next);
  ValueId holdForLoop(ValueId value);
  void emitRectLoops(const ast::ForeachStmt *stmt, const sema::ForeachFacts &walk, ValueId array,
                     llvm::SmallVectorImpl<ValueId> &indices, Name label, BlockId done);
  void emitStringLoop(const ast::ForeachStmt *stmt, const sema::ForeachFacts &walk, Name label);
  void emitRangeLoop(const ast::ForeachStmt *stmt, const sema::ForeachFacts &walk, Name label);
  void emitEnumeratorLoop(const ast::ForeachStmt *stmt, const sema::ForeachFacts &walk, Name label);
  void emitSwitch(const ast::SwitchStmt *stmt, Name label);
  void emitStringTests(const ast::SwitchStmt *stmt, ValueId value, llvm::ArrayRef<BlockId> bodies, BlockId otherwise);
  void emitTry(const ast::TryStmt *stmt);
  void emitCatches(const ast::TryStmt *stmt, BlockId done);
  void emitThrow(const ast::Expr *value);
  void emitUsing(const ast::UsingStmt *stmt);
  void pushDispose(ValueId slot, const sema::UsingFacts &facts);
  void emitDispose(ValueId slot, const sema::UsingFacts &facts);
  void emitArena(const ast::ArenaStmt *stmt);
  /// Says where the program wants what this call makes for a `new` that is written here.
  /// `in` names a value of type Arena.
  bool isArenaValue(const ast::NameExpr *region) const;
  void placeWritten(dil::CallInst &call, const ast::NewObject *expr);
  /// `in NAME`, or nothing; without a name the innermost arena, if that is asked for.
  void wishWritten(dil::Wish &wish, const ast::NameExpr *region, bool isInnermost);
  void declareBindings(const ast::Expr *expr);
  ValueId declareSlot(VariableId variable);

  // ---- Expressions (expressions.cpp)
  ValueId emit(const ast::Expr *expr, Want want);
  ValueId emitUnsettled(const ast::Expr *expr, Want want);
  /// Before the expression's own conversion.
  ValueId emitRaw(const ast::Expr *expr, Want want);
  void emitDiscard(const ast::Expr *expr);
  ValueId settle(ValueId value, Want want, size_t mark);
  ValueId emitConstant(const sema::ConstValue &value, TypeId type);
  ValueId emitCast(const ast::Expr *operand, const sema::Conversion &cast, Want want);
  ValueId emitAs(const ast::AsExpr *expr, Want want);
  ValueId emitConditional(const ast::ConditionalExpr *expr);
  ValueId emitCoalesce(const ast::Expr *lhs, const ast::Expr *rhs, TypeId type);
  ValueId emitThis();
  ValueId emitCallExpr(const ast::CallExpr *expr);
  ValueId emitMember(const ast::MemberExpr *expr, Want want);
  ValueId emitIndexed(const ast::IndexExpr *expr, Want want);
  ValueId emitTypeQuery(const ast::TypeQueryExpr *expr);
  /// A whole `?.` chain: null where a receiver in it is.
  /// Of `a?.b`: goes to where the chain gives null if `value` is null.
  void leaveChainIfNull(ValueId value);
  ValueId emitChain(const ast::Expr *expr);
  ValueId emitLink(const ast::Expr *expr, Want want);
  /// The object left of `.`, `?.` or `[`; where that is `?.`, a null leaves the chain.
  ValueId emitValueMember(const ast::CallExpr *expr);
  ValueId emitObject(const ast::Expr *parent, const ast::Expr *object, Want want);
  static bool isConditionalAccess(const ast::Expr *parent);
  /// Of the object in a member access, as the member sees it.
  TypeId objectType(const ast::MemberExpr *expr) const;
  /// A value for code that cannot be reached.
  ValueId unreachableValue(TypeId type);

  // ---- Conditions (conditions.cpp)
  struct Branches {
    BlockId whenTrue, whenFalse;
  };
  /// Branches on a condition; its temporaries are dropped at the start of both blocks.
  Branches emitCondition(const ast::Expr *expr);
  void emitTest(const ast::Expr *expr, BlockId whenTrue, BlockId whenFalse);
  void branchOn(ValueId value, BlockId whenTrue, BlockId whenFalse);
  void emitBranch(const ast::Expr *expr, BlockId whenTrue, BlockId whenFalse);
  ValueId emitBoolOf(const ast::Expr *expr);
  void emitPattern(const ast::Pattern *pattern, ValueId value, BlockId whenTrue, BlockId whenFalse);
  TypeId narrowedBy(const ast::BinaryPattern *both, TypeId type) const;
  bool typeTestIsNullTest(TypeId from, TypeId to) const;
  static dil::CmpOp comparisonOf(ast::BinaryOp op);
  void emitIsBranch(const ast::IsExpr *expr, BlockId whenTrue, BlockId whenFalse);

  // ---- Tuples, enums with payloads, match (tuples.cpp, matches.cpp)
  Place tuplePart(Place base, unsigned index);
  ValueId emitTuple(const ast::TupleExpr *expr);
  ValueId emitTuplePart(const ast::MemberExpr *expr, Want want);
  /// A value made of held parts; ends what was opened since `start`.
  ValueId makeOf(TypeId type, llvm::ArrayRef<ValueId> parts, size_t start);
  ValueId convertTuple(ValueId value, const sema::Conversion &conversion, size_t mark, bool isExplicit);
  void emitTupleAssign(const ast::AssignExpr *expr);
  void emitDeconstruct(const ast::DeconstructStmt *stmt);
  void bindNames(const ast::NamesTree *names, ValueId value, bool declares);
  void pushNames(const ast::NamesTree *names);
  void takeNames(const ast::NamesTree *names, ValueId place);
  ValueId takeAt(ValueId place);
  void giveBack(ValueId error, const sema::Conversion &conversion);
  ValueId textOfPart(ValueId part);
  void bindTo(VariableId variable, ValueId value);
  ValueId lookAt(ValueId value);
  ValueId contentOf(ValueId value);
  ValueId emitVariant(const ast::Expr *expr);
  void buildEnumEquality(TypeId type, ValueId lhs, ValueId rhs);
  void buildTupleText(TypeId type, ValueId value);
  ValueId emitMatch(const ast::MatchExpr *expr);
  void emitParts(llvm::ArrayRef<const ast::Pattern *> parts, llvm::function_ref<ValueId(unsigned)> partOf, BlockId whenTrue,
                 BlockId whenFalse);
  void emitProperties(const ast::TypePattern *pattern, ValueId value, BlockId whenTrue, BlockId whenFalse);
  ValueId emitMemberOf(ValueId value, const sema::PatternMember &member);
  ValueId tagOf(ValueId value);
  friend class MatchTree;

  // ---- Operators (operators.cpp, comparisons.cpp)
  ValueId emitBinary(const ast::BinaryExpr *expr, Want want);
  ValueId emitUnary(const ast::UnaryExpr *expr, Want want);
  ValueId emitPostfix(const ast::PostfixExpr *expr, Want want);
  ValueId arithmetic(ast::BinaryOp op, ValueId lhs, ValueId rhs, TypeId type, bool isChecked);
  ValueId emitComparison(const ast::BinaryExpr *expr);
  /// Equality of two values of one type, borrowed or plain.
  ValueId equalValues(ValueId lhs, ValueId rhs, TypeId type);
  ValueId emitNullTest(const ast::Expr *operand, dil::CmpOp op);
  void buildEquality(TypeId type);
  /// Their hash: an int.
  ValueId lengthOfDimension(ValueId array, ValueId dimension);
  ValueId hashOf(ValueId value, TypeId type);
  void buildHash(TypeId type);
  /// func(value) -> string, of types whose text the compiler knows.
  void buildText(TypeId type);
  void buildEnumText(TypeId type);
  /// Whether a reference is null (Eq) or not (Ne).
  ValueId nullTest(ValueId value, dil::CmpOp op);
  /// The same reference as another type; a held value stays held.
  ValueId asType(ValueId value, TypeId type);

  // ---- Assignment (assignment.cpp)
  /// The value of the whole expression if `needsValue`.
  ValueId emitAssign(const ast::AssignExpr *expr, bool needsValue);
  ValueId emitStep(const ast::Expr *expr, const ast::Expr *operand, bool isIncrement, bool givesOld, bool needsValue);
  ValueId takeKept(ValueId held, ValueId kept);
  ValueId emitCoalesceAssign(const ast::AssignExpr *expr, bool needsValue);
  // Of append.cpp; they do nothing, and give false, where the assignment is none of their kind.
  bool appendInPlace(const ast::AssignExpr *expr);
  bool extendInPlace(const ast::AssignExpr *expr);
  bool isSeenBy(const ast::Expr *target, llvm::ArrayRef<const ast::Expr *> parts,
                bool (*isQuiet)(const sema::Program &, const ast::Expr *));

  // ---- Places (places.cpp)
  bool isStored(const ast::Expr *expr);
  bool isPlace(const ast::Expr *expr);
  Place storedPlace(const ast::Expr *expr, Want baseWant);
  Place preparePlace(const ast::Expr *expr, Want baseWant);
  Place variablePlace(VariableId variable);
  /// What a pointer points at, `index` elements on.
  Place pointeePlace(ValueId pointer, ValueId index);
  ValueId emitAddressOf(const ast::UnaryExpr *expr);
  Place fieldOf(Place base, unsigned field);
  Place insideOptional(Place place);
  Place fieldOfObject(ValueId object, TypeId type, unsigned field, bool isPeeked);
  /// The place of a temporary that holds the value.
  Place spill(ValueId value);
  /// Opens what has to be opened on the way; cleanups close it.
  ValueId open(const Place &place, bool isModify, SharedElements *shared = nullptr);
  /// As open, and holds an access of the place itself.
  ValueId openAccess(const Place &place, bool isModify, SharedElements *shared = nullptr);
  void checkDistinct(const Place &a, const Place &c);
  ValueId load(const Place &place, Want want, bool checksLate = true);
  /// Moves the value out; a place that is no variable of this frame is an optional, and holds null afterwards.
  ValueId takeAndClear(const Place &place);
  ValueId take(const Place &place, bool checksLate);
  /// How the way to a place that is loaded is worked out.
  Want wayTo(TypeId type, Want want) const { return want == Want::Borrow && types.isMoveOnly(type) ? Want::Borrow : Want::Peek; }
  bool mayBeUnset(TypeId type) const;
  void checkSet(ValueId value, llvm::StringRef name);
  bool staysInPlace(const Place &place) const;
  void store(const Place &place, ValueId value);
  ValueId emitIndex(const ast::Expr *expr, llvm::function_ref<ValueId()> lengthOf = {});
  ValueId element(ValueId array, llvm::ArrayRef<ValueId> indices);
  void checkLate(ValueId value, const Place &place);
  void checkLateElement(ValueId value);
  ValueId narrow(ValueId value, TypeId type);
  ValueId readWeak(const sema::ExprFacts &facts, ValueId value, size_t start);
  ValueId widen(ValueId value, TypeId type);
  void checkBounds(ValueId index, ValueId length);
  ValueId emitElement(const ast::IndexExpr *expr, Want want, bool checksLate);
  ValueId emitField(const ast::Expr *expr, Want want, bool checksLate);
  ValueId emitName(const ast::Expr *expr, Want want, bool checksLate = true);
  ValueId emitSlice(const ast::IndexExpr *expr);
  std::pair<ValueId, ValueId> emitRangeEnds(const ast::IndexExpr *expr, ValueId length);

  // ---- Views (views.cpp)
  ValueId viewOf(ValueId value, TypeId view);
  ValueId partOfView(ValueId view, ValueId first, ValueId last);
  ValueId emitViewSlice(const ast::IndexExpr *expr);
  ValueId emitAsSpan(const sema::CallFacts &call, const sema::FunctionInfo &callee, TypeId view);
  Place placeToRead(const ast::Expr *expr);
  /// A reference for a null test: late slots are not checked.
  ValueId emitUnchecked(const ast::Expr *expr, Want want);

  // ---- Calls (calls.cpp, extern_calls.cpp)
  struct Argument {
    enum class Kind : uint8_t { Value, Ref, In, Out } kind = Kind::Value;
    ValueId value;
    Place place;
    static Kind kindOf(PassMode mode) {
      switch (mode) {
      case PassMode::Value: return Kind::Value;
      case PassMode::Ref: return Kind::Ref;
      case PassMode::In: return Kind::In;
      case PassMode::Out: return Kind::Out;
      }
      llvm_unreachable("a mode of passing");
    }
    /// What a function got for a parameter of its own, to be handed on.
    static Argument handedOn(const dil::Param &param, ValueId value) {
      Argument arg;
      if (param.convention != dil::Convention::Address) {
        arg.value = value;
        return arg;
      }
      arg.kind = kindOf(param.mode);
      arg.place.base = value;
      arg.place.type = param.type;
      arg.place.isLocal = true;
      return arg;
    }
  };
  ValueId emitCall(const ast::Expr *expr, const sema::CallFacts &call, ValueId receiver = {});
  void prepareArguments(const sema::CallFacts &call, const sema::FunctionInfo &callee,
                        llvm::SmallVectorImpl<Argument> &out);
  Argument prepareArgument(const sema::BoundArgument &bound, const sema::ParameterInfo &param,
                           const sema::FunctionInfo &callee);
  /// `parent` is the member access or index that the receiver stands in, if any.
  Argument prepareReceiver(const ast::Expr *receiver, bool implicitThis, const sema::FunctionInfo &callee,
                           const ast::Expr *parent = nullptr);
  Argument receiverOf(ValueId value, const sema::FunctionInfo &callee);
  /// Opens the accesses, calls, gives `out` arguments their values, and closes everything above the mark.
  ValueId finishCall(FunctionId callee, sema::Dispatch dispatch, llvm::SmallVectorImpl<Argument> &args, size_t mark);
  ValueId finishCall(FuncId callee, bool canThrow, llvm::ArrayRef<ValueId> args);
  ValueId finishCall(llvm::ArrayRef<dil::Param> params, bool mayThrow, TypeId resultType, llvm::SmallVectorImpl<Argument> &args,
                     size_t mark, llvm::function_ref<ValueId(llvm::ArrayRef<ValueId>)> call);
  ValueId callPlain(FuncId callee, llvm::ArrayRef<ValueId> args) { return b.call(callee, args); }
  ValueId emitExternCall(const sema::CallFacts &call, const sema::FunctionInfo &callee);
  ValueId emitIntrinsic(const sema::CallFacts &call, const sema::FunctionInfo &callee, TypeId result);
  ValueId paramsArray(const sema::BoundArgument &bound, TypeId type);
  ValueId callOperator(const sema::CallFacts &call);
  /// Of a property or indexer: the receiver and the arguments, once for both accessors.
  struct Accessor {
    sema::PropertyId property;
    llvm::SmallVector<Argument, 4> args;
    bool isBase = false;
    sema::Dispatch dispatch = sema::Dispatch::Direct;
  };
  static sema::Dispatch dispatchOf(const TypeTable &types, const sema::FunctionInfo &callee, bool isBase);
  Accessor prepareAccessor(const ast::Expr *expr);
  ValueId callGetter(const Accessor &accessor, size_t mark);
  ValueId callGetter(FunctionId getter, sema::Dispatch dispatch, llvm::ArrayRef<Argument> prepared, size_t mark);
  ValueId countOfIndexed(const sema::ExprFacts &facts);
  ValueId emitMethodSlice(const ast::IndexExpr *expr);
  void callSetter(const Accessor &accessor, ValueId value, size_t mark);
  void endAccessOf(ValueId slot);

  // ---- Closures (closures.cpp)
  void bindCaptures(ValueId closure);
  void buildThunk(FunctionId callee, const sema::FunctionInfo &target, sema::Dispatch dispatch, TypeId environment);
  ValueId ownVariable(VariableId id);
  ValueId makeClosure(FunctionId id);
  ValueId emitMethodGroup(const ast::Expr *expr);
  ValueId emitFuncCall(const ast::Expr *callee, const sema::CallFacts &call);
  static dil::Intrinsic intrinsicOf(const sema::FunctionInfo &callee);

  // ---- Creation (creation.cpp)
  ValueId emitNewObject(const ast::NewObject *expr);
  ValueId emitNewArray(const ast::NewArray *expr);
  ValueId emitArrayOf(TypeId type, llvm::ArrayRef<const ast::Expr *> elements);
  ValueId emitSpreads(TypeId type, llvm::ArrayRef<const ast::Expr *> elements);
  /// What will be `isWritten` soon is made fresh: constant data would be copied then.
  ValueId emitInitializer(const ast::Expr *init, TypeId type, bool isWritten = false);
  ValueId finishCreation(FuncId creator, llvm::SmallVectorImpl<Argument> &args, size_t start, const ast::NewObject *written = nullptr);
  ValueId callCreator(FuncId creator, llvm::ArrayRef<ValueId> passed, const ast::NewObject *written);
  ValueId emitFixedArray(TypeId type, llvm::ArrayRef<const ast::Expr *> elements);
  ValueId emitRect(TypeId type, llvm::ArrayRef<const ast::Expr *> rows);
  void fillRect(llvm::ArrayRef<const ast::Expr *> rows, ValueId array, unsigned rank, llvm::SmallVectorImpl<ValueId> &indices);
  void applyInitializer(const ast::InitializerList *list, ValueId object, Place *place);
  ValueId newException(ValueId message);

  // ---- Strings (strings.cpp)
  ValueId emitConcat(const ast::BinaryExpr *expr);
  ValueId emitInterpolated(const ast::InterpolatedString *expr);
  /// The text of a value; owned or borrowed.
  ValueId toText(ValueId value, TypeId type, FunctionId function, llvm::StringRef format = {}); ///< `function` is its ToString, with a parameter if there is a format.
  ValueId concat(llvm::ArrayRef<ValueId> parts);
  void collectConcat(const ast::Expr *expr, llvm::SmallVectorImpl<const ast::Expr *> &out);
  ValueId formatted(ValueId value, llvm::StringRef format);
  ValueId emitWithoutConversion(const ast::Expr *parent, const ast::Expr *expr);
  ValueId emitHole(const ast::InterpolatedString::Part &part);

  // ---- Conversions (conversions.cpp)
  ValueId convert(ValueId value, TypeId from, const sema::Conversion &conversion, size_t mark, bool isExplicit = false);
  ValueId convertInside(ValueId value, const sema::Conversion &inside, TypeId to, size_t mark, bool isExplicit);
  ValueId convertPlain(ValueId value, TypeId to);
  ValueId propagate(ValueId value, const sema::Conversion &conversion);
  bool isReference(TypeId type) const;
  /// A reference without a zero value: a slot of it may be unset.
  bool isLateType(TypeId type) const { return types.isClassRef(type) || types.kind(type) == TypeKind::Func; }

  // ---- State
  struct Storage {
    ValueId value;
    bool isAddress = false;
  };
  struct JumpTarget {
    Name label;
    BlockId breakTo, continueTo; ///< continueTo is invalid for switches.
    size_t breakDepth, continueDepth;
  };
  struct Position {
    BlockId block;
    size_t index = 0;
  };
  /// Positions instructions at an expression or statement while it lives.
  class At {
  public:
    At(FunctionGen &gen, SourceLoc loc) : gen(gen), saved(gen.b.loc) {
      if (loc.isValid())
        gen.b.loc = loc;
    }
    ~At() { gen.b.loc = saved; }

  private:
    FunctionGen &gen;
    SourceLoc saved;
  };
  static SourceLoc locOf(const ast::Node *node);

  llvm::SmallVector<Cleanup, 16> cleanups;
  llvm::DenseMap<VariableId, Storage> storage;
  llvm::SmallVector<JumpTarget, 8> jumps;
  llvm::DenseSet<VariableId> hoisted; ///< Declared in a switch: the slot was made before it.
  BodyFacts facts;
  Position statementStart;
  BlockId throwBlock, returnBlock; ///< Where errors, and returns through `finally`, leave the function.
  ValueId self;             ///< `this`: the reference, or the address of the struct.
  VariableId selfVariable;
  const Argument *indexed = nullptr; ///< What the innermost brackets index, while their arguments are generated.
  size_t pendingError = ~size_t(0); ///< In a catch clause that may rethrow: the cleanup that holds the error.
  const ast::Expr *thrown = nullptr; ///< What the innermost `throw` throws, while that is generated.
  BlockId chainMissing;             ///< Inside a `?.` chain: where it goes when something is null,
  size_t chainMark = 0;             ///< and what is left open there.

  ValueId constInt(int64_t value) { return b.constInt(types::Int32, uint64_t(value)); }
  dil::Ownership ownershipOf(ValueId value) const { return fn[value].ownership; }
  bool isOwned(ValueId value) const { return value.isValid() && ownershipOf(value) == dil::Ownership::Owned; }
  bool isBorrowed(ValueId value) const { return value.isValid() && ownershipOf(value) == dil::Ownership::Borrowed; }
  TypeId typeOf(ValueId value) const { return fn[value].type; }
  dil::Ownership freshOwnership(TypeId type) const {
    return types.isPlain(type) ? dil::Ownership::None : dil::Ownership::Owned;
  }
  bool isTerminated() const { return b.isTerminated(); }
  /// Goes on in a block that nothing reaches, so that lowering need not care.
  void startUnreachable() { b.setBlock(b.addBlock()); }
  void branchTo(BlockId block, llvm::ArrayRef<ValueId> args = {}) {
    if (!isTerminated())
      b.br(block, args);
  }
  /// Chooses the element of a block argument for each way into a join.
  ValueId joinArgument(BlockId join, TypeId type) { return b.addBlockArg(join, type, freshOwnership(type)); }

private:
  enum class Exit : uint8_t { Error, Return };
  BlockId landing(Exit exit, size_t depth);
  void runCleanup(const Cleanup &cleanup);
  bool hasFinally() const;
  void invalidateLandings(size_t from);
};

} // namespace dream::dilgen
