// Everything that the functions of one module share while they are translated: the services below, each with a file of
// its own, and the LLVM function of each DIL function.
#pragma once

#include "compiler/analysis/type_cycles.h"
#include "compiler/codegen/alias_tags.h"
#include "compiler/codegen/codegen.h"
#include "compiler/codegen/constants.h"
#include "compiler/codegen/debug_info.h"
#include "compiler/codegen/descriptors.h"
#include "compiler/codegen/glue.h"
#include "compiler/codegen/runtime_entries.h"
#include "compiler/codegen/signatures.h"
#include "compiler/codegen/type_lowering.h"

namespace dream::codegen {

class ModuleEmitter {
public:
  ModuleEmitter(const dil::Module &dil, llvm::Module &module, const SourceManager &sources,
                const CodegenOptions &options);

  void emit();

  /// The function's declaration; its body comes when its turn does.
  llvm::Function *function(dil::FuncId id);
  const Signature &signature(dil::FuncId id);
  llvm::GlobalVariable *global(dil::GlobalId id) { return globals[id.index]; }
  bool optimizes() const { return options.optimization > 0; }
  /// Attributes that every function with a body has.
  void addFunctionAttributes(llvm::Function &function);
  /// dr_uncaught(exception, "Type: message"), or its type's name where the module does not say how it is described.
  void reportException(llvm::IRBuilderBase &builder, llvm::Value *exception);

  const dil::Module &dil;
  const TypeTable &types;
  llvm::Module &module;
  llvm::LLVMContext &context;
  const SourceManager &sources;
  const CodegenOptions &options;

  analysis::TypeCycles cycles;
  AliasTags tags;
  TypeLowering lowering;
  RuntimeEntries entries;
  Signatures signatures;
  Descriptors descriptors;
  Constants constants;
  Glue glue;
  DebugInfo debug;

private:
  void emitGlobals();
  void declare(dil::FuncId id);
  void emitMain();   // entry.cpp
  void emitConfig();  // entry.cpp
  void emitExports(); // exports.cpp
  void emitExport(llvm::StringRef symbol, dil::FuncId id);
  void emitLibraryFrame();
  /// A function that C can call: nothing comes out of it but its result.
  llvm::Function *cFunction(llvm::FunctionType *type, const llvm::Twine &name, llvm::GlobalValue::LinkageTypes linkage);
  void endWithException(llvm::IRBuilderBase &builder, llvm::Value *exception, llvm::BasicBlock *otherwise);
  void emitMainBody(llvm::Function &main);

  std::vector<llvm::Function *> functions;
  std::vector<Signature> functionSignatures;
  std::vector<llvm::GlobalVariable *> globals;
};

} // namespace dream::codegen
