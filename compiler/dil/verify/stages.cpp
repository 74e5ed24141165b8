// 8xx: which instructions may stand at the module's stage.
#include "compiler/dil/verify/families.h"

namespace dream::dil::verifier {
namespace {

enum class Allowed : uint8_t { Any, Raw, Counted, Uncounted };

constexpr Allowed kAllowed[] = {
#define INST(STRUCT, MNEMONIC, STAGE) Allowed::STAGE,
#include "compiler/dil/inst_kinds.def"
};

bool mayStand(Allowed allowed, Stage stage) {
  switch (allowed) {
  case Allowed::Any:
    return true;
  case Allowed::Raw:
    return stage == Stage::Raw;
  case Allowed::Counted:
    return stage == Stage::Counted;
  case Allowed::Uncounted:
    return stage != Stage::Counted;
  }
  __builtin_unreachable();
}

} // namespace

void verifyStages(Report &report, const Cfg &cfg) {
  Stage stage = report.module.stage;
  for (const Block &block : report.function->blocks)
    for (const Inst *inst : block.insts)
      if (!mayStand(kAllowed[size_t(inst->kind)], stage))
        report.add(801, *inst, "the instruction does not belong to this stage");
  if (stage == Stage::Raw)
    return;
  for (BlockId id : cfg.reversePostorder()) {
    auto *end = llvm::dyn_cast<UnreachableInst>((*report.function)[id].insts.back());
    if (end && end->reason == UnreachableReason::MissingReturn)
      report.add(802, *end, "control can come to " + report.block(id) + ", where a value should be returned");
  }
}

} // namespace dream::dil::verifier
