// Functions and methods as values, and calls of such values. A name of functions stands for none of them until a func
// type or the lack of overloads tells which one is meant.
#include "compiler/sema/checker.h"

namespace dream::sema {

using namespace ast;

//===-- Method groups -----------------------------------------------------------------------------------------===//

/// The function of a group that can be called as the type says: with these types, with optionals of them, or from and to
/// base classes of theirs.
FunctionId Checker::groupMember(const Resolved &group, TypeId func, bool *isAmbiguous) {
  const Type target = types[func];
  if (group.isObjectMember)
    return {};
  // 0: the same type; 1: an optional of it; 2: another type of reference; 3: not without changing bits.
  auto distance = [&](TypeId from, TypeId to) -> unsigned {
    if (from == to)
      return 0;
    if (!from.isValid() || !types.isCounted(from) || !types.isCounted(to))
      return 3;
    if (types.kind(to) == TypeKind::Optional && types[to].element == from)
      return 1;
    std::optional<Conversion> conversion = implicitConversion(from, to);
    return conversion && (conversion->kind == ConversionKind::Upcast || conversion->kind == ConversionKind::ToOptional) ? 2 : 3;
  };
  FunctionId best;
  unsigned bestDistance = 3;
  bool twice = false;
  for (FunctionId function : group.functions) {
    needSignature(function);
    const FunctionInfo &info = program[function];
    if (detail(function).isPoisoned || info.isVariadic || info.params.size() != target.args.size())
      continue;
    bool isMember = info.owner.isValid() || info.extendedType.isValid();
    if (isMember && !info.isStatic && !group.receiver && !group.implicitThis)
      continue;
    unsigned far = 0;
    for (size_t i = 0; i < info.params.size(); ++i) {
      const VariableInfo &param = program[info.params[i].variable];
      unsigned step = distance(target.args[i], param.type);
      far = std::max(far, param.mode == target.modes[i] && (step == 0 || param.mode == PassMode::Value) ? step : 3);
    }
    if (far == 3)
      continue;
    needResult(function, info.range);
    far = std::max(far, distance(program[function].result, target.element));
    if (far == 3 || far > bestDistance)
      continue;
    twice = far == bestDistance;
    bestDistance = far;
    best = function;
  }
  if (isAmbiguous)
    *isAmbiguous = twice;
  return best;
}

/// A group becomes a value of the type.
TypeId Checker::groupToFunc(const Expr *expr, TypeId func) {
  Resolved group = groups.lookup(expr);
  bool isAmbiguous = false;
  FunctionId function = groupMember(group, func, &isAmbiguous);
  if (!function.isValid() || isAmbiguous) {
    bool isPoisoned = llvm::any_of(group.functions, [&](FunctionId f) { return detail(f).isPoisoned; });
    if (isPoisoned)
      return setType(expr, types::Error);
    auto diag = report(DiagId::NoSuchOverloadFor, expr->range);
    diag << group.name.text() << spell(func);
    noteOverloads(diag, group.functions, expr->range);
    return setType(expr, types::Error);
  }
  const FunctionInfo &info = program[function];
  if (info.kind == FunctionKind::Extern) {
    refuse(expr->range, "the C function '" + group.name.text() + "' as a value");
    return setType(expr, types::Error);
  }
  if (!checkFunctionVisible(function, expr->range))
    return setType(expr, types::Error);
  // A closure would keep the view, or what it looks into, for later.
  bool givesView = !info.isStatic && info.result.isValid() && types.isView(info.result);
  bool keepsView = !info.isStatic && program[info.thisVariable].type.isValid() && types.isView(program[info.thisVariable].type);
  if (keepsView || givesView) {
    report(DiagId::ViewCaptured, expr->range) << (group.receiver ? sources.text(group.receiver->range) : "this")
                                              << spell(keepsView ? program[info.thisVariable].type : info.result);
    return setType(expr, types::Error);
  }
  CallFacts call;
  call.function = function;
  call.closure = group.closure;
  if (!info.isStatic) {
    call.receiver = group.receiver;
    call.implicitThis = group.implicitThis;
    if (group.implicitThis)
      cx->usesThis = true;
    call.isBase = group.isBase;
    call.dispatch = dispatchOf(function, group.receiverType, group.isBase);
    if (group.isBase && info.isAbstract)
      report(DiagId::AbstractBaseCall, expr->range).operator<<(group.name.text()).note(info.range, "it is abstract here");
    if (group.receiver && !group.isBase)
      coerceReceiver(group.receiver, group.receiverType, info.owner);
    if (group.isConditional) {
      refuse(expr->range, "a method after '?.' as a value");
      return setType(expr, types::Error);
    }
  }
  // Whoever makes the value has not called it yet; whoever calls one of its kind may.
  enqueue(function);
  bool isDispatched = call.dispatch == Dispatch::Virtual || call.dispatch == Dispatch::Interface;
  cx->edges.push_back({function, true, isDispatched});
  if (!isOpaque(program.layer))
    detail(shapeOf(func)).edges.push_back({function, false, isDispatched});
  uint32_t row = addCall(std::move(call));
  program.exprs[expr].call = row;
  program.exprs[expr].entity = EntityKind::Functions;
  return setType(expr, func);
}

/// No target will come: the group must be one function.
TypeId Checker::finishGroup(const Expr *expr) {
  Resolved group = groups.lookup(expr);
  if (group.functions.size() != 1) {
    if (group.isObjectMember) {
      refuse(expr->range, "'" + group.name.text() + "' as a value");
      return setType(expr, types::Error);
    }
    auto diag = report(DiagId::GroupNeedsTarget, expr->range);
    diag << group.name.text();
    noteOverloads(diag, group.functions, expr->range);
    if (llvm::any_of(group.functions, [&](FunctionId function) { return program[function].params.empty(); }))
      diag.note(expr->range, "parentheses call it").fix({expr->range.end, expr->range.end}, "()");
    return setType(expr, types::Error);
  }
  FunctionId only = group.functions.front();
  needResult(only, expr->range);
  const FunctionInfo &info = program[only];
  bool isMember = info.owner.isValid() || info.extendedType.isValid();
  if (isMember && !info.isStatic && !group.receiver && !group.implicitThis) {
    report(DiagId::NeedsObject, expr->range).operator<<(group.name.text())
        .note(info.range, "declared here; it belongs to each object, not to the type");
    return setType(expr, types::Error);
  }
  TypeId func = detail(only).isPoisoned ? types::Error : funcTypeOf(only);
  return func == types::Error ? setType(expr, types::Error) : groupToFunc(expr, func);
}

//===-- Calls of values ---------------------------------------------------------------------------------------===//

/// A call of a value of a func type; the callee has been checked.
TypeId Checker::checkFuncCall(const CallExpr *expr, TypeId func, bool isOpen, bool inChain) {
  chainIsOpen = false;
  const Type type = types[func];
  llvm::ArrayRef<const Argument *> args = expr->args;
  bool fits = args.size() == type.args.size();
  for (size_t i = 0; i < args.size() && fits; ++i) {
    if (args[i]->name) {
      report(DiagId::NotAFuncArgument, args[i]->nameRange) << spell(func) << "no named arguments";
      checkArguments({}, args);
      abandonArguments(args);
      return types::Error;
    }
  }
  if (!fits) {
    report(DiagId::NotAFuncArgument, args.size() > type.args.size() ? args[type.args.size()]->range : expr->range)
        << spell(func) << std::to_string(type.args.size()) + (type.args.size() == 1 ? " argument" : " arguments") + ", not " + std::to_string(args.size());
    checkArguments({}, args);
    abandonArguments(args);
    return types::Error;
  }
  CallFacts call;
  call.dispatch = Dispatch::Indirect;
  call.args.resize(args.size());
  bool isGood = true;
  for (size_t i = 0; i < args.size(); ++i) {
    const Argument *arg = args[i];
    static constexpr llvm::StringRef words[] = {"", "ref", "in", "out"};
    PassMode mode = type.modes[i];
    bool modeFits = unsigned(mode) == unsigned(arg->mode) || (mode == PassMode::In && arg->mode == ParamMode::Value);
    if (!modeFits) {
      if (arg->mode == ParamMode::Value)
        report(DiagId::NeedsRef, arg->range).operator<<(words[unsigned(mode)]).note(arg->range, "the function has the type '" + spell(func) + "'")
            .fix({arg->range.begin, arg->range.begin}, (words[unsigned(mode)] + " ").str());
      else
        report(DiagId::UnexpectedRef, arg->range).operator<<(words[unsigned(arg->mode)])
            .operator<<(mode == PassMode::Value ? "by value" : ("by '" + words[unsigned(mode)] + "'").str());
      checkArguments({}, arg);
      abandonArguments(arg);
      isGood = false;
      continue;
    }
    if (arg->outVariable) {
      TypeId actual = arg->outVariable->type ? resolveHere(arg->outVariable->type) : type.args[i];
      if (actual != type.args[i] && actual != types::Error) {
        report(DiagId::RefTypeDiffers, arg->range) << words[unsigned(mode)] << spell(type.args[i]) << spell(actual);
        isGood = false;
      }
      VariableId declared = declareLocalVariable(VariableKind::Local, arg->outVariable->name, actual, arg->outVariable->nameRange);
      program.declared[arg->outVariable] = declared;
      ++variableUses[declared.index];
      call.args[i].outVariable = arg->outVariable;
      continue;
    }
    if (!arg->value) {
      isGood = false;
      continue;
    }
    call.args[i].value = arg->value;
    if (arg->mode == ParamMode::Value) {
      isGood &= checkTo(arg->value, type.args[i]) != types::Error;
      continue;
    }
    if (arg->mode == ParamMode::In) {
      isGood &= checkValue(arg->value) != types::Error;
    } else {
      isGood &= checkTarget(arg->value, arg->mode == ParamMode::Ref) != types::Error;
      checkWritable(arg->value, arg->mode == ParamMode::Ref ? "passed by 'ref'" : "passed by 'out'");
      noteWrite(arg->value);
    }
    TypeId actual = program.exprs.get(arg->value).type;
    if (isGood && actual != type.args[i]) {
      report(DiagId::RefTypeDiffers, arg->range) << words[unsigned(mode)] << spell(type.args[i]) << spell(actual);
      isGood = false;
    }
  }
  noteCall(shapeOf(func), Dispatch::Direct);
  if (!isGood)
    return types::Error;
  uint32_t row = addCall(std::move(call));
  program.exprs[expr].call = row;
  return endChain(expr, type.element, isOpen, inChain);
}

} // namespace dream::sema
