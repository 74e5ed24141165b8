// Statements without loops, switches and exceptions.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

void FunctionGen::emitStmt(const Stmt *stmt) {
  if (isTerminated())
    return; // Nothing reaches it.
  At at(*this, stmt->range.begin);
  startStatement();
  size_t start = mark();
  auto labeled = [&](const Stmt *body, Name label) {
    if (auto *loop = llvm::dyn_cast<WhileStmt>(body))
      emitWhile(loop, label);
    else if (auto *loop = llvm::dyn_cast<DoStmt>(body))
      emitDo(loop, label);
    else if (auto *loop = llvm::dyn_cast<ForStmt>(body))
      emitFor(loop, label);
    else if (auto *loop = llvm::dyn_cast<ForeachStmt>(body))
      emitForeach(loop, label);
    else if (auto *sw = llvm::dyn_cast<SwitchStmt>(body))
      emitSwitch(sw, label);
    else
      return false;
    return true;
  };

  if (labeled(stmt, Name()))
    return;
  if (auto *block = llvm::dyn_cast<BlockStmt>(stmt))
    return emitBlock(block);
  if (auto *mode = llvm::dyn_cast<ModeStmt>(stmt)) {
    size_t start = mark();
    if (mode->mode == ast::BlockMode::NoGc) {
      b.call(gen.runtime("dr_gc_pause", {}, types::Void), {});
      push(Cleanup::Kind::ResumeGc, {});
    }
    emitBlock(mode->body);
    return endAll(start);
  }
  if (auto *var = llvm::dyn_cast<VarStmt>(stmt))
    return emitVariables(var->decl);
  if (auto *several = llvm::dyn_cast<DeconstructStmt>(stmt))
    return emitDeconstruct(several);
  if (auto *label = llvm::dyn_cast<LabeledStmt>(stmt)) {
    if (!labeled(label->body, label->label))
      emitEmbedded(label->body);
    return;
  }
  if (auto *simple = llvm::dyn_cast<ExprStmt>(stmt)) {
    declareBindings(simple->expr);
    start = mark();
    emitDiscard(simple->expr);
    return endAll(start);
  }
  if (auto *branch = llvm::dyn_cast<IfStmt>(stmt)) {
    declareBindings(branch->condition);
    Branches ways = emitCondition(branch->condition);
    BlockId done = b.addBlock();
    b.setBlock(ways.whenTrue);
    emitEmbedded(branch->thenStmt);
    branchTo(done);
    b.setBlock(ways.whenFalse);
    if (branch->elseStmt)
      emitEmbedded(branch->elseStmt);
    branchTo(done);
    return b.setBlock(done);
  }
  if (auto *ret = llvm::dyn_cast<ReturnStmt>(stmt)) {
    if (ret->value)
      declareBindings(ret->value);
    return emitReturn(ret->value);
  }
  if (auto *jump = llvm::dyn_cast<BreakStmt>(stmt))
    return emitJump(jump->label, true);
  if (auto *jump = llvm::dyn_cast<ContinueStmt>(stmt))
    return emitJump(jump->label, false);
  if (auto *thrown = llvm::dyn_cast<ThrowStmt>(stmt)) {
    if (thrown->value)
      declareBindings(thrown->value);
    return emitThrow(thrown->value);
  }
  if (auto *yield = llvm::dyn_cast<YieldStmt>(stmt))
    return emitYield(yield);
  if (auto *attempt = llvm::dyn_cast<TryStmt>(stmt))
    return emitTry(attempt);
  if (auto *use = llvm::dyn_cast<UsingStmt>(stmt))
    return emitUsing(use);
  if (auto *arena = llvm::dyn_cast<ArenaStmt>(stmt))
    return emitArena(arena);
  if (auto *deferred = llvm::dyn_cast<DeferStmt>(stmt)) {
    Cleanup cleanup(Cleanup::Kind::Finally);
    cleanup.body = deferred->body;
    return push(cleanup);
  }
  if (auto *func = llvm::dyn_cast<FuncStmt>(stmt)) {
    // A function of its own, made when it is called; what it captures is fetched here.
    FunctionId id = program.declaredFunctions.get(func->func);
    if (id.isValid() && gen.takesClosure(program[id])) {
      At at(*this, func->range.begin);
      ValueId closure = makeClosure(id);
      VariableId variable = program[id].closure;
      bool isHoisted = storage.contains(variable) && hoisted.contains(variable);
      b.assign(isHoisted ? storage[variable].value : declareSlot(variable), closure);
    }
    return;
  }
  assert(llvm::isa<EmptyStmt>(stmt) && "a statement that checking should have refused");
}

