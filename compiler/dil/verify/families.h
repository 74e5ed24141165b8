// What the verifier's files share: where a report goes, and one function for each family of invariants. The numbers are
// those of docs/dil.md.
#pragma once

#include <optional>
#include "compiler/dil/cfg.h"
#include "compiler/dil/verify/verify.h"
#include "llvm/ADT/Twine.h"

namespace dream::dil::verifier {

/// Collects the violations of one module; speaks of one function at a time.
class Report {
public:
  Report(const Module &module, std::vector<Violation> &violations) : module(module), violations(violations) {}

  const Module &module;
  const Function *function = nullptr;

  void enter(const Function &next) {
    function = &next;
    count = 0;
  }
  /// Whether the current function (or, before the first, the module) is sound so far.
  bool isSound() const { return count == 0; }
  void add(unsigned invariant, const llvm::Twine &message);
  /// Shows the instruction behind the message.
  void add(unsigned invariant, const Inst &inst, const llvm::Twine &message);

  std::string value(ValueId id) const;
  std::string block(BlockId id) const;
  std::string type(TypeId id) const { return module.types.spell(id); }

private:
  /// More than these help nobody.
  static constexpr unsigned kMost = 20;
  unsigned count = 0;
  std::vector<Violation> &violations;
};

/// Equal but for the names of tuple parts, which mean nothing in DIL.
bool sameType(const TypeTable &types, TypeId a, TypeId b);

/// What the class tables say about virtual slots, for checking calls through them.
class SlotTargets {
public:
  explicit SlotTargets(const Module &module);
  struct Target {
    FuncId example; ///< Some function that fills the slot.
    bool canThrow = false;
  };
  const Target *find(TypeId type, unsigned slot) const {
    auto found = targets.find({type, slot});
    return found == targets.end() ? nullptr : &found->second;
  }

  /// Whether closures of a func type can throw; none if the module makes no such closure.
  std::optional<bool> closureThrows(TypeId func) const {
    auto found = closures.find(func);
    return found == closures.end() ? std::nullopt : std::optional(found->second);
  }

private:
  llvm::DenseMap<std::pair<TypeId, unsigned>, Target> targets;
  llvm::DenseMap<TypeId, bool> closures;
};

// Families 1xx … 9xx. Those that follow edges or values rely on the structure being sound.
void verifyModule(Report &report);
void verifyDeclaration(Report &report);
void verifyStructure(Report &report);
void verifyDominance(Report &report, const Cfg &cfg);
void verifyTypes(Report &report);
void verifyUses(Report &report);
void verifyOwnership(Report &report, const Cfg &cfg, const class Places &places);
void verifySlots(Report &report, const Cfg &cfg, const class Places &places, const SlotTargets &targets);
void verifyCalls(Report &report, const SlotTargets &slots);
void verifyStages(Report &report, const Cfg &cfg);
void verifyRegions(Report &report, const Cfg &cfg);

} // namespace dream::dil::verifier
