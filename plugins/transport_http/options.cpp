#include "plugins/transport_http/options.hpp"

#include <algorithm>
#include <thread>

#include "engine/plugin/sdk/settings.hpp"

namespace zoe::transport_http {
namespace {

constexpr std::int64_t kDefaultPort = 7380;
constexpr unsigned kMostThreads = 64;

Result<std::int64_t> read_seconds(const sdk::Settings& settings, std::string_view key, double fallback) {
  ZOE_TRY(const double value, settings.number(key, fallback, 0.05, 3600.0));
  return static_cast<std::int64_t>(value * 1e9);
}

}  // namespace

Result<Options> read_options(const sdk::Host& host) {
  ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "transport_http"));
  Options options;
  ZOE_TRY(options.address, settings.string("address", "0.0.0.0"));
  ZOE_TRY(const std::int64_t port, settings.integer("port", kDefaultPort, 0, 65535));
  options.port = static_cast<std::uint16_t>(port);
  ZOE_TRY(const std::int64_t threads, settings.integer("threads", 0, 0, kMostThreads));
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  options.threads = threads > 0 ? static_cast<unsigned>(threads) : cores;
  ZOE_TRY(options.allow_plain, settings.boolean("allow_plain", false));
  ZOE_TRY(const std::int64_t most, settings.integer("most_connections", 4096, 1, 1'000'000));
  options.most_connections = static_cast<std::uint32_t>(most);
  ZOE_TRY(options.request_timeout_ns, read_seconds(settings, "request_timeout_s", 15));
  ZOE_TRY(options.idle_timeout_ns, read_seconds(settings, "idle_timeout_s", 60));
  ZOE_TRY(options.stall_timeout_ns, read_seconds(settings, "stall_timeout_s", 60));
  ZOE_CHECK(settings.check_unknown());
  return options;
}

}  // namespace zoe::transport_http
