// Types as written, and patterns.
#include "compiler/syntax/printer_impl.h"

namespace dream::ast {

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

void Printer::write(const BuiltinType &node) {
  out << spelling(node.builtin);
}

void Printer::write(const NamedType &node) {
  bool isFirst = true;
  for (const NamedType::Part &part : node.parts) {
    out << (isFirst ? "" : ".");
    isFirst = false;
    name(part.name);
    typeArgs(part.args);
  }
}

void Printer::write(const OptionalType &node) {
  auto *element = node.element;
  // `T??` would read as an operator behind `is` and `as`.
  if (llvm::isa<OptionalType>(element)) {
    out << '(';
    type(element);
    out << ')';
  } else {
    elementType(element);
  }
  out << '?';
}

void Printer::write(const PointerType &pointer) {
  out << (pointer.isConst ? "const " : "");
  elementType(pointer.element);
  out << '*';
}

/// Brackets run outermost first, so the innermost element stands before all of them.
void Printer::arrayType(const TypeNode *outermost) {
  const TypeNode *innermost = outermost;
  while (const TypeNode *element = bracketedElement(innermost))
    innermost = element;
  elementType(innermost);
  brackets(outermost, innermost);
}

void Printer::write(const ArrayType &array) { arrayType(&array); }

void Printer::write(const FixedArrayType &array) { arrayType(&array); }

void Printer::write(const TupleType &node) {
  out << '(';
  commas(node.elements, [&](const TupleType::Element &element) {
    type(element.type);
    if (element.name) {
      out << ' ';
      name(element.name);
    }
  });
  out << ')';
}

void Printer::write(const FuncType &func) {
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
}

void Printer::write(const OwnType &node) {
  out << "own ";
  type(node.element);
}

void Printer::write(const WeakType &node) {
  out << "weak ";
  type(node.element);
}

void Printer::write(const ConstArgType &node) {
  auto *value = node.value;
  bool isNumber = llvm::isa<IntLiteral>(value);
  out << (isNumber ? "" : "(");
  expr(value);
  out << (isNumber ? "" : ")");
}

void Printer::write(const ErrorType &) {
  out << "/* error */";
}

// ---- Patterns -------------------------------------------------------------------------------------------------------

void Printer::write(const NamesTree &tree) {
  if (tree.children.empty()) {
    name(tree.variable->name);
    return;
  }
  out << '(';
  commas(tree.children, [&](const NamesTree *child) { node(child); });
  out << ')';
}

void Printer::groupedPattern(const Pattern *node, bool isGrouped) {
  out << (isGrouped ? "(" : "");
  pattern(node);
  out << (isGrouped ? ")" : "");
}

void Printer::write(const WildcardPattern &) {
  out << '_';
}

void Printer::write(const ConstantPattern &node) {
  expr(node.value);
}

void Printer::write(const RangePattern &range) {
  if (range.low)
    expr(range.low);
  out << (range.inclusive ? "..=" : "..");
  if (range.high)
    expr(range.high);
}

void Printer::write(const RelationalPattern &relational) {
  out << spelling(relational.op) << ' ';
  expr(relational.value);
}

void Printer::write(const VarPattern &pattern) {
  out << "var ";
  node(pattern.names);
}

void Printer::write(const NotPattern &node) {
  auto *inner = node.inner;
  out << "not ";
  groupedPattern(inner, llvm::isa<BinaryPattern>(inner));
}

void Printer::write(const BinaryPattern &both) {
  auto *left = llvm::dyn_cast<BinaryPattern>(both.lhs), *right = llvm::dyn_cast<BinaryPattern>(both.rhs);
  groupedPattern(both.lhs, left && both.isAnd && !left->isAnd);
  out << (both.isAnd ? " and " : " or ");
  groupedPattern(both.rhs, right && (both.isAnd || !right->isAnd));
}

void Printer::write(const TypePattern &node) {
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
