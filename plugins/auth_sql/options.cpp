#include "plugins/auth_sql/options.hpp"

#include <sodium.h>

#include "engine/core/clock.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr double kNsPerDay = 24.0 * 3600.0 * static_cast<double>(kNsPerS);

Result<RegistrationPolicy> parse_registration(std::string_view word) {
  if (word == "open") return RegistrationPolicy::kOpen;
  if (word == "invite") return RegistrationPolicy::kInvite;
  if (word == "closed") return RegistrationPolicy::kClosed;
  return fail(Errc::kInvalidArgument, R"([plugins.auth_sql] registration must be "open", "invite" or "closed")");
}

}  // namespace

Result<Options> Options::read(const sdk::Settings& settings) {
  Options options;
  ZOE_TRY(const std::string registration, settings.string("registration", "open"));
  ZOE_TRY(options.registration, parse_registration(registration));
  ZOE_TRY(const double token_days, settings.number("token_days", 30, 0.01, 3650));
  options.token_lifetime_ns = static_cast<std::int64_t>(token_days * kNsPerDay);
  ZOE_TRY(const std::int64_t operations,
          settings.integer("hash_operations", crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_OPSLIMIT_MIN, 64));
  options.hash_cost.operations = static_cast<std::uint64_t>(operations);
  ZOE_TRY(const std::int64_t memory_kib, settings.integer("hash_memory_kib", crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024,
                                                          crypto_pwhash_MEMLIMIT_MIN / 1024, 1024 * 1024));
  options.hash_cost.memory_bytes = static_cast<std::size_t>(memory_kib) * 1024;
  ZOE_TRY(const std::int64_t concurrent, settings.integer("concurrent_hashes", 2, 1, 64));
  options.concurrent_hashes = static_cast<std::size_t>(concurrent);
  ZOE_TRY(options.most_users, settings.integer("most_users", 100'000, 1, 1'000'000'000));
  ZOE_CHECK(settings.check_unknown());
  return options;
}

}  // namespace zoe::plugins::auth_sql
