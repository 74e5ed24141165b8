// Arithmetic, comparisons and conversions: what compiled code computes, against C++.
#include "jit.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace dream;
using namespace dream::dil;
using dream::test::call;
using dream::test::Jit;

namespace {

template <typename T> constexpr TypeId typeOf();
template <> constexpr TypeId typeOf<int8_t>() { return types::Int8; }
template <> constexpr TypeId typeOf<uint8_t>() { return types::UInt8; }
template <> constexpr TypeId typeOf<int16_t>() { return types::Int16; }
template <> constexpr TypeId typeOf<int32_t>() { return types::Int32; }
template <> constexpr TypeId typeOf<uint32_t>() { return types::UInt32; }
template <> constexpr TypeId typeOf<int64_t>() { return types::Int64; }
template <> constexpr TypeId typeOf<uint64_t>() { return types::UInt64; }
template <> constexpr TypeId typeOf<float>() { return types::Float32; }
template <> constexpr TypeId typeOf<double>() { return types::Float64; }

/// What Dream says: wraps; MIN / -1 wraps; shifts mask their count.
template <typename T> T expected(ArithOp op, T a, T b) {
  using U = std::make_unsigned_t<T>;
  unsigned bits = sizeof(T) * 8, count = unsigned(b) & (bits - 1);
  bool overflows = std::is_signed_v<T> && a == std::numeric_limits<T>::min() && b == T(-1);
  switch (op) {
  case ArithOp::Add: return T(U(a) + U(b));
  case ArithOp::Sub: return T(U(a) - U(b));
  case ArithOp::Mul: return T(uint64_t(U(a)) * uint64_t(U(b)));
  case ArithOp::Div: return overflows ? a : T(a / b);
  case ArithOp::Rem: return overflows ? 0 : T(a % b);
  case ArithOp::And: return T(a & b);
  case ArithOp::Or: return T(a | b);
  case ArithOp::Xor: return T(a ^ b);
  case ArithOp::Shl: return T(U(a) << count);
  case ArithOp::Shr: return T(a >> count);
  case ArithOp::UShr: return T(U(a) >> count);
  }
  return 0;
}

constexpr ArithOp allOps[] = {ArithOp::Add, ArithOp::Sub, ArithOp::Mul, ArithOp::Div, ArithOp::Rem, ArithOp::And,
                              ArithOp::Or, ArithOp::Xor, ArithOp::Shl, ArithOp::Shr, ArithOp::UShr};

template <typename T> void checkIntegers(unsigned optimization) {
  const T values[] = {0, 1, 2, 7, 31, T(-1), T(-3), T(100), std::numeric_limits<T>::min(), std::numeric_limits<T>::max(),
                      T(std::numeric_limits<T>::max() - 1)};
  Jit jit;
  for (ArithOp op : allOps) {
    bool isShift = op == ArithOp::Shl || op == ArithOp::Shr || op == ArithOp::UShr;
    jit.define("f" + std::to_string(int(op)), {typeOf<T>(), isShift ? types::Int32 : typeOf<T>()}, typeOf<T>(),
               [&](Builder &b, auto &args) { return b.arith(op, args[0], args[1]); });
  }
  jit.get<void()>("f0", optimization);
  for (ArithOp op : allOps) {
    bool isShift = op == ArithOp::Shl || op == ArithOp::Shr || op == ArithOp::UShr;
    auto *address = jit.find("f" + std::to_string(int(op)));
    for (T a : values)
      for (T b : values) {
        if (b == 0 && (op == ArithOp::Div || op == ArithOp::Rem))
          continue;
        T got = isShift ? reinterpret_cast<T (*)(T, int)>(address)(a, int(b)) : reinterpret_cast<T (*)(T, T)>(address)(a, b);
        EXPECT_EQ(got, expected(op, a, b)) << "op " << int(op) << " of " << +a << " and " << +b;
      }
  }
}

TEST(CodegenArith, IntegersWrap) {
  for (unsigned optimization : {0u, 2u}) {
    checkIntegers<int8_t>(optimization);
    checkIntegers<uint8_t>(optimization);
    checkIntegers<int16_t>(optimization);
    checkIntegers<int32_t>(optimization);
    checkIntegers<uint32_t>(optimization);
    checkIntegers<int64_t>(optimization);
    checkIntegers<uint64_t>(optimization);
  }
}

TEST(CodegenArith, CheckedOperatorsPanicWhereTheyWouldWrap) {
  Jit jit;
  auto define = [&](const char *name, ArithOp op, TypeId type) {
    jit.define(name, {type, type}, type, [=](Builder &b, auto &args) { return b.arith(op, args[0], args[1], true); });
  };
  define("add", ArithOp::Add, types::Int32);
  define("mul", ArithOp::Mul, types::Int32);
  define("div", ArithOp::Div, types::Int32);
  define("subu", ArithOp::Sub, types::UInt32);
  jit.define("neg", {types::Int32}, types::Int32,
             [](Builder &b, auto &args) { return b.unary(UnaryOp::Neg, args[0], true); });
  auto *add = jit.get<int(int, int)>("add", 0);
  auto *mul = reinterpret_cast<int (*)(int, int)>(jit.find("mul"));
  auto *div = reinterpret_cast<int (*)(int, int)>(jit.find("div"));
  auto *subu = reinterpret_cast<unsigned (*)(unsigned, unsigned)>(jit.find("subu"));
  auto *neg = reinterpret_cast<int (*)(int)>(jit.find("neg"));
  EXPECT_EQ(call(add, 2, 3), 5);
  EXPECT_EQ(call(add, INT_MAX, 1), std::nullopt);
  EXPECT_EQ(call(mul, 65536, 32768), std::nullopt);
  EXPECT_EQ(call(mul, 65536, 32767), 65536 * 32767);
  EXPECT_EQ(call(div, INT_MIN, -1), std::nullopt);
  EXPECT_EQ(call(div, -7, 2), -3);
  EXPECT_EQ(call(subu, 1u, 2u), std::nullopt);
  EXPECT_EQ(call(neg, INT_MIN), std::nullopt);
  EXPECT_EQ(call(neg, 5), -5);
}

template <typename From, typename To> void checkConversion(std::initializer_list<std::pair<From, To>> rows) {
  for (unsigned optimization : {0u, 2u}) {
    Jit jit;
    jit.define("f", {typeOf<From>()}, typeOf<To>(), [](Builder &b, auto &args) { return b.convert(args[0], typeOf<To>()); });
    auto *f = jit.get<To(From)>("f", optimization);
    for (auto [from, to] : rows)
      EXPECT_EQ(f(from), to) << "from " << +from;
  }
}

TEST(CodegenConvert, IntegersWrapAndFloatsSaturate) {
  checkConversion<int32_t, int8_t>({{127, 127}, {128, -128}, {-129, 127}});
  checkConversion<int32_t, int64_t>({{-1, -1}});
  checkConversion<uint32_t, int64_t>({{0xFFFFFFFFu, 0xFFFFFFFFll}});
  checkConversion<double, int32_t>({{1.9, 1}, {-1.9, -1}, {1e10, INT32_MAX}, {-1e10, INT32_MIN}, {NAN, 0}});
  checkConversion<double, uint8_t>({{-1.0, 0}, {300.0, 255}, {7.5, 7}});
  checkConversion<double, uint64_t>({{1e30, UINT64_MAX}, {-5.0, 0}});
  checkConversion<float, int64_t>({{1e30f, INT64_MAX}, {2.5f, 2}});
  checkConversion<uint64_t, double>({{UINT64_MAX, 18446744073709551616.0}});
  checkConversion<int64_t, float>({{-3, -3.0f}});
}

TEST(CodegenConvert, OnlyScalarsBecomeChars) {
  Jit jit;
  jit.define("f", {types::Int64}, types::Char, [](Builder &b, auto &args) { return b.convert(args[0], types::Char); });
  auto *f = jit.get<uint32_t(int64_t)>("f", 0);
  EXPECT_EQ(call(f, 0x41), 0x41u);
  EXPECT_EQ(call(f, 0xD7FF), 0xD7FFu);
  EXPECT_EQ(call(f, 0xD800), std::nullopt);
  EXPECT_EQ(call(f, 0xDFFF), std::nullopt);
  EXPECT_EQ(call(f, 0xE000), 0xE000u);
  EXPECT_EQ(call(f, 0x10FFFF), 0x10FFFFu);
  EXPECT_EQ(call(f, 0x110000), std::nullopt);
  EXPECT_EQ(call(f, -1), std::nullopt);
  EXPECT_EQ(call(f, (int64_t(1) << 32) + 0x41), std::nullopt);
}

TEST(CodegenCompare, NanIsUnequalToEverything) {
  Jit jit;
  for (CmpOp op : {CmpOp::Eq, CmpOp::Ne, CmpOp::Lt, CmpOp::Le, CmpOp::Gt, CmpOp::Ge})
    jit.define("f" + std::to_string(int(op)), {types::Float64, types::Float64}, types::Bool,
               [=](Builder &b, auto &args) { return b.cmp(op, args[0], args[1]); });
  jit.get<void()>("f0", 0);
  auto compare = [&](CmpOp op, double a, double b) {
    return reinterpret_cast<uint8_t (*)(double, double)>(jit.find("f" + std::to_string(int(op))))(a, b) & 1;
  };
  for (CmpOp op : {CmpOp::Eq, CmpOp::Lt, CmpOp::Le, CmpOp::Gt, CmpOp::Ge})
    EXPECT_FALSE(compare(op, NAN, 1));
  EXPECT_TRUE(compare(CmpOp::Ne, NAN, NAN));
  EXPECT_TRUE(compare(CmpOp::Le, 1, 1));
  EXPECT_TRUE(compare(CmpOp::Gt, 2, 1));
}

TEST(CodegenCompare, UnsignedTypesOrderUnsigned) {
  Jit jit;
  jit.define("s", {types::Int32, types::Int32}, types::Bool, [](Builder &b, auto &args) { return b.cmp(CmpOp::Lt, args[0], args[1]); });
  jit.define("u", {types::UInt32, types::UInt32}, types::Bool, [](Builder &b, auto &args) { return b.cmp(CmpOp::Lt, args[0], args[1]); });
  auto *s = jit.get<uint8_t(int, int)>("s", 0);
  auto *u = reinterpret_cast<uint8_t (*)(unsigned, unsigned)>(jit.find("u"));
  EXPECT_TRUE(s(-1, 0) & 1);
  EXPECT_FALSE(u(0xFFFFFFFF, 0) & 1);
}

TEST(CodegenIntrinsics, ComputeWhatTheirNamesSay) {
  Jit jit;
  auto defineDouble = [&](const char *name, Intrinsic id, unsigned count) {
    std::vector<TypeId> params(count, types::Float64);
    jit.define(name, params, types::Float64, [=](Builder &b, auto &args) { return b.intrinsic(id, types::Float64, args); });
  };
  defineDouble("sqrt", Intrinsic::Sqrt, 1);
  defineDouble("min", Intrinsic::Min, 2);
  jit.define("clz", {types::UInt64}, types::Int32,
             [](Builder &b, auto &args) { return b.intrinsic(Intrinsic::LeadingZeroCount, types::Int32, args); });
  jit.define("rotl", {types::UInt32, types::Int32}, types::UInt32,
             [](Builder &b, auto &args) { return b.intrinsic(Intrinsic::RotateLeft, types::UInt32, args); });
  jit.define("abs", {types::Int32}, types::Int32,
             [](Builder &b, auto &args) { return b.intrinsic(Intrinsic::Abs, types::Int32, args); });
  jit.define("bits", {types::Float64}, types::Int64,
             [](Builder &b, auto &args) { return b.intrinsic(Intrinsic::BitsOfDouble, types::Int64, args); });
  auto *sqrt = jit.get<double(double)>("sqrt", 2);
  EXPECT_EQ(sqrt(2.25), 1.5);
  EXPECT_TRUE(std::isnan(reinterpret_cast<double (*)(double, double)>(jit.find("min"))(NAN, 1)));
  EXPECT_EQ(reinterpret_cast<int (*)(uint64_t)>(jit.find("clz"))(0), 64);
  EXPECT_EQ(reinterpret_cast<int (*)(uint64_t)>(jit.find("clz"))(1), 63);
  EXPECT_EQ(reinterpret_cast<uint32_t (*)(uint32_t, int)>(jit.find("rotl"))(0x80000001, 4), 0x18u);
  EXPECT_EQ(reinterpret_cast<int (*)(int)>(jit.find("abs"))(INT_MIN), INT_MIN);
  EXPECT_EQ(reinterpret_cast<int64_t (*)(double)>(jit.find("bits"))(1.0), 0x3FF0000000000000);
}

} // namespace
