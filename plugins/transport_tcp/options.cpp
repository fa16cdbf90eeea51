#include "plugins/transport_tcp/options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "engine/net/wire.hpp"
#include "engine/plugin/sdk/settings.hpp"

namespace zoe::transport_tcp {
namespace {

constexpr unsigned kMostThreads = 64;

std::string machine_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "Zoetrope";
  return name.data();
}

Result<std::int64_t> seconds(const sdk::Settings& settings, std::string_view key, double fallback) {
  ZOE_TRY(const double value, settings.number(key, fallback, 0.01, 3600.0));
  return static_cast<std::int64_t>(value * 1e9);
}

}  // namespace

Result<Options> read_options(const sdk::Host& host) {
  ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "transport_tcp"));
  Options options;
  ZOE_TRY(options.address, settings.string("address", "0.0.0.0"));
  ZOE_TRY(const std::int64_t port, settings.integer("port", net::kDefaultPort, 0, 65535));
  options.port = static_cast<std::uint16_t>(port);
  ZOE_TRY(options.name, settings.string("name", ""));
  if (options.name.empty()) options.name = machine_name();
  ZOE_TRY(const std::int64_t threads, settings.integer("threads", 0, 0, kMostThreads));
  options.threads =
      threads > 0 ? static_cast<unsigned>(threads) : std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  ZOE_TRY(options.allow_plain, settings.boolean("allow_plain", false));
  ZOE_TRY(const std::int64_t connections, settings.integer("most_connections", 4096, 1, 1'000'000));
  options.most_connections = static_cast<std::uint32_t>(connections);
  ZOE_TRY(const std::int64_t queued_mib, settings.integer("most_queued_mib", 16, 1, 1024));
  options.most_queued_bytes = static_cast<std::size_t>(queued_mib) << 20U;
  ZOE_TRY(options.hello_timeout_ns, seconds(settings, "hello_timeout_s", 10));
  ZOE_TRY(options.message_timeout_ns, seconds(settings, "message_timeout_s", 30));
  ZOE_TRY(options.stall_timeout_ns, seconds(settings, "stall_timeout_s", 60));
  ZOE_TRY(options.farewell_timeout_ns, seconds(settings, "farewell_timeout_s", 2));
  ZOE_CHECK(settings.check_unknown());
  return options;
}

}  // namespace zoe::transport_tcp
