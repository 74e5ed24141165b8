#include "runtime/check/records.h"
#include "runtime/table/table.h"

namespace dream::rt::check {

static constinit AddressTable<Record, &Record::payload, 4096> table = {};

Record *findRecord(const void *payload) { return table.find(payload); }
Record &addRecord(const void *payload) { return table.add(payload, "the records of -fcheck-memory or --memory-stats"); }
void removeRecord(const void *payload) {
  if (Record *found = table.find(payload))
    table.remove(*found);
}
RecordRange recordSlots() { return {table.slots, table.slots + table.capacity}; }

} // namespace dream::rt::check
