// DWARF for the program: lines for every instruction that has a place (the default), and with -g also parameters, locals,
// module variables and their types.
//
// What a debugger sees: a string is a pointer to text, an object a pointer to a structure of its fields, an array a
// reference to elements whose number is read from its header, so that `print a` shows them.
#pragma once

#include "compiler/dil/module.h"
#include "compiler/support/source.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/IRBuilder.h"

namespace dream::codegen {

class ModuleEmitter;
class DebugInfo;

/// The debug information of one function while its body is made.
class FunctionDebug {
public:
  llvm::DebugLoc location(SourceLoc loc);
  bool wantsVariables() const { return variables; }
  bool hasArgumentSlot(unsigned argument) const { return argument < slots.size() && slots.test(argument); }
  /// `isAddress`: the memory at `home` holds the address of the parameter's value.
  void declareParameter(unsigned argument, const dil::Param &param, llvm::Value *home, bool isAddress,
                        llvm::IRBuilderBase &builder);
  void declareSlot(const dil::SlotInst &inst, TypeId type, llvm::Value *home, llvm::IRBuilderBase &builder);

private:
  friend class DebugInfo;
  void declare(llvm::DILocalVariable *variable, llvm::DIExpression *expression, llvm::Value *home,
               const llvm::DILocation *where, llvm::IRBuilderBase &builder);

  DebugInfo *owner = nullptr;
  const dil::Function *function = nullptr;
  llvm::DISubprogram *scope = nullptr; ///< Null: no debug information.
  bool variables = false;
  uint32_t lastBegin = 0, lastEnd = 0; ///< Offsets of which `lastLocation` is the location.
  llvm::DebugLoc lastLocation;
  llvm::SmallBitVector slots; ///< Arguments that a slot of DIL's holds.
};

class DebugInfo {
public:
  explicit DebugInfo(ModuleEmitter &emitter);

  FunctionDebug beginFunction(const dil::Function &function, llvm::Function *target);
  void describeGlobal(const dil::Global &global, llvm::GlobalVariable *variable);
  void finish();

private:
  friend class FunctionDebug;
  llvm::DIFile *file(FileId id);
  void createUnit(SourceLoc loc);
  llvm::DIType *type(TypeId id); // debug_types.cpp
  llvm::DIType *makeType(TypeId id);
  llvm::DIType *fields(TypeId id, llvm::StringRef name, llvm::ArrayRef<FieldInfo> members, uint64_t size, uint32_t align);
  llvm::DIType *parts(TypeId id, llvm::ArrayRef<std::pair<std::string, TypeId>> members, llvm::ArrayRef<uint64_t> offsets);
  llvm::DIType *array(TypeId id);

  ModuleEmitter &emitter;
  llvm::DIBuilder builder;
  llvm::DICompileUnit *unit = nullptr;
  llvm::DISubroutineType *anySignature = nullptr;
  llvm::DenseMap<FileId, llvm::DIFile *> files;
  llvm::DenseMap<TypeId, llvm::DIType *> types;
};

} // namespace dream::codegen
