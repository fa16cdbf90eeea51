#include "engine/plugin/host/registry.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "engine/core/file.hpp"

namespace zoe::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kComponent = "plugins";

bool is_by_id(const std::shared_ptr<Generation>& generation, std::string_view id) { return generation->id() < id; }

// The copies that a process which was killed could not delete.
void remove_left_copies(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".so") fs::remove(entry.path(), ignored);
}

}  // namespace

// Outlives the registry where a pin does.
struct Registry::Signal {
  Mutex mutex;
  CondVar raised;
  bool is_raised ZOE_GUARDED_BY(mutex) = false;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);

  void raise() {
    std::function<void()> call;
    {
      MutexLock lock(mutex);
      is_raised = true;
      call = wake;
    }
    raised.notify_all();
    if (call) call();
  }
  void wait_until(std::chrono::steady_clock::time_point deadline) {
    MutexLock lock(mutex);
    while (!is_raised)
      if (!raised.wait_until(mutex, deadline)) break;
    is_raised = false;
  }
};

Registry::Registry(HostServices& services, Options options)
    : services_(services),
      log_(services.config().log),
      options_(std::move(options)),
      signal_(std::make_shared<Signal>()) {
  MutexLock lock(signal_->mutex);
  signal_->wake = options_.wake;
}

Result<std::unique_ptr<Registry>> Registry::create(HostServices& services, Options options) {
  if (Status made = make_private_folder(options.run_folder); !made)
    return fail(std::move(made).error().with("the folder for loaded plugins"));
  remove_left_copies(options.run_folder);
  return std::unique_ptr<Registry>(new Registry(services, std::move(options)));
}

Registry::~Registry() {
  stop(0);
  MutexLock lock(signal_->mutex);
  signal_->wake = nullptr;
}

Result<std::shared_ptr<const StagedFile>> Registry::stage(const std::string& path, const std::string& source) {
  ZOE_TRY(const PluginFile file, open_plugin_file(path));
  auto staged = std::make_shared<StagedFile>();
  staged->source = source.empty() ? path : source;
  const std::string copy =
      options_.run_folder + "/" + fs::path(staged->source).stem().string() + "." + std::to_string(next_copy_++) + ".so";
  ZOE_TRY(staged->hash, copy_plugin_file(file, copy));
  staged->path = copy;
  return std::shared_ptr<const StagedFile>(std::move(staged));
}

Result<std::shared_ptr<Generation>> Registry::prepare(std::shared_ptr<const StagedFile> file) {
  Generation::Options options;
  options.number = next_number_++;
  options.wake = [signal = signal_] { signal->raise(); };
  options.deadline = options_.init_deadline;
  return Generation::load(std::move(file), services_, std::move(options));
}

Result<std::shared_ptr<Generation>> Registry::prepare(const std::string& path) {
  ZOE_TRY(auto file, stage(path));
  return prepare(std::move(file));
}

void Registry::publish(const std::shared_ptr<Generation>& generation) {
  std::shared_ptr<Generation> replaced;
  generation->publish();
  {
    MutexLock lock(mutex_);
    const auto place = std::lower_bound(active_.begin(), active_.end(), generation->id(), is_by_id);
    if (place != active_.end() && (*place)->id() == generation->id()) {
      replaced = std::exchange(*place, generation);
      leaving_.push_back(replaced);
    } else {
      active_.insert(place, generation);
    }
  }
  const GenerationInfo info = generation->info();
  log_.info(kComponent, "{} {} serves as generation {} ({})", info.id, info.version, info.number, info.path);
  if (replaced) start_leaving(replaced);
}

EndedGeneration Registry::discard(const std::shared_ptr<Generation>& generation) {
  if (generation->is_unloadable()) return end(generation);
  MutexLock lock(mutex_);
  leaving_.push_back(generation);
  return {generation->info(), generation->copy_path(), {}};
}

Result<std::shared_ptr<Generation>> Registry::load(const std::string& path) {
  ZOE_TRY(std::shared_ptr<Generation> generation, prepare(path));
  publish(generation);
  return generation;
}

Result<FolderReport> Registry::load_folder(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".so") paths.push_back(entry->path().string());
  if (error) return fail(errno_error("plugin folder " + folder, error.value()));
  std::sort(paths.begin(), paths.end());

  FolderReport report;
  for (const std::string& path : paths) {
    auto generation = prepare(path);
    if (!generation) {
      if (generation.error().code == Errc::kUnavailable)
        report.skipped.push_back({path, generation.error().message});
      else
        report.failed.push_back({path, generation.error()});
      continue;
    }
    const std::string id = (*generation)->id();
    if (const Pin other = find(id)) {
      Error conflict{Errc::kConflict, path + ": the plugin " + id + " is already served by " +
                                          other.generation().path() + "; remove one of the two files"};
      report.failed.push_back({path, std::move(conflict)});
      discard(*generation);
      continue;
    }
    publish(*generation);
    report.loaded.push_back(id);
  }
  return report;
}

