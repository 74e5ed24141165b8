#include "compiler/dil/module.h"

namespace dream::dil {

llvm::StringRef mnemonic(InstKind kind) {
  switch (kind) {
#define INST(STRUCT, MNEMONIC, STAGE)                                                                                  \
  case InstKind::STRUCT:                                                                                               \
    return MNEMONIC;
#include "compiler/dil/inst_kinds.def"
  }
  __builtin_unreachable();
}

bool isTerminator(const Inst &inst) {
  if (auto *call = llvm::dyn_cast<CallBase>(&inst))
    return call->canThrow();
  switch (inst.kind) {
#define INST(STRUCT, MNEMONIC, STAGE)                                                                                  \
  case InstKind::STRUCT:                                                                                               \
    return false;
#define TERMINATOR(STRUCT, MNEMONIC, STAGE)                                                                            \
  case InstKind::STRUCT:                                                                                               \
    return true;
#include "compiler/dil/inst_kinds.def"
  }
  __builtin_unreachable();
}

Function::~Function() {
  for (Inst *inst : owned)
    dispatch(*inst, [](auto &typed) {
      using T = std::remove_reference_t<decltype(typed)>;
      typed.~T();
    });
}

} // namespace dream::dil
