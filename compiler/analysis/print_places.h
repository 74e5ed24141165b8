// What `--explain` prints: the rows of explain_places.h as lines of text, as JSON, or as a page with the source.
#pragma once

#include "compiler/analysis/explain_places.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::analysis {

enum class PlacesForm : uint8_t { Text, Json, Html };

/// The rows of the files `shown`, by place. A page shows those files whole.
void printPlaces(std::vector<PlaceRow> rows, const SourceManager &sources, llvm::ArrayRef<FileId> shown, PlacesForm form,
                 llvm::raw_ostream &out);

/// How one row and its places are put into words, in all forms.
struct PlaceWords {
  const SourceManager &sources;

  std::string at(SourceLoc loc) const; ///< file:line:column
  /// What is true of a placement that is not the heap: "it does not leave 'F'". Empty for the heap, whose path says why, and for arenas, whose name says it.
  std::string sentence(const PlaceRow &row) const;
  static const char *spell(PlaceKind place);
};

void printPlacesAsPage(llvm::ArrayRef<PlaceRow> rows, const PlaceWords &words, llvm::ArrayRef<FileId> shown, llvm::raw_ostream &out);

} // namespace dream::analysis
