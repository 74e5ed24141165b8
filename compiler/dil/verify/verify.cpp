// Runs the families over a module, each function from the ground up: what a later family relies on, an earlier one has
// checked.
#include "compiler/dil/verify/verify.h"
#include "compiler/dil/text.h"
#include "compiler/dil/text/names.h"
#include "compiler/dil/verify/families.h"
#include "compiler/dil/verify/places.h"
#include "llvm/Support/ErrorHandling.h"

namespace dream::dil {
namespace verifier {

void Report::add(unsigned invariant, const llvm::Twine &message) {
  if (++count > kMost)
    return;
  violations.push_back({invariant, function ? function->symbol : "", message.str()});
}

void Report::add(unsigned invariant, const Inst &inst, const llvm::Twine &message) {
  if (count >= kMost) {
    ++count;
    return;
  }
  std::string line;
  llvm::raw_string_ostream out(line);
  print(module, *function, inst, out);
  add(invariant, message + ": `" + line + "`");
}

std::string Report::value(ValueId id) const { return BodyNames(*function).value(id); }
std::string Report::block(BlockId id) const { return BodyNames(*function).block(id); }

bool sameType(const TypeTable &types, TypeId a, TypeId b) {
  if (a == b)
    return true;
  if (!a.isValid() || !b.isValid())
    return false;
  const Type &x = types[a], &y = types[b];
  if (x.kind != y.kind || x.isConst != y.isConst || x.returnsRef != y.returnsRef || x.count != y.count ||
      x.nominal != y.nominal || x.modes != y.modes || x.args.size() != y.args.size() ||
      x.element.isValid() != y.element.isValid())
    return false;
  if (x.element.isValid() && !sameType(types, x.element, y.element))
    return false;
  for (size_t i = 0; i < x.args.size(); ++i)
    if (!sameType(types, x.args[i], y.args[i]))
      return false;
  return true;
}

} // namespace verifier

std::string describe(const Violation &violation) {
  std::string text = "I" + std::to_string(violation.invariant);
  if (!violation.function.empty())
    text += " in " + quoteSymbol(violation.function);
  return text + ": " + violation.message;
}

std::vector<Violation> verify(const Module &module) {
  using namespace verifier;
  std::vector<Violation> violations;
  Report report(module, violations);
  verifyModule(report);
  if (!report.isSound())
    return violations;
  SlotTargets slots(module);
  for (const Function &function : module.functions) {
    report.enter(function);
    verifyDeclaration(report);
    if (function.isDeclaration() || !report.isSound())
      continue;
    verifyStructure(report);
    if (!report.isSound())
      continue;
    Cfg cfg(function);
    verifyStages(report, cfg);
    verifyUses(report);
    verifyTypes(report);
    verifyCalls(report, slots);
    verifyDominance(report, cfg);
    if (!report.isSound())
      continue;
    verifyRegions(report, cfg); // Follows values back to what they are made of, which has an end only where that dominates them.
    Places places(module, function, cfg);
    verifyOwnership(report, cfg, places);
    if (report.isSound() && isOwned(module.stage))
      verifySlots(report, cfg, places, slots);
  }
  return violations;
}

void verifyOrDie(const Module &module, llvm::StringRef afterPass) {
  std::vector<Violation> violations = verify(module);
  if (violations.empty())
    return;
  llvm::errs() << "DIL is broken after '" << afterPass << "':\n";
  for (const Violation &one : violations)
    llvm::errs() << "  " << describe(one) << '\n';
  // The functions that are concerned, each once.
  std::string last;
  for (const Function &function : module.functions)
    for (const Violation &one : violations)
      if (one.function == function.symbol && last != function.symbol) {
        print(module, function, llvm::errs());
        last = function.symbol;
      }
  llvm::report_fatal_error("broken DIL (see docs/dil.md for the numbers)", /*gen_crash_diag=*/false);
}

} // namespace dream::dil
