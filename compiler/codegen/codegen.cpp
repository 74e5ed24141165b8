// The module as a whole: declarations and globals first, so that bodies may name any of them; then bodies, `main`, and what
// they asked for: descriptors last.
#include "compiler/codegen/codegen.h"
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Verifier.h"

namespace dream::codegen {

ModuleEmitter::ModuleEmitter(const dil::Module &dil, llvm::Module &module, const SourceManager &sources,
                             const CodegenOptions &options)
    : dil(dil), types(dil.types), module(module), context(module.getContext()), sources(sources), options(options),
      cycles(dil), tags(types, context, options.optimization > 0), lowering(types, context, tags), entries(module),
      signatures(*this, module.getTargetTriple()), descriptors(*this), constants(*this), glue(*this), debug(*this) {}

void ModuleEmitter::addFunctionAttributes(llvm::Function &function) {
  function.addFnAttr(llvm::Attribute::NoUnwind);
  function.setUWTableKind(llvm::UWTableKind::Default);
  function.addFnAttr("frame-pointer", "all"); // traces walk frames
  // A frame larger than the guard page touches each page on the way, so that no overflow jumps over the guard.
  llvm::Triple triple(module.getTargetTriple());
  if (triple.isX86() && !triple.isOSWindows())
    function.addFnAttr("probe-stack", "inline-asm");
}

void ModuleEmitter::declare(dil::FuncId id) {
  const dil::Function &source = dil[id];
  bool isDream = source.kind == dil::FuncKind::Dream;
  Signature signature = isDream ? signatures.dream(source) : signatures.c(source);
  bool isExternal = !isDream || source.isExported || source.isDeclaration();
  // Declarations of one C function with several types are told apart behind a `$`.
  llvm::StringRef symbol = isDream ? llvm::StringRef(source.symbol) : llvm::StringRef(source.symbol).split('$').first;
  llvm::Function *made = isExternal ? module.getFunction(symbol) : nullptr;
  if (!made) { // otherwise declared twice, perhaps with other types: calls bring their own
    made = llvm::Function::Create(
        signature.type, isExternal ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage,
        symbol, module);
    made->setAttributes(signature.attributes);
    made->addFnAttr(llvm::Attribute::NoUnwind);
    if (source.neverReturns)
      made->addFnAttr(llvm::Attribute::NoReturn);
    if (!source.isDeclaration()) {
      addFunctionAttributes(*made);
      if (source.inlineHint)
        made->addFnAttr(llvm::Attribute::InlineHint);
      if (source.noInline)
        made->addFnAttr(llvm::Attribute::NoInline);
    }
  }
  functions[id.index] = made;
  functionSignatures[id.index] = std::move(signature);
}

llvm::Function *ModuleEmitter::function(dil::FuncId id) {
  if (!functions[id.index])
    declare(id);
  return functions[id.index];
}

const Signature &ModuleEmitter::signature(dil::FuncId id) {
  function(id);
  return functionSignatures[id.index];
}

void ModuleEmitter::emitGlobals() {
  for (const dil::Global &global : dil.globals) {
    auto *known = llvm::dyn_cast_or_null<dil::ConstInst>(global.initial);
    llvm::Constant *initial = known ? constants.memory(global.type, *known) : constants.zeroMemory(global.type);
    auto *variable = new llvm::GlobalVariable(module, initial->getType(), false, llvm::GlobalValue::InternalLinkage,
                                              initial, global.symbol);
    variable->setAlignment(lowering[global.type].align);
    globals.push_back(variable);
    debug.describeGlobal(global, variable);
  }
}

void ModuleEmitter::emit() {
  functions.resize(dil.functions.size());
  functionSignatures.resize(dil.functions.size());
  emitGlobals();
  // Exported symbols first: whoever declares the same symbol elsewhere then finds them.
  for (uint32_t i = 0; i < dil.functions.size(); ++i)
    if (dil.functions[i].isExported && !dil.functions[i].isDeclaration())
      declare(dil::FuncId(i));
  for (uint32_t i = 0; i < dil.functions.size(); ++i) {
    const dil::Function &source = dil.functions[i];
    if (source.isDeclaration() || source.kind != dil::FuncKind::Dream)
      continue;
    dil::FuncId id(i);
    FunctionEmitter(*this, source, function(id), signature(id)).emit();
  }
  if (dil.entry.isValid())
    emitMain();
  emitExports();
  emitConfig();
  descriptors.emit();
  debug.finish();
}

std::unique_ptr<llvm::Module> emitModule(const dil::Module &dil, llvm::LLVMContext &context,
                                         const SourceManager &sources, llvm::StringRef triple,
                                         llvm::StringRef dataLayout, const CodegenOptions &options) {
  auto module = std::make_unique<llvm::Module>("dream", context);
  module->setTargetTriple(triple);
  module->setDataLayout(dataLayout);
  module->setUwtable(llvm::UWTableKind::Default);
  module->setFramePointer(llvm::FramePointerKind::All);
  ModuleEmitter(dil, *module, sources, options).emit();
#if DREAM_VERIFY
  std::string problems;
  llvm::raw_string_ostream out(problems);
  if (llvm::verifyModule(*module, &out)) {
    module->print(llvm::errs(), nullptr);
    llvm::report_fatal_error("broken LLVM module:\n" + llvm::Twine(problems), false);
  }
#endif
  return module;
}

} // namespace dream::codegen
