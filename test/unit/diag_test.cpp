// The diagnostics engine and its renderers.
#include "compiler/diag/render.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

using namespace dream;

namespace {

struct Fixture {
  SourceManager sources;
  std::string text;
  llvm::raw_string_ostream out{text};
  std::unique_ptr<DiagnosticConsumer> renderer;
  std::unique_ptr<DiagnosticEngine> diags;
  FileId file;

  explicit Fixture(llvm::StringRef source, bool colours = false, bool json = false) {
    file = sources.add("a.dr", source);
    renderer = json ? makeJsonRenderer(sources, out) : makeTextRenderer(sources, out, colours);
    diags = std::make_unique<DiagnosticEngine>(*renderer);
  }
  SourceRange range(uint32_t from, uint32_t to) {
    return {sources.start(file).plus(from), sources.start(file).plus(to)};
  }
  SourceRange find(llvm::StringRef what) {
    size_t at = sources.text(file).find(what);
    return range(at, at + what.size());
  }
};

} // namespace

TEST(Diagnostics, rowsAreSortedAndFound) {
  unsigned last = 0;
  for (const DiagInfo &row : allDiagnostics()) {
    EXPECT_LT(last, unsigned(row.id));
    last = unsigned(row.id);
    EXPECT_EQ(findDiagnostic(last), &row);
    EXPECT_FALSE(row.message.empty());
  }
  EXPECT_EQ(findDiagnostic(9999), nullptr);
}

TEST(Diagnostics, textWithCaretRangeAndNotes) {
  Fixture f("int a = 1;\nint b = xyz + a;\n");
  f.diags->report(DiagId::NotAvailableYet, f.find("xyz")).operator<<("'xyz'").note(f.find("a = 1"), "declared here");
  EXPECT_EQ(f.text, "a.dr:2:9: error: 'xyz' is not available yet [D4001]\n"
                    "    2 | int b = xyz + a;\n"
                    "      |         ^~~\n"
                    "a.dr:1:5: note: declared here\n"
                    "    1 | int a = 1;\n"
                    "      |     ^~~~~\n");
  f.diags->finish();
  EXPECT_TRUE(llvm::StringRef(f.text).ends_with("\n1 error\n"));
}

TEST(Diagnostics, fixItsStandBelowTheirPlace) {
  Fixture f("return x\nfoo();\n");
  f.diags->report(DiagId::NotAvailableYet, f.find("x")).operator<<("x").fix(f.range(8, 8), ";").fix(f.find("foo"), "bar");
  EXPECT_EQ(f.text, "a.dr:1:8: error: x is not available yet [D4001]\n"
                    "    1 | return x\n"
                    "      |        ^\n"
                    "      |         ;\n"
                    "    2 | foo();\n"
                    "      | bar\n");
}

TEST(Diagnostics, fixItsThatTouchAndRemovals) {
  Fixture f("a + bb;\n");
  f.diags->report(DiagId::NotAvailableYet, f.find("+")).operator<<("x").fix(f.find("bb"), "").fix(f.range(0, 1), "long")
      .fix(f.range(2, 3), "-");
  EXPECT_EQ(f.text, "a.dr:1:3: error: x is not available yet [D4001]\n"
                    "    1 | a + bb;\n"
                    "      |   ^ --\n"
                    "      | long\n"
                    "      |   -\n");
}

TEST(Diagnostics, marksFollowTabsWideCharactersAndBadBytes) {
  Fixture f("\tab = \"\xE6\x97\xA5\xE6\x9C\xAC\" + \xFF + \x01 + q;\n");
  f.diags->report(DiagId::NotAvailableYet, f.find("q")).operator<<("q");
  EXPECT_EQ(f.text, "a.dr:1:26: error: q is not available yet [D4001]\n"
                    "    1 |         ab = \"\xE6\x97\xA5\xE6\x9C\xAC\" + <FF> + <U+0001> + q;\n"
                    "      |                                         ^\n");
}

TEST(Diagnostics, aRangeOverLinesIsMarkedToTheEndOfTheFirst) {
  Fixture f("f(a,\n  b);\n");
  f.diags->report(DiagId::NotAvailableYet, f.find("f(a,\n  b)")).operator<<("f");
  EXPECT_EQ(f.text, "a.dr:1:1: error: f is not available yet [D4001]\n"
                    "    1 | f(a,\n"
                    "      | ^~~~\n");
}

TEST(Diagnostics, ofLongLinesThePartAroundThePlaceIsShown) {
  std::string source(1000, 'a');
  source += "\xE6\x97\xA5" "xyz" + std::string(500, 'b');
  Fixture f(source);
  f.diags->report(DiagId::NotAvailableYet, f.find("xyz")).operator<<("x");
  EXPECT_EQ(f.text, "a.dr:1:1004: error: x is not available yet [D4001]\n"
                    "    1 | ..." + std::string(77, 'a') + "\xE6\x97\xA5xyz" + std::string(117, 'b') + "...\n"
                    "      | " + std::string(3 + 77 + 2, ' ') + "^~~\n");
}

