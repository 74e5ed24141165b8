#include "compiler/analysis/storage_shape.h"
#include "runtime/abi/object.h"
#include "llvm/Support/MathExtras.h"

namespace dream::analysis {

using namespace dil;

// Bytes. Larger objects are worth their way to the heap.
constexpr uint64_t kLargestObject = 1024, kLargestArray = 4096, kLargestInRegion = 16384;

uint32_t StorageShape::append(const StorageShape &other) {
  uint32_t offset = uint32_t(llvm::alignTo(bytes, other.align));
  align = std::max(align, other.align);
  bytes = offset + other.bytes;
  for (uint32_t payload : other.payloads)
    payloads.push_back(offset + payload);
  return offset;
}

static Fit fitOf(uint64_t front, uint64_t bytes, uint32_t align, uint64_t largestInFrame, StorageShape &shape) {
  if (bytes > largestInFrame)
    return bytes > kLargestInRegion ? Fit::Nowhere : Fit::Region;
  shape.align = align;
  shape.bytes = uint32_t(llvm::alignTo(front + bytes, align));
  shape.payloads.push_back(uint32_t(front));
  return Fit::Frame;
}

Fit fitOf(const Module &module, const Function &function, const Inst &site, StorageShape &shape, Obstacle &obstacle) {
  const TypeTable &types = module.types;
  auto checked = [&](Fit fit) {
    if (fit == Fit::Nowhere)
      obstacle = Obstacle::Size;
    return fit;
  };
  if (llvm::isa<AllocInst>(site)) {
    Layout layout = types.objectLayout(function[site.result].type);
    uint32_t align = std::max<uint32_t>(layout.align, 8);
    return checked(fitOf(std::max<uint32_t>(align, uint32_t(-abi::kTypeOffset)), layout.size, align, kLargestObject, shape));
  }
  auto *array = llvm::dyn_cast<AllocArrayInst>(&site);
  if (!array) {
    obstacle = Obstacle::Kind;
    return Fit::Nowhere;
  }
  if (array->lengths.size() != 1)
    return Fit::Region;
  auto *length = llvm::dyn_cast_or_null<ConstInst>(function[array->lengths[0]].definition);
  if (!length || length->constKind != ConstKind::Int)
    return Fit::Region;
  constexpr uint32_t kFront = sizeof(abi::ArrayHeader);
  uint64_t element = std::max<uint64_t>(types.layout(types[function[site.result].type].element).size, 1);
  if (length->bits > kLargestInRegion)
    return checked(Fit::Nowhere);
  return checked(fitOf(kFront, length->bits * element, 16, kLargestArray - kFront, shape));
}

} // namespace dream::analysis
