// Declarations of the runtime's entries in the module, made from runtime/abi/entries.def when they are first used.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"
#include <optional>

namespace dream::codegen {

enum class Entry : uint16_t {
#define ENTRY(SYMBOL, RESULT, PARAMETERS, EFFECTS) SYMBOL,
#include "runtime/abi/entries.def"
#undef ENTRY
  Count,
};

/// Types of parameters and results, as in entries.def.
enum class EntryType : uint8_t { Void, Bool, I8, I32, U32, I64, U64, F32, F64, Ptr, Str, OwnStr, Obj, OwnObj };

/// How C on the target widens an integer (a bool has 1 bit) that is passed or returned; None if it does not.
llvm::Attribute::AttrKind extensionInC(unsigned bits, bool isSigned, const llvm::Triple &triple);

class RuntimeEntries {
public:
  explicit RuntimeEntries(llvm::Module &module) : module(module), triple(module.getTargetTriple()) {}

  llvm::FunctionCallee operator[](Entry entry);
  /// A call with the declaration's attributes: what replaces the declaration later may have fewer.
  llvm::CallInst *call(llvm::IRBuilderBase &builder, Entry entry, llvm::ArrayRef<llvm::Value *> args);
  llvm::ArrayRef<EntryType> parameters(Entry entry) const;
  /// It takes the region for what it makes as its last parameter.
  static bool makesString(Entry entry);
  static std::optional<Entry> find(llvm::StringRef symbol);

private:
  llvm::Type *typeOf(EntryType type);

  llvm::Module &module;
  llvm::Triple triple;
  llvm::FunctionCallee made[size_t(Entry::Count)];
};

} // namespace dream::codegen