TEST(Diagnostics, endOfFileAndNowhere) {
  Fixture f("x");
  f.diags->report(DiagId::NotAvailableYet, f.range(1, 1)).operator<<("end");
  f.diags->report(DiagId::NoInputs, SourceRange{});
  EXPECT_EQ(f.text, "a.dr:1:2: error: end is not available yet [D4001]\n"
                    "    1 | x\n"
                    "      |  ^\n"
                    "dreamc: error: no input files [D0004]\n");
}

TEST(Diagnostics, coloursOnlyWhenAsked) {
  Fixture plain("x"), coloured("x", true);
  plain.diags->report(DiagId::NotAvailableYet, plain.find("x")).operator<<("x");
  coloured.diags->report(DiagId::NotAvailableYet, coloured.find("x")).operator<<("x");
  EXPECT_EQ(plain.text.find('\x1b'), std::string::npos);
  EXPECT_NE(coloured.text.find('\x1b'), std::string::npos);
}

TEST(Diagnostics, repeatsAreDroppedAndTheLimitHolds) {
  Fixture f("abcdefgh");
  f.diags->errorLimit = 2;
  for (unsigned i = 0; i < 5; ++i) {
    f.diags->report(DiagId::NotAvailableYet, f.range(i, i + 1)).operator<<("x");
    f.diags->report(DiagId::NotAvailableYet, f.range(i, i + 1)).operator<<("x");
  }
  f.diags->finish();
  EXPECT_EQ(f.diags->errorCount(), 5u);
  EXPECT_EQ(llvm::StringRef(f.text).count("not available yet"), 2u);
  EXPECT_NE(f.text.find("3 errors are not shown"), std::string::npos);
}

TEST(Diagnostics, warningFlags) {
  Fixture f("abc");
  EXPECT_FALSE(f.diags->setWarning("no-such-thing", false));
  EXPECT_TRUE(f.diags->setWarning("unknown-warning-option", false));
  f.diags->report(DiagId::UnknownWarning, SourceRange{}) << "x" << "";
  EXPECT_EQ(f.diags->warningCount(), 0u);
  EXPECT_TRUE(f.diags->setWarning("unknown-warning-option", true));
  f.diags->report(DiagId::UnknownWarning, SourceRange{}) << "x" << "";
  EXPECT_EQ(f.diags->warningCount(), 1u);
  EXPECT_EQ(f.text, "dreamc: warning: there is no warning 'x' [D0009, -Wunknown-warning-option]\n");
  f.diags->warningsAreErrors = true;
  f.diags->report(DiagId::UnknownWarning, SourceRange{}) << "y" << "";
  EXPECT_TRUE(f.diags->hasErrors());
}

TEST(Diagnostics, json) {
  Fixture f("x = \xFFyy;\n", false, true);
  f.diags->report(DiagId::NotAvailableYet, f.find("yy")).operator<<("\xFF").note(f.find("x"), "n").fix(f.find("yy"), "z");
  f.diags->finish();
  auto value = llvm::json::parse(f.text);
  ASSERT_TRUE(bool(value)) << f.text;
  auto *object = (*value->getAsArray())[0].getAsObject();
  EXPECT_EQ(object->getString("code"), "D4001");
  EXPECT_EQ(object->getString("severity"), "error");
  EXPECT_EQ(object->getObject("range")->getObject("start")->getInteger("column"), 6);
  EXPECT_EQ(object->getObject("range")->getObject("end")->getInteger("column"), 8);
  EXPECT_EQ(object->getArray("notes")->size(), 1u);
  EXPECT_EQ((*object->getArray("fixes"))[0].getAsObject()->getString("text"), "z");
}

TEST(Diagnostics, jsonWithoutDiagnosticsIsAnEmptyArray) {
  Fixture f("", false, true);
  f.diags->finish();
  EXPECT_EQ(f.text, "[]\n");
}

TEST(Diagnostics, explanations) {
  std::string text;
  llvm::raw_string_ostream out(text);
  EXPECT_FALSE(explainDiagnostic(9999, out));
  EXPECT_TRUE(explainDiagnostic(4001, out));
  EXPECT_TRUE(llvm::StringRef(text).starts_with("D4001 NotAvailableYet (error)"));
  for (const DiagInfo &row : allDiagnostics())
    EXPECT_TRUE(explainDiagnostic(unsigned(row.id), out));
}

TEST(DidYouMean, nearNames) {
  EXPECT_EQ(didYouMean("lenght", {"width", "Length", "length"}), "length");
  EXPECT_EQ(didYouMean("WRITELINE", {"Write", "WriteLine"}), "WriteLine");
  EXPECT_EQ(didYouMean("fucn", {"class", "func"}), "func");
  EXPECT_EQ(didYouMean("pritn", {"print", "paint"}), "print");
  EXPECT_EQ(didYouMean("x", {"y", "i"}), "");
  EXPECT_EQ(didYouMean("apple", {"orange", ""}), "");
  EXPECT_EQ(didYouMean("", {"a"}), "");
}
