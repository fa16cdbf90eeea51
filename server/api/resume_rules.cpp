#include "server/api/resume_rules.hpp"

#include <algorithm>

namespace zoe::server {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kLong = 600 * kSecond;
constexpr std::int64_t kCredits = 120 * kSecond;
constexpr std::int64_t kLeastBeginning = 10 * kSecond;
constexpr std::int64_t kMostBeginning = 60 * kSecond;

}  // namespace

bool is_at_its_end(std::int64_t position_us, std::int64_t duration_us) {
  if (duration_us <= 0) return false;
  std::int64_t end = duration_us - duration_us / 20;
  if (duration_us > kLong) end = std::min(end, duration_us - kCredits);
  return position_us >= end;
}

std::int64_t resume_position(std::int64_t position_us, std::int64_t duration_us, bool is_watched) {
  if (is_watched || is_at_its_end(position_us, duration_us)) return 0;
  const std::int64_t beginning = std::min(std::max(kLeastBeginning, duration_us / 50), kMostBeginning);
  return position_us < beginning ? 0 : position_us;
}

}  // namespace zoe::server
