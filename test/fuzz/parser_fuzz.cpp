// Any bytes give a tree that can be printed and dumped; if there are no errors, what is printed parses to the same tree.
#include "compiler/syntax/parser.h"
#include "compiler/syntax/printer.h"
#include <cstdlib>

using namespace dream;

namespace {
struct Count : DiagnosticConsumer {
  size_t errors = 0;
  void handle(const Diagnostic &) override { ++errors; }
};

struct Run {
  explicit Run(llvm::StringRef text) {
    FileId file = sources.add("fuzz", text);
    tree = ast::parseFile(context, sources, file, diags);
    llvm::raw_string_ostream dumpStream(dump), printStream(print);
    ast::dump(*tree, dumpStream);
    ast::print(*tree, printStream);
  }
  SourceManager sources;
  NameTable names;
  ast::AstContext context{names};
  Count count;
  DiagnosticEngine diags{count};
  const ast::SourceFile *tree;
  std::string dump, print;
};
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Run first(llvm::StringRef(reinterpret_cast<const char *>(data), size));
  if (first.count.errors)
    return 0;
  Run second(first.print);
  if (second.count.errors || second.dump != first.dump) {
    llvm::errs() << "printed as\n" << first.print << '\n';
    abort();
  }
  return 0;
}
