// Diagnostics for people: the message, the line it is about with caret and range, the notes, and what to write instead.
// Every excerpt is drawn on a grid of terminal cells, so that tabs, wide characters and bytes that are no text stay
// above their marks.
#include "compiler/diag/render.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"
#include <algorithm>

namespace dream {
namespace {

using Colour = llvm::raw_ostream::Colors;

constexpr unsigned kTabStop = 8;
/// Of lines that are longer than this many bytes, only the part around the place is shown.
constexpr size_t kLongLine = 240, kBeforePlace = 80, kAfterPlace = 120;
constexpr llvm::StringLiteral kCut = "...";

/// A source line as it is shown: the printable text, and for each byte of the source the cell in which it starts.
struct ShownLine {
  std::string text;
  std::vector<unsigned> cellOf; ///< One more than the line has bytes.

  explicit ShownLine(llvm::StringRef line) {
    unsigned cell = 0;
    for (size_t i = 0; i < line.size();) {
      size_t length = std::min<size_t>(llvm::getNumBytesForUTF8(uint8_t(line[i])), line.size() - i);
      std::string piece = line.substr(i, length).str();
      auto *begin = reinterpret_cast<const llvm::UTF8 *>(piece.data());
      int width = 1;
      if (line[i] == '\t') {
        width = kTabStop - cell % kTabStop;
        piece.assign(width, ' ');
      } else if (!llvm::isLegalUTF8Sequence(begin, begin + length)) {
        length = 1;
        piece = hexByte(line[i]);
        width = piece.size();
      } else if ((width = llvm::sys::unicode::columnWidthUTF8(piece)) < 0) {
        piece = escapeControl(piece);
        width = piece.size();
      }
      cellOf.insert(cellOf.end(), length, cell);
      text += piece;
      cell += width;
      i += length;
    }
    cellOf.push_back(cell);
  }

  /// Bytes past the end of the line stand right behind it.
  unsigned cell(size_t byte) const {
    return byte < cellOf.size() ? cellOf[byte] : cellOf.back() + unsigned(byte - (cellOf.size() - 1));
  }

private:
  static std::string hexByte(char byte) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("<%02X>", unsigned(uint8_t(byte)));
    return text;
  }
  static std::string escapeControl(llvm::StringRef sequence) {
    auto *begin = reinterpret_cast<const llvm::UTF8 *>(sequence.data());
    llvm::UTF32 scalar = 0;
    llvm::convertUTF8Sequence(&begin, begin + sequence.size(), &scalar, llvm::lenientConversion);
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("<U+%04X>", unsigned(scalar));
    return text;
  }
};

/// Marks under a line: writes `mark` into cells [from, to).
void paint(std::string &row, unsigned from, unsigned to, char mark) {
  if (row.size() < to)
    row.resize(to, ' ');
  std::fill(row.begin() + from, row.begin() + to, mark);
}

class TextRenderer final : public DiagnosticConsumer {
public:
  TextRenderer(const SourceManager &sources, llvm::raw_ostream &out, bool colours)
      : sources(sources), out(out), colours(colours) {
    out.enable_colors(colours);
  }

  void handle(const Diagnostic &diag) override {
    if (diag.severity == Severity::Error)
      ++errors;
    else if (diag.severity == Severity::Warning)
      ++warnings;
    header(diag.range.begin, diag.severity);
    bold();
    out << diag.message;
    reset();
    out << llvm::format(" [D%04u", unsigned(diag.id));
    if (llvm::StringRef flag = findDiagnostic(unsigned(diag.id))->flag; !flag.empty())
      out << ", -W" << flag;
    out << "]\n";
    excerpt(diag.range, diag.fixIts);
    for (const Note &note : diag.notes) {
      header(note.range.begin, Severity::Note);
      out << note.message << "\n";
      excerpt(note.range, {});
    }
    out.flush();
  }

  void finish() override {
    if (!errors && !warnings)
      return;
    if (warnings)
      out << warnings << (warnings == 1 ? " warning" : " warnings") << (errors ? " and " : "");
    if (errors)
      out << errors << (errors == 1 ? " error" : " errors");
    out << "\n";
    out.flush();
  }

private:
  void colour(Colour value, bool isBold = false) {
    if (colours)
      out.changeColor(value, isBold);
  }
  void bold() { colour(Colour::SAVEDCOLOR, true); }
  void reset() {
    if (colours)
      out.resetColor();
  }

  void header(SourceLoc loc, Severity severity) {
    bold();
    if (LineColumn at = sources.lineColumn(loc); at.file)
      out << sources.name(at.file) << ':' << at.line << ':' << at.column << ": ";
    else
      out << "dreamc: ";
    switch (severity) {
    case Severity::Error:
      colour(Colour::RED, true);
      out << "error: ";
      break;
    case Severity::Warning:
      colour(Colour::MAGENTA, true);
      out << "warning: ";
      break;
    case Severity::Note:
      colour(Colour::CYAN, true);
      out << "note: ";
      break;
    }
    reset();
  }

