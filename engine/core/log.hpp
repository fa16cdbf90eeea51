// The program's log: levels, a component name on every line, standard error and optionally a rotating file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "engine/core/result.hpp"

namespace zoe {

enum class LogLevel { kTrace = 1, kDebug, kInfo, kWarning, kError, kOff };

// "trace", "debug", "info", "warning", "error", "off".
std::string_view to_string(LogLevel level);

// Reads "trace", "debug", "info", "warning", "error" or "off".
Result<LogLevel> parse_log_level(std::string_view name);

class LogRing;

struct LogConfig {
  LogLevel level = LogLevel::kInfo;
  std::string file;               // empty: standard error only
  std::shared_ptr<LogRing> ring;  // keeps the last lines; null: nothing does
};

// Thread-safe. One per program, made in main and passed by reference. Log::null() drops everything.
class Log {
 public:
  // kIo or kDenied when the file cannot be opened.
  static Result<std::unique_ptr<Log>> create(const LogConfig& config);
  static Log& null();

  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool is_enabled(LogLevel level) const;

  // Writes one line. Control characters in `message`, which may come from a peer, are replaced.
  void write(LogLevel level, std::string_view component, std::string_view message);

  template <typename... Args>
  void debug(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
    if (is_enabled(LogLevel::kDebug))
      write(LogLevel::kDebug, component, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void info(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
    if (is_enabled(LogLevel::kInfo))
      write(LogLevel::kInfo, component, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void warning(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
    if (is_enabled(LogLevel::kWarning))
      write(LogLevel::kWarning, component, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void error(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
    if (is_enabled(LogLevel::kError))
      write(LogLevel::kError, component, fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  struct Impl;
  explicit Log(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe
