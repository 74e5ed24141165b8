// The printer's state, shared by printer.cpp (files, declarations), print_statements.cpp and print_expressions.cpp
// (types, expressions, patterns). It writes the tokens of the tree; parentheses are nodes, so only types and patterns,
// where they leave no trace in the tree, get parentheses anew.
#pragma once

#include "compiler/syntax/printer.h"
#include "compiler/syntax/spelling.h"

namespace dream::ast {

/// What a bracket is written behind; null for other types.
const TypeNode *bracketedElement(const TypeNode *type);

class Printer {
public:
  explicit Printer(llvm::raw_ostream &out) : out(out) {}
  void node(const Node *node);

private:
#define NODE(CLASS, BASE) void write(const CLASS &node);
#include "compiler/syntax/node_kinds.def"

  void type(const TypeNode *type) { node(type); }
  void expr(const Expr *expr) { node(expr); }
  void pattern(const Pattern *pattern) { node(pattern); }
  void stmt(const Stmt *stmt) { node(stmt); }
  void decl(const Decl *decl);

  // Layout.
  void newline() {
    out << '\n';
    out.indent(4 * depth);
  }
  void doc(llvm::StringRef text);
  template <typename T, typename F> void commas(llvm::ArrayRef<T> items, F item) {
    for (size_t i = 0; i < items.size(); ++i) {
      if (i)
        out << ", ";
      item(items[i]);
    }
  }

  // Names and literals.
  void name(Name name);
  void path(List<Name> names);
  void escaped(llvm::StringRef text, bool isInterpolated);

  // Parts of types, expressions and patterns.
  void types(List<const TypeNode *> types) {
    commas(types, [&](const TypeNode *node) { type(node); });
  }
  void elementType(const TypeNode *type);
  void arrayType(const TypeNode *type);
  void typeArgs(List<const TypeNode *> args);
  void brackets(const TypeNode *from, const TypeNode *to);
  void exprs(List<const Expr *> list) {
    commas(list, [&](const Expr *node) { expr(node); });
  }
  void args(List<const Argument *> args);
  void region(const NameExpr *region);
  void groupedPattern(const Pattern *pattern, bool isGrouped);

  // Parts of statements.
  void body(const Stmt *body);
  void condition(llvm::StringRef word, const Expr *value);
  void withValue(llvm::StringRef word, const Expr *value);
  void jump(llvm::StringRef word, Name label);
  void deconstruct(const DeconstructStmt &stmt);

  // Parts of declarations.
  void head(const Decl &decl);
  void attributes(List<const Attribute *> list, bool onLines);
  void params(List<const ParamDecl *> list, bool isVariadic);
  void typeParams(List<const TypeParamDecl *> list);
  void bases(List<const TypeNode *> list);
  void wheres(List<const WhereClause *> list);
  void members(List<const Decl *> list);
  void functionBody(bool hasBody, const BlockStmt *block, const Expr *expr);

  llvm::raw_ostream &out;
  unsigned depth = 0;
};

} // namespace dream::ast
