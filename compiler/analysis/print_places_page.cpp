// The page of --explain=html: the source, with each placement beside its line. One file without scripts, to be read with the
// keyboard too: what is behind a placement opens where it stands, and every step leads to its line.
#include "compiler/analysis/print_places.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

namespace dream::analysis {

static constexpr llvm::StringLiteral kStyle = R"(
:root { color-scheme: light dark; --line: #8884; --heap: #c0392b; --region: #b9770e; --caller: #2471a3; --frame: #1e8449; --arena: #76448a; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td { padding: 0 .6rem; vertical-align: top; }
td.number { text-align: right; user-select: none; border-right: 1px solid var(--line); }
td.number a { color: inherit; opacity: .6; text-decoration: none; }
td.code { font: 13px/1.6 ui-monospace, monospace; white-space: pre-wrap; tab-size: 4; width: 55%; }
tr:target { background: #fc04; }
summary { cursor: pointer; }
summary:focus-visible, a:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
.place { color: #fff; border-radius: .3rem; padding: 0 .4rem; font-size: 12px; }
.heap { background: var(--heap); } .region { background: var(--region); } .caller { background: var(--caller); } .frame { background: var(--frame); }
.arena { background: var(--arena); }
ol, p { margin: .2rem 0 .2rem 1rem; }
ul.legend { list-style: none; padding: 0; display: flex; gap: 1.5rem; flex-wrap: wrap; }
)";

namespace {

class Page {
public:
  Page(llvm::ArrayRef<PlaceRow> rows, const PlaceWords &words, llvm::ArrayRef<FileId> shown, llvm::raw_ostream &out)
      : rows(rows), words(words), sources(words.sources), shown(shown), out(out) {}

  void print() {
    out << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Where objects live</title>\n<style>"
        << kStyle << "</style>\n</head>\n<body>\n<h1>Where objects live</h1>\n";
    legend();
    for (FileId id : shown)
      file(id);
    out << "</body>\n</html>\n";
  }

private:
  void escaped(llvm::StringRef text) { llvm::printHTMLEscaped(text, out); }
  void badge(PlaceKind place) {
    const char *name = PlaceWords::spell(place);
    out << "<span class=\"place " << name << "\">" << name << "</span>";
  }

  void legend() {
    std::map<PlaceKind, unsigned> counts;
    for (const PlaceRow &row : rows)
      ++counts[row.place];
    out << "<ul class=\"legend\">\n";
    for (auto [place, count] : counts) {
      out << "<li>";
      badge(place);
      out << ' ' << count << (count == 1 ? " place" : " places") << "</li>\n";
    }
    out << "</ul>\n";
  }

  /// The name of a line on the page.
  std::string anchor(FileId file, unsigned line) const {
    return "f" + std::to_string(llvm::find(shown, file) - shown.begin() + 1) + "-" + std::to_string(line);
  }
  /// The place as a link, if its file is on the page.
  void link(SourceLoc loc) {
    FileId id = sources.fileOf(loc);
    if (!llvm::is_contained(shown, id))
      return escaped(words.at(loc));
    out << "<a href=\"#" << anchor(id, sources.lineColumn(loc).line) << "\">";
    escaped(words.at(loc));
    out << "</a>";
  }

  void file(FileId id) {
    llvm::StringRef text = sources.text(id);
    out << "<h2>";
    escaped(sources.name(id));
    out << "</h2>\n<table>\n";
    const PlaceRow *row = llvm::find_if(rows, [&](const PlaceRow &one) { return sources.fileOf(one.loc) == id; });
    llvm::SmallVector<llvm::StringRef, 0> lines;
    text.split(lines, '\n');
    if (!lines.empty() && lines.back().empty())
      lines.pop_back();
    for (unsigned number = 1; number <= lines.size(); ++number) {
      std::string name = anchor(id, number);
      out << "<tr id=\"" << name << "\"><td class=\"number\"><a href=\"#" << name << "\">" << number << "</a></td><td class=\"code\">";
      escaped(lines[number - 1].rtrim('\r'));
      out << "</td><td>";
      for (; row != rows.end() && sources.fileOf(row->loc) == id && sources.lineColumn(row->loc).line == number; ++row)
        placement(*row);
      out << "</td></tr>\n";
    }
    out << "</table>\n";
  }

  void placement(const PlaceRow &row) {
    out << "<details><summary>";
    badge(row.place);
    out << ' ';
    escaped(row.what);
    if (!row.arena.empty()) {
      out << " in ";
      escaped(row.arena);
    }
    out << "</summary>";
    if (std::string sentence = words.sentence(row); !sentence.empty()) {
      out << "<p>";
      escaped(sentence);
      out << "</p>";
    }
    if (!row.path.empty()) {
      out << "<ol>";
      for (const Step &step : row.path) {
        out << "<li>it ";
        escaped(step.what);
        if (step.loc.isValid()) {
          out << ", ";
          link(step.loc);
        }
        out << "</li>";
      }
      out << "</ol>";
    }
    if (!row.advice.empty()) {
      out << "<p>Cheaper: ";
      escaped(row.advice);
      out << "</p>";
    }
    out << "</details>";
  }

  llvm::ArrayRef<PlaceRow> rows;
  const PlaceWords &words;
  const SourceManager &sources;
  llvm::ArrayRef<FileId> shown;
  llvm::raw_ostream &out;
};

} // namespace

void printPlacesAsPage(llvm::ArrayRef<PlaceRow> rows, const PlaceWords &words, llvm::ArrayRef<FileId> shown, llvm::raw_ostream &out) {
  Page(rows, words, shown, out).print();
}

} // namespace dream::analysis
