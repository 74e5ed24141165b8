// Strings: making, joining, comparing and searching them. Strings are never written after they are made, except by
// dr_str_append when nobody else holds the string; so everything here may share.
#include "runtime/abi/entries.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"
#include "runtime/text/text.h"
#include "runtime/text/unicode.h"

namespace dream::rt {

namespace {

/// A string in static memory.
struct alignas(16) StaticString {
  ArrayHeader header;
  char text[16];
};

struct StaticStrings {
  StaticString ascii[128], empty, yes, no;
};

constexpr StaticString makeStatic(const char *text, uint32_t length) {
  StaticString string{{length, 0, {abi::kTypeIndexString, abi::kImmortal}}, {}};
  for (uint32_t i = 0; i < length; ++i)
    string.text[i] = text[i];
  return string;
}

constexpr StaticStrings makeStatics() {
  StaticStrings all{};
  for (uint32_t i = 0; i < 128; ++i) {
    const char c = char(i);
    all.ascii[i] = makeStatic(&c, 1);
  }
  all.empty = makeStatic("", 0);
  all.yes = makeStatic("true", 4);
  all.no = makeStatic("false", 5);
  return all;
}

constinit const StaticStrings statics = makeStatics();

char *shared(const char *string) {
  if (!string)
    return emptyString();
  retain(const_cast<char *>(string));
  return const_cast<char *>(string);
}

} // namespace

char *emptyString() { return const_cast<char *>(statics.empty.text); }
char *asciiString(unsigned char c) { return const_cast<char *>(statics.ascii[c].text); }

char *newStringOf(const char *bytes, size_t count, void *region) {
  char *string = newString(int64_t(count), region);
  __builtin_memcpy(string, bytes, count);
  return string;
}

OwnStr dr_str_of_bytes(Ptr bytes, I64 count, Ptr region) {
  const char *first = static_cast<const char *>(bytes), *end = first + count;
  // How long the result is, and whether anything needs mending.
  int64_t length = 0;
  bool wellFormed = true;
  for (const char *at = first; at < end;) {
    const Decoded decoded = decodeAt(at, end);
    wellFormed &= decoded.wellFormed;
    length += decoded.wellFormed ? decoded.bytes : 3;
    at += decoded.bytes;
  }
  if (length == 0)
    return emptyString();
  if (wellFormed)
    return newStringOf(first, size_t(count), region);
  char *string = newString(length, region), *out = string;
  for (const char *at = first; at < end;) {
    const Decoded decoded = decodeAt(at, end);
    out += encodeTo(out, decoded.scalar);
    at += decoded.bytes;
  }
  return string;
}

OwnStr dr_str_of_c(Ptr text, Ptr region) {
  return text ? dr_str_of_bytes(text, int64_t(__builtin_strlen(static_cast<const char *>(text))), region) : emptyString();
}

OwnStr dr_str_concat(Str a, Str b, Ptr region) {
  const size_t lengthA = lengthOf(a), lengthB = lengthOf(b);
  if (lengthB == 0)
    return shared(a);
  if (lengthA == 0)
    return shared(b);
  char *joined = newString(int64_t(lengthA + lengthB), region);
  __builtin_memcpy(joined, a, lengthA);
  __builtin_memcpy(joined + lengthA, b, lengthB);
  return joined;
}

OwnStr dr_str_concat_n(Ptr strings, I64 count, Ptr region) {
  const char *const *parts = static_cast<const char *const *>(strings);
  uint64_t length = 0;
  const char *last = nullptr;
  for (int64_t i = 0; i < count; ++i)
    if (lengthOf(parts[i]) > 0) {
      length += lengthOf(parts[i]);
      last = parts[i];
    }
  if (lengthOf(last) == length)
    return shared(last);
  char *joined = newString(int64_t(length), region), *out = joined;
  for (int64_t i = 0; i < count; ++i) {
    __builtin_memcpy(out, parts[i] ? parts[i] : "", lengthOf(parts[i]));
    out += lengthOf(parts[i]);
  }
  return joined;
}

OwnStr dr_str_append(OwnStr string, Str tail, Ptr region) {
  const size_t length = lengthOf(string), more = lengthOf(tail);
  if (more == 0)
    return string ? string : emptyString();
  if (length == 0) {
    char *result = shared(tail);
    dr_release_any(string);
    return result;
  }
  if (check::validating())
    check::validateUse(string, "append");
  ArrayHeader &header = arrayHeaderOf(string);
  const bool unique = isUnique(string);
  // A string that grows in steps gets room to double; one that is shared becomes just what it is.
  size_t room = length + more;
  if (unique && room < length * 2 && length * 2 <= abi::kMaxLength)
    room = length * 2;
  if (unique && (length + more <= header.capacity || growInRegion(string, room))) {
    __builtin_memcpy(string + length, tail, more); // `tail` may be `string`: it is read before its end moves
    string[length + more] = 0;
    header.length = uint32_t(length + more);
    return string;
  }
  char *grown = newString(int64_t(room), region);
  __builtin_memcpy(grown, string, length);
  __builtin_memcpy(grown + length, tail, more);
  grown[length + more] = 0;
  arrayHeaderOf(grown).length = uint32_t(length + more);
  release(string);
  return grown;
}

OwnStr dr_str_repeat(Str string, I64 times, Ptr region) {
  if (times < 0) {
    Message message;
    message << "a string cannot be repeated " << times << " times";
    panic(message);
  }
  const size_t length = lengthOf(string);
  if (length == 0 || times == 0)
    return emptyString();
  if (times == 1)
    return shared(string);
  int64_t total;
  if (__builtin_mul_overflow(int64_t(length), times, &total))
    total = INT64_MAX; // newString tells that this is too long
  char *result = newString(total, region);
  if (length == 1)
    __builtin_memset(result, string[0], size_t(total));
  else
    for (int64_t i = 0; i < times; ++i)
      __builtin_memcpy(result + size_t(i) * length, string, length);
  return result;
}

Bool dr_str_equal(Str a, Str b) {
  if (a == b)
    return true;
  const size_t length = lengthOf(a);
  return length == lengthOf(b) && (length == 0 || __builtin_memcmp(a, b, length) == 0);
}

I32 dr_str_compare(Str a, Str b) {
  const size_t lengthA = lengthOf(a), lengthB = lengthOf(b);
  const size_t common = lengthA < lengthB ? lengthA : lengthB;
  const int order = common ? __builtin_memcmp(a, b, common) : 0;
  if (order != 0)
    return order < 0 ? -1 : 1;
  return lengthA < lengthB ? -1 : lengthA > lengthB;
}

OwnStr dr_str_substring(Str string, I64 start, I64 count, Ptr place, Ptr region) {
  const int64_t length = int64_t(lengthOf(string));
  if (start < 0 || count < 0 || start > length || count > length - start)
    dr_panic_range(start, int64_t(uint64_t(start) + uint64_t(count)), length, place);
  if (count == 0)
    return emptyString();
  if (count == length)
    return shared(string);
  const int64_t ends[] = {start, start + count};
  for (int64_t end : ends)
    if (end < length && isContinuation(string[end])) {
      Message message;
      message << "a substring would cut a character in two at byte " << end;
      panic(message, static_cast<const char *>(place));
    }
  return newStringOf(string + start, size_t(count), region);
}

I64 dr_str_index_of(Str string, Str needle, I64 from) {
  const size_t length = lengthOf(string), wanted = lengthOf(needle);
  if (from < 0)
    from = 0;
  if (size_t(from) > length || wanted > length - size_t(from))
    return -1;
  if (wanted == 0)
    return from;
  const char *at = string + from, *last = string + (length - wanted);
  size_t wasted = 0;
  while (at <= last) {
    at = static_cast<const char *>(__builtin_memchr(at, needle[0], size_t(last - at) + 1));
    if (!at)
      return -1;
    if (__builtin_memcmp(at, needle, wanted) == 0)
      return at - string;
    ++at;
    // Near misses cost up to the needle's length each: past a budget, a rolling hash keeps the search linear.
    wasted += wanted;
    if (wasted > length * 4 + 256)
      break;
  }
  if (at > last)
    return -1;
  constexpr uint64_t kBase = 0x100000001B3u;
  uint64_t target = 0, hash = 0, top = 1;
  for (size_t i = 0; i < wanted; ++i) {
    target = target * kBase + static_cast<unsigned char>(needle[i]);
    hash = hash * kBase + static_cast<unsigned char>(at[i]);
    top *= i ? kBase : 1;
  }
  for (;; ++at) {
    if (hash == target && __builtin_memcmp(at, needle, wanted) == 0)
      return at - string;
    if (at == last)
      return -1;
    hash = (hash - top * static_cast<unsigned char>(*at)) * kBase + static_cast<unsigned char>(at[wanted]);
  }
}

I64 dr_str_last_index_of(Str string, Str needle) {
  const size_t length = lengthOf(string), wanted = lengthOf(needle);
  if (wanted > length)
    return -1;
  for (size_t at = length - wanted + 1; at-- > 0;)
    if (wanted == 0 || (string[at] == needle[0] && __builtin_memcmp(string + at, needle, wanted) == 0))
      return int64_t(at);
  return -1;
}

Bool dr_str_starts_with(Str string, Str start) {
  const size_t wanted = lengthOf(start);
  return wanted <= lengthOf(string) && (wanted == 0 || __builtin_memcmp(string, start, wanted) == 0);
}

Bool dr_str_ends_with(Str string, Str end) {
  const size_t length = lengthOf(string), wanted = lengthOf(end);
  return wanted <= length && (wanted == 0 || __builtin_memcmp(string + (length - wanted), end, wanted) == 0);
}

U64 dr_str_decode(Str string, I64 position) {
  const Decoded decoded = decodeAt(string + position, string + lengthOf(string));
  return decoded.scalar | uint64_t(decoded.bytes) << 32;
}

I64 dr_str_char_count(Str string) {
  int64_t count = 0;
  for (size_t i = 0, length = lengthOf(string); i < length; ++i)
    count += !isContinuation(string[i]);
  return count;
}

/// A copy with each character in its other case; the string itself if none has one.
/// In ASCII the 26 letters from `first` on change by one bit; else `change` is asked.
static char *mapCase(const char *string, unsigned char first, uint32_t (*change)(uint32_t), void *region) {
  const size_t length = lengthOf(string);
  unsigned char all = 0, letters = 0;
  auto isLetter = [&](size_t i) { return static_cast<unsigned char>(string[i] - first) < 26; };
  for (size_t i = 0; i < length; ++i) {
    all |= static_cast<unsigned char>(string[i]);
    letters |= isLetter(i);
  }
  if (all < 128) {
    if (!letters)
      return shared(string);
    char *result = newString(int64_t(length), region);
    for (size_t i = 0; i < length; ++i)
      result[i] = char(string[i] ^ (isLetter(i) << 5));
    return result;
  }
  const char *end = string + length;
  size_t same = 0, mappedLength = 0; // bytes before the first change, bytes of the result
  bool changes = false;
  for (const char *at = string; at < end;) {
    const Decoded decoded = decodeAt(at, end);
    const uint32_t mapped = change(decoded.scalar);
    changes |= mapped != decoded.scalar;
    if (!changes)
      same += decoded.bytes;
    mappedLength += bytesOf(mapped);
    at += decoded.bytes;
  }
  if (!changes)
    return shared(string);
  char *result = newString(int64_t(mappedLength), region);
  __builtin_memcpy(result, string, same);
  char *out = result + same;
  for (const char *at = string + same; at < end;) {
    const Decoded decoded = decodeAt(at, end);
    out += encodeTo(out, change(decoded.scalar));
    at += decoded.bytes;
  }
  return result;
}

OwnStr dr_str_to_lower(Str string, Ptr region) { return mapCase(string, 'A', lowerOf, region); }
OwnStr dr_str_to_upper(Str string, Ptr region) { return mapCase(string, 'a', upperOf, region); }

OwnStr dr_str_pad(OwnStr string, I32 width, Ptr region) {
  const int64_t wanted = width < 0 ? -int64_t(width) : width;
  const int64_t missing = wanted - dr_str_char_count(string);
  if (missing <= 0)
    return string ? string : emptyString();
  const size_t length = lengthOf(string);
  char *padded = newString(int64_t(length) + missing, region);
  const size_t before = width < 0 ? 0 : size_t(missing);
  __builtin_memset(padded, ' ', length + size_t(missing));
  if (length)
    __builtin_memcpy(padded + before, string, length);
  dr_release_any(string);
  return padded;
}

OwnStr dr_str_of_char(U32 scalar, Ptr region) {
  if (scalar < 128)
    return asciiString(static_cast<unsigned char>(scalar));
  char bytes[4];
  const uint32_t count = encodeTo(bytes, scalar);
  return newStringOf(bytes, count, region);
}

OwnStr dr_str_of_bool(Bool value) { return const_cast<char *>(value ? statics.yes.text : statics.no.text); }

OwnStr dr_type_name(Obj object) {
  const char *name = typeOf(object).name;
  return newStringOf(name, __builtin_strlen(name));
}

OwnStr dr_object_try_to_string(Obj object, Ptr error) {
  if (!object)
    return newStringOf("", 0);
  const TypeDescriptor &type = typeOf(object);
  if (type.kind == TypeKind::String) {
    retain(const_cast<void *>(object));
    return static_cast<char *>(const_cast<void *>(object));
  }
  if (headerOf(const_cast<void *>(object)).type == abi::kTypeIndexEmptyArray) // of any element type
    return newStringOf("[]", 2);
  if (!type.toString)
    return dr_type_name(object);
  // Code of the default ABI: the result beside the error.
  struct Result {
    char *value;
    void *error;
  };
  Result result = reinterpret_cast<Result (*)(Obj)>(const_cast<void *>(type.toString))(object);
  if (result.error) {
    *static_cast<void **>(const_cast<void *>(static_cast<const void *>(error))) = result.error;
    return newStringOf("", 0);
  }
  return result.value;
}

OwnStr dr_object_to_string(Obj object) {
  void *error = nullptr;
  char *text = dr_object_try_to_string(object, &error);
  if (error)
    panic("ToString() threw where the program has none that does");
  return text;
}

} // namespace dream::rt
