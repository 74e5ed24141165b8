// The parser's state and all its rules, each file of which holds those of one idea:
//   parser.cpp            files, modules, imports     parse_declarations.cpp  types, members, modifiers
//   parse_types.cpp       types as written            parse_functions.cpp     functions, parameters, bodies
//   parse_statements.cpp  blocks, statements          parse_variables.cpp     variables, taking apart, initialisers
//   parse_branches.cpp    if, for, foreach, switch    parse_expressions.cpp   operators
//   parse_patterns.cpp    patterns                    parse_primary.cpp       operands
//   recovery.cpp          errors and going on         lookahead.cpp           telling things apart (grammar.md, section 3)
//   refused.cpp           what C# has and Dream has not
//
// Errors: `fail` reports and sets `panicking`; until somebody recovers, nothing more is reported and rules return at
// once with Error nodes. Statements, members and the items of lists in brackets recover. As all brackets match
// (balance.h), no rule moves past a closing bracket that it did not open.
#pragma once

#include "compiler/syntax/balance.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/parser.h"

namespace dream::ast {

/// Rules may call each other so deep, and a tree may grow so high; both hold for every tree that the parser returns, so
/// that later rooms may recurse.
constexpr unsigned kMaxDepth = 1000;
constexpr unsigned kMaxHeight = 2000;
/// Constants in patterns bind tighter than `..`.
constexpr int kConstantPrecedence = 9;

/// Contextual words and words of C#, interned.
struct ContextualNames {
  explicit ContextualNames(NameTable &names);
#define CONTEXTUAL(WORD) Name WORD##_;
#define FOREIGN(WORD) Name WORD##_;
#include "compiler/syntax/tokens.def"
  Name underscore;
};

struct Bracket;

class Parser {
public:
  Parser(AstContext &context, const SourceManager &sources, FileId file, DiagnosticEngine &diags);
  const SourceFile *parse();

private:
  using enum TokenKind;

  // ---- Cursor ----
  const Token &cur() const { return tokens[pos]; }
  const Token &peek(uint32_t ahead = 1) const { return tokens[std::min(pos + ahead, last)]; }
  const Token &tokenAt(uint32_t p) const { return tokens[std::min(p, last)]; }
  TokenKind kind() const { return tokens[pos].kind; }
  bool at(TokenKind k) const { return tokens[pos].kind == k; }
  bool isName(uint32_t p, Name word) const {
    const Token &token = tokenAt(p);
    return token.kind == Identifier && token.name == word && !token.has(Token::Escaped);
  }
  bool atWord(Name word) const { return isName(pos, word); }
  bool atEnd() const { return pos == last; }
  bool atCloser() const { return isCloserKind(kind()) || atEnd(); }
  static bool isCloserKind(TokenKind k) { return k == RightParen || k == RightBracket || k == RightBrace || k == HoleClose; }
  static bool isOpenerKind(TokenKind k) { return k == LeftParen || k == LeftBracket || k == LeftBrace || k == HoleOpen; }
  void take() { pos += pos != last; }
  bool accept(TokenKind k) {
    if (!at(k))
      return false;
    take();
    return true;
  }
  /// Of a bracket.
  uint32_t partner(uint32_t p) const { return tokens[p].index; }
  bool adjacent(uint32_t p) const { return p < last && tokens[p].end == tokens[p + 1].begin; }
  SourceLoc here() const { return {cur().begin}; }
  SourceLoc previousEnd() const { return {pos ? tokens[pos - 1].end : cur().begin}; }
  SourceRange since(SourceLoc begin) const { return {begin, std::max(begin, previousEnd())}; }
  template <typename T> T *make(SourceLoc begin) { return context.make<T>({begin, begin}); }
  template <typename T> T *finish(T *node) {
    node->range.end = std::max(node->range.begin, previousEnd());
    return node;
  }
  template <typename T, unsigned N> List<T> list(const llvm::SmallVector<T, N> &items) {
    return items.empty() ? List<T>() : context.copy(llvm::ArrayRef<T>(items));
  }
  llvm::StringRef textOf(SourceRange range) const {
    return text.slice(range.begin.offset - start.offset, range.end.offset - start.offset);
  }
  unsigned columnOf(uint32_t p) const;

  // ---- Errors (recovery.cpp) ----
  /// Collects a problem and reports it at its end of life, unless it is muted.
  class Report {
  public:
    Report(Parser &parser, DiagId id, SourceRange range, bool muted) : parser(parser), muted(muted) {
      problem.id = id;
      problem.range = range;
    }
    Report(const Report &) = delete;
    ~Report() {
      if (!muted)
        parser.emit(problem);
    }
    Report &operator<<(const llvm::Twine &argument) {
      problem.arguments.push_back(argument.str());
      return *this;
    }
    Report &note(SourceRange range, llvm::StringRef message) {
      problem.notes.push_back({range, message.str()});
      return *this;
    }
    Report &fix(SourceRange range, const llvm::Twine &replacement) {
      problem.fixIts.push_back({range, replacement.str()});
      return *this;
    }

  private:
    Parser &parser;
    bool muted;
    Problem problem;
  };
  void emit(const Problem &problem);
  void flushLexer(SourceLoc before);
  bool isBroken(uint32_t p) const {
    return p <= last && (tokens[p].kind == Invalid || tokens[p].has(Token::Synthetic));
  }
  /// The lexer or balance() has reported something right here.
  bool isKnown() const { return isBroken(pos) || (pos && isBroken(pos - 1)); }
  /// A mistake after which parsing goes on as if it were none.
  Report complain(DiagId id, SourceRange range) { return Report(*this, id, range, panicking); }
  /// A mistake after which this rule cannot go on.
  Report fail(DiagId id, SourceRange range) {
    bool muted = panicking || isKnown();
    panicking = true;
    return Report(*this, id, range, muted);
  }
  /// Where something lacks: at this token, or behind the line before it.
  SourceRange gap() const {
    return cur().has(Token::StartsLine) && pos ? SourceRange{previousEnd(), previousEnd()} : cur().range();
  }
  std::string found(uint32_t p) const;
  std::string found() const { return found(pos); }
  void failHere(DiagId id) { fail(id, cur().range()) << found(); }
  void failMissing(DiagId id) { fail(id, gap()) << found(); }
  bool expect(TokenKind k);
  void expectSemicolon();
  void tooDeep();
  bool beginsStatementLine(uint32_t p) const;
  void recoverInList(uint32_t close);
  void recoverStatement(uint32_t first);
  void endItem(uint32_t first, DiagId expected);
  void skipTo(uint32_t p) { pos = std::max(pos, p); }

  struct Nest {
    explicit Nest(Parser &parser) : parser(parser) {
      if (++parser.depth > kMaxDepth)
        parser.tooDeep();
    }
    ~Nest() { --parser.depth; }
    bool ok() const { return parser.depth <= kMaxDepth; }
    Parser &parser;
  };
  /// Measures the height of what is parsed while it lives; one level more for whom it belongs to.
  struct Height {
    explicit Height(Parser &parser) : parser(parser), outer(parser.height) { parser.height = 0; }
    ~Height() { parser.height = std::max(outer, parser.height + 1); }
    Parser &parser;
    unsigned outer;
  };
  /// One node more on top of what was parsed; false, with an error, when the tree is too high.
  bool grow() {
    if (++height <= kMaxHeight)
      return true;
    tooDeep();
    return false;
  }
  /// Sets a flag for a while.
  struct Setting {
    Setting(bool &flag, bool value) : flag(flag), saved(flag) { flag = value; }
    ~Setting() { flag = saved; }
    bool &flag;
    bool saved;
  };

