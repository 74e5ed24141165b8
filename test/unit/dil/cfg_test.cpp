// Reverse postorder, predecessors and dominance.
#include "compiler/dil/cfg.h"
#include "test/unit/dil/fixture.h"

namespace dream::dil {
namespace {

struct Graph : Fixture {
  std::vector<BlockId> blocks;

  /// An edge list by block; one target is a `br`, two a `cond_br`, none a return.
  explicit Graph(std::vector<std::vector<unsigned>> edges) {
    blocks.push_back(fn.entry());
    while (blocks.size() < edges.size())
      blocks.push_back(b.addBlock());
    for (size_t i = 0; i < edges.size(); ++i) {
      b.setBlock(blocks[i]);
      if (edges[i].empty())
        b.ret();
      else if (edges[i].size() == 1)
        b.br(blocks[edges[i][0]]);
      else
        b.condBr(b.constBool(true), blocks[edges[i][0]], blocks[edges[i][1]]);
    }
  }
};

TEST(Cfg, diamond) {
  Graph g({{1, 2}, {3}, {3}, {}, {3}});
  Cfg cfg(g.fn);
  EXPECT_EQ(cfg.reversePostorder(), llvm::ArrayRef({BlockId(0), BlockId(1), BlockId(2), BlockId(3)}));
  EXPECT_FALSE(cfg.isReachable(BlockId(4)));
  EXPECT_EQ(cfg.predecessors(BlockId(3)).size(), 2u) << "unreachable predecessors do not count";
  Dominators dominators(cfg);
  EXPECT_EQ(dominators.immediate(BlockId(3)), BlockId(0));
  EXPECT_FALSE(dominators.immediate(BlockId(0)).isValid());
  EXPECT_TRUE(dominators.dominates(BlockId(0), BlockId(3)));
  EXPECT_FALSE(dominators.dominates(BlockId(1), BlockId(3)));
  EXPECT_TRUE(dominators.dominates(BlockId(1), BlockId(1)));
}

TEST(Cfg, loopsAndTwoEdgesToOneBlock) {
  Graph g({{1}, {2, 4}, {3, 3}, {1}, {}});
  Cfg cfg(g.fn);
  EXPECT_EQ(cfg.predecessors(BlockId(3)).size(), 2u);
  Dominators dominators(cfg);
  EXPECT_EQ(dominators.immediate(BlockId(4)), BlockId(1));
  EXPECT_EQ(dominators.immediate(BlockId(3)), BlockId(2));
  EXPECT_TRUE(dominators.dominates(BlockId(1), BlockId(3)));
  EXPECT_FALSE(dominators.dominates(BlockId(3), BlockId(1)));
}


TEST(Cfg, dominanceIsWhatRemovalSays) {
  // Against the definition: a dominates b if b cannot be reached without a.
  unsigned seed = 7;
  auto random = [&](unsigned limit) { return (seed = seed * 1103515245 + 12345) / 65536 % limit; };
  for (int round = 0; round < 200; ++round) {
    unsigned count = 3 + random(8);
    std::vector<std::vector<unsigned>> edges(count);
    for (unsigned i = 0; i < count; ++i)
      for (unsigned n = random(3); n; --n)
        edges[i].push_back(1 + random(count - 1));
    Graph g(edges);
    Cfg cfg(g.fn);
    Dominators dominators(cfg);
    for (unsigned a = 0; a < count; ++a) {
      std::vector<bool> reached(count);
      std::vector<unsigned> work;
      if (a != 0)
        work.push_back(0);
      while (!work.empty()) {
        unsigned at = work.back();
        work.pop_back();
        if (reached[at] || at == a)
          continue;
        reached[at] = true;
        work.insert(work.end(), edges[at].begin(), edges[at].end());
      }
      for (unsigned b = 0; b < count; ++b)
        if (cfg.isReachable(BlockId(a)) && cfg.isReachable(BlockId(b)))
          ASSERT_EQ(dominators.dominates(BlockId(a), BlockId(b)), !reached[b]) << round << ": " << a << " over " << b;
    }
  }
}

} // namespace
} // namespace dream::dil
