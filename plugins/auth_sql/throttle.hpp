// Slows down whoever keeps failing: each failure beyond some free ones doubles the time to the next attempt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/core/threads.hpp"

namespace zoe::plugins::auth_sql {

// Thread-safe. Times are of a clock that never goes back.
//
// Holds at most `most_keys` keys (about 200 bytes each); when a new one comes, first those that are forgotten anyway
// go, then the one that may try again soonest, so a flood of made-up names cannot free one that is being guessed at.
class Throttle {
 public:
  struct Rule {
    int free_failures = 0;
    std::int64_t first_delay_ns = 0;
    std::int64_t longest_delay_ns = 0;
    std::int64_t forget_after_ns = 0;  // without a failure; longer than longest_delay_ns
    std::size_t most_keys = 0;
  };

  explicit Throttle(const Rule& rule) : rule_(rule) {}

  // How long `key` has to wait before its next attempt; 0 when it may try now.
  std::int64_t wait_ns(std::string_view key, std::int64_t now_ns) const;

  void add_failure(std::string_view key, std::int64_t now_ns);
  void forget(std::string_view key);

 private:
  struct Entry {
    int failures = 0;
    std::int64_t last_ns = 0;
    std::int64_t blocked_until_ns = 0;
  };
  void make_room(std::int64_t now_ns) ZOE_REQUIRES(mutex_);
  std::int64_t delay_after(int failures) const;

  const Rule rule_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, Entry> entries_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::plugins::auth_sql