  enum class Trailing : uint8_t { No, Yes };
  /// `( item, … )`: at the opening bracket. Items recover at commas; afterwards the cursor is behind the closing one.
  template <typename F> void bracketed(Trailing trailing, F item) {
    uint32_t close = partner(pos);
    if (panicking) {
      pos = close + 1;
      return;
    }
    Setting normal(inGuard, false);
    take();
    while (pos < close) {
      item();
      if (panicking)
        recoverInList(close);
      if (pos >= close)
        break;
      if (!at(Comma)) {
        Report(*this, DiagId::ExpectedToken, gap(), isKnown() || isBroken(close)) << "',' or " + describe(tokens[close].kind) << found();
        recoverInList(close);
        if (pos >= close)
          break;
      }
      SourceRange comma = cur().range();
      take();
      if (pos == close && trailing == Trailing::No && !isKnown())
        complain(DiagId::TrailingComma, comma).fix(comma, "") << describe(tokens[close].kind);
    }
    pos = close;
    take();
  }

  /// At a bracket with one thing inside, not a list. Recovers at the closing one.
  template <typename F> void inParens(F inner) {
    uint32_t close = partner(pos);
    if (!panicking) {
      Setting normal(inGuard, false);
      take();
      inner();
      if (pos != close && !isBroken(close))
        expect(tokens[close].kind);
      panicking = false;
    }
    pos = close;
    take();
  }

  // ---- Names ----
  Name expectName(SourceRange *range = nullptr);
  Name memberName(SourceRange *range = nullptr);
  llvm::StringRef docAt(uint32_t p) const;

  // ---- Telling things apart (lookahead.cpp) ----
  /// What a type that was only looked at may also be, when it stands in parentheses.
  enum class Shape : uint8_t { PlainName, MaybeExpr, Built, Suffixed, Certain };
  struct Skipped {
    uint32_t end = 0; ///< 0: no type.
    Shape shape = Shape::Certain;
    explicit operator bool() const { return end; }
  };
  Skipped skipType(uint32_t p, unsigned nesting = 0) const;
  Skipped skipTypeBase(uint32_t p, unsigned nesting) const;
  bool isConstPointer(uint32_t p) const;
  Skipped skipTupleType(uint32_t p, unsigned nesting) const;
  uint32_t skipFuncType(uint32_t p, unsigned nesting) const;
  uint32_t skipTypeArgs(uint32_t p, unsigned nesting) const;
  uint32_t skipTypeParams(uint32_t p) const;
  bool isWeakModifier(uint32_t p) const;
  bool typeArgsFollow() const;
  bool startsVariables(uint32_t p) const;
  bool isTypedDeconstruction(uint32_t p) const;
  bool isCast() const { return isCast(pos); }
  bool isCast(uint32_t p) const;
  bool isCastOfCast(uint32_t p) const;
  bool isLambda() const;
  bool isCaptureList(uint32_t p) const;
  bool isConditional() const;
  bool lacksColon() const;
  bool canStartExpression(uint32_t p) const;
  bool canStartPattern(uint32_t p) const;
  bool isFunction(uint32_t p) const;
  bool hasNoResult(uint32_t p) const;
  enum class Place : uint8_t { File, Member, Block };
  bool looksLikeFunctionWithoutFunc(uint32_t p, Place place) const;
  bool isForeachHead(uint32_t open) const;
  bool isModifierWord(uint32_t p) const;
  bool isArgumentName(uint32_t p) const { return tokenAt(p).kind == Identifier && tokenAt(p + 1).kind == Colon; }

  // ---- Types (parse_types.cpp) ----
  /// Where a `?`, `*` or `??` behind the type may be an operator: after `is`, `as`.
  enum class TypeEnd : uint8_t { Plain, Operand };
  const TypeNode *parseType(TypeEnd end = TypeEnd::Plain);
  const TypeNode *parseTypeBase(TypeEnd end = TypeEnd::Plain);
  const TypeNode *parseSuffixes(const TypeNode *type, SourceLoc begin, TypeEnd end, bool isConst);
  const TypeNode *applyBrackets(const TypeNode *element, SourceLoc begin, llvm::ArrayRef<Bracket> brackets);
  const TypeNode *parseNameBrackets(const TypeNode *type);
  Bracket parseTypeBracket();
  const TypeNode *errorType();
  bool isConstantArg() const;
  List<const TypeNode *> parseTypeArgs();
  List<const TypeParamDecl *> parseTypeParams();
  List<const TypeNode *> parseTypeList();
  List<const WhereClause *> parseWheres();

