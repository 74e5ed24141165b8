// Statements: blocks, declarations, expressions, jumps. Tracks which code can be reached.
#include "compiler/sema/checker.h"
#include "compiler/sema/places.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Lists -------------------------------------------------------------------------------------------------===//

void Checker::checkList(llvm::ArrayRef<const Stmt *> list) {
  for (const Stmt *stmt : list) {
    if (!cx->reachable && !cx->warnedUnreachable && !llvm::isa<EmptyStmt, FuncStmt, ErrorStmt>(stmt)) {
      report(DiagId::UnreachableCode, stmt->range);
      cx->warnedUnreachable = true; // once, until something is reached again
    }
    checkStmt(stmt);
    if (cx->reachable)
      cx->warnedUnreachable = false;
  }
}

void Checker::checkBlock(const BlockStmt *block) {
  Scope scope(*this);
  checkList(block->statements);
}

/// The body of an `if` or loop: names it declares end with it.
void Checker::checkEmbedded(const Stmt *stmt) {
  Scope scope(*this);
  if (llvm::isa<VarStmt>(stmt))
    report(DiagId::DeclarationAsBody, stmt->range).fix({stmt->range.begin, stmt->range.begin}, "{ ").fix({stmt->range.end, stmt->range.end}, " }");
  const Stmt *list[] = {stmt};
  checkList(list);
}

void Checker::checkStmt(const Stmt *stmt, Name label) {
  switch (stmt->kind) {
  case NodeKind::BlockStmt:
    return checkBlock(llvm::cast<BlockStmt>(stmt));
  case NodeKind::EmptyStmt:
  case NodeKind::ErrorStmt:
    return;
  case NodeKind::ExprStmt:
    return checkExprStmt(llvm::cast<ExprStmt>(stmt));
  case NodeKind::VarStmt:
    return checkVars(llvm::cast<VarStmt>(stmt)->decl);
  case NodeKind::DeconstructStmt:
    return checkDeconstruct(llvm::cast<DeconstructStmt>(stmt));
  case NodeKind::FuncStmt:
    return checkLocalFunction(llvm::cast<FuncStmt>(stmt));
  case NodeKind::LabeledStmt: {
    auto *labeled = llvm::cast<LabeledStmt>(stmt);
    for (const JumpTarget &target : cx->targets)
      if (target.label == labeled->label)
        report(DiagId::DuplicateLabel, labeled->labelRange) << labeled->label.text();
    if (!llvm::isa<WhileStmt, DoStmt, ForStmt, ForeachStmt, SwitchStmt>(labeled->body))
      report(DiagId::LabelOnNoLoop, labeled->labelRange) << labeled->label.text();
    return checkStmt(labeled->body, labeled->label);
  }
  case NodeKind::IfStmt:
    return checkIf(llvm::cast<IfStmt>(stmt));
  case NodeKind::WhileStmt:
    return checkWhile(llvm::cast<WhileStmt>(stmt), label);
  case NodeKind::DoStmt:
    return checkDo(llvm::cast<DoStmt>(stmt), label);
  case NodeKind::ForStmt:
    return checkFor(llvm::cast<ForStmt>(stmt), label);
  case NodeKind::ForeachStmt:
    return checkForeach(llvm::cast<ForeachStmt>(stmt), label);
  case NodeKind::BreakStmt: {
    auto *jump = llvm::cast<BreakStmt>(stmt);
    return checkJump(stmt, jump->label, jump->labelRange, true);
  }
  case NodeKind::ContinueStmt: {
    auto *jump = llvm::cast<ContinueStmt>(stmt);
    return checkJump(stmt, jump->label, jump->labelRange, false);
  }
  case NodeKind::ReturnStmt:
    return checkReturn(llvm::cast<ReturnStmt>(stmt));
  case NodeKind::ThrowStmt: {
    auto *thrown = llvm::cast<ThrowStmt>(stmt);
    if (!thrown->value && !cx->catchDepth)
      report(DiagId::RethrowOutside, stmt->range);
    checkThrow(thrown->value, stmt->range);
    markUnreachable();
    return;
  }
  case NodeKind::TryStmt:
    return checkTry(llvm::cast<TryStmt>(stmt));
  case NodeKind::SwitchStmt:
    return checkSwitch(llvm::cast<SwitchStmt>(stmt), label);
  case NodeKind::ModeStmt: {
    auto *mode = llvm::cast<ModeStmt>(stmt);
    switch (mode->mode) {
    case BlockMode::NoGc:
      ++cx->noGcDepth;
      checkBlock(mode->body);
      --cx->noGcDepth;
      return;
    case BlockMode::Unsafe:
      ++cx->unsafeDepth;
      checkBlock(mode->body);
      --cx->unsafeDepth;
      return;
    case BlockMode::Checked:
    case BlockMode::Unchecked: {
      bool saved = std::exchange(cx->isChecked, mode->mode == BlockMode::Checked);
      checkBlock(mode->body);
      cx->isChecked = saved;
      return;
    }
    }
    return;
  }
  case NodeKind::YieldStmt:
    return checkYield(llvm::cast<YieldStmt>(stmt));
  case NodeKind::DeferStmt:
    return checkDefer(llvm::cast<DeferStmt>(stmt));
  case NodeKind::UsingStmt:
    return checkUsing(llvm::cast<UsingStmt>(stmt));
  case NodeKind::ArenaStmt:
    return checkArena(llvm::cast<ArenaStmt>(stmt));
  default:
    return;
  }
}

