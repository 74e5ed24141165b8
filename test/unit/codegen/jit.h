// Runs single DIL functions: builds a module of one function f, compiles it in process, and calls it. A panic jumps back
// to the caller, who sees that it happened.
#pragma once

#include "compiler/codegen/codegen.h"
#include "compiler/dil/builder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"
#include <csetjmp>
#include <optional>

namespace dream::test {

inline std::jmp_buf panicked;
[[noreturn]] inline void onPanic() { std::longjmp(panicked, 1); }

class Jit {
public:
  NameTable names;
  TypeTable types;
  dil::Module module{types, names};
  SourceManager sources;

  Jit() { module.stage = dil::Stage::Counted; }

  /// A function of plain parameters; `body` makes its instructions from the arguments and returns its result.
  template <typename Body>
  void define(llvm::StringRef symbol, llvm::ArrayRef<TypeId> params, TypeId result, Body body) {
    dil::FuncId id = module.addFunction();
    dil::Function &function = module[id];
    function.symbol = symbol.str();
    function.isExported = true;
    function.result = result;
    dil::Builder builder(module, function);
    dil::BlockId entry = builder.addBlock();
    std::vector<dil::ValueId> args;
    for (TypeId type : params) {
      function.params.push_back({Name(), type, dil::Convention::Plain});
      args.push_back(builder.addBlockArg(entry, type, dil::Ownership::None));
    }
    builder.setBlock(entry);
    dil::ValueId value = body(builder, args);
    builder.ret(value);
  }

  template <typename F> F *get(llvm::StringRef symbol, unsigned optimization) {
    static bool initialised = [] {
      llvm::InitializeNativeTarget();
      llvm::InitializeNativeTargetAsmPrinter();
      return true;
    }();
    (void)initialised;
    jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
    auto context = std::make_unique<llvm::LLVMContext>();
    codegen::CodegenOptions options;
    options.optimization = optimization;
    auto made = codegen::emitModule(module, *context, sources, jit->getTargetTriple().str(),
                                    jit->getDataLayout().getStringRepresentation(), options);
    llvm::orc::SymbolMap symbols;
    for (const char *entry : {"dr_panic_overflow", "dr_panic_scalar", "dr_panic_bounds", "dr_panic_message",
                              "dr_panic_divide", "dr_panic_range"})
      symbols[jit->mangleAndIntern(entry)] = {llvm::orc::ExecutorAddr::fromPtr(&onPanic), llvm::JITSymbolFlags::Exported};
    llvm::cantFail(jit->getMainJITDylib().define(llvm::orc::absoluteSymbols(symbols)));
    llvm::cantFail(jit->addIRModule(llvm::orc::ThreadSafeModule(std::move(made), std::move(context))));
    return llvm::cantFail(jit->lookup(symbol)).toPtr<F>();
  }

  /// Another function, after get().
  void *find(llvm::StringRef symbol) { return llvm::cantFail(jit->lookup(symbol)).toPtr<void *>(); }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

/// The call's result, or nothing if it panicked.
template <typename R, typename... P, typename... A> std::optional<R> call(R (*function)(P...), A... args) {
  if (setjmp(panicked))
    return std::nullopt;
  return function(P(args)...);
}

} // namespace dream::test
