// Effect summaries: fields and module variables, through calls, recursion, destructors and fresh objects.
#include "compiler/analysis/effects.h"
#include "test/unit/analysis/module_text.h"

namespace dream::analysis {
namespace {

using namespace dil;

constexpr const char *kText = R"(dil owned
class @Node { next: Node?, name: string, count: int } slots 1
class @Leaf : Node {} slots 1
class @Noisy { x: int } destructor
table Node { vtable @Node.Visit }
table Leaf { vtable @Leaf.Visit }
table Noisy { destructor @Noisy.drop }
global @last: Node?

fn @cut(%n: borrow Node) {
entry:
  %0: *Node? = field %n, 0
  %1: Node? = const null
  assign %0, %1
  return
}
fn @count(%n: borrow Node) {
entry:
  %0: *int = field %n, 2
  %1: int = const 1
  assign %0, %1
  return
}
fn @read(%n: borrow Node) -> own string {
entry:
  %0: *string = field %n, 1
  %1: own string = load.copy %0
  return %1
}
fn @fresh() -> own Node {
entry:
  %0: own Node = alloc
  call @cut(borrow %0)
  return %0
}
fn @other(%a: borrow Node, %b: borrow Node) {
entry:
  call @cut(borrow %b)
  return
}
fn @same(%a: borrow Node, %b: borrow Node) {
entry:
  call @cut(borrow %a)
  return
}
fn @even(%n: borrow Node) {
entry:
  call @odd(borrow %n)
  return
}
fn @odd(%n: borrow Node) {
entry:
  %0: *Node? = global @last
  %1: Node? = const null
  assign %0, %1
  call @even(borrow %n)
  return
}
fn @Node.Visit(%this: borrow Node) {
entry:
  return
}
fn @Leaf.Visit(%this: borrow Node) {
entry:
  %0: own string = call @read(borrow %this)
  drop %0
  return
}
fn @visit(%n: borrow Node) {
entry:
  call_slot Node, 0(borrow %n)
  return
}
fn @Noisy.drop(%this: borrow Noisy) {
entry:
  %0: *Node? = global @last
  %1: Node? = const null
  assign %0, %1
  return
}
fn @drops(%x: own Noisy) {
entry:
  drop %x
  return
}
fn @byAddress(%s: ref string) {
entry:
  %0: string = const "new"
  assign %s, %0
  return
}
fn @passes(%n: borrow Node) {
entry:
  %0: *string = field %n, 1
  %1: *string = access.modify %0
  call @byAddress(addr %1)
  end_access %1
  return
}
)";

struct EffectsTest : testing::Test {
  ModuleText text{kText};
  CallTargets targets{*text.module};
  ModuleEffects effects{*text.module, targets};

  const Effects &of(llvm::StringRef symbol) { return effects.of(text.func(symbol)); }
  /// The location of the first field or global address in a function.
  unsigned location(llvm::StringRef symbol) {
    Function &function = text[symbol];
    for (Inst *inst : function.blocks[0].insts)
      if (llvm::isa<FieldInst, GlobalInst>(inst))
        return effects.locationOf(placeOf(function, inst->result), function);
    return ModuleEffects::kNone;
  }
  unsigned next() { return location("cut"); }
  unsigned name() { return location("read"); }
  unsigned last() { return location("odd"); }
};

TEST_F(EffectsTest, locationsAreWhatHoldsCounts) {
  EXPECT_NE(next(), ModuleEffects::kNone);
  EXPECT_NE(name(), next());
  EXPECT_NE(last(), next());
  EXPECT_EQ(location("count"), ModuleEffects::kNone) << "plain";
}

TEST_F(EffectsTest, ownFirstParameterIsKeptApart) {
  EXPECT_TRUE(of("cut").selfWrites.test(next()));
  EXPECT_FALSE(of("cut").writes.test(next()));
  EXPECT_TRUE(of("read").selfReads.test(name()));
  EXPECT_FALSE(of("read").mayWrite(name()));
  EXPECT_TRUE(of("read").mayTouch(name()));
}

TEST_F(EffectsTest, freshObjectsHaveNoEffect) { EXPECT_FALSE(of("fresh").mayTouch(next())); }

TEST_F(EffectsTest, receiversAreFollowedThroughCalls) {
  EXPECT_TRUE(of("other").writes.test(next()));
  EXPECT_TRUE(of("same").selfWrites.test(next()));
  EXPECT_FALSE(of("same").writes.test(next()));
}

TEST_F(EffectsTest, recursionReachesAFixpoint) {
  EXPECT_TRUE(of("even").mayWrite(last()));
  EXPECT_TRUE(of("odd").mayWrite(last()));
  EXPECT_FALSE(of("even").mayTouch(next()));
}

TEST_F(EffectsTest, virtualCallsJoinTheirTargets) {
  EXPECT_TRUE(of("visit").mayTouch(name()));
  EXPECT_FALSE(of("visit").mayWrite(name()));
}

TEST_F(EffectsTest, dropsRunDestructors) {
  EXPECT_TRUE(of("drops").mayWrite(last()));
  EXPECT_FALSE(of("cut").mayWrite(last())) << "a Node owns nothing with a destructor";
}

TEST_F(EffectsTest, addressesAreTheCallersEffect) {
  EXPECT_FALSE(of("byAddress").mayTouch(name()));
  EXPECT_TRUE(of("passes").mayWrite(name()));
}

} // namespace
} // namespace dream::analysis
