// Files: module line, imports, declarations and statements at top level.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

ContextualNames::ContextualNames(NameTable &names)
    :
#define CONTEXTUAL(WORD) WORD##_(names.intern(#WORD)),
#define FOREIGN(WORD) WORD##_(names.intern(#WORD)),
#include "compiler/syntax/tokens.def"
      underscore(names.intern("_")) {
}

Parser::Parser(AstContext &context, const SourceManager &sources, FileId file, DiagnosticEngine &diags)
    : context(context), diags(diags), file(file), text(sources.text(file)), start(sources.start(file)),
      buffer(lex(context, sources, file)), words(context.names) {
  balance(buffer, text, start);
  tokens = buffer.tokens.data();
  last = buffer.tokens.size() - 1;
}

const SourceFile *Parser::parse() {
  auto *source = make<SourceFile>(start);
  source->file = file;
  if (at(Kw_module)) {
    SourceLoc begin = here();
    take();
    llvm::SmallVector<Name, 4> path;
    do
      path.push_back(path.empty() ? expectName() : memberName());
    while (!panicking && accept(Dot));
    source->modulePath = list(path);
    expectSemicolon();
    if (panicking)
      recoverStatement(0);
    source->moduleRange = since(begin);
  }
  llvm::SmallVector<const ImportDecl *, 8> imports;
  llvm::SmallVector<const Node *, 32> items;
  while (!atEnd()) {
    uint32_t first = pos;
    if (at(Kw_import)) {
      Head head;
      head.begin = here();
      head.token = pos;
      head.doc = docAt(pos);
      if (!items.empty())
        complain(DiagId::ImportPlace, cur().range());
      imports.push_back(parseImport(head));
    } else {
      parseItem(items);
    }
    endItem(first, DiagId::ExpectedStatement); // a token that begins nothing: balance() leaves no closing bracket here
  }
  source->imports = list(imports);
  source->items = list(items);
  flushLexer({start.offset + uint32_t(text.size())});
  source->range.end = {start.offset + uint32_t(text.size())};
  return source;
}

/// `import a.b as c;`, `import c "header.h";`
const ImportDecl *Parser::parseImport(const Head &head) {
  auto *decl = begin<ImportDecl>(head);
  take();
  if (atWord(words.c_) && peek().kind == String) {
    take();
    decl->isC = true;
    decl->header = buffer.strings[cur().index];
    decl->nameRange = cur().range();
    take();
  } else {
    llvm::SmallVector<Name, 4> path;
    SourceLoc begin = here();
    do
      path.push_back(path.empty() ? expectName() : memberName());
    while (!panicking && accept(Dot));
    decl->path = list(path);
    decl->nameRange = since(begin);
    if (!panicking && accept(Kw_as))
      decl->alias = expectName();
    decl->name = decl->alias ? decl->alias : path.back();
  }
  expectSemicolon();
  return finish(decl);
}

void Parser::parseItem(llvm::SmallVectorImpl<const Node *> &items) {
  if (at(Kw_module)) {
    complain(DiagId::ModulePlace, cur().range());
    while (!at(Semicolon) && !atCloser() && !peek().has(Token::StartsLine))
      take();
    take();
    return;
  }
  Nest nest(*this);
  if (!nest.ok() || refuseNamespace(items))
    return;
  while (refuseDeclarationWord(Place::File)) {
    if (atCloser())
      return;
  }
  if (panicking)
    return;
  bool hasHead = at(LeftBracket) || isModifierWord(pos);
  Head head;
  if (hasHead) {
    head = parseHead();
    while (!panicking && refuseDeclarationWord(Place::File)) {
      Head more = parseHead();
      head.modifiers |= more.modifiers;
    }
    if (panicking)
      return;
  } else {
    head.begin = here();
    head.token = pos;
    head.doc = docAt(pos);
  }
  if (at(Kw_class) || at(Kw_struct) || at(Kw_interface) || at(Kw_enum) || at(Kw_extend)) {
    items.push_back(parseTypeDecl(head));
    return;
  }
  bool isFunc = at(Kw_func) ? isFunction(pos) : false;
  // A word that begins a statement begins no function that lacks its `func`.
  bool mayLackFunc = at(Identifier) || at(BuiltinWord) || at(Kw_own) || at(LeftParen) || at(Kw_const);
  if (isFunc || (mayLackFunc && looksLikeFunctionWithoutFunc(pos, Place::File))) {
    items.push_back(parseFunc(head));
    return;
  }
  bool isYieldOrLabel = at(Identifier) && !hasHead &&
                        (peek().kind == Colon || (isName(pos, words.yield_) && (peek().kind == Kw_return || peek().kind == Kw_break)));
  if (at(Kw_func) || (!isYieldOrLabel && startsVariables(pos))) {
    if (!hasHead)
      if (const Stmt *refused = refuseStatement()) {
        items.push_back(refused);
        return;
      }
    const Node *node = parseVariables(head);
    expectSemicolon();
    items.push_back(node);
    return;
  }
  if (hasHead) {
    if (atEnd() || !head.modifiers) {
      fail(DiagId::ExpectedDeclaration, cur().range())
          << ("'" + textOf({head.begin, head.end}).take_until([](char c) { return c == '\n'; }) + "'") << found();
      return;
    }
    items.push_back(parseDeclarationStatement(head));
    return;
  }
  items.push_back(parseStatement());
}

const SourceFile *parseFile(AstContext &context, const SourceManager &sources, FileId file, DiagnosticEngine &diags) {
  return Parser(context, sources, file, diags).parse();
}

} // namespace dream::ast
