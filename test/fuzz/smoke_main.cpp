// A short fuzzing run that is the same each time: every seed file, then mutations of them until the time is over.
//   NAME_fuzz SECONDS FOLDER…
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace fs = std::filesystem;

static void runOne(const std::string &input, const std::string &crashFile) {
  // Written before it runs: when it crashes, it is there.
  std::ofstream(crashFile, std::ios::binary | std::ios::trunc) << input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(input.data()), input.size());
}

static std::string mutate(std::string text, const std::vector<std::string> &seeds, std::minstd_rand &random) {
  static const char *const kPieces[] = {"(", ")", "{", "}", "[", "]", "<", ">", "\"", "'", "$\"", "/*", "*/", "//", "\\", "\n",
                                        "=>", "?", ":", ";", ",", ".", "..", "@", "\0", "\xFF", "\xE2\x80\xAE", "0x", "1e", "%", "^"};
  auto below = [&](size_t limit) { return limit ? random() % limit : 0; };
  for (unsigned times = 1 + below(4); times; --times) {
    size_t at = below(text.size() + 1), length = below(std::min<size_t>(text.size() - at, 40) + 1);
    switch (below(6)) {
    case 0:
      text.erase(at, length);
      break;
    case 1:
      text.insert(at, text.substr(at, length));
      break;
    case 2:
      text.insert(at, kPieces[below(std::size(kPieces))]);
      break;
    case 3:
      if (at < text.size())
        text[at] = char(random());
      break;
    case 4: {
      const std::string &other = seeds[below(seeds.size())];
      text.insert(at, other, below(other.size() + 1), below(60));
      break;
    }
    case 5:
      text.resize(at);
      break;
    }
  }
  return text;
}

int main(int argc, char **argv) {
  if (argc < 3)
    return fprintf(stderr, "usage: %s SECONDS FOLDER...\n", argv[0]), 2;
  std::vector<fs::path> files;
  for (int i = 2; i < argc; ++i)
    for (const auto &entry : fs::recursive_directory_iterator(argv[i]))
      if (entry.is_regular_file() && entry.file_size() < 100000)
        files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds{""};
  for (const fs::path &file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }

  std::string crashFile = (fs::temp_directory_path() / ("dream-fuzz-" + std::to_string(getpid()))).string();
  fprintf(stderr, "each input is kept in %s while it runs\n", crashFile.c_str());
  for (const std::string &seed : seeds)
    runOne(seed, crashFile);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(atoi(argv[1]));
  std::minstd_rand random(42);
  size_t count = seeds.size();
  for (; std::chrono::steady_clock::now() < end; ++count)
    runOne(mutate(seeds[random() % seeds.size()], seeds, random), crashFile);
  fs::remove(crashFile);
  printf("%zu inputs\n", count);
}
