#include "engine/plugin/host/host_services.hpp"

#include <algorithm>
#include <chrono>

#include "engine/core/file.hpp"
#include "engine/plugin/abi/entry.h"
#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/process_handle.hpp"
#include "engine/plugin/host/service_tables.hpp"

// The other side of a zoe_timer*.
struct zoe_timer {
  zoe::plugin::HostContext* context;
  zoe::TimerThread::Id id;
};

namespace zoe::plugin {

HostServices::HostServices(HostServicesConfig config)
    : config_(std::move(config)), timers_("plugin-timers"), processes_(program_folder() + "/zoetrope-launch") {
  add_service(ZOE_LOG_V1, &log_table(), nullptr);
  add_service(ZOE_CONFIG_V1, &config_table(), nullptr);
  add_service(ZOE_CLOCK_V1, &clock_table(), nullptr);
  add_service(ZOE_METRICS_V1, &metrics_table(), nullptr);
  add_service(ZOE_BUFFERS_V1, &buffers_table(), nullptr);
  add_service(ZOE_WORKERS_V1, &workers_table(), nullptr);
  add_service(ZOE_TIMERS_V1, &timers_table(), nullptr);
  add_service(ZOE_PROCESSES_V1, &processes_table(), nullptr);
}

void HostServices::add_service(std::string id, const void* table, void* user) {
  services_.insert_or_assign(std::move(id), Service{table, user});
}

const void* HostServices::find_table(std::string_view id) const {
  const auto found = services_.find(id);
  return found == services_.end() ? nullptr : found->second.table;
}

void* HostServices::find_user(std::string_view id) const {
  const auto found = services_.find(id);
  return found == services_.end() ? nullptr : found->second.user;
}

// Shared by the context and its jobs, so that the last job's end may be the last touch.
struct HostContext::Jobs {
  Mutex mutex;
  CondVar ended;
  std::shared_ptr<Usage> usage;
  std::function<void()> on_quiet;

  void begin() {
    MutexLock lock(mutex);
    usage->jobs.fetch_add(1, std::memory_order_acq_rel);
  }
  void end() {
    MutexLock lock(mutex);
    const bool is_last = usage->jobs.fetch_sub(1, std::memory_order_acq_rel) == 1;
    lock.unlock();
    if (!is_last) return;
    ended.notify_all();
    on_quiet();
  }
};

HostContext::HostContext(HostServices& services, std::string plugin_id, std::string settings_json,
                         std::function<void()> on_quiet)
    : services_(services),
      plugin_id_(std::move(plugin_id)),
      settings_json_(std::move(settings_json)),
      jobs_(std::make_shared<Jobs>()) {
  jobs_->usage = usage_;
  jobs_->on_quiet = std::move(on_quiet);
  host_.struct_size = sizeof host_;
  host_.abi_major = ZOE_ABI_MAJOR;
  host_.abi_minor = ZOE_ABI_MINOR;
  host_.context = this;
  host_.get_service = [](const zoe_host* host, const char* id) noexcept -> const void* {
    return id ? HostContext::of(host).services().find_table(id) : nullptr;
  };
}

HostContext::~HostContext() {
  release_processes();
  cancel_timers();
}

std::string_view HostContext::data_folder() {
  MutexLock lock(mutex_);
  if (!data_folder_.empty()) return data_folder_;
  const std::string folder = services_.config().data_folder + "/plugins/" + plugin_id_;
  const Status made = make_private_folder(folder);
  if (!made) {
    services_.config().log.error(plugin_id_, "data folder: {}", made.error().message);
    return {};
  }
  data_folder_ = folder;  // never changes again, so the view stays valid
  return data_folder_;
}

Status HostContext::post(void (*job)(void* user), void* user) {
  // Also ends the job where the pool drops it without running it.
  jobs_->begin();
  const std::shared_ptr<void> running(nullptr, [jobs = jobs_](void*) { jobs->end(); });
  return services_.config().workers.post([job, user, running] { job(user); });
}

bool HostContext::wait_for_jobs(std::int64_t timeout_ns) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_ns);
  MutexLock lock(jobs_->mutex);
  while (has_jobs())
    if (!jobs_->ended.wait_until(jobs_->mutex, deadline)) return !has_jobs();
  return true;
}

zoe_timer* HostContext::start_timer(std::int64_t delay_ns, std::int64_t period_ns, void (*fire)(void* user),
                                    void* user) {
  auto timer = std::make_unique<zoe_timer>();
  zoe_timer* raw = timer.get();
  raw->context = this;
  MutexLock lock(mutex_);
  timers_.emplace(raw, std::move(timer));
  raw->id = services_.timers().start(delay_ns, period_ns, [fire, user] { fire(user); });
  usage_->timers.fetch_add(1, std::memory_order_relaxed);
  return raw;
}

void HostContext::cancel_timer(zoe_timer* timer) {
  services_.timers().cancel(timer->id);
  MutexLock lock(mutex_);
  if (timers_.erase(timer) != 0) usage_->timers.fetch_sub(1, std::memory_order_relaxed);
}

std::size_t HostContext::cancel_timers() {
  std::map<zoe_timer*, std::unique_ptr<zoe_timer>> left;
  {
    MutexLock lock(mutex_);
    left.swap(timers_);
  }
  usage_->timers.fetch_sub(static_cast<std::int64_t>(left.size()), std::memory_order_relaxed);
  return static_cast<std::size_t>(std::count_if(
      left.begin(), left.end(), [this](const auto& entry) { return services_.timers().cancel(entry.second->id); }));
}

// ---- the timer service, which alone needs to see inside a zoe_timer

const zoe_timers_v1& timers_table() {
  static constexpr zoe_timers_v1 kTable{
      .struct_size = sizeof(zoe_timers_v1),
      .start = [](const zoe_host* host, std::int64_t delay_ns, std::int64_t period_ns, void (*fire)(void*),
                  void* user) noexcept -> zoe_timer* {
        return abi::guarded_or<zoe_timer*>(
            nullptr, [&] { return HostContext::of(host).start_timer(delay_ns, period_ns, fire, user); });
      },
      .cancel =
          [](zoe_timer* timer) noexcept {
            if (timer) timer->context->cancel_timer(timer);
          },
  };
  return kTable;
}

}  // namespace zoe::plugin
