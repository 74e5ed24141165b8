// Cleanups: what must happen on every way out of a scope. They form a stack. Errors and returns through `finally` leave
// over landing blocks: each runs one cleanup and goes on to the next, and is made once, so that the size of a function
// stays linear in what it declares.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

void FunctionGen::pushDropSlot(ValueId slot, bool isSticky) {
  if (types.isPlain(typeOf(slot)))
    return;
  Cleanup cleanup(Cleanup::Kind::DropSlot, slot);
  cleanup.isSticky = isSticky;
  push(cleanup);
}

ValueId FunctionGen::temporarySlot(TypeId type) {
  // Made at the start of the statement, where it dominates the end even if the value is made on one branch only.
  ValueId slot = b.slot(type, "");
  auto &here = fn[b.currentBlock()].insts;
  dil::Inst *inst = here.back();
  here.pop_back();
  auto &start = fn[statementStart.block].insts;
  assert(statementStart.index <= start.size() && "the statement's start lies behind its block's end");
  start.insert(start.begin() + statementStart.index, inst);
  ++statementStart.index;
  fn[slot].block = statementStart.block;
  return slot;
}

ValueId FunctionGen::hold(ValueId value) {
  if (!isOwned(value))
    return value;
  if (types.isDropSignificant(typeOf(value))) {
    ValueId slot = temporarySlot(typeOf(value));
    b.init(slot, value);
    pushDropSlot(slot, /*isSticky=*/true);
    ValueId borrowed = b.loadBorrow(slot);
    push(Cleanup::Kind::EndBorrow, borrowed);
    return borrowed;
  }
  push(Cleanup::Kind::DropValue, value);
  return value;
}

void FunctionGen::protect(ValueId value) {
  if (isOwned(value))
    push(Cleanup::Kind::DropValue, value);
}

ValueId FunctionGen::asType(ValueId value, TypeId type) {
  TypeId from = typeOf(value);
  if (from == type)
    return value;
  dil::CastKind kind = types.kind(from) == TypeKind::Optional && types[from].element == type   ? dil::CastKind::Unwrap
                       : types.kind(type) == TypeKind::Optional && types[type].element == from ? dil::CastKind::ToOptional
                                                                                               : dil::CastKind::Up;
  if (!isOwned(value))
    return b.cast(kind, value, type);
  forget(value);
  return hold(b.cast(kind, value, type));
}

void FunctionGen::forget(ValueId value) {
  for (size_t i = cleanups.size(); i-- > 0;) {
    if (cleanups[i].value != value ||
        (cleanups[i].kind != Cleanup::Kind::DropValue && cleanups[i].kind != Cleanup::Kind::FailedNew))
      continue;
    cleanups.erase(cleanups.begin() + i);
    invalidateLandings(i);
    return;
  }
}

void FunctionGen::invalidateLandings(size_t from) {
  for (size_t i = from; i < cleanups.size(); ++i)
    cleanups[i].onError = cleanups[i].onReturn = BlockId();
}

void FunctionGen::leaveFrom(BlockId block, size_t mark, BlockId target) {
  llvm::SmallVector<Cleanup, 16> all = cleanups;
  b.setBlock(block);
  endTo(mark);
  b.br(target);
  cleanups = std::move(all);
}

void FunctionGen::endTo(size_t mark) {
  llvm::SmallVector<Cleanup, 2> kept;
  bool removed = false;
  while (cleanups.size() > mark) {
    Cleanup cleanup = cleanups.pop_back_val();
    if (cleanup.isSticky) {
      kept.push_back(cleanup);
      continue;
    }
    removed = true;
    if (!isTerminated())
      runCleanup(cleanup);
  }
  while (!kept.empty())
    cleanups.push_back(kept.pop_back_val());
  if (removed)
    invalidateLandings(mark);
}

void FunctionGen::endAll(size_t mark) {
  while (cleanups.size() > mark) {
    Cleanup cleanup = cleanups.pop_back_val();
    if (!isTerminated())
      runCleanup(cleanup);
  }
}

void FunctionGen::unwindTo(size_t mark) {
  llvm::SmallVector<Cleanup, 16> all = cleanups;
  while (cleanups.size() > mark && !isTerminated()) {
    Cleanup cleanup = cleanups.pop_back_val();
    runCleanup(cleanup);
  }
  // Landing blocks that were made meanwhile belong to the part that is still there: keep them.
  for (size_t i = 0; i < cleanups.size(); ++i)
    all[i] = cleanups[i];
  cleanups = std::move(all);
}

