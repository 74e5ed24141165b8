// Late fields: those whose type has no zero value, and which somebody may read before a constructor has set them. A field
// is not late if it has an initialiser, or if every constructor sets it before anything else can see the object: before
// `this` leaves the constructor's hands, by a call of a method or as a value, there or in a constructor of a base.
// Fields of structs stay late, for a struct may come out of zeroed memory.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"
#include "compiler/sema/walk.h"
#include "llvm/ADT/BitVector.h"

namespace dream::sema {

using namespace ast;

namespace {

/// Follows one constructor, statement by statement.
class ConstructorWalk {
public:
  ConstructorWalk(const Program &program, const llvm::DenseMap<VariableId, unsigned> &candidates)
      : program(program), candidates(candidates), state{llvm::BitVector(candidates.size()), true}, late(candidates.size()),
        touched(candidates.size()) {}

  const Program &program;
  const llvm::DenseMap<VariableId, unsigned> &candidates;
  struct State {
    llvm::BitVector assigned;
    bool reachable;
  } state;
  llvm::BitVector late;    ///< Seen, or possibly seen, before they were set.
  llvm::BitVector touched; ///< Set somewhere.
  bool leaks = false;

  /// Everybody may look at the object now.
  void leak() {
    leaks = true;
    seeUnset();
  }

  void seeUnset() {
    if (!state.reachable)
      return;
    llvm::BitVector unset = state.assigned;
    late |= unset.flip();
  }

  void leave() {
    seeUnset();
    state.reachable = false;
  }

  void join(const State &other) {
    if (!other.reachable)
      return;
    if (!state.reachable)
      state = other;
    else
      state.assigned &= other.assigned;
  }

  /// A local function or lambda holds the object from where it stands.
  bool capturesThis(FunctionId function) const {
    return function.isValid() && llvm::any_of(program[function].captures, [&](const Capture &capture) {
             return program[capture.inner].kind == VariableKind::This;
           });
  }

  /// The field of `this` that an expression names, directly or as an automatic property that nobody overrides.
  VariableId fieldOfThis(const Expr *expr, bool isWrite) const {
    expr = stripParens(expr);
    const ExprFacts &facts = program.exprs.get(expr);
    auto *member = llvm::dyn_cast<MemberExpr>(expr);
    bool onThis = facts.implicitThis || (member && llvm::isa<ThisExpr>(member->object));
    if (!onThis)
      return {};
    if (facts.entity == EntityKind::Field)
      return facts.variable;
    if (facts.entity != EntityKind::Property)
      return {};
    const PropertyInfo &property = program[facts.property];
    FunctionId accessor = isWrite ? property.setter : property.getter;
    bool isPlain = property.backing.isValid() && accessor.isValid() && !program[accessor].slot;
    return isPlain ? property.backing : VariableId();
  }

  void expr(const Node *node) {
    if (auto *assign = llvm::dyn_cast<AssignExpr>(node); assign && assign->op == AssignOp::Assign)
      if (VariableId field = fieldOfThis(assign->target, true); field.isValid()) {
        expr(assign->value);
        if (auto found = candidates.find(field); found != candidates.end()) {
          state.assigned.set(found->second);
          touched.set(found->second);
        }
        return;
      }
    if (auto *value = llvm::dyn_cast<Expr>(node)) {
      if (VariableId field = fieldOfThis(value, false); field.isValid()) {
        if (auto found = candidates.find(field); found != candidates.end() && state.reachable && !state.assigned[found->second])
          late.set(found->second);
        return;
      }
      const ExprFacts &facts = program.exprs.get(value);
      bool usesThis = llvm::isa<ThisExpr>(value) || (facts.implicitThis && facts.entity != EntityKind::Functions);
      if (facts.call && program.calls[facts.call].implicitThis)
        usesThis = true;
      // A closure that captures it.
      if (llvm::isa<LambdaExpr>(value) && capturesThis(program.declaredFunctions.get(value)))
        usesThis = true;
      // `base.M()`
      if (llvm::isa<BaseExpr>(value))
        usesThis = true;
      if (usesThis)
        leak();
      // What is evaluated on some paths only may see the object, and sets nothing for sure.
      bool isConditional = llvm::isa<ConditionalExpr, MatchExpr>(value) || (llvm::isa<BinaryExpr>(value) && (facts.op == OperatorKind::Logical || facts.op == OperatorKind::Coalesce));
      if (isConditional) {
        State before = state;
        bool isFirst = true;
        forEachChild(node, [&](const Node *child) {
          expr(child);
          if (isFirst)
            before = state;
          isFirst = false;
          state = before;
        });
        return;
      }
      if (llvm::isa<ThrowExpr>(value)) {
        forEachChild(node, [&](const Node *child) { expr(child); });
        return;
      }
    }
    forEachChild(node, [&](const Node *child) { expr(child); });
  }

  /// A part that may run any number of times, or not at all.
  void maybe(llvm::function_ref<void()> part) {
    State before = state;
    part();
    state = before;
  }

