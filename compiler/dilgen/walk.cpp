#include "compiler/dilgen/walk.h"

namespace dream::dilgen {

using namespace ast;

namespace {

struct ChildVisitor {
  llvm::function_ref<void(const Node *)> visit;

  void one(const Node *node) {
    if (node)
      visit(node);
  }
  template <typename T> void all(List<T> nodes) {
    for (const Node *node : nodes)
      one(node);
  }
  void args(List<const Argument *> list) {
    for (const Argument *arg : list)
      one(arg->value);
  }
  void variables(const VariablesDecl *decl) {
    if (decl)
      for (const VariableDecl *variable : decl->variables)
        one(variable->init);
  }

  void children(const Node *node) {
    switch (node->kind) {
    case NodeKind::InterpolatedString:
      for (auto &part : llvm::cast<InterpolatedString>(node)->parts)
        one(part.hole), one(part.width);
      return;
    case NodeKind::ParenExpr: return one(llvm::cast<ParenExpr>(node)->inner);
    case NodeKind::TupleExpr:
      for (auto &element : llvm::cast<TupleExpr>(node)->elements)
        one(element.value);
      return;
    case NodeKind::ArrayLiteral: return all(llvm::cast<ArrayLiteral>(node)->elements);
    case NodeKind::SpreadExpr: return one(llvm::cast<SpreadExpr>(node)->value);
    case NodeKind::InitializerList:
      for (auto &element : llvm::cast<InitializerList>(node)->elements)
        one(element.index), one(element.value);
      return;
    case NodeKind::NewObject: {
      auto *object = llvm::cast<NewObject>(node);
      one(object->region);
      args(object->args);
      return one(object->init);
    }
    case NodeKind::NewArray: {
      auto *array = llvm::cast<NewArray>(node);
      all(array->sizes);
      return one(array->init);
    }
    case NodeKind::MatchExpr: {
      auto *match = llvm::cast<MatchExpr>(node);
      all(match->values);
      for (const MatchArm *arm : match->arms)
        one(arm->guard), one(arm->expr), one(arm->block), one(arm->blockValue);
      return;
    }
    case NodeKind::NameofExpr: return; // never evaluated
    case NodeKind::CheckedExpr: return one(llvm::cast<CheckedExpr>(node)->value);
    case NodeKind::AssignExpr: {
      auto *assign = llvm::cast<AssignExpr>(node);
      one(assign->target);
      return one(assign->value);
    }
    case NodeKind::ConditionalExpr: {
      auto *conditional = llvm::cast<ConditionalExpr>(node);
      one(conditional->condition);
      one(conditional->whenTrue);
      return one(conditional->whenFalse);
    }
    case NodeKind::BinaryExpr: {
      auto *binary = llvm::cast<BinaryExpr>(node);
      one(binary->lhs);
      return one(binary->rhs);
    }
    case NodeKind::UnaryExpr: return one(llvm::cast<ast::UnaryExpr>(node)->operand);
    case NodeKind::PostfixExpr: return one(llvm::cast<PostfixExpr>(node)->operand);
    case NodeKind::CastExpr: return one(llvm::cast<CastExpr>(node)->operand);
    case NodeKind::IsExpr: return one(llvm::cast<IsExpr>(node)->value);
    case NodeKind::AsExpr: return one(llvm::cast<AsExpr>(node)->value);
    case NodeKind::RangeExpr: {
      auto *range = llvm::cast<RangeExpr>(node);
      one(range->begin);
      return one(range->end);
    }
    case NodeKind::MemberExpr: return one(llvm::cast<MemberExpr>(node)->object);
    case NodeKind::IndexExpr: {
      auto *index = llvm::cast<IndexExpr>(node);
      one(index->object);
      return args(index->args);
    }
    case NodeKind::CallExpr: {
      auto *call = llvm::cast<CallExpr>(node);
      one(call->callee);
      return args(call->args);
    }
    case NodeKind::ThrowExpr: return one(llvm::cast<ThrowExpr>(node)->value);
    case NodeKind::IntLiteral: case NodeKind::FloatLiteral: case NodeKind::CharLiteral: case NodeKind::StringLiteral:
    case NodeKind::BoolLiteral: case NodeKind::NullLiteral: case NodeKind::NameExpr: case NodeKind::BuiltinTypeExpr:
    case NodeKind::ThisExpr: case NodeKind::BaseExpr: case NodeKind::DefaultExpr: case NodeKind::TypeQueryExpr:
    case NodeKind::ErrorExpr:
    case NodeKind::LambdaExpr: // A body of its own.
      return;

    case NodeKind::BlockStmt: return all(llvm::cast<BlockStmt>(node)->statements);
    case NodeKind::ExprStmt: return one(llvm::cast<ExprStmt>(node)->expr);
    case NodeKind::VarStmt: return variables(llvm::cast<VarStmt>(node)->decl);
    case NodeKind::DeconstructStmt: return one(llvm::cast<DeconstructStmt>(node)->value);
    case NodeKind::LabeledStmt: return one(llvm::cast<LabeledStmt>(node)->body);
    case NodeKind::IfStmt: {
      auto *stmt = llvm::cast<IfStmt>(node);
      one(stmt->condition);
      one(stmt->thenStmt);
      return one(stmt->elseStmt);
    }
    case NodeKind::WhileStmt: {
      auto *stmt = llvm::cast<WhileStmt>(node);
      one(stmt->condition);
      return one(stmt->body);
    }
    case NodeKind::DoStmt: {
      auto *stmt = llvm::cast<DoStmt>(node);
      one(stmt->body);
      return one(stmt->condition);
    }
    case NodeKind::ForStmt: {
      auto *stmt = llvm::cast<ForStmt>(node);
      variables(stmt->vars);
      all(stmt->inits);
      one(stmt->condition);
      all(stmt->steps);
      return one(stmt->body);
    }
    case NodeKind::ForeachStmt: {
      auto *stmt = llvm::cast<ForeachStmt>(node);
      one(stmt->source);
      return one(stmt->body);
    }
    case NodeKind::ReturnStmt: return one(llvm::cast<ReturnStmt>(node)->value);
    case NodeKind::ThrowStmt: return one(llvm::cast<ThrowStmt>(node)->value);
    case NodeKind::YieldStmt: return one(llvm::cast<YieldStmt>(node)->value);
    case NodeKind::TryStmt: {
      auto *stmt = llvm::cast<TryStmt>(node);
      one(stmt->body);
      for (const CatchClause *clause : stmt->catches)
        one(clause->guard), one(clause->body);
      return one(stmt->finallyBlock);
    }
    case NodeKind::SwitchStmt: {
      auto *stmt = llvm::cast<SwitchStmt>(node);
      one(stmt->value);
      for (const SwitchSection *section : stmt->sections)
        all(section->labels), all(section->statements);
      return;
    }
    case NodeKind::DeferStmt: return one(llvm::cast<DeferStmt>(node)->body);
    case NodeKind::UsingStmt: {
      auto *stmt = llvm::cast<UsingStmt>(node);
      variables(stmt->vars);
      one(stmt->expr);
      return one(stmt->body);
    }
    case NodeKind::ArenaStmt: {
      auto *stmt = llvm::cast<ArenaStmt>(node);
      one(stmt->size);
      return one(stmt->body);
    }
    case NodeKind::ModeStmt: return one(llvm::cast<ModeStmt>(node)->body);
    case NodeKind::EmptyStmt: case NodeKind::BreakStmt: case NodeKind::ContinueStmt: case NodeKind::ErrorStmt:
    case NodeKind::FuncStmt: // A body of its own.
      return;

    // Neither expressions nor statements.
    case NodeKind::BuiltinType: case NodeKind::NamedType: case NodeKind::OptionalType: case NodeKind::PointerType:
    case NodeKind::ArrayType: case NodeKind::FixedArrayType: case NodeKind::TupleType: case NodeKind::FuncType:
    case NodeKind::OwnType: case NodeKind::WeakType: case NodeKind::ConstArgType: case NodeKind::ErrorType:
    case NodeKind::WildcardPattern: case NodeKind::ConstantPattern: case NodeKind::RangePattern:
    case NodeKind::RelationalPattern: case NodeKind::VarPattern: case NodeKind::TypePattern: case NodeKind::NotPattern:
    case NodeKind::BinaryPattern: case NodeKind::ImportDecl: case NodeKind::FuncDecl: case NodeKind::ParamDecl:
    case NodeKind::TypeParamDecl: case NodeKind::ClassDecl: case NodeKind::ExtendDecl: case NodeKind::EnumDecl:
    case NodeKind::EnumVariantDecl: case NodeKind::VariableDecl: case NodeKind::VariablesDecl:
    case NodeKind::DestructorDecl: case NodeKind::AssocTypeDecl: case NodeKind::PropertyDecl: case NodeKind::AccessorDecl:
    case NodeKind::Attribute: case NodeKind::WhereClause: case NodeKind::Argument: case NodeKind::CatchClause:
    case NodeKind::SwitchSection: case NodeKind::MatchArm: case NodeKind::NamesTree: case NodeKind::SourceFile:
      return;
    }
  }
};

} // namespace

void forEachChild(const Node *node, llvm::function_ref<void(const Node *)> visit) {
  ChildVisitor{visit}.children(node);
}

const Expr *stripParens(const Expr *expr) {
  while (auto *paren = llvm::dyn_cast<ParenExpr>(expr))
    expr = paren->inner;
  return expr;
}

sema::VariableId rootVariable(const sema::Program &program, const Expr *expr) {
  expr = stripParens(expr);
  const sema::ExprFacts &facts = program.facts(expr);
  if (llvm::isa<ThisExpr>(expr))
    return facts.variable;
  if (llvm::isa<NameExpr>(expr))
    // An implicit field of a struct's `this` has no name for `this` here; the field itself stands for it.
    return facts.entity == sema::EntityKind::Variable || facts.entity == sema::EntityKind::Field ? facts.variable
                                                                                                  : sema::VariableId();
  if (auto *member = llvm::dyn_cast<MemberExpr>(expr)) {
    if (facts.entity == sema::EntityKind::Variable)
      return facts.variable;
    if (facts.entity == sema::EntityKind::TupleElement)
      return rootVariable(program, member->object);
    if (facts.entity != sema::EntityKind::Field || program.types.isClassRef(program.facts(member->object).type))
      return {};
    return rootVariable(program, member->object);
  }
  if (auto *index = llvm::dyn_cast<IndexExpr>(expr))
    if (facts.entity == sema::EntityKind::ArrayElement || facts.entity == sema::EntityKind::FixedElement ||
        facts.entity == sema::EntityKind::RectElement)
      return rootVariable(program, index->object);
  return {};
}

namespace {

class FactCollector {
public:
  FactCollector(const sema::Program &program, BodyFacts &facts) : program(program), facts(facts) {}

