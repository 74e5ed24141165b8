// Source files and positions. All files of a compilation share one 32-bit space of byte offsets, so that a position is
// one integer; line and column are computed only when somebody asks.
#pragma once

#include "compiler/support/ids.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>
#include <vector>

namespace dream {

/// A position: offset in the compilation's space of sources. 0 is "nowhere".
struct SourceLoc {
  uint32_t offset = 0;
  constexpr bool isValid() const { return offset != 0; }
  constexpr auto operator<=>(const SourceLoc &) const = default;
  constexpr SourceLoc plus(uint32_t bytes) const { return {offset + bytes}; }
};

/// Half-open range of bytes [begin, end).
struct SourceRange {
  SourceLoc begin, end;
  constexpr bool isValid() const { return begin.isValid(); }
};

using FileId = Id<struct FileTag>;

/// A position as people read it: 1-based line and column, the column counted in bytes.
struct LineColumn {
  FileId file;
  uint32_t line = 0, column = 0;
};

/// Owns the text of every source file of a compilation.
class SourceManager {
public:
  /// Reads a file; "-" is standard input. Files over 1 GB are refused.
  llvm::Expected<FileId> load(llvm::StringRef path);
  /// Adds text that is already in memory, under the given display name.
  FileId add(llvm::StringRef name, llvm::StringRef text);

  llvm::StringRef text(FileId file) const;
  llvm::StringRef name(FileId file) const;
  SourceLoc start(FileId file) const;
  /// The file that holds a valid position; invalid for "nowhere".
  FileId fileOf(SourceLoc loc) const;
  LineColumn lineColumn(SourceLoc loc) const;
  /// The text of the line that holds `loc`, without its line break.
  llvm::StringRef lineText(SourceLoc loc) const;
  llvm::StringRef text(SourceRange range) const;
  size_t fileCount() const { return files.size(); }

private:
  struct File {
    std::unique_ptr<llvm::MemoryBuffer> buffer;
    std::string name;
    uint32_t start;
    mutable std::vector<uint32_t> lineStarts;
  };
  const File &get(FileId file) const { return files[file.index]; }
  const std::vector<uint32_t> &lineStarts(const File &file) const;
  FileId addBuffer(std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::StringRef name);

  std::vector<File> files;
};

} // namespace dream
