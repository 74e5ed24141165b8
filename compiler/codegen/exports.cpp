// What C may call: for each function of the program that is exported to C ("symbol$c", made by dilgen/exports.cpp) one of
// that symbol, with C's convention. An exception does not cross into C: it is told, and the program ends. A library without
// a main runs its initialisers when it is loaded, and its module variables die when the program ends.
#include "compiler/codegen/module_emitter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

namespace dream::codegen {

llvm::Function *ModuleEmitter::cFunction(llvm::FunctionType *type, const llvm::Twine &name, llvm::GlobalValue::LinkageTypes linkage) {
  auto *made = llvm::Function::Create(type, linkage, name, module);
  addFunctionAttributes(*made);
  llvm::BasicBlock::Create(context, "entry", made);
  return made;
}

void ModuleEmitter::endWithException(llvm::IRBuilderBase &builder, llvm::Value *exception, llvm::BasicBlock *otherwise) {
  auto *thrown = llvm::BasicBlock::Create(context, "thrown", otherwise->getParent(), otherwise);
  builder.CreateCondBr(builder.CreateIsNotNull(exception), thrown, otherwise);
  builder.SetInsertPoint(thrown);
  reportException(builder, exception);
  entries.call(builder, Entry::dr_exit, {builder.getInt32(1)});
  builder.CreateUnreachable();
  builder.SetInsertPoint(otherwise);
}

void ModuleEmitter::emitExport(llvm::StringRef symbol, dil::FuncId id) {
  const Signature &inner = signature(id);
  bool hasResult = inner.result == Signature::Result::Direct;
  llvm::Type *result = hasResult ? lowering[inner.resultType].leaves[0].type : llvm::Type::getVoidTy(context);
  llvm::Function *outer = cFunction(llvm::FunctionType::get(result, inner.type->params(), false), symbol, llvm::GlobalValue::ExternalLinkage);
  // As C widens small numbers; what the inner function promises of references, C does not.
  auto widened = [&](llvm::AttributeSet set) {
    llvm::AttrBuilder kept(context);
    for (auto kind : {llvm::Attribute::ZExt, llvm::Attribute::SExt})
      if (set.hasAttribute(kind))
        kept.addAttribute(kind);
    return kept;
  };
  for (unsigned i = 0; i < outer->arg_size(); ++i)
    outer->addParamAttrs(i, widened(inner.attributes.getParamAttrs(i)));
  if (hasResult)
    outer->addRetAttrs(widened(signatures.dream({}, inner.resultType, /*throws=*/false).attributes.getRetAttrs()));
  llvm::IRBuilder<> builder(&outer->getEntryBlock());
  llvm::SmallVector<llvm::Value *, 8> args;
  for (llvm::Argument &arg : outer->args())
    args.push_back(&arg);
  llvm::Value *value = builder.CreateCall(function(id), args);
  if (inner.throws) {
    llvm::Value *error = hasResult ? builder.CreateExtractValue(value, 1) : value;
    endWithException(builder, error, llvm::BasicBlock::Create(context, "returned", outer));
    if (hasResult)
      value = builder.CreateExtractValue(value, 0);
  }
  hasResult ? builder.CreateRet(value) : builder.CreateRetVoid();
}

void ModuleEmitter::emitLibraryFrame() {
  auto *nothing = llvm::FunctionType::get(llvm::Type::getVoidTy(context), false);
  llvm::Function *open = cFunction(nothing, "dream.open", llvm::GlobalValue::InternalLinkage);
  llvm::IRBuilder<> builder(&open->getEntryBlock());
  entries.call(builder, Entry::dr_start, {builder.getInt32(0), llvm::ConstantPointerNull::get(lowering.pointer)});
  if (dil.initialise.isValid()) {
    llvm::Value *error = builder.CreateCall(function(dil.initialise));
    if (signature(dil.initialise).throws)
      endWithException(builder, error, llvm::BasicBlock::Create(context, "done", open));
  }
  builder.CreateRetVoid();
  llvm::appendToGlobalCtors(module, open, 65535);

  llvm::Function *close = cFunction(nothing, "dream.close", llvm::GlobalValue::InternalLinkage);
  builder.SetInsertPoint(&close->getEntryBlock());
  if (dil.finalise.isValid())
    builder.CreateCall(function(dil.finalise));
  entries.call(builder, Entry::dr_finish, {builder.getInt32(0)});
  builder.CreateRetVoid();
  llvm::appendToGlobalDtors(module, close, 65535);
}

void ModuleEmitter::emitExports() {
  bool any = false;
  for (uint32_t i = 0; i < dil.functions.size(); ++i)
    if (llvm::StringRef symbol = dil.functions[i].symbol; dil.functions[i].isExported && symbol.consume_back("$c")) {
      emitExport(symbol, dil::FuncId(i));
      any = true;
    }
  if (any && !dil.entry.isValid())
    emitLibraryFrame();
}

} // namespace dream::codegen
