// Invariants that no text can break, since the reader makes the ids itself.
#include "compiler/dil/text/names.h"
#include "test/unit/dil/fixture.h"

namespace dream::dil {
namespace {

using Numbers = std::vector<unsigned>;

TEST(Verify, soundFunction) {
  Fixture f;
  f.b.ret();
  EXPECT_EQ(f.violations(), Numbers());
}

TEST(Verify, targetOutOfRange) {
  Fixture f;
  f.b.br(BlockId(7));
  EXPECT_EQ(f.violations(), Numbers{103});
}

TEST(Verify, operandOutOfRange) {
  Fixture f;
  f.b.unary(UnaryOp::Neg, f.n);
  llvm::cast<UnaryInst>(f.fn.blocks[0].insts[0])->value = ValueId(99);
  f.b.ret();
  EXPECT_EQ(f.violations(), Numbers{104});
}

TEST(Verify, operandOfRemovedInstruction) {
  Fixture f;
  ValueId value = f.b.constInt(types::Int32, 1);
  f.b.unary(UnaryOp::Neg, value);
  f.b.ret();
  f.fn.blocks[0].insts.erase(f.fn.blocks[0].insts.begin());
  EXPECT_EQ(f.violations(), Numbers{104});
}

TEST(Verify, callWithoutUses) {
  Fixture f;
  f.b.call(f.declare("g", {f.param(types::Int32, Convention::Plain)}, types::Void), {f.n});
  llvm::cast<CallInst>(f.fn.blocks[0].insts[0])->uses.clear();
  f.b.ret();
  EXPECT_EQ(f.violations(), Numbers{104});
}

TEST(Verify, nameOutOfRange) {
  Fixture f;
  f.b.call(f.declare("g", {}, types::Void), {});
  llvm::cast<CallInst>(f.fn.blocks[0].insts[0])->callee = FuncId(50);
  f.b.ret();
  EXPECT_EQ(f.violations(), Numbers{105});
}

TEST(Verify, typeOutOfRange) {
  Fixture f;
  ValueId value = f.b.constInt(types::Int32, 1);
  f.fn[value].type = TypeId(5000);
  f.b.ret();
  EXPECT_EQ(f.violations(), Numbers{105});
}

TEST(Verify, instructionTwice) {
  Fixture f;
  f.b.constInt(types::Int32, 1);
  f.fn.blocks[0].insts.push_back(f.fn.blocks[0].insts[0]);
  f.b.ret();
  EXPECT_EQ(f.violations(), Numbers{106});
}

TEST(Verify, movedWithoutItsBlock) {
  Fixture f;
  f.b.constInt(types::Int32, 1);
  BlockId next = f.b.addBlock();
  f.b.br(next);
  f.b.setBlock(next);
  f.b.ret();
  auto &from = f.fn.blocks[0].insts, &to = f.fn[next].insts;
  to.insert(to.begin(), from[0]);
  from.erase(from.begin());
  EXPECT_EQ(f.violations(), Numbers{106});
}

TEST(Verify, symbolsAndConstants) {
  Fixture f;
  f.b.ret();
  f.declare("f", {}, types::Void);
  f.module.addGlobal({"g", types::Int32, nullptr, {}});
  Inst *ret = f.fn.blocks[0].insts[0];
  f.module.addGlobal({"g", types::Int32, ret, {}});
  EXPECT_EQ(f.violations(), (Numbers{112, 112, 116}));
}

TEST(Verify, tablesThatNameNothing) {
  Fixture f;
  f.b.ret();
  f.module.classes.push_back({f.exception, {}, {}, FuncId(40), {}});
  f.module.classes.push_back({TypeId(), {}, {}, {}, {}});
  EXPECT_EQ(f.violations(), (Numbers{114, 114}));
}

TEST(Verify, reportsNoMoreThanHelps) {
  Fixture f;
  for (int i = 0; i < 100; ++i)
    f.b.arith(ArithOp::Add, f.s, f.s);
  f.b.ret();
  EXPECT_EQ(f.violations().size(), 20u);
}

TEST(Verify, describes) {
  EXPECT_EQ(describe({403, "main", "left"}), "I403 in @main: left");
  EXPECT_EQ(describe({114, "", "odd"}), "I114: odd");
  EXPECT_EQ(describe({403, "f(int)", "left"}), "I403 in @\"f(int)\": left");
}

TEST(VerifyDeathTest, showsTheFunction) {
  Fixture f;
  f.b.copy(f.s);
  f.b.ret();
  EXPECT_DEATH(verifyOrDie(f.module, "some_pass"), "DIL is broken after 'some_pass'(.|\n)*I403(.|\n)*fn @f");
}

} // namespace
} // namespace dream::dil
