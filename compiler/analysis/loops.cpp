#include "compiler/analysis/loops.h"

namespace dream::analysis {

using namespace dil;

std::vector<Loop> findLoops(const Cfg &graph, const Dominators &dominators) {
  std::vector<Loop> loops;
  std::vector<uint32_t> seenBy(graph.blockCount(), ~0u);
  auto order = graph.reversePostorder();
  // A loop inside another one has its header later in reverse postorder.
  for (size_t i = order.size(); i-- > 0;) {
    BlockId header = order[i];
    Loop loop;
    loop.header = header;
    for (BlockId pred : graph.predecessors(header)) {
      auto &list = dominators.dominates(header, pred) ? loop.latches : loop.entering;
      if (list.empty() || list.back() != pred)
        list.push_back(pred);
    }
    if (loop.latches.empty())
      continue;
    uint32_t number = loops.size();
    seenBy[header.index] = number;
    loop.blocks.push_back(header);
    std::vector<BlockId> work(loop.latches.begin(), loop.latches.end());
    while (!work.empty()) {
      BlockId block = work.back();
      work.pop_back();
      if (seenBy[block.index] == number)
        continue;
      seenBy[block.index] = number;
      loop.blocks.push_back(block);
      for (BlockId pred : graph.predecessors(block))
        work.push_back(pred);
    }
    loops.push_back(std::move(loop));
  }
  return loops;
}

} // namespace dream::analysis
