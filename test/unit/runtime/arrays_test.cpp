// Arrays as values: allocation, copies on write, slices, growth, rectangles.
#include "test/unit/runtime/program.h"

#include <gtest/gtest.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

int32_t *ints(std::initializer_list<int32_t> values) {
  int32_t *array = static_cast<int32_t *>(dr_alloc_array_of(typeOfInts(), 4, int64_t(values.size())));
  std::copy(values.begin(), values.end(), array);
  return array;
}
std::vector<int32_t> contents(const void *array) {
  const int32_t *values = static_cast<const int32_t *>(array);
  return {values, values + arrayHeaderOf(array).length};
}

TEST(Arrays, AreZeroedAndAligned) {
  for (int64_t length : {0, 1, 3, 4, 5, 100, 1000, 100000}) {
    auto *array = static_cast<int32_t *>(dr_alloc_array_of(typeOfInts(), 4, length));
    EXPECT_EQ(uintptr_t(array) % 16, 0u);
    EXPECT_EQ(arrayHeaderOf(array).length, length);
    for (int64_t i = 0; i < length; ++i)
      ASSERT_EQ(array[i], 0);
    std::fill(array, array + length, -1);
    dr_release_any(array);
  }
}

TEST(ArraysDeathTest, ImpossibleLengthsPanic) {
  EXPECT_EXIT(dr_alloc_array_of(typeOfInts(), 4, -3), testing::ExitedWithCode(134), "panic: array length -3 is negative");
  EXPECT_EXIT(dr_alloc_array_of(typeOfInts(), 4, int64_t(1) << 40), testing::ExitedWithCode(134), "is too large");
  int64_t dimensions[] = {1 << 20, 1 << 20};
  EXPECT_EXIT(dr_alloc_rect_of(typeOfIntGrid(), 4, 2, dimensions), testing::ExitedWithCode(134), "is too large");
  dimensions[0] = -1;
  EXPECT_EXIT(dr_alloc_rect_of(typeOfIntGrid(), 4, 2, dimensions), testing::ExitedWithCode(134), "array length -1 is negative");
}

TEST(Arrays, AUniqueArrayIsItself) {
  int32_t *array = ints({1, 2, 3});
  EXPECT_EQ(dr_unique_array(array), array);
  dr_release_any(array);
  EXPECT_EQ(dr_unique_array(nullptr), nullptr);
}

TEST(Arrays, ASharedArrayIsCopiedBeforeAWrite) {
  int32_t *original = ints({1, 2, 3});
  dr_retain_any(original);
  int32_t *copy = static_cast<int32_t *>(dr_unique_array(original));
  ASSERT_NE(copy, original);
  copy[0] = 999;
  EXPECT_EQ(contents(original), (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(contents(copy), (std::vector<int32_t>{999, 2, 3}));
  EXPECT_EQ(dr_ref_count(original), 1);
  EXPECT_EQ(dr_ref_count(copy), 1);
  dr_release_any(original);
  dr_release_any(copy);
}

TEST(Arrays, StaticArraysAreCopiedToo) {
  struct alignas(16) {
    ArrayHeader header{3, 0, {typeOfInts(), dream::abi::kImmortal}};
    int32_t values[3] = {4, 5, 6};
  } image;
  void *copy = dr_unique_array(image.values);
  ASSERT_NE(copy, image.values);
  EXPECT_EQ(contents(copy), (std::vector<int32_t>{4, 5, 6}));
  dr_release_any(copy);
  image.header.length = 0;
  EXPECT_EQ(dr_unique_array(image.values), image.values) << "nothing can be written to an empty one";
}

TEST(Arrays, CopiesHoldTheirElements) {
  for (uint32_t type : {typeOfStrings(), typeOfPairs()}) {
    const uint32_t size = typeAt(type).size;
    char *array = static_cast<char *>(dr_alloc_array_of(type, size, 3));
    std::vector<char *> texts;
    for (int i = 0; i < 3; ++i) {
      texts.push_back(newText("text " + std::to_string(i)));
      *reinterpret_cast<char **>(array + i * int(size)) = texts.back();
    }
    dr_retain_any(array);
    void *copy = dr_unique_array(array);
    for (char *text : texts)
      EXPECT_EQ(dr_ref_count(text), 2);
    void *slice = dr_array_slice(array, 1, 3, nullptr);
    EXPECT_EQ(dr_ref_count(texts[0]), 2);
    EXPECT_EQ(dr_ref_count(texts[2]), 3);
    dr_release_any(array);
    dr_release_any(copy);
    EXPECT_EQ(dr_ref_count(texts[1]), 1);
    dr_release_any(slice);
  }
}

TEST(Arrays, ElementsDieInOrder) {
  deaths.clear();
  void **array = static_cast<void **>(dr_alloc_array_of(typeOfNodes(), 8, 4));
  for (int i = 0; i < 3; ++i)
    array[i] = newNode(i);
  dr_release_any(array);
  EXPECT_EQ(deaths, (std::vector<int64_t>{0, 1, 2}));
}

TEST(Arrays, SlicesShareWhenWhole) {
  int32_t *array = ints({1, 2, 3, 4});
  EXPECT_EQ(dr_array_slice(array, 0, 4, nullptr), array);
  EXPECT_EQ(dr_ref_count(array), 2);
  void *part = dr_array_slice(array, 1, 3, nullptr);
  EXPECT_EQ(contents(part), (std::vector<int32_t>{2, 3}));
  void *none = dr_array_slice(array, 4, 4, nullptr);
  EXPECT_EQ(contents(none), std::vector<int32_t>{});
  dr_release_any(part);
  dr_release_any(none);
  dr_release_any(array);
  char place[] = "a.dr:4:9";
  EXPECT_EXIT(dr_array_slice(array, 2, 5, place), testing::ExitedWithCode(134),
              "panic: range 2..5 is outside the length 4\n  at .*a.dr:4:9");
  EXPECT_EXIT(dr_array_slice(array, 3, 2, place), testing::ExitedWithCode(134), "panic: range 3..2");
  EXPECT_EXIT(dr_array_slice(array, -1, 2, place), testing::ExitedWithCode(134), "panic: range -1..2");
  dr_release_any(array);
}

TEST(Arrays, ResizeMovesWhatIsUnique) {
  deaths.clear();
  void **array = static_cast<void **>(dr_alloc_array_of(typeOfNodes(), 8, 3));
  for (int i = 0; i < 3; ++i)
    array[i] = newNode(i);
  array = static_cast<void **>(dr_array_resize(array, typeOfNodes(), 8, 5));
  EXPECT_EQ(arrayHeaderOf(array).length, 5u);
  EXPECT_EQ(array[3], nullptr);
  EXPECT_EQ(dr_ref_count(array[0]), 1);
  EXPECT_TRUE(deaths.empty());
  array = static_cast<void **>(dr_array_resize(array, typeOfNodes(), 8, 1));
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 2}));
  dr_retain_any(array);
  void **longer = static_cast<void **>(dr_array_resize(array, typeOfNodes(), 8, 2));
  EXPECT_NE(longer, array);
  EXPECT_EQ(dr_ref_count(array[0]), 2);
  dr_release_any(array);
  dr_release_any(longer);
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 2, 0}));
  void *fresh = dr_array_resize(nullptr, typeOfInts(), 4, 3);
  EXPECT_EQ(contents(fresh), (std::vector<int32_t>{0, 0, 0}));
  dr_release_any(fresh);
}

