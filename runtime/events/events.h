// What the runtime tells of the program's memory while it runs: to one listener, which the program sets (dr_listen of dream.h). Without
// one, telling costs a test where something rare happens anyway.
#pragma once

#include "runtime/include/dream.h"

namespace dream::rt::events {

struct Listener {
  dr_listener call; ///< Null if there is none.
  void *context;
};
extern constinit Listener listener;

/// `count` and `total` as dream.h says of the kind.
inline void tell(dr_event_kind kind, const char *name, uint64_t count, uint64_t total) {
  if (__builtin_expect(listener.call != nullptr, 0)) {
    const dr_event event = {kind, name, count, total};
    listener.call(&event, listener.context);
  }
}

} // namespace dream::rt::events
