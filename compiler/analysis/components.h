// The strongly connected components of a graph, callees first: Tarjan's algorithm without recursion. Nodes are numbers
// from 0; `next(node, i)` gives the target of the node's edge number i, or kNoEdge behind the last one; `visit` gets the
// members of each component after those of every component that it leads to.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstdint>

namespace dream::analysis {

inline constexpr uint32_t kNoEdge = ~0u;

void forEachComponent(uint32_t nodeCount, llvm::function_ref<uint32_t(uint32_t node, uint32_t edge)> next,
                      llvm::function_ref<void(llvm::ArrayRef<uint32_t>)> visit);

} // namespace dream::analysis
