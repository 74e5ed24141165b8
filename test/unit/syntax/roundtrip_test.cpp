// What the printer writes parses to the same tree, for every Dream file of the tests and for the cases where tokens could
// run together or parentheses get lost.
#include "parse_text.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace dream;
using namespace dream::test;

namespace {

void expectRoundTrip(llvm::StringRef text, llvm::StringRef name) {
  Parsed first(text);
  if (!first.errors().empty())
    return; // A test of errors.
  std::string printed = first.print();
  Parsed second(printed);
  EXPECT_EQ(second.errors(), "") << name.str() << " printed as\n" << printed;
  EXPECT_EQ(first.dump(), second.dump()) << name.str() << " printed as\n" << printed;
  EXPECT_EQ(second.print(), printed) << name.str();
}

std::vector<std::string> dreamFiles(llvm::StringRef folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator it(DREAM_ROOT + std::string("/") + folder.str(), error), end; it != end && !error;
       it.increment(error))
    if (llvm::sys::path::extension(it->path()) == ".dr")
      files.push_back(it->path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(RoundTrip, EveryFile) {
  size_t count = 0;
  for (const char *folder : {"test", "stdlib", "bench", "docs"})
    for (const std::string &path : dreamFiles(folder)) {
      auto buffer = llvm::MemoryBuffer::getFile(path);
      ASSERT_TRUE(bool(buffer)) << path;
      expectRoundTrip((*buffer)->getBuffer(), path);
      ++count;
    }
  EXPECT_GT(count, 30u);
}

TEST(RoundTrip, TokensThatCouldRunTogether) {
  for (const char *text : {
           "var x = - -a + + +b - --c;",
           "var x = & &a;",
           "var x = a? .b;",
           "var x = a?.b? .c;",
           "var x = [.. ..a, ..b];",
           "var x = 1..2; var y = 1.5..2.5; var z = a.. .5;",
           "var x = 5.Show() + 5.0.Show() + 1e20.Show();",
           "var x = a < b >> c > d >= e >>> f;",
           "var x = (own T?)? ;",
           "(own T)? x; (weak T)*[] y; own (own T)? z; T?? w; ((T?)?)[] v;",
           "var x = a is T? && b; var y = (a as (T?)?);",
           "var x = a is (b or c) and not (d or e) or (f or g);",
           "int a[2], b, c[3][4]; int[1] d[2], e; int[] f[2], g;",
           "var x = new (int[])[3]; var y = new (own T)[2]; var z = new (int?)?[1]; var w = new (int, int)[1];",
           "const char* p; const char*[3] q; const char** r;",
           "var @if = @class.@else; func @new(int @in) { } var and = weak; type x; @type y;",
           "var x = '\\''; var y = '\"'; var z = \"'\\\"\\0\\u{1}\\u{202E}\\u{A0}\";",
           "var x = $\"{{{a}}} {b,-5:D3}\\n\" + $\"{new T { X = 1 }}\";",
           "var x = 1.5f + 0.1 + 1e-300 + 3.4028235e38f + 4.9e-324 + 123456789012345680.0 + 1f;",
           "var x = match (a) { (b, c) d => 1, (b) => 2, () => 3, { } e => 4, T { X: 1 } f if g => { 5 } };",
           "if (a) if (b) c(); else d(); else if (e) f(); else { }",
           "enum E { A, B; T x; } enum F { ; func f() { } T y; }",
           "/// One\n///\n///  Two\n/// \nint x; enum E {\n/// v\nA }\nfunc f(\n/// p\nint a) { }",
           "var x = a ?? (b ?? c) ?? throw d;",
           "[A(1), B.C] [D] public static func f<T, const int N>([E] ref T a = 1) : base(b, c: d) where T : class, new() => e;",
       })
    expectRoundTrip(text, text);
}

TEST(RoundTrip, TreesWithErrorsPrintToo) {
  for (const char *text : {"if", "for", "func", "class", "var x =", "switch (", "match", "x = new", "try", "a(", "$\"{", "enum E {"})
    EXPECT_FALSE(Parsed(text).print().empty()) << text;
}

} // namespace