  // ---- Declarations (parse_declarations.cpp, parse_functions.cpp) ----
  struct Head {
    SourceLoc begin;
    uint32_t token = 0; ///< The first one of the declaration.
    uint32_t modifiers = 0;
    SourceRange modifierRange;
    SourceLoc end; ///< Behind attributes and modifiers.
    List<const Attribute *> attributes;
    llvm::StringRef doc;
    bool isPlain() const { return !modifiers && attributes.empty(); }
  };
  Head parseHead();
  List<const Attribute *> parseAttributes();
  template <typename T> T *begin(const Head &head) {
    T *decl = make<T>(head.begin);
    decl->modifiers = head.modifiers;
    decl->attributes = head.attributes;
    decl->doc = head.doc;
    return decl;
  }
  void parseItem(llvm::SmallVectorImpl<const Node *> &items);
  const Decl *parseTypeDecl(const Head &head);
  const ClassDecl *parseClass(const Head &head);
  const EnumDecl *parseEnum(const Head &head);
  bool looksLikeMember() const;
  const EnumVariantDecl *parseVariant();
  const ExtendDecl *parseExtend(const Head &head);
  List<const Decl *> parseMembers(Name owner);
  void parseMembersUntil(uint32_t close, Name owner, llvm::SmallVectorImpl<const Decl *> &members);
  const Decl *parseMember(Name owner);
  const Decl *parseProperty(const Head &head);
  const AccessorDecl *parseAccessor();
  const ImportDecl *parseImport(const Head &head);

  const FuncDecl *parseFunc(const Head &head);
  const FuncDecl *parseFuncAfterKeyword(const Head &head);
  void parseOperatorName(FuncDecl *func);
  void parseParams(FuncDecl *func);
  const ParamDecl *parseParam(bool isIndexer);
  void parseChain(FuncDecl *func);
  void parseFunctionBody(bool &hasBody, const BlockStmt *&block, const Expr *&expr);

  // ---- Variables (parse_variables.cpp) ----
  /// `int a = 1, b`: a VariablesDecl, or a DeconstructStmt. Does not take the `;`.
  const Node *parseVariables(const Head &head);
  /// The same where values cannot be taken apart.
  const VariablesDecl *parseVariablesOnly(const Head &head);
  const VariablesDecl *makeVariables(const Head &head, llvm::ArrayRef<const VariableDecl *> variables);
  const VariableDecl *parseDeclarator(const Head &head, VarKeyword keyword, const TypeNode *type, bool isFirst);
  const VariableDecl *parseRefVariable(const Head &head);
  const Node *parseDeconstruct(const Head &head, VarKeyword keyword);
  const Node *parseTypedDeconstruct(const Head &head);
  const Node *finishDeconstruct(DeconstructStmt *stmt, const Head &head);
  const NamesTree *parseNames(VarKeyword keyword);
  const NamesTree *makeLeaf(VarKeyword keyword);
  const Expr *parseInit();
  const InitializerList *parseInitializerList();

