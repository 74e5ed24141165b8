// Literals and expressions.
#include "compiler/syntax/printer_impl.h"
#include "compiler/syntax/unicode.h"
#include "llvm/Support/Format.h"

namespace dream::ast {

// ---- Literals -------------------------------------------------------------------------------------------------------

void Printer::escaped(llvm::StringRef text, bool isInterpolated) {
  for (const char *at = text.begin(); at != text.end();) {
    const char *from = at;
    uint32_t scalar = decodeUtf8(at, text.end());
    switch (scalar) {
    case '\n': out << "\\n"; continue;
    case '\t': out << "\\t"; continue;
    case '\r': out << "\\r"; continue;
    case '"': out << "\\\""; continue;
    case '\\': out << "\\\\"; continue;
    case '{':
    case '}':
      out << char(scalar);
      if (isInterpolated)
        out << char(scalar);
      continue;
    }
    if (scalar < 0x20 || scalar == 0x7F || isInvisible(scalar) || isBidiControl(scalar))
      out << llvm::format("\\u{%X}", scalar);
    else
      out << llvm::StringRef(from, at - from);
  }
}

void Printer::write(const InterpolatedString &string) {
  out << "$\"";
  for (const InterpolatedString::Part &part : string.parts) {
    if (!part.hole) {
      escaped(part.text, true);
      continue;
    }
    out << '{';
    expr(part.hole);
    if (part.width) {
      out << ',';
      expr(part.width);
    }
    if (!part.format.empty())
      out << ':' << part.format;
    out << '}';
  }
  out << '"';
}

static void floatLiteral(const FloatLiteral &literal, llvm::raw_ostream &out) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(literal.isSingle ? "%.9g" : "%.17g", literal.value);
  out << text;
  if (llvm::StringRef(text).find_first_of(".e") == llvm::StringRef::npos)
    out << ".0";
  out << (literal.isSingle ? "f" : "");
}

// ---- Expressions ----------------------------------------------------------------------------------------------------

void Printer::args(List<const Argument *> args) {
  commas(args, [&](const Argument *argument) { node(argument); });
}

void Printer::write(const Argument &argument) {
  if (argument.name) {
    name(argument.name);
    out << ": ";
  }
  if (argument.mode != ParamMode::Value)
    out << spelling(argument.mode) << ' ';
  if (argument.outVariable)
    node(argument.outVariable);
  else
    expr(argument.value);
}

/// One variable alone, as `out` declares it.
void Printer::write(const VariableDecl &variable) {
  if (!variable.name) {
    out << "_"; // `out _`
    return;
  }
  if (variable.type)
    type(variable.type);
  else
    out << "var";
  out << ' ';
  name(variable.name);
}

void Printer::region(const NameExpr *region) {
  if (!region)
    return;
  out << " in ";
  expr(region);
}

void Printer::write(const InitializerList &init) {
  out << (init.elements.empty() ? "{" : "{ ");
  commas(init.elements, [&](const InitializerList::Element &element) {
    if (element.name) {
      name(element.name);
      out << " = ";
    } else if (element.index) {
      out << '[';
      expr(element.index);
      out << "] = ";
    }
    expr(element.value);
  });
  out << (init.elements.empty() ? "}" : " }");
}

void Printer::write(const NewArray &array) {
  out << "new";
  if (array.element) {
    // Brackets of the element's own would join those that follow.
    bool isGrouped = llvm::isa<ArrayType, FixedArrayType, OwnType, WeakType>(array.element);
    out << (isGrouped ? " (" : " ");
    type(array.element);
    out << (isGrouped ? ")" : "");
  }
  for (size_t i = 0; i < array.ranks.size(); ++i) {
    out << '[';
    if (i == 0 && !array.sizes.empty())
      exprs(array.sizes);
    else
      out << std::string(array.ranks[i] - 1, ',');
    out << ']';
  }
  if (array.init) {
    out << ' ';
    expr(array.init);
  }
  region(array.region);
}

void Printer::write(const LambdaExpr &lambda) {
  if (lambda.hasCaptureList) {
    out << '[';
    commas(lambda.captures, [&](const LambdaExpr::Capture &capture) {
      switch (capture.mode) {
      case LambdaExpr::CaptureMode::Copy: break;
      case LambdaExpr::CaptureMode::Ref: out << "ref "; break;
      case LambdaExpr::CaptureMode::Move: out << "move "; break;
      }
      name(capture.name);
    });
    out << "] ";
  }
  params(lambda.params, false);
  out << " => ";
  if (lambda.block)
    stmt(lambda.block);
  else
    expr(lambda.expr);
}

void Printer::write(const MatchExpr &match) {
  out << "match (";
  exprs(match.values);
  out << ") {";
  ++depth;
  for (const MatchArm *arm : match.arms) {
    newline();
    node(arm);
    out << ',';
  }
  --depth;
  newline();
  out << '}';
}

void Printer::write(const MatchArm &arm) {
  pattern(arm.pattern);
  if (arm.guard) {
    out << " if ";
    expr(arm.guard);
  }
  out << " => ";
  if (arm.expr) {
    expr(arm.expr);
    return;
  }
  out << '{';
  ++depth;
  for (const Stmt *statement : arm.block->statements) {
    newline();
    stmt(statement);
  }
  if (arm.blockValue) {
    newline();
    expr(arm.blockValue);
  }
  --depth;
  newline();
  out << '}';
}

