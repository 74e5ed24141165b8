// Text written into a byte[] of the program: what StringBuilder is made of. The library sees to it that there is room. What is written
// goes to the address of an element, in an array that the program has made unshared; what moves bytes makes it unshared itself.
#include "runtime/abi/entries.h"
#include "runtime/rc/rc.h"
#include "runtime/text/text.h"

namespace dream::rt {

/// The bytes from `at` on of the array whose reference lies at `place`.
static char *writable(Ptr place, int64_t at) {
  void *&array = *static_cast<void **>(place);
  array = dr_unique_array(array);
  return static_cast<char *>(array) + at;
}

I32 dr_bytes_put_str(Ptr at, Str text, I64 start, I64 count) {
  __builtin_memcpy(at, text + start, size_t(count));
  return int32_t(count);
}

I32 dr_bytes_put_char(Ptr at, U32 scalar) { return int32_t(encodeTo(static_cast<char *>(at), scalar)); }
I32 dr_bytes_put_i64(Ptr at, I64 value) { return int32_t(writeSigned(static_cast<char *>(at), value)); }
I32 dr_bytes_put_u64(Ptr at, U64 value) { return int32_t(writeUnsigned(static_cast<char *>(at), value)); }
I32 dr_bytes_put_f32(Ptr at, F32 value) { return int32_t(writeShortest(static_cast<char *>(at), value)); }
I32 dr_bytes_put_f64(Ptr at, F64 value) { return int32_t(writeShortest(static_cast<char *>(at), value)); }

void dr_bytes_copy(Ptr place, I64 at, Obj source, I64 start, I64 count) {
  if (count > 0)
    __builtin_memcpy(writable(place, at), static_cast<const char *>(source) + start, size_t(count));
}

void dr_bytes_move(Ptr place, I64 to, I64 from, I64 count) {
  if (count <= 0)
    return;
  char *bytes = writable(place, 0);
  __builtin_memmove(bytes + to, bytes + from, size_t(count));
}

void dr_bytes_fill(Ptr place, I64 at, I64 count, I32 value) {
  if (count > 0)
    __builtin_memset(writable(place, at), value, size_t(count));
}

OwnStr dr_bytes_to_str(Obj bytes, I64 start, I64 count, Ptr region) {
  return count > 0 ? newStringOf(static_cast<const char *>(bytes) + start, size_t(count), region) : emptyString();
}

} // namespace dream::rt
