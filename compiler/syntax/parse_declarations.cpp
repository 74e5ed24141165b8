// Types and their members; what stands before a declaration.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

// ---- Attributes and modifiers ---------------------------------------------------------------------------------------

/// `[A, B.C(1)]`, any number of them.
List<const Attribute *> Parser::parseAttributes() {
  llvm::SmallVector<const Attribute *, 2> attributes;
  while (at(LeftBracket) && !panicking) {
    if (peek().kind != Identifier) {
      fail(DiagId::ExpectedName, peek().range()) << found(pos + 1);
      break;
    }
    bracketed(Trailing::No, [&] {
      auto *attribute = make<Attribute>(here());
      llvm::SmallVector<Name, 2> path;
      do
        path.push_back(path.empty() ? expectName() : memberName());
      while (!panicking && accept(Dot));
      attribute->path = list(path);
      if (at(LeftParen) && !panicking) {
        attribute->hasArgs = true;
        attribute->args = parseArgs();
      }
      attributes.push_back(finish(attribute));
    });
  }
  return list(attributes);
}

static uint32_t modifierOf(TokenKind kind) {
  using enum TokenKind;
  static constexpr std::pair<TokenKind, uint32_t> table[] = {
      {Kw_public, ModPublic},     {Kw_private, ModPrivate},   {Kw_protected, ModProtected}, {Kw_internal, ModInternal},
      {Kw_export, ModExport},     {Kw_static, ModStatic},     {Kw_abstract, ModAbstract},   {Kw_virtual, ModVirtual},
      {Kw_override, ModOverride}, {Kw_sealed, ModSealed},     {Kw_extern, ModExtern},       {Kw_unsafe, ModUnsafe},
      {Kw_own, ModOwn},
  };
  for (auto [word, modifier] : table)
    if (word == kind)
      return modifier;
  return 0;
}

Parser::Head Parser::parseHead() {
  Head head;
  head.begin = here();
  head.token = pos;
  head.doc = docAt(pos);
  head.attributes = parseAttributes();
  if (head.doc.empty())
    head.doc = docAt(pos);
  SourceLoc modifiersBegin = here();
  while (!panicking && isModifierWord(pos)) {
    uint32_t modifier = at(Identifier) ? (isName(pos, words.rc_) ? ModRc : ModGc) : modifierOf(kind());
    if (head.modifiers & modifier)
      complain(DiagId::RepeatedModifier, cur().range()).fix({here(), {peek().begin}}, "") << cur().name.text();
    head.modifiers |= modifier;
    take();
  }
  head.end = previousEnd();
  head.modifierRange = head.modifiers ? SourceRange{modifiersBegin, head.end} : SourceRange{};
  return head;
}

// ---- Types ----------------------------------------------------------------------------------------------------------

/// At `class struct interface enum extend`.
const Decl *Parser::parseTypeDecl(const Head &head) {
  if (at(Kw_enum))
    return parseEnum(head);
  if (at(Kw_extend))
    return parseExtend(head);
  return parseClass(head);
}

const ClassDecl *Parser::parseClass(const Head &head) {
  auto *decl = begin<ClassDecl>(head);
  decl->classKind = at(Kw_class) ? ClassKind::Class : at(Kw_struct) ? ClassKind::Struct : ClassKind::Interface;
  take();
  decl->name = expectName(&decl->nameRange);
  decl->typeParams = parseTypeParams();
  if (!panicking && accept(Colon))
    decl->bases = parseTypeList();
  decl->wheres = parseWheres();
  decl->members = parseMembers(decl->name);
  return finish(decl);
}

const ExtendDecl *Parser::parseExtend(const Head &head) {
  auto *decl = begin<ExtendDecl>(head);
  take();
  decl->typeParams = parseTypeParams();
  decl->extended = parseType();
  if (!panicking && accept(Colon))
    decl->bases = parseTypeList();
  decl->wheres = parseWheres();
  decl->members = parseMembers({});
  return finish(decl);
}

/// `"{" Member* "}"`, after whatever went wrong before it on the same line.
List<const Decl *> Parser::parseMembers(Name owner) {
  if (panicking) {
    uint32_t p = pos;
    while (p != last && tokens[p].kind != LeftBrace && !isCloserKind(tokens[p].kind) && tokens[p].kind != Semicolon &&
           !beginsStatementLine(p))
      p = isOpenerKind(tokens[p].kind) ? partner(p) + 1 : p + 1;
    if (tokenAt(p).kind != LeftBrace)
      return {};
    pos = p;
    panicking = false;
  }
  if (!at(LeftBrace)) {
    expect(LeftBrace);
    return {};
  }
  Nest nest(*this);
  Height level(*this);
  uint32_t close = partner(pos);
  llvm::SmallVector<const Decl *, 16> members;
  if (nest.ok()) {
    take();
    parseMembersUntil(close, owner, members);
  }
  pos = close;
  take();
  return list(members);
}

