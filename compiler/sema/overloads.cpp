// Binding arguments to parameters, and choosing among overloads: the better conversion for each argument, then fewer
// defaults, then no `params` expansion. What C# does, without its history.
#include "compiler/sema/overloads.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Arguments ---------------------------------------------------------------------------------------------===//

/// Checks argument expressions, before it is known which function is meant. With one candidate its parameters tell what
/// is wanted.
void Checker::checkArguments(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const Argument *> args) {
  for (size_t i = 0; i < args.size(); ++i) {
    const Argument *arg = args[i];
    if (arg->outVariable) {
      if (arg->outVariable->type)
        resolveHere(arg->outVariable->type);
      continue;
    }
    if (!arg->value)
      continue;
    if (arg->mode == ParamMode::Ref || arg->mode == ParamMode::Out) {
      checkTarget(arg->value, arg->mode == ParamMode::Ref);
      if (isNarrowedInPlace(arg->value)) // The place is passed, not the value that was found in it.
        setType(arg->value, declaredType(arg->value));
      continue;
    }
    TypeId hint = variantHint(functions, args, i);
    if (functions.size() == 1 && !arg->name && !hint.isValid()) {
      needSignature(functions[0]);
      const FunctionInfo &info = program[functions[0]];
      if (i < info.params.size()) {
        hint = program[info.params[i].variable].type;
        if (info.params[i].isParams && args.size() != info.params.size())
          hint = types.kind(hint) == TypeKind::Array ? types[hint].element : TypeId();
        if (detail(functions[0]).isGeneric && hint.isValid() && mentionsParam(hint))
          hint = TypeId(); // the arguments are to tell it
      }
    }
    check(arg->value, hint);
  }
}

/// An argument that begins with a bare name may be a case of the enum that its parameter wants, in all functions that have
/// such a one. Of a generic function's it is a case whose type arguments the arguments tell.
TypeId Checker::variantHint(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const Argument *> args, size_t index) {
  const Expr *value = stripParens(args[index]->value);
  auto *call = llvm::dyn_cast<CallExpr>(value);
  auto *name = llvm::dyn_cast<NameExpr>(call ? stripParens(call->callee) : value);
  if (!name || args[index]->name || locals.count(name->name))
    return {};
  TypeId hint;
  for (FunctionId function : functions) {
    needSignature(function);
    const std::vector<ParameterInfo> &params = program[function].params;
    if (params.empty() || (index >= params.size() && !params.back().isParams))
      continue;
    const ParameterInfo &param = params[std::min(index, params.size() - 1)];
    TypeId type = program[param.variable].type;
    if (type.isValid() && param.isParams && types.kind(type) == TypeKind::Array)
      type = types[type].element;
    if (type.isValid() && types.kind(type) == TypeKind::Optional)
      type = types[type].element;
    if (!variantNamed(type, name->name))
      continue;
    if (detail(function).isGeneric && mentionsParam(type))
      type = types.info(detail(types[type].nominal).generic).type;
    if (hint.isValid() && hint != type)
      return {};
    hint = type;
  }
  return hint;
}

/// Settles arguments of a call that is wrong, so that what they declare exists.
void Checker::abandonArguments(llvm::ArrayRef<const Argument *> args) {
  for (const Argument *arg : args) {
    if (arg->outVariable) {
      TypeId type = arg->outVariable->type ? resolveHere(arg->outVariable->type) : types::Error;
      if (types.isView(type) && !checkStorable(type, arg->outVariable->range, "a variable by reference"))
        type = types::Error;
      program.declared[arg->outVariable] = declareLocalVariable(VariableKind::Local, arg->outVariable->name, type, arg->outVariable->nameRange);
      variableUses[program.declared[arg->outVariable].index] = 1;
    } else if (arg->value) {
      // A lambda may wait for types that will not come.
      auto *lambda = llvm::dyn_cast<LambdaExpr>(stripParens(arg->value));
      if (lambda && !hasParamTypes(lambda))
        lambdaToFunc(lambda, types::Error);
      else if (openVariant(arg->value))
        settleVariant(stripParens(arg->value), types::Error);
      else
        finish(arg->value);
    }
  }
}

/// Strings and arrays that a C function takes by pointer.
std::optional<Conversion> Checker::externConversion(TypeId from, TypeId to) {
  if (!from.isValid() || !to.isValid())
    return std::nullopt;
  TypeId source = types.kind(from) == TypeKind::Optional ? types[from].element : from;
  const Type &array = types[source], &target = types[to];
  if (target.kind != TypeKind::Pointer)
    return std::nullopt;
  TypeId element = target.element;
  if (source == types::String && (element == types::Int8 || element == types::UInt8 || element == types::Char || element == types::Void))
    return Conversion{ConversionKind::StringToPointer, to, {}};
  if ((array.kind == TypeKind::Array || array.kind == TypeKind::FixedArray || array.kind == TypeKind::Rect) &&
      (element == array.element || element == types::Void))
    return Conversion{ConversionKind::ArrayToPointer, to, {}};
  return std::nullopt;
}

