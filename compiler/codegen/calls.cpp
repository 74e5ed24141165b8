// Calls, direct and through tables, and what ends a block. A call that can throw tests the error that comes back beside
// its result (signatures.h) and takes one of its two edges.
#include "compiler/codegen/function_emitter.h"
#include "runtime/abi/object.h"
#include "llvm/IR/MDBuilder.h"

namespace dream::codegen {

//===-- Arguments and results ----------------------------------------------------------------------------------===//

void FunctionEmitter::appendArgument(dil::ValueId arg, llvm::SmallVectorImpl<llvm::Value *> &out) {
  llvm::append_range(out, leaves(arg));
}

/// Takes the edges of a call that has them, or defines its result.
void FunctionEmitter::finishCall(const dil::CallBase &inst, Leaves result, llvm::Value *error) {
  if (!inst.canThrow()) {
    if (inst.result.isValid())
      set(inst.result, std::move(result));
    return;
  }
  llvm::SmallVector<Leaves, 1> okArgs;
  if (!dil[inst.ok].args.empty())
    okArgs.push_back(std::move(result));
  passArguments(inst.ok, okArgs);
  if (!error) { // a C or runtime function does not throw: nobody comes to the error block from here
    if (predecessors[inst.error.index] < 2)
      for (dil::ValueId arg : dil[inst.error].args)
        set(arg, llvm::PoisonValue::get(emitter.lowering.pointer));
    builder.CreateBr(block(inst.ok));
    return;
  }
  passError(inst, error);
  branchOnError(error, block(inst.error), block(inst.ok));
}
void FunctionEmitter::passError(const dil::CallBase &inst, llvm::Value *error) {
  llvm::SmallVector<Leaves, 1> args;
  if (!dil[inst.error].args.empty())
    args.push_back(Leaves(error));
  passArguments(inst.error, args);
}
void FunctionEmitter::branchOnError(llvm::Value *error, llvm::BasicBlock *bad, llvm::BasicBlock *good) {
  llvm::MDNode *unlikely = emitter.optimizes() ? llvm::MDBuilder(emitter.context).createUnlikelyBranchWeights() : nullptr;
  builder.CreateCondBr(builder.CreateIsNotNull(error), bad, good, unlikely);
}

void FunctionEmitter::callWith(const dil::CallBase &inst, llvm::FunctionCallee callee, const Signature &signature,
                               llvm::Value *closure) {
  llvm::SmallVector<llvm::Value *, 8> args;
  const Lowering &lowering = emitter.lowering[inst.resultType];
  llvm::AllocaInst *memory = nullptr;
  if (signature.result == Signature::Result::Indirect) {
    memory = entryAlloca(inst.resultType);
    args.push_back(memory);
  }
  if (closure)
    args.push_back(closure);
  for (dil::ValueId arg : inst.args)
    appendArgument(arg, args);
  assert(args.size() == signature.type->getNumParams() && "arguments fit the signature");
  llvm::CallInst *call = builder.CreateCall(callee, args);
  call->setAttributes(signature.attributes);

  llvm::Value *error = nullptr;
  Leaves result;
  switch (signature.result) {
  case Signature::Result::None:
    if (signature.throws)
      error = call;
    break;
  case Signature::Result::Direct:
    if (signature.throws) {
      error = builder.CreateExtractValue(call, 1);
      result = Leaves(builder.CreateExtractValue(call, 0));
    } else {
      result = Leaves(call);
    }
    break;
  case Signature::Result::Pair:
    result.push_back(builder.CreateExtractValue(call, 0));
    result.push_back(builder.CreateExtractValue(call, 1));
    break;
  case Signature::Result::Indirect:
    if (signature.throws)
      error = call;
    if (lowering.inMemory) {
      result = Leaves(memory);
    } else if (signature.throws) {
      // After an error nothing is there: the leaves are loaded on the good edge only, in a block of their own.
      llvm::BasicBlock *good = newBlock("good"), *bad = newBlock("error");
      branchOnError(error, bad, good);
      continueIn(bad);
      passError(inst, error);
      builder.CreateBr(block(inst.error));
      continueIn(good);
      llvm::SmallVector<Leaves, 1> okArgs{loadValue(inst.resultType, memory, {})};
      passArguments(inst.ok, okArgs);
      builder.CreateBr(block(inst.ok));
      return;
    } else {
      result = loadValue(inst.resultType, memory, {});
    }
    break;
  }
  finishCall(inst, std::move(result), error);
}

//===-- Direct calls -------------------------------------------------------------------------------------------===//

void FunctionEmitter::emit(const dil::CallInst &inst) {
  const dil::Function &callee = emitter.dil[inst.callee];
  switch (callee.kind) {
  case dil::FuncKind::Dream:
    return callWith(inst, emitter.function(inst.callee), emitter.signature(inst.callee));
  case dil::FuncKind::Runtime:
    return callRuntime(inst, callee);
  case dil::FuncKind::C:
    return callC(inst, callee);
  }
}

/// An entry of the runtime. Integers are widened or narrowed to the entry's types; an entry that wants one more parameter
/// than the declaration names gets the place of the call. One that makes a string is told where, behind everything else.
void FunctionEmitter::callRuntime(const dil::CallInst &inst, const dil::Function &callee) {
  std::optional<Entry> entry = RuntimeEntries::find(llvm::StringRef(callee.symbol).split('$').first);
  if (!entry)
    llvm::report_fatal_error("the runtime has no entry " + llvm::Twine(callee.symbol));
  llvm::FunctionCallee function = emitter.entries[*entry];
  llvm::FunctionType *type = function.getFunctionType();
  llvm::SmallVector<llvm::Value *, 8> args;
  llvm::ArrayRef<dil::ValueId> given = inst.args;
  bool makesString = RuntimeEntries::makesString(*entry);
  llvm::Value *region = llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  if (given.size() > callee.params.size()) {
    region = value(given.back());
    given = given.drop_back();
  }
  if (*entry == Entry::dr_str_concat_n && given.size() != 2) {
    // Called with the strings themselves: they are handed over in an array.
    auto *parts = llvm::ArrayType::get(emitter.lowering.pointer, given.size());
    llvm::AllocaInst *array = entryAlloca(parts, llvm::Align(emitter.types.pointerBytes()));
    for (unsigned i = 0; i < given.size(); ++i)
      builder.CreateStore(value(given[i]), builder.CreateConstInBoundsGEP2_32(parts, array, 0, i));
    args = {array, builder.getInt64(given.size())};
    given = {};
  }
  for (dil::ValueId arg : given) {
    llvm::Value *argument = value(arg);
    if (args.size() < type->getNumParams()) {
      llvm::Type *wanted = type->getParamType(args.size());
      if (argument->getType()->isIntegerTy() && wanted->isIntegerTy())
        argument = convertedInteger(argument, typeOf(arg), wanted);
    }
    args.push_back(argument);
  }
  if (args.size() + 1 + makesString == type->getNumParams() && type->getParamType(args.size())->isPointerTy())
    args.push_back(placeHere());
  if (makesString)
    args.push_back(region);
  bool fits = args.size() == type->getNumParams();
  for (size_t i = 0; fits && i < args.size(); ++i)
    fits = args[i]->getType() == type->getParamType(i);
  if (!fits)
    llvm::report_fatal_error("the declaration of " + llvm::Twine(callee.symbol) + " does not fit the runtime's entry");
  llvm::CallInst *call = emitter.entries.call(builder, *entry, args);
  Leaves result;
  const Lowering &lowering = emitter.lowering[inst.resultType];
  if (!lowering.leaves.empty()) {
    llvm::Value *value = call;
    if (value->getType()->isIntegerTy())
      value = convertedInteger(value, inst.resultType, lowering.leaves[0].type);
    result = Leaves(value);
  }
  finishCall(inst, std::move(result), nullptr);
}

void FunctionEmitter::callC(const dil::CallInst &inst, const dil::Function &callee) {
  const Signature &signature = emitter.signature(inst.callee);
  llvm::SmallVector<llvm::Value *, 8> args;
  for (size_t i = 0; i < inst.args.size(); ++i) {
    llvm::Value *argument = value(inst.args[i]);
    if (i >= callee.params.size()) {
      // Behind `...` C promotes small integers to int and float to double.
      TypeId type = emitter.lowering.underlying(typeOf(inst.args[i]));
      if (argument->getType()->isFloatTy())
        argument = builder.CreateFPExt(argument, builder.getDoubleTy());
      else if (argument->getType()->isIntegerTy() && argument->getType()->getIntegerBitWidth() < 32)
        argument = convertedInteger(argument, type, builder.getInt32Ty());
    }
    args.push_back(argument);
  }
  llvm::CallInst *call = builder.CreateCall(signature.type, emitter.function(inst.callee), args);
  call->setAttributes(signature.attributes);
  call->setDoesNotThrow();
  Leaves result;
  if (signature.result == Signature::Result::Direct)
    result = Leaves(call);
  finishCall(inst, std::move(result), nullptr);
}

//===-- Virtual calls ------------------------------------------------------------------------------------------===//

/// Two dependent loads, as in C++: the type index, then the code pointer from the descriptor. Through an interface one
/// more: its table.
void FunctionEmitter::emit(const dil::CallSlotInst &inst) {
  llvm::SmallVector<Signatures::Parameter, 8> parameters;
  for (dil::ValueId arg : inst.args)
    parameters.push_back({typeOf(arg), info(arg).ownership == dil::Ownership::Address});
  Signature signature = emitter.signatures.dream(parameters, inst.resultType, inst.canThrow());

  const TypeTable &types = emitter.types;
  llvm::Value *object = value(inst.args[0]);
  llvm::PointerType *pointer = emitter.lowering.pointer;
  llvm::Align align(types.pointerBytes());
  auto constantLoad = [&](llvm::Value *address) {
    llvm::LoadInst *load = builder.CreateAlignedLoad(pointer, address, align);
    if (emitter.optimizes()) {
      load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(emitter.context, {}));
      load->setMetadata(llvm::LLVMContext::MD_noundef, llvm::MDNode::get(emitter.context, {}));
    }
    return load;
  };
  llvm::Value *code;
  if (types.kind(inst.type) == TypeKind::Interface) {
    llvm::Value *table = constantLoad(inDescriptor(object, emitter.descriptors.colourOffset(inst.type)));
    code = constantLoad(offset(table, uint64_t(inst.slot + 1) * types.pointerBytes()));
  } else {
    code = constantLoad(inDescriptor(object, emitter.descriptors.slotOffset(inst.slot)));
  }
  callWith(inst, llvm::FunctionCallee(signature.type, code), signature);
}

/// One load: the code pointer is the closure's first word. The closure is the first argument.
void FunctionEmitter::emit(const dil::CallFnInst &inst) {
  llvm::SmallVector<Signatures::Parameter, 8> parameters{{typeOf(inst.callee), false}};
  for (dil::ValueId arg : inst.args)
    parameters.push_back({typeOf(arg), info(arg).ownership == dil::Ownership::Address});
  Signature signature = emitter.signatures.dream(parameters, inst.resultType, inst.canThrow());
  llvm::Value *closure = value(inst.callee);
  llvm::LoadInst *code = builder.CreateAlignedLoad(emitter.lowering.pointer, closure, llvm::Align(emitter.types.pointerBytes()));
  if (emitter.optimizes()) {
    code->setMetadata(llvm::LLVMContext::MD_invariant_group, llvm::MDNode::get(emitter.context, {}));
    code->setMetadata(llvm::LLVMContext::MD_noundef, llvm::MDNode::get(emitter.context, {}));
  }
  callWith(inst, llvm::FunctionCallee(signature.type, code), signature, closure);
}

//===-- Terminators --------------------------------------------------------------------------------------------===//

void FunctionEmitter::emit(const dil::BrInst &inst) {
  llvm::SmallVector<Leaves, 4> args;
  for (dil::ValueId arg : inst.args)
    args.push_back(values[arg.index]);
  passArguments(inst.target, args);
  builder.CreateBr(block(inst.target));
}

