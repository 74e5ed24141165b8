// The shape of a tree, one indented line a node: its kind, its own facts, then its children, each with its role.
#include "compiler/syntax/printer.h"
#include "compiler/syntax/spelling.h"
#include "llvm/Support/Format.h"

namespace dream::ast {

namespace {

class Dumper {
public:
  explicit Dumper(llvm::raw_ostream &out) : out(out) {}
  void node(const Node *node, llvm::StringRef role = "");

private:
#define NODE(CLASS, BASE) void facts(const CLASS &node);
#include "compiler/syntax/node_kinds.def"

  // One line's facts.
  void word(llvm::StringRef text) {
    if (!text.empty())
      out << ' ' << text;
  }
  void flag(bool isSet, llvm::StringRef text) {
    if (isSet)
      out << ' ' << text;
  }
  void name(Name name) {
    if (name)
      out << " '" << name.text() << '\'';
  }
  void quoted(llvm::StringRef text) {
    out << " \"";
    out.write_escaped(text, true);
    out << '"';
  }
  void path(List<Name> names) {
    out << ' ';
    for (size_t i = 0; i < names.size(); ++i)
      out << (i ? "." : "") << names[i].text();
  }
  void decl(const Decl &decl) {
    name(decl.name);
    word(spellModifiers(decl.modifiers));
    if (!decl.doc.empty()) {
      out << " doc";
      quoted(decl.doc);
    }
  }

  // Lines of their own.
  void line(const llvm::Twine &text) {
    out << '\n';
    out.indent(2 * depth) << text;
  }
  void child(const Node *child, llvm::StringRef role) {
    if (child)
      node(child, role);
  }
  template <typename T> void children(List<const T *> nodes, llvm::StringRef role = "") {
    for (const T *child : nodes) {
      if (child)
        node(child, role);
      else
        line((role + ": none").str());
    }
  }
  void attributes(const Decl &decl) { children(decl.attributes); }