void Parser::parseMembersUntil(uint32_t close, Name owner, llvm::SmallVectorImpl<const Decl *> &members) {
  while (pos < close) {
    uint32_t first = pos;
    if (const Decl *member = parseMember(owner))
      members.push_back(member);
    endItem(first, DiagId::ExpectedMember);
  }
}

/// At a name in an enum: a field, property or function without its `func`, rather than a variant.
bool Parser::looksLikeMember() const {
  Skipped type = skipType(pos);
  const Token &name = tokenAt(type.end);
  static constexpr TokenSet behindName{Semicolon, Equal, LeftBracket, LeftBrace, FatArrow};
  bool isNamed = type && (name.kind == Identifier || name.kind == Kw_this) && behindName.has(tokenAt(type.end + 1).kind);
  return (isNamed && !name.has(Token::StartsLine)) || looksLikeFunctionWithoutFunc(pos, Place::Block) || (atWord(words.type_) && peek().kind == Identifier);
}

/// `"{" (variant)% ";"? Member* "}"`
const EnumDecl *Parser::parseEnum(const Head &head) {
  auto *decl = begin<EnumDecl>(head);
  take();
  decl->name = expectName(&decl->nameRange);
  decl->typeParams = parseTypeParams();
  if (!panicking && accept(Colon))
    decl->underlying = parseType();
  if (!at(LeftBrace) || panicking) {
    expect(LeftBrace);
    return finish(decl);
  }
  Nest nest(*this);
  Height level(*this);
  uint32_t close = partner(pos);
  llvm::SmallVector<const EnumVariantDecl *, 16> variants;
  llvm::SmallVector<const Decl *, 8> members;
  if (nest.ok()) {
    take();
    while (pos < close && at(Identifier) && !isModifierWord(pos)) {
      if (looksLikeMember())
        break;
      variants.push_back(parseVariant());
      if (panicking)
        recoverInList(close);
      if (accept(Comma)) {
        if (at(Comma)) {
          failHere(DiagId::ExpectedName);
          recoverInList(close);
          accept(Comma);
        }
        continue;
      }
      // A forgotten comma, if the next line looks like another variant.
      if (!at(Identifier) || isModifierWord(pos) || looksLikeMember())
        break;
      SourceLoc end = previousEnd();
      Report(*this, DiagId::ExpectedToken, {end, end}, isKnown()).fix({end, end}, ",") << "','" << found();
    }
    accept(Semicolon);
    parseMembersUntil(close, decl->name, members);
  }
  pos = close;
  take();
  decl->variants = list(variants);
  decl->members = list(members);
  return finish(decl);
}

const EnumVariantDecl *Parser::parseVariant() {
  auto *variant = make<EnumVariantDecl>(here());
  variant->doc = docAt(pos);
  variant->name = expectName(&variant->nameRange);
  if (at(LeftParen)) {
    variant->hasParts = true;
    llvm::SmallVector<EnumVariantDecl::Part, 4> parts;
    bracketed(Trailing::No, [&] {
      EnumVariantDecl::Part part{};
      part.type = parseType();
      if (at(Identifier) && !panicking)
        part.name = expectName();
      parts.push_back(part);
    });
    variant->parts = list(parts);
  }
  if (accept(Equal))
    variant->value = parseExpr();
  return finish(variant);
}

// ---- Members --------------------------------------------------------------------------------------------------------

