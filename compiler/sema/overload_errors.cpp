// Why no function takes the arguments of a call.
#include "compiler/sema/overloads.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

/// True if the problem has been told: a type argument that the arguments do not tell.
bool Checker::reportUninferred(FunctionId function, llvm::ArrayRef<const Argument *> args, SourceRange range, Name missing) {
  Candidate candidate, expanded;
  const FunctionInfo &info = program[function];
  bool counts = bindArguments(function, args, false, candidate) ||
                (!info.params.empty() && info.params.back().isParams && bindArguments(function, args, true, expanded));
  bool hasErrors = llvm::any_of(args, [&](const Argument *arg) { return arg->value && program.exprs.get(arg->value).type == types::Error; });
  if (!counts && !hasErrors)
    return false; // their number is the problem
  if (!hasErrors) {
    if (missing) {
      report(DiagId::CannotInferTypeArgument, range).operator<<(missing.text()).operator<<(info.name.text())
          .note(info.range, "write it: '" + info.name.text() + "<…>(…)'");
    } else {
      std::string given;
      for (const Argument *arg : args) {
        TypeId type = arg->value ? program.exprs.get(stripParens(arg->value)).type : TypeId();
        given += (given.empty() ? "" : ", ") + (type.isValid() ? spell(type) : std::string("default"));
      }
      report(DiagId::NoOverloadOf, range).operator<<(info.name.text()).operator<<(given).note(info.range, "there is '" + signature(function) + "'");
    }
  }
  abandonArguments(args);
  return true;
}

/// Why this one function does not take the arguments, at the place of the first that does not fit.
void Checker::reportMisfit(FunctionId function, llvm::ArrayRef<const Argument *> args, SourceRange range) {
  const FunctionInfo &info = program[function];
  SourceRange declaration = info.range;
  size_t count = info.params.size(), required = 0;
  for (const ParameterInfo &param : info.params)
    required += !param.defaultValue && !param.isParams;
  llvm::DenseMap<Name, SourceRange> namedBefore;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i]->name)
      continue;
    size_t index = 0;
    while (index < count && program[info.params[index].variable].name != args[i]->name)
      ++index;
    if (index == count) {
      auto diag = report(DiagId::UnknownParameter, args[i]->nameRange);
      diag << signature(function) << args[i]->name.text();
      llvm::SmallVector<llvm::StringRef> candidates;
      for (const ParameterInfo &param : info.params)
        candidates.push_back(program[param.variable].name.text());
      suggest(diag, args[i]->nameRange, args[i]->name, candidates);
      diag.note(declaration, "declared here");
      return;
    }
    if (index < i && !args[index]->name) {
      report(DiagId::ParameterTwice, args[i]->nameRange).operator<<(args[i]->name.text()).note(args[index]->range, "this argument is it already");
      return;
    }
    if (auto [place, isNew] = namedBefore.try_emplace(args[i]->name, args[i]->nameRange); !isNew) {
      report(DiagId::ParameterTwice, args[i]->nameRange).operator<<(args[i]->name.text()).note(place->second, "it is given here already");
      return;
    }
  }
  bool hasParams = count && info.params.back().isParams;
  if (args.size() < required || (args.size() > count && !hasParams && !info.isVariadic)) {
    std::string wants = required == count && !hasParams && !info.isVariadic
                            ? std::to_string(count)
                            : args.size() < required ? "at least " + std::to_string(required) : "at most " + std::to_string(count);
    auto diag = report(DiagId::WrongArgumentCount, args.size() > count ? args[count]->range : range);
    diag << signature(function) << wants + (wants == "1" || wants.ends_with(" 1") ? " argument" : " arguments") << int64_t(args.size());
    diag.note(declaration, "declared here");
    return;
  }
  Candidate candidate;
  bool isBound = bindArguments(function, args, false, candidate);
  if (!isBound && hasParams) {
    candidate = Candidate();
    isBound = bindArguments(function, args, true, candidate);
  }
  if (!isBound) { // a parameter without a default is left out
    for (const ParameterInfo &param : info.params) {
      Name name = program[param.variable].name;
      bool given = &param - info.params.data() < ptrdiff_t(args.size()) && !args[&param - info.params.data()]->name;
      given |= namedBefore.count(name) > 0;
      if (!given && !param.defaultValue) {
        report(DiagId::MissingArgument, range).operator<<(signature(function)).operator<<(name.text()).note(declaration, "declared here");
        return;
      }
    }
    llvm_unreachable("arguments that fit in number and name are bound");
  }
  for (size_t i = 0; i < args.size(); ++i) {
    const Argument *arg = args[i];
    TypeId type = paramType(program, types, function, candidate.paramOf[i], candidate.isExpanded);
    if (argumentFits(arg, function, candidate.paramOf[i], type))
      continue;
    PassMode mode = type.isValid() ? program[info.params[candidate.paramOf[i]].variable].mode : PassMode::Value;
    static constexpr llvm::StringRef words[] = {"", "ref", "in", "out"};
    bool modeFits = unsigned(mode) == unsigned(arg->mode) || (mode == PassMode::In && arg->mode == ParamMode::Value);
    if (!modeFits) {
      if (arg->mode == ParamMode::Value) {
        report(DiagId::NeedsRef, arg->range).operator<<(words[unsigned(mode)]).note(declaration, "declared here")
            .fix({arg->range.begin, arg->range.begin}, words[unsigned(mode)] + " ");
      } else {
        report(DiagId::UnexpectedRef, arg->range).operator<<(words[unsigned(arg->mode)])
            .operator<<(mode == PassMode::Value ? "by value" : ("by '" + words[unsigned(mode)] + "'").str()).note(declaration, "declared here");
      }
      return;
    }
    if (!arg->value || arg->mode != ParamMode::Value) {
      TypeId actual = arg->outVariable ? program.typeNodes.get(arg->outVariable->type) : program.exprs.get(arg->value).type;
      report(DiagId::RefTypeDiffers, arg->range).operator<<(words[unsigned(mode)]).operator<<(spell(type)).operator<<(spell(actual))
          .note(declaration, "declared here");
      return;
    }
    std::string context = "for parameter '" + program[info.params[candidate.paramOf[i]].variable].name.text().str() + "' of '" + info.name.text().str() + "'";
    coerce(arg->value, type, context);
    return;
  }
}