  llvm::raw_ostream &out;
  unsigned depth = 0;
  bool isFirst = true;
};

void Dumper::node(const Node *node, llvm::StringRef role) {
  if (!isFirst)
    out << '\n';
  isFirst = false;
  out.indent(2 * depth);
  if (!role.empty())
    out << role << ": ";
  ++depth;
  switch (node->kind) {
#define NODE(CLASS, BASE)                                                                                              \
  case NodeKind::CLASS:                                                                                                \
    out << #CLASS;                                                                                                     \
    facts(*llvm::cast<CLASS>(node));                                                                                   \
    break;
#include "compiler/syntax/node_kinds.def"
  }
  --depth;
}

// ---- Types ----------------------------------------------------------------------------------------------------------

void Dumper::facts(const BuiltinType &type) { word(spelling(type.builtin)); }
void Dumper::facts(const NamedType &type) {
  for (const NamedType::Part &part : type.parts)
    name(part.name);
  for (const NamedType::Part &part : type.parts)
    children(part.args, (part.name.text() + " argument").str());
}
void Dumper::facts(const OptionalType &type) { child(type.element, ""); }
void Dumper::facts(const PointerType &type) {
  flag(type.isConst, "const");
  child(type.element, "");
}
void Dumper::facts(const ArrayType &type) {
  out << " rank " << type.rank;
  child(type.element, "");
}
void Dumper::facts(const FixedArrayType &type) {
  child(type.size, "size");
  child(type.element, "");
}
void Dumper::facts(const TupleType &type) {
  for (const TupleType::Element &element : type.elements)
    child(element.type, element.name ? element.name.text() : "element");
}
void Dumper::facts(const FuncType &type) {
  flag(type.returnsRef, "ref");
  child(type.result, "result");
  for (const FuncType::Param &param : type.params)
    child(param.type, ("parameter " + spelling(param.mode) + (param.mode == ParamMode::Value ? "" : " ") + param.name.text()).str());
}
void Dumper::facts(const OwnType &type) { child(type.element, ""); }
void Dumper::facts(const WeakType &type) { child(type.element, ""); }
void Dumper::facts(const ConstArgType &type) { child(type.value, ""); }
void Dumper::facts(const ErrorType &) {}

// ---- Expressions ----------------------------------------------------------------------------------------------------

void Dumper::facts(const IntLiteral &literal) {
  out << ' ' << literal.value;
  flag(literal.isUnsigned, "unsigned");
  flag(literal.isLong, "long");
}
void Dumper::facts(const FloatLiteral &literal) {
  out << llvm::format(" %.17g", literal.value);
  flag(literal.isSingle, "single");
}
void Dumper::facts(const CharLiteral &literal) { out << llvm::format(" U+%04X", literal.value); }
void Dumper::facts(const StringLiteral &literal) { quoted(literal.value); }
void Dumper::facts(const BoolLiteral &literal) { word(literal.value ? "true" : "false"); }
void Dumper::facts(const NullLiteral &) {}
void Dumper::facts(const InterpolatedString &string) {
  for (const InterpolatedString::Part &part : string.parts) {
    if (!part.hole) {
      line("text");
      quoted(part.text);
      continue;
    }
    line("hole");
    if (!part.format.empty())
      quoted(part.format);
    ++depth;
    child(part.hole, "");
    child(part.width, "width");
    --depth;
  }
}
void Dumper::facts(const NameExpr &expr) {
  name(expr.name);
  children(expr.typeArgs, "argument");
}
void Dumper::facts(const BuiltinTypeExpr &expr) { word(spelling(expr.builtin)); }
void Dumper::facts(const ThisExpr &) {}
void Dumper::facts(const BaseExpr &) {}
void Dumper::facts(const ParenExpr &expr) { child(expr.inner, ""); }
void Dumper::facts(const TupleExpr &expr) {
  for (const TupleExpr::Element &element : expr.elements)
    child(element.value, element.name ? element.name.text() : "element");
}
void Dumper::facts(const ArrayLiteral &expr) { children(expr.elements); }
void Dumper::facts(const SpreadExpr &expr) { child(expr.value, ""); }
void Dumper::facts(const InitializerList &expr) {
  for (const InitializerList::Element &element : expr.elements) {
    child(element.index, "index");
    child(element.value, element.name ? element.name.text() : element.index ? "value" : "element");
  }
}
void Dumper::facts(const NewObject &expr) {
  flag(expr.hasArgs, "()");
  if (expr.region)
    out << " in", name(expr.region->name);
  child(expr.type, "type");
  children(expr.args);
  child(expr.init, "init");
}
void Dumper::facts(const NewArray &expr) {
  out << " ranks";
  for (unsigned rank : expr.ranks)
    out << ' ' << rank;
  if (expr.region)
    out << " in", name(expr.region->name);
  child(expr.element, "type");
  children(expr.sizes, "size");
  child(expr.init, "init");
}
void Dumper::facts(const MatchExpr &expr) {
  children(expr.values, "value");
  children(expr.arms);
}
void Dumper::facts(const DefaultExpr &expr) { child(expr.type, ""); }
void Dumper::facts(const TypeQueryExpr &expr) {
  word(spelling(expr.query));
  name(expr.field);
  child(expr.type, "");
}
void Dumper::facts(const NameofExpr &expr) { child(expr.value, ""); }
void Dumper::facts(const CheckedExpr &expr) {
  word(expr.isChecked ? "checked" : "unchecked");
  child(expr.value, "");
}
void Dumper::facts(const LambdaExpr &expr) {
  if (expr.hasCaptureList) {
    out << " [";
    for (const LambdaExpr::Capture &capture : expr.captures) {
      static constexpr const char *modes[] = {"", " ref", " move"};
      out << modes[size_t(capture.mode)];
      name(capture.name);
    }
    out << " ]";
  }
  children(expr.params);
  child(expr.expr, "body");
  child(expr.block, "body");
}
void Dumper::facts(const AssignExpr &expr) {
  word(spelling(expr.op));
  child(expr.target, "");
  child(expr.value, "");
}
void Dumper::facts(const ConditionalExpr &expr) {
  child(expr.condition, "condition");
  child(expr.whenTrue, "true");
  child(expr.whenFalse, "false");
}
void Dumper::facts(const BinaryExpr &expr) {
  word(spelling(expr.op));
  child(expr.lhs, "");
  child(expr.rhs, "");
}
void Dumper::facts(const UnaryExpr &expr) {
  word(spelling(expr.op));
  child(expr.operand, "");
}
void Dumper::facts(const PostfixExpr &expr) {
  word(spelling(expr.op));
  child(expr.operand, "");
}
void Dumper::facts(const CastExpr &expr) {
  child(expr.type, "type");
  child(expr.operand, "");
}
void Dumper::facts(const IsExpr &expr) {
  child(expr.value, "");
  child(expr.pattern, "");
}
void Dumper::facts(const AsExpr &expr) {
  child(expr.value, "");
  child(expr.type, "type");
}
void Dumper::facts(const RangeExpr &expr) {
  flag(expr.inclusive, "inclusive");
  child(expr.begin, "begin");
  child(expr.end, "end");
}
void Dumper::facts(const MemberExpr &expr) {
  out << ' ' << spelling(expr.access);
  name(expr.name);
  child(expr.object, "");
  children(expr.typeArgs, "argument");
}
void Dumper::facts(const IndexExpr &expr) {
  flag(expr.conditional, "?");
  child(expr.object, "");
  children(expr.args);
}
void Dumper::facts(const CallExpr &expr) {
  child(expr.callee, "");
  children(expr.args);
}
void Dumper::facts(const ThrowExpr &expr) { child(expr.value, ""); }
void Dumper::facts(const ErrorExpr &) {}

// ---- Patterns -------------------------------------------------------------------------------------------------------

void Dumper::facts(const WildcardPattern &) {}
void Dumper::facts(const ConstantPattern &pattern) { child(pattern.value, ""); }
void Dumper::facts(const RangePattern &pattern) {
  flag(pattern.inclusive, "inclusive");
  child(pattern.low, "low");
  child(pattern.high, "high");
}
void Dumper::facts(const RelationalPattern &pattern) {
  word(spelling(pattern.op));
  child(pattern.value, "");
}
void Dumper::facts(const VarPattern &pattern) { child(pattern.names, ""); }
void Dumper::facts(const TypePattern &pattern) {
  name(pattern.designator);
  flag(pattern.hasParts, "()");
  flag(pattern.hasProperties, "{}");
  child(pattern.type, "type");
  children(pattern.parts, "part");
  for (const TypePattern::Property &property : pattern.properties)
    child(property.pattern, property.name.text());
}
void Dumper::facts(const NotPattern &pattern) { child(pattern.inner, ""); }
void Dumper::facts(const BinaryPattern &pattern) {
  word(pattern.isAnd ? "and" : "or");
  child(pattern.lhs, "");
  child(pattern.rhs, "");
}

// ---- Statements -----------------------------------------------------------------------------------------------------

void Dumper::facts(const BlockStmt &stmt) { children(stmt.statements); }
void Dumper::facts(const EmptyStmt &) {}
void Dumper::facts(const ExprStmt &stmt) { child(stmt.expr, ""); }
void Dumper::facts(const VarStmt &stmt) { child(stmt.decl, ""); }
void Dumper::facts(const DeconstructStmt &stmt) {
  flag(stmt.isLet, "let");
  child(stmt.names, "");
  child(stmt.value, "value");
}
void Dumper::facts(const FuncStmt &stmt) { child(stmt.func, ""); }
void Dumper::facts(const LabeledStmt &stmt) {
  name(stmt.label);
  child(stmt.body, "");
}
void Dumper::facts(const IfStmt &stmt) {
  child(stmt.condition, "condition");
  child(stmt.thenStmt, "then");
  child(stmt.elseStmt, "else");
}
void Dumper::facts(const WhileStmt &stmt) {
  child(stmt.condition, "condition");
  child(stmt.body, "body");
}
void Dumper::facts(const DoStmt &stmt) {
  child(stmt.body, "body");
  child(stmt.condition, "condition");
}
void Dumper::facts(const ForStmt &stmt) {
  child(stmt.vars, "init");
  child(stmt.deconstruct, "init");
  children(stmt.inits, "init");
  child(stmt.condition, "condition");
  children(stmt.steps, "step");
  child(stmt.body, "body");
}
void Dumper::facts(const ForeachStmt &stmt) {
  flag(stmt.byRef, "ref");
  flag(stmt.isLet, "let");
  child(stmt.type, "type");
  child(stmt.variable, "variable");
  child(stmt.names, "names");
  child(stmt.source, "source");
  child(stmt.body, "body");
}
void Dumper::facts(const BreakStmt &stmt) { name(stmt.label); }
void Dumper::facts(const ContinueStmt &stmt) { name(stmt.label); }
void Dumper::facts(const ReturnStmt &stmt) {
  flag(stmt.byRef, "ref");
  child(stmt.value, "");
}
void Dumper::facts(const ThrowStmt &stmt) { child(stmt.value, ""); }
void Dumper::facts(const YieldStmt &stmt) {
  word(stmt.isBreak ? "break" : "return");
  child(stmt.value, "");
}
void Dumper::facts(const TryStmt &stmt) {
  child(stmt.body, "");
  children(stmt.catches);
  child(stmt.finallyBlock, "finally");
}
void Dumper::facts(const SwitchStmt &stmt) {
  child(stmt.value, "value");
  children(stmt.sections);
}
void Dumper::facts(const DeferStmt &stmt) { child(stmt.body, ""); }
void Dumper::facts(const UsingStmt &stmt) {
  child(stmt.vars, "");
  child(stmt.expr, "");
  child(stmt.body, "body");
}
void Dumper::facts(const ArenaStmt &stmt) {
  name(stmt.name);
  child(stmt.size, "size");
  child(stmt.body, "");
}
void Dumper::facts(const ModeStmt &stmt) {
  word(spelling(stmt.mode));
  child(stmt.body, "");
}
void Dumper::facts(const ErrorStmt &) {}

// ---- Declarations ---------------------------------------------------------------------------------------------------

void Dumper::facts(const ImportDecl &decl) {
  if (decl.isC) {
    out << " c";
    quoted(decl.header);
  } else {
    path(decl.path);
  }
  if (decl.alias)
    out << " as", name(decl.alias);
  if (!decl.doc.empty())
    out << " doc", quoted(decl.doc);
}
void Dumper::facts(const FuncDecl &func) {
  decl(func);
  static constexpr const char *kinds[] = {"", "operator", "conversion"};
  word(kinds[size_t(func.funcKind)]);
  flag(func.returnsRef, "ref");
  flag(func.isVariadic, "...");
  flag(!func.hasBody, ";");
  attributes(func);
  child(func.result, "result");
  children(func.typeParams);
  children(func.params);
  if (func.callsBase || func.callsThis) {
    line(func.callsBase ? "calls base" : "calls this");
    ++depth;
    children(func.chainArgs);
    --depth;
  }
  children(func.wheres);
  child(func.block, "body");
  child(func.expr, "body");
}
void Dumper::facts(const ParamDecl &param) {
  decl(param);
  word(spelling(param.mode));
  flag(param.isParams, "params");
  attributes(param);
  child(param.type, "type");
  child(param.defaultValue, "default");
}
void Dumper::facts(const TypeParamDecl &param) {
  decl(param);
  child(param.constType, "const");
}
void Dumper::facts(const ClassDecl &node) {
  word(spelling(node.classKind));
  decl(node);
  attributes(node);
  children(node.typeParams);
  children(node.bases, "base");
  children(node.wheres);
  children(node.members);
}
void Dumper::facts(const ExtendDecl &node) {
  decl(node);
  attributes(node);
  children(node.typeParams);
  child(node.extended, "type");
  children(node.bases, "base");
  children(node.wheres);
  children(node.members);
}
void Dumper::facts(const EnumDecl &node) {
  decl(node);
  attributes(node);
  children(node.typeParams);
  child(node.underlying, "underlying");
  children(node.variants);
  children(node.members);
}
void Dumper::facts(const EnumVariantDecl &variant) {
  decl(variant);
  flag(variant.hasParts, "()");
  for (const EnumVariantDecl::Part &part : variant.parts)
    child(part.type, part.name ? part.name.text() : "part");
  child(variant.value, "value");
}
void Dumper::facts(const VariableDecl &variable) {
  decl(variable);
  word(spelling(variable.keyword));
  flag(variable.isRef, "ref");
  attributes(variable);
  child(variable.type, "type");
  child(variable.init, "init");
}
void Dumper::facts(const VariablesDecl &node) {
  decl(node);
  attributes(node);
  children(node.variables);
}
void Dumper::facts(const DestructorDecl &node) {
  decl(node);
  attributes(node);
  child(node.body, "body");
}
void Dumper::facts(const AssocTypeDecl &node) {
  decl(node);
  attributes(node);
  children(node.bounds, "bound");
  child(node.value, "value");
}
void Dumper::facts(const PropertyDecl &node) {
  decl(node);
  flag(node.isIndexer, "indexer");
  attributes(node);
  child(node.type, "type");
  children(node.params);
  children(node.accessors);
  child(node.init, "init");
}
void Dumper::facts(const AccessorDecl &node) {
  word(spelling(node.accessorKind));
  word(spellModifiers(node.modifiers));
  flag(!node.hasBody, ";");
  attributes(node);
  child(node.block, "body");
  child(node.expr, "body");
}

// ---- Parts ----------------------------------------------------------------------------------------------------------

void Dumper::facts(const Attribute &attribute) {
  path(attribute.path);
  flag(attribute.hasArgs, "()");
  children(attribute.args);
}
void Dumper::facts(const WhereClause &where) {
  name(where.param);
  for (const WhereClause::Bound &bound : where.bounds) {
    static constexpr const char *kinds[] = {"", "class", "struct", "own", "new()"};
    if (bound.type)
      child(bound.type, "bound");
    else
      line(kinds[size_t(bound.kind)]);
  }
}
void Dumper::facts(const Argument &argument) {
  name(argument.name);
  word(spelling(argument.mode));
  child(argument.value, "");
  child(argument.outVariable, "");
}
void Dumper::facts(const CatchClause &clause) {
  child(clause.type, "type");
  child(clause.variable, "variable");
  child(clause.guard, "when");
  child(clause.body, "");
}
void Dumper::facts(const SwitchSection &section) {
  for (const Expr *label : section.labels) {
    if (label)
      child(label, "case");
    else
      line("default");
  }
  children(section.statements);
}
void Dumper::facts(const MatchArm &arm) {
  child(arm.pattern, "");
  child(arm.guard, "when");
  child(arm.expr, "=>");
  child(arm.block, "=>");
  child(arm.blockValue, "value");
}
void Dumper::facts(const NamesTree &names) {
  child(names.variable, "");
  children(names.children);
}
void Dumper::facts(const SourceFile &file) {
  if (!file.modulePath.empty()) {
    out << " module";
    path(file.modulePath);
  }
  children(file.imports);
  children(file.items);
}

} // namespace

void dump(const Node &node, llvm::raw_ostream &out) {
  Dumper(out).node(&node);
  out << '\n';
}

} // namespace dream::ast