bool Checker::argumentFits(const Argument *arg, FunctionId function, unsigned index, TypeId type) {
  const FunctionInfo &info = program[function];
  if (!type.isValid())
    return arg->mode == ParamMode::Value;
  PassMode mode = program[info.params[index].variable].mode;
  if (type == types::Error)
    return true;
  switch (mode) {
  case PassMode::Ref:
    if (arg->mode != ParamMode::Ref)
      return false;
    break;
  case PassMode::Out:
    if (arg->mode != ParamMode::Out)
      return false;
    if (arg->outVariable)
      return !arg->outVariable->type || program.typeNodes.get(arg->outVariable->type) == type ||
             program.typeNodes.get(arg->outVariable->type) == types::Error;
    break;
  case PassMode::In:
    if (arg->mode != ParamMode::Value && arg->mode != ParamMode::In)
      return false;
    break;
  case PassMode::Value:
    if (arg->mode != ParamMode::Value)
      return false;
    break;
  }
  if (!arg->value)
    return false;
  if (arg->mode != ParamMode::Value) {
    TypeId actual = program.exprs.get(arg->value).type;
    return actual == type || actual == types::Error;
  }
  if (converts(arg->value, type))
    return true;
  return info.kind == FunctionKind::Extern && externConversion(program.exprs.get(stripParens(arg->value)).type, type);
}

/// Gives each argument its parameter. False if the numbers or names do not fit; types are not looked at.
bool Checker::bindArguments(FunctionId function, llvm::ArrayRef<const Argument *> args, bool expanded, Candidate &out) {
  const FunctionInfo &info = program[function];
  size_t count = info.params.size();
  out.function = function;
  out.isExpanded = expanded;
  llvm::SmallBitVector given(count);
  for (size_t i = 0; i < args.size(); ++i) {
    size_t index = i;
    if (args[i]->name) {
      for (index = 0; index < count; ++index)
        if (program[info.params[index].variable].name == args[i]->name)
          break;
      if (index == count)
        return false;
    } else if (expanded && index >= count - 1) {
      index = count - 1;
    } else if (index >= count) {
      if (!info.isVariadic)
        return false;
      out.paramOf.push_back(index);
      continue;
    }
    if (given[index] && !(expanded && index == count - 1))
      return false;
    given.set(index);
    out.paramOf.push_back(index);
  }
  for (size_t i = 0; i < count; ++i) {
    if (given[i])
      continue;
    if (info.params[i].defaultValue)
      ++out.defaults;
    else if (!(expanded && i == count - 1))
      return false;
  }
  return true;
}

//===-- Choosing ----------------------------------------------------------------------------------------------===//

/// Converting the expression to `a` is better than to `b`.
bool Checker::betterConversion(const Expr *expr, TypeId a, TypeId b) {
  if (a == b)
    return false;
  TypeId natural = program.exprs.get(stripParens(expr)).type;
  if (natural == a)
    return true;
  if (natural == b)
    return false;
  if (llvm::isa<ArrayLiteral>(stripParens(expr))) { // An array is made first, whatever is made of that.
    auto isArray = [&](TypeId type) { return types.kind(type) == TypeKind::Array || types.kind(type) == TypeKind::FixedArray; };
    if (isArray(a) != isArray(b))
      return isArray(a);
  }
  // From an optional: unwrapping does not exist, so both are optionals or object.
  bool toB = implicitConversion(a, b).has_value(), toA = implicitConversion(b, a).has_value();
  if (toB != toA)
    return toB;
  return types.isSigned(a) && types.isInteger(b) && !types.isSigned(b);
}