void FunctionGen::emitBlock(const BlockStmt *block) {
  size_t start = mark();
  emitList(block->statements);
  if (!isTerminated())
    b.loc = block->range.end;
  endAll(start);
}

void FunctionGen::emitList(llvm::ArrayRef<const Stmt *> list) {
  for (const Stmt *stmt : list)
    emitStmt(stmt);
}

void FunctionGen::emitEmbedded(const Stmt *stmt) {
  size_t start = mark();
  emitStmt(stmt);
  endAll(start);
}

ValueId FunctionGen::declareSlot(VariableId variable) {
  const sema::VariableInfo &info = program[variable];
  ValueId slot = b.slot(info.type, info.name.text());
  storage[variable] = {slot, true};
  pushDropSlot(slot);
  return slot;
}

void FunctionGen::declareBindings(const Expr *expr) {
  llvm::SmallVector<VariableId, 4> bound;
  collectBindings(program, expr, bound);
  for (VariableId variable : bound)
    declareSlot(variable);
  startStatement();
}

void FunctionGen::emitVariables(const VariablesDecl *decl) {
  for (const VariableDecl *variable : decl->variables)
    emitVariable(variable);
}

void FunctionGen::emitVariable(const VariableDecl *decl) {
  VariableId id = program.declared.get(decl);
  const sema::VariableInfo &variable = program[id];
  if (variable.kind == sema::VariableKind::Constant)
    return;
  At at(*this, decl->nameRange.isValid() ? decl->nameRange.begin : decl->range.begin);

  if (variable.isRefLocal) {
    const Expr *target = stripParens(decl->init);
    Place place = preparePlace(target, Want::Borrow);
    storage[id] = {openAccess(place, /*isModify=*/true), true};
    return; // The access ends with the scope.
  }

  // In a switch the slot stands before the sections.
  auto known = storage.find(id);
  bool isHoisted = known != storage.end() && hoisted.contains(id);
  if (!decl->init) {
    if (!isHoisted)
      declareSlot(id);
    // `int a[3];` is C's: its elements are assigned one by one, so it begins with zeros.
    if (types.kind(variable.type) == TypeKind::FixedArray && types.hasZeroValue(variable.type))
      b.assign(storage[id].value, b.constZero(variable.type));
    return;
  }
  declareBindings(decl->init);
  size_t start = mark();
  ValueId value = emitInitializer(decl->init, variable.type, facts.written.contains(id));
  if (isHoisted) {
    b.assign(known->second.value, value);
    return endAll(start);
  }
  ValueId slot = b.slot(variable.type, variable.name.text());
  storage[id] = {slot, true};
  b.init(slot, value);
  if (types.isView(variable.type))
    return; // What it looks into stays open to the end of the scope.
  endAll(start);
  pushDropSlot(slot);
}

void FunctionGen::emitReturn(const Expr *value) {
  size_t start = mark();
  ValueId result;
  if (value && fn.result == types::Void)
    emitDiscard(value);
  else if (value)
    result = emitInitializer(value, fn.result);
  if (isTerminated())
    return;
  endAll(start);
  returnValue(result);
}

void FunctionGen::emitJump(Name label, bool isBreak) {
  for (size_t i = jumps.size(); i-- > 0;) {
    const JumpTarget &target = jumps[i];
    if (label ? target.label != label : !isBreak && !target.continueTo.isValid())
      continue;
    BlockId to = isBreak ? target.breakTo : target.continueTo;
    unwindTo(isBreak ? target.breakDepth : target.continueDepth);
    return branchTo(to);
  }
  llvm::report_fatal_error("dilgen: a jump without a target passed checking");
}

} // namespace dream::dilgen