  /// The line of the range's start with its marks; then the lines of fix-its that belong to other lines.
  void excerpt(SourceRange range, llvm::ArrayRef<FixIt> fixIts) {
    if (!sources.fileOf(range.begin))
      return;
    llvm::SmallVector<const FixIt *, 4> here, elsewhere;
    for (const FixIt &fix : fixIts)
      (sameLine(fix.range.begin, range.begin) ? here : elsewhere).push_back(&fix);
    line(range, here, /*caret=*/true);
    while (!elsewhere.empty()) {
      SourceRange next = elsewhere.front()->range;
      llvm::SmallVector<const FixIt *, 4> together;
      llvm::erase_if(elsewhere, [&](const FixIt *fix) {
        bool belongs = sameLine(fix->range.begin, next.begin);
        if (belongs)
          together.push_back(fix);
        return belongs;
      });
      line(next, together, /*caret=*/false);
    }
  }

  /// Where the character begins that the byte belongs to.
  static size_t startOfCharacter(llvm::StringRef text, size_t byte) {
    while (byte > 0 && byte < text.size() && (uint8_t(text[byte]) & 0xC0) == 0x80)
      --byte;
    return byte;
  }

  bool sameLine(SourceLoc a, SourceLoc b) const {
    LineColumn x = sources.lineColumn(a), y = sources.lineColumn(b);
    return x.file == y.file && x.line == y.line;
  }

  void line(SourceRange range, llvm::ArrayRef<const FixIt *> fixIts, bool caret) {
    LineColumn at = sources.lineColumn(range.begin);
    llvm::StringRef text = sources.lineText(range.begin);
    uint32_t lineStart = range.begin.offset - (at.column - 1);
    bool isLong = text.size() > kLongLine;
    size_t column = std::min<size_t>(at.column - 1, text.size());
    size_t first = isLong ? startOfCharacter(text, column - std::min(column, kBeforePlace)) : 0;
    size_t last = isLong ? startOfCharacter(text, std::min(column + kAfterPlace, text.size())) : text.size();
    llvm::StringRef front = first > 0 ? kCut : "", back = last < text.size() ? kCut : "";
    ShownLine shown(text.slice(first, last));
    auto cells = [&](SourceRange part) {
      // What goes past the line is marked up to its end.
      auto cell = [&](size_t byte) {
        size_t inside = std::max(byte, first) - first;
        return unsigned(front.size()) + shown.cell(isLong ? std::min(inside, last - first) : inside);
      };
      size_t from = part.begin.offset - lineStart;
      size_t to = std::max(from, std::min<size_t>(part.end.offset - lineStart, std::max(text.size(), from)));
      return std::pair(cell(from), cell(to));
    };

    out << llvm::format("%5u | ", at.line) << front << shown.text << back << '\n';

    std::string marks;
    if (caret) {
      auto [from, to] = cells(range);
      paint(marks, from, std::max(to, from + 1), '~');
      marks[from] = '^';
    }
    for (const FixIt *fix : fixIts)
      if (fix->text.empty()) {
        auto [from, to] = cells(fix->range);
        for (unsigned cell = from; cell < to; ++cell)
          if (cell >= marks.size() || marks[cell] != '^')
            paint(marks, cell, cell + 1, '-');
      }
    if (!marks.empty()) {
      out << "      | ";
      colour(Colour::GREEN, true);
      out << marks;
      reset();
      out << '\n';
    }
    inserts(fixIts, cells);
  }

  /// The texts to write, each below the place where it goes; a text that would touch the one before it opens a new row.
  template <typename Cells> void inserts(llvm::ArrayRef<const FixIt *> fixIts, Cells cells) {
    llvm::SmallVector<const FixIt *, 4> sorted(fixIts.begin(), fixIts.end());
    llvm::sort(sorted, [](const FixIt *a, const FixIt *b) {
      return a->range.begin != b->range.begin ? a->range.begin < b->range.begin : a < b; // both in one array
    });
    std::string row;
    auto flush = [&] {
      if (row.empty())
        return;
      out << "      | ";
      colour(Colour::GREEN);
      out << row;
      reset();
      out << '\n';
      row.clear();
    };
    unsigned width = 0;
    for (const FixIt *fix : sorted) {
      if (fix->text.empty() || llvm::StringRef(fix->text).contains('\n'))
        continue; // A removal is marked above; several lines would not fit under one.
      unsigned from = cells(fix->range).first;
      if (!row.empty() && from <= width) {
        flush();
        width = 0;
      }
      row.append(from - width, ' ');
      row += fix->text;
      width = from + std::max(0, llvm::sys::unicode::columnWidthUTF8(fix->text));
    }
    flush();
  }

  const SourceManager &sources;
  llvm::raw_ostream &out;
  bool colours;
  unsigned errors = 0, warnings = 0;
};

} // namespace

std::unique_ptr<DiagnosticConsumer> makeTextRenderer(const SourceManager &sources, llvm::raw_ostream &out,
                                                     bool colours) {
  return std::make_unique<TextRenderer>(sources, out, colours);
}

} // namespace dream
