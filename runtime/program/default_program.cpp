// What a program without Dream code uses: switches from nowhere, so all off, and the types that C can make. Only in
// the archive, where a Dream program's own definitions keep this file from being linked.
#include "runtime/abi/config.h"
#include "runtime/abi/object.h"

namespace dream::rt {

using abi::TypeDescriptor;
using abi::TypeKind;

struct alignas(16) DefaultTypes {
  char nothing[abi::kTypeIndexString * abi::kTypeUnit];
  TypeDescriptor string, emptyArray, cArray, cObject, weakCell;
};

constexpr TypeDescriptor plainType(TypeKind kind, const char *name, uint32_t size = 1) {
  return {kind, size, abi::kTypePlain | abi::kTypeAcyclic, 0, name, nullptr, nullptr, nullptr, 0, 0, nullptr};
}

extern "C" constinit const DefaultTypes dreamDefaultTypes asm("dr_types");
constinit const DefaultTypes dreamDefaultTypes = {{},
                                                  plainType(TypeKind::String, "string"),
                                                  plainType(TypeKind::Array, "array"),
                                                  plainType(TypeKind::CBlock, "array"),
                                                  plainType(TypeKind::CBlock, "object"),
                                                  plainType(TypeKind::Object, "weak reference", abi::kWeakCellBytes)};

} // namespace dream::rt

extern "C" const dream::abi::DrConfig dr_config = {sizeof(dream::abi::DrConfig), 0, 0, 0, 0, 0, nullptr, nullptr};
