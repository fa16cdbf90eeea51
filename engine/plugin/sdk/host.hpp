// The host as a C++ plugin sees it: typed access to its services.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "engine/core/result.hpp"
#include "engine/plugin/abi/host.h"
#include "engine/plugin/sdk/status.hpp"

namespace zoe::sdk {

class BufferRef;
class Timer;

// A borrowed view of zoe_host, cheap to copy; valid until the plugin's deinit returns. Thread-safe.
class Host {
 public:
  // kUnsupported when the host lacks one of the services that every host offers.
  static Result<Host> wrap(const zoe_host* host) {
    Host wrapped;
    wrapped.host_ = host;
    if (!host || host->struct_size < sizeof(zoe_host)) return fail(Errc::kUnsupported, "the host's table is too small");
    ZOE_TRY(wrapped.log_, wrapped.service<zoe_log_v1>(ZOE_LOG_V1));
    ZOE_TRY(wrapped.config_, wrapped.service<zoe_config_v1>(ZOE_CONFIG_V1));
    ZOE_TRY(wrapped.clock_, wrapped.service<zoe_clock_v1>(ZOE_CLOCK_V1));
    ZOE_TRY(wrapped.metrics_, wrapped.service<zoe_metrics_v1>(ZOE_METRICS_V1));
    ZOE_TRY(wrapped.buffers_, wrapped.service<zoe_buffers_v1>(ZOE_BUFFERS_V1));
    ZOE_TRY(wrapped.workers_, wrapped.service<zoe_workers_v1>(ZOE_WORKERS_V1));
    ZOE_TRY(wrapped.timers_, wrapped.service<zoe_timers_v1>(ZOE_TIMERS_V1));
    return wrapped;
  }

  // A service's table by its id; kUnsupported where this host does not offer it as far as this plugin knows it.
  template <typename T>
  Result<const T*> service(const char* id) const {
    const auto* table = static_cast<const T*>(host_->get_service(host_, id));
    if (!has_all_of(table)) return fail(Errc::kUnsupported, std::string("this host does not offer ") + id);
    return table;
  }

  const zoe_host* raw() const { return host_; }

  // ---- log: levels are ZOE_LOG_...; the text is made only where the level is kept
  bool is_logged(std::uint32_t level) const { return log_->is_enabled(host_, level) != 0; }
  void log(std::uint32_t level, std::string_view message) const { log_->write(host_, level, to_abi(message)); }

  template <typename... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) const {
    if (is_logged(ZOE_LOG_DEBUG)) log(ZOE_LOG_DEBUG, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) const {
    if (is_logged(ZOE_LOG_INFO)) log(ZOE_LOG_INFO, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) const {
    if (is_logged(ZOE_LOG_WARNING)) log(ZOE_LOG_WARNING, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) const {
    if (is_logged(ZOE_LOG_ERROR)) log(ZOE_LOG_ERROR, fmt::format(format, std::forward<Args>(args)...));
  }

  // ---- config: see settings.hpp for typed, checked look-ups
  std::string_view config_json() const { return to_view(config_->json(host_)); }

  // The plugin's own folder for data that must last. kIo when it cannot be made; the host's log says why.
  Result<std::string> data_folder() const {
    const std::string_view folder = to_view(config_->data_folder(host_));
    if (folder.empty()) return fail(Errc::kIo, "the plugin's data folder cannot be made; the log says why");
    return std::string(folder);
  }

  // ---- clock: monotonic, and nanoseconds since 1970-01-01
  std::int64_t now_ns() const { return clock_->now_ns(host_); }
  std::int64_t utc_ns() const { return clock_->utc_ns(host_); }

  // ---- metrics; the host puts the plugin's id before the names
  void count(std::string_view name, std::uint64_t amount = 1) const {
    metrics_->counter_add(host_, to_abi(name), amount);
  }
  void gauge(std::string_view name, std::int64_t value) const { metrics_->gauge_set(host_, to_abi(name), value); }

  // ---- buffers: see buffer.hpp
  const zoe_buffers_v1* buffers() const { return buffers_; }

  // ---- workers. Runs `job` once on the host's pool; it may block for a while, and what it throws is dropped. The host
  // ends the plugin only when its jobs have returned. kTooLarge when too many wait.
  Status post(std::function<void()> job) const {
    auto owned = std::make_unique<std::function<void()>>(std::move(job));
    const zoe_status status = workers_->post(
        host_,
        [](void* user) {
          const std::unique_ptr<std::function<void()>> run(static_cast<std::function<void()>*>(user));
          guarded(nullptr, [&]() -> Status { return (*run)(), Status(); });
        },
        owned.get());
    if (status != ZOE_OK) return fail(to_errc(status), "the host takes no more jobs now");
    static_cast<void>(owned.release());
    return {};
  }

  const zoe_timers_v1* timers() const { return timers_; }

 private:
  Host() = default;

  const zoe_host* host_ = nullptr;
  const zoe_log_v1* log_ = nullptr;
  const zoe_config_v1* config_ = nullptr;
  const zoe_clock_v1* clock_ = nullptr;
  const zoe_metrics_v1* metrics_ = nullptr;
  const zoe_buffers_v1* buffers_ = nullptr;
  const zoe_workers_v1* workers_ = nullptr;
  const zoe_timers_v1* timers_ = nullptr;
};

// A running timer; the destructor cancels it and waits for a `fire` that runs. Not to be destroyed from `fire`, and not
// while a lock is held that `fire` takes. One thread at a time. Keep it as a member: none may be left after `deinit`.
class Timer {
 public:
  Timer() = default;

  // Calls `fire`, on the host's timer thread, after `delay_ns` and then every `period_ns` (0: once). It must return
  // quickly. kNoMemory.
  static Result<Timer> start(const Host& host, std::int64_t delay_ns, std::int64_t period_ns,
                             std::function<void()> fire) {
    Timer timer;
    timer.fire_ = std::make_unique<std::function<void()>>(std::move(fire));
    const auto call = [](void* user) {
      guarded(nullptr, [user]() -> Status { return (*static_cast<std::function<void()>*>(user))(), Status(); });
    };
    timer.timers_ = host.timers();
    timer.timer_ = timer.timers_->start(host.raw(), delay_ns, period_ns, call, timer.fire_.get());
    if (!timer.timer_) return fail(Errc::kNoMemory, "the host cannot start another timer");
    return timer;
  }

  Timer(Timer&& other) noexcept { *this = std::move(other); }
  Timer& operator=(Timer&& other) noexcept {
    if (this == &other) return *this;
    cancel();
    timers_ = other.timers_;
    timer_ = std::exchange(other.timer_, nullptr);
    fire_ = std::move(other.fire_);
    return *this;
  }
  ~Timer() { cancel(); }

  void cancel() {
    if (timer_) timers_->cancel(std::exchange(timer_, nullptr));
    fire_.reset();
  }

 private:
  const zoe_timers_v1* timers_ = nullptr;
  zoe_timer* timer_ = nullptr;
  std::unique_ptr<std::function<void()>> fire_;
};

}  // namespace zoe::sdk