void FunctionEmitter::emit(const dil::CondBrInst &inst) {
  llvm::MDNode *weights = nullptr;
  bool trueIsCold = dil[inst.whenTrue].isCold, falseIsCold = dil[inst.whenFalse].isCold;
  if (emitter.optimizes() && trueIsCold != falseIsCold) {
    llvm::MDBuilder metadata(emitter.context);
    weights = trueIsCold ? metadata.createUnlikelyBranchWeights() : metadata.createLikelyBranchWeights();
  }
  builder.CreateCondBr(value(inst.condition), block(inst.whenTrue), block(inst.whenFalse), weights);
}

void FunctionEmitter::emit(const dil::SwitchInst &inst) {
  llvm::Value *operand = value(inst.value);
  llvm::SwitchInst *sw = builder.CreateSwitch(operand, block(inst.otherwise), inst.cases.size());
  auto *type = llvm::cast<llvm::IntegerType>(operand->getType());
  for (const dil::SwitchInst::Case &one : inst.cases)
    sw->addCase(llvm::ConstantInt::get(type, one.value), block(one.target));
}

/// All returns of several registers meet in one block, which puts them together: LLVM's fast instruction selection cannot
/// return them, and gives up on the rest of the block where they are returned.
void FunctionEmitter::returnRegisters(llvm::ArrayRef<llvm::Value *> registers) {
  if (!returnBlock) {
    returnBlock = newBlock("return");
    llvm::IRBuilder<> atReturn(returnBlock);
    for (llvm::Value *value : registers)
      returned.push_back(atReturn.CreatePHI(value->getType(), 2));
  }
  for (size_t i = 0; i < registers.size(); ++i)
    returned[i]->addIncoming(registers[i], builder.GetInsertBlock());
  builder.CreateBr(returnBlock);
}

