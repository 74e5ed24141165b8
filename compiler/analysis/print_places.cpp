#include "compiler/analysis/print_places.h"
#include "llvm/Support/JSON.h"

namespace dream::analysis {

const char *PlaceWords::spell(PlaceKind place) {
  switch (place) {
  case PlaceKind::Heap:
    return "heap";
  case PlaceKind::Frame:
    return "frame";
  case PlaceKind::Region:
    return "region";
  case PlaceKind::Caller:
    return "caller";
  case PlaceKind::Arena:
    return "arena";
  }
  __builtin_unreachable();
}

std::string PlaceWords::at(SourceLoc loc) const {
  LineColumn place = sources.lineColumn(loc);
  return sources.name(sources.fileOf(loc)).str() + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string PlaceWords::sentence(const PlaceRow &row) const {
  switch (row.place) {
  case PlaceKind::Heap:
    return "";
  case PlaceKind::Frame:
    return "it does not leave '" + row.function + "'";
  case PlaceKind::Region:
    return "it does not leave '" + row.function + "', " +
           (row.loop.isValid()   ? "and goes with each turn of the loop at " + at(row.loop)
            : row.hasLateLength ? "and only the run tells how long it is"
                                : "where there may be any number of them");
  case PlaceKind::Caller:
    return "it is a part of the result of '" + row.function + "', and lives where that is used";
  case PlaceKind::Arena:
    return "";
  }
  __builtin_unreachable();
}

static void printText(llvm::ArrayRef<PlaceRow> rows, const PlaceWords &words, llvm::raw_ostream &out) {
  for (const PlaceRow &row : rows) {
    out << words.at(row.loc) << ": " << row.what << ": " << PlaceWords::spell(row.place) << (row.arena.empty() ? "" : " ") << row.arena;
    if (std::string sentence = words.sentence(row); !sentence.empty())
      out << ": " << sentence;
    out << '\n';
    for (const Step &step : row.path)
      out << "    " << (step.loc.isValid() ? words.at(step.loc) + ": " : "") << "it " << step.what << '\n';
    if (!row.advice.empty())
      out << "    cheaper: " << row.advice << '\n';
  }
}

static void printJson(llvm::ArrayRef<PlaceRow> rows, const PlaceWords &words, llvm::raw_ostream &out) {
  llvm::json::OStream json(out, 2);
  json.array([&] {
    for (const PlaceRow &row : rows)
      json.object([&] {
        json.attribute("at", words.at(row.loc));
        json.attribute("what", row.what);
        json.attribute("function", row.function);
        json.attribute("place", PlaceWords::spell(row.place));
        if (row.place == PlaceKind::Arena)
          json.attribute("arena", row.arena);
        if (row.loop.isValid())
          json.attribute("loop", words.at(row.loop));
        json.attributeArray("because", [&] {
          for (const Step &step : row.path)
            json.object([&] {
              if (step.loc.isValid())
                json.attribute("at", words.at(step.loc));
              json.attribute("it", step.what);
            });
        });
        if (!row.advice.empty())
          json.attribute("cheaper", row.advice);
      });
  });
  out << '\n';
}

void printPlaces(std::vector<PlaceRow> rows, const SourceManager &sources, llvm::ArrayRef<FileId> shown, PlacesForm form,
                 llvm::raw_ostream &out) {
  llvm::erase_if(rows, [&](const PlaceRow &row) { return !row.loc.isValid() || !llvm::is_contained(shown, sources.fileOf(row.loc)); });
  llvm::sort(rows, [](const PlaceRow &a, const PlaceRow &b) { return std::tie(a.loc, a.function, a.what) < std::tie(b.loc, b.function, b.what); });
  PlaceWords words{sources};
  switch (form) {
  case PlacesForm::Text:
    return printText(rows, words, out);
  case PlacesForm::Json:
    return printJson(rows, words, out);
  case PlacesForm::Html:
    return printPlacesAsPage(rows, words, shown, out);
  }
}

} // namespace dream::analysis
