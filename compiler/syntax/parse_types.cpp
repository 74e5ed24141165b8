// Types as written, type parameters and their bounds.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

const TypeNode *Parser::errorType() { return finish(make<ErrorType>(here())); }

const TypeNode *Parser::parseType(TypeEnd end) {
  Nest nest(*this);
  Height level(*this);
  if (!nest.ok() || panicking)
    return errorType();
  SourceLoc begin = here();
  if (accept(Kw_own)) {
    auto *own = make<OwnType>(begin);
    own->element = parseType(end);
    return finish(own);
  }
  if (isWeakModifier(pos)) {
    take();
    auto *weak = make<WeakType>(begin);
    weak->element = parseType(end);
    return finish(weak);
  }
  SourceRange constRange = cur().range();
  bool isConst = accept(Kw_const);
  const TypeNode *type = parseTypeBase(end);
  if (isConst && !at(Star) && !panicking) {
    complain(DiagId::ConstNeedsPointer, constRange);
    isConst = false;
  }
  return parseSuffixes(type, begin, end, isConst);
}

const TypeNode *Parser::parseTypeBase(TypeEnd end) {
  SourceLoc begin = here();
  if (at(BuiltinWord)) {
    auto *type = make<BuiltinType>(begin);
    type->builtin = Builtin(cur().builtin);
    take();
    return finish(type);
  }
  if (at(Identifier)) {
    if (const TypeNode *refused = refuseType())
      return refused;
    auto *type = make<NamedType>(begin);
    llvm::SmallVector<NamedType::Part, 4> parts;
    do {
      NamedType::Part part{};
      part.name = parts.empty() ? expectName(&part.range) : memberName(&part.range);
      if (at(Less) && (end != TypeEnd::Operand || skipTypeArgs(pos, 0)))
        part.args = parseTypeArgs();
      parts.push_back(part);
    } while (!panicking && accept(Dot));
    type->parts = list(parts);
    return finish(type);
  }
  if (at(LeftParen)) {
    auto *type = make<TupleType>(begin);
    llvm::SmallVector<TupleType::Element, 4> elements;
    bracketed(Trailing::No, [&] {
      TupleType::Element element{};
      element.type = parseType();
      if (at(Identifier))
        element.name = expectName();
      elements.push_back(element);
    });
    // Parentheses around one type only group.
    if (elements.size() == 1 && !elements[0].name)
      return elements[0].type;
    type->elements = list(elements);
    return finish(type);
  }
  if (accept(Kw_func)) {
    auto *type = make<FuncType>(begin);
    type->returnsRef = accept(Kw_ref);
    type->result = parseType();
    if (!at(LeftParen)) {
      expect(LeftParen);
      return finish(type);
    }
    llvm::SmallVector<FuncType::Param, 4> params;
    bracketed(Trailing::No, [&] {
      FuncType::Param param{};
      param.mode = accept(Kw_ref) ? ParamMode::Ref : accept(Kw_in) ? ParamMode::In : accept(Kw_out) ? ParamMode::Out : ParamMode::Value;
      param.type = parseType();
      if (at(Identifier))
        param.name = expectName();
      params.push_back(param);
    });
    type->params = list(params);
    return finish(type);
  }
  failMissing(DiagId::ExpectedType);
  return errorType();
}

/// At `[`: a rank or a size.
Bracket Parser::parseTypeBracket() {
  Bracket bracket;
  inParens([&] {
    if (at(Comma) || at(RightBracket)) {
      while (accept(Comma))
        ++bracket.rank;
    } else {
      bracket.size = parseExpr();
    }
  });
  bracket.end = previousEnd();
  return bracket;
}

/// Brackets run outermost first.
const TypeNode *Parser::applyBrackets(const TypeNode *element, SourceLoc begin, llvm::ArrayRef<Bracket> brackets) {
  for (const Bracket &bracket : llvm::reverse(brackets)) {
    grow();
    SourceRange range{begin, brackets.back().end};
    if (bracket.size) {
      auto *type = context.make<FixedArrayType>(range);
      type->element = element;
      type->size = bracket.size;
      element = type;
    } else {
      auto *type = context.make<ArrayType>(range);
      type->element = element;
      type->rank = bracket.rank;
      element = type;
    }
  }
  return element;
}