/// Names whose declaration was refused: using them is no further error.
void Checker::poisonNames(const NamesTree *names) {
  if (!names)
    return;
  if (names->variable) {
    VariableId variable = declareLocalVariable(VariableKind::Local, names->variable->name, types::Error, names->variable->nameRange);
    program.declared[names->variable] = variable;
    ++variableUses[variable.index];
  }
  for (const NamesTree *child : names->children)
    poisonNames(child);
}

//===-- Declarations ------------------------------------------------------------------------------------------===//

/// `ref T x = ref place;`: another name for a place, until the end of the block.
void Checker::checkRefVariable(const VariableDecl *decl) {
  TypeId type = decl->type ? resolveHere(decl->type) : TypeId();
  TypeId target = types::Error;
  if (decl->init) {
    target = checkTarget(decl->init, true);
    if (target != types::Error)
      target = declaredType(decl->init);
  }
  if (target != types::Error) {
    checkWritable(decl->init, "referred to");
    Place place = placeOf(decl->init);
    noteWrite(decl->init);
    if (place.root == Place::Root::Variable && place.variable.isValid())
      assignedByDefer.insert(place.variable); // what tests say of it may change under another name
  }
  if (type.isValid() && type != types::Error && target != types::Error && type != target) {
    report(DiagId::RefTypeDiffers, decl->init->range) << "ref" << spell(type) << spell(target);
    target = types::Error;
  }
  if (!checkStorable(target, decl->range, "a variable by reference"))
    target = types::Error;
  VariableId id = declareLocalVariable(VariableKind::Local, decl->name, target, decl->nameRange);
  program[id].isRefLocal = true;
  ++variableUses[id.index]; // writing it writes something else
  program.declared[decl] = id;
}

