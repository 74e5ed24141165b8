#include "test/unit/runtime/program.h"

namespace dream::rt::test {

extern "C" {
extern abi::DrConfig testConfig asm("dr_config");
abi::DrConfig testConfig = {sizeof(abi::DrConfig), 0, 0, 0, 0, 0, nullptr, nullptr};
}
abi::DrConfig &config = testConfig;

std::vector<int64_t> deaths;
void (*duringDeath)(Node *) = nullptr;

void dropNode(void *payload) {
  Node *node = static_cast<Node *>(payload);
  if (node->id >= 0) {
    deaths.push_back(node->id);
    if (duringDeath)
      duringDeath(node);
  }
  dr_release_cyclic(node->next);
  dr_release_cyclic(node->other);
}

static void dropPair(void *element) { dr_release_any(*static_cast<void **>(element)); }
static void retainPair(void *element) { dr_retain_any(*static_cast<void **>(element)); }

static constexpr uint32_t kPlain = abi::kTypePlain | abi::kTypeAcyclic;

static void walkNode(void *payload, void *context) {
  auto *walker = static_cast<abi::Walker *>(context);
  Node *node = static_cast<Node *>(payload);
  if (walker->flags & abi::kWalkDestroys && node->id >= 0 && headerOf(payload).type == typeOfNode()) {
    deaths.push_back(node->id);
    if (duringDeath)
      duringDeath(node);
  }
  for (Node *held : {node->next, node->other})
    if (held)
      walker->visit(walker, held);
}
static void dropLink(void *payload) {
  Node *node = static_cast<Node *>(payload);
  dr_release_cyclic(node->next);
  dr_release_cyclic(node->other);
}

static const uint32_t nodeInterfaces[] = {3, 7, 12, 40};

struct alignas(16) TypeTable {
  char nothing[abi::kTypeIndexString * abi::kTypeUnit];
  TypeDescriptor string, emptyArray, cArray, cObject, weakCell;
  TypeDescriptor node, link, plainObject, ints, strings, nodes, intGrid, pairs;
};

extern "C" {
extern const TypeTable testTypes asm("dr_types");
const TypeTable testTypes = {
    {},
    {TypeKind::String, 1, kPlain, 0, "string", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::Array, 1, kPlain, 0, "array", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::CBlock, 1, kPlain, 0, "array", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::CBlock, 1, kPlain, 0, "object", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::Object, abi::kWeakCellBytes, kPlain, 0, "weak reference", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::Object, sizeof(Node), abi::kTypeHasDestructor, 0, "Node", dropNode, nullptr, nodeInterfaces, 4, 0, nullptr, walkNode},
    {TypeKind::Object, sizeof(Node), 0, 0, "Link", dropLink, nullptr, nullptr, 0, 0, nullptr, walkNode},
    {TypeKind::Object, 16, kPlain, 0, "Point", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::Array, 4, kPlain, 0, "int[]", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::Array, 8, abi::kTypeAcyclic, 0, "string[]", dr_release_ref_at, dr_retain_ref_at, nullptr, 0, 0, nullptr, dr_walk_ref_at},
    {TypeKind::Array, 8, 0, 0, "Node[]", dr_release_cyclic_at, dr_retain_ref_at, nullptr, 0, 0, nullptr, dr_walk_ref_at},
    {TypeKind::Rect, 4, kPlain, 2, "int[,]", nullptr, nullptr, nullptr, 0, 0, nullptr},
    {TypeKind::Array, 16, abi::kTypeAcyclic, 0, "(string, int)[]", dropPair, retainPair, nullptr, 0, 0, nullptr, dr_walk_ref_at},
};
}

static uint32_t indexOf(const TypeDescriptor &type) {
  return uint32_t((reinterpret_cast<const char *>(&type) - reinterpret_cast<const char *>(&testTypes)) / abi::kTypeUnit);
}
uint32_t typeOfNode() { return indexOf(testTypes.node); }
uint32_t typeOfLink() { return indexOf(testTypes.link); }
uint32_t typeOfPlainObject() { return indexOf(testTypes.plainObject); }
uint32_t typeOfInts() { return indexOf(testTypes.ints); }
uint32_t typeOfStrings() { return indexOf(testTypes.strings); }
uint32_t typeOfNodes() { return indexOf(testTypes.nodes); }
uint32_t typeOfIntGrid() { return indexOf(testTypes.intGrid); }
uint32_t typeOfPairs() { return indexOf(testTypes.pairs); }

static Node *newOf(uint32_t type, int64_t id, Node *next, Node *other) {
  Node *node = static_cast<Node *>(dr_alloc_object_of(type, sizeof(Node)));
  *node = {next, id, other};
  return node;
}
Node *newNode(int64_t id, Node *next, Node *other) { return newOf(typeOfNode(), id, next, other); }
Node *newLink(int64_t id, Node *next, Node *other) { return newOf(typeOfLink(), id, next, other); }

char *newText(std::string_view text) { return dr_str_of_bytes(const_cast<char *>(text.data()), int64_t(text.size())); }

std::string take(char *string) {
  std::string copy(view(string));
  dr_release_any(string);
  return copy;
}

} // namespace dream::rt::test