Status Registry::retire(std::string_view id) {
  std::shared_ptr<Generation> retired;
  {
    MutexLock lock(mutex_);
    const auto place = std::lower_bound(active_.begin(), active_.end(), id, is_by_id);
    if (place == active_.end() || (*place)->id() != id)
      return fail(Errc::kNotFound, "no plugin " + std::string(id) + " is in service");
    retired = *place;
    active_.erase(place);
    leaving_.push_back(retired);
  }
  start_leaving(retired);
  return {};
}

void Registry::start_leaving(const std::shared_ptr<Generation>& generation) {
  log_.info(kComponent, "{} generation {} is leaving, {} in use", generation->id(), generation->number(),
            generation->pins());
  generation->drain();
  collect();
}

std::vector<EndedGeneration> Registry::collect() {
  Generations candidates;
  {
    MutexLock lock(mutex_);
    candidates = leaving_;
  }
  std::vector<EndedGeneration> ended;
  for (const std::shared_ptr<Generation>& generation : candidates) {
    // The plugin is asked without the lock; nobody can pin a generation anew that has left service.
    if (!generation->is_unloadable()) continue;
    ended.push_back(end(generation));
    // It is listed until it is gone: whoever sees that it is not listed any more need not wait for anything.
    MutexLock lock(mutex_);
    std::erase(leaving_, generation);
  }
  return ended;
}

std::vector<std::shared_ptr<Generation>> Registry::leaving() const {
  MutexLock lock(mutex_);
  return leaving_;
}

bool Registry::stop(std::int64_t timeout_ns) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_ns);
  Generations retired;
  {
    MutexLock lock(mutex_);
    retired.swap(active_);
    leaving_.insert(leaving_.end(), retired.begin(), retired.end());
  }
  for (const std::shared_ptr<Generation>& generation : retired) generation->drain();
  for (const std::shared_ptr<Generation>& generation : leaving()) generation->give_up_connections();
  while (true) {
    collect();
    {
      MutexLock lock(mutex_);
      if (leaving_.empty()) return true;
    }
    if (std::chrono::steady_clock::now() >= deadline) break;
    signal_->wait_until(deadline);
  }
  Generations held;
  {
    MutexLock lock(mutex_);
    held.swap(leaving_);
  }
  for (const std::shared_ptr<Generation>& generation : held) {
    const GenerationInfo info = generation->info();
    log_.error(kComponent, "{} generation {} is still in use ({} pins{}) and stays loaded", info.id, info.number,
               info.pins, info.stuck_in.empty() ? "" : ", its " + info.stuck_in + " does not return");
  }
  return false;
}

EndedGeneration Registry::end(const std::shared_ptr<Generation>& generation) {
  EndedGeneration ended{generation->info(), generation->copy_path(), generation->unload()};
  const auto& [info, copy, report] = ended;
  if (report.timers_left > 0)
    log_.error(kComponent, "{} generation {} left {} timers running; they were cancelled", info.id, info.number,
               report.timers_left);
  if (report.processes_left > 0)
    log_.error(kComponent, "{} generation {} left {} processes unreleased; what still ran was killed", info.id,
               info.number, report.processes_left);
  if (report.is_resident)
    log_.error(kComponent, "{} generation {} stays in memory: {}", info.id, info.number, report.why);
  else
    log_.info(kComponent, "{} generation {} was unloaded", info.id, info.number);
  return ended;
}

Pin Registry::find(std::string_view id) const {
  MutexLock lock(mutex_);
  const auto place = std::lower_bound(active_.begin(), active_.end(), id, is_by_id);
  return place != active_.end() && (*place)->id() == id ? Pin(*place) : Pin();
}

std::vector<Pin> Registry::active(std::uint32_t kind) const {
  std::vector<Pin> pins;
  MutexLock lock(mutex_);
  for (const std::shared_ptr<Generation>& generation : active_) {
    if (generation->kind() != kind) continue;
    if (Pin pin(generation); pin) pins.push_back(std::move(pin));
  }
  return pins;
}

std::vector<GenerationInfo> Registry::snapshot() const {
  std::vector<GenerationInfo> infos;
  {
    MutexLock lock(mutex_);
    for (const Generations* list : {&active_, &leaving_})
      for (const std::shared_ptr<Generation>& generation : *list) infos.push_back(generation->info());
  }
  std::sort(infos.begin(), infos.end(), [](const GenerationInfo& a, const GenerationInfo& b) {
    return a.id != b.id ? a.id < b.id : a.number < b.number;
  });
  return infos;
}

}  // namespace zoe::plugin
