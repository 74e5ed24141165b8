// Making and unmaking blocks: objects, arrays, rectangular arrays, strings, and memory for C.
#include "runtime/rc/rc.h"
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/check/check.h"
#include "runtime/panic/panic.h"

namespace dream::rt {

void badLength(int64_t length) {
  Message message;
  if (length < 0)
    message << "array length " << length << " is negative";
  else
    message << "array length " << length << " is too large";
  panic(message);
}

/// Zeroed block of an array-like payload; `bytes` is a multiple of 16.
[[gnu::always_inline]] static inline char *newFrontedBlock(uint32_t type, size_t bytes, size_t front) {
  if (check::tracking())
    return static_cast<char *>(check::allocate(type, bytes, front));
  return static_cast<char *>(allocBlockZeroed(bytes, 0));
}

OwnObj dr_alloc_object_of(U32 type, U32 bytes) {
  const size_t size = sizeof(ObjectHeader) + bytes;
  ObjectHeader *header = static_cast<ObjectHeader *>(check::tracking() ? check::allocate(type, size, sizeof(ObjectHeader))
                                                                       : allocBlockZeroed(size, sizeof(ObjectHeader)));
  header->type = type;
  header->count = abi::kCountOne;
  return header + 1;
}

OwnObj dr_alloc_wide_object_of(U32 type, U32 bytes) {
  constexpr size_t front = frontBytes(TypeKind::Object, 0, /*isWide=*/true);
  char *payload = newFrontedBlock(type, front + bytes, front) + front;
  headerOf(payload) = {type, abi::kCountOne};
  return payload;
}

[[gnu::always_inline]] static inline void *newArrayInline(uint32_t type, uint32_t elementBytes, int64_t length,
                                                          bool zeroed) {
  if (__builtin_expect(uint64_t(length) > abi::kMaxLength, 0))
    badLength(length);
  const size_t bytes = roundUp16(sizeof(ArrayHeader) + size_t(length) * elementBytes);
  ArrayHeader *header;
  if (check::tracking())
    header = static_cast<ArrayHeader *>(check::allocate(type, bytes, sizeof(ArrayHeader)));
  else
    header = static_cast<ArrayHeader *>(zeroed ? allocBlockZeroed(bytes, sizeof(ArrayHeader)) : allocBlock(bytes));
  header->length = uint32_t(length);
  header->capacity = uint32_t(length);
  header->object = {type, abi::kCountOne};
  return header + 1;
}

void *newArray(uint32_t type, uint32_t elementBytes, int64_t length) {
  return newArrayInline(type, elementBytes, length, true);
}
void *newArrayToFill(uint32_t type, uint32_t elementBytes, int64_t length) {
  return newArrayInline(type, elementBytes, length, false);
}

OwnObj dr_alloc_array_of(U32 type, U32 elementBytes, I64 length) { return newArrayInline(type, elementBytes, length, true); }

uint32_t lengthOf(const int64_t *sizes, uint32_t rank) {
  uint64_t length = 1;
  for (uint32_t i = 0; i < rank; ++i)
    if (sizes[i] < 0)
      badLength(sizes[i]);
  for (uint32_t i = 0; i < rank; ++i)
    if (__builtin_mul_overflow(length, uint64_t(sizes[i]), &length) || uint64_t(sizes[i]) > abi::kMaxLength ||
        length > abi::kMaxLength)
      badLength(sizes[i]);
  return uint32_t(length);
}

void beginRect(void *payload, ArrayHeader header, const int64_t *sizes, uint32_t rank) {
  arrayHeaderOf(payload) = header;
  for (uint32_t i = 0; i < rank; ++i)
    *reinterpret_cast<uint32_t *>(static_cast<char *>(payload) + abi::dimensionOffset(int(rank), int(i))) = uint32_t(sizes[i]);
}

OwnObj dr_alloc_rect_of(U32 type, U32 elementBytes, U32 rank, Ptr dimensions) {
  const int64_t *sizes = static_cast<const int64_t *>(dimensions);
  const uint32_t length = lengthOf(sizes, rank);
  const size_t front = frontBytes(TypeKind::Rect, rank);
  char *payload = newFrontedBlock(type, roundUp16(front + size_t(length) * elementBytes), front) + front;
  beginRect(payload, {length, length, {type, abi::kCountOne}}, sizes, rank);
  return payload;
}

char *newString(int64_t length, void *region) {
  if (__builtin_expect(uint64_t(length) > abi::kMaxLength, 0)) {
    Message message;
    message << "a string of " << length << " bytes is too long";
    panic(message);
  }
  if (region)
    return newStringInRegion(size_t(length), region);
  size_t bytes = roundUp16(sizeof(ArrayHeader) + size_t(length) + 1);
  if (bytes <= kPoolLimit)
    bytes = classBytes(classOf(bytes));
  ArrayHeader *header =
      static_cast<ArrayHeader *>(check::tracking() ? check::allocate(abi::kTypeIndexString, bytes, sizeof(ArrayHeader))
                                                   : allocBlock(bytes));
  header->length = uint32_t(length);
  header->capacity = uint32_t(bytes - sizeof(ArrayHeader) - 1);
  header->object = {abi::kTypeIndexString, abi::kCountOne};
  char *text = reinterpret_cast<char *>(header + 1);
  text[length] = 0;
  return text;
}

void *newCBlock(uint32_t type, uint64_t bytes) {
  if (bytes > (uint64_t(1) << 46))
    badLength(int64_t(bytes >> 1 ? bytes & INT64_MAX : bytes));
  char *payload = newFrontedBlock(type, roundUp16(sizeof(ArrayHeader) + bytes), sizeof(ArrayHeader)) + sizeof(ArrayHeader);
  cBlockBytes(payload) = bytes;
  headerOf(payload) = {type, abi::kCountOne};
  return payload;
}

void dropContents(void *payload, const TypeDescriptor &type) {
  switch (type.kind) {
  case TypeKind::Object:
  case TypeKind::Box:
  case TypeKind::Closure:
    type.drop(payload);
    return;
  case TypeKind::Array:
  case TypeKind::Rect: {
    const uint32_t length = arrayHeaderOf(payload).length;
    char *element = static_cast<char *>(payload);
    auto each = [&](auto let) {
      for (uint32_t i = 0; i < length; ++i)
        if (void *held = reinterpret_cast<void **>(element)[i])
          let(held);
    };
    if (type.drop == dr_release_ref_at)
      return each([](void *held) { release(held); });
    if (type.drop == dr_release_cyclic_at)
      return each(dr_release_cyclic);
    for (uint32_t i = 0; i < length; ++i, element += type.size)
      type.drop(element);
    return;
  }
  case TypeKind::String:
  case TypeKind::CBlock:
    return;
  }
}

void freePayload(void *payload, const TypeDescriptor &type) {
  if (check::tracking())
    return check::free(payload);
  if (type.kind == TypeKind::Object && !(type.flags & abi::kTypeWide))
    return freeBlock(&headerOf(payload), sizeof(ObjectHeader) + type.size);
  freeBlock(static_cast<char *>(payload) - frontBytes(type), blockBytes(payload, type));
}

Bool dr_implements(Obj object, U32 interface) {
  const TypeDescriptor &type = typeOf(object);
  const uint32_t *ids = type.interfaces;
  uint32_t low = 0, high = type.interfaceCount;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (ids[middle] == interface)
      return true;
    if (ids[middle] < interface)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

} // namespace dream::rt
