// The printer's state, shared by printer.cpp (files, declarations), print_statements.cpp and print_expressions.cpp
// (types, expressions, patterns). It writes the tokens of the tree; parentheses are nodes, so only types and patterns,
// where they leave no trace in the tree, get parentheses anew.
#pragma once

#include "compiler/syntax/printer.h"
#include "compiler/syntax/spelling.h"

namespace dream::ast {

class Printer {
public:
  explicit Printer(llvm::raw_ostream &out) : out(out) {}
  void file(const SourceFile &file);

private:
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

  // Types.
  void type(const TypeNode *type);
  void elementType(const TypeNode *type);
  void typeArgs(List<const TypeNode *> args);
  void brackets(const TypeNode *from, const TypeNode *to);
  void types(List<const TypeNode *> types) {
    commas(types, [&](const TypeNode *node) { type(node); });
  }

  // Expressions and patterns.
  void expr(const Expr *expr);
  void exprs(List<const Expr *> list) {
    commas(list, [&](const Expr *node) { expr(node); });
  }
  void args(List<const Argument *> args);
  void lambda(const LambdaExpr &lambda);
  void interpolated(const InterpolatedString &string);
  void match(const MatchExpr &match);
  void newArray(const NewArray &array);
  void initializer(const InitializerList &init);
  void region(Name region);
  void pattern(const Pattern *pattern);
  void groupedPattern(const Pattern *pattern, bool isGrouped);
  void typePattern(const TypePattern &pattern);
  void names(const NamesTree *names);

  // Statements.
  void stmt(const Stmt *stmt);
  void block(const BlockStmt *block);
  void body(const Stmt *body);
  void forStmt(const ForStmt &stmt);
  void foreachStmt(const ForeachStmt &stmt);
  void switchStmt(const SwitchStmt &stmt);
  void tryStmt(const TryStmt &stmt);
  void deconstruct(const DeconstructStmt &stmt);
  void jump(llvm::StringRef word, Name label);

  // Declarations.
  void decl(const Decl *decl);
  void head(const Decl &decl);
  void attributes(List<const Attribute *> list, bool onLines);
  void func(const FuncDecl &func);
  void param(const ParamDecl &param);
  void params(List<const ParamDecl *> list, bool isVariadic);
  void variables(const VariablesDecl &decl);
  void classDecl(const ClassDecl &decl);
  void enumDecl(const EnumDecl &decl);
  void property(const PropertyDecl &decl);
  void typeParams(List<const TypeParamDecl *> list);
  void bases(List<const TypeNode *> list);
  void wheres(List<const WhereClause *> list);
  void members(List<const Decl *> list);
  void functionBody(bool hasBody, const BlockStmt *block, const Expr *expr);

  llvm::raw_ostream &out;
  unsigned depth = 0;
};

} // namespace dream::ast