  void statement(const Node *node) {
    forEachChild(node, [&](const Node *child) {
      if (auto *expr = llvm::dyn_cast<Expr>(child))
        root(expr);
      else
        statement(child);
    });
  }

  /// An expression that is not part of another: what it does last, it does when nothing is held any more.
  void root(const Expr *expr) {
    expr = stripParens(expr);
    if (auto *assign = llvm::dyn_cast<AssignExpr>(expr)) {
      write(assign->target, false);
      // The target's own parts are held while the value is worked out, so a write in there is nested.
      forEachChild(assign->target, [&](const Node *child) { nested(child); });
      if (llvm::isa<NameExpr>(stripParens(assign->target)) && assign->op == AssignOp::Assign)
        return root(assign->value);
      return nested(assign->value);
    }
    if (auto *operand = steppedOperand(expr)) {
      write(operand, false);
      return forEachChild(operand, [&](const Node *child) { nested(child); });
    }
    if (auto *closure = llvm::dyn_cast<LambdaExpr>(expr))
      lambda(closure);
    if (auto *call = llvm::dyn_cast<CallExpr>(expr))
      callWrites(call, false);
    if (auto *object = llvm::dyn_cast<NewObject>(expr))
      argumentWrites(object->args, false);
    forEachChild(expr, [&](const Node *child) { nested(child); });
  }

private:
  /// A closure that refers to variables may change them whenever it is called; one that takes them over leaves them empty.
  void lambda(const LambdaExpr *expr) {
    for (const sema::Capture &capture : program[program.declaredFunctions.get(expr)].captures)
      if (capture.byRef || capture.isMoved) {
        facts.written.insert(capture.outer);
        facts.nestedWrites.insert(capture.outer);
      }
  }

