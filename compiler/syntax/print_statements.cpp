#include "compiler/syntax/printer_impl.h"

namespace dream::ast {

void Printer::block(const BlockStmt *block) {
  out << '{';
  ++depth;
  for (const Stmt *statement : block->statements) {
    newline();
    stmt(statement);
  }
  --depth;
  newline();
  out << '}';
}

/// A statement that another one governs: a block on the same line, anything else on its own.
void Printer::body(const Stmt *body) {
  if (auto *braces = llvm::dyn_cast<BlockStmt>(body)) {
    out << ' ';
    block(braces);
    return;
  }
  ++depth;
  newline();
  stmt(body);
  --depth;
}

void Printer::jump(llvm::StringRef word, Name label) {
  out << word;
  if (label) {
    out << ' ';
    name(label);
  }
  out << ';';
}

void Printer::stmt(const Stmt *node) {
  /// `word expr? ;`
  auto withValue = [&](llvm::StringRef word, const Expr *value) {
    out << word;
    if (value) {
      out << ' ';
      expr(value);
    }
    out << ';';
  };
  auto condition = [&](llvm::StringRef word, const Expr *value) {
    out << word << " (";
    expr(value);
    out << ')';
  };
  switch (node->kind) {
  case NodeKind::BlockStmt:
    block(llvm::cast<BlockStmt>(node));
    return;
  case NodeKind::EmptyStmt:
    out << ';';
    return;
  case NodeKind::ExprStmt:
    expr(llvm::cast<ExprStmt>(node)->expr);
    out << ';';
    return;
  case NodeKind::VarStmt:
    decl(llvm::cast<VarStmt>(node)->decl);
    return;
  case NodeKind::DeconstructStmt:
    deconstruct(*llvm::cast<DeconstructStmt>(node));
    out << ';';
    return;
  case NodeKind::FuncStmt:
    decl(llvm::cast<FuncStmt>(node)->func);
    return;
  case NodeKind::LabeledStmt: {
    auto &labeled = *llvm::cast<LabeledStmt>(node);
    name(labeled.label);
    out << ": ";
    stmt(labeled.body);
    return;
  }
  case NodeKind::IfStmt: {
    // `else if` chains are long sometimes; they print flat, and without recursion.
    for (auto *branch = llvm::cast<IfStmt>(node); branch;) {
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
    return;
  }
  case NodeKind::WhileStmt: {
    auto &loop = *llvm::cast<WhileStmt>(node);
    condition("while", loop.condition);
    body(loop.body);
    return;
  }
  case NodeKind::DoStmt: {
    auto &loop = *llvm::cast<DoStmt>(node);
    out << "do";
    body(loop.body);
    newline();
    condition("while", loop.condition);
    out << ';';
    return;
  }
  case NodeKind::ForStmt:
    forStmt(*llvm::cast<ForStmt>(node));
    return;
  case NodeKind::ForeachStmt:
    foreachStmt(*llvm::cast<ForeachStmt>(node));
    return;
  case NodeKind::BreakStmt:
    jump("break", llvm::cast<BreakStmt>(node)->label);
    return;
  case NodeKind::ContinueStmt:
    jump("continue", llvm::cast<ContinueStmt>(node)->label);
    return;
  case NodeKind::ReturnStmt: {
    auto &jump = *llvm::cast<ReturnStmt>(node);
    withValue(jump.byRef ? "return ref" : "return", jump.value);
    return;
  }
  case NodeKind::ThrowStmt:
    withValue("throw", llvm::cast<ThrowStmt>(node)->value);
    return;
  case NodeKind::YieldStmt: {
    auto &yield = *llvm::cast<YieldStmt>(node);
    withValue(yield.isBreak ? "yield break" : "yield return", yield.value);
    return;
  }
  case NodeKind::TryStmt:
    tryStmt(*llvm::cast<TryStmt>(node));
    return;
  case NodeKind::SwitchStmt:
    switchStmt(*llvm::cast<SwitchStmt>(node));
    return;
  case NodeKind::DeferStmt:
    out << "defer";
    body(llvm::cast<DeferStmt>(node)->body);
    return;
  case NodeKind::UsingStmt: {
    auto &use = *llvm::cast<UsingStmt>(node);
    out << (use.body ? "using (" : "using ");
    if (use.vars)
      variables(*use.vars);
    else
      expr(use.expr);
    if (use.body) {
      out << ')';
      body(use.body);
    } else {
      out << ';';
    }
    return;
  }
  case NodeKind::ArenaStmt: {
    auto &arena = *llvm::cast<ArenaStmt>(node);
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
    block(arena.body);
    return;
  }
  case NodeKind::ModeStmt: {
    auto &mode = *llvm::cast<ModeStmt>(node);
    out << spelling(mode.mode) << ' ';
    block(mode.body);
    return;
  }
  case NodeKind::ErrorStmt:
    out << "/* error */;";
    return;
  default: // No statements.
    llvm_unreachable("a statement of no kind");
  }
}

void Printer::forStmt(const ForStmt &stmt) {
  out << "for (";
  if (stmt.vars)
    variables(*stmt.vars);
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

void Printer::foreachStmt(const ForeachStmt &stmt) {
  out << "foreach (" << (stmt.byRef ? "ref " : "");
  if (stmt.type)
    type(stmt.type);
  else
    out << (stmt.isLet ? "let" : "var");
  out << ' ';
  if (stmt.names)
    names(stmt.names);
  else
    name(stmt.variable->name);
  out << " in ";
  expr(stmt.source);
  out << ')';
  body(stmt.body);
}

void Printer::switchStmt(const SwitchStmt &stmt) {
  out << "switch (";
  expr(stmt.value);
  out << ") {";
  for (const SwitchSection *section : stmt.sections) {
    for (const Expr *label : section->labels) {
      newline();
      out << (label ? "case " : "default");
      if (label)
        expr(label);
      out << ':';
    }
    ++depth;
    for (const Stmt *statement : section->statements) {
      newline();
      this->stmt(statement);
    }
    --depth;
  }
  newline();
  out << '}';
}

void Printer::tryStmt(const TryStmt &stmt) {
  out << "try ";
  block(stmt.body);
  for (const CatchClause *clause : stmt.catches) {
    newline();
    out << "catch ";
    if (clause->type) {
      out << '(';
      type(clause->type);
      if (clause->variable) {
        out << ' ';
        name(clause->variable->name);
      }
      out << ") ";
    }
    if (clause->guard) {
      out << "when (";
      expr(clause->guard);
      out << ") ";
    }
    block(clause->body);
  }
  if (stmt.finallyBlock) {
    newline();
    out << "finally ";
    block(stmt.finallyBlock);
  }
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
    names(stmt.names);
  }
  out << " = ";
  expr(stmt.value);
}

} // namespace dream::ast