/// Null if what stood there was reported and means nothing.
const Decl *Parser::parseMember(Name owner) {
  Nest nest(*this);
  Height level(*this);
  if (!nest.ok())
    return nullptr;
  if (at(Semicolon)) {
    complain(DiagId::ExpectedMember, cur().range()).fix(cur().range(), "") << "';'";
    take();
    return nullptr;
  }
  while (refuseDeclarationWord(Place::Member)) {
  }
  if (panicking)
    return nullptr;
  Head head = parseHead();
  if (panicking)
    return nullptr;
  if (refuseStaticConstructor(head, owner))
    return nullptr;
  while (refuseDeclarationWord(Place::Member)) {
    Head more = parseHead();
    head.modifiers |= more.modifiers;
  }
  if (panicking)
    return nullptr;
  if (at(Kw_func) && isFunction(pos))
    return parseFunc(head);
  if (at(Kw_class) || at(Kw_struct) || at(Kw_interface) || at(Kw_enum))
    return parseTypeDecl(head);
  if (at(Kw_extend)) {
    complain(DiagId::NestedExtend, cur().range());
    parseExtend(head);
    return nullptr;
  }
  if (at(Tilde)) {
    auto *decl = begin<DestructorDecl>(head);
    take();
    decl->name = expectName(&decl->nameRange);
    if (at(LeftParen))
      inParens([] {});
    else if (!panicking)
      complain(DiagId::ExpectedToken, gap()).fix({previousEnd(), previousEnd()}, "()") << "'('" << found();
    decl->body = expectBlock();
    return finish(decl);
  }
  if (atWord(words.type_) && peek().kind == Identifier &&
      (peek(2).kind == Colon || peek(2).kind == Equal || peek(2).kind == Semicolon)) {
    auto *decl = begin<AssocTypeDecl>(head);
    take();
    decl->name = expectName(&decl->nameRange);
    if (accept(Colon))
      decl->bounds = parseTypeList();
    if (!panicking && accept(Equal))
      decl->value = parseType();
    expectSemicolon();
    return finish(decl);
  }
  static constexpr TokenSet variableWords{Kw_var, Kw_let, Kw_const, Kw_ref, Kw_func};
  if (!variableWords.has(kind()) && looksLikeFunctionWithoutFunc(pos, Place::Member))
    return parseFunc(head);
  Skipped type = skipType(pos);
  const Token &name = tokenAt(type.end);
  TokenKind after = tokenAt(type.end + 1).kind;
  if (type && ((name.kind == Kw_this && after == LeftBracket) ||
               (name.kind == Identifier && (after == LeftBrace || after == FatArrow))))
    return parseProperty(head);
  if (variableWords.has(kind()) || at(BuiltinWord) || (type && (name.kind == Identifier || isWord(name.kind)))) {
    const VariablesDecl *decl = parseVariablesOnly(head);
    expectSemicolon();
    return decl;
  }
  if (!head.isPlain())
    fail(DiagId::ExpectedDeclaration, cur().range()) << ("'" + textOf({head.begin, head.end}).take_until([](char c) { return c == '\n'; }) + "'") << found();
  else
    failHere(DiagId::ExpectedMember);
  return nullptr;
}

/// `T X { get; set; } = e;`, `T X => e;`, `T this[int i] { … }`
const Decl *Parser::parseProperty(const Head &head) {
  auto *decl = begin<PropertyDecl>(head);
  decl->type = parseType();
  if (at(Kw_this)) {
    decl->isIndexer = true;
    decl->nameRange = cur().range();
    take();
    llvm::SmallVector<const ParamDecl *, 2> params;
    bracketed(Trailing::No, [&] { params.push_back(parseParam(true)); });
    decl->params = list(params);
  } else {
    decl->name = expectName(&decl->nameRange);
  }
  if (at(FatArrow)) {
    auto *accessor = make<AccessorDecl>(here());
    take();
    accessor->accessorKind = AccessorKind::Get;
    accessor->hasBody = true;
    accessor->expr = parseThrowOr(&Parser::parseExpr);
    llvm::SmallVector<const AccessorDecl *, 1> accessors{finish(accessor)};
    decl->accessors = list(accessors);
    expectSemicolon();
    return finish(decl);
  }
  if (!at(LeftBrace) || panicking) {
    expect(LeftBrace);
    return finish(decl);
  }
  uint32_t close = partner(pos);
  take();
  llvm::SmallVector<const AccessorDecl *, 2> accessors;
  if (pos == close && !isKnown())
    complain(DiagId::AccessorForm, tokens[close].range()) << "'}'";
  while (pos < close) {
    uint32_t first = pos;
    if (const AccessorDecl *accessor = parseAccessor())
      accessors.push_back(accessor);
    if (panicking)
      recoverStatement(first);
    if (pos == first)
      take();
  }
  pos = close;
  take();
  decl->accessors = list(accessors);
  if (accept(Equal)) {
    decl->init = parseInit();
    expectSemicolon();
  }
  return finish(decl);
}

const AccessorDecl *Parser::parseAccessor() {
  Head head = parseHead();
  if (panicking)
    return nullptr;
  if (!atWord(words.get_) && !atWord(words.set_) && !atWord(words.init_)) {
    failHere(DiagId::AccessorForm);
    return nullptr;
  }
  auto *accessor = begin<AccessorDecl>(head);
  accessor->accessorKind = atWord(words.get_)   ? AccessorKind::Get
                           : atWord(words.set_) ? AccessorKind::Set
                                                : AccessorKind::Init;
  accessor->name = cur().name;
  accessor->nameRange = cur().range();
  take();
  parseFunctionBody(accessor->hasBody, accessor->block, accessor->expr);
  return finish(accessor);
}

} // namespace dream::ast
