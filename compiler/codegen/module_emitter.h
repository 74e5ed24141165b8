// Everything that the functions of one module share while they are translated: the services below, each with a file of
// its own, and the LLVM function of each DIL function.
#pragma once

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

  const dil::Module &dil;
  const TypeTable &types;
  llvm::Module &module;
  llvm::LLVMContext &context;
  const SourceManager &sources;
  const CodegenOptions &options;

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
  void emitConfig(); // entry.cpp
  void emitMainBody(llvm::Function &main);

  std::vector<llvm::Function *> functions;
  std::vector<Signature> functionSignatures;
  std::vector<llvm::GlobalVariable *> globals;
};

} // namespace dream::codegen
