// The program's arguments, as C's main was given them.
#pragma once

#include <stdint.h>

namespace dream::rt {

/// The argument, 0 being the program's name; null if there are not so many.
const char *argument(int32_t index);

} // namespace dream::rt
