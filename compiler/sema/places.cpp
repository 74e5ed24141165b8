// Places: what may be assigned, passed by reference, or changed in part; and what a write means for the body around it.
#include "compiler/sema/checker.h"
#include "compiler/sema/places.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

Checker::Place Checker::placeOf(const Expr *expr) {
  expr = stripParens(expr);
  const ExprFacts facts = program.exprs.get(expr);
  Place place;
  place.range = expr->range;
  auto rootVariable = [&](VariableId variable) {
    place.root = Place::Root::Variable;
    place.variable = variable;
  };
  auto step = [&](const Expr *object, bool isElement) {
    place = placeOf(object);
    if (isNarrowedInPlace(object))
      place.narrowed = stripParens(object);
    if (place.steps == 0)
      place.firstIsElement = isElement;
    ++place.steps;
    place.letIsLast = false;
  };
  switch (expr->kind) {
  case NodeKind::ThisExpr:
    if (facts.variable.isValid())
      rootVariable(facts.variable);
    return place;
  case NodeKind::UnaryExpr:
    if (llvm::cast<UnaryExpr>(expr)->op == UnaryOp::Deref)
      place.root = Place::Root::Pointer;
    return place;
  case NodeKind::NameExpr:
  case NodeKind::MemberExpr:
  case NodeKind::IndexExpr:
    break;
  default:
    return place;
  }
  auto *member = llvm::dyn_cast<MemberExpr>(expr);
  switch (facts.entity) {
  case EntityKind::Variable:
    rootVariable(facts.variable);
    return place;
  case EntityKind::Constant:
    place.root = Place::Root::Constant;
    place.variable = facts.variable;
    return place;
  case EntityKind::Length:
    place.root = Place::Root::Length;
    return place;
  case EntityKind::Property:
  case EntityKind::Indexer:
    place.root = Place::Root::Property;
    return place;
  case EntityKind::Field: {
    bool isPacked = false;
    bool onThis = !member || llvm::isa<ThisExpr>(member->object);
    if (member && member->access == MemberAccess::Arrow) {
      place.root = Place::Root::Pointer;
    } else {
      TypeId object = member ? program.exprs.get(member->object).type : cx->thisType;
      if (object.isValid() && types.kind(object) == TypeKind::Optional)
        object = types[object].element;
      if (types.kind(object) == TypeKind::Struct) {
        isPacked = types.info(object).isPacked && types.layout(program[facts.variable].type).align > 1;
        if (member)
          step(member->object, false);
        else {
          rootVariable(cx->thisVariable);
          place.steps = 1;
        }
      } else {
        place.root = Place::Root::Object;
        place.steps = 1;
      }
    }
    place.range = expr->range;
    place.isPacked = isPacked;
    if (program[facts.variable].isReadOnly) {
      place.letField = facts.variable;
      place.letIsLast = true;
      place.letIsOnThis = onThis;
    }
    return place;
  }
  case EntityKind::ArrayElement:
  case EntityKind::FixedElement:
  case EntityKind::RectElement:
    step(llvm::cast<IndexExpr>(expr)->object, facts.entity != EntityKind::FixedElement);
    place.range = expr->range;
    return place;
  case EntityKind::TupleElement:
    step(member->object, false);
    place.range = expr->range;
    return place;
  case EntityKind::ViewElement:
    place.root = types.info(program.exprs.get(llvm::cast<IndexExpr>(expr)->object).type).isReadOnlyView ? Place::Root::ReadOnlyView : Place::Root::Pointer;
    place.isInView = true;
    return place;
  case EntityKind::PointerElement:
    place.root = Place::Root::Pointer;
    return place;
  case EntityKind::StringByte:
    place.root = Place::Root::Text;
    return place;
  default:
    return place;
  }
}

/// A tagged optional that stands for its value here, because tests have found one.
bool Checker::isNarrowedInPlace(const Expr *expr) {
  TypeId declared = declaredType(expr);
  return declared.isValid() && types.isTaggedOptional(declared) && program.exprs.get(stripParens(expr)).type == types[declared].element;
}

/// "'p'"
std::string Checker::spellPlace(const Expr *expr) {
  expr = stripParens(expr);
  if (auto *member = llvm::dyn_cast<MemberExpr>(expr))
    return ("'" + member->name.text() + "'").str();
  if (auto *name = llvm::dyn_cast<NameExpr>(expr))
    return ("'" + name->name.text() + "'").str();
  return "this";
}