/// < 0 if `a` is better, > 0 if `b` is, 0 if neither.
int Checker::compareCandidates(const Candidate &a, const Candidate &b, llvm::ArrayRef<const Argument *> args) {
  bool aWins = false, bWins = false;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i]->value)
      continue;
    TypeId x = paramType(program, types, a.function, a.paramOf[i], a.isExpanded), y = paramType(program, types, b.function, b.paramOf[i], b.isExpanded);
    if (!x.isValid() || !y.isValid()) {
      aWins |= x.isValid() && !y.isValid();
      bWins |= y.isValid() && !x.isValid();
      continue;
    }
    aWins |= betterConversion(args[i]->value, x, y);
    bWins |= betterConversion(args[i]->value, y, x);
  }
  if (aWins != bWins)
    return aWins ? -1 : 1;
  if (aWins)
    return 0;
  if (a.isExpanded != b.isExpanded)
    return a.isExpanded ? 1 : -1;
  if (a.defaults != b.defaults)
    return a.defaults < b.defaults ? -1 : 1;
  // What the program adds to a type before what the library does.
  bool areAdded = program[a.function].extendedType.isValid() && program[b.function].extendedType.isValid();
  if (areAdded && program[a.function].isLibrary != program[b.function].isLibrary)
    return program[a.function].isLibrary ? 1 : -1;
  // What was written for the type before what is written for all, and what says more before what says less.
  bool aIsInstance = detail(a.function).generic.isValid() || detail(a.function).isGeneric;
  bool bIsInstance = detail(b.function).generic.isValid() || detail(b.function).isGeneric;
  if (aIsInstance != bIsInstance)
    return aIsInstance ? 1 : -1;
  FunctionId aWritten = definitionOf(a.function), bWritten = definitionOf(b.function);
  if (aWritten.isValid() && bWritten.isValid() && (aWritten != a.function || bWritten != b.function)) {
    int specific = 0;
    for (size_t i = 0; i < args.size(); ++i) {
      TypeId x = paramType(program, types, aWritten, a.paramOf[i], a.isExpanded), y = paramType(program, types, bWritten, b.paramOf[i], b.isExpanded);
      specific += isMoreSpecific(y, x) - isMoreSpecific(x, y);
    }
    if (specific)
      return specific;
  }
  // A member of a derived class before one of its base.
  NominalId x = program[a.function].owner, y = program[b.function].owner;
  if (x.isValid() && y.isValid() && x != y) {
    if (types.isSubtype(types.info(x).type, types.info(y).type))
      return -1;
    if (types.isSubtype(types.info(y).type, types.info(x).type))
      return 1;
  }
  return 0;
}

/// Those of the functions, or their instances, that the checked arguments fit.
Checker::Viable Checker::findViable(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const Argument *> args, SourceRange range) {
  Viable found;
  for (FunctionId function : functions) {
    needSignature(function);
    if (detail(function).isGeneric && !detail(function).isPoisoned && !hasOwnArgs(function)) {
      FunctionId instance = inferInstance(function, args, range, &found.missing);
      if (!instance.isValid()) {
        found.uninferred = function;
        continue;
      }
      function = instance;
    }
    if (detail(function).isPoisoned) {
      found.poisoned = function;
      return found;
    }
    const FunctionInfo &info = program[function];
    bool mayExpand = !info.params.empty() && info.params.back().isParams;
    for (bool expanded : {false, true}) {
      if (expanded && !mayExpand)
        continue;
      Candidate candidate;
      if (!bindArguments(function, args, expanded, candidate))
        continue;
      bool fits = true;
      for (size_t i = 0; i < args.size() && fits; ++i)
        fits = argumentFits(args[i], function, candidate.paramOf[i], paramType(program, types, function, candidate.paramOf[i], expanded));
      if (!fits)
        continue;
      found.candidates.push_back(std::move(candidate));
      break;
    }
  }
  return found;
}

/// Chooses the function that the checked arguments mean, and converts them; or reports why there is none.
FunctionId Checker::chooseOverload(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const Argument *> args, SourceRange range,
                                   Name name, std::vector<BoundArgument> &bound) {
  auto [viable, missing, uninferred, poisoned] = findViable(functions, args, range);
  if (poisoned.isValid()) {
    abandonArguments(args);
    return poisoned;
  }
  if (viable.empty()) {
    if (uninferred.isValid() && functions.size() == 1 && reportUninferred(uninferred, args, range, missing))
      return {};
    reportNoOverload(functions, args, range, name);
    return {};
  }
  size_t best = 0;
  for (size_t i = 1; i < viable.size(); ++i)
    if (compareCandidates(viable[i], viable[best], args) < 0)
      best = i;
  llvm::SmallVector<FunctionId, 2> ties;
  for (size_t i = 0; i < viable.size(); ++i)
    if (i != best && compareCandidates(viable[best], viable[i], args) >= 0)
      ties.push_back(viable[i].function);
  if (!ties.empty()) {
    bool hasErrors = llvm::any_of(args, [&](const Argument *arg) { return arg->value && program.exprs.get(arg->value).type == types::Error; });
    if (!hasErrors) {
      auto diag = report(DiagId::AmbiguousCall, range);
      diag << name.text();
      diag.note(program[viable[best].function].range, "it may mean '" + signature(viable[best].function) + "'");
      for (FunctionId other : ties)
        diag.note(program[other].range, "it may mean '" + signature(other) + "'");
    }
    abandonArguments(args);
    return {};
  }
  finishArguments(viable[best], args, bound);
  if (FunctionId chosen = viable[best].function; detail(chosen).generic.isValid()) {
    auto *decl = llvm::cast<FuncDecl>(program[chosen].decl);
    requireConstraints(program[chosen].layer, range, decl, *detail(chosen).file, program[chosen].owner);
  }
  return viable[best].function;
}

