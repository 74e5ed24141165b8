#include "compiler/syntax/printer_impl.h"
#include "compiler/syntax/unicode.h"
#include "llvm/Support/Format.h"

namespace dream::ast {

// ---- Types ----------------------------------------------------------------------------------------------------------

void Printer::typeArgs(List<const TypeNode *> args) {
  if (args.empty())
    return;
  out << '<';
  types(args);
  out << '>';
}

/// A type before a suffix.
void Printer::elementType(const TypeNode *node) {
  bool isGrouped = llvm::isa<OwnType, WeakType>(node);
  if (isGrouped)
    out << '(';
  type(node);
  if (isGrouped)
    out << ')';
}

void Printer::type(const TypeNode *node) {
  switch (node->kind) {
  case NodeKind::BuiltinType:
    out << spelling(llvm::cast<BuiltinType>(node)->builtin);
    return;
  case NodeKind::NamedType: {
    bool isFirst = true;
    for (const NamedType::Part &part : llvm::cast<NamedType>(node)->parts) {
      out << (isFirst ? "" : ".");
      isFirst = false;
      name(part.name);
      typeArgs(part.args);
    }
    return;
  }
  case NodeKind::OptionalType: {
    auto *element = llvm::cast<OptionalType>(node)->element;
    // `T??` would read as an operator behind `is` and `as`.
    if (llvm::isa<OptionalType>(element)) {
      out << '(';
      type(element);
      out << ')';
    } else {
      elementType(element);
    }
    out << '?';
    return;
  }
  case NodeKind::PointerType: {
    auto &pointer = *llvm::cast<PointerType>(node);
    out << (pointer.isConst ? "const " : "");
    elementType(pointer.element);
    out << '*';
    return;
  }
  case NodeKind::ArrayType:
  case NodeKind::FixedArrayType: {
    const TypeNode *innermost = node;
    while (true) {
      if (auto *array = llvm::dyn_cast<ArrayType>(innermost))
        innermost = array->element;
      else if (auto *fixed = llvm::dyn_cast<FixedArrayType>(innermost))
        innermost = fixed->element;
      else
        break;
    }
    elementType(innermost);
    brackets(node, innermost);
    return;
  }
  case NodeKind::TupleType:
    out << '(';
    commas(llvm::cast<TupleType>(node)->elements, [&](const TupleType::Element &element) {
      type(element.type);
      if (element.name) {
        out << ' ';
        name(element.name);
      }
    });
    out << ')';
    return;
  case NodeKind::FuncType: {
    auto &func = *llvm::cast<FuncType>(node);
    out << (func.returnsRef ? "func ref " : "func ");
    type(func.result);
    out << '(';
    commas(func.params, [&](const FuncType::Param &param) {
      if (param.mode != ParamMode::Value)
        out << spelling(param.mode) << ' ';
      type(param.type);
      if (param.name) {
        out << ' ';
        name(param.name);
      }
    });
    out << ')';
    return;
  }
  case NodeKind::OwnType:
    out << "own ";
    type(llvm::cast<OwnType>(node)->element);
    return;
  case NodeKind::WeakType:
    out << "weak ";
    type(llvm::cast<WeakType>(node)->element);
    return;
  case NodeKind::ConstArgType: {
    auto *value = llvm::cast<ConstArgType>(node)->value;
    bool isNumber = llvm::isa<IntLiteral>(value);
    out << (isNumber ? "" : "(");
    expr(value);
    out << (isNumber ? "" : ")");
    return;
  }
  case NodeKind::ErrorType:
    out << "/* error */";
    return;
  default: // No types.
    llvm_unreachable("a type of no kind");
  }
}

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

void Printer::interpolated(const InterpolatedString &string) {
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
  commas(args, [&](const Argument *argument) {
    if (argument->name) {
      name(argument->name);
      out << ": ";
    }
    if (argument->mode != ParamMode::Value)
      out << spelling(argument->mode) << ' ';
    if (const VariableDecl *variable = argument->outVariable) {
      if (variable->type)
        type(variable->type);
      else
        out << "var";
      out << ' ';
      name(variable->name);
    } else {
      expr(argument->value);
    }
  });
}

void Printer::region(Name region) {
  if (!region)
    return;
  out << " in ";
  name(region);
}

void Printer::initializer(const InitializerList &init) {
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

void Printer::newArray(const NewArray &array) {
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

void Printer::lambda(const LambdaExpr &lambda) {
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
    block(lambda.block);
  else
    expr(lambda.expr);
}

void Printer::match(const MatchExpr &match) {
  out << "match (";
  exprs(match.values);
  out << ") {";
  ++depth;
  for (const MatchArm *arm : match.arms) {
    newline();
    pattern(arm->pattern);
    if (arm->guard) {
      out << " if ";
      expr(arm->guard);
    }
    out << " => ";
    if (arm->expr) {
      expr(arm->expr);
    } else {
      out << '{';
      ++depth;
      for (const Stmt *statement : arm->block->statements) {
        newline();
        stmt(statement);
      }
      if (arm->blockValue) {
        newline();
        expr(arm->blockValue);
      }
      --depth;
      newline();
      out << '}';
    }
    out << ',';
  }
  --depth;
  newline();
  out << '}';
}

void Printer::expr(const Expr *node) {
  switch (node->kind) {
  case NodeKind::IntLiteral: {
    auto &literal = *llvm::cast<IntLiteral>(node);
    out << literal.value << (literal.isUnsigned ? "u" : "") << (literal.isLong ? "l" : "");
    return;
  }
  case NodeKind::FloatLiteral:
    floatLiteral(*llvm::cast<FloatLiteral>(node), out);
    return;
  case NodeKind::CharLiteral: {
    uint32_t scalar = llvm::cast<CharLiteral>(node)->value;
    llvm::SmallString<4> text;
    appendUtf8(scalar, text);
    out << '\'';
    if (scalar == '\'')
      out << "\\'";
    else
      escaped(text, false);
    out << '\'';
    return;
  }
  case NodeKind::StringLiteral:
    out << '"';
    escaped(llvm::cast<StringLiteral>(node)->value, false);
    out << '"';
    return;
  case NodeKind::BoolLiteral:
    out << (llvm::cast<BoolLiteral>(node)->value ? "true" : "false");
    return;
  case NodeKind::NullLiteral:
    out << "null";
    return;
  case NodeKind::InterpolatedString:
    interpolated(*llvm::cast<InterpolatedString>(node));
    return;
  case NodeKind::NameExpr: {
    auto &reference = *llvm::cast<NameExpr>(node);
    name(reference.name);
    typeArgs(reference.typeArgs);
    return;
  }
  case NodeKind::BuiltinTypeExpr:
    out << spelling(llvm::cast<BuiltinTypeExpr>(node)->builtin);
    return;
  case NodeKind::ThisExpr:
    out << "this";
    return;
  case NodeKind::BaseExpr:
    out << "base";
    return;
  case NodeKind::ParenExpr:
    out << '(';
    expr(llvm::cast<ParenExpr>(node)->inner);
    out << ')';
    return;
  case NodeKind::TupleExpr:
    out << '(';
    commas(llvm::cast<TupleExpr>(node)->elements, [&](const TupleExpr::Element &element) {
      if (element.name) {
        name(element.name);
        out << ": ";
      }
      expr(element.value);
    });
    out << ')';
    return;
  case NodeKind::ArrayLiteral:
    out << '[';
    exprs(llvm::cast<ArrayLiteral>(node)->elements);
    out << ']';
    return;
  case NodeKind::SpreadExpr: {
    auto *value = llvm::cast<SpreadExpr>(node)->value;
    auto *range = llvm::dyn_cast<RangeExpr>(value);
    out << (range && !range->begin ? ".. " : "..");
    expr(value);
    return;
  }
  case NodeKind::InitializerList:
    initializer(*llvm::cast<InitializerList>(node));
    return;
  case NodeKind::NewObject: {
    auto &object = *llvm::cast<NewObject>(node);
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
      initializer(*object.init);
    }
    region(object.region);
    return;
  }
  case NodeKind::NewArray:
    newArray(*llvm::cast<NewArray>(node));
    return;
  case NodeKind::MatchExpr:
    match(*llvm::cast<MatchExpr>(node));
    return;
  case NodeKind::DefaultExpr: {
    auto *of = llvm::cast<DefaultExpr>(node)->type;
    out << "default";
    if (of) {
      out << '(';
      type(of);
      out << ')';
    }
    return;
  }
  case NodeKind::TypeQueryExpr: {
    auto &query = *llvm::cast<TypeQueryExpr>(node);
    out << spelling(query.query) << '(';
    type(query.type);
    if (query.field) {
      out << ", ";
      name(query.field);
    }
    out << ')';
    return;
  }
  case NodeKind::NameofExpr:
    out << "nameof(";
    expr(llvm::cast<NameofExpr>(node)->value);
    out << ')';
    return;
  case NodeKind::CheckedExpr: {
    auto &checked = *llvm::cast<CheckedExpr>(node);
    out << (checked.isChecked ? "checked(" : "unchecked(");
    expr(checked.value);
    out << ')';
    return;
  }
  case NodeKind::LambdaExpr:
    lambda(*llvm::cast<LambdaExpr>(node));
    return;
  case NodeKind::AssignExpr: {
    auto &assign = *llvm::cast<AssignExpr>(node);
    expr(assign.target);
    out << ' ' << spelling(assign.op) << ' ';
    expr(assign.value);
    return;
  }
  case NodeKind::ConditionalExpr: {
    auto &conditional = *llvm::cast<ConditionalExpr>(node);
    expr(conditional.condition);
    out << " ? ";
    expr(conditional.whenTrue);
    out << " : ";
    expr(conditional.whenFalse);
    return;
  }
  case NodeKind::BinaryExpr: {
    auto &binary = *llvm::cast<BinaryExpr>(node);
    expr(binary.lhs);
    out << ' ' << spelling(binary.op) << ' ';
    expr(binary.rhs);
    return;
  }
  case NodeKind::UnaryExpr: {
    auto &unary = *llvm::cast<UnaryExpr>(node);
    out << spelling(unary.op);
    // `- -x` and `& &x` would join.
    if (unary.op == UnaryOp::Move || llvm::isa<UnaryExpr>(unary.operand))
      out << ' ';
    expr(unary.operand);
    return;
  }
  case NodeKind::PostfixExpr: {
    auto &postfix = *llvm::cast<PostfixExpr>(node);
    expr(postfix.operand);
    out << spelling(postfix.op);
    return;
  }
  case NodeKind::CastExpr: {
    auto &cast = *llvm::cast<CastExpr>(node);
    out << '(';
    type(cast.type);
    out << ')';
    expr(cast.operand);
    return;
  }
  case NodeKind::IsExpr: {
    auto &is = *llvm::cast<IsExpr>(node);
    expr(is.value);
    out << " is ";
    pattern(is.pattern);
    return;
  }
  case NodeKind::AsExpr: {
    auto &as = *llvm::cast<AsExpr>(node);
    expr(as.value);
    out << " as ";
    type(as.type);
    return;
  }
  case NodeKind::RangeExpr: {
    auto &range = *llvm::cast<RangeExpr>(node);
    if (range.begin)
      expr(range.begin);
    out << (range.inclusive ? "..=" : "..");
    if (range.end)
      expr(range.end);
    return;
  }
  case NodeKind::MemberExpr: {
    auto &member = *llvm::cast<MemberExpr>(node);
    expr(member.object);
    // `e? .m` is the member of what `e?` gives, not `e?.m`.
    auto *postfix = llvm::dyn_cast<PostfixExpr>(member.object);
    if (postfix && postfix->op == PostfixOp::Propagate)
      out << ' ';
    out << spelling(member.access);
    name(member.name);
    typeArgs(member.typeArgs);
    return;
  }
  case NodeKind::IndexExpr: {
    auto &index = *llvm::cast<IndexExpr>(node);
    expr(index.object);
    out << (index.conditional ? "?[" : "[");
    args(index.args);
    out << ']';
    return;
  }
  case NodeKind::CallExpr: {
    auto &call = *llvm::cast<CallExpr>(node);
    expr(call.callee);
    out << '(';
    args(call.args);
    out << ')';
    return;
  }
  case NodeKind::ThrowExpr:
    out << "throw ";
    expr(llvm::cast<ThrowExpr>(node)->value);
    return;
  case NodeKind::ErrorExpr:
    out << "/* error */";
    return;
  default: // No expressions.
    llvm_unreachable("an expression of no kind");
  }
}

// ---- Patterns -------------------------------------------------------------------------------------------------------

void Printer::names(const NamesTree *tree) {
  if (tree->children.empty()) {
    name(tree->variable->name);
    return;
  }
  out << '(';
  commas(tree->children, [&](const NamesTree *child) { names(child); });
  out << ')';
}

void Printer::groupedPattern(const Pattern *node, bool isGrouped) {
  out << (isGrouped ? "(" : "");
  pattern(node);
  out << (isGrouped ? ")" : "");
}

void Printer::pattern(const Pattern *node) {
  switch (node->kind) {
  case NodeKind::WildcardPattern:
    out << '_';
    return;
  case NodeKind::ConstantPattern:
    expr(llvm::cast<ConstantPattern>(node)->value);
    return;
  case NodeKind::RangePattern: {
    auto &range = *llvm::cast<RangePattern>(node);
    if (range.low)
      expr(range.low);
    out << (range.inclusive ? "..=" : "..");
    if (range.high)
      expr(range.high);
    return;
  }
  case NodeKind::RelationalPattern: {
    auto &relational = *llvm::cast<RelationalPattern>(node);
    out << spelling(relational.op) << ' ';
    expr(relational.value);
    return;
  }
  case NodeKind::VarPattern:
    out << "var ";
    names(llvm::cast<VarPattern>(node)->names);
    return;
  case NodeKind::TypePattern:
    typePattern(*llvm::cast<TypePattern>(node));
    return;
  case NodeKind::NotPattern: {
    auto *inner = llvm::cast<NotPattern>(node)->inner;
    out << "not ";
    groupedPattern(inner, llvm::isa<BinaryPattern>(inner));
    return;
  }
  case NodeKind::BinaryPattern: {
    auto &both = *llvm::cast<BinaryPattern>(node);
    auto *left = llvm::dyn_cast<BinaryPattern>(both.lhs), *right = llvm::dyn_cast<BinaryPattern>(both.rhs);
    groupedPattern(both.lhs, left && both.isAnd && !left->isAnd);
    out << (both.isAnd ? " and " : " or ");
    groupedPattern(both.rhs, right && (both.isAnd || !right->isAnd));
    return;
  }
  default: // No patterns.
    llvm_unreachable("a pattern of no kind");
  }
}

void Printer::typePattern(const TypePattern &node) {
  bool needsSpace = false;
  if (node.type) {
    type(node.type);
    needsSpace = true;
  }
  if (node.hasParts) {
    out << '(';
    commas(node.parts, [&](const Pattern *part) { pattern(part); });
    out << ')';
    needsSpace = true;
  }
  if (node.hasProperties) {
    out << (needsSpace ? " { " : "{ ");
    commas(node.properties, [&](const TypePattern::Property &property) {
      name(property.name);
      out << ": ";
      pattern(property.pattern);
    });
    out << " }";
    needsSpace = true;
  }
  if (node.designator) {
    out << (needsSpace ? " " : "");
    name(node.designator);
  }
}

} // namespace dream::ast