void Checker::checkVars(const VariablesDecl *decl) {
  for (const VariableDecl *variable : decl->variables) {
    refuseModifiers(variable, 0, "a local variable");
    checkAttributes(variable, cx->file->isLibrary);
    if (variable->isRef) {
      checkRefVariable(variable);
      continue;
    }
    bool isConst = variable->keyword == VarKeyword::Const;
    TypeId type;
    if (variable->type) {
      type = resolveHere(variable->type);
      if (!checkStorable(type, variable->type->range, "a variable", true))
        type = types::Error;
    }
    if (variable->init) {
      cx->allowsLate = true;
      if (type.isValid()) {
        checkTo(variable->init, type);
      } else if (llvm::isa<InitializerList>(variable->init)) {
        check(variable->init); // reports that the type is missing
        type = types::Error;
      } else {
        type = checkValue(variable->init);
        if (type == types::Null) {
          report(DiagId::NullNeedsType, variable->init->range) << variable->name.text();
          type = types::Error;
        } else if (type == types::Void) {
          report(DiagId::VoidValue, variable->init->range);
          type = types::Error;
        } else if (type == types::Never) {
          type = types::Error;
        }
      }
      cx->allowsLate = false;
    } else if (isConst && type.isValid()) {
      report(DiagId::ConstNeedsValue, variable->nameRange) << variable->name.text();
    } else if (!type.isValid()) {
      type = types::Error; // the parser has asked for a value
    } else if (variable->keyword == VarKeyword::Let) {
      report(DiagId::LetNeedsValue, variable->nameRange) << variable->name.text();
      type = types::Error;
    }
    VariableId id = declareLocalVariable(isConst ? VariableKind::Constant : VariableKind::Local, variable->name, type, variable->nameRange);
    VariableInfo &info = program[id];
    info.isReadOnly = isConst || variable->keyword == VarKeyword::Let;
    program.declared[variable] = id;
    if (isConst && variable->init && type != types::Error) {
      ConstValue value = constantValue(program, variable->init);
      if (value)
        info.constant = value;
      else if (program.exprs.get(variable->init).type != types::Error)
        report(DiagId::NotConstant, variable->init->range) << variable->name.text();
    }
    // A variable that may be null holds what it was just given.
    if (variable->init && type != types::Error && types.kind(type) == TypeKind::Optional) {
      TypeId natural = program.exprs.get(stripParens(variable->init)).type;
      if (natural.isValid() && natural != types::Error && natural != types::Null && types.kind(natural) != TypeKind::Optional &&
          !llvm::isa<DefaultExpr>(stripParens(variable->init)))
        cx->now.set(path(0, id.index), types[type].element);
    }
  }
}

void Checker::checkLocalFunction(const FuncStmt *stmt) {
  const FuncDecl *decl = stmt->func;
  FunctionId id = newFunction(FunctionKind::Local, decl->name, decl->nameRange.isValid() ? decl->nameRange : decl->range, *cx->file, decl, cx->type);
  program[id].isStatic = true;
  detail(id).enclosing = cx->function;
  std::string prefix = cx->function.isValid() ? program[cx->function].symbol : modules[cx->file->module.index].path;
  giveSymbol(id, prefix, decl->name.text());
  if (!decl->typeParams.empty()) {
    refuse(program[id].range, "a generic function");
    detail(id).isPoisoned = true;
  }
  Local local;
  local.function = id;
  declareLocal(decl->name, local, program[id].range);
  needSignature(id);
  program[id].closure = newVariable(VariableKind::Local, decl->name, detail(id).infersResult ? types::Error : funcTypeOf(id), program[id].range);
  if (!decl->block && !decl->expr) {
    report(DiagId::MissingBody, program[id].range) << decl->name.text();
    detail(id).isPoisoned = true;
  }
  if (!detail(id).isPoisoned)
    checkLocalBody(id);
}

//===-- Expressions -------------------------------------------------------------------------------------------===//

void Checker::checkExprStmt(const ExprStmt *stmt) {
  const Expr *expr = stmt->expr, *inner = stripParens(expr);
  bool isStatement = llvm::isa<AssignExpr, CallExpr, NewObject, MatchExpr, ThrowExpr>(inner);
  if (auto *unary = llvm::dyn_cast<UnaryExpr>(inner))
    isStatement = unary->op == UnaryOp::PreInc || unary->op == UnaryOp::PreDec || unary->op == UnaryOp::Move;
  if (auto *postfix = llvm::dyn_cast<PostfixExpr>(inner))
    isStatement = postfix->op == PostfixOp::Inc || postfix->op == PostfixOp::Dec || postfix->op == PostfixOp::Propagate;
  if (isStatement) { // else the parser has refused it
    matchIsStatement = llvm::isa<MatchExpr>(inner);
    if (checkValue(expr) == types::Never)
      markUnreachable();
  }
}