//===-- The chosen one ----------------------------------------------------------------------------------------===//

void Checker::finishArguments(const Candidate &chosen, llvm::ArrayRef<const Argument *> args, std::vector<BoundArgument> &bound) {
  FunctionId function = chosen.function;
  size_t count = program[function].params.size();
  bool isExtern = program[function].kind == FunctionKind::Extern;
  bound.resize(std::max(count, args.size() > count && program[function].isVariadic ? args.size() : count));
  for (size_t i = 0; i < args.size(); ++i) {
    const Argument *arg = args[i];
    unsigned index = chosen.paramOf[i];
    TypeId type = paramType(program, types, function, index, chosen.isExpanded);
    BoundArgument &place = bound[index];
    if (arg->outVariable) {
      TypeId actual = arg->outVariable->type ? resolveHere(arg->outVariable->type) : type;
      program.declared[arg->outVariable] = declareLocalVariable(VariableKind::Local, arg->outVariable->name, actual, arg->outVariable->nameRange);
      place.outVariable = arg->outVariable;
      ++variableUses[program.declared[arg->outVariable].index]; // may be there only to be filled
      continue;
    }
    if (!arg->value)
      continue;
    if (arg->mode == ParamMode::Ref || arg->mode == ParamMode::Out) {
      checkWritable(arg->value, arg->mode == ParamMode::Ref ? "passed by 'ref'" : "passed by 'out'");
      noteWrite(arg->value);
    } else if (!type.isValid()) {
      coerceVariadic(arg->value);
    } else {
      TypeId actual = program.exprs.get(stripParens(arg->value)).type;
      std::optional<Conversion> toC = isExtern ? externConversion(actual, type) : std::nullopt;
      if (toC) {
        program.exprs[arg->value].conversion = *toC;
      } else {
        coerce(arg->value, type);
        // A string or array parameter of a C function is a pointer to the first byte or element.
        TypeId inner = types.kind(type) == TypeKind::Optional ? types[type].element : type;
        bool isArray = types.kind(inner) == TypeKind::Array;
        ConversionKind kind = program.exprs.get(arg->value).conversion.kind;
        if (isExtern && (inner == types::String || isArray) && (kind <= ConversionKind::ToOptional || kind == ConversionKind::FixedToArray))
          program.exprs[arg->value].conversion = {isArray ? ConversionKind::ArrayToPointer : ConversionKind::StringToPointer,
                                                  isArray ? types.pointer(types[inner].element, false) : types.pointer(types::UInt8, true), {}};
      }
    }
    if (chosen.isExpanded && index + 1 == count) {
      place.collectsParams = true;
      place.paramsArray.push_back(arg->value);
    } else {
      place.value = arg->value;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (bound[i].value || bound[i].outVariable || bound[i].collectsParams)
      continue;
    if (program[function].params[i].defaultValue)
      bound[i].isDefault = true;
    else if (chosen.isExpanded && i + 1 == count)
      bound[i].collectsParams = true;
  }
}

/// C's promotions of variable arguments.
void Checker::coerceVariadic(const Expr *expr) {
  TypeId type = finish(expr);
  if (type == types::Error)
    return;
  TypeId inner = types.kind(type) == TypeKind::Optional ? types[type].element : type;
  if (type == types::Float32)
    coerce(expr, types::Float64);
  else if (types.isInteger(type) && types.bits(type) < 32)
    coerce(expr, types::Int32);
  else if (type == types::Bool)
    program.exprs[expr].conversion = {ConversionKind::BoolToInt, types::Int32, {}};
  else if (type == types::Char)
    program.exprs[expr].conversion = {ConversionKind::CharToInt, types::Int32, {}};
  else if (inner == types::String)
    program.exprs[expr].conversion = {ConversionKind::StringToPointer, types.pointer(types::UInt8, true), {}};
  else if (types.kind(inner) == TypeKind::Array || types.kind(inner) == TypeKind::FixedArray)
    program.exprs[expr].conversion = {ConversionKind::ArrayToPointer, types.pointer(types[inner].element, false), {}};
  else if (!types.isNumeric(type) && types.kind(type) != TypeKind::Pointer)
    report(DiagId::NotVariadic, expr->range) << spell(type);
}

} // namespace dream::sema