const TypeNode *Parser::parseSuffixes(const TypeNode *type, SourceLoc begin, TypeEnd end, bool isConst) {
  while (!panicking) {
    if (at(LeftBracket)) {
      llvm::SmallVector<Bracket, 4> brackets;
      while (at(LeftBracket) && !panicking)
        brackets.push_back(parseTypeBracket());
      type = applyBrackets(type, begin, brackets);
      continue;
    }
    // Behind `is T` and `as T` the operator of an expression may begin here.
    bool isOperator = end == TypeEnd::Operand && canStartExpression(pos + 1);
    if (at(Question) && !isOperator) {
      take();
      auto *optional = make<OptionalType>(begin);
      optional->element = type;
      type = finish(optional);
    } else if (at(QuestionQuestion) && end != TypeEnd::Operand) {
      // One token, two optionals.
      auto *inner = context.make<OptionalType>({begin, {cur().begin + 1}});
      inner->element = type;
      take();
      auto *outer = make<OptionalType>(begin);
      outer->element = inner;
      type = finish(outer);
    } else if (at(Star) && !isOperator) {
      take();
      auto *pointer = make<PointerType>(begin);
      pointer->element = type;
      pointer->isConst = isConst;
      isConst = false;
      type = finish(pointer);
    } else {
      break;
    }
    if (!grow())
      break;
  }
  return type;
}

/// `T m[2][3]`: brackets behind a declared name.
const TypeNode *Parser::parseNameBrackets(const TypeNode *type) {
  llvm::SmallVector<Bracket, 4> brackets;
  while (at(LeftBracket) && !panicking)
    brackets.push_back(parseTypeBracket());
  if (brackets.empty())
    return type;
  return applyBrackets(type, type->range.begin, brackets);
}

/// `(N + 1)`, rather than a tuple type or a type in parentheses: a single thing that also reads as an expression.
bool Parser::isConstantArg() const {
  Skipped type = skipType(pos);
  if (!type)
    return true;
  if (type.end != partner(pos) + 1)
    return false; // A suffix follows.
  return skipType(pos + 1).end == partner(pos) && (type.shape == Shape::PlainName || type.shape == Shape::MaybeExpr);
}

/// At `<`.
List<const TypeNode *> Parser::parseTypeArgs() {
  llvm::SmallVector<const TypeNode *, 4> args;
  take();
  while (!at(Greater) && !panicking) {
    SourceLoc begin = here();
    if (at(Int) || (at(LeftParen) && isConstantArg())) {
      auto *constant = make<ConstArgType>(begin);
      if (at(Int)) {
        constant->value = parsePrimary();
      } else {
        inParens([&] { constant->value = parseExpr(); });
      }
      args.push_back(finish(constant));
    } else {
      args.push_back(parseType());
    }
    if (!accept(Comma))
      break;
    if (at(Greater))
      failMissing(DiagId::ExpectedType);
  }
  expect(Greater);
  return list(args);
}

/// `<T, const int N>`, or nothing.
List<const TypeParamDecl *> Parser::parseTypeParams() {
  if (!at(Less))
    return {};
  take();
  llvm::SmallVector<const TypeParamDecl *, 4> params;
  while (!at(Greater) && !panicking) {
    auto *param = make<TypeParamDecl>(here());
    if (accept(Kw_const))
      param->constType = parseType();
    param->name = expectName(&param->nameRange);
    params.push_back(finish(param));
    if (!accept(Comma))
      break;
  }
  expect(Greater);
  return list(params);
}

/// Types with commas, behind a `:`.
List<const TypeNode *> Parser::parseTypeList() {
  llvm::SmallVector<const TypeNode *, 4> types;
  do
    types.push_back(parseType());
  while (!panicking && accept(Comma));
  return list(types);
}

List<const WhereClause *> Parser::parseWheres() {
  llvm::SmallVector<const WhereClause *, 2> wheres;
  while (!panicking && at(Kw_where)) {
    auto *where = make<WhereClause>(here());
    take();
    where->param = expectName(&where->paramRange);
    expect(Colon);
    llvm::SmallVector<WhereClause::Bound, 2> bounds;
    while (!panicking) {
      WhereClause::Bound bound{};
      TokenKind next = peek().kind;
      if (accept(Kw_class)) {
        bound.kind = WhereClause::BoundKind::Class;
      } else if (accept(Kw_struct)) {
        bound.kind = WhereClause::BoundKind::Struct;
      } else if (at(Kw_own) && (next == Comma || next == LeftBrace || next == FatArrow || next == Kw_where || next == Semicolon)) {
        take();
        bound.kind = WhereClause::BoundKind::Own;
      } else if (accept(Kw_new)) {
        bound.kind = WhereClause::BoundKind::New;
        if (expect(LeftParen))
          expect(RightParen);
      } else {
        bound.kind = WhereClause::BoundKind::Type;
        bound.type = parseType();
      }
      bounds.push_back(bound);
      if (!accept(Comma))
        break;
    }
    where->bounds = list(bounds);
    wheres.push_back(finish(where));
  }
  return list(wheres);
}

} // namespace dream::ast