  void nested(const Node *node) {
    if (auto *expr = llvm::dyn_cast<LambdaExpr>(node))
      return lambda(expr);
    if (auto *assign = llvm::dyn_cast<AssignExpr>(node))
      write(assign->target, true);
    else if (auto *call = llvm::dyn_cast<CallExpr>(node))
      callWrites(call, true);
    else if (auto *object = llvm::dyn_cast<NewObject>(node))
      argumentWrites(object->args, true);
    else if (auto *expr = llvm::dyn_cast<Expr>(node))
      if (auto *operand = steppedOperand(expr))
        write(operand, true);
    if (llvm::isa<Expr>(node))
      forEachChild(node, [&](const Node *child) { nested(child); });
    else
      statement(node);
  }

  static const Expr *steppedOperand(const Expr *expr) {
    if (auto *unary = llvm::dyn_cast<ast::UnaryExpr>(expr))
      return unary->op == ast::UnaryOp::PreInc || unary->op == ast::UnaryOp::PreDec ? unary->operand : nullptr;
    if (auto *postfix = llvm::dyn_cast<PostfixExpr>(expr))
      return postfix->op == PostfixOp::Inc || postfix->op == PostfixOp::Dec ? postfix->operand : nullptr;
    return nullptr;
  }

  void callWrites(const CallExpr *call, bool isNested) {
    argumentWrites(call->args, isNested);
    const sema::ExprFacts &callFacts = program.facts(call);
    if (!callFacts.call)
      return;
    const sema::CallFacts &target = program.calls[callFacts.call];
    if (!target.function.isValid())
      return;
    const sema::FunctionInfo &function = program[target.function];
    if (function.thisVariable.isValid() && program[function.thisVariable].mode == PassMode::Ref) {
      if (target.receiver)
        write(target.receiver, isNested);
      else if (target.implicitThis && isNested)
        facts.nestedWrites.insert(function.thisVariable);
    }
  }

