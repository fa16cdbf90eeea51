#include "plugins/auth_sql/throttle.hpp"

#include <algorithm>

namespace zoe::plugins::auth_sql {

std::int64_t Throttle::wait_ns(std::string_view key, std::int64_t now_ns) const {
  MutexLock lock(mutex_);
  const auto found = entries_.find(std::string(key));
  return found == entries_.end() ? 0 : std::max<std::int64_t>(0, found->second.blocked_until_ns - now_ns);
}

void Throttle::add_failure(std::string_view key, std::int64_t now_ns) {
  MutexLock lock(mutex_);
  auto found = entries_.find(std::string(key));
  if (found == entries_.end()) {
    if (entries_.size() >= rule_.most_keys) make_room(now_ns);
    found = entries_.emplace(std::string(key), Entry()).first;
  }
  Entry& entry = found->second;
  if (entry.failures > 0 && now_ns - entry.last_ns >= rule_.forget_after_ns) entry = Entry();
  ++entry.failures;
  entry.last_ns = now_ns;
  entry.blocked_until_ns = now_ns + delay_after(entry.failures);
}

void Throttle::forget(std::string_view key) {
  MutexLock lock(mutex_);
  entries_.erase(std::string(key));
}

std::int64_t Throttle::delay_after(int failures) const {
  std::int64_t delay_ns = rule_.first_delay_ns;
  if (failures < rule_.free_failures) return 0;
  for (int i = rule_.free_failures; i < failures && delay_ns < rule_.longest_delay_ns; ++i) delay_ns *= 2;
  return std::min(delay_ns, rule_.longest_delay_ns);
}

void Throttle::make_room(std::int64_t now_ns) {
  std::erase_if(entries_, [&](const auto& item) { return now_ns - item.second.last_ns >= rule_.forget_after_ns; });
  if (entries_.size() < rule_.most_keys) return;
  entries_.erase(std::ranges::min_element(
      entries_, {}, [](const auto& item) { return std::pair(item.second.blocked_until_ns, item.second.last_ns); }));
}

}  // namespace zoe::plugins::auth_sql
