// Variables of all places: declarators, `ref` variables, taking apart, initialisers.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

const VariablesDecl *Parser::makeVariables(const Head &head, llvm::ArrayRef<const VariableDecl *> variables) {
  auto *decl = begin<VariablesDecl>(head);
  decl->variables = context.copy(variables);
  return finish(decl);
}

/// `let a = 1` in `let`, `var`, `const`, whose type is inferred; `a[3] = 1` behind a type.
const VariableDecl *Parser::parseDeclarator(const Head &head, VarKeyword keyword, const TypeNode *type, bool isFirst) {
  Head own = head;
  if (!isFirst)
    own.begin = here();
  auto *variable = begin<VariableDecl>(own);
  variable->keyword = keyword;
  variable->name = expectName(&variable->nameRange);
  if (panicking)
    return finish(variable);
  if (isFirst && at(LeftParen) && llvm::isa_and_nonnull<FuncType>(type)) {
    complain(DiagId::FunctionOfFunction, variable->nameRange).fix({type->range.begin, type->range.begin}, "func ")
        << textOf(type->range) << variable->name.text();
    panicking = true;
    return finish(variable);
  }
  variable->type = type;
  if (type) {
    variable->type = parseNameBrackets(type);
  } else if (at(Colon) && skipType(pos + 1)) {
    // `let x: int = 1`
    SourceLoc colon = here();
    take();
    variable->type = parseType();
    SourceRange written{colon, previousEnd()};
    llvm::StringRef typeText = textOf(variable->type->range);
    complain(DiagId::TypeAfterName, written).fix(written, "").fix({variable->nameRange.begin, variable->nameRange.begin}, typeText + " ")
        << typeText << variable->name.text();
  }
  if (accept(Equal)) {
    variable->init = parseInit();
  } else if (!variable->type && !panicking) {
    const char *word = keyword == VarKeyword::Let ? "let" : keyword == VarKeyword::Const ? "const" : "var";
    if (!isKnown())
      complain(DiagId::MissingInitializer, variable->nameRange) << word << variable->name.text();
  }
  return finish(variable);
}

const Node *Parser::parseVariables(const Head &head) {
  if (at(Kw_ref)) {
    const VariableDecl *variable = parseRefVariable(head);
    return makeVariables(head, variable);
  }
  if (at(LeftParen) && isTypedDeconstruction(pos))
    return parseTypedDeconstruct(head);

  VarKeyword keyword = VarKeyword::None;
  const TypeNode *type = nullptr;
  if (at(Kw_var) || at(Kw_let) || at(Kw_const)) {
    keyword = at(Kw_var) ? VarKeyword::Var : at(Kw_let) ? VarKeyword::Let : VarKeyword::Const;
    // `const T* p` is a pointer to what is not written through.
    if (keyword == VarKeyword::Const && isConstPointer(pos))
      keyword = VarKeyword::None;
    else
      take();
    if (keyword != VarKeyword::None && keyword != VarKeyword::Const && at(LeftParen) && tokenAt(partner(pos) + 1).kind == Equal)
      return parseDeconstruct(head, keyword);
    bool isTyped = keyword == VarKeyword::None;
    if (keyword == VarKeyword::Let || keyword == VarKeyword::Const) {
      Skipped typed = skipType(pos);
      isTyped = typed && tokenAt(typed.end).kind == Identifier && !tokenAt(typed.end).has(Token::StartsLine);
    }
    if (isTyped)
      type = parseType();
  } else {
    type = parseType();
  }

  llvm::SmallVector<const VariableDecl *, 4> variables;
  do
    variables.push_back(parseDeclarator(head, keyword, type, variables.empty()));
  while (!panicking && accept(Comma));
  return makeVariables(head, variables);
}

const VariablesDecl *Parser::parseVariablesOnly(const Head &head) {
  const Node *node = parseVariables(head);
  if (auto *variables = llvm::dyn_cast<VariablesDecl>(node))
    return variables;
  complain(DiagId::DeconstructPlace, node->range);
  return makeVariables(head, {});
}

