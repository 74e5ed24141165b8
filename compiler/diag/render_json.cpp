// Diagnostics for programs: one JSON array, an object for each diagnostic. Lines and columns count from 1, columns in
// bytes; `offset` counts bytes from the start of the file. Ends are exclusive.
#include "compiler/diag/render.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

namespace dream {
namespace {

/// JSON must be UTF-8, sources need not be.
std::string clean(llvm::StringRef text) { return llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text); }

class JsonRenderer final : public DiagnosticConsumer {
public:
  JsonRenderer(const SourceManager &sources, llvm::raw_ostream &out) : sources(sources), out(out), json(out, 2) {
    json.arrayBegin();
  }

  void handle(const Diagnostic &diag) override {
    const DiagInfo *info = findDiagnostic(unsigned(diag.id));
    json.object([&] {
      std::string code;
      llvm::raw_string_ostream(code) << llvm::format("D%04u", unsigned(diag.id));
      json.attribute("code", code);
      json.attribute("name", info->name);
      json.attribute("severity", severityName(diag.severity));
      if (!info->flag.empty())
        json.attribute("flag", info->flag);
      json.attribute("message", clean(diag.message));
      place(diag.range);
      json.attributeArray("notes", [&] {
        for (const Note &note : diag.notes)
          json.object([&] {
            json.attribute("message", clean(note.message));
            place(note.range);
          });
      });
      json.attributeArray("fixes", [&] {
        for (const FixIt &fix : diag.fixIts)
          json.object([&] {
            json.attribute("text", clean(fix.text));
            place(fix.range);
          });
      });
    });
  }

  void finish() override {
    json.arrayEnd();
    json.flush();
    out << '\n';
    out.flush();
  }

private:
  static llvm::StringRef severityName(Severity severity) {
    switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
    }
    llvm_unreachable("no such severity");
  }

  /// "file" and "range"; nothing for what has no place.
  void place(SourceRange range) {
    FileId file = sources.fileOf(range.begin);
    if (!file)
      return;
    json.attribute("file", clean(sources.name(file)));
    json.attributeObject("range", [&] {
      position("start", range.begin);
      position("end", range.end);
    });
  }

  void position(llvm::StringRef key, SourceLoc loc) {
    LineColumn at = sources.lineColumn(loc);
    json.attributeObject(key, [&] {
      json.attribute("line", int64_t(at.line));
      json.attribute("column", int64_t(at.column));
      json.attribute("offset", int64_t(loc.offset - sources.start(at.file).offset));
    });
  }

  const SourceManager &sources;
  llvm::raw_ostream &out;
  llvm::json::OStream json;
};

} // namespace

std::unique_ptr<DiagnosticConsumer> makeJsonRenderer(const SourceManager &sources, llvm::raw_ostream &out) {
  return std::make_unique<JsonRenderer>(sources, out);
}

} // namespace dream
