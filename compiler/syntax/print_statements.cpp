// Statements.
#include "compiler/syntax/printer_impl.h"

namespace dream::ast {

void Printer::write(const BlockStmt &block) {
  out << '{';
  ++depth;
  for (const Stmt *statement : block.statements) {
    newline();
    stmt(statement);
  }
  --depth;
  newline();
  out << '}';
}

/// A statement that another one governs: a block on the same line, anything else on its own.
void Printer::body(const Stmt *body) {
  if (llvm::isa<BlockStmt>(body)) {
    out << ' ';
    stmt(body);
    return;
  }
  ++depth;
  newline();
  stmt(body);
  --depth;
}

/// `word (condition)`
void Printer::condition(llvm::StringRef word, const Expr *value) {
  out << word << " (";
  expr(value);
  out << ')';
}

/// `word value? ;`
void Printer::withValue(llvm::StringRef word, const Expr *value) {
  out << word;
  if (value) {
    out << ' ';
    expr(value);
  }
  out << ';';
}

void Printer::jump(llvm::StringRef word, Name label) {
  out << word;
  if (label) {
    out << ' ';
    name(label);
  }
  out << ';';
}

void Printer::write(const EmptyStmt &) {
  out << ';';
}

void Printer::write(const ExprStmt &node) {
  expr(node.expr);
  out << ';';
}

void Printer::write(const VarStmt &node) {
  decl(node.decl);
}

void Printer::write(const DeconstructStmt &node) {
  deconstruct(node);
  out << ';';
}

void Printer::write(const FuncStmt &node) {
  decl(node.func);
}

void Printer::write(const LabeledStmt &labeled) {
  name(labeled.label);
  out << ": ";
  stmt(labeled.body);
}

void Printer::write(const IfStmt &node) {
  // `else if` chains are long sometimes; they print flat, and without recursion.
  for (auto *branch = &node; branch;) {
    condition("if", branch->condition);
    body(branch->thenStmt);
    if (!branch->elseStmt)
      return;
    newline();
    out << "else";
    auto *next = llvm::dyn_cast<IfStmt>(branch->elseStmt);
    if (next)
      out << ' ';
    else
      body(branch->elseStmt);
    branch = next;
  }
}

void Printer::write(const WhileStmt &loop) {
  condition("while", loop.condition);
  body(loop.body);
}

void Printer::write(const DoStmt &loop) {
  out << "do";
  body(loop.body);
  newline();
  condition("while", loop.condition);
  out << ';';
}

void Printer::write(const BreakStmt &node) {
  jump("break", node.label);
}

void Printer::write(const ContinueStmt &node) {
  jump("continue", node.label);
}

void Printer::write(const ReturnStmt &jump) {
  withValue(jump.byRef ? "return ref" : "return", jump.value);
}

void Printer::write(const ThrowStmt &node) {
  withValue("throw", node.value);
}

void Printer::write(const YieldStmt &yield) {
  withValue(yield.isBreak ? "yield break" : "yield return", yield.value);
}

void Printer::write(const DeferStmt &node) {
  out << "defer";
  body(node.body);
}

void Printer::write(const UsingStmt &use) {
  out << (use.body ? "using (" : "using ");
  if (use.vars)
    node(use.vars);
  else
    expr(use.expr);
  if (use.body) {
    out << ')';
    body(use.body);
  } else {
    out << ';';
  }
}

void Printer::write(const ArenaStmt &arena) {
  out << "arena ";
  if (arena.name) {
    name(arena.name);
    out << ' ';
  }
  if (arena.size) {
    out << '(';
    expr(arena.size);
    out << ") ";
  }
  stmt(arena.body);
}

void Printer::write(const ModeStmt &mode) {
  out << spelling(mode.mode) << ' ';
  stmt(mode.body);
}

void Printer::write(const ErrorStmt &) {
  out << "/* error */;";
}

void Printer::write(const ForStmt &stmt) {
  out << "for (";
  if (stmt.vars)
    node(stmt.vars);
  else if (stmt.deconstruct)
    deconstruct(*stmt.deconstruct);
  else
    exprs(stmt.inits);
  out << ';';
  if (stmt.condition) {
    out << ' ';
    expr(stmt.condition);
  }
  out << ';';
  if (!stmt.steps.empty()) {
    out << ' ';
    exprs(stmt.steps);
  }
  out << ')';
  body(stmt.body);
}

void Printer::write(const ForeachStmt &stmt) {
  out << "foreach (" << (stmt.byRef ? "ref " : "");
  if (stmt.type)
    type(stmt.type);
  else
    out << (stmt.isLet ? "let" : "var");
  out << ' ';
  if (stmt.names)
    node(stmt.names);
  else
    name(stmt.variable->name);
  out << " in ";
  expr(stmt.source);
  out << ')';
  body(stmt.body);
}

void Printer::write(const SwitchStmt &stmt) {
  out << "switch (";
  expr(stmt.value);
  out << ") {";
  for (const SwitchSection *section : stmt.sections)
    node(section);
  newline();
  out << '}';
}

void Printer::write(const SwitchSection &section) {
  for (const Expr *label : section.labels) {
    newline();
    out << (label ? "case " : "default");
    if (label)
      expr(label);
    out << ':';
  }
  ++depth;
  for (const Stmt *statement : section.statements) {
    newline();
    stmt(statement);
  }
  --depth;
}

void Printer::write(const TryStmt &stmt) {
  out << "try ";
  this->stmt(stmt.body);
  for (const CatchClause *clause : stmt.catches) {
    newline();
    node(clause);
  }
  if (stmt.finallyBlock) {
    newline();
    out << "finally ";
    this->stmt(stmt.finallyBlock);
  }
}

void Printer::write(const CatchClause &clause) {
  out << "catch ";
  if (clause.type) {
    out << '(';
    type(clause.type);
    if (clause.variable) {
      out << ' ';
      name(clause.variable->name);
    }
    out << ") ";
  }
  if (clause.guard) {
    condition("when", clause.guard);
    out << ' ';
  }
  stmt(clause.body);
}

void Printer::deconstruct(const DeconstructStmt &stmt) {
  bool isTyped = !stmt.names->children.empty() && stmt.names->children[0]->variable && stmt.names->children[0]->variable->type;
  if (isTyped) {
    out << '(';
    commas(stmt.names->children, [&](const NamesTree *leaf) {
      type(leaf->variable->type);
      out << ' ';
      name(leaf->variable->name);
    });
    out << ')';
  } else {
    out << (stmt.isLet ? "let " : "var ");
    node(stmt.names);
  }
  out << " = ";
  expr(stmt.value);
}

} // namespace dream::ast
