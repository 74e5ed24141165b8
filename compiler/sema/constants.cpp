// Constant folding, with the arithmetic of the language: integers wrap to their width, floats are IEEE, floats saturate
// into integers.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"
#include "compiler/sema/walk.h"
#include <cmath>

namespace dream::sema {

using namespace ast;
using Kind = ConstValue::Kind;

void Checker::setConstant(const Expr *expr, const ConstValue &value) {
  if (!value)
    return;
  program.constants.push_back(value);
  program.exprs[expr].constant = program.constants.size() - 1;
}

/// Cut to the type's width, extended to 64 bits by its sign.
uint64_t wrap(const TypeTable &types, uint64_t bits, TypeId type) {
  unsigned width = types.bits(type);
  if (width == 0 || width >= 64)
    return bits;
  uint64_t mask = (uint64_t(1) << width) - 1;
  bits &= mask;
  if (types.isSigned(type) && (bits >> (width - 1)))
    bits |= ~mask;
  return bits;
}

ConstValue makeInt(const TypeTable &types, uint64_t bits, TypeId type) {
  ConstValue value;
  value.kind = Kind::Int;
  value.bits = wrap(types, bits, type);
  value.isUnsigned = !types.isSigned(type);
  return value;
}

ConstValue makeFloat(double number, TypeId type) {
  ConstValue value;
  value.kind = Kind::Float;
  value.number = type == types::Float32 ? double(float(number)) : number;
  return value;
}

ConstValue makeBool(bool truth) {
  ConstValue value;
  value.kind = Kind::Bool;
  value.bits = truth;
  return value;
}

ConstValue convertConstant(const TypeTable &types, const ConstValue &value, TypeId from, TypeId to) {
  if (!value || from == to)
    return value;
  if (types.kind(to) == TypeKind::Enum && value.kind == Kind::Int)
    return makeInt(types, value.bits, types.info(to).underlying);
  if (types.isInteger(to)) {
    switch (value.kind) {
    case Kind::Int: case Kind::Char: case Kind::Bool:
      return makeInt(types, value.bits, to);
    case Kind::Float: {
      // Saturating; NaN gives 0.
      unsigned width = types.bits(to);
      double low = types.isSigned(to) ? -std::ldexp(1.0, width - 1) : 0, high = std::ldexp(1.0, types.isSigned(to) ? width - 1 : width);
      if (std::isnan(value.number))
        return makeInt(types, 0, to);
      if (value.number <= low)
        return makeInt(types, types.isSigned(to) ? uint64_t(1) << (width - 1) : 0, to);
      if (value.number >= high)
        return makeInt(types, types.isSigned(to) ? (uint64_t(1) << (width - 1)) - 1 : ~uint64_t(0), to);
      return makeInt(types, types.isSigned(to) ? uint64_t(int64_t(value.number)) : uint64_t(value.number), to);
    }
    default:
      return {};
    }
  }
  if (types.isFloat(to)) {
    switch (value.kind) {
    case Kind::Int: return makeFloat(value.isUnsigned ? double(value.bits) : double(int64_t(value.bits)), to);
    case Kind::Float: return makeFloat(value.number, to);
    default: return {};
    }
  }
  if (to == types::Char && value.kind == Kind::Int) {
    if (value.bits > 0x10ffff || (value.bits >= 0xd800 && value.bits < 0xe000))
      return {};
    ConstValue result;
    result.kind = Kind::Char;
    result.bits = value.bits;
    return result;
  }
  if (types.kind(to) == TypeKind::Optional && (value.kind == Kind::Null || (value.kind == Kind::String && types[to].element == types::String)))
    return value;
  return {};
}

ConstValue literalParts(const Program &program, const Expr *expr) {
  auto parts = std::make_shared<std::vector<ConstValue>>();
  auto add = [&](const Expr *part) {
    ConstValue value = part && !llvm::isa<SpreadExpr>(part) ? constantValue(program, part) : ConstValue();
    parts->push_back(value);
    return bool(value);
  };
  auto isList = [&] {
    TypeKind kind = program.types.kind(program.facts(expr).type);
    return kind == TypeKind::Array || kind == TypeKind::FixedArray;
  };
  bool isConstant = false;
  if (auto *array = llvm::dyn_cast<ArrayLiteral>(expr))
    isConstant = isList() && llvm::all_of(array->elements, add);
  else if (auto *list = llvm::dyn_cast<InitializerList>(expr))
    isConstant = isList() && llvm::all_of(list->elements, [&](auto &element) { return !element.name && !element.index && add(element.value); });
  else if (auto *tuple = llvm::dyn_cast<TupleExpr>(expr))
    isConstant = program.types.kind(program.facts(expr).type) == TypeKind::Tuple &&
                 llvm::all_of(tuple->elements, [&](auto &element) { return add(element.value); });
  if (TypeId type = program.facts(expr).type; isConstant && program.types.kind(type) == TypeKind::FixedArray)
    isConstant = parts->size() == program.types[type].count;
  ConstValue value;
  if (isConstant && !parts->empty()) {
    value.kind = Kind::Parts;
    value.parts = std::move(parts);
  }
  return value;
}

ConstValue constantValue(const Program &program, const Expr *expr) {
  const ExprFacts &facts = program.facts(expr);
  const ConstValue &known = program.constants[facts.constant];
  const Expr *inner = stripParens(expr);
  if (!known && facts.type.isValid() && facts.type != types::Error &&
      llvm::isa<ArrayLiteral, InitializerList, TupleExpr>(inner) &&
      (facts.conversion.kind == ConversionKind::None || program.types.kind(facts.conversion.to) == TypeKind::Tuple))
    return inner == expr ? literalParts(program, expr) : constantValue(program, inner);
  if (facts.conversion.kind == ConversionKind::None)
    return known;
  if (facts.conversion.kind == ConversionKind::ToString) {
    ConstValue text;
    text.kind = Kind::String;
    if (known.kind == Kind::Bool)
      text.text = known.bits ? "true" : "false";
    else
      return {};
    return text;
  }
  return convertConstant(program.types, known, facts.type, facts.conversion.to);
}

//===-- Operators ---------------------------------------------------------------------------------------------===//

template <typename T> static std::optional<bool> compare(BinaryOp op, T a, T b) {
  switch (op) {
  case BinaryOp::Equal: return a == b;
  case BinaryOp::NotEqual: return a != b;
  case BinaryOp::Less: return a < b;
  case BinaryOp::Greater: return a > b;
  case BinaryOp::LessEqual: return a <= b;
  case BinaryOp::GreaterEqual: return a >= b;
  default: return std::nullopt;
  }
}

void Checker::foldBinary(const BinaryExpr *expr, TypeId type, bool isChecked) {
  ConstValue a = constantValue(program, expr->lhs), b = constantValue(program, expr->rhs);
  bool isDivision = expr->op == BinaryOp::Div || expr->op == BinaryOp::Rem;
  if (isDivision && types.isInteger(type) && b.kind == Kind::Int && b.bits == 0) {
    report(DiagId::DivisionByZero, expr->opRange);
    return;
  }
  if (!a || !b)
    return;
  if (types.kind(type) == TypeKind::Enum)
    type = types.info(types[type].nominal).underlying;
  if (a.kind == Kind::String && b.kind == Kind::String) {
    if (expr->op == BinaryOp::Add) {
      ConstValue text;
      text.kind = Kind::String;
      text.text = keepText(llvm::Twine(a.text) + b.text);
      setConstant(expr, text);
    } else if (auto truth = compare(expr->op, a.text.compare(b.text), 0)) {
      setConstant(expr, makeBool(*truth));
    }
    return;
  }
  if (a.kind == Kind::Bool && b.kind == Kind::Bool) {
    bool x = a.bits, y = b.bits;
    switch (expr->op) {
    case BinaryOp::LogicalAnd: case BinaryOp::BitAnd: setConstant(expr, makeBool(x && y)); break;
    case BinaryOp::LogicalOr: case BinaryOp::BitOr: setConstant(expr, makeBool(x || y)); break;
    case BinaryOp::BitXor: case BinaryOp::NotEqual: setConstant(expr, makeBool(x != y)); break;
    case BinaryOp::Equal: setConstant(expr, makeBool(x == y)); break;
    default: break;
    }
    return;
  }
  if (a.kind == Kind::Char && b.kind == Kind::Char) {
    if (auto truth = compare(expr->op, a.bits, b.bits))
      setConstant(expr, makeBool(*truth));
    return;
  }
  if (a.kind == Kind::Float && b.kind == Kind::Float) {
    if (auto truth = compare(expr->op, a.number, b.number)) {
      setConstant(expr, makeBool(*truth));
      return;
    }
    switch (expr->op) {
    case BinaryOp::Add: setConstant(expr, makeFloat(a.number + b.number, type)); break;
    case BinaryOp::Sub: setConstant(expr, makeFloat(a.number - b.number, type)); break;
    case BinaryOp::Mul: setConstant(expr, makeFloat(a.number * b.number, type)); break;
    case BinaryOp::Div: setConstant(expr, makeFloat(a.number / b.number, type)); break;
    case BinaryOp::Rem: setConstant(expr, makeFloat(std::fmod(a.number, b.number), type)); break;
    default: break;
    }
    return;
  }
  if (a.kind != Kind::Int || b.kind != Kind::Int)
    return;
  std::optional<bool> truth = a.isUnsigned ? compare(expr->op, a.bits, b.bits) : compare(expr->op, int64_t(a.bits), int64_t(b.bits));
  if (truth) {
    setConstant(expr, makeBool(*truth));
    return;
  }
  using Wide = __int128;
  Wide x = a.isUnsigned ? Wide(a.bits) : Wide(int64_t(a.bits)), y = b.isUnsigned ? Wide(b.bits) : Wide(int64_t(b.bits)), exact;
  unsigned width = types.bits(type), count = unsigned(b.bits) & (width - 1);
  switch (expr->op) {
  case BinaryOp::Add: exact = x + y; break;
  case BinaryOp::Sub: exact = x - y; break;
  case BinaryOp::Mul: exact = x * y; break;
  case BinaryOp::Div: exact = x / y; break;
  case BinaryOp::Rem: exact = x % y; break;
  case BinaryOp::BitAnd: exact = x & y; break;
  case BinaryOp::BitOr: exact = x | y; break;
  case BinaryOp::BitXor: exact = x ^ y; break;
  case BinaryOp::Shl: setConstant(expr, makeInt(types, a.bits << count, type)); return;
  case BinaryOp::Shr:
    setConstant(expr, makeInt(types, types.isSigned(type) ? uint64_t(int64_t(a.bits) >> count) : a.bits >> count, type));
    return;
  case BinaryOp::UShr: {
    uint64_t mask = width >= 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1;
    setConstant(expr, makeInt(types, (a.bits & mask) >> count, type));
    return;
  }
  default: return;
  }
  ConstValue result = makeInt(types, uint64_t(exact), type);
  Wide wrapped = result.isUnsigned ? Wide(result.bits) : Wide(int64_t(result.bits));
  if (wrapped != exact) {
    if (isChecked) {
      report(DiagId::ConstantOverflow, expr->range) << spell(type);
      return;
    }
    report(DiagId::ConstantWraps, expr->range) << spell(type) << (result.isUnsigned ? llvm::Twine(result.bits) : llvm::Twine(int64_t(result.bits)));
  }
  setConstant(expr, result);
}

void Checker::foldUnary(const UnaryExpr *expr, TypeId type) {
  ConstValue value = constantValue(program, expr->operand);
  switch (expr->op) {
  case UnaryOp::Plus:
    setConstant(expr, value);
    break;
  case UnaryOp::Minus:
    if (value.kind == Kind::Int)
      setConstant(expr, makeInt(types, 0 - value.bits, type));
    else if (value.kind == Kind::Float)
      setConstant(expr, makeFloat(-value.number, type));
    break;
  case UnaryOp::BitNot:
    if (value.kind == Kind::Int)
      setConstant(expr, makeInt(types, ~value.bits, types.kind(type) == TypeKind::Enum ? types.info(types[type].nominal).underlying : type));
    break;
  case UnaryOp::Not:
    if (value.kind == Kind::Bool)
      setConstant(expr, makeBool(!value.bits));
    break;
  default:
    break;
  }
}

bool Checker::constantBool(const Expr *expr, bool &value) {
  ConstValue constant = constantValue(program, expr);
  if (constant.kind == Kind::None)
    constant = constantOf(stripParens(expr));
  if (constant.kind == Kind::Bool || constant.kind == Kind::Int) {
    value = constant.bits != 0;
    return true;
  }
  return false;
}

//===-- Constants by name -------------------------------------------------------------------------------------===//

void Checker::needConstant(VariableId variable) {
  VariableInfo &info = program[variable];
  Global &row = globals[globalRows.lookup(variable)];
  if (row.type == Progress::Done || !info.init)
    return;
  if (row.type == Progress::Running) {
    report(DiagId::RecursiveInitialiser, info.range) << info.name.text();
    info.type = types::Error;
    return;
  }
  checkInitialiser(variable);
}

/// The values of an enum's variants: written, or one more than the one before.
void Checker::needVariants(NominalId type) {
  if (detail(type).layout != Progress::NotStarted)
    return;
  detail(type).layout = Progress::Running;
  In in(*this, detail(type).layer);
  auto *decl = llvm::cast<EnumDecl>(detail(type).decl);
  FileContext &file = *detail(type).file;
  if (isPayloadEnum(types.info(type).type)) {
    declareVariantParts(type, decl);
    detail(type).layout = Progress::Done;
    return;
  }
  if (decl->underlying) {
    TypeId underlying = resolveType(decl->underlying, file, detail(type).outer);
    if (types.isInteger(underlying))
      types.info(type).underlying = underlying;
    else if (underlying != types::Error)
      report(DiagId::EnumUnderlying, decl->underlying->range) << spell(underlying);
  }
  TypeId underlying = types.info(type).underlying;
  uint64_t next = 0;
  for (const EnumVariantDecl *variant : decl->variants) {
    VariableId constant = program.declared.get(variant);
    if (variant->value) {
      Enter enter(*this, file, type, program.layer);
      cx->inInitialiser = true;
      // A number, or flags joined.
      TypeId given = checkValue(variant->value, underlying);
      if (given != types::Error && given != types.info(type).type)
        given = coerce(variant->value, underlying);
      if (given != types::Error) {
        ConstValue value = constantValue(program, variant->value);
        if (value.kind == Kind::Int)
          next = value.bits;
        else
          report(DiagId::NotConstant, variant->value->range) << variant->name.text();
      }
    } else if (!constantFits(makeInt(types, next, types::Int64), underlying) && types.bits(underlying) < 64) {
      report(DiagId::ConstantDoesNotFit, variant->nameRange) << int64_t(next) << spell(underlying);
    }
    ConstValue value = makeInt(types, next, underlying);
    program[constant].constant = value;
    types.info(type).cases.push_back({variant->name, {}, int64_t(value.bits)});
    ++next;
  }
  detail(type).layout = Progress::Done;
}

static void walkNames(const Node *node, llvm::function_ref<void(const NameExpr *)> visit) {
  if (auto *name = llvm::dyn_cast<NameExpr>(node))
    visit(name);
  forEachChild(node, [&](const Node *child) { walkNames(child, visit); });
}

static bool contains(SourceRange outer, SourceRange inner) { return outer.begin.offset <= inner.begin.offset && inner.end.offset <= outer.end.offset; }

/// Does the expression stand in the body that is being checked?
bool Checker::isInBody(const Expr *expr, const FileContext &file) const {
  if (!cx || cx->file != &file || !cx->function.isValid())
    return false;
  const FunctionInfo &info = program[cx->function];
  if (info.kind == FunctionKind::Main)
    return llvm::any_of(program.mainStatements, [&](const Stmt *stmt) { return contains(stmt->range, expr->range); });
  if (info.lambda)
    return contains(info.lambda->range, expr->range);
  auto *func = llvm::dyn_cast_or_null<FuncDecl>(info.decl);
  return func && func->block && contains(func->block->range, expr->range);
}

std::optional<uint64_t> Checker::arraySize(const Expr *expr, FileContext &file, NominalId scope) {
  if (!expr)
    return std::nullopt;
  // Inside of a body its constants are in sight; a declaration elsewhere sees what is around it.
  TypeId type;
  if (isInBody(expr, file)) {
    type = checkValue(expr);
  } else {
    Enter enter(*this, file, scope, program.layer);
    type = checkValue(expr);
  }
  if (type == types::Error)
    return std::nullopt;
  // A length that only instances know: the parameter's number under the top bit, or something that is equal to itself.
  if (isOpaque(program.layer) && types.isInteger(type) && !constantOf(stripParens(expr))) {
    if (auto *name = llvm::dyn_cast<NameExpr>(stripParens(expr)))
      if (const TypeBinding *binding = findBinding(name->name); binding && binding->constant.isValid())
        return (uint64_t(1) << 63) + types[binding->arg].count;
    bool mentions = false;
    walkNames(expr, [&](const NameExpr *name) {
      const TypeBinding *binding = findBinding(name->name);
      mentions |= binding && binding->constant.isValid();
    });
    if (mentions)
      return (uint64_t(1) << 63) + (uint64_t(1) << 40) + expr->id.index;
  }
  const ConstValue &value = constantOf(stripParens(expr));
  if (!types.isInteger(type) || value.kind != Kind::Int) {
    auto diag = report(DiagId::SizeNotConstant, expr->range);
    diag.note(expr->range, "an array whose length is known later is 'new T[n]', of type 'T[]'");
    return std::nullopt;
  }
  if ((!value.isUnsigned && int64_t(value.bits) <= 0) || value.bits == 0 || value.bits > (uint64_t(1) << 40)) {
    report(DiagId::BadArraySize, expr->range) << (value.isUnsigned ? llvm::Twine(value.bits) : llvm::Twine(int64_t(value.bits)));
    return std::nullopt;
  }
  return value.bits;
}

} // namespace dream::sema