void Printer::write(const IntLiteral &literal) {
  out << literal.value << (literal.isUnsigned ? "u" : "") << (literal.isLong ? "l" : "");
}

void Printer::write(const FloatLiteral &node) {
  floatLiteral(node, out);
}

void Printer::write(const CharLiteral &node) {
  uint32_t scalar = node.value;
  llvm::SmallString<4> text;
  appendUtf8(scalar, text);
  out << '\'';
  if (scalar == '\'')
    out << "\\'";
  else
    escaped(text, false);
  out << '\'';
}

void Printer::write(const StringLiteral &node) {
  out << '"';
  escaped(node.value, false);
  out << '"';
}

void Printer::write(const BoolLiteral &node) {
  out << (node.value ? "true" : "false");
}

void Printer::write(const NullLiteral &) {
  out << "null";
}

void Printer::write(const NameExpr &reference) {
  name(reference.name);
  typeArgs(reference.typeArgs);
}

void Printer::write(const BuiltinTypeExpr &node) {
  out << spelling(node.builtin);
}

void Printer::write(const ThisExpr &) {
  out << "this";
}

void Printer::write(const BaseExpr &) {
  out << "base";
}

void Printer::write(const ParenExpr &node) {
  out << '(';
  expr(node.inner);
  out << ')';
}

void Printer::write(const TupleExpr &node) {
  out << '(';
  commas(node.elements, [&](const TupleExpr::Element &element) {
    if (element.name) {
      name(element.name);
      out << ": ";
    }
    expr(element.value);
  });
  out << ')';
}

void Printer::write(const ArrayLiteral &node) {
  out << '[';
  exprs(node.elements);
  out << ']';
}

void Printer::write(const SpreadExpr &node) {
  auto *value = node.value;
  auto *range = llvm::dyn_cast<RangeExpr>(value);
  out << (range && !range->begin ? ".. " : "..");
  expr(value);
}

void Printer::write(const NewObject &object) {
  out << "new";
  if (object.type) {
    out << ' ';
    elementType(object.type);
  }
  if (object.hasArgs) {
    out << '(';
    args(object.args);
    out << ')';
  }
  if (object.init) {
    out << ' ';
    expr(object.init);
  }
  region(object.region);
}

void Printer::write(const DefaultExpr &node) {
  auto *of = node.type;
  out << "default";
  if (of) {
    out << '(';
    type(of);
    out << ')';
  }
}

void Printer::write(const TypeQueryExpr &query) {
  out << spelling(query.query) << '(';
  type(query.type);
  if (query.field) {
    out << ", ";
    name(query.field);
  }
  out << ')';
}

void Printer::write(const NameofExpr &node) {
  out << "nameof(";
  expr(node.value);
  out << ')';
}

void Printer::write(const CheckedExpr &checked) {
  out << (checked.isChecked ? "checked(" : "unchecked(");
  expr(checked.value);
  out << ')';
}

void Printer::write(const AssignExpr &assign) {
  expr(assign.target);
  out << ' ' << spelling(assign.op) << ' ';
  expr(assign.value);
}

void Printer::write(const ConditionalExpr &conditional) {
  expr(conditional.condition);
  out << " ? ";
  expr(conditional.whenTrue);
  out << " : ";
  expr(conditional.whenFalse);
}

void Printer::write(const BinaryExpr &binary) {
  expr(binary.lhs);
  out << ' ' << spelling(binary.op) << ' ';
  expr(binary.rhs);
}

void Printer::write(const UnaryExpr &unary) {
  out << spelling(unary.op);
  // `- -x` and `& &x` would join.
  if (unary.op == UnaryOp::Move || llvm::isa<UnaryExpr>(unary.operand))
    out << ' ';
  expr(unary.operand);
}

void Printer::write(const PostfixExpr &postfix) {
  expr(postfix.operand);
  out << spelling(postfix.op);
}

void Printer::write(const CastExpr &cast) {
  out << '(';
  type(cast.type);
  out << ')';
  expr(cast.operand);
}

void Printer::write(const IsExpr &is) {
  expr(is.value);
  out << " is ";
  pattern(is.pattern);
}

void Printer::write(const AsExpr &as) {
  expr(as.value);
  out << " as ";
  type(as.type);
}

void Printer::write(const RangeExpr &range) {
  if (range.begin)
    expr(range.begin);
  out << (range.inclusive ? "..=" : "..");
  if (range.end)
    expr(range.end);
}

void Printer::write(const MemberExpr &member) {
  expr(member.object);
  // `e? .m` is the member of what `e?` gives, not `e?.m`.
  auto *postfix = llvm::dyn_cast<PostfixExpr>(member.object);
  if (postfix && postfix->op == PostfixOp::Propagate)
    out << ' ';
  out << spelling(member.access);
  name(member.name);
  typeArgs(member.typeArgs);
}

void Printer::write(const IndexExpr &index) {
  expr(index.object);
  out << (index.conditional ? "?[" : "[");
  args(index.args);
  out << ']';
}

void Printer::write(const CallExpr &call) {
  expr(call.callee);
  out << '(';
  args(call.args);
  out << ')';
}

void Printer::write(const ThrowExpr &node) {
  out << "throw ";
  expr(node.value);
}

void Printer::write(const ErrorExpr &) {
  out << "/* error */";
}

} // namespace dream::ast
