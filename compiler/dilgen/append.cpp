// `s += e`, `s = s + e` and `xs = [..xs, e]` where nothing in `e` can see or change the variable: what it held is moved into its new
// value, which grows in place and by doubling, so that a loop of them takes linear time.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;
using sema::EntityKind;

/// The same variable, or the same field on a way of variables and fields.
static bool samePlace(const sema::Program &program, const Expr *a, const Expr *b) {
  a = stripParens(a);
  b = stripParens(b);
  const sema::ExprFacts &left = program.facts(a), &right = program.facts(b);
  bool isPlace = left.entity == EntityKind::Variable || left.entity == EntityKind::Field;
  if (!isPlace || left.entity != right.entity || left.variable != right.variable || left.implicitThis != right.implicitThis ||
      left.conversion.kind != sema::ConversionKind::None)
    return false;
  if (llvm::isa<NameExpr>(a) && llvm::isa<NameExpr>(b))
    return true;
  auto *one = llvm::dyn_cast<MemberExpr>(a), *other = llvm::dyn_cast<MemberExpr>(b);
  return one && other && one->access == other->access && one->access == MemberAccess::Dot && samePlace(program, one->object, other->object);
}

/// A test has told more of it than its type does.
static bool isNarrowed(const sema::Program &program, const Expr *target) {
  const sema::ExprFacts &facts = program.facts(target);
  return facts.variable.isValid() && program[facts.variable].type != facts.type;
}

/// Of a whole variable of this function that nobody else knows, nothing but its own name tells; of another place, whatever runs may.
bool FunctionGen::isSeenBy(const Expr *target, llvm::ArrayRef<const Expr *> parts, bool (*isQuiet)(const sema::Program &, const Expr *)) {
  VariableId root = rootVariable(program, target);
  bool isOwnSlot = root.isValid() && llvm::isa<NameExpr>(target) && program.facts(target).entity == EntityKind::Variable &&
                   storage.lookup(root).isAddress && storage.count(root) && !facts.nestedWrites.contains(root);
  return llvm::any_of(parts, [&](const Expr *part) {
    return (root.isValid() && mentions(program, part, root)) || (!isOwnSlot && !isQuiet(program, part));
  });
}

bool FunctionGen::appendInPlace(const AssignExpr *expr) {
  const Expr *target = stripParens(expr->target);
  const sema::ExprFacts &targetFacts = program.facts(target);
  bool isAssign = expr->op == AssignOp::Assign;
  const Expr *value = isAssign ? stripParens(expr->value) : nullptr;
  const sema::ExprFacts &facts = program.facts(value ? value : expr);
  if (facts.op != sema::OperatorKind::StringConcat || facts.constant || targetFacts.type != types::String ||
      targetFacts.entity == EntityKind::Property || targetFacts.entity == EntityKind::Indexer || isNarrowed(program, target))
    return false;
  llvm::SmallVector<const Expr *, 4> collected;
  collectConcat(expr->value, collected);
  llvm::ArrayRef<const Expr *> parts(collected);
  if (isAssign) {
    if (facts.conversion.kind != sema::ConversionKind::None || parts.size() < 2 || !samePlace(program, target, parts.front()))
      return false;
    parts = parts.drop_front();
  }
  if (isSeenBy(target, parts, isQuietText))
    return false;

  size_t start = mark();
  Place place = preparePlace(target, Want::Borrow);
  llvm::SmallVector<ValueId, 4> texts;
  for (const Expr *part : parts)
    texts.push_back(emit(part, Want::Borrow));
  ValueId at = open(place, /*isModify=*/true);
  ValueId text = b.loadTake(at);
  FuncId append = gen.runtime("dr_str_append",
                              {gen.param("text", types::String, dil::Convention::Own), gen.param("more", types::String)}, types::String);
  for (ValueId more : texts)
    text = b.call(append, {text, more});
  b.init(at, text);
  endTo(start);
  return true;
}

bool FunctionGen::extendInPlace(const AssignExpr *expr) {
  const Expr *target = stripParens(expr->target);
  auto *literal = llvm::dyn_cast<ArrayLiteral>(stripParens(expr->value));
  if (expr->op != AssignOp::Assign || !literal || literal->elements.size() < 2)
    return false;
  TypeId type = program.facts(target).type;
  auto *spread = llvm::dyn_cast<SpreadExpr>(literal->elements.front());
  auto parts = llvm::ArrayRef<const Expr *>(literal->elements.begin(), literal->elements.end()).drop_front();
  if (types.kind(type) != TypeKind::Array || program.facts(literal).type != type || program.facts(literal).conversion.kind != sema::ConversionKind::None ||
      isNarrowed(program, target) || !spread || !samePlace(program, target, spread->value) || llvm::any_of(parts, [](const Expr *part) { return llvm::isa<SpreadExpr>(part); }))
    return false;
  TypeId elementType = types[type].element;
  // Elements that may be unset are looked at when they are copied.
  if (!types.hasZeroValue(elementType) || types.isMoveOnly(elementType) || isSeenBy(target, parts, isInert))
    return false;

  size_t start = mark();
  Place place = preparePlace(target, Want::Borrow);
  if (place.type != type)
    llvm::report_fatal_error("dilgen: a variable is extended that is none of its type");
  llvm::SmallVector<ValueId, 4> values;
  for (const Expr *part : parts) {
    values.push_back(emitInitializer(part, elementType));
    protect(values.back());
  }
  ValueId at = open(place, /*isModify=*/true);
  ValueId old = b.loadBorrow(at);
  ValueId length = b.len(old);
  b.endBorrow(old);
  ValueId more = constInt(int64_t(values.size()));
  BlockId create = b.addBlock(), grow = b.addBlock(), join = b.addBlock();
  b.condBr(b.cmp(dil::CmpOp::Eq, length, constInt(0)), create, grow);
  b.setBlock(create);
  b.assign(at, b.allocArray(type, more));
  b.br(join);
  b.setBlock(grow);
  dil::Param array = gen.param("items", type, dil::Convention::Address);
  array.mode = PassMode::Ref;
  ValueId growing = b.accessModify(at);
  b.call(gen.runtime("dr_elements_grow", {array, gen.param("more", types::Int32)}, types::Void), {growing, more});
  b.endAccess(growing);
  b.br(join);
  b.setBlock(join);
  ValueId access = b.accessModify(at);
  ValueId own = b.unique(access);
  llvm::cast<dil::UniqueInst>(fn[own].definition)->isKnown = true;
  for (size_t i = 0; i < values.size(); ++i) {
    if (isOwned(values[i]))
      forget(values[i]);
    b.init(b.elem(own, b.arith(dil::ArithOp::Add, length, constInt(int64_t(i)))), values[i]);
  }
  b.endAccess(access);
  endTo(start);
  return true;
}

} // namespace dream::dilgen
