// The last lines of the log, for who looks at it from outside the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"

namespace zoe {

struct LogLine {
  std::uint64_t seq = 0;  // from 1 on, without gaps
  std::int64_t utc_ns = 0;
  LogLevel level = LogLevel::kInfo;
  std::string component;
  std::string text;
};

// Thread-safe; a leaf lock. Bounded in lines and in bytes of text: the oldest lines leave first.
class LogRing {
 public:
  static constexpr std::size_t kMostLines = 4096;
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  // A longer line is cut, at the border of a character.
  static constexpr std::size_t kMostLineBytes = 4096;

  explicit LogRing(std::size_t most_lines = kMostLines, std::size_t most_bytes = kMostBytes)
      : most_lines_(most_lines), most_bytes_(most_bytes) {}

  void add(LogLevel level, std::string_view component, std::string_view text, std::int64_t utc_ns);

  struct Query {
    std::uint64_t after = 0;            // lines of a higher number
    LogLevel level = LogLevel::kTrace;  // of this level or above
    std::string search;                 // in component or text, the case of ASCII letters aside; empty: everything
    std::size_t limit = 500;            // at most so many: the newest where after is 0, else the oldest
  };
  struct Found {
    std::vector<LogLine> lines;   // by number
    std::uint64_t first_seq = 0;  // the oldest line that is kept; 0 while there is none
    std::uint64_t last_seq = 0;   // where to go on: of the newest line, or of the last one looked at
  };
  Found find(const Query& query) const;

 private:
  const std::size_t most_lines_;
  const std::size_t most_bytes_;
  mutable Mutex mutex_;
  std::deque<LogLine> lines_ ZOE_GUARDED_BY(mutex_);
  std::size_t bytes_ ZOE_GUARDED_BY(mutex_) = 0;
  std::uint64_t last_seq_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe
