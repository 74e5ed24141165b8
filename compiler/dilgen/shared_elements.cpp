// References to several elements of one array in one call share one access of it; that they are not the same element is
// checked when the program runs (core-calculus.md, "Accesses", 3).
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

namespace {

const dil::ConstInst *constant(const dil::Function &fn, ValueId value) {
  return llvm::dyn_cast_or_null<dil::ConstInst>(fn[value].definition);
}

enum class Equal : uint8_t { No, Maybe, Yes };

Equal compare(const dil::Function &fn, ValueId a, ValueId b) {
  if (a == b)
    return Equal::Yes;
  auto *left = constant(fn, a), *right = constant(fn, b);
  return left && right ? (left->bits == right->bits ? Equal::Yes : Equal::No) : Equal::Maybe;
}

bool sameRoot(const dil::Function &fn, const Place &a, const Place &b) {
  if (a.root != b.root)
    return false;
  if (a.base == b.base)
    return true;
  const dil::Inst *left = fn[a.base].definition, *right = fn[b.base].definition;
  if (!left || !right || left->kind != right->kind)
    return false;
  if (auto *global = llvm::dyn_cast<dil::GlobalInst>(left))
    return global->global == llvm::cast<dil::GlobalInst>(right)->global;
  if (auto *borrow = llvm::dyn_cast<dil::LoadBorrowInst>(left))
    return borrow->place == llvm::cast<dil::LoadBorrowInst>(right)->place;
  return false;
}

/// The arrays of step `step` are surely the same.
bool samePrefix(const dil::Function &fn, const Place &a, const Place &b, size_t step) {
  if (!sameRoot(fn, a, b) || a.steps.size() <= step || b.steps.size() <= step)
    return false;
  for (size_t i = 0; i < step; ++i) {
    const Place::Step &left = a.steps[i], &right = b.steps[i];
    if (left.kind != right.kind || left.field != right.field || left.indices.size() != right.indices.size())
      return false;
    for (size_t k = 0; k < left.indices.size(); ++k)
      if (compare(fn, left.indices[k], right.indices[k]) != Equal::Yes)
        return false;
  }
  return a.steps[step].kind == b.steps[step].kind && a.steps[step].kind != Place::Step::Kind::Field;
}

} // namespace

bool SharedElements::isShared(const FunctionGen &gen, const Place &place, size_t step) const {
  unsigned count = 0;
  for (auto &[other, modifies] : places)
    count += samePrefix(gen.fn, *other, place, step);
  return count > 1;
}

bool SharedElements::isModified(const FunctionGen &gen, const Place &place) const {
  for (auto &[other, modifies] : places)
    for (size_t step = 0; modifies && step < place.steps.size(); ++step)
      if (samePrefix(gen.fn, *other, place, step))
        return true;
  return false;
}

ValueId &SharedElements::arrayOf(const FunctionGen &gen, const Place &place, size_t step) {
  for (Row &row : rows)
    if (row.step == step && samePrefix(gen.fn, *row.place, place, step))
      return row.array;
  rows.push_back({&place, step, ValueId()});
  return rows.back().array;
}

/// Panics if two references of one call lead to the same element.
void FunctionGen::checkDistinct(const Place &a, const Place &c) {
  if (!sameRoot(fn, a, c))
    return;
  llvm::SmallVector<std::pair<ValueId, ValueId>, 2> pairs;
  for (size_t i = 0; i < std::min(a.steps.size(), c.steps.size()); ++i) {
    const Place::Step &left = a.steps[i], &right = c.steps[i];
    if (left.kind != right.kind || left.field != right.field)
      return; // Different parts.
    for (size_t k = 0; k < left.indices.size(); ++k) {
      if (compare(fn, left.indices[k], right.indices[k]) == Equal::No)
        return;
      pairs.push_back({left.indices[k], right.indices[k]});
    }
  }
  if (pairs.empty())
    return; // Two references to one variable: an error that is found later.
  BlockId distinct = b.addBlock();
  for (auto &[left, right] : pairs) {
    BlockId next = b.addBlock();
    fn[next].isCold = true;
    bool differ = typeOf(left) != typeOf(right);
    ValueId x = differ ? convertPlain(left, types::Int64) : left, y = differ ? convertPlain(right, types::Int64) : right;
    b.condBr(b.cmp(dil::CmpOp::Ne, x, y), distinct, next);
    b.setBlock(next);
  }
  b.call(gen.runtime("dr_panic_message", {gen.param("message", types::String)}, types::Void),
         b.constString("two references to one element of an array in one call"));
  b.unreachable(dil::UnreachableReason::Never);
  b.setBlock(distinct);
}

} // namespace dream::dilgen