void FunctionEmitter::emitReturnBlock() {
  if (!returnBlock)
    return;
  continueIn(returnBlock);
  setLocation({});
  llvm::Value *all = llvm::PoisonValue::get(signature.type->getReturnType());
  for (size_t i = 0; i < returned.size(); ++i)
    all = builder.CreateInsertValue(all, returned[i], i);
  builder.CreateRet(all);
}

void FunctionEmitter::emit(const dil::ReturnInst &inst) {
  checkFrame();
  llvm::Constant *noError = llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  switch (signature.result) {
  case Signature::Result::None:
    break;
  case Signature::Result::Direct:
    if (signature.throws)
      return returnRegisters({leaves(inst.value)[0], noError});
    builder.CreateRet(leaves(inst.value)[0]);
    return;
  case Signature::Result::Pair:
    return returnRegisters(leaves(inst.value));
  case Signature::Result::Indirect:
    storeValue(dil.result, leaves(inst.value), resultAddress, {});
    break;
  }
  if (signature.throws)
    builder.CreateRet(noError);
  else
    builder.CreateRetVoid();
}

void FunctionEmitter::emit(const dil::ThrowInst &inst) {
  checkFrame();
  llvm::Value *error = value(inst.value);
  if (signature.result != Signature::Result::Direct) {
    builder.CreateRet(error);
    return;
  }
  returnRegisters({llvm::PoisonValue::get(signature.type->getReturnType()->getStructElementType(0)), error});
}

void FunctionEmitter::emit(const dil::UnreachableInst &inst) {
  switch (inst.reason) {
  case dil::UnreachableReason::MissingReturn:
    builder.CreateIntrinsic(llvm::Intrinsic::trap, {}, {});
    break;
  case dil::UnreachableReason::Never:
    break;
  }
  builder.CreateUnreachable();
}

} // namespace dream::codegen
