// `if`, loops, `switch`, `try`.
#include "compiler/sema/checker.h"
#include "compiler/sema/places.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"
#include "llvm/ADT/StringSet.h"
#include <map>

namespace dream::sema {

using namespace ast;

//===-- if ----------------------------------------------------------------------------------------------------===//

void Checker::checkIf(const IfStmt *stmt) {
  Narrowing whenTrue, whenFalse;
  checkCondition(stmt->condition, whenTrue, whenFalse);
  bool wasReachable = cx->reachable;
  cx->now = whenTrue;
  if (llvm::isa<EmptyStmt>(stmt->thenStmt) && !stmt->elseStmt)
    report(DiagId::EmptyBody, stmt->thenStmt->range) << "if";
  checkEmbedded(stmt->thenStmt);
  Narrowing afterThen = cx->now;
  bool thenReaches = cx->reachable;
  cx->now = whenFalse;
  cx->reachable = wasReachable;
  if (stmt->elseStmt)
    checkEmbedded(stmt->elseStmt);
  bool elseReaches = cx->reachable;
  if (thenReaches && elseReaches)
    cx->now.meet(afterThen);
  else if (thenReaches)
    cx->now = afterThen;
  cx->reachable = thenReaches || elseReaches;
}

//===-- Loops -------------------------------------------------------------------------------------------------===//

void Checker::popTarget() {
  JumpTarget &target = cx->targets.back();
  if (target.isBroken) {
    if (cx->reachable)
      cx->now.meet(target.atBreak);
    else
      cx->now = target.atBreak;
    cx->reachable = true;
  }
  cx->targets.pop_back();
}

void Checker::checkWhile(const WhileStmt *stmt, Name label) {
  Scope scope(*this);
  forgetAssigned(stmt);
  Narrowing whenTrue, whenFalse;
  checkCondition(stmt->condition, whenTrue, whenFalse);
  bool truth = false, isConstant = constantBool(stmt->condition, truth), wasReachable = cx->reachable;
  if (llvm::isa<EmptyStmt>(stmt->body) && stmt->body->range.begin.offset == stmt->condition->range.end.offset + 1)
    report(DiagId::EmptyBody, stmt->body->range) << "while";
  pushTarget(label, false);
  cx->now = whenTrue;
  cx->reachable = wasReachable && !(isConstant && !truth);
  cx->warnedUnreachable |= !cx->reachable;
  checkEmbedded(stmt->body);
  cx->now = whenFalse;
  cx->reachable = wasReachable && !(isConstant && truth);
  popTarget();
}

void Checker::checkDo(const DoStmt *stmt, Name label) {
  forgetAssigned(stmt);
  pushTarget(label, false);
  checkEmbedded(stmt->body);
  // `continue` arrives at the condition too.
  if (cx->targets.back().isContinued) {
    cx->reachable = true;
    cx->now = Narrowing();
  }
  Narrowing whenTrue, whenFalse;
  checkCondition(stmt->condition, whenTrue, whenFalse);
  bool truth = false;
  cx->now = whenFalse;
  if (constantBool(stmt->condition, truth) && truth)
    cx->reachable = false;
  popTarget();
}

void Checker::checkFor(const ForStmt *stmt, Name label) {
  Scope scope(*this);
  if (stmt->vars)
    checkVars(stmt->vars);
  if (stmt->deconstruct)
    checkStmt(stmt->deconstruct);
  for (const Expr *init : stmt->inits)
    checkValue(init);
  if (!cx->now.known.empty()) {
    if (stmt->condition)
      forgetAssigned(stmt->condition);
    forgetAssigned(stmt->body);
    for (const Expr *step : stmt->steps)
      forgetAssigned(step);
  }
  Narrowing whenTrue = cx->now, whenFalse = cx->now;
  bool truth = true, isConstant = true, wasReachable = cx->reachable;
  if (stmt->condition) {
    checkCondition(stmt->condition, whenTrue, whenFalse);
    isConstant = constantBool(stmt->condition, truth);
  }
  pushTarget(label, false);
  cx->now = whenTrue;
  cx->reachable = wasReachable && !(isConstant && !truth);
  cx->warnedUnreachable |= !cx->reachable;
  checkEmbedded(stmt->body);
  if (cx->targets.back().isContinued || !cx->reachable)
    cx->now = Narrowing();
  for (const Expr *step : stmt->steps)
    checkValue(step);
  cx->now = whenFalse;
  cx->reachable = wasReachable && !(isConstant && truth);
  popTarget();
}

void Checker::checkForeach(const ForeachStmt *stmt, Name label) {
  Scope scope(*this);
  ForeachFacts facts;
  TypeId element = types::Error;
  const Expr *inner = stripParens(stmt->source);
  if (auto *range = llvm::dyn_cast<RangeExpr>(inner)) {
    // 0..n counts.
    facts.kind = ForeachKind::IntRange;
    if (!range->begin || !range->end) {
      for (const Expr *end : {range->begin, range->end})
        if (end)
          checkValue(end);
      report(DiagId::RangeNeedsEnds, range->range);
    } else {
      TypeId a = checkValue(range->begin), b = checkValue(range->end);
      if (a != types::Error && b != types::Error) {
        std::optional<TypeId> common = promote(a, b, range->begin, range->end);
        if (!common || !types.isInteger(*common) || !types.isInteger(a) || !types.isInteger(b)) {
          badOperands(range->range, range->inclusive ? "..=" : "..", range->begin, range->end);
        } else {
          convertNumber(range->begin, *common);
          convertNumber(range->end, *common);
          element = *common;
        }
      }
    }
    setType(inner, types::Void);
    setType(stmt->source, types::Void);
  } else {
    TypeId source = checkValue(stmt->source);
    switch (types.kind(source)) {
    case TypeKind::Error:
      break;
    case TypeKind::Array:
      facts.kind = ForeachKind::Array;
      element = types[source].element;
      break;
    case TypeKind::FixedArray:
      facts.kind = ForeachKind::FixedArray;
      element = types[source].element;
      break;
    case TypeKind::Rect:
      facts.kind = ForeachKind::Rect;
      element = types[source].element;
      break;
    case TypeKind::String:
      facts.kind = ForeachKind::String;
      element = types::Char;
      break;
    default:
      element = types.viewElement(source);
      if (element.isValid())
        facts.kind = ForeachKind::View;
      else
        element = enumerate(source, stmt->source, facts);
      break;
    }
  }
  facts.elementType = element;
  if (stmt->byRef && element != types::Error && facts.kind != ForeachKind::Array && facts.kind != ForeachKind::FixedArray &&
      (facts.kind != ForeachKind::View || types.info(program.exprs.get(stmt->source).type).isReadOnlyView)) {
    report(DiagId::RefForeach, stmt->source->range) << spell(program.exprs.get(stmt->source).type);
    element = facts.elementType = types::Error;
  } else if (stmt->byRef && facts.kind == ForeachKind::View) {
    checkViewedAlone(element, stmt->source->range);
  } else if (stmt->byRef && element != types::Error) {
    checkWritable(stmt->source, "changed");
    Place place = placeOf(stmt->source);
    const VariableInfo *param = place.root == Place::Root::Variable ? &program[place.variable] : nullptr;
    if (param && param->kind == VariableKind::Parameter && param->mode == PassMode::Value && !place.steps && facts.kind == ForeachKind::Array &&
        !param->isOwn && !assignedParams.contains(place.variable))
      report(DiagId::ElementOfParameter, stmt->source->range).operator<<(param->name.text())
          .note(param->range, "the caller keeps its array; take it by 'ref' to change it, or assign '" + param->name.text() + "' a copy first");
    else
      noteWrite(stmt->source);
  }
  if (!stmt->variable) {
    TypeId wanted = partsOfNames(stmt->names);
    if (isMoveOnly(element)) {
      report(DiagId::MovesByBinding, stmt->names->range) << spell(element);
      element = types::Error;
    }
    if (Conversion apart = deconstruction(element, stmt->names->children.size()); apart.function.isValid()) {
      facts.conversion = apart;
      element = apart.to;
    }
    bool fits = types.kind(element) == TypeKind::Tuple && types.kind(wanted) == TypeKind::Tuple &&
                types[element].args.size() == types[wanted].args.size();
    if (!fits) {
      if (types.kind(element) == TypeKind::Tuple)
        report(DiagId::TupleCount, stmt->names->range) << spell(element) << int64_t(stmt->names->children.size());
      else if (element != types::Error)
        report(DiagId::NotATuple, stmt->names->range) << spell(element);
      poisonNames(stmt->names);
    } else {
      TypeId filled = fillParts(wanted, element);
      if (std::optional<Conversion> conversion = implicitConversion(element, filled)) {
        if (conversion->kind != ConversionKind::None && facts.conversion.kind != ConversionKind::None) {
          report(DiagId::CannotConvert, stmt->names->range) << spell(element) << spell(filled) << " for each element";
        } else if (conversion->kind != ConversionKind::None) {
          facts.conversion = *conversion;
        }
        declareParts(stmt->names, filled, true);
      } else {
        report(DiagId::CannotConvert, stmt->names->range) << spell(element) << spell(filled) << " for each element";
        poisonNames(stmt->names);
      }
    }
  } else {
    TypeId type = element;
    if (stmt->type) {
      type = resolveHere(stmt->type);
      if (!checkStorable(type, stmt->type->range, "a variable"))
        type = types::Error;
      if (stmt->byRef && type != types::Error && element != types::Error && type != element) {
        report(DiagId::RefTypeDiffers, stmt->type->range) << "ref" << spell(element) << spell(type);
        type = types::Error;
      } else if (type != types::Error && element != types::Error) {
        if (std::optional<Conversion> conversion = implicitConversion(element, type)) {
          if (conversion->kind != ConversionKind::None)
            facts.conversion = *conversion;
          if (conversion->kind == ConversionKind::User)
            noteCall(conversion->function, Dispatch::Direct);
        } else {
          report(DiagId::CannotConvert, stmt->type->range) << spell(element) << spell(type) << " for each element";
        }
      }
    }
    VariableId variable = declareLocalVariable(VariableKind::Local, stmt->variable->name, type, stmt->variable->nameRange);
    program[variable].isRefLocal = stmt->byRef;
    program[variable].isReadOnly = !stmt->byRef;
    if (!stmt->byRef)
      loopVariables.insert(variable);
    ++variableUses[variable.index]; // often only counts
    program.declared[stmt->variable] = variable;
    facts.variable = variable;
  }
  program.foreachs[stmt] = facts;
  forgetAssigned(stmt->body);
  Narrowing before = cx->now;
  bool wasReachable = cx->reachable;
  pushTarget(label, false);
  checkEmbedded(stmt->body);
  cx->now = before;
  cx->reachable = wasReachable;
  popTarget();
}

/// GetEnumerator, MoveNext and Current of a class or struct. Gives the type of an element.
TypeId Checker::enumerate(TypeId source, const Expr *at, ForeachFacts &facts) {
  facts.kind = ForeachKind::Enumerable;
  auto method = [&](TypeId type, llvm::StringRef name) -> FunctionId {
    llvm::SmallVector<FunctionId, 4> found;
    gatherMethods(type, names.intern(name), found);
    for (FunctionId function : found) {
      needSignature(function);
      if (detail(function).isGeneric)
        continue;
      if (program[function].params.empty() && !program[function].isStatic && !detail(function).isPoisoned)
        return function;
    }
    return {};
  };
  FunctionId getEnumerator = method(source, "GetEnumerator");
  if (!getEnumerator.isValid()) {
    auto diag = report(DiagId::NotEnumerable, at->range);
    diag << spell(source);
    if (types.kind(source) == TypeKind::Optional)
      diag.note(at->range, "it may be null: test it first, or give a default with '?" "?'");
    else if (types.isInteger(source))
      diag.note(at->range, "'0..n' counts").fix({at->range.begin, at->range.begin}, "0..");
    return types::Error;
  }
  needResult(getEnumerator, at->range);
  TypeId enumerator = program[getEnumerator].result;
  if (enumerator == types::Error)
    return enumerator;
  FunctionId moveNext = method(enumerator, "MoveNext");
  TypeKind kind = types.kind(enumerator);
  Symbol current;
  if (isNominal(kind))
    current = lookupMember(types[enumerator].nominal, names.intern("Current"));
  else if (kind == TypeKind::TypeParam)
    current = lookupBoundMember(enumerator, names.intern("Current"), nullptr);
  FunctionId getter = current.kind == Symbol::Kind::Property ? program[PropertyId(current.index)].getter : FunctionId();
  if (moveNext.isValid())
    needResult(moveNext, at->range);
  if (!moveNext.isValid() || program[moveNext].result != types::Bool || !getter.isValid()) {
    report(DiagId::BadEnumerator, at->range).operator<<(spell(enumerator)).note(program[getEnumerator].range, "GetEnumerator() is declared here");
    return types::Error;
  }
  noteCall(getEnumerator, dispatchOf(getEnumerator, source, false));
  noteCall(moveNext, dispatchOf(moveNext, enumerator, false));
  noteCall(getter, dispatchOf(getter, enumerator, false));
  // A default of the interface does nothing; what is known only as an enumerator may do something.
  if (FunctionId dispose = method(enumerator, "Dispose"); dispose.isValid() && !cx->inInitialiser) {
    NominalId owner = program[dispose].owner;
    bool isDefault = owner.isValid() && types.info(owner).kind == NominalKind::Interface && kind != TypeKind::Interface && kind != TypeKind::TypeParam;
    needResult(dispose, at->range);
    if (!isDefault && program[dispose].result == types::Void) {
      facts.disposal.dispose = dispose;
      facts.disposal.dispatch = dispatchOf(dispose, enumerator, false);
      noteCall(dispose, facts.disposal.dispatch);
    }
  }
  facts.getEnumerator = getEnumerator;
  facts.moveNext = moveNext;
  facts.current = getter;
  return propertyType(PropertyId(current.index));
}

//===-- switch ------------------------------------------------------------------------------------------------===//

/// Sections share a scope that control enters in the middle: what ends with a scope needs one of its own.
void Checker::needOwnBlock(const Stmt *stmt) {
  auto *use = llvm::dyn_cast<UsingStmt>(stmt);
  auto *vars = llvm::dyn_cast<VarStmt>(stmt);
  bool isRef = vars && llvm::any_of(vars->decl->variables, [](const VariableDecl *decl) { return decl->isRef; });
  bool isView = vars && llvm::any_of(vars->decl->variables, [&](const VariableDecl *decl) { return types.isView(program[program.declared.get(decl)].type); });
  if (llvm::isa<DeferStmt>(stmt) || isRef || isView || (use && !use->body))
    report(DiagId::NeedsOwnBlock, stmt->range).operator<<(use ? "using" : isRef ? "ref" : isView ? "Span" : "defer")
        .fix({stmt->range.begin, stmt->range.begin}, "{ ").fix({stmt->range.end, stmt->range.end}, " }");
}

void Checker::checkSwitch(const SwitchStmt *stmt, Name label) {
  TypeId type = checkValue(stmt->value);
  bool fits = types.isInteger(type) || type == types::Char || type == types::String || type == types::Bool || isPlainEnum(type);
  if (!fits && type != types::Error) {
    report(DiagId::SwitchOnWhat, stmt->value->range) << spell(type);
    type = types::Error;
  }
  Scope scope(*this);
  Narrowing before = cx->now;
  bool wasReachable = cx->reachable, hasDefault = false;
  SourceRange defaultRange;
  pushTarget(label, true);
  std::map<uint64_t, SourceRange> values; // every number is a possible key
  llvm::StringMap<SourceRange> texts;
  cx->reachable = false;
  for (const SwitchSection *section : stmt->sections) {
    for (const Expr *value : section->labels) {
      if (!value) {
        if (hasDefault)
          report(DiagId::DuplicateCase, section->range).operator<<("default").note(defaultRange, "the other one is here");
        hasDefault = true;
        defaultRange = section->range;
        continue;
      }
      checkTo(value, type, "to compare with");
      if (type == types::Error || program.exprs.get(value).type == types::Error)
        continue;
      ConstValue constant = constantValue(program, value);
      if (!constant) {
        if (implicitConversion(program.exprs.get(value).type, type, value))
          report(DiagId::CaseNotConstant, value->range);
        continue;
      }
      bool isNew;
      SourceRange other;
      if (constant.kind == ConstValue::Kind::String) {
        auto [place, inserted] = texts.try_emplace(constant.text, value->range);
        isNew = inserted;
        other = place->second;
      } else {
        auto [place, inserted] = values.try_emplace(constant.bits, value->range);
        isNew = inserted;
        other = place->second;
      }
      if (!isNew)
        report(DiagId::DuplicateCase, value->range).operator<<("case").note(other, "the other one is here");
    }
    if (cx->reachable && !section->labels.empty()) {
      SourceRange at = section->labels[0] ? section->labels[0]->range : section->range;
      report(DiagId::FallsThrough, at).note(at, "'break;' before it ends the section above");
    }
    cx->now = cx->reachable ? Narrowing() : before;
    cx->reachable = wasReachable;
    if (section->statements.empty() && section != stmt->sections.back()) {
      cx->reachable = false; // stacked labels
      continue;
    }
    checkList(section->statements);
    for (const Stmt *inner : section->statements)
      needOwnBlock(inner);
  }
  if (types.kind(type) == TypeKind::Enum && !hasDefault) {
    std::string missing;
    for (const EnumCase &variant : types.info(type).cases)
      if (!values.count(uint64_t(variant.value) & ~(uint64_t(1) << 63)))
        missing += (missing.empty() ? "'" : ", '") + variant.name.text().str() + "'";
    if (!missing.empty())
      report(DiagId::MissingVariants, stmt->value->range) << missing;
  }
  bool endReached = cx->reachable;
  if (stmt->sections.empty() || !hasDefault) {
    if (endReached)
      cx->now.meet(before);
    else
      cx->now = before;
    cx->reachable = wasReachable;
  }
  popTarget();
}

//===-- try ---------------------------------------------------------------------------------------------------===//

void Checker::checkTry(const TryStmt *stmt) {
  TypeId exception = program.knownTypes[size_t(Known::Exception)];
  // Types first: they tell whether anything gets past the handlers.
  bool catchesAll = false;
  llvm::SmallVector<TypeId, 4> caught;
  for (const CatchClause *clause : stmt->catches) {
    TypeId type = clause->type ? resolveHere(clause->type) : exception;
    caught.push_back(type);
    if ((!clause->type || type == exception) && !clause->guard)
      catchesAll = true;
  }
  bool wasReachable = cx->reachable;
  Narrowing before = cx->now;
  cx->swallowing += catchesAll;
  cx->handlerDepth += !stmt->catches.empty();
  checkBlock(stmt->body);
  cx->handlerDepth -= !stmt->catches.empty();
  cx->swallowing -= catchesAll;
  Narrowing after = cx->now;
  bool afterReaches = cx->reachable;
  cx->now = before;
  forgetAssigned(stmt->body);
  Narrowing inHandlers = cx->now;
  for (size_t i = 0; i < stmt->catches.size(); ++i) {
    const CatchClause *clause = stmt->catches[i];
    Scope scope(*this);
    cx->now = inHandlers;
    cx->reachable = wasReachable;
    TypeId type = caught[i];
    if (type != types::Error && exception.isValid() && !types.isSubtype(type, exception)) {
      report(DiagId::NotAnException, clause->type->range) << spell(type);
      type = types::Error;
    }
    if (type != types::Error) {
      for (size_t j = 0; j < i; ++j)
        if (!stmt->catches[j]->guard && caught[j] != types::Error && types.isSubtype(type, caught[j])) {
          report(DiagId::HandlerHidden, clause->type ? clause->type->range : clause->range).operator<<(spell(type))
              .note(stmt->catches[j]->range, "this handler takes it");
          break;
        }
    }
    if (clause->variable) {
      VariableId variable = declareLocalVariable(VariableKind::Local, clause->variable->name, type, clause->variable->nameRange);
      program[variable].isReadOnly = true;
      ++variableUses[variable.index];
      program.declared[clause->variable] = variable;
    }
    if (clause->guard) {
      Narrowing whenTrue, whenFalse;
      checkCondition(clause->guard, whenTrue, whenFalse);
      cx->now = whenTrue;
    }
    ++cx->catchDepth;
    checkBlock(clause->body);
    --cx->catchDepth;
    if (cx->reachable) {
      if (afterReaches)
        after.meet(cx->now);
      else
        after = cx->now;
      afterReaches = true;
    }
  }
  cx->now = after;
  cx->reachable = afterReaches;
  if (stmt->finallyBlock) {
    cx->now = before;
    forgetAssigned(stmt);
    cx->reachable = wasReachable;
    ++cx->finallyDepth;
    unsigned savedCatch = std::exchange(cx->catchDepth, 0);
    llvm::StringRef savedWord = std::exchange(cx->finallyWord, "'finally' block");
    checkBlock(stmt->finallyBlock);
    cx->finallyWord = savedWord;
    cx->catchDepth = savedCatch;
    --cx->finallyDepth;
    bool finallyReaches = cx->reachable;
    cx->now = after;
    for (const Stmt *inner : stmt->finallyBlock->statements)
      forgetAssigned(inner);
    cx->reachable = afterReaches && finallyReaches;
  }
}

} // namespace dream::sema
