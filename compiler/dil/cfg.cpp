#include "compiler/dil/cfg.h"
#include <algorithm>

namespace dream::dil {

Cfg::Cfg(const Function &function) : numbers(function.blocks.size(), kUnreachable) {
  size_t count = function.blocks.size();
  succStarts.resize(count + 1);
  for (uint32_t b = 0; b < count; ++b) {
    succStarts[b] = uint32_t(succs.size());
    if (!function.blocks[b].insts.empty())
      forEachTarget(static_cast<const Inst &>(*function.blocks[b].insts.back()),
                    [&](BlockId target) { succs.push_back(target); });
  }
  succStarts[count] = uint32_t(succs.size());

  // Postorder with a stack of its own: generated functions nest deeper than the machine's stack.
  struct Frame { BlockId block; uint32_t next; };
  std::vector<Frame> stack;
  std::vector<bool> seen(count);
  if (count) {
    stack.push_back({BlockId(0), 0});
    seen[0] = true;
  }
  while (!stack.empty()) {
    Frame &frame = stack.back();
    llvm::ArrayRef<BlockId> targets = successors(frame.block);
    // The last target first, so that in the reverse order the first one follows its block; of calls the other way round,
    // so that the short way of an error stands beside the call and not at the end of everything.
    if (frame.next < targets.size()) {
      bool isCall = llvm::isa<CallBase>(function[frame.block].insts.back());
      BlockId target = isCall ? targets[frame.next] : targets[targets.size() - 1 - frame.next];
      ++frame.next;
      if (!seen[target.index]) {
        seen[target.index] = true;
        stack.push_back({target, 0});
      }
      continue;
    }
    order.push_back(frame.block);
    stack.pop_back();
  }
  std::reverse(order.begin(), order.end());
  for (uint32_t i = 0; i < order.size(); ++i)
    numbers[order[i].index] = i;

  predStarts.resize(count + 1);
  for (BlockId id : order)
    for (BlockId target : successors(id))
      ++predStarts[target.index + 1];
  for (size_t b = 0; b < count; ++b)
    predStarts[b + 1] += predStarts[b];
  preds.resize(predStarts[count]);
  std::vector<uint32_t> fill(predStarts.begin(), predStarts.end() - 1);
  for (BlockId id : order)
    for (BlockId target : successors(id))
      preds[fill[target.index]++] = id;
}

Dominators::Dominators(const Cfg &cfg) : cfg(cfg) {
  llvm::ArrayRef<BlockId> order = cfg.reversePostorder();
  constexpr uint32_t kNone = ~0u;
  idom.assign(order.size(), kNone);
  enter.resize(order.size());
  leave.resize(order.size());
  if (order.empty())
    return;
  idom[0] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 1; i < order.size(); ++i) {
      uint32_t common = kNone;
      for (BlockId pred : cfg.predecessors(order[i])) {
        uint32_t other = cfg.number(pred);
        if (idom[other] == kNone)
          continue;
        if (common == kNone) {
          common = other;
          continue;
        }
        while (common != other) {
          while (common > other)
            common = idom[common];
          while (other > common)
            other = idom[other];
        }
      }
      if (idom[i] != common) {
        idom[i] = common;
        changed = true;
      }
    }
  }

  // Children of each node, then a walk that notes when it enters and leaves them.
  std::vector<uint32_t> firstChild(order.size(), kNone), sibling(order.size(), kNone);
  for (uint32_t i = uint32_t(order.size()); i-- > 1;) {
    sibling[i] = firstChild[idom[i]];
    firstChild[idom[i]] = i;
  }
  uint32_t time = 0, node = 0;
  enter[0] = time++;
  for (;;) {
    if (firstChild[node] != kNone) {
      node = firstChild[node];
      enter[node] = time++;
      continue;
    }
    leave[node] = time++;
    while (node != 0 && sibling[node] == kNone) {
      node = idom[node];
      leave[node] = time++;
    }
    if (node == 0)
      return;
    node = sibling[node];
    enter[node] = time++;
  }
}

BlockId Dominators::immediate(BlockId id) const {
  uint32_t number = cfg.number(id);
  return number == 0 ? BlockId() : cfg.reversePostorder()[idom[number]];
}

} // namespace dream::dil
