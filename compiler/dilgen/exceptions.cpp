// throw, try, catch, finally. An error arrives in a handler's block as an owned Exception. Handlers test it in order;
// what none of them takes goes on to the next cleanup. `finally` is made once for each kind of way out.
#include "compiler/dilgen/function_gen.h"
#include "llvm/Support/SaveAndRestore.h"

namespace dream::dilgen {

using namespace ast;

void FunctionGen::emitThrow(const Expr *value) {
  if (!value) {
    // `throw;`: the error that is being handled moves on.
    assert(pendingError < cleanups.size() && "throw; outside of a catch clause passed checking");
    size_t depth = pendingError;
    ValueId error = cleanups[depth].value;
    unwindTo(depth + 1);
    if (!isTerminated())
      b.br(landing(Exit::Error, depth), error);
    return;
  }
  size_t start = mark();
  llvm::SaveAndRestore<const Expr *> outer(thrown, stripParens(value));
  ValueId exception = emit(value, Want::Own);
  if (isTerminated())
    return;
  if (typeOf(exception) != module.exceptionType)
    exception = b.cast(dil::CastKind::Up, exception, module.exceptionType);
  b.call(gen.runtime("dr_note_throw", {gen.param("exception", module.exceptionType)}, types::Void), exception);
  endAll(start);
  throwValue(exception);
}

void FunctionGen::emitTry(const TryStmt *stmt) {
  size_t start = mark();
  if (stmt->finallyBlock) {
    Cleanup cleanup(Cleanup::Kind::Finally, ValueId());
    cleanup.body = stmt->finallyBlock;
    push(cleanup);
  }
  BlockId done = b.addBlock();
  size_t inner = mark();
  BlockId handler;
  if (!stmt->catches.empty()) {
    handler = b.addBlock();
    fn[handler].isCold = true;
    Cleanup cleanup(Cleanup::Kind::Handler, ValueId());
    cleanup.handler = handler;
    push(cleanup);
  }
  emitBlock(stmt->body);
  cleanups.resize(inner, Cleanup());
  branchTo(done);

  if (handler.isValid()) {
    b.setBlock(handler);
    emitCatches(stmt, done);
  }
  b.setBlock(done);
  endAll(start); // The normal way through `finally`.
}

void FunctionGen::emitCatches(const TryStmt *stmt, BlockId done) {
  ValueId error = b.addBlockArg(b.currentBlock(), module.exceptionType, dil::Ownership::Owned);
  size_t savedPending = pendingError;
  bool takesAll = false;
  for (const CatchClause *clause : stmt->catches) {
    if (takesAll)
      break;
    At at(*this, clause->range.begin);
    startStatement();
    size_t start = mark();
    TypeId type = clause->type ? program.typeNodes.get(clause->type) : module.exceptionType;
    VariableId variable = clause->variable ? program.declared.get(clause->variable) : VariableId();
    if (variable.isValid())
      type = program[variable].type;
    bool any = type == module.exceptionType;
    BlockId next = b.addBlock();
    fn[next].isCold = true;
    if (!any) {
      gen.needDescriptor(type);
      BlockId match = b.addBlock();
      b.condBr(b.typeIs(error, type), match, next);
      b.setBlock(match);
    }
    takesAll = any && !clause->guard;

    bool keepsError = clause->guard || rethrows(clause->body);
    if (keepsError)
      push(Cleanup::Kind::DropValue, error);
    pendingError = keepsError ? start : ~size_t(0);
    if (variable.isValid()) {
      ValueId bound = keepsError ? b.copy(error) : error;
      if (!any)
        bound = b.cast(dil::CastKind::Down, bound, type);
      ValueId slot = b.slot(type, program[variable].name.text());
      b.init(slot, bound);
      storage[variable] = {slot, true};
      pushDropSlot(slot);
    } else if (!keepsError) {
      b.drop(error);
    }
    if (clause->guard) {
      startStatement();
      declareBindings(clause->guard);
      Branches ways = emitCondition(clause->guard);
      b.setBlock(ways.whenFalse);
      unwindTo(start + 1);
      branchTo(next);
      b.setBlock(ways.whenTrue);
    }
    emitBlock(clause->body);
    endAll(start);
    branchTo(done);
    b.setBlock(next);
  }
  pendingError = savedPending;
  if (takesAll)
    return; // Nothing comes to the block behind it.
  b.br(landing(Exit::Error, cleanups.size()), error);
}

} // namespace dream::dilgen
