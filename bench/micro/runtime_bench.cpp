// What the runtime's hot paths cost, each beside what C++ does for the same: NAME/dream and NAME/cpp, in one binary, which is linked with
// the runtime's bitcode as optimised programs are. Allocation, counting, regions, arrays, strings, numbers as text, calls.
// `./dev bench --only micro`, or `build/bin/runtime_bench`.
#include "runtime/abi/config.h"
#include "runtime/abi/entries.h"
#include "runtime/abi/layout.h"
#include "runtime/abi/object.h"

#include <benchmark/benchmark.h>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <memory_resource>
#include <random>
#include <string>
#include <vector>

using namespace dream;
using namespace dream::rt;
using benchmark::DoNotOptimize;

// Two benchmarks with one name: what `dream` and `cpp` do.
#define BOTH(name)                                                                                                       \
  BENCHMARK(name##Dream)->Name(#name "/dream");                                                                          \
  BENCHMARK(name##Cpp)->Name(#name "/cpp")

struct Node {
  Node *left, *right;
};

extern "C" void dropNode(void *payload) {
  Node *node = static_cast<Node *>(payload);
  dr_release_any(node->left);
  dr_release_any(node->right);
}

namespace {

// A virtual method's slot follows the fixed part of its class's descriptor, as in compiled code.
struct ClassDescriptor {
  abi::TypeDescriptor fixed;
  int (*step)(void *self, int x);
  void *padding;
};

struct alignas(16) Types {
  char nothing[abi::kTypeIndexString * abi::kTypeUnit];
  abi::TypeDescriptor string, emptyArray, cArray, cObject, weakCell, node, point, ints;
  ClassDescriptor adder, doubler;
};
constexpr abi::TypeDescriptor type(abi::TypeKind kind, uint32_t size, uint32_t flags, const char *name,
                                   void (*drop)(void *) = nullptr) {
  return {kind, size, flags, 0, name, drop, nullptr, nullptr, 0, 0, nullptr};
}
constexpr uint32_t index(size_t offset) { return uint32_t(offset / abi::kTypeUnit); }
constexpr uint32_t kNode = index(offsetof(Types, node)), kPoint = index(offsetof(Types, point)), kInts = index(offsetof(Types, ints)),
                   kAdder = index(offsetof(Types, adder)), kDoubler = index(offsetof(Types, doubler));
static_assert(kNode == abi::kFirstFreeTypeIndex);

int addOne(void *, int x) { return x + 1; }
int twice(void *, int x) { return int(unsigned(x) * 2); }

} // namespace

extern "C" {
extern const Types benchTypes asm("dr_types");
constinit const Types benchTypes = {{},
                                    type(abi::TypeKind::String, 1, abi::kTypePlain, "string"),
                                    type(abi::TypeKind::Array, 1, abi::kTypePlain, "array"),
                                    type(abi::TypeKind::CBlock, 1, abi::kTypePlain, "array"),
                                    type(abi::TypeKind::CBlock, 1, abi::kTypePlain, "object"),
                                    type(abi::TypeKind::Object, abi::kWeakCellBytes, abi::kTypePlain, "weak reference"),
                                    type(abi::TypeKind::Object, sizeof(Node), 0, "Node", dropNode),
                                    type(abi::TypeKind::Object, 16, abi::kTypePlain, "Point"),
                                    type(abi::TypeKind::Array, 4, abi::kTypePlain, "int[]"),
                                    {type(abi::TypeKind::Object, 8, abi::kTypePlain, "Adder"), addOne, nullptr},
                                    {type(abi::TypeKind::Object, 8, abi::kTypePlain, "Doubler"), twice, nullptr}};
extern const abi::DrConfig benchConfig asm("dr_config");
constinit const abi::DrConfig benchConfig = {sizeof(abi::DrConfig), 0, 0, 0, 0, 0, nullptr, nullptr};
}

namespace {

// Allocation: an object of two words, made and freed.
struct Point {
  long x = 0, y = 0;
};

void objectDream(benchmark::State &state) {
  for (auto _ : state) {
    void *object = dr_alloc_object_of(kPoint, 16);
    DoNotOptimize(object);
    dr_release_exact(object, 16, nullptr);
  }
}
void objectCpp(benchmark::State &state) {
  for (auto _ : state) {
    Point *object = new Point;
    DoNotOptimize(object);
    delete object;
  }
}
BOTH(object);

// A thousand objects that live at the same time.
void thousandObjectsDream(benchmark::State &state) {
  std::vector<void *> objects(1000);
  for (auto _ : state) {
    for (void *&object : objects)
      object = dr_alloc_object_of(kPoint, 16);
    DoNotOptimize(objects.data());
    for (void *object : objects)
      dr_release_exact(object, 16, nullptr);
  }
}
void thousandObjectsCpp(benchmark::State &state) {
  std::vector<Point *> objects(1000);
  for (auto _ : state) {
    for (Point *&object : objects)
      object = new Point;
    DoNotOptimize(objects.data());
    for (Point *object : objects)
      delete object;
  }
}
BOTH(thousandObjects);

// Counting: one more reference, and one less.
void countDream(benchmark::State &state) {
  void *object = dr_alloc_object_of(kPoint, 16);
  for (auto _ : state) {
    dr_retain_ref(object);
    DoNotOptimize(object);
    dr_release_ref(object);
  }
  dr_release_ref(object);
}
void countCpp(benchmark::State &state) {
  auto object = std::make_shared<Point>();
  for (auto _ : state) {
    std::shared_ptr<Point> other = object;
    DoNotOptimize(other.get());
  }
}
BOTH(count);

// The life of a tree of 131,071 nodes.
constexpr int kDepth = 16;

Node *makeTree(int depth) {
  Node *node = static_cast<Node *>(dr_alloc_object_of(kNode, sizeof(Node)));
  if (depth > 0) {
    node->left = makeTree(depth - 1);
    node->right = makeTree(depth - 1);
  }
  return node;
}
void treeDream(benchmark::State &state) {
  for (auto _ : state)
    dr_release_ref(makeTree(kDepth));
}

struct OwnedNode {
  std::unique_ptr<OwnedNode> left, right;
};
std::unique_ptr<OwnedNode> makeOwnedTree(int depth) {
  auto node = std::make_unique<OwnedNode>();
  if (depth > 0) {
    node->left = makeOwnedTree(depth - 1);
    node->right = makeOwnedTree(depth - 1);
  }
  return node;
}
void treeCpp(benchmark::State &state) {
  for (auto _ : state)
    DoNotOptimize(makeOwnedTree(kDepth).get());
}
BOTH(tree);

// Regions: opened and closed, empty and with a thousand objects or a whole tree; C++ has buffers that are given back at once.
void regionDream(benchmark::State &state) {
  for (auto _ : state) {
    void *mark[3], *region = dr_region_open(mark, nullptr);
    DoNotOptimize(region);
    dr_region_close(region, mark, nullptr);
  }
}
void regionCpp(benchmark::State &state) {
  alignas(16) char first[4096];
  for (auto _ : state) {
    std::pmr::monotonic_buffer_resource region(first, sizeof first);
    DoNotOptimize(&region);
  }
}
BOTH(region);

void regionObjectsDream(benchmark::State &state) {
  for (auto _ : state) {
    void *mark[3], *region = dr_region_open(mark, nullptr);
    for (int i = 0; i < 1000; i++)
      DoNotOptimize(dr_region_object_of(region, kPoint, 16));
    dr_region_close(region, mark, nullptr);
  }
}
void regionObjectsCpp(benchmark::State &state) {
  for (auto _ : state) {
    std::pmr::monotonic_buffer_resource region;
    std::pmr::polymorphic_allocator<> objects(&region);
    for (int i = 0; i < 1000; i++)
      DoNotOptimize(objects.new_object<Point>());
  }
}
BOTH(regionObjects);

Node *makeTreeIn(void *region, int depth) {
  Node *node = static_cast<Node *>(dr_region_object_of(region, kNode, sizeof(Node)));
  if (depth > 0) {
    node->left = makeTreeIn(region, depth - 1);
    node->right = makeTreeIn(region, depth - 1);
  }
  return node;
}
void regionTreeDream(benchmark::State &state) {
  for (auto _ : state) {
    void *mark[3], *region = dr_region_open(mark, nullptr);
    DoNotOptimize(makeTreeIn(region, kDepth));
    dr_region_close(region, mark, nullptr);
  }
}

Node *makeTreeIn(std::pmr::polymorphic_allocator<> &region, int depth) {
  Node *node = region.new_object<Node>();
  if (depth > 0) {
    node->left = makeTreeIn(region, depth - 1);
    node->right = makeTreeIn(region, depth - 1);
  }
  return node;
}
void regionTreeCpp(benchmark::State &state) {
  for (auto _ : state) {
    std::pmr::monotonic_buffer_resource memory;
    std::pmr::polymorphic_allocator<> region(&memory);
    DoNotOptimize(makeTreeIn(region, kDepth));
  }
}
BOTH(regionTree);

// Arrays: of sixteen numbers, made and freed; copied because somebody else holds it, too; grown to 4,096 numbers by doubling.
void arrayDream(benchmark::State &state) {
  for (auto _ : state) {
    void *array = dr_alloc_array_of(kInts, 4, 16);
    DoNotOptimize(array);
    dr_release_plain(array);
  }
}
void arrayCpp(benchmark::State &state) {
  for (auto _ : state) {
    std::vector<int> array(16);
    DoNotOptimize(array.data());
  }
}
BOTH(array);

void arrayCopyDream(benchmark::State &state) {
  void *array = dr_alloc_array_of(kInts, 4, 256);
  for (auto _ : state) {
    dr_retain_ref(array);
    void *copy = dr_unique_array(array);
    DoNotOptimize(copy);
    dr_release_plain(copy);
  }
  dr_release_plain(array);
}
void arrayCopyCpp(benchmark::State &state) {
  std::vector<int> array(256);
  for (auto _ : state) {
    std::vector<int> copy = array;
    DoNotOptimize(copy.data());
  }
}
BOTH(arrayCopy);

void arrayGrowDream(benchmark::State &state) {
  for (auto _ : state) {
    void *array = dr_alloc_array_of(kInts, 4, 4);
    for (int64_t length = 8; length <= 4096; length *= 2)
      array = dr_array_resize(array, kInts, 4, length);
    DoNotOptimize(array);
    dr_release_plain(array);
  }
}
void arrayGrowCpp(benchmark::State &state) {
  for (auto _ : state) {
    std::vector<int> array(4);
    for (size_t length = 8; length <= 4096; length *= 2)
      array.resize(length);
    DoNotOptimize(array.data());
  }
}
BOTH(arrayGrow);

// Strings of lengths that no small-string buffer holds.
const char *const kHello = "hello, here is a text ", *const kWorld = "and here is its second part";

char *text(const std::string &of) { return dr_str_of_c(const_cast<char *>(of.c_str())); }

void concatDream(benchmark::State &state) {
  char *a = text(kHello), *b = text(kWorld);
  for (auto _ : state) {
    char *joined = dr_str_concat(a, b);
    DoNotOptimize(joined);
    dr_release_plain(joined);
  }
}
void concatCpp(benchmark::State &state) {
  const std::string a = kHello, b = kWorld;
  for (auto _ : state) {
    std::string joined = a + b;
    DoNotOptimize(joined.data());
  }
}
BOTH(concat);

void appendDream(benchmark::State &state) {
  char *piece = text("piece, ");
  for (auto _ : state) {
    char *made = text("");
    for (int i = 0; i < 100; i++)
      made = dr_str_append(made, piece);
    DoNotOptimize(made);
    dr_release_plain(made);
  }
}
void appendCpp(benchmark::State &state) {
  const std::string piece = "piece, ";
  for (auto _ : state) {
    std::string made;
    for (int i = 0; i < 100; i++)
      made += piece;
    DoNotOptimize(made.data());
  }
}
BOTH(append);

void hashDream(benchmark::State &state) {
  char *a = text(kHello);
  for (auto _ : state) {
    DoNotOptimize(a);
    DoNotOptimize(dr_str_hash(a));
  }
}
void hashCpp(benchmark::State &state) {
  const std::string a = kHello;
  for (auto _ : state)
    DoNotOptimize(std::hash<std::string>()(a));
}
BOTH(hash);

void equalDream(benchmark::State &state) {
  char *a = text(kHello), *b = text(kHello);
  for (auto _ : state) {
    DoNotOptimize(a);
    DoNotOptimize(dr_str_equal(a, b));
  }
}
void equalCpp(benchmark::State &state) {
  std::string a = kHello, b = kHello;
  for (auto _ : state) {
    DoNotOptimize(a.data());
    DoNotOptimize(a == b);
  }
}
BOTH(equal);

std::string haystack() {
  std::string made;
  for (int i = 0; i < 200; i++)
    made += "some words ";
  return made + "needle";
}
void findDream(benchmark::State &state) {
  char *in = text(haystack()), *what = text("needle");
  for (auto _ : state)
    DoNotOptimize(dr_str_index_of(in, what, 0));
}
void findCpp(benchmark::State &state) {
  const std::string in = haystack(), what = "needle";
  for (auto _ : state)
    DoNotOptimize(in.find(what));
}
BOTH(find);

// Numbers as text, and back.
std::vector<double> randomDoubles() {
  std::mt19937_64 random(1);
  std::vector<double> values;
  for (int i = 0; i < 4096; ++i)
    values.push_back(double(int64_t(random())) / double(random() | 1));
  return values;
}
std::vector<char *> randomTexts() {
  std::vector<char *> texts;
  for (double value : randomDoubles())
    texts.push_back(dr_str_of_f64(value));
  return texts;
}

void doubleToTextDream(benchmark::State &state) {
  const std::vector<double> values = randomDoubles();
  size_t i = 0;
  for (auto _ : state) {
    char *made = dr_str_of_f64(values[i++ % values.size()]);
    DoNotOptimize(made);
    dr_release_plain(made);
  }
}
void doubleToTextCpp(benchmark::State &state) {
  const std::vector<double> values = randomDoubles();
  size_t i = 0;
  char buffer[64];
  for (auto _ : state) {
    std::string made(buffer, std::to_chars(buffer, buffer + 64, values[i++ % values.size()]).ptr);
    DoNotOptimize(made.data());
  }
}
BOTH(doubleToText);

void textToDoubleDream(benchmark::State &state) {
  const std::vector<char *> texts = randomTexts();
  size_t i = 0;
  for (auto _ : state) {
    double value;
    dr_parse_f64(texts[i++ % texts.size()], &value);
    DoNotOptimize(value);
  }
}
void textToDoubleCpp(benchmark::State &state) {
  const std::vector<char *> texts = randomTexts();
  size_t i = 0;
  for (auto _ : state) {
    const char *from = texts[i++ % texts.size()];
    double value = 0;
    std::from_chars(from, from + strlen(from), value);
    DoNotOptimize(value);
  }
}
BOTH(textToDouble);

void integerToTextDream(benchmark::State &state) {
  int64_t value = 1;
  for (auto _ : state) {
    char *made = dr_str_of_i64(value = int64_t(uint64_t(value) * 6364136223846793005u + 1));
    DoNotOptimize(made);
    dr_release_plain(made);
  }
}
void integerToTextCpp(benchmark::State &state) {
  int64_t value = 1;
  for (auto _ : state) {
    std::string made = std::to_string(value = int64_t(uint64_t(value) * 6364136223846793005u + 1));
    DoNotOptimize(made.data());
  }
}
BOTH(integerToText);

// A hundred virtual calls on objects of two classes: by the type index in the header, and by a pointer to a vtable.
std::vector<void *> randomSteps() {
  std::mt19937 random(1);
  std::vector<void *> objects;
  for (int i = 0; i < 100; i++)
    objects.push_back(dr_alloc_object_of(random() % 2 ? kAdder : kDoubler, 8));
  return objects;
}
void virtualCallDream(benchmark::State &state) {
  const std::vector<void *> objects = randomSteps();
  int value = 1;
  for (auto _ : state)
    for (void *object : objects)
      value = reinterpret_cast<const ClassDescriptor &>(typeOf(object)).step(object, value);
  DoNotOptimize(value);
}

struct Stepper {
  virtual int step(int x) const { return x + 1; }
  virtual ~Stepper() = default;
};
struct DoublingStepper : Stepper {
  int step(int x) const override { return int(unsigned(x) * 2); }
};
void virtualCallCpp(benchmark::State &state) {
  std::mt19937 random(1);
  std::vector<std::unique_ptr<Stepper>> objects;
  for (int i = 0; i < 100; i++)
    objects.push_back(random() % 2 ? std::make_unique<Stepper>() : std::make_unique<DoublingStepper>());
  int value = 1;
  for (auto _ : state)
    for (const auto &object : objects)
      value = object->step(value);
  DoNotOptimize(value);
}
BOTH(virtualCall);

} // namespace

BENCHMARK_MAIN();
