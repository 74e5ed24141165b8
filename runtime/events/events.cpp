#include "runtime/events/events.h"

namespace dream::rt::events {

constinit Listener listener = {};

} // namespace dream::rt::events

extern "C" void dr_listen(dr_listener listener, void *context) { dream::rt::events::listener = {listener, context}; }
