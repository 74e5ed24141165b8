// Checks: a compare, a branch that is not taken, and a panic out of the way at the function's end. Bounds are one unsigned
// comparison.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/MDBuilder.h"

namespace dream::codegen {

using dil::CheckKind;

void FunctionEmitter::require(llvm::Value *condition, Panic panic) {
  llvm::BasicBlock *good = newBlock("ok"), *bad = newBlock("panic");
  builder.CreateCondBr(condition, good, bad);
  panics.push_back(bad);
  builder.SetInsertPoint(bad);
  panic();
  continueIn(good);
}

void FunctionEmitter::callPanic(Entry entry, llvm::ArrayRef<llvm::Value *> args) {
  emitter.entries.call(builder, entry, args);
  builder.CreateUnreachable();
}

void FunctionEmitter::emit(const dil::CheckInst &inst) {
  llvm::Value *a = value(inst.a);
  auto wide = [&](llvm::Value *integer) { return builder.CreateSExtOrTrunc(integer, builder.getInt64Ty()); };
  auto textOf = [&] { return emitter.constants.cString(inst.text); };
  switch (inst.check) {
  case CheckKind::Bounds: {
    llvm::Value *b = value(inst.b);
    return require(builder.CreateICmpULT(a, b),
                   [&] { callPanic(Entry::dr_panic_bounds, {wide(a), wide(b), placeHere()}); });
  }
  case CheckKind::Slice: {
    llvm::Value *b = value(inst.b);
    return require(builder.CreateICmpULE(a, b), [&] {
      callPanic(Entry::dr_panic_range, {builder.getInt64(0), wide(a), wide(b), placeHere()});
    });
  }
  case CheckKind::Divisor:
    return require(builder.CreateIsNotNull(a), [&] { callPanic(Entry::dr_panic_divide, {placeHere()}); });
  case CheckKind::Late:
    return require(builder.CreateIsNotNull(a), [&] { callPanic(Entry::dr_panic_late, {textOf(), placeHere()}); });
  case CheckKind::NotNull:
    return require(builder.CreateIsNotNull(a), [&] {
      std::string message = ("'" + inst.text + "' is null").str();
      callPanic(Entry::dr_panic_message, {emitter.constants.cString(message), placeHere()});
    });
  case CheckKind::Cast: {
    bool acceptsNull = emitter.types.kind(inst.type) == TypeKind::Optional;
    llvm::Value *good = isInstanceOrNull(a, typeOf(inst.a), inst.type, acceptsNull);
    return require(good, [&] {
      llvm::Constant *target = emitter.constants.cString(emitter.types.spell(inst.type));
      callPanic(Entry::dr_panic_cast, {a, target, placeHere()});
    });
  }
  case CheckKind::Length:
    return require(builder.CreateICmpSGE(a, llvm::ConstantInt::get(a->getType(), 0)), [&] {
      callPanic(Entry::dr_panic_message, {emitter.constants.cString("negative array length"), placeHere()});
    });
  case CheckKind::Matched:
    return require(a, [&] {
      std::string message = ("no arm of the 'match' takes this value of '" + inst.text + "'").str();
      callPanic(Entry::dr_panic_message, {emitter.constants.cString(message), placeHere()});
    });
  case CheckKind::Taken:
    return require(builder.CreateIsNotNull(a), [&] { callPanic(Entry::dr_panic_taken, {textOf(), placeHere()}); });
  }
}

} // namespace dream::codegen
