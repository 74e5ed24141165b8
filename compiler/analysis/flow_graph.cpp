#include "compiler/analysis/flow_graph.h"
#include <algorithm>

namespace dream::analysis {

using namespace dil;

FlowGraph::FlowGraph(const Function &function) {
  size_t count = function.blocks.size();
  succStart.reserve(count + 1);
  predStart.assign(count + 1, 0);
  std::vector<uint32_t> namedBy(count, kUnreachable); // The last block that named this one.
  for (uint32_t i = 0; i < count; ++i) {
    succStart.push_back(succs.size());
    const Block &block = function.blocks[i];
    if (block.insts.empty())
      continue;
    forEachTarget(*block.insts.back(), [&](BlockId target) {
      if (namedBy[target.index] == i)
        return;
      namedBy[target.index] = i;
      succs.push_back(target);
      ++predStart[target.index + 1];
    });
  }
  succStart.push_back(succs.size());

  for (size_t i = 0; i < count; ++i)
    predStart[i + 1] += predStart[i];
  preds.resize(succs.size());
  std::vector<uint32_t> fill(predStart.begin(), predStart.end() - 1);
  for (uint32_t i = 0; i < count; ++i)
    for (BlockId target : successors(BlockId(i)))
      preds[fill[target.index]++] = BlockId(i);

  positions.assign(count, kUnreachable);
  if (count == 0)
    return;
  // Depth first, without recursion: functions may be long chains of blocks.
  std::vector<bool> visited(count);
  std::vector<std::pair<BlockId, uint32_t>> stack{{function.entry(), 0}};
  visited[0] = true;
  while (!stack.empty()) {
    auto &[block, next] = stack.back();
    auto targets = successors(block);
    if (next < targets.size()) {
      // The last successor first, so that the order among siblings is that of the terminator.
      BlockId target = targets[targets.size() - 1 - next++];
      if (!visited[target.index]) {
        visited[target.index] = true;
        stack.push_back({target, 0});
      }
      continue;
    }
    order.push_back(block);
    stack.pop_back();
  }
  std::reverse(order.begin(), order.end());
  for (uint32_t i = 0; i < order.size(); ++i)
    positions[order[i].index] = i;
}

} // namespace dream::analysis
