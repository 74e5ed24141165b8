// What checking enters and leaves again: a scope of names, a layer of facts, a context outside of the body at hand. Each holds for as
// long as its object lives.
#pragma once

#include "compiler/sema/checker.h"

namespace dream::sema {

/// Names declared since it was opened disappear with it.
struct Checker::Scope {
  Checker &checker;
  size_t mark;
  explicit Scope(Checker &checker) : checker(checker), mark(checker.localUndo.size()) {}
  ~Scope();
};

/// Selects a layer of facts while it lives. In those of instances nothing is reported: the definition has been checked. If
/// an instance turns out to be wrong all the same, that is one error where it is used.
struct Checker::In {
  Checker &checker;
  LayerId layer, saved;
  bool wasMuted;
  unsigned errorsBefore;
  std::optional<Diagnostic> savedFailure;
  In(Checker &checker, LayerId layer)
      : checker(checker), layer(layer), saved(checker.program.layer), wasMuted(checker.diags.isMuted), errorsBefore(checker.diags.errorCount()) {
    if (layer == saved)
      return;
    checker.program.layer = layer;
    checker.diags.isMuted = checker.isInstance(layer);
    savedFailure = std::exchange(checker.diags.firstMuted, std::nullopt);
  }
  In(const In &) = delete;
  ~In() {
    if (layer == saved)
      return;
    checker.program.layer = saved;
    checker.diags.isMuted = wasMuted;
    std::optional<Diagnostic> failure = std::exchange(checker.diags.firstMuted, std::move(savedFailure));
    if (failure)
      checker.reportFailure(layer, *failure);
    else if (checker.isDefinition(layer) && checker.diags.errorCount() != errorsBefore)
      checker.layers[layer].hasErrors = true;
  }
};

/// Checks something outside of the body at hand: a context of its own, without locals.
struct Checker::Enter {
  Checker &checker;
  In in;
  BodyContext context;
  BodyContext *saved;
  llvm::DenseMap<Name, Local> savedLocals;
  llvm::SmallVector<std::pair<Name, Local>, 32> savedUndo;
  Enter(Checker &checker, FileContext &file, NominalId type, LayerId layer) : checker(checker), in(checker, layer), saved(checker.cx) {
    context.file = &file;
    context.type = type;
    context.isChecked = checker.options.checkOverflow;
    std::swap(savedLocals, checker.locals);
    std::swap(savedUndo, checker.localUndo);
    checker.cx = &context;
  }
  ~Enter() {
    checker.cx = saved;
    std::swap(savedLocals, checker.locals);
    std::swap(savedUndo, checker.localUndo);
  }
};

} // namespace dream::sema
