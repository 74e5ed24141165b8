// What the builder makes of each instruction: type, ownership, uses, edges.
#include "test/unit/dil/fixture.h"

namespace dream::dil {
namespace {

#define EXPECT_VALUE(VALUE, TYPE, OWNERSHIP)                                                                           \
  do {                                                                                                                 \
    ValueId value = VALUE;                                                                                             \
    EXPECT_EQ(f.typeOf(value), TYPE);                                                                                  \
    EXPECT_EQ(f.ownershipOfValue(value), Ownership::OWNERSHIP);                                                        \
    EXPECT_EQ(f.fn[value].definition->result, value);                                                                  \
    EXPECT_EQ(f.fn[value].block, f.b.currentBlock());                                                                  \
  } while (false)

TEST(Builder, constantsHoldNothing) {
  Fixture f;
  TypeId maybe = f.types.optional(f.exception);
  EXPECT_VALUE(f.b.constInt(types::Int64, 5), types::Int64, None);
  EXPECT_VALUE(f.b.constFloat(types::Float32, 0.5), types::Float32, None);
  EXPECT_VALUE(f.b.constBool(true), types::Bool, None);
  EXPECT_VALUE(f.b.constChar('a'), types::Char, None);
  EXPECT_VALUE(f.b.constString("text"), types::String, None);
  EXPECT_VALUE(f.b.constNull(maybe), maybe, None);
  EXPECT_VALUE(f.b.constZero(types::String), types::String, None);
  size_t count = f.fn.blocks[0].insts.size();
  f.b.drop(f.b.constString(""));
  EXPECT_EQ(f.fn.blocks[0].insts.size(), count + 1) << "a constant needs no drop";
}

TEST(Builder, plainValues) {
  Fixture f;
  ValueId x = f.b.constFloat(types::Float64, 1);
  EXPECT_VALUE(f.b.arith(ArithOp::Add, f.n, f.n), types::Int32, None);
  EXPECT_VALUE(f.b.unary(UnaryOp::Neg, x), types::Float64, None);
  EXPECT_VALUE(f.b.cmp(CmpOp::Lt, f.n, f.n), types::Bool, None);
  EXPECT_VALUE(f.b.convert(f.n, types::Float64), types::Float64, None);
  EXPECT_VALUE(f.b.intrinsic(Intrinsic::Sqrt, types::Float64, {x}), types::Float64, None);
  EXPECT_VALUE(f.b.typeIs(f.s, f.exception), types::Bool, None);
  EXPECT_VALUE(f.b.len(f.s), types::Int32, None);
}

TEST(Builder, aggregates) {
  Fixture f;
  TypeId pair = f.nominal(NominalKind::Struct, "Pair", {types::String, types::Int32});
  TypeId plain = f.types.tuple({types::Int32, types::Int32}, {Name(), Name()});
  ValueId made = f.b.make(pair, {f.b.copy(f.s), f.n});
  EXPECT_VALUE(made, pair, Owned);
  EXPECT_VALUE(f.b.make(plain, {f.n, f.n}), plain, None);
  EXPECT_VALUE(f.b.project(made, 0), types::String, Borrowed);
  EXPECT_VALUE(f.b.project(made, 1), types::Int32, None);
  EXPECT_VALUE(f.b.cast(CastKind::Up, f.s, types::Object), types::Object, Borrowed);
  EXPECT_VALUE(f.b.cast(CastKind::Up, f.b.copy(f.s), types::Object), types::Object, Owned);
}

TEST(Builder, places) {
  Fixture f;
  TypeId pair = f.nominal(NominalKind::Struct, "Pair", {types::String, types::Int32});
  TypeId array = f.types.array(types::String);
  GlobalId global = f.module.addGlobal({"g", types::Int64, nullptr, {}});
  ValueId slot = f.b.slot(pair, "p");
  EXPECT_VALUE(slot, pair, Address);
  EXPECT_VALUE(f.b.global(global), types::Int64, Address);
  EXPECT_VALUE(f.b.field(slot, 0), types::String, Address);
  EXPECT_VALUE(f.b.accessRead(slot), pair, Address);
  EXPECT_VALUE(f.b.accessModify(slot), pair, Address);
  EXPECT_VALUE(f.b.loadCopy(slot), pair, Owned);
  EXPECT_VALUE(f.b.loadCopy(f.r), types::Int32, None);
  EXPECT_VALUE(f.b.loadTake(slot), pair, Owned);
  ValueId borrowed = f.b.loadBorrow(slot);
  EXPECT_VALUE(borrowed, pair, Borrowed);
  EXPECT_VALUE(f.b.loadBorrow(f.r), types::Int32, None);
  ValueId arrays = f.b.slot(array, "");
  EXPECT_VALUE(f.b.elem(f.b.loadBorrow(arrays), {f.n}), types::String, Address);
  EXPECT_VALUE(f.b.unique(arrays), array, Borrowed);
  EXPECT_VALUE(f.b.elem(f.s, {f.n}), types::UInt8, Address);
  size_t count = f.fn.blocks[0].insts.size();
  f.b.endBorrow(f.b.loadBorrow(f.r));
  EXPECT_EQ(f.fn.blocks[0].insts.size(), count + 1) << "a plain value is not borrowed";
}

TEST(Builder, allocation) {
  Fixture f;
  TypeId array = f.types.rect(types::Int32, 2);
  EXPECT_VALUE(f.b.alloc(f.exception), f.exception, Owned);
  EXPECT_VALUE(f.b.allocArray(array, {f.n, f.n}), array, Owned);
  ValueId box = f.b.box(f.n, types::Object);
  EXPECT_VALUE(box, types::Object, Owned);
  EXPECT_VALUE(f.b.unbox(box, types::Int32), types::Int32, None);
  EXPECT_VALUE(f.b.load(f.r), types::Int32, None);
}

TEST(Builder, callsUseArgumentsAsParametersSay) {
  Fixture f;
  FuncId callee = f.declare("g", {f.param(types::String, Convention::Own), f.param(types::String, Convention::Borrow),
                                  f.param(types::Int32, Convention::Plain), f.param(types::Int32, Convention::Address)},
                            types::String);
  EXPECT_VALUE(f.b.call(callee, {f.b.copy(f.s), f.s, f.n, f.r}), types::String, Owned);
  auto *call = llvm::cast<CallInst>(f.fn.blocks[0].insts.back());
  EXPECT_EQ(llvm::ArrayRef(call->uses), llvm::ArrayRef({Use::Consume, Use::Borrow, Use::Plain, Use::Address}));
  EXPECT_FALSE(isTerminator(*call));

  FuncId variadic = f.declare("h", {f.param(types::Int32, Convention::Plain)}, types::Void);
  f.module[variadic].isVariadic = true;
  EXPECT_FALSE(f.b.call(variadic, {f.n, f.s, f.n}).isValid());
  call = llvm::cast<CallInst>(f.fn.blocks[0].insts.back());
  EXPECT_EQ(llvm::ArrayRef(call->uses), llvm::ArrayRef({Use::Plain, Use::Borrow, Use::Plain}));
}

TEST(Builder, callsThatThrowEndTheirBlock) {
  Fixture f;
  FuncId gives = f.declare("g", {}, types::String, true), nothing = f.declare("h", {}, types::Void, true);
  BlockId error = f.b.addBlock();
  ValueId caught = f.b.addBlockArg(error, f.exception, Ownership::Owned);
  BlockId before = f.b.currentBlock();
  ValueId text = f.b.tryCall(gives, {}, error);
  EXPECT_TRUE(isTerminator(*f.fn[before].insts.back()));
  EXPECT_NE(f.b.currentBlock(), before);
  EXPECT_EQ(f.fn[f.b.currentBlock()].args.size(), 1u);
  EXPECT_EQ(f.fn[f.b.currentBlock()].args[0], text);
  EXPECT_EQ(f.ownershipOfValue(text), Ownership::Owned);
  EXPECT_FALSE(f.fn[before].insts.back()->result.isValid());
  EXPECT_TRUE(f.fn[error].isCold);
  f.b.drop(text);
  EXPECT_FALSE(f.b.tryCall(nothing, {}, error).isValid());
  EXPECT_TRUE(f.fn[f.b.currentBlock()].args.empty());
  f.b.ret();
  EXPECT_TRUE(f.b.isTerminated());
  f.b.setBlock(error);
  f.b.throwError(caught);
  EXPECT_EQ(f.violations(), std::vector<unsigned>());
  EXPECT_EQ(f.text(), R"(
fn @f(%s: borrow string, %n: int, %r: ref int) throws {
entry:
  call @g() -> own string ok b2 error b1
b1(%0: own Exception) cold:
  throw %0
b2(%1: own string):
  drop %1
  call @h() ok b3 error b1
b3:
  return
}
)");
}

TEST(Builder, slotsAndTerminators) {
  Fixture f;
  BlockId one = f.b.addBlock(), two = f.b.addBlock();
  f.b.slot(types::Int32, "n", 2);
  ValueId flag = f.b.slot(types::Bool, "");
  ValueId text = f.b.slot(types::String, "t");
  f.b.dropIf(flag, text);
  f.b.dropSlot(text, true);
  f.b.check(CheckKind::Bounds, f.n, f.n);
  f.b.check(CheckKind::Cast, f.s, {}, f.exception, "text");
  SwitchInst *sw = f.b.switchOn(f.n, two);
  sw->cases.push_back({uint64_t(-1), one});
  f.b.setBlock(one);
  f.b.condBr(f.b.constBool(true), two, two);
  f.b.setBlock(two);
  f.b.unreachable(UnreachableReason::MissingReturn);
  EXPECT_EQ(f.text(), R"(
fn @f(%s: borrow string, %n: int, %r: ref int) throws {
entry:
  %0: *int = slot "n" arg 2
  %1: *bool = slot
  %2: *string = slot "t"
  drop_if %1, %2
  drop_slot %2 ends_life
  check bounds %n, %n
  check cast %s is Exception "text"
  switch %n, -1: b1, else b2
b1:
  %3: bool = const true
  cond_br %3, b2, b2
b2:
  unreachable missing_return
}
)");
}

} // namespace
} // namespace dream::dil