  // ---- Statements (parse_statements.cpp) ----
  const BlockStmt *parseBlock();
  void parseStatements(uint32_t close, llvm::SmallVectorImpl<const Stmt *> &statements);
  const Stmt *parseStatement();
  const Stmt *parseStatementInner();
  const Stmt *parseNameStatement();
  const Stmt *parseWordStatement();
  const Stmt *parseStrayClause();
  const Stmt *parseDeclarationStatement(const Head &head);
  const Stmt *parseExpressionStatement();
  const Expr *parseCondition();
  const Stmt *parseIf();
  const Stmt *parseFor();
  const Stmt *parseForeach(SourceLoc begin);
  const Stmt *parseTry();
  void skipToBody();
  const CatchClause *parseCatch();
  const Stmt *parseSwitch();
  const Expr *parseCaseLabel(uint32_t close);
  const Stmt *parseUsing();
  const Stmt *parseArena();
  const Stmt *parseJump();
  const Stmt *parseBody();
  const BlockStmt *expectBlock();
  const Stmt *errorStmt(SourceLoc begin) { return finish(make<ErrorStmt>(begin)); }
  bool mayStand(const Expr *expr) const;
  const VarStmt *makeVarStmt(const VariablesDecl *decl);

  // ---- Expressions (parse_expressions.cpp, parse_primary.cpp) ----
  const Expr *parseExpr();
  const Expr *parseConditionalExpr();
  const Expr *parseBranch();
  const Expr *parseThrowOr(const Expr *(Parser::*rule)());
  const Expr *parseCoalesce();
  struct Operator;
  struct Assignment;
  Operator operatorHere() const;
  Assignment assignmentHere() const;
  unsigned greaterCount() const;
  const Expr *parseBinary(int least);
  const Expr *parseRangeEnd(SourceLoc begin, const Expr *low);
  const Expr *parseIs(const Expr *value);
  const Expr *parsePrefix();
  const Expr *parsePostfix();
  const Expr *parsePostfixOf(const Expr *expr, SourceLoc begin);
  const Expr *parsePrimary();
  const Expr *parseWordOperand();
  const Expr *parseLambda();
  const Expr *parseParenthesized();
  const Expr *parseArrayLiteral();
  const Expr *parseInterpolated();
  const Expr *parseNew();
  const Expr *parseNewArray(SourceLoc begin, const TypeNode *element);
  const NameExpr *parseRegion();
  const Expr *parseMatch();
  const MatchArm *parseArm();
  void parseArmBlock(MatchArm *arm);
  const Expr *parseTypeQuery();
  const Expr *parseParenOperand();
  List<const Argument *> parseArgs();
  const Argument *parseArgument();
  const Expr *errorExpr();
  const Expr *errorExpr(SourceLoc begin) { return finish(make<ErrorExpr>(begin)); }

  // ---- Patterns (parse_patterns.cpp) ----
  const Pattern *parsePattern();
  const Pattern *parseAndPattern();
  const Pattern *parseUnaryPattern();
  const Pattern *parsePrimaryPattern();
  const Pattern *parseConstantPattern();
  const Pattern *parseTypePattern();
  bool isConstantPattern() const;

  // ---- Refused (refused.cpp) ----
  /// A word that begins what only C# has: reports it and moves past what has no meaning; true if the statement or
  /// declaration begins anew, false if nothing was refused.
  bool refuseDeclarationWord(Place place);
  bool refuseNamespace(llvm::SmallVectorImpl<const Node *> &items);
  const Stmt *refuseStatement();
  const Expr *refuseExpression();
  const Expr *refusePostfix(const Expr *operand, SourceLoc begin);
  bool refuseStaticConstructor(const Head &head, Name owner);
  const TypeNode *refuseType();

  AstContext &context;
  DiagnosticEngine &diags;
  FileId file;
  llvm::StringRef text;
  SourceLoc start;
  TokenBuffer buffer;
  const Token *tokens;
  uint32_t pos = 0, last = 0;
  size_t reportedProblems = 0;
  unsigned depth = 0, height = 0;
  bool panicking = false, saidTooDeep = false;
  bool behindIs = false; ///< In a pattern behind `is`, outside its brackets, where an operator may follow.
  bool inGuard = false;  ///< At the top of a match arm's guard, where `=>` ends it.
  ContextualNames words;
};

/// One bracket behind a type: a rank, or a size.
struct Bracket {
  unsigned rank = 1;
  const Expr *size = nullptr;
  SourceLoc end;
};

} // namespace dream::ast
