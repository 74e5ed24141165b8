// What the runtime knows of a type. The compiler lays all descriptors of a program out in one constant, `dr_types`;
// a header's type index is an offset into it. Class descriptors stand in preorder of the class tree, so that
// "is a C or derived" is one range test on the type index, without a load.
//
// After the fixed part of a class descriptor come, at offsets that are the same for the whole program:
//   interface tables: `colours` pointers (interfaces that some class implements together have different colours),
//   the vtable: one code pointer for each virtual slot.
#pragma once

#include <stdint.h>

namespace dream::abi {

enum class TypeKind : uint32_t {
  Object,   ///< A class instance: `size` bytes of fields.
  Array,    ///< T[]: `size` is the element's size.
  Rect,     ///< T[,]: as Array, `rank` dimensions.
  String,
  Box,      ///< A struct or primitive converted to an interface or object.
  Closure,
  CBlock,   ///< Memory handed to C by dream.h: an array header whose first 8 bytes hold the number of bytes.
};

inline constexpr uint32_t kTypePlain = 1;         ///< Holds nothing that is counted: dropping is freeing.
inline constexpr uint32_t kTypeHasDestructor = 2; ///< `drop` may run user code, of this type or of what it holds.
inline constexpr uint32_t kTypeAcyclic = 4;       ///< Cannot be part of a ring of references.
inline constexpr uint32_t kTypeWide = 8;          ///< An object, box or closure whose payload lies at a multiple of 16.

struct TypeDescriptor {
  TypeKind kind;
  uint32_t size;      ///< Bytes of the fields, or of one element.
  uint32_t flags;     ///< kType…
  uint32_t rank;      ///< Dimensions of a Rect, else 0.
  const char *name;   ///< As the user writes it, NUL-terminated.
  /// Runs the destructor and drops the fields of an object, or drops one element of an array (called with the element's
  /// address). Null when kTypePlain. Never frees the block itself.
  void (*drop)(void *payload);
  /// Retains what one element of an array holds (called with the element's address), for copies on write; for a Box, its
  /// content. Null when kTypePlain.
  void (*retain)(void *element);
  /// Interfaces that it implements: ids in rising order; the runtime searches it for `is` and `as`.
  const uint32_t *interfaces;
  uint32_t interfaceCount;
  uint32_t parent;    ///< Type index of the base class; 0 if none.
  /// ToString() for `object` and interfaces: a function of the default ABI, or null for the type's name.
  const void *toString;
  /// Shows the walker what `drop` releases (walk.h): of an object or box, or of one element. Null where `drop` is, and
  /// for types of kTypeAcyclic in programs without checks.
  void (*walk)(void *payload, void *walker) = nullptr;
};

/// Indices of the descriptors that every program starts with, in units of kTypeUnit. Index 0 is never a type.
inline constexpr uint32_t kTypeIndexString = 8;
inline constexpr uint32_t kTypeIndexEmptyArray = kTypeIndexString + sizeof(TypeDescriptor) / 8;
/// What dr_alloc_array and dr_alloc_object of dream.h hand out: CBlocks named "array" and "object", kTypePlain, size 1.
inline constexpr uint32_t kTypeIndexCArray = kTypeIndexEmptyArray + sizeof(TypeDescriptor) / 8;
inline constexpr uint32_t kTypeIndexCObject = kTypeIndexCArray + sizeof(TypeDescriptor) / 8;
/// What weak references point at: an Object of kWeakCellBytes, kTypePlain.
inline constexpr uint32_t kTypeIndexWeakCell = kTypeIndexCObject + sizeof(TypeDescriptor) / 8;
inline constexpr uint32_t kWeakCellBytes = 8;
inline constexpr uint32_t kFirstFreeTypeIndex = kTypeIndexWeakCell + sizeof(TypeDescriptor) / 8;

} // namespace dream::abi
