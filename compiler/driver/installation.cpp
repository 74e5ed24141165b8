#include "compiler/driver/installation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <algorithm>

namespace dream::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static std::string below(llvm::StringRef folder, llvm::StringRef relative) {
  llvm::SmallString<256> result(folder);
  path::append(result, relative);
  path::remove_dots(result, /*remove_dot_dot=*/true);
  return result.str().str();
}

Installation Installation::find() {
  static int here;
  std::string executable = fs::getMainExecutable("dreamc", &here);
  llvm::StringRef binFolder = path::parent_path(executable);
  Installation result;
  for (llvm::StringRef candidate : {"../../stdlib", "../share/dream/stdlib"})
    if (std::string folder = below(binFolder, candidate); fs::is_directory(folder)) {
      result.stdlib = folder;
      break;
    }
  result.lib = below(binFolder, "../lib/dream");
  if (!fs::is_directory(result.lib))
    result.lib = below(binFolder, "../lib");
  return result;
}

std::vector<std::string> Installation::coreFiles() const {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator entry(below(stdlib, "core"), error), end; !error && entry != end; entry.increment(error))
    if (path::extension(entry->path()) == ".dr")
      files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string targetName(llvm::StringRef text) {
  llvm::Triple triple(llvm::Triple::normalize(text));
  std::string name = (triple.getArchName() + "-" + triple.getOSName()).str();
  if (!triple.getEnvironmentName().empty())
    name += "-" + triple.getEnvironmentName().str();
  return name;
}

/// `name` with the target in it; this machine's files may go without.
static std::string runtimeFile(llvm::StringRef lib, llvm::StringRef triple, llvm::StringRef name,
                               llvm::StringRef suffix) {
  std::string target = targetName(triple);
  std::string file = below(lib, (name + "." + target + suffix).str());
  if (fs::exists(file))
    return file;
  file = below(lib, (name + suffix).str());
  return target == targetName(llvm::sys::getDefaultTargetTriple()) && fs::exists(file) ? file : "";
}

std::string Installation::runtimeBitcode(llvm::StringRef triple) const {
  return runtimeFile(lib, triple, "dream_rt", ".bc");
}

std::string Installation::runtimeArchive(llvm::StringRef triple) const {
  return runtimeFile(lib, triple, "libdream_rt", ".a");
}

} // namespace dream::driver
