// What dying objects have to do with weak references to them; see weak.cpp.
#pragma once

namespace dream::rt {

/// From now on weak references to the object read as null. It has the flag *weak*, and loses it.
[[gnu::noinline, gnu::cold]] void emptyWeakCell(void *payload);

} // namespace dream::rt
