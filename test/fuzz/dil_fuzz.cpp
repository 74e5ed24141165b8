// Any text through the reader of DIL; what it accepts through the verifier, and, when that is content, through the
// printer and the reader again.
#include "compiler/dil/text.h"
#include "compiler/dil/verify/verify.h"
#include <cstdint>
#include <cstdlib>

using namespace dream;

namespace {
struct Silent : DiagnosticConsumer {
  void handle(const Diagnostic &) override {}
};

std::unique_ptr<dil::Module> read(llvm::StringRef text, TypeTable &types, NameTable &names, SourceManager &sources) {
  Silent consumer;
  DiagnosticEngine diags(consumer);
  return dil::parse(types, names, sources, sources.add("input.dil", text), diags);
}

std::string print(const dil::Module &module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  dil::print(module, out);
  return text;
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  NameTable names;
  TypeTable types;
  SourceManager sources;
  std::unique_ptr<dil::Module> module =
      read({reinterpret_cast<const char *>(data), size}, types, names, sources);
  if (!module)
    return 0;
  std::string text = print(*module);
  if (!dil::verify(*module).empty())
    return 0;
  TypeTable moreTypes;
  std::unique_ptr<dil::Module> again = read(text, moreTypes, names, sources);
  if (!again || print(*again) != text)
    std::abort();
  return 0;
}