//===-- Jumps -------------------------------------------------------------------------------------------------===//

JumpTarget &Checker::pushTarget(Name label, bool isSwitch) {
  cx->targets.push_back({});
  JumpTarget &target = cx->targets.back();
  target.label = label;
  target.isSwitch = isSwitch;
  target.finallyDepth = cx->finallyDepth;
  return target;
}

void Checker::checkJump(const Stmt *stmt, Name label, SourceRange labelRange, bool isBreak) {
  llvm::StringRef word = isBreak ? "break" : "continue";
  JumpTarget *found = nullptr;
  for (size_t i = cx->targets.size(); i-- > 0 && !found;) {
    JumpTarget &target = cx->targets[i];
    if (label ? target.label == label : isBreak || !target.isSwitch)
      found = &target;
  }
  markUnreachable();
  if (!found) {
    if (label) {
      auto diag = report(DiagId::UnknownLabel, labelRange);
      diag << label.text();
      llvm::SmallVector<llvm::StringRef> candidates;
      for (const JumpTarget &target : cx->targets)
        if (target.label)
          candidates.push_back(target.label.text());
      suggest(diag, labelRange, label, candidates);
    } else {
      report(DiagId::JumpOutside, stmt->range) << word << (isBreak ? "a loop or switch" : "a loop");
    }
    return;
  }
  if (found->isSwitch && !isBreak) {
    report(DiagId::JumpOutside, stmt->range) << word << "a loop";
    return;
  }
  if (found->finallyDepth != cx->finallyDepth)
    report(DiagId::LeavesFinally, stmt->range) << word << cx->finallyWord;
  if (isBreak) {
    if (found->isBroken)
      found->atBreak.meet(cx->now);
    else
      found->atBreak = cx->now;
    found->isBroken = true;
  } else {
    found->isContinued = true;
  }
}

void Checker::checkReturn(const ReturnStmt *stmt) {
  if (cx->finallyDepth)
    report(DiagId::LeavesFinally, stmt->range) << "return" << cx->finallyWord;
  if (stmt->byRef)
    refuse(stmt->range, "returning a reference");
  if (cx->isIterator) {
    if (stmt->value)
      checkValue(stmt->value);
    auto diag = report(DiagId::ReturnInIterator, stmt->range);
    if (!stmt->value)
      diag.fix(stmt->range, "yield break;");
    return markUnreachable();
  }
  bool isVoid = cx->result == types::Void && !cx->infers;
  if (!stmt->value) {
    if (cx->infers)
      cx->returns.push_back({types::Void, nullptr});
    else if (!isVoid && cx->result != types::Error)
      report(DiagId::ReturnNeedsValue, stmt->range) << spell(cx->result);
  } else if (cx->infers) {
    TypeId type = check(stmt->value);
    cx->returns.push_back({type, stmt->value});
  } else if (isVoid) {
    TypeId type = checkValue(stmt->value);
    if (type != types::Error && type != types::Never) {
      auto diag = report(DiagId::ReturnInVoid, stmt->value->range);
      if (cx->function.isValid()) {
        diag << program[cx->function].name.text();
        diag.note(program[cx->function].range, program[cx->function].kind == FunctionKind::Constructor ? "a constructor gives no value" : "declared here");
      } else {
        diag << "the program";
      }
    }
  } else {
    checkTo(stmt->value, cx->result, "as result");
  }
  markUnreachable();
}

} // namespace dream::sema
