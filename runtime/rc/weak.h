// What dying objects have to do with weak references to them; see weak.cpp.
#pragma once

namespace dream::rt {

/// From now on weak references to the object, if there are any, read as null.
[[gnu::noinline, gnu::cold]] void emptyWeakCell(void *payload);
bool hasWeakCell(const void *payload);
/// Of any object.
bool anyWeakCells();

} // namespace dream::rt
