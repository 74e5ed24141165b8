#include "compiler/support/source.h"
#include "llvm/Support/FileSystem.h"
#include <algorithm>

namespace dream {

FileId SourceManager::addBuffer(std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::StringRef name) {
  // One byte lies between files, so that the end of one is not the start of the next.
  uint32_t start = files.empty() ? 1 : files.back().start + files.back().buffer->getBufferSize() + 1;
  files.push_back({std::move(buffer), name.str(), start, {}});
  return FileId(files.size() - 1);
}

llvm::Expected<FileId> SourceManager::load(llvm::StringRef path) {
  if (path != "-" && llvm::sys::fs::is_directory(path))
    return llvm::createStringError(std::make_error_code(std::errc::is_a_directory), "is a directory");
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return llvm::errorCodeToError(buffer.getError());
  uint64_t used = files.empty() ? 1 : uint64_t(files.back().start) + files.back().buffer->getBufferSize() + 1;
  if (used + (*buffer)->getBufferSize() >= (uint64_t(1) << 30))
    return llvm::createStringError(std::make_error_code(std::errc::file_too_large), "sources of more than 1 GB");
  return addBuffer(std::move(*buffer), path == "-" ? "<stdin>" : path);
}

FileId SourceManager::add(llvm::StringRef name, llvm::StringRef text) {
  return addBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, name), name);
}

llvm::StringRef SourceManager::text(FileId file) const { return get(file).buffer->getBuffer(); }
llvm::StringRef SourceManager::name(FileId file) const { return get(file).name; }
SourceLoc SourceManager::start(FileId file) const { return {get(file).start}; }

FileId SourceManager::fileOf(SourceLoc loc) const {
  if (!loc.isValid() || files.empty())
    return {};
  auto after = std::upper_bound(files.begin(), files.end(), loc.offset,
                                [](uint32_t offset, const File &file) { return offset < file.start; });
  if (after == files.begin())
    return {};
  return FileId(after - files.begin() - 1);
}

const std::vector<uint32_t> &SourceManager::lineStarts(const File &file) const {
  if (file.lineStarts.empty()) {
    llvm::StringRef text = file.buffer->getBuffer();
    file.lineStarts.push_back(0);
    for (size_t at = text.find('\n'); at != llvm::StringRef::npos; at = text.find('\n', at + 1))
      file.lineStarts.push_back(at + 1);
  }
  return file.lineStarts;
}

LineColumn SourceManager::lineColumn(SourceLoc loc) const {
  FileId id = fileOf(loc);
  if (!id)
    return {};
  const File &file = get(id);
  uint32_t offset = loc.offset - file.start;
  const auto &starts = lineStarts(file);
  auto after = std::upper_bound(starts.begin(), starts.end(), offset);
  uint32_t line = after - starts.begin();
  return {id, line, offset - starts[line - 1] + 1};
}

llvm::StringRef SourceManager::lineText(SourceLoc loc) const {
  LineColumn at = lineColumn(loc);
  if (!at.file)
    return {};
  llvm::StringRef rest = text(at.file).substr(lineStarts(get(at.file))[at.line - 1]);
  return rest.take_until([](char c) { return c == '\n'; }).rtrim('\r');
}

llvm::StringRef SourceManager::text(SourceRange range) const {
  FileId file = fileOf(range.begin);
  if (!file)
    return {};
  return text(file).slice(range.begin.offset - get(file).start, range.end.offset - get(file).start);
}

} // namespace dream