/// `ref int r = ref e`
const VariableDecl *Parser::parseRefVariable(const Head &head) {
  take();
  auto *variable = begin<VariableDecl>(head);
  variable->isRef = true;
  if (accept(Kw_var))
    variable->keyword = VarKeyword::Var;
  else
    variable->type = parseType();
  variable->name = expectName(&variable->nameRange);
  if (expect(Equal))
    expect(Kw_ref);
  variable->init = parseExpr();
  return finish(variable);
}

// ---- Taking apart ---------------------------------------------------------------------------------------------------

const NamesTree *Parser::makeLeaf(VarKeyword keyword) {
  auto *leaf = make<NamesTree>(here());
  auto *variable = make<VariableDecl>(here());
  variable->keyword = keyword;
  variable->name = expectName(&variable->nameRange);
  leaf->variable = finish(variable);
  return finish(leaf);
}

/// `(a, (b, c))`, or a name.
const NamesTree *Parser::parseNames(VarKeyword keyword) {
  Nest nest(*this);
  Height level(*this);
  if (!nest.ok() || !at(LeftParen))
    return makeLeaf(keyword);
  auto *names = make<NamesTree>(here());
  llvm::SmallVector<const NamesTree *, 4> children;
  SourceRange open = cur().range();
  bracketed(Trailing::No, [&] { children.push_back(parseNames(keyword)); });
  if (children.empty()) {
    fail(DiagId::ExpectedName, open) << "')'";
    return makeLeaf(keyword);
  }
  names->children = list(children);
  return finish(names);
}

/// Behind the names.
const Node *Parser::finishDeconstruct(DeconstructStmt *stmt, const Head &head) {
  expect(Equal);
  stmt->value = parseExpr();
  if (!head.isPlain())
    complain(DiagId::StatementAsDeclaration, {head.begin, head.end});
  return finish(stmt);
}

/// Behind `var` or `let`.
const Node *Parser::parseDeconstruct(const Head &head, VarKeyword keyword) {
  auto *stmt = make<DeconstructStmt>(head.begin);
  stmt->isLet = keyword == VarKeyword::Let;
  stmt->names = parseNames(keyword);
  return finishDeconstruct(stmt, head);
}

const Node *Parser::parseTypedDeconstruct(const Head &head) {
  auto *stmt = make<DeconstructStmt>(head.begin);
  auto *names = make<NamesTree>(here());
  llvm::SmallVector<const NamesTree *, 4> children;
  bracketed(Trailing::No, [&] {
    auto *leaf = make<NamesTree>(here());
    auto *variable = make<VariableDecl>(here());
    variable->type = parseType();
    variable->name = expectName(&variable->nameRange);
    leaf->variable = finish(variable);
    children.push_back(finish(leaf));
  });
  names->children = list(children);
  stmt->names = finish(names);
  return finishDeconstruct(stmt, head);
}

// ---- Initialisers ---------------------------------------------------------------------------------------------------

const Expr *Parser::parseInit() {
  if (at(LeftBrace) && !panicking)
    return parseInitializerList();
  return parseExpr();
}

/// At `{`: `{ a, b }`, `{ X = 1 }`, `{ [k] = v }`.
const InitializerList *Parser::parseInitializerList() {
  Nest nest(*this);
  Height level(*this);
  auto *init = make<InitializerList>(here());
  if (!nest.ok()) {
    skipTo(partner(pos) + 1);
    return finish(init);
  }
  llvm::SmallVector<InitializerList::Element, 8> elements;
  bracketed(Trailing::Yes, [&] {
    InitializerList::Element element{};
    if (at(Identifier) && peek().kind == Equal) {
      element.name = expectName(&element.nameRange);
      take();
      element.value = parseInit();
    } else if (at(LeftBracket) && tokenAt(partner(pos) + 1).kind == Equal) {
      inParens([&] { element.index = parseExpr(); });
      take();
      element.value = parseExpr();
    } else {
      element.value = parseInit();
    }
    elements.push_back(element);
  });
  init->elements = list(elements);
  return finish(init);
}

} // namespace dream::ast
