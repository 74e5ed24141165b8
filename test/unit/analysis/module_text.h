// A module that is read from DIL text, for tests of analyses.
#pragma once

#include "compiler/dil/text.h"
#include "gtest/gtest.h"

namespace dream::analysis {

struct CollectDiagnostics : DiagnosticConsumer {
  std::string all;
  void handle(const Diagnostic &diag) override { all += diag.message + "\n"; }
};

struct ModuleText {
  explicit ModuleText(llvm::StringRef text) : diags(consumer) {
    FileId file = sources.add("test.dil", text);
    module = dil::parse(types, names, sources, file, diags);
    EXPECT_TRUE(module) << consumer.all;
  }
  dil::FuncId func(llvm::StringRef symbol) const {
    for (uint32_t i = 0; i < module->functions.size(); ++i)
      if (module->functions[i].symbol == symbol)
        return dil::FuncId(i);
    ADD_FAILURE() << "no function " << symbol.str();
    return {};
  }
  dil::Function &operator[](llvm::StringRef symbol) { return (*module)[func(symbol)]; }

  SourceManager sources;
  TypeTable types;
  NameTable names;
  CollectDiagnostics consumer;
  DiagnosticEngine diags;
  std::unique_ptr<dil::Module> module;
};

} // namespace dream::analysis
