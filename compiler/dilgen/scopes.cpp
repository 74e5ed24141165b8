// `using`: a variable that is disposed of where its scope ends, whichever way control leaves it. What runs then is a cleanup
// above the one that drops the variable. `arena`: a region that is closed by a cleanup below those of the block's variables;
// which arenas are open is seen by their cleanups.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

void FunctionGen::emitUsing(const UsingStmt *stmt) {
  size_t start = mark();
  if (stmt->vars) {
    for (const VariableDecl *decl : stmt->vars->variables) {
      emitVariable(decl);
      const sema::UsingFacts &facts = program.usings.get(decl);
      pushDispose(storage[facts.variable].value, facts);
    }
  } else {
    declareBindings(stmt->expr);
    const sema::UsingFacts &facts = program.usings.get(stmt);
    size_t inner = mark();
    ValueId value = emit(stmt->expr, Want::Own);
    ValueId slot = b.slot(typeOf(value), "");
    b.init(slot, value);
    endAll(inner);
    pushDropSlot(slot);
    pushDispose(slot, facts);
  }
  if (!stmt->body)
    return; // It lasts to the end of the block around it.
  emitEmbedded(stmt->body);
  endAll(start);
}

void FunctionGen::pushDispose(ValueId slot, const sema::UsingFacts &facts) {
  if (!facts.dispose.isValid())
    return;
  Cleanup cleanup(Cleanup::Kind::Dispose, slot);
  cleanup.disposal = &facts;
  push(cleanup);
}

void FunctionGen::emitDispose(ValueId slot, const sema::UsingFacts &facts) {
  const sema::FunctionInfo &callee = program[facts.dispose];
  Position savedStart = statementStart;
  startStatement();
  size_t start = mark();
  TypeId type = typeOf(slot);
  llvm::SmallVector<Argument, 8> args(1);
  BlockId done;
  if (!isReference(type)) {
    args[0].kind = program[callee.thisVariable].mode == PassMode::In ? Argument::Kind::In : Argument::Kind::Ref;
    args[0].place.base = slot;
    args[0].place.type = type;
    args[0].place.isLocal = true;
  } else {
    ValueId object = b.loadBorrow(slot);
    push(Cleanup::Kind::EndBorrow, object);
    if (types.kind(type) == TypeKind::Optional) {
      BlockId present = b.addBlock();
      done = b.addBlock();
      b.condBr(nullTest(object, dil::CmpOp::Ne), present, done);
      b.setBlock(present);
      object = asType(object, types[type].element);
    }
    args[0] = receiverOf(object, callee);
  }
  finishCall(facts.dispose, facts.dispatch, args, mark());
  if (done.isValid()) {
    branchTo(done);
    b.setBlock(done);
  }
  endAll(start);
  statementStart = savedStart;
}

void FunctionGen::emitArena(const ArenaStmt *stmt) {
  ValueId size;
  if (stmt->size) {
    declareBindings(stmt->size);
    size_t start = mark();
    size = emit(stmt->size, Want::Own);
    endAll(start);
    if (isTerminated())
      return;
  }
  size_t start = mark();
  {
    At at(*this, stmt->nameRange.isValid() ? stmt->nameRange.begin : stmt->range.begin);
    Cleanup cleanup(Cleanup::Kind::CloseArena, b.arenaOpen(stmt->name.text(), size));
    cleanup.name = stmt->name;
    push(cleanup);
  }
  emitBlock(stmt->body);
  if (!isTerminated())
    b.loc = stmt->range.end;
  endAll(start);
}

bool FunctionGen::isArenaValue(const NameExpr *region) const { return region && program.facts(region).type.isValid(); }

void FunctionGen::wishWritten(dil::Wish &wish, const NameExpr *region, bool isInnermost) {
  wish.onHeap = region && (region->name.text() == "heap" || isArenaValue(region));
  if (wish.onHeap || (!region && !isInnermost))
    return;
  for (size_t i = cleanups.size(); i-- > 0;)
    if (cleanups[i].kind == Cleanup::Kind::CloseArena && (!region || cleanups[i].name == region->name)) {
      wish.arena = cleanups[i].value;
      return;
    }
}

void FunctionGen::placeWritten(dil::CallInst &call, const NewObject *expr) {
  call.newEnd = expr->range.end;
  wishWritten(call.wish, expr->region, /*isInnermost=*/true);
  if (expr == thrown && !expr->region && call.wish.arena.isValid()) // What is thrown outlives every arena.
    call.wish = {dil::ValueId(), /*onHeap=*/true};
}

} // namespace dream::dilgen
