// C++ prototypes of the runtime's entries, made from entries.def. Included by the runtime, which defines them, and by
// unit tests. Reference types say who owns: see entries.def.
#pragma once

#include "runtime/abi/object.h"

namespace dream::rt {

using Void = void;
using Bool = bool;
using I8 = int8_t;
using I32 = int32_t;
using U32 = uint32_t;
using I64 = int64_t;
using U64 = uint64_t;
using F32 = float;
using F64 = double;
using Ptr = void *;
using Str = const char *; ///< Borrowed: points at the first byte; the header lies before it.
using OwnStr = char *;
using Obj = const void *;
using OwnObj = void *;

#define ENTRY(SYMBOL, RESULT, PARAMETERS, EFFECTS) extern "C" RESULT SYMBOL PARAMETERS;
#define STRING_ENTRY(SYMBOL, EFFECTS, ...) extern "C" OwnStr SYMBOL(__VA_ARGS__, Ptr region = nullptr);
#include "runtime/abi/entries.def"
#undef ENTRY

} // namespace dream::rt
