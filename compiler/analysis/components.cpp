#include "compiler/analysis/components.h"
#include <algorithm>
#include <vector>

namespace dream::analysis {

void forEachComponent(uint32_t nodeCount, llvm::function_ref<uint32_t(uint32_t, uint32_t)> next,
                      llvm::function_ref<void(llvm::ArrayRef<uint32_t>)> visit) {
  struct Frame {
    uint32_t node, edge;
  };
  constexpr uint32_t kUnseen = ~0u, kDone = ~0u - 1;
  std::vector<uint32_t> index(nodeCount, kUnseen), low(nodeCount);
  std::vector<uint32_t> stack;
  std::vector<Frame> frames;
  uint32_t counter = 0;
  for (uint32_t root = 0; root < nodeCount; ++root) {
    if (index[root] != kUnseen)
      continue;
    frames.push_back({root, 0});
    while (!frames.empty()) {
      auto &[node, edge] = frames.back();
      if (edge == 0 && index[node] == kUnseen) {
        index[node] = low[node] = counter++;
        stack.push_back(node);
      }
      if (uint32_t target = next(node, edge); target != kNoEdge) {
        ++edge;
        if (index[target] == kUnseen)
          frames.push_back({target, 0});
        else if (index[target] != kDone)
          low[node] = std::min(low[node], index[target]);
        continue;
      }
      uint32_t done = node, lowest = low[done];
      frames.pop_back();
      if (!frames.empty())
        low[frames.back().node] = std::min(low[frames.back().node], lowest);
      if (lowest != index[done])
        continue;
      auto first = std::find(stack.rbegin(), stack.rend(), done).base() - 1;
      visit(llvm::ArrayRef<uint32_t>(&*first, stack.end() - first));
      for (auto member = first; member != stack.end(); ++member)
        index[*member] = kDone;
      stack.erase(first, stack.end());
    }
  }
}

} // namespace dream::analysis
