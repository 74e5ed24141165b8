// 604 … 607: what accesses and borrows forbid while they are open.
#pragma once

#include "compiler/dil/verify/families.h"
#include "compiler/dil/verify/open_scopes.h"
#include "compiler/dil/verify/places.h"

namespace dream::dil::verifier {

class Accesses {
public:
  Accesses(Report &report, const Places &places)
      : report(report), function(*report.function), places(places) {}

  /// Checks what the instruction reads and writes against the open scopes.
  void visit(const Inst &inst, const OpenScopes &open);

private:
  void touch(const Inst &inst, ValueId place, bool writes, const OpenScopes &open);
  void call(const CallBase &inst, const OpenScopes &open);

  Report &report;
  const Function &function;
  const Places &places;
};

} // namespace dream::dil::verifier
