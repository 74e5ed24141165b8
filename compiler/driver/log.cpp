// The only file that sees spdlog: its headers are heavy, and without -v it is never touched.
#include "compiler/driver/log.h"
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace dream::driver {

static std::shared_ptr<spdlog::logger> logger;

void startLogging() {
  logger = spdlog::stderr_color_st("dreamc");
  logger->set_pattern("%n: [%i us] %v");
}

bool logging() { return logger != nullptr; }

void logLine(const llvm::Twine &text) {
  if (logger)
    logger->info(text.str());
}

} // namespace dream::driver
