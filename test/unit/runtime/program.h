// A program for the runtime's tests: the switches and types that the compiler would emit, and helpers.
#pragma once

#include "runtime/abi/config.h"
#include "runtime/abi/entries.h"
#include "runtime/abi/layout.h"
#include "runtime/abi/walk.h"

#include <string>
#include <string_view>
#include <vector>

namespace dream::rt::test {

/// The program's switches, which tests may change in processes of their own.
extern abi::DrConfig &config;

/// class Node { Node? next; int id; Node? other; ~Node() { deaths.push_back(id); duringDeath(this) } }
struct Node {
  Node *next;
  int64_t id;
  Node *other;
};
extern std::vector<int64_t> deaths;
extern void (*duringDeath)(Node *);
void dropNode(void *payload);

/// The types of dr_types, as type indices.
struct TypeTable;
uint32_t typeOfNode();
uint32_t typeOfLink();        ///< As Node, but without a destructor.
uint32_t typeOfPlainObject(); ///< 16 bytes, no destructor.
uint32_t typeOfInts();        ///< int[]
uint32_t typeOfStrings();     ///< string[]
uint32_t typeOfNodes();       ///< Node[]
uint32_t typeOfIntGrid();     ///< int[,]
uint32_t typeOfPairs();       ///< (string, int)[], with functions of its own for each element

Node *newNode(int64_t id, Node *next = nullptr, Node *other = nullptr); ///< Takes next and other.
Node *newLink(int64_t id, Node *next = nullptr, Node *other = nullptr);
char *newText(std::string_view text);
std::string take(char *string); ///< The text of an owned string, which is released.
inline std::string_view view(const char *string) { return {string, arrayHeaderOf(string).length}; }
inline int32_t &countWord(void *payload) { return headerOf(payload).count; }

} // namespace dream::rt::test