/// Checks an expression that is written: its type is the declared one, unless it is read first.
TypeId Checker::checkTarget(const Expr *expr, bool isRead) {
  const Expr *inner = stripParens(expr);
  TypeId type;
  if (llvm::isa<NameExpr, MemberExpr>(inner)) {
    uint32_t variable = ~0u;
    Resolved resolved = resolve(inner);
    if (resolved.kind != Resolved::Kind::Value) {
      type = valueOf(inner, resolved);
    } else {
      ExprFacts facts = program.exprs.get(inner);
      type = resolved.type;
      if (resolved.isConditional) {
        refuse(inner->range, "assigning through '?.'");
        type = types::Error;
      } else if (facts.entity == EntityKind::Property) {
        PropertyInfo &property = program[facts.property];
        bool ownConstructor = cx->inConstructor && property.owner == cx->type && !property.setter.isValid() && property.backing.isValid() &&
                              (facts.implicitThis || (llvm::isa<MemberExpr>(inner) && llvm::isa<ThisExpr>(llvm::cast<MemberExpr>(inner)->object)));
        if (ownConstructor) {
          // `{ get; }` is set by the constructors, in its field.
          program.exprs[inner].entity = EntityKind::Field;
          program.exprs[inner].variable = property.backing;
        } else if (isRead) {
          noteProperty(facts.property, false, inner, resolved.isBase);
        }
      } else if (facts.entity == EntityKind::Variable || facts.entity == EntityKind::Field) {
        variable = facts.variable.index;
        if (!isRead) {
          type = program[facts.variable].type;
          if (program[facts.variable].kind == VariableKind::Local && variableUses[variable])
            --variableUses[variable]; // writing is not using
        }
      }
    }
  } else if (auto *index = llvm::dyn_cast<IndexExpr>(inner)) {
    type = checkIndex(index, isRead, true);
  } else {
    type = checkValue(inner);
    bool isPlace = llvm::isa<ThisExpr>(inner) || (llvm::isa<UnaryExpr>(inner) && llvm::cast<UnaryExpr>(inner)->op == UnaryOp::Deref);
    if (!isPlace && type != types::Error) {
      report(DiagId::NotAPlace, expr->range);
      type = types::Error;
    }
  }
  for (const Expr *outer = expr; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
    setType(outer, type);
  return setType(inner, type);
}

/// Why the place may not be written, or nothing.
std::string Checker::readOnlyReason(const Place &place, SourceRange &declared) {
  auto quote = [](Name name) { return "'" + name.text().str() + "'"; };
  if (place.letField.isValid() && !(place.letIsOnThis && cx->inConstructor && program[place.letField].owner == cx->type)) {
    declared = program[place.letField].range;
    return quote(program[place.letField].name) + " is a 'let' field";
  }
  if (place.root == Place::Root::ReadOnlyView)
    return "a 'ReadOnlySpan' only reads: its elements";
  if (place.root != Place::Root::Variable)
    return {};
  const VariableInfo &variable = program[place.variable];
  declared = variable.range;
  if (variable.kind == VariableKind::Parameter && variable.mode == PassMode::In)
    return quote(variable.name) + " is an 'in' parameter";
  if (variable.isReadOnly) {
    if (captureOf.count(place.variable) && isMoveOnly(variable.type))
      return quote(variable.name) + " belongs to the closure";
    if (loopVariables.contains(place.variable))
      return quote(variable.name) + " is the variable of a 'foreach'";
    if (usingVariables.contains(place.variable))
      return quote(variable.name) + " is the variable of a 'using'";
    return quote(variable.name) + " is declared with 'let'";
  }
  return {};
}

bool Checker::isReadOnly(const Expr *expr) {
  Place place = placeOf(expr);
  SourceRange declared;
  return place.root == Place::Root::Property || !readOnlyReason(place, declared).empty();
}

void Checker::checkWritable(const Expr *expr, llvm::StringRef action) {
  if (program.exprs.get(stripParens(expr)).type == types::Error)
    return;
  Place place = placeOf(expr);
  EntityKind entity = program.exprs.get(stripParens(expr)).entity;
  bool byReference = action != "assigned" && action != "changed";
  switch (place.root) {
  case Place::Root::Property:
    // The property itself is assigned through its setter; a part of its result is lost.
    if (place.steps || byReference) {
      auto diag = report(place.steps ? DiagId::PartOfProperty : DiagId::PropertyByRef, expr->range);
      if (place.steps)
        diag.note(place.range, "this is a copy; assign the whole value");
    }
    return;
  case Place::Root::Temporary:
    report(DiagId::NotAPlace, expr->range);
    return;
  case Place::Root::Text:
    report(DiagId::StringIsImmutable, expr->range);
    return;
  case Place::Root::Constant:
    report(DiagId::ReadOnlyPlace, expr->range).operator<<(("'" + program[place.variable].name.text() + "' is a constant").str()).operator<<(action)
        .note(program[place.variable].range, "declared here");
    return;
  case Place::Root::Length:
    report(DiagId::LengthIsFixed, expr->range);
    return;
  case Place::Root::ReadOnlyView:
    report(DiagId::ReadOnlyView, expr->range) << action;
    return;
  case Place::Root::Pointer:
    if (place.isInView && byReference)
      checkViewedAlone(program.exprs.get(stripParens(expr)).type, expr->range);
    break;
  case Place::Root::Object:
  case Place::Root::Variable:
    break;
  }
  (void)entity;
  if (place.isPacked && byReference) {
    report(DiagId::PackedByRef, expr->range) << action;
    return;
  }
  if (place.narrowed) {
    report(DiagId::PartOfOptional, expr->range).operator<<(spellPlace(place.narrowed))
        .note(place.narrowed->range, "copy it to a variable, change that, and assign the whole value");
    return;
  }
  SourceRange declared;
  if (std::string reason = readOnlyReason(place, declared); !reason.empty()) {
    report(DiagId::ReadOnlyPlace, expr->range).operator<<(reason).operator<<(action).note(declared, "declared here");
    return;
  }
  if (place.root != Place::Root::Variable)
    return;
  const VariableInfo &variable = program[place.variable];
  if (variable.kind == VariableKind::This && place.steps == 0 && types.kind(variable.type) != TypeKind::Struct) {
    report(DiagId::ReadOnlyPlace, expr->range) << "'this'" << action;
    return;
  }
  if (variable.kind == VariableKind::Parameter && variable.mode == PassMode::Value && !variable.isOwn && place.steps == 0 && isMoveOnly(variable.type)) {
    auto diag = report(DiagId::ReadOnlyPlace, expr->range);
    diag << ("'" + variable.name.text() + "' is borrowed").str() << action;
    diag.note(variable.range, "take it as 'own " + spell(variable.type) + "' or by 'ref'");
    return;
  }
  bool isValueParameter = variable.kind == VariableKind::Parameter && variable.mode == PassMode::Value;
  if (isValueParameter && place.steps && place.firstIsElement && !assignedParams.contains(place.variable)) {
    report(DiagId::ElementOfParameter, expr->range).operator<<(variable.name.text())
        .note(variable.range, "the caller keeps its array; take it by 'ref' to change it, or assign '" + variable.name.text() + "' a copy first");
  }
}

/// What the body at hand does by writing the place.
void Checker::noteWrite(const Expr *expr) {
  Place place = placeOf(expr);
  if (place.root != Place::Root::Variable || !place.variable.isValid() || place.narrowed)
    return;
  forget(place.variable);
  const VariableInfo &variable = program[place.variable];
  noteCaptureWrite(place.variable, expr->range);
  if (variable.kind == VariableKind::This)
    cx->writesThis = true;
  if (variable.kind == VariableKind::Parameter && place.steps == 0)
    assignedParams.insert(place.variable);
}

/// A method of a struct, called on a place: it may turn out to write `this`.
void Checker::noteMethodOnPlace(FunctionId method, const Expr *receiver, bool implicitThis) {
  const FunctionInfo &info = program[method];
  if (!info.thisVariable.isValid() || types.kind(program[info.thisVariable].type) != TypeKind::Struct || info.kind == FunctionKind::Constructor)
    return;
  if (implicitThis || !receiver) {
    cx->mutatesThrough.push_back(method);
    if (cx->outer)
      capturedCalls.push_back({method, cx->thisVariable, receiver ? receiver->range : program[method].range});
    return;
  }
  Place place = placeOf(receiver);
  SourceRange declared;
  if (place.narrowed || isNarrowedInPlace(receiver)) {
    readOnlyCalls.push_back({method, receiver->range, spellPlace(place.narrowed ? place.narrowed : receiver) + " is an optional in which tests have found a value: its parts cannot be changed"});
    return;
  }
  if (place.root == Place::Root::Pointer && place.isInView && types.holdsArray(program.exprs.get(stripParens(receiver)).type)) {
    readOnlyCalls.push_back({method, receiver->range, "it is reached through a view, as others may reach it: copy it to a variable, change that, and assign it"});
    return;
  }
  if (place.root == Place::Root::Property) {
    readOnlyCalls.push_back({method, receiver->range, "it is called on the copy that a property gives"});
    return;
  }
  if (place.root == Place::Root::Variable && captureOf.count(place.variable))
    capturedCalls.push_back({method, place.variable, receiver->range});
  if (place.root == Place::Root::Variable && program[place.variable].kind == VariableKind::This) {
    cx->mutatesThrough.push_back(method);
    return;
  }
  if (std::string reason = readOnlyReason(place, declared); !reason.empty())
    readOnlyCalls.push_back({method, receiver->range, reason});
}

} // namespace dream::sema
