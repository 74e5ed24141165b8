// The version of Dream.
#pragma once

namespace dream {

inline constexpr const char *kVersion = "0.1";

} // namespace dream