void FunctionGen::runCleanup(const Cleanup &cleanup) {
  switch (cleanup.kind) {
  case Cleanup::Kind::DropSlot: return b.dropSlot(cleanup.value);
  case Cleanup::Kind::DropValue: return b.drop(cleanup.value);
  case Cleanup::Kind::EndBorrow: return b.endBorrow(cleanup.value);
  case Cleanup::Kind::EndAccess: return b.endAccess(cleanup.value);
  case Cleanup::Kind::FailedNew: return dropFailed(cleanup.value);
  case Cleanup::Kind::FailedBody:
  case Cleanup::Kind::Handler: return;
  case Cleanup::Kind::Finally: {
    Position saved = statementStart;
    size_t savedPending = pendingError;
    emitEmbedded(cleanup.body);
    pendingError = savedPending;
    statementStart = saved;
    return;
  }
  case Cleanup::Kind::ResumeGc:
    b.call(gen.runtime("dr_gc_resume", {}, types::Void), {});
    return;
  case Cleanup::Kind::Rebox:
    b.rebox(cleanup.box, b.loadTake(cleanup.value));
    return;
  case Cleanup::Kind::Dispose: return emitDispose(cleanup.value, *cleanup.disposal);
  case Cleanup::Kind::CloseArena: return b.arenaClose(cleanup.value);
  }
}

bool FunctionGen::hasFinally() const {
  for (const Cleanup &cleanup : cleanups)
    if (cleanup.runsCode())
      return true;
  return false;
}

BlockId FunctionGen::landing(Exit exit, size_t depth) {
  assert(depth <= cleanups.size());
  // The blocks below this one are made with the stack as they will find it.
  auto carriedType = exit == Exit::Error ? module.exceptionType : fn.result;
  if (depth == 0) {
    BlockId &last = exit == Exit::Error ? throwBlock : returnBlock;
    if (last.isValid())
      return last;
    last = b.addBlock();
    BlockId here = b.currentBlock();
    b.setBlock(last);
    if (exit == Exit::Error) {
      fn[last].isCold = true;
      b.throwError(joinArgument(last, carriedType));
    } else {
      b.ret(carriedType == types::Void ? ValueId() : joinArgument(last, carriedType));
    }
    b.setBlock(here);
    return last;
  }

  const Cleanup cleanup = cleanups[depth - 1];
  if (exit == Exit::Error && cleanup.kind == Cleanup::Kind::Handler)
    return cleanup.handler;
  if (exit == Exit::Return && cleanup.kind == Cleanup::Kind::Handler)
    return landing(exit, depth - 1);
  BlockId made = exit == Exit::Error ? cleanup.onError : cleanup.onReturn;
  if (made.isValid())
    return made;

  made = b.addBlock();
  fn[made].isCold = exit == Exit::Error;
  llvm::SmallVector<ValueId, 1> carried;
  if (carriedType != types::Void)
    carried.push_back(joinArgument(made, carriedType));
  BlockId here = b.currentBlock();
  Position savedStart = statementStart;
  size_t savedPending = pendingError;
  llvm::SmallVector<Cleanup, 16> above(cleanups.begin() + depth, cleanups.end());
  cleanups.resize(depth - 1, Cleanup());

  b.setBlock(made);
  bool mayThrow = cleanup.runsCode();
  if (mayThrow && !carried.empty() && isOwned(carried[0]))
    push(Cleanup::Kind::DropValue, carried[0]);
  if (cleanup.kind == Cleanup::Kind::FailedBody && exit == Exit::Error)
    runDestructors(cleanup.value, cleanup.type);
  else
    runCleanup(cleanup);
  cleanups.resize(depth - 1, Cleanup());
  if (!isTerminated())
    b.br(landing(exit, depth - 1), carried);

  Cleanup again = cleanup;
  (exit == Exit::Error ? again.onError : again.onReturn) = made;
  cleanups.push_back(again);
  cleanups.append(above.begin(), above.end());
  statementStart = savedStart;
  pendingError = savedPending;
  b.setBlock(here);
  return made;
}

void FunctionGen::throwValue(ValueId exception) { b.br(errorTarget(), exception); }

void FunctionGen::returnValue(ValueId value) {
  if (hasFinally()) {
    llvm::SmallVector<ValueId, 1> carried;
    if (value.isValid())
      carried.push_back(value);
    return b.br(landing(Exit::Return, cleanups.size()), carried);
  }
  unwindTo(0);
  b.ret(value);
}

} // namespace dream::dilgen
