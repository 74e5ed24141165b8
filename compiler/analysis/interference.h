// Whether one instruction may write a place, itself or through what it calls. Answers "yes" whenever it cannot tell.
#pragma once

#include "compiler/analysis/effects.h"

namespace dream::analysis {

/// A place that must not be written for a while.
struct Watched {
  Place place;
  TypeId type;                               ///< Of what lies there.
  unsigned location = ModuleEffects::kNone;  ///< Of places in objects and module variables.
  bool isLet = false;                        ///< A field that only constructors set, as is declared or found.
  bool isExclusive = false;                  ///< Through an address parameter that nothing else leads to.
};

class Interference {
public:
  Interference(const dil::Module &module, const dil::Function &function, const ModuleEffects &effects,
               CallTargets &targets)
      : module(module), function(function), effects(effects), targets(targets) {}

  Watched watch(dil::ValueId address) const;
  bool mayWrite(const dil::Inst &inst, const Watched &watched) const;
  /// The place of an address may be the watched one, a part of it, or hold it.
  bool mayAlias(dil::ValueId address, const Watched &watched) const {
    return mayAlias(placeOf(function, address), function[address].type, watched);
  }
  /// What a call runs may read or write the watched place; its arguments are another matter.
  bool callMayTouch(const dil::CallBase &call, const Watched &watched) const;

private:
  bool mayAlias(const Place &written, TypeId type, const Watched &watched) const;
  bool effectsWrite(const Effects &found, const Watched &watched) const;

  const dil::Module &module;
  const dil::Function &function;
  const ModuleEffects &effects;
  CallTargets &targets;
};

} // namespace dream::analysis
