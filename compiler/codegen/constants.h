// Data that is fixed when the program is compiled: string literals, empty arrays, zero values, C strings and the places
// that panics name. Equal data is one constant.
#pragma once

#include "compiler/dil/inst.h"
#include "compiler/types/types.h"
#include "compiler/support/source.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"

namespace dream::codegen {

class ModuleEmitter;

class Constants {
public:
  explicit Constants(ModuleEmitter &emitter) : emitter(emitter) {}

  /// The payload of an immortal string.
  llvm::Constant *string(llvm::StringRef text);
  /// The payload of an immortal array of constants.
  llvm::Constant *array(TypeId type, llvm::ArrayRef<dil::Constant> elements);
  /// The payload of the immortal empty array of an Array or Rect type.
  llvm::Constant *emptyArray(TypeId type);
  /// The payload of an immortal closure that captures nothing.
  llvm::Constant *closure(llvm::Constant *code, uint32_t typeIndex);
  /// A NUL-terminated C string.
  llvm::Constant *cString(llvm::StringRef text);
  /// "file:line:col" as a C string; null for nowhere.
  llvm::Constant *place(SourceLoc loc);
  /// The zero value of a scalar: 0, null, the empty string or array.
  llvm::Constant *zeroScalar(TypeId type);
  /// The zero value of any type, as memory of exactly its size.
  llvm::Constant *zeroMemory(TypeId type);
  /// A constant of a type, as memory of exactly its size.
  llvm::Constant *memory(TypeId type, const dil::Constant &value);
  /// A constant that holds a value which lives in memory.
  llvm::Constant *address(TypeId type, const dil::Constant &value);
  /// A constant that holds the zero value of a type that lives in memory.
  llvm::Constant *zeroValueAddress(TypeId type);
  /// True if the zero value is all zero bits.
  bool isZeroBits(TypeId type);

private:
  llvm::GlobalVariable *constant(llvm::Constant *data, const llvm::Twine &name, uint64_t align);
  void flattenZero(TypeId type, llvm::SmallVectorImpl<llvm::Constant *> &parts);

  ModuleEmitter &emitter;
  llvm::StringMap<llvm::Constant *> strings, cStrings;
  llvm::DenseMap<TypeId, llvm::Constant *> emptyArrays, zeroValues;
  llvm::DenseMap<llvm::Constant *, llvm::Constant *> closures, arrays, values; ///< By what they hold.
};

} // namespace dream::codegen