/// One of the functions would do if the call said by what its arguments are passed. False if none would.
bool Checker::reportMissingRef(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const Argument *> args, SourceRange range) {
  for (FunctionId function : functions) {
    Candidate candidate;
    if (!bindArguments(function, args, false, candidate))
      continue;
    std::vector<Argument> said;
    for (size_t i = 0; i < args.size(); ++i) {
      said.push_back(*args[i]);
      PassMode mode = program[program[function].params[candidate.paramOf[i]].variable].mode;
      if (args[i]->mode == ParamMode::Value && (mode == PassMode::Ref || mode == PassMode::Out))
        said.back().mode = mode == PassMode::Ref ? ParamMode::Ref : ParamMode::Out;
    }
    llvm::SmallVector<const Argument *, 4> pointers;
    for (const Argument &arg : said)
      pointers.push_back(&arg);
    if (findViable(function, pointers, range).candidates.empty())
      continue;
    for (size_t i = 0; i < args.size(); ++i)
      if (said[i].mode != args[i]->mode) {
        llvm::StringRef word = said[i].mode == ParamMode::Ref ? "ref" : "out";
        report(DiagId::NeedsRef, args[i]->range).operator<<(word).note(program[function].range, "declared here")
            .fix({args[i]->range.begin, args[i]->range.begin}, word + " ");
      }
    return true;
  }
  return false;
}

void Checker::reportNoOverload(llvm::ArrayRef<FunctionId> functions, llvm::ArrayRef<const Argument *> args, SourceRange range, Name name) {
  bool hasErrors = llvm::any_of(args, [&](const Argument *arg) {
    return (arg->value && program.exprs.get(arg->value).type == types::Error) ||
           (arg->outVariable && arg->outVariable->type && program.typeNodes.get(arg->outVariable->type) == types::Error);
  });
  // Functions that take this many arguments: if there is only one, its misfit is the problem.
  llvm::SmallVector<FunctionId, 4> byCount;
  for (FunctionId function : functions) {
    Candidate candidate, expanded;
    const FunctionInfo &info = program[function];
    if (bindArguments(function, args, false, candidate) ||
        (!info.params.empty() && info.params.back().isParams && bindArguments(function, args, true, expanded)))
      byCount.push_back(function);
  }
  if (functions.size() == 1 || byCount.size() == 1) {
    FunctionId only = functions.size() == 1 ? functions[0] : byCount[0];
    if (!hasErrors || byCount.empty())
      reportMisfit(only, args, range);
  } else if (!hasErrors && !reportMissingRef(functions, args, range)) {
    std::string given;
    for (const Argument *arg : args) {
      TypeId type = arg->value ? program.exprs.get(stripParens(arg->value)).type : TypeId();
      static constexpr llvm::StringRef words[] = {"", "ref ", "in ", "out "};
      given += (given.empty() ? "" : ", ") + words[unsigned(arg->mode)].str() +
               (arg->outVariable ? "var" : type.isValid() ? spell(type) : "default");
    }
    auto diag = report(DiagId::NoOverloadOf, range);
    diag << name.text() << given;
    noteOverloads(diag, functions, range);
  }
  abandonArguments(args);
}

} // namespace dream::sema
