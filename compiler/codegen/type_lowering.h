// How the values of each type look in LLVM: in registers as a list of scalars ("leaves"), or, when large, as the address
// of memory that nobody changes while the value is alive. Offsets are those of TypeTable::layout on every target, so
// loads and stores go leaf by leaf and never rely on LLVM's own struct layout.
#pragma once

#include "compiler/types/types.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Metadata.h"
#include "llvm/Support/Alignment.h"
#include <memory>

namespace dream::codegen {

class AliasTags;

/// One scalar of a value.
struct Leaf {
  llvm::Type *type;             ///< In a register.
  llvm::Type *memory;           ///< In memory: as `type`, but a bool is a byte.
  TypeId source;                ///< Its Dream type, a scalar.
  uint64_t offset;              ///< From the value's start.
  llvm::Align align;            ///< Of it there.
  llvm::MDNode *tag = nullptr;  ///< Alias tag of an access to it as part of its value; null below -O1.
};

struct Lowering {
  bool inMemory = false;             ///< SSA values are addresses; there are no leaves.
  bool isScalar = false;             ///< One leaf, which is the value itself and not the only part of a struct.
  llvm::SmallVector<Leaf, 2> leaves; ///< Empty for void and empty structs.
  uint64_t size = 0;
  llvm::Align align;
};

/// What makes a value an aggregate in registers rather than memory.
inline constexpr uint64_t kMaxRegisterBytes = 32;
inline constexpr unsigned kMaxLeaves = 4;

class TypeLowering {
public:
  TypeLowering(const TypeTable &types, llvm::LLVMContext &context, AliasTags &tags);

  /// The lowering of a value of the type. References stay valid.
  const Lowering &operator[](TypeId type);
  /// The register type of a scalar.
  llvm::Type *scalar(TypeId type);
  /// The type of memory that holds one value: the scalar's own, or bytes.
  llvm::Type *memoryType(TypeId type);
  /// The scalar type under an enum without payloads; other types stand for themselves.
  TypeId underlying(TypeId type) const;

  llvm::PointerType *const pointer;
  const TypeTable &types;

private:
  std::unique_ptr<Lowering> lower(TypeId type);
  void lowerParts(Lowering &result, llvm::ArrayRef<TypeId> parts, TypeId holder);

  llvm::LLVMContext &context;
  AliasTags &tags;
  std::vector<std::unique_ptr<Lowering>> rows; ///< By type id.
};

/// True if the enum's cases carry values.
bool hasPayload(const NominalInfo &info);

} // namespace dream::codegen
