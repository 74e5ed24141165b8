// States and liveness of slots.
#include "compiler/analysis/loops.h"
#include "compiler/analysis/slot_liveness.h"
#include "compiler/analysis/slot_states.h"
#include "test/unit/analysis/module_text.h"
#include <map>

namespace dream::analysis {
namespace {

using namespace dil;

constexpr const char *kText = R"(dil raw
fn @make() -> own string
fn @keep(%s: own string)
fn @f(%c: bool) {
entry:
  %s: *string = slot "s"
  cond_br %c, b1, b2
b1:
  %0: own string = call @make()
  init %s, %0
  br b3
b2:
  br b3
b3:
  drop_slot %s ends_life
  br b4
b4:
  %1: own string = call @make()
  assign %s, %1
  %2: own string = load.copy %s
  call @keep(own %2)
  cond_br %c, b4, b5
b5:
  drop_slot %s
  return
}
)";

std::string describe(SlotState state) {
  std::string text;
  text += state.maybeEmpty ? "e" : "";
  text += state.maybeFull ? "f" : "";
  text += state.maybeEnded ? "x" : "";
  return text;
}

TEST(Slots, statesFollowThePaths) {
  ModuleText text(kText);
  Function &function = text["f"];
  CallTargets targets(*text.module);
  SlotTable slots(function);
  SlotEvents events(function, slots, targets);
  Cfg cfg(function);
  std::map<std::string, std::string> seen;
  visitSlotStates(cfg, events, [&](const SlotEvent &event, SlotState state) {
    std::string &before = seen[mnemonic(event.inst->kind).str()];
    before += (before.empty() ? "" : " ") + describe(state);
  });
  EXPECT_EQ(seen["slot"], "");
  EXPECT_EQ(seen["init"], "e");
  EXPECT_EQ(seen["drop_slot"], "ef f");
  EXPECT_EQ(seen["assign"], "efx") << "empty and ended at first, full in later turns";
  EXPECT_EQ(seen["load.copy"], "f");
}

TEST(Slots, livenessEndsAtTheLastUse) {
  ModuleText text(kText);
  Function &function = text["f"];
  CallTargets targets(*text.module);
  SlotTable slots(function);
  SlotEvents events(function, slots, targets);
  Cfg cfg(function);
  std::map<std::string, bool> liveAfter;
  unsigned edges = 0;
  visitSlotLiveness(
      cfg, events, llvm::BitVector(1, true),
      [&](BlockId, const SlotEvent &event, bool live) { liveAfter[mnemonic(event.inst->kind).str()] = live; },
      [&](BlockId, BlockId, uint32_t) { ++edges; });
  EXPECT_FALSE(liveAfter["init"]) << "dropped, never looked at";
  EXPECT_TRUE(liveAfter["assign"]);
  EXPECT_FALSE(liveAfter["load.copy"]) << "the next turn assigns first";
  EXPECT_EQ(edges, 0u);
}

TEST(Slots, moreThanOneGroup) {
  std::string body;
  for (int i = 0; i < 200; ++i)
    body += "  %s" + std::to_string(i) + ": *int = slot \"s" + std::to_string(i) + "\"\n";
  for (int i = 0; i < 200; i += 2)
    body += "  init %s" + std::to_string(i) + ", %x\n";
  for (int i = 0; i < 200; ++i)
    body += "  %v" + std::to_string(i) + ": int = load.copy %s" + std::to_string(i) + "\n";
  ModuleText text("dil raw\nfn @f(%x: int) {\nentry:\n" + body + "  return\n}\n");
  CallTargets targets(*text.module);
  SlotTable slots(text["f"]);
  SlotEvents events(text["f"], slots, targets);
  EXPECT_EQ(events.groups().size(), 4u);
  Cfg cfg(text["f"]);
  unsigned full = 0, empty = 0;
  visitSlotStates(cfg, events, [&](const SlotEvent &event, SlotState state) {
    if (event.kind == SlotEventKind::Use)
      ++(state.isFull() ? full : empty);
  });
  EXPECT_EQ(full, 100u);
  EXPECT_EQ(empty, 100u);
}

TEST(Loops, innerBeforeOuter) {
  ModuleText text(R"(dil raw
fn @f(%c: bool) {
entry:
  br b1
b1:
  br b2
b2:
  cond_br %c, b2, b3
b3:
  cond_br %c, b1, b4
b4:
  return
}
)");
  Cfg cfg(text["f"]);
  Dominators dominators(cfg);
  std::vector<Loop> loops = findLoops(cfg, dominators);
  ASSERT_EQ(loops.size(), 2u);
  EXPECT_EQ(loops[0].header, BlockId(2));
  EXPECT_EQ(loops[0].blocks.size(), 1u);
  EXPECT_EQ(loops[1].header, BlockId(1));
  EXPECT_EQ(loops[1].blocks.size(), 3u);
  EXPECT_EQ(loops[1].entering.size(), 1u);
}

} // namespace
} // namespace dream::analysis
