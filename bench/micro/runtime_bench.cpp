// What the runtime's hot paths cost, beside the C library's: pairs of allocation and free, pairs of retain and release,
// the life of a binary tree, strings and numbers. `build/bin/runtime_bench`.
#include "runtime/abi/config.h"
#include "runtime/abi/entries.h"
#include "runtime/abi/object.h"

#include <benchmark/benchmark.h>
#include <charconv>
#include <cstdlib>
#include <random>
#include <vector>

using namespace dream;
using namespace dream::rt;

struct Node {
  Node *left, *right;
};

extern "C" void dropNode(void *payload) {
  Node *node = static_cast<Node *>(payload);
  dr_release_any(node->left);
  dr_release_any(node->right);
}

namespace {

struct alignas(16) Types {
  char nothing[abi::kTypeIndexString * abi::kTypeUnit];
  abi::TypeDescriptor string, emptyArray, cArray, cObject, node, point;
};
constexpr abi::TypeDescriptor type(abi::TypeKind kind, uint32_t size, uint32_t flags, const char *name,
                                   void (*drop)(void *) = nullptr) {
  return {kind, size, flags, 0, name, drop, nullptr, nullptr, 0, 0, nullptr};
}
constexpr uint32_t kNode = abi::kFirstFreeTypeIndex, kPoint = kNode + sizeof(abi::TypeDescriptor) / abi::kTypeUnit;

} // namespace

extern "C" {
extern const Types benchTypes asm("dr_types");
constinit const Types benchTypes = {{},
                                    type(abi::TypeKind::String, 1, abi::kTypePlain, "string"),
                                    type(abi::TypeKind::Array, 1, abi::kTypePlain, "array"),
                                    type(abi::TypeKind::CBlock, 1, abi::kTypePlain, "array"),
                                    type(abi::TypeKind::CBlock, 1, abi::kTypePlain, "object"),
                                    type(abi::TypeKind::Object, sizeof(Node), 0, "Node", dropNode),
                                    type(abi::TypeKind::Object, 16, abi::kTypePlain, "Point")};
extern const abi::DrConfig benchConfig asm("dr_config");
constinit const abi::DrConfig benchConfig = {sizeof(abi::DrConfig), 0, 0, 0};
}

namespace {

void allocFree(benchmark::State &state) {
  for (auto _ : state) {
    void *object = dr_alloc_object_of(kPoint, 16);
    benchmark::DoNotOptimize(object);
    dr_release_exact(object, 16, nullptr);
  }
}
BENCHMARK(allocFree);

void mallocFree(benchmark::State &state) {
  for (auto _ : state) {
    void *object = malloc(24);
    benchmark::DoNotOptimize(object);
    free(object);
  }
}
BENCHMARK(mallocFree);

void retainRelease(benchmark::State &state) {
  void *object = dr_alloc_object_of(kPoint, 16);
  for (auto _ : state) {
    dr_retain_ref(object);
    benchmark::DoNotOptimize(object);
    dr_release_ref(object);
  }
  dr_release_ref(object);
}
BENCHMARK(retainRelease);

Node *makeTree(int depth) {
  Node *node = static_cast<Node *>(dr_alloc_object_of(kNode, sizeof(Node)));
  if (depth > 0) {
    node->left = makeTree(depth - 1);
    node->right = makeTree(depth - 1);
  }
  return node;
}
void treeLife(benchmark::State &state) {
  for (auto _ : state)
    dr_release_ref(makeTree(16));
  state.SetItemsProcessed(int64_t(state.iterations()) * ((2 << 16) - 1));
}
BENCHMARK(treeLife)->Unit(benchmark::kMillisecond);

Node *mallocTree(int depth) {
  Node *node = static_cast<Node *>(calloc(1, 24));
  if (depth > 0) {
    node->left = mallocTree(depth - 1);
    node->right = mallocTree(depth - 1);
  }
  return node;
}
void freeTree(Node *node) {
  if (!node)
    return;
  freeTree(node->left);
  freeTree(node->right);
  free(node);
}
void mallocTreeLife(benchmark::State &state) {
  for (auto _ : state)
    freeTree(mallocTree(16));
  state.SetItemsProcessed(int64_t(state.iterations()) * ((2 << 16) - 1));
}
BENCHMARK(mallocTreeLife)->Unit(benchmark::kMillisecond);

void concat(benchmark::State &state) {
  char *a = dr_str_of_c(const_cast<char *>("hello ")), *b = dr_str_of_c(const_cast<char *>("world"));
  for (auto _ : state) {
    char *joined = dr_str_concat(a, b);
    benchmark::DoNotOptimize(joined);
    dr_release_plain(joined);
  }
}
BENCHMARK(concat);

std::vector<double> randomDoubles() {
  std::mt19937_64 random(1);
  std::vector<double> values;
  for (int i = 0; i < 4096; ++i)
    values.push_back(double(int64_t(random())) / double(random() | 1));
  return values;
}

void doubleToText(benchmark::State &state) {
  const std::vector<double> values = randomDoubles();
  size_t i = 0;
  for (auto _ : state) {
    char *text = dr_str_of_f64(values[i++ % values.size()]);
    benchmark::DoNotOptimize(text);
    dr_release_plain(text);
  }
}
BENCHMARK(doubleToText);

void doubleToCharsOfTheLibrary(benchmark::State &state) {
  const std::vector<double> values = randomDoubles();
  size_t i = 0;
  char buffer[64];
  for (auto _ : state)
    benchmark::DoNotOptimize(std::to_chars(buffer, buffer + 64, values[i++ % values.size()]).ptr);
}
BENCHMARK(doubleToCharsOfTheLibrary);

void textToDouble(benchmark::State &state) {
  std::vector<char *> texts;
  for (double value : randomDoubles())
    texts.push_back(dr_str_of_f64(value));
  size_t i = 0;
  for (auto _ : state) {
    double value;
    dr_parse_f64(texts[i++ % texts.size()], &value);
    benchmark::DoNotOptimize(value);
  }
}
BENCHMARK(textToDouble);

void textToDoubleByStrtod(benchmark::State &state) {
  std::vector<char *> texts;
  for (double value : randomDoubles())
    texts.push_back(dr_str_of_f64(value));
  size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(strtod(texts[i++ % texts.size()], nullptr));
}
BENCHMARK(textToDoubleByStrtod);

} // namespace

BENCHMARK_MAIN();
