// What Unicode says of a character: its category and its other case.
#pragma once

#include <stdint.h>

namespace dream::rt {

uint32_t categoryOf(uint32_t scalar); ///< .NET's UnicodeCategory.
uint32_t upperOf(uint32_t scalar);    ///< One character each; itself if there is none.
uint32_t lowerOf(uint32_t scalar);

} // namespace dream::rt
