// Any text through parser and checker, with the core library: whatever is wrong with it, it is reported; and what is
// found right has a type for each of its expressions, and can be printed.
#include "compiler/sema/check.h"
#include "compiler/sema/print_program.h"
#include "compiler/syntax/parser.h"
#include "llvm/Support/FileSystem.h"
#include <algorithm>
#include <cstdint>

using namespace dream;

namespace {
struct Silent : DiagnosticConsumer {
  void handle(const Diagnostic &) override {}
};

/// The texts of the core library, read once.
const std::vector<std::string> &library() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> names, result;
    std::error_code error;
    for (llvm::sys::fs::directory_iterator entry(DREAM_ROOT "/stdlib/core", error), end; !error && entry != end; entry.increment(error))
      if (llvm::StringRef(entry->path()).ends_with(".dr"))
        names.push_back(entry->path());
    std::sort(names.begin(), names.end());
    for (const std::string &name : names)
      if (auto buffer = llvm::MemoryBuffer::getFile(name))
        result.push_back((*buffer)->getBuffer().str());
    return result;
  }();
  return texts;
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  NameTable names;
  TypeTable types;
  SourceManager sources;
  ast::AstContext trees(names);
  Silent consumer;
  DiagnosticEngine diags(consumer);
  std::vector<const ast::SourceFile *> core, files;
  for (const std::string &text : library())
    core.push_back(ast::parseFile(trees, sources, sources.add("core.dr", text), diags));
  files.push_back(ast::parseFile(trees, sources, sources.add("input.dr", {reinterpret_cast<const char *>(data), size}), diags));
  auto program = sema::checkProgram(types, names, sources, core, files, diags, {});
  llvm::raw_null_ostream out;
  sema::print(*program, out);
  return 0;
}
