// Facts about nodes, once for each instance of a generic declaration. The tree of `List<T>` exists once, but its nodes mean
// something else in `List<int>` than in `List<string>`: each instance has a layer of its own. Layer 0 holds everything
// outside of generic declarations. The table answers for the layer that is selected at the moment; who enters an instance
// selects its layer (Program::layer), by way of InLayer.
#pragma once

#include "compiler/syntax/ast.h"
#include "llvm/ADT/DenseMap.h"
#include <deque>

namespace dream::sema {

using LayerId = uint32_t;

template <typename T> class LayeredTable {
public:
  explicit LayeredTable(const LayerId &selected) : selected(selected) {}
  LayeredTable(const LayeredTable &) = delete;

  /// References stay valid while rows are added to layers other than 0.
  T &operator[](const ast::Node *node) {
    if (!selected)
      return base[node];
    auto [place, isNew] = index.try_emplace(key(selected, node), uint32_t(rows.size()));
    if (isNew)
      rows.emplace_back();
    return rows[place->second];
  }
  const T &get(const ast::Node *node) const { return at(selected, node); }
  /// What a layer, selected or not, says of the node.
  const T &at(LayerId layer, const ast::Node *node) const {
    if (!layer)
      return base.get(node);
    static const T none{};
    auto found = index.find(key(layer, node));
    return found == index.end() ? none : rows[found->second];
  }

private:
  static uint64_t key(LayerId layer, const ast::Node *node) { return uint64_t(layer) << 32 | node->id.index; }

  const LayerId &selected;
  ast::NodeTable<T> base;
  llvm::DenseMap<uint64_t, uint32_t> index;
  std::deque<T> rows;
};

} // namespace dream::sema
