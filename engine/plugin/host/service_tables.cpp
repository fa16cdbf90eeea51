#include "engine/plugin/host/service_tables.hpp"

#include <algorithm>

#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/host_services.hpp"

namespace zoe::plugin {
namespace {

constexpr std::size_t kLongestLine = 8192;
constexpr std::size_t kLongestMetricName = 64;

const HostServicesConfig& config_of(const zoe_host* host) { return HostContext::of(host).services().config(); }

LogLevel to_level(std::uint32_t level) {
  return static_cast<LogLevel>(std::clamp<std::uint32_t>(level, ZOE_LOG_TRACE, ZOE_LOG_ERROR));
}

static_assert(static_cast<int>(LogLevel::kTrace) == ZOE_LOG_TRACE &&
              static_cast<int>(LogLevel::kError) == ZOE_LOG_ERROR);

bool is_metric_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestMetricName &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string metric_name(const zoe_host* host, std::string_view name) {
  return HostContext::of(host).plugin_id() + "_" + std::string(name);
}

// Runs a service's body: nothing that it throws (no memory) may unwind into the plugin.
template <typename Body>
void contained(Body&& body) noexcept {
  abi::guarded(nullptr, [&]() -> Status { return body(), Status(); });
}

}  // namespace

const zoe_log_v1& log_table() {
  static constexpr zoe_log_v1 kTable{
      .struct_size = sizeof(zoe_log_v1),
      .write =
          [](const zoe_host* host, std::uint32_t level, zoe_str message) noexcept {
            contained([&] {
              const std::string_view line = abi::cut_utf8(abi::to_view(message), kLongestLine);
              config_of(host).log.write(to_level(level), HostContext::of(host).plugin_id(), line);
            });
          },
      .is_enabled = [](const zoe_host* host, std::uint32_t level) noexcept -> std::int32_t {
        return config_of(host).log.is_enabled(to_level(level)) ? 1 : 0;
      },
  };
  return kTable;
}

const zoe_config_v1& config_table() {
  static constexpr zoe_config_v1 kTable{
      .struct_size = sizeof(zoe_config_v1),
      .json = [](const zoe_host* host) noexcept { return abi::to_abi(HostContext::of(host).settings_json()); },
      .data_folder =
          [](const zoe_host* host) noexcept {
            return abi::guarded_or(zoe_str{}, [&] { return abi::to_abi(HostContext::of(host).data_folder()); });
          },
  };
  return kTable;
}

const zoe_clock_v1& clock_table() {
  static constexpr zoe_clock_v1 kTable{
      .struct_size = sizeof(zoe_clock_v1),
      .now_ns = [](const zoe_host* host) noexcept { return config_of(host).clock.now_ns(); },
      .utc_ns = [](const zoe_host* host) noexcept { return config_of(host).clock.utc_ns(); },
  };
  return kTable;
}

const zoe_metrics_v1& metrics_table() {
  static constexpr zoe_metrics_v1 kTable{
      .struct_size = sizeof(zoe_metrics_v1),
      .counter_add =
          [](const zoe_host* host, zoe_str name, std::uint64_t amount) noexcept {
            contained([&] {
              if (!is_metric_name(abi::to_view(name))) return;
              config_of(host).metrics.counter(metric_name(host, abi::to_view(name))).add(amount);
            });
          },
      .gauge_set =
          [](const zoe_host* host, zoe_str name, std::int64_t value) noexcept {
            contained([&] {
              if (!is_metric_name(abi::to_view(name))) return;
              config_of(host).metrics.gauge(metric_name(host, abi::to_view(name))).set(value);
            });
          },
  };
  return kTable;
}

const zoe_buffers_v1& buffers_table() {
  static constexpr zoe_buffers_v1 kTable{
      .struct_size = sizeof(zoe_buffers_v1),
      .alloc = [](const zoe_host* host, std::size_t size) noexcept -> zoe_buffer* {
        return abi::guarded_or<zoe_buffer*>(nullptr, [&]() -> zoe_buffer* {
          auto buffer = Buffer::alloc(size, HostContext::of(host).usage());
          return buffer ? buffer->detach() : nullptr;
        });
      },
      .add_ref = [](zoe_buffer* buffer) noexcept { Buffer::add_ref(buffer); },
      .release = [](zoe_buffer* buffer) noexcept { Buffer::release(buffer); },
  };
  return kTable;
}

const zoe_workers_v1& workers_table() {
  static constexpr zoe_workers_v1 kTable{
      .struct_size = sizeof(zoe_workers_v1),
      .post =
          [](const zoe_host* host, void (*job)(void*), void* user) noexcept {
            return abi::guarded(nullptr, [&] { return HostContext::of(host).post(job, user); });
          },
  };
  return kTable;
}

}  // namespace zoe::plugin
