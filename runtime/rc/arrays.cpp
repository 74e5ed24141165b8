// Arrays as values: copies on write, slices, growth.
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"
#include "runtime/rc/rings.h"
#include "runtime/region/region.h"

namespace dream::rt {

void retainElements(void *elements, const TypeDescriptor &type, uint32_t length) {
  if (type.flags & abi::kTypePlain)
    return;
  if (reinterpret_cast<void *>(type.retain) == reinterpret_cast<void *>(dr_retain_ref_at)) {
    for (uint32_t i = 0; i < length; ++i)
      if (void *held = static_cast<void **>(elements)[i])
        retain(held);
    return;
  }
  char *element = static_cast<char *>(elements);
  for (uint32_t i = 0; i < length; ++i, element += type.size)
    type.retain(element);
}

/// A copy with a count of one; dimensions come along.
[[gnu::noinline]] static void *copyWhole(const void *array) {
  const TypeDescriptor &type = typeOf(array);
  const ArrayHeader &header = arrayHeaderOf(array);
  void *copy;
  if (type.kind == TypeKind::Rect) {
    int64_t dimensions[32];
    for (uint32_t i = 0; i < type.rank; ++i)
      dimensions[i] = *reinterpret_cast<const uint32_t *>(static_cast<const char *>(array) +
                                                          abi::dimensionOffset(int(type.rank), int(i)));
    copy = dr_alloc_rect_of(header.object.type, type.size, type.rank, dimensions);
  } else {
    copy = newArrayToFill(header.object.type, type.size, header.length);
  }
  __builtin_memcpy(copy, array, size_t(header.length) * type.size);
  retainElements(copy, type, header.length);
  return copy;
}

void *copyBeforeWrite(void *array) {
  if (arrayHeaderOf(array).length == 0)
    return array; // nothing to write
  void *copy = copyWhole(array);
  releaseCyclic(array);
  return copy;
}

Ptr dr_unique_array(Ptr array) {
  if (!array)
    return array;
  if (check::validating())
    check::validateUse(array, "write");
  return isUnique(array) ? array : copyBeforeWrite(array);
}

OwnObj dr_array_slice(Obj array, I64 start, I64 end, Ptr place) {
  const int64_t length = array ? arrayHeaderOf(array).length : 0;
  if (start < 0 || end < start || end > length)
    dr_panic_range(start, end, length, place);
  if (!array || (start == 0 && end == length)) {
    dr_retain_any(const_cast<void *>(array));
    return const_cast<void *>(array);
  }
  const TypeDescriptor &type = typeOf(array);
  void *slice = newArrayToFill(headerOf(array).type, type.size, end - start);
  __builtin_memcpy(slice, static_cast<const char *>(array) + size_t(start) * type.size, size_t(end - start) * type.size);
  retainElements(slice, type, uint32_t(end - start));
  return slice;
}

/// Grows or shrinks the block of a unique array where it lies, if that is on top of a region, or if it has more than kPoolLimit
/// bytes, before and after, and the C library can. Null if this is no such array.
static void *resizeInPlace(void *array, uint32_t elementBytes, uint32_t oldLength, int64_t length) {
  const size_t oldBytes = roundUp16(sizeof(ArrayHeader) + size_t(arrayHeaderOf(array).capacity) * elementBytes);
  const size_t bytes = roundUp16(sizeof(ArrayHeader) + size_t(length) * elementBytes);
  ArrayHeader *header = &arrayHeaderOf(array);
  if (header->object.count & abi::kFlagRegion) {
    if (check::validating() || !region::resizeLast(header, oldBytes, bytes))
      return nullptr;
  } else {
    if (check::tracking() || programAllocates() || oldBytes <= kPoolLimit || bytes <= kPoolLimit)
      return nullptr;
    if (header->object.count & abi::kFlagDying)
      becomeUnknown(array);
    header = static_cast<ArrayHeader *>(resizeLargeBlock(header, bytes));
  }
  header->length = header->capacity = uint32_t(length);
  char *payload = reinterpret_cast<char *>(header + 1);
  if (length > oldLength)
    __builtin_memset(payload + size_t(oldLength) * elementBytes, 0, size_t(length - oldLength) * elementBytes);
  return payload;
}

OwnObj dr_array_resize(OwnObj array, U32 typeIndex, U32 elementBytes, I64 length) {
  const uint32_t oldLength = array ? arrayHeaderOf(array).length : 0;
  if (array && length == oldLength)
    return array;
  const TypeDescriptor &type = typeAt(typeIndex);
  const uint32_t kept = length < 0 ? 0 : length < oldLength ? uint32_t(length) : oldLength;
  const bool moves = array && isUnique(array);
  if (moves && length >= 0 && length <= abi::kMaxLength) {
    // The old array keeps nothing: its kept elements move, the cut ones die now.
    arrayHeaderOf(array).length = kept;
    if (!(type.flags & abi::kTypePlain)) {
      rings::Pause pause;
      char *element = static_cast<char *>(array) + size_t(kept) * elementBytes;
      for (uint32_t i = kept; i < oldLength; ++i, element += elementBytes)
        type.drop(element);
    }
    if (void *resized = resizeInPlace(array, elementBytes, kept, length))
      return resized;
  }
  void *resized = newArrayToFill(typeIndex, elementBytes, length);
  if (kept > 0)
    __builtin_memcpy(resized, array, size_t(kept) * elementBytes);
  if (length > kept)
    __builtin_memset(static_cast<char *>(resized) + size_t(kept) * elementBytes, 0, size_t(length - kept) * elementBytes);
  if (moves)
    arrayHeaderOf(array).length = 0;
  else
    retainElements(resized, type, kept);
  dr_release_cyclic(array);
  return resized;
}

Bool dr_array_equal_bits(Obj a, Obj b) {
  if (a == b)
    return true;
  const uint32_t lengthA = a ? arrayHeaderOf(a).length : 0;
  const uint32_t lengthB = b ? arrayHeaderOf(b).length : 0;
  if (lengthA != lengthB)
    return false;
  return lengthA == 0 || __builtin_memcmp(a, b, size_t(lengthA) * typeOf(a).size) == 0;
}

} // namespace dream::rt
