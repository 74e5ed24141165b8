// Dictionaries: counting words that are built from numbers, and a table from integers to integers.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <vector>

static long words(int rounds) {
  std::vector<std::string> words(5000);
  for (size_t i = 0; i < words.size(); i++)
    words[i] = "word" + std::to_string(i * 31);
  std::unordered_map<std::string, int> counts;
  for (int round = 0; round < rounds; round++)
    for (size_t i = 0; i < words.size(); i++) {
      const std::string &word = words[(i * 7 + round) % words.size()];
      auto found = counts.find(word);
      if (found != counts.end())
        found->second = found->second + 1;
      else
        counts.emplace(word, 1);
    }
  long total = 0;
  for (auto &pair : counts)
    total += pair.second * long(pair.first.size());
  return total;
}

static long numbers(int rounds) {
  std::unordered_map<int, int> table;
  long total = 0;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < 20000; i++)
      table[i * 97] = int(unsigned(table[i * 97]) + unsigned(i));
    for (int i = 0; i < 40000; i++)
      if (table.count(i * 53))
        total += table.at(i * 53);
  }
  return total;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
  printf("%ld %ld\n", words(rounds * 2), numbers(rounds));
}
