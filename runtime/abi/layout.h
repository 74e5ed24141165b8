// From a reference to its header, its type and the block that it lies in.
#pragma once

#include "runtime/abi/config.h"
#include "runtime/abi/object.h"

namespace dream::rt {

using abi::ArrayHeader;
using abi::ObjectHeader;
using abi::TypeDescriptor;
using abi::TypeKind;

inline ObjectHeader &headerOf(const void *payload) {
  return const_cast<ObjectHeader *>(static_cast<const ObjectHeader *>(payload))[-1];
}
inline ArrayHeader &arrayHeaderOf(const void *payload) {
  return const_cast<ArrayHeader *>(static_cast<const ArrayHeader *>(payload))[-1];
}
inline const TypeDescriptor &typeAt(uint32_t index) {
  return *reinterpret_cast<const TypeDescriptor *>(dr_types + size_t(index) * abi::kTypeUnit);
}
inline const TypeDescriptor &typeOf(const void *payload) { return typeAt(headerOf(payload).type); }

/// The number of bytes of a CBlock, kept in place of length and capacity.
inline uint64_t &cBlockBytes(const void *payload) {
  return const_cast<uint64_t *>(static_cast<const uint64_t *>(payload))[-2];
}

inline constexpr size_t roundUp16(size_t bytes) { return (bytes + 15) & ~size_t(15); }

/// Bytes of a block before its payload.
constexpr size_t frontBytes(TypeKind kind, uint32_t rank, bool isWide = false) {
  switch (kind) {
  case TypeKind::Object:
  case TypeKind::Box:
  case TypeKind::Closure:
    return isWide ? 16 : sizeof(ObjectHeader);
  case TypeKind::Array:
  case TypeKind::String:
  case TypeKind::CBlock:
    return sizeof(ArrayHeader);
  case TypeKind::Rect:
    return roundUp16(size_t(-abi::dimensionOffset(int(rank), 0)));
  }
  __builtin_unreachable();
}

inline size_t frontBytes(const TypeDescriptor &type) { return frontBytes(type.kind, type.rank, type.flags & abi::kTypeWide); }

/// Bytes of the whole block of a live payload.
inline size_t blockBytes(const void *payload, const TypeDescriptor &type) {
  switch (type.kind) {
  case TypeKind::Object:
  case TypeKind::Box:
  case TypeKind::Closure:
    return frontBytes(type) + type.size;
  case TypeKind::Array:
  case TypeKind::Rect:
    return roundUp16(frontBytes(type.kind, type.rank) + size_t(arrayHeaderOf(payload).capacity) * type.size);
  case TypeKind::String:
    return roundUp16(sizeof(ArrayHeader) + size_t(arrayHeaderOf(payload).capacity) + 1);
  case TypeKind::CBlock:
    return roundUp16(sizeof(ArrayHeader) + cBlockBytes(payload));
  }
  __builtin_unreachable();
}

} // namespace dream::rt
