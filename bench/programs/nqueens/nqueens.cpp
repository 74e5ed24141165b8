// The queens of a board: lists that share their tails, in a monotonic buffer.
#include <cstdio>
#include <cstdlib>
#include <memory_resource>
#include <vector>

struct Queens {
  int row;
  const Queens *rest;
};

static bool isSafe(int row, const Queens *queens) {
  int distance = 1;
  for (const Queens *q = queens; q; q = q->rest, distance++)
    if (q->row == row || q->row == row + distance || q->row == row - distance)
      return false;
  return true;
}

// The newest solution is the last one.
static std::vector<const Queens *> place(int n, int columns, std::pmr::polymorphic_allocator<> &memory) {
  if (columns == 0)
    return {nullptr};
  const auto before = place(n, columns - 1, memory);
  std::vector<const Queens *> found;
  for (auto s = before.rbegin(); s != before.rend(); ++s)
    for (int row = n; row >= 1; row--)
      if (isSafe(row, *s))
        found.push_back(memory.new_object<Queens>(Queens{row, *s}));
  return found;
}

int main(int argc, char **argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 6;
  std::pmr::monotonic_buffer_resource buffer;
  std::pmr::polymorphic_allocator<> memory(&buffer);
  const auto solutions = place(n, n, memory);
  unsigned check = 0;
  for (auto s = solutions.rbegin(); s != solutions.rend(); ++s)
    for (const Queens *q = *s; q; q = q->rest)
      check = (check * 31 + unsigned(q->row)) & 0x7fffffff;
  std::printf("%d queens: %zu solutions, check %u\n", n, solutions.size(), check);
}