TEST(Arrays, ResizeOfLargeArraysKeepsAndZeroes) {
  int32_t *array = static_cast<int32_t *>(dr_alloc_array_of(typeOfInts(), 4, 20000));
  for (int i = 0; i < 20000; ++i)
    array[i] = i;
  for (int64_t length : {100000, 1000000, 30000, 9000, 10}) {
    const int64_t before = arrayHeaderOf(array).length;
    array = static_cast<int32_t *>(dr_array_resize(array, typeOfInts(), 4, length));
    ASSERT_EQ(arrayHeaderOf(array).length, length);
    for (int64_t i = 0; i < length; ++i)
      ASSERT_EQ(array[i], i < before && i < 20000 ? i : 0) << i;
  }
  dr_release_any(array);
}

TEST(Arrays, EqualBits) {
  int32_t *a = ints({1, 2}), *b = ints({1, 2}), *c = ints({1, 3}), *d = ints({1}), *e = ints({});
  EXPECT_TRUE(dr_array_equal_bits(a, a));
  EXPECT_TRUE(dr_array_equal_bits(a, b));
  EXPECT_FALSE(dr_array_equal_bits(a, c));
  EXPECT_FALSE(dr_array_equal_bits(a, d));
  EXPECT_TRUE(dr_array_equal_bits(e, nullptr));
  EXPECT_FALSE(dr_array_equal_bits(nullptr, a));
  for (void *array : {a, b, c, d, e})
    dr_release_any(array);
}

TEST(Arrays, RectanglesKeepTheirDimensions) {
  int64_t dimensions[] = {3, 5};
  auto *grid = static_cast<int32_t *>(dr_alloc_rect_of(typeOfIntGrid(), 4, 2, dimensions));
  auto dimension = [](void *array, int i) -> uint32_t {
    return *reinterpret_cast<uint32_t *>(static_cast<char *>(array) + dream::abi::dimensionOffset(2, i));
  };
  EXPECT_EQ(uintptr_t(grid) % 16, 0u);
  EXPECT_EQ(arrayHeaderOf(grid).length, 15u);
  EXPECT_EQ(dimension(grid, 0), 3u);
  EXPECT_EQ(dimension(grid, 1), 5u);
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(grid[i], 0);
    grid[i] = i;
  }
  dr_retain_any(grid);
  auto *copy = static_cast<int32_t *>(dr_unique_array(grid));
  ASSERT_NE(copy, grid);
  EXPECT_EQ(dimension(copy, 0), 3u);
  EXPECT_EQ(dimension(copy, 1), 5u);
  EXPECT_EQ(copy[14], 14);
  dr_release_any(grid);
  dr_release_any(copy);
}

} // namespace
