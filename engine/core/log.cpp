#include "engine/core/log.hpp"

#include <chrono>
#include <vector>

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "engine/core/log_ring.hpp"

namespace zoe {
namespace {

constexpr std::size_t kLogFileBytes = 8U << 20;
constexpr std::size_t kLogFiles = 3;

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

std::string without_control_characters(std::string_view text) {
  std::string clean(text);
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return clean;
}

}  // namespace

struct Log::Impl {
  spdlog::logger logger;
  std::shared_ptr<LogRing> ring;
};

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Log::~Log() = default;

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return "trace";
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      break;
  }
  return "off";
}

Result<LogLevel> parse_log_level(std::string_view name) {
  if (name == "trace") return LogLevel::kTrace;
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  if (name == "off") return LogLevel::kOff;
  return fail(Errc::kInvalidArgument,
              "log level '" + std::string(name.substr(0, 32)) + "' is none of trace, debug, info, warning, error, off");
}

Result<std::unique_ptr<Log>> Log::create(const LogConfig& config) {
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_color_sink_mt>()};
  try {
    if (!config.file.empty())
      sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(config.file, kLogFileBytes, kLogFiles));
  } catch (const spdlog::spdlog_ex& e) {
    return fail(Errc::kIo, "log file " + config.file + ": " + e.what());
  }
  auto impl = std::make_unique<Impl>(Impl{spdlog::logger("zoetrope", sinks.begin(), sinks.end()), config.ring});
  impl->logger.set_level(to_spdlog(config.level));
  impl->logger.set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%-7l%$ %v");
  impl->logger.flush_on(spdlog::level::info);
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

Log& Log::null() {
  static Log log(nullptr);
  return log;
}

bool Log::is_enabled(LogLevel level) const { return impl_ && impl_->logger.should_log(to_spdlog(level)); }

void Log::write(LogLevel level, std::string_view component, std::string_view message) {
  if (!is_enabled(level)) return;
  const std::string clean = without_control_characters(message);
  impl_->logger.log(to_spdlog(level), "[{}] {}", component, clean);
  if (!impl_->ring) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  impl_->ring->add(level, component, clean, std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace zoe
