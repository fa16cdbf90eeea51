#include "plugins/auth_sql/limits.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/clock.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr std::int64_t kMinuteNs = 60 * kNsPerS;

constexpr Throttle::Rule kNames{.free_failures = 5,
                                .first_delay_ns = kNsPerS,
                                .longest_delay_ns = kMinuteNs,
                                .forget_after_ns = 60 * kMinuteNs,
                                .most_keys = 8192};
constexpr Throttle::Rule kPeers{.free_failures = 20,
                                .first_delay_ns = kNsPerS,
                                .longest_delay_ns = 15 * kMinuteNs,
                                .forget_after_ns = 60 * kMinuteNs,
                                .most_keys = 8192};
// Here a "failure" is a new account.
constexpr Throttle::Rule kRegistrations{.free_failures = 100,
                                        .first_delay_ns = kNsPerS,
                                        .longest_delay_ns = 15 * kMinuteNs,
                                        .forget_after_ns = 60 * kMinuteNs,
                                        .most_keys = 8192};

std::string in_words(std::int64_t wait_ns) {
  const std::int64_t seconds = (wait_ns + kNsPerS - 1) / kNsPerS;
  if (seconds == 1) return "one second";
  if (seconds <= 120) return fmt::format("{} seconds", seconds);
  return fmt::format("{} minutes", (seconds + 59) / 60);
}

std::int64_t wait_of(const Throttle& throttle, const std::string& key, std::int64_t now_ns) {
  return key.empty() ? 0 : throttle.wait_ns(key, now_ns);
}

}  // namespace

Limits::Limits(const sdk::Host& host) : host_(host), names_(kNames), peers_(kPeers), registrations_(kRegistrations) {}

Status Limits::check(const Attempt& attempt) const {
  const std::int64_t now_ns = host_.now_ns();
  const std::int64_t wait_ns =
      std::max(wait_of(names_, attempt.name_key, now_ns), wait_of(peers_, attempt.peer, now_ns));
  if (wait_ns == 0) return {};
  host_.count("throttled_attempts");
  return fail(Errc::kUnavailable, "too many failed attempts: try again in " + in_words(wait_ns));
}

void Limits::add_failure(const Attempt& attempt) {
  const std::int64_t now_ns = host_.now_ns();
  if (!attempt.name_key.empty()) names_.add_failure(attempt.name_key, now_ns);
  if (!attempt.peer.empty()) peers_.add_failure(attempt.peer, now_ns);
}

void Limits::add_success(const Attempt& attempt) { names_.forget(attempt.name_key); }

Status Limits::check_registration(const std::string& peer) const {
  const std::int64_t wait_ns = wait_of(registrations_, peer, host_.now_ns());
  if (wait_ns == 0) return {};
  host_.count("throttled_attempts");
  return fail(Errc::kUnavailable, "many accounts were made from your address: try again in " + in_words(wait_ns));
}

void Limits::add_registration(const std::string& peer) {
  if (!peer.empty()) registrations_.add_failure(peer, host_.now_ns());
}

}  // namespace zoe::plugins::auth_sql
