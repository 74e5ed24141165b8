// C's `main` around the program, and the switches that the runtime reads (runtime/abi/config.h).
#include "compiler/codegen/module_emitter.h"
#include "runtime/abi/config.h"
#include "llvm/IR/IRBuilder.h"

namespace dream::codegen {

void ModuleEmitter::emitConfig() {
  auto word = [&](uint32_t value) { return llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), value); };
  // The program's allocator, if it has one: functions of these names.
  llvm::Constant *allocate = llvm::ConstantPointerNull::get(lowering.pointer), *release = allocate;
  for (uint32_t i = 0; i < dil.functions.size(); ++i)
    if (dil.functions[i].isExported && dil.functions[i].symbol == "program.allocate")
      allocate = function(dil::FuncId(i));
    else if (dil.functions[i].isExported && dil.functions[i].symbol == "program.release")
      release = function(dil::FuncId(i));
  auto *data = llvm::ConstantStruct::getAnon({word(24 + 2 * types.pointerBytes()), word(options.checkMemory), word(options.memoryStats),
                                              word(options.looksForLeaks()), word(options.countProfile), word(0), allocate, release});
  new llvm::GlobalVariable(module, data->getType(), true, llvm::GlobalValue::ExternalLinkage, data, "dr_config");
}

namespace {

/// The steps of main. A step that throws goes on at `failed` with the exception.
class MainBody {
public:
  MainBody(ModuleEmitter &emitter, llvm::Function *main)
      : emitter(emitter), main(main), builder(llvm::BasicBlock::Create(emitter.context, "entry", main)),
        failed(llvm::BasicBlock::Create(emitter.context, "failed")),
        finish(llvm::BasicBlock::Create(emitter.context, "finish")) {
    llvm::IRBuilder<> atFailed(failed), atFinish(finish);
    exception = atFailed.CreatePHI(emitter.lowering.pointer, 2);
    code = atFinish.CreatePHI(builder.getInt32Ty(), 2);
  }

  void emit() {
    const dil::Module &dil = emitter.dil;
    emitter.entries.call(builder, Entry::dr_start, {main->getArg(0), main->getArg(1)});
    if (dil.initialise.isValid())
      call(dil.initialise, {});
    llvm::Value *result = nullptr;
    if (dil.entry.isValid()) {
      llvm::SmallVector<llvm::Value *, 1> args;
      const dil::Function &entry = dil[dil.entry];
      if (!entry.params.empty())
        args.push_back(emitter.entries.call(builder, Entry::dr_args, {builder.getInt32(emitter.descriptors.index(entry.params[0].type))}));
      result = call(dil.entry, args);
      if (!args.empty() && entry.params[0].convention == dil::Convention::Borrow)
        emitter.glue.release(builder, entry.params[0].type, args, false);
    }
    llvm::Value *normal = builder.getInt32(0);
    if (result)
      normal = builder.CreateSExtOrTrunc(result, builder.getInt32Ty());
    code->addIncoming(normal, builder.GetInsertBlock());
    builder.CreateBr(finish);

    if (exception->getNumIncomingValues() > 0) {
      failed->insertInto(main);
      builder.SetInsertPoint(failed);
      emitter.reportException(builder, exception);
      code->addIncoming(builder.getInt32(1), builder.GetInsertBlock());
      builder.CreateBr(finish);
    } else {
      exception->eraseFromParent();
      delete failed;
    }

    finish->insertInto(main);
    builder.SetInsertPoint(finish);
    if (dil.finalise.isValid())
      builder.CreateCall(emitter.function(dil.finalise));
    builder.CreateRet(emitter.entries.call(builder, Entry::dr_finish, {code}));
  }

private:
  /// The call's result, or null.
  llvm::Value *call(dil::FuncId id, llvm::ArrayRef<llvm::Value *> args) {
    const Signature &signature = emitter.signature(id);
    llvm::CallInst *made = builder.CreateCall(emitter.function(id), args);
    made->setIsNoInline(); // this main has no source: code inlined into it would have no lines in traces
    bool hasResult = signature.result == Signature::Result::Direct;
    if (!signature.throws)
      return hasResult ? made : nullptr;
    llvm::Value *error = hasResult ? builder.CreateExtractValue(made, 1) : made;
    auto *good = llvm::BasicBlock::Create(emitter.context, "good", main);
    exception->addIncoming(error, builder.GetInsertBlock());
    builder.CreateCondBr(builder.CreateIsNotNull(error), failed, good);
    builder.SetInsertPoint(good);
    return hasResult ? builder.CreateExtractValue(made, 0) : nullptr;
  }

  ModuleEmitter &emitter;
  llvm::Function *main;
  llvm::IRBuilder<> builder;
  llvm::BasicBlock *failed, *finish;
  llvm::PHINode *exception, *code;
};

} // namespace

void ModuleEmitter::reportException(llvm::IRBuilderBase &builder, llvm::Value *exception) {
  llvm::Value *text;
  if (dil.describe.isValid()) {
    llvm::CallInst *described = builder.CreateCall(function(dil.describe), {exception});
    described->setIsNoInline();
    text = described;
  } else {
    text = entries.call(builder, Entry::dr_type_name, {exception});
  }
  entries.call(builder, Entry::dr_uncaught, {exception, text});
  glue.release(builder, types::String, {text}, false);
}

void ModuleEmitter::emitMain() {
  auto *word = llvm::Type::getInt32Ty(context);
  auto *type = llvm::FunctionType::get(word, {word, lowering.pointer}, false);
  auto *main = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "main", module);
  addFunctionAttributes(*main);
  MainBody(*this, main).emit();
}

} // namespace dream::codegen