  void stmt(const Stmt *node) {
    if (!node)
      return;
    switch (node->kind) {
    case NodeKind::BlockStmt:
      for (const Stmt *inner : llvm::cast<BlockStmt>(node)->statements)
        stmt(inner);
      return;
    case NodeKind::LabeledStmt:
      return stmt(llvm::cast<LabeledStmt>(node)->body);
    case NodeKind::FuncStmt:
      if (capturesThis(program.declaredFunctions.get(llvm::cast<FuncStmt>(node)->func)))
        leak();
      return;
    case NodeKind::ModeStmt:
      return stmt(llvm::cast<ModeStmt>(node)->body);
    case NodeKind::IfStmt: {
      auto *branch = llvm::cast<IfStmt>(node);
      expr(branch->condition);
      State before = state;
      stmt(branch->thenStmt);
      State afterThen = state;
      state = before;
      stmt(branch->elseStmt);
      join(afterThen);
      return;
    }
    case NodeKind::ReturnStmt:
      if (const Expr *value = llvm::cast<ReturnStmt>(node)->value)
        expr(value);
      leave();
      return;
    case NodeKind::ThrowStmt:
      if (const Expr *value = llvm::cast<ThrowStmt>(node)->value)
        expr(value);
      state.reachable = false;
      return;
    case NodeKind::WhileStmt:
      expr(llvm::cast<WhileStmt>(node)->condition);
      maybe([&] { stmt(llvm::cast<WhileStmt>(node)->body); });
      return;
    case NodeKind::DoStmt:
      maybe([&] {
        stmt(llvm::cast<DoStmt>(node)->body);
        expr(llvm::cast<DoStmt>(node)->condition);
      });
      return;
    case NodeKind::ForStmt: {
      auto *loop = llvm::cast<ForStmt>(node);
      if (loop->vars)
        expr(loop->vars);
      for (const Expr *init : loop->inits)
        expr(init);
      if (loop->condition)
        expr(loop->condition);
      maybe([&] {
        stmt(loop->body);
        for (const Expr *step : loop->steps)
          expr(step);
      });
      return;
    }
    case NodeKind::ForeachStmt:
      expr(llvm::cast<ForeachStmt>(node)->source);
      maybe([&] { stmt(llvm::cast<ForeachStmt>(node)->body); });
      return;
    case NodeKind::SwitchStmt:
      expr(llvm::cast<SwitchStmt>(node)->value);
      for (const SwitchSection *section : llvm::cast<SwitchStmt>(node)->sections)
        maybe([&] {
          for (const Stmt *inner : section->statements)
            stmt(inner);
        });
      return;
    case NodeKind::TryStmt: {
      auto *attempt = llvm::cast<TryStmt>(node);
      State before = state;
      stmt(attempt->body);
      State after = state;
      for (const CatchClause *clause : attempt->catches) {
        state = before;
        if (clause->guard)
          expr(clause->guard);
        stmt(clause->body);
        State afterHandler = state;
        state = after;
        join(afterHandler);
        after = state;
      }
      state = before;
      stmt(attempt->finallyBlock);
      bool finallyReaches = state.reachable;
      state.assigned |= after.assigned;
      state.reachable = after.reachable && finallyReaches;
      return;
    }
    default:
      expr(node);
      return;
    }
  }
};

} // namespace

void Checker::findLateFields() {
  std::vector<bool> leaks(program.functions.size(), false); // constructors whose `this` gets out
  for (NominalId type : classOrder) {
    NominalInfo &info = types.info(type);
    TypeDetail &detail = this->detail(type);
    if (isOpaque(detail.layer) && isInstance(detail.layer))
      continue;
    In in(*this, detail.layer);
    if (info.base.isValid()) { // what the base has found out
      const std::vector<FieldInfo> &inherited = types.info(info.base).fields;
      for (size_t i = 0; i < inherited.size(); ++i)
        info.fields[i].isLate = inherited[i].isLate;
    }
    llvm::DenseMap<VariableId, unsigned> candidates;
    llvm::SmallVector<VariableId, 4> fields;
    for (VariableId field : detail.ownFields)
      if (program[field].type != types::Error && !types.hasZeroValue(program[field].type) && !program[field].init) {
        candidates[field] = fields.size();
        fields.push_back(field);
      }
    bool isClass = info.kind == NominalKind::Class;
    llvm::BitVector late(fields.size(), !isClass), touched(fields.size());
    bool anyLeaks = false;
    for (FunctionId constructor : isClass ? detail.constructors : llvm::SmallVector<FunctionId, 1>()) {
      if ((detail.file->isLibrary || isInstance(detail.layer)) && !program[constructor].isReachable)
        continue; // its body was not checked
      ConstructorWalk walk(program, candidates);
      const FunctionInfo &function = program[constructor];
      if (function.chain) {
        FunctionId first = program.calls[function.chain].function;
        if (function.chainsThis)
          walk.state.assigned.set();
        else if (leaks[first.index])
          walk.leak();
        leaks[constructor.index] = leaks[first.index];
      }
      auto *decl = llvm::dyn_cast_or_null<FuncDecl>(function.decl);
      if (decl && decl->block)
        walk.stmt(decl->block);
      else if (decl && decl->expr)
        walk.expr(decl->expr);
      walk.leave();
      anyLeaks |= leaks[constructor.index] || walk.leaks;
      late |= walk.late;
      touched |= walk.touched;
    }
    for (FunctionId constructor : detail.constructors) // they may call each other
      leaks[constructor.index] = anyLeaks;
    for (size_t i = 0; i < fields.size(); ++i) {
      VariableInfo &field = program[fields[i]];
      info.fields[field.fieldIndex].isLate = late[i];
      if (touched[i] || detail.file->isLibrary || !isClass || types.kind(field.type) == TypeKind::TypeParam)
        continue;
      auto diag = report(DiagId::LateField, field.range);
      diag << field.name.text();
      if (const TypeNode *node = fieldTypes.lookup(fields[i]); node && types.isCounted(field.type))
        diag.note(node->range, "'" + spell(field.type) + "?' would be null until then").fix({node->range.end, node->range.end}, "?");
    }
  }
}

} // namespace dream::sema