  void argumentWrites(List<const Argument *> args, bool isNested) {
    for (const Argument *arg : args)
      if (arg->value && (arg->mode == ParamMode::Ref || arg->mode == ParamMode::Out))
        write(arg->value, isNested);
  }

  void write(const Expr *target, bool isNested) {
    if (auto *tuple = llvm::dyn_cast<TupleExpr>(stripParens(target))) {
      for (auto &element : tuple->elements)
        write(element.value, /*isNested=*/true); // One is written while the next one's way is held.
      return;
    }
    sema::VariableId variable = rootVariable(program, target);
    if (!variable.isValid())
      return;
    facts.written.insert(variable);
    if (isNested)
      facts.nestedWrites.insert(variable);
  }

  const sema::Program &program;
  BodyFacts &facts;
};

} // namespace

void collectFacts(const sema::Program &program, const Node *node, BodyFacts &facts) {
  FactCollector collector(program, facts);
  if (auto *expr = llvm::dyn_cast<Expr>(node))
    collector.root(expr);
  else
    collector.statement(node);
}

bool isInert(const sema::Program &program, const Expr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (facts.constant)
    return true;
  if (facts.conversion.function.isValid() || facts.call || facts.cast.function.isValid() || facts.readsWeak) // the object may end with the read
    return false;
  if (llvm::isa<NewObject, NewArray, AssignExpr, CallExpr, ThrowExpr, MatchExpr, LambdaExpr, IsExpr, AsExpr, InterpolatedString>(expr))
    return false;
  if (auto *unary = llvm::dyn_cast<ast::UnaryExpr>(expr))
    if (unary->op == ast::UnaryOp::PreInc || unary->op == ast::UnaryOp::PreDec || unary->op == ast::UnaryOp::Move)
      return false;
  if (auto *postfix = llvm::dyn_cast<PostfixExpr>(expr); postfix && postfix->op != PostfixOp::NotNull)
    return false;
  if (facts.entity == sema::EntityKind::Property || facts.entity == sema::EntityKind::Indexer)
    return false;
  if (facts.op == sema::OperatorKind::StringConcat || facts.op == sema::OperatorKind::StringCompare ||
      facts.op == sema::OperatorKind::ValueCompare)
    return false;
  bool inert = true;
  forEachChild(expr, [&](const Node *child) {
    if (inert)
      inert = isInert(program, llvm::cast<Expr>(child));
  });
  return inert && facts.conversion.kind != sema::ConversionKind::ToString &&
         facts.conversion.kind != sema::ConversionKind::Box && facts.conversion.kind != sema::ConversionKind::Downcast;
}

bool isQuietText(const sema::Program &program, const Expr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (facts.constant)
    return true;
  if (facts.conversion.kind == sema::ConversionKind::ToString &&
      (facts.conversion.function.isValid() || program.types.isClassRef(facts.type)))
    return false;
  if (auto *paren = llvm::dyn_cast<ParenExpr>(expr))
    return isQuietText(program, paren->inner);
  if (auto *binary = llvm::dyn_cast<BinaryExpr>(expr); binary && facts.op == sema::OperatorKind::StringConcat)
    return isQuietText(program, binary->lhs) && isQuietText(program, binary->rhs);
  if (auto *text = llvm::dyn_cast<InterpolatedString>(expr)) {
    for (const InterpolatedString::Part &part : text->parts)
      if ((part.hole && !isQuietText(program, part.hole)) || (part.width && !isInert(program, part.width)))
        return false;
    return true;
  }
  if (llvm::isa<StringLiteral>(expr))
    return true;
  // The conversion itself was looked at above; of the operand only its parts matter.
  if (llvm::isa<NameExpr>(expr))
    return facts.entity != sema::EntityKind::Property;
  return facts.conversion.kind == sema::ConversionKind::None && isInert(program, expr);
}

bool mentions(const sema::Program &program, const Node *node, sema::VariableId variable) {
  if (auto *expr = llvm::dyn_cast<Expr>(node))
    if (program.facts(expr).variable == variable)
      return true;
  bool found = false;
  if (llvm::isa<LambdaExpr>(node))
    for (const sema::Capture &capture : program[program.declaredFunctions.get(node)].captures)
      found |= capture.outer == variable;
  forEachChild(node, [&](const Node *child) { found = found || mentions(program, child, variable); });
  return found;
}

static void collectNames(const sema::Program &program, const NamesTree *names, llvm::SmallVectorImpl<sema::VariableId> &out) {
  if (names->variable)
    if (sema::VariableId variable = program.declared.get(names->variable); variable.isValid())
      out.push_back(variable);
  for (const NamesTree *child : names->children)
    collectNames(program, child, out);
}

/// The variables that a pattern binds.
void collectPattern(const sema::Program &program, const Pattern *pattern, llvm::SmallVectorImpl<sema::VariableId> &out) {
  if (auto *names = llvm::dyn_cast<VarPattern>(pattern)) {
    if (names->names)
      collectNames(program, names->names, out);
    return;
  }
  if (auto *typed = llvm::dyn_cast<TypePattern>(pattern)) {
    for (const Pattern *part : typed->parts)
      collectPattern(program, part, out);
    for (auto &property : typed->properties)
      collectPattern(program, property.pattern, out);
  }
  sema::VariableId variable = program.patterns.get(pattern).variable;
  if (variable.isValid())
    out.push_back(variable);
  if (auto *negation = llvm::dyn_cast<NotPattern>(pattern))
    collectPattern(program, negation->inner, out);
  if (auto *binary = llvm::dyn_cast<BinaryPattern>(pattern)) {
    collectPattern(program, binary->lhs, out);
    collectPattern(program, binary->rhs, out);
  }
}

void collectBindings(const sema::Program &program, const Expr *expr, llvm::SmallVectorImpl<sema::VariableId> &out) {
  auto fromArgs = [&](List<const Argument *> args) {
    for (const Argument *arg : args)
      if (arg->outVariable)
        out.push_back(program.declared.get(arg->outVariable));
  };
  if (auto *is = llvm::dyn_cast<IsExpr>(expr))
    collectPattern(program, is->pattern, out);
  else if (auto *call = llvm::dyn_cast<CallExpr>(expr))
    fromArgs(call->args);
  else if (auto *object = llvm::dyn_cast<NewObject>(expr))
    fromArgs(object->args);
  forEachChild(expr, [&](const Node *child) {
    if (auto *part = llvm::dyn_cast<Expr>(child))
      collectBindings(program, part, out);
  });
}

bool rethrows(const Node *node) {
  if (auto *stmt = llvm::dyn_cast<ThrowStmt>(node))
    return !stmt->value;
  if (auto *stmt = llvm::dyn_cast<TryStmt>(node))
    return rethrows(stmt->body) || (stmt->finallyBlock && rethrows(stmt->finallyBlock));
  if (!llvm::isa<Stmt>(node))
    return false;
  bool found = false;
  forEachChild(node, [&](const Node *child) { found = found || rethrows(child); });
  return found;
}

} // namespace dream::dilgen
