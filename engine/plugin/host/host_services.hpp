// What the host offers to its plugins, and the zoe_host that each generation is handed.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
#include "engine/core/timer_thread.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/plugin/abi/host.h"
#include "engine/plugin/host/buffer.hpp"
#include "engine/plugin/host/main_call.hpp"
#include "engine/plugin/host/process_service.hpp"

namespace zoe::plugin {

struct HostServicesConfig {
  Log& log;
  const Clock& clock;
  Metrics& metrics;
  WorkerPool& workers;
  std::string data_folder;  // a plugin's own folder is DATA/plugins/ID, made when it asks for it

  // The JSON object of [plugins.ID]; empty: every plugin has "{}". Called while a plugin is loaded,
  // one call at a time.
  std::function<Result<std::string>(std::string_view id)> settings;
};

// One per program; must outlive every generation. `add_service` before the first plugin is loaded, after that any
// thread. Its own services: log, config, clock, metrics, buffers, workers, timers, processes.
class HostServices {
 public:
  explicit HostServices(HostServicesConfig config);

  // Offers a table under an id such as "zoe.server/1". Its functions find `user` again by HostContext::service_user.
  // Table and user must outlive this object.
  void add_service(std::string id, const void* table, void* user);

  const HostServicesConfig& config() const { return config_; }
  TimerThread& timers() { return timers_; }
  ProcessService& processes() { return processes_; }

  // Calls into plugins that were given up and still run: until they end, this object and its parts must live.
  const HungCalls& hung_calls() const { return hung_calls_; }

  const void* find_table(std::string_view id) const;
  void* find_user(std::string_view id) const;

 private:
  struct Service {
    const void* table;
    void* user;
  };
  const HostServicesConfig config_;
  TimerThread timers_;
  ProcessService processes_;
  const HungCalls hung_calls_ = std::make_shared<std::atomic<int>>(0);
  std::map<std::string, Service, std::less<>> services_;
};

class Generation;

// The host as one generation sees it: the zoe_host, its settings, and what it has taken. Owned by the Generation.
// Thread-safe.
class HostContext {
 public:
  // `on_quiet` is called, on any thread, each time its last job has ended; it must only wake.
  HostContext(HostServices& services, std::string plugin_id, std::string settings_json, std::function<void()> on_quiet);
  ~HostContext();
  HostContext(const HostContext&) = delete;
  HostContext& operator=(const HostContext&) = delete;

  // The context of a zoe_host that came back over the boundary.
  static HostContext& of(const zoe_host* host) { return *static_cast<HostContext*>(host->context); }

  const zoe_host* host() const { return &host_; }
  HostServices& services() { return services_; }
  const std::string& plugin_id() const { return plugin_id_; }
  const std::string& settings_json() const { return settings_json_; }
  const std::shared_ptr<Usage>& usage() const { return usage_; }

  // What was given to add_service with `id`; null for an unknown one.
  void* service_user(std::string_view id) const { return services_.find_user(id); }

  // The generation that this belongs to; set by it before init, valid as long as it lives.
  Generation* generation() const { return generation_; }
  void set_generation(Generation* generation) { generation_ = generation; }

  // Empty where it cannot be made; the log says why.
  std::string_view data_folder();

  Status post(void (*job)(void* user), void* user);
  bool has_jobs() const { return usage_->jobs.load(std::memory_order_acquire) > 0; }

  // False when jobs still wait or run at the end of the time.
  bool wait_for_jobs(std::int64_t timeout_ns);

  zoe_timer* start_timer(std::int64_t delay_ns, std::int64_t period_ns, void (*fire)(void* user), void* user);
  void cancel_timer(zoe_timer* timer);

  // Cancels what the plugin left behind: how many would still have fired.
  std::size_t cancel_timers();

  Result<zoe_process*> start_process(ProcessOrder order, ProcessEvents events);
  void release_process(zoe_process* process);

  // Ends what the plugin left behind: how many it had not released.
  std::size_t release_processes();

 private:
  struct Jobs;

  HostServices& services_;
  const std::string plugin_id_;
  const std::string settings_json_;
  const std::shared_ptr<Usage> usage_ = std::make_shared<Usage>();
  const std::shared_ptr<Jobs> jobs_;
  zoe_host host_{};
  Generation* generation_ = nullptr;
  Mutex mutex_;
  std::string data_folder_ ZOE_GUARDED_BY(mutex_);
  std::map<zoe_timer*, std::unique_ptr<zoe_timer>> timers_ ZOE_GUARDED_BY(mutex_);
  std::map<zoe_process*, std::unique_ptr<zoe_process>> processes_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::plugin
