#include "engine/plugin/host/swapper.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <fmt/core.h>
#include <xxhash.h>

#include "engine/core/file.hpp"
#include "engine/plugin/host/trial_child.hpp"

namespace zoe::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kComponent = "plugins";

// The numbers in "1.10.2-beta": 1, 10, 2.
std::vector<unsigned> numbers_of(std::string_view version) {
  std::vector<unsigned> numbers;
  for (const char* at = version.data(); at < version.data() + version.size();) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(at, version.data() + version.size(), number);
    if (error == std::errc{}) numbers.push_back(number);
    if (error != std::errc{} || end == version.data() + version.size() || *end != '.') break;
    at = end + 1;
  }
  return numbers;
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace

Swapper::Swapper(HostServices& services, const ManagerOptions& options, Registry& registry, int stop_fd)
    : services_(services),
      log_(services.config().log),
      options_(options),
      registry_(registry),
      stop_fd_(stop_fd),
      state_(PluginState::load(options.state_file, log_)) {}

std::string Swapper::path_of(const std::string& name) const { return options_.folder + "/" + name; }

Result<FolderReport> Swapper::load_folder() {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(options_.folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(".so") && !name.starts_with(".")) paths.push_back(path_of(name));
  }
  if (error) return fail(errno_error("plugin folder " + options_.folder, error.value()));
  std::sort(paths.begin(), paths.end());
  FolderReport report;
  for (const std::string& path : paths) {
    const auto began = Steady::now();
    auto staged = registry_.stage(path);
    auto done = finish(PluginAction::kLoad, path, began,
                       staged ? take_up(*staged, Trial::kUnlessPassed) : Result<SwapReport>(fail(staged.error())));
    if (done) {
      report.loaded.push_back(done->id);
    } else if (done.error().code == Errc::kUnavailable) {
      report.skipped.push_back({path, done.error().message});
    } else {
      report.failed.push_back({path, done.error()});
    }
  }
  return report;
}

void Swapper::file_arrived(const std::string& name) {
  const std::string path = path_of(name);
  const auto began = Steady::now();
  auto staged = registry_.stage(path);
  // Its close-write will come, or it has gone again.
  if (!staged && (staged.error().code == Errc::kUnavailable || staged.error().code == Errc::kNotFound)) {
    log_.info(kComponent, "{}", staged.error().message);
    return;
  }
  if (staged) {
    MutexLock lock(mutex_);
    for (auto& [id, record] : records_) {
      if (record.facts.file != path || !record.current || record.current->hash != (*staged)->hash) continue;
      record.facts.is_file_there = true;
      log_.info(kComponent, "{} has the bytes that serve already", path);
      return;
    }
  }
  static_cast<void>(finish(PluginAction::kSwap, path, began,
                           staged ? take_up(*staged, Trial::kAlways) : Result<SwapReport>(fail(staged.error()))));
}

void Swapper::file_changed(const std::string& name) {
  {
    MutexLock lock(mutex_);
    const std::string path = path_of(name);
    const bool is_awaited = std::any_of(records_.begin(), records_.end(), [&path](const auto& entry) {
      return entry.second.facts.file == path && entry.second.was_denied;
    });
    if (!is_awaited) return;
  }
  file_arrived(name);
}

void Swapper::file_gone(const std::string& name) {
  const std::string path = path_of(name);
  if (exists(path)) return;  // another one took its place
  std::string id;
  bool is_serving = false;
  {
    MutexLock lock(mutex_);
    for (auto entry = records_.begin(); entry != records_.end();) {
      Record& record = entry->second;
      if (record.facts.file != path) {
        ++entry;
      } else if (record.facts.kind.empty()) {
        entry = records_.erase(entry);  // it never was more than a file
      } else {
        record.facts.is_file_there = false;
        id = entry->first;
        is_serving = record.current != nullptr;
        ++entry;
      }
    }
  }
  if (id.empty()) return;
  note(id, PluginAction::kFileRemoved, true,
       is_serving ? path + " was removed; what it loaded serves on until the server stops or it is disabled"
                  : path + " was removed",
       {});
}

void Swapper::look_through_folder() {
  std::vector<std::string> known;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, record] : records_) known.push_back(fs::path(record.facts.file).filename().string());
  }
  for (const std::string& name : known) file_gone(name);
  std::error_code error;
  for (fs::directory_iterator entry(options_.folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(".so") && !name.starts_with(".")) file_arrived(name);
  }
}

Result<SwapReport> Swapper::swap(const std::string& what) {
  std::string path = file_of(what);
  if (path.empty()) {
    const fs::path given(what);
    const std::string name = given.filename().string();
    if (!name.ends_with(".so"))
      return fail(Errc::kNotFound, "no plugin " + what + " is known; name its id or its file");
    path = path_of(name);
    std::error_code ignored;
    if (given.has_parent_path() && !fs::equivalent(given.parent_path(), options_.folder, ignored))
      return fail(Errc::kDenied, what + " does not lie in the plugin folder: put it into " + options_.folder);
  }
  const auto began = Steady::now();
  auto staged = registry_.stage(path);
  return finish(PluginAction::kSwap, path, began,
                staged ? take_up(*staged, Trial::kAlways) : Result<SwapReport>(fail(staged.error())));
}

Result<SwapReport> Swapper::roll_back(const std::string& id) {
  const auto began = Steady::now();
  std::shared_ptr<const StagedFile> previous;
  {
    MutexLock lock(mutex_);
    if (const auto found = records_.find(id); found != records_.end()) previous = found->second.previous;
  }
  if (!previous) return fail(Errc::kNotFound, "no earlier generation of " + id + " is kept since the server started");
  auto staged = registry_.stage(previous->path, previous->source);
  auto result = finish(PluginAction::kRollBack, previous->source, began,
                       staged ? take_up(*staged, Trial::kUnlessPassed) : Result<SwapReport>(fail(staged.error())));
  if (result)
    result->message +=
        "; " + previous->source + " is not changed, so put the earlier file there before the server " + "starts again";
  return result;
}

Result<SwapReport> Swapper::enable(const std::string& id) {
  const auto began = Steady::now();
  ZOE_CHECK(state_.set_disabled(id, false));
  {
    MutexLock lock(mutex_);
    if (const auto found = records_.find(id); found != records_.end()) found->second.facts.is_enabled = true;
  }
  if (const Pin serving = registry_.find(id))
    return SwapReport{id, serving.generation().number(), serving.generation().version(), id + " serves already", {}};
  const std::string path = file_of(id);
  if (path.empty()) return fail(Errc::kNotFound, "no file of a plugin " + id + " is known in " + options_.folder);
  auto staged = registry_.stage(path);
  return finish(PluginAction::kEnable, path, began,
                staged ? take_up(*staged, Trial::kUnlessPassed) : Result<SwapReport>(fail(staged.error())));
}

Result<SwapReport> Swapper::disable(const std::string& id) {
  const auto began = Steady::now();
  {
    MutexLock lock(mutex_);
    const auto found = records_.find(id);
    if (found == records_.end()) return fail(Errc::kNotFound, "no plugin " + id + " is known");
    found->second.facts.is_enabled = false;
    found->second.current.reset();
  }
  ZOE_CHECK(state_.set_disabled(id, true));
  static_cast<void>(registry_.retire(id));  // it may be out of service already
  SwapReport report{id, 0, "", id + " is disabled; who uses it now may finish", {}};
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - began);
  note(id, PluginAction::kDisable, true, report.message, report.took);
  return report;
}

// Everything up to publishing: the trial, the load, the self-test, the server's own say.
Result<std::shared_ptr<Generation>> Swapper::make_ready(const std::shared_ptr<const StagedFile>& file, Trial trial) {
  ZOE_CHECK(pass_trial(*file, trial));
  const std::uint64_t number = registry_.next_number();
  auto prepared = registry_.prepare(file);
  if (!prepared) {
    if (is_mapped(file->path)) note_resident(id_of_file(file->source), number, file->path, prepared.error().message);
    return fail(std::move(prepared).error());
  }
  const std::shared_ptr<Generation>& generation = *prepared;
  const auto check = [&]() -> Status {
    ZOE_CHECK(check_identity(generation->id(), kind_name(generation->kind()), file->source));
    log_.info(kComponent, "{} generation {}: loaded and initialised; self-test", generation->id(), number);
    ZOE_CHECK(generation->self_test());
    return options_.admit ? options_.admit(Pin(generation)) : Status();
  };
  if (Status checked = check(); !checked) {
    note_ended(registry_.discard(generation));
    return fail(std::move(checked).error());
  }
  return prepared;
}

Result<SwapReport> Swapper::take_up(const std::shared_ptr<const StagedFile>& file, Trial trial) {
  ZOE_TRY(const std::shared_ptr<Generation> generation, make_ready(file, trial));
  return publish(generation, file);
}

Status Swapper::pass_trial(const StagedFile& file, Trial trial) {
  if (const auto* passed = state_.find_passed(file.hash); passed && trial == Trial::kUnlessPassed) {
    ZOE_CHECK(check_identity(passed->id, "", file.source));
    if (options_.checker.empty() || passed->settings == fingerprint(passed->id)) return {};
  }
  if (options_.checker.empty()) return {};
  log_.info(kComponent, "{}: on trial in a process of its own", file.source);
  TrialChildOptions how;
  how.checker = options_.checker;
  how.folder = options_.run_folder + "/trial";
  how.name = file.source;
  how.certificate_pem = options_.certificate_pem;
  how.key_pem = options_.key_pem;
  how.deadline = options_.trial_deadline;
  how.settings = services_.config().settings;
  how.stop_fd = stop_fd_;
  std::error_code ignored;
  fs::remove_all(how.folder, ignored);
  ZOE_CHECK(make_private_folder(how.folder));
  const auto facts = try_in_child(file.path, how);
  fs::remove_all(how.folder, ignored);
  if (!facts) return fail(facts.error());
  ZOE_CHECK(check_identity(facts->id, facts->kind, file.source));
  if (auto kept = state_.add_passed({file.hash, facts->id, fingerprint(facts->id)}); !kept)
    log_.warning(kComponent, "{}", kept.error().message);
  return {};
}

// One id is one kind and one file; an empty kind is not looked at.
Status Swapper::check_identity(const std::string& id, std::string_view kind, const std::string& path) {
  if (state_.is_disabled(id)) {
    MutexLock lock(mutex_);
    PluginStatus& facts = records_[id].facts;  // so that `enable` finds its file
    facts.id = id;
    facts.file = path;
    facts.is_enabled = false;
    facts.is_file_there = true;
    return fail(Errc::kUnavailable, id + " is disabled: enable it to use " + path);
  }
  const Pin serving = registry_.find(id);
  if (!serving) return {};
  if (!kind.empty() && kind != kind_name(serving.generation().kind()))
    return fail(Errc::kConflict, path + ": " + id + " serves as a " + kind_name(serving.generation().kind()) +
                                     " plugin, this is one of kind " + std::string(kind) + "; give it another id");
  const std::string other = file_of(id);
  if (other != path && exists(other))
    return fail(Errc::kConflict, path + ": the plugin " + id + " is already served by " + other +
                                     "; replace that file, or remove it first");
  return {};
}

// What besides its bytes decides how a plugin behaves in a trial: its settings, and the program.
std::string Swapper::fingerprint(std::string_view id) const {
  std::string text = "{}";
  if (const auto& settings = services_.config().settings)
    if (auto given = settings(id)) text = *given;
  struct stat info {};
  if (::stat(options_.checker.c_str(), &info) == 0)
    text += fmt::format("|{}|{}.{}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

SwapReport Swapper::publish(const std::shared_ptr<Generation>& generation,
                            const std::shared_ptr<const StagedFile>& file) {
  const GenerationInfo info = generation->info();
  std::string message = fmt::format("{} {} serves as generation {}", info.id, info.version, info.number);
  {
    MutexLock lock(mutex_);
    // What stood there under the file's name, as long as it had not told its id.
    const std::string stem = fs::path(file->source).stem().string();
    if (const auto found = records_.find(stem);
        stem != info.id && found != records_.end() && found->second.facts.kind.empty())
      records_.erase(found);
    Record& record = records_[info.id];
    if (record.current) {
      const auto old = numbers_of(record.facts.version);
      const auto now = numbers_of(info.version);
      message += now < old ? ", a downgrade from " : " in place of ";
      message += record.facts.version;
      record.previous = record.current;
      record.facts.previous = PluginStatus::Previous{
          record.loaded_utc_ns.empty() ? 0 : record.loaded_utc_ns.rbegin()->first, record.facts.version};
    }
    record.current = file;
    record.was_denied = false;
    record.facts.id = info.id;
    record.facts.name = info.name;
    record.facts.version = info.version;
    record.facts.kind = info.kind;
    record.facts.file = file->source;
    record.facts.is_enabled = true;
    record.facts.is_file_there = exists(file->source);
    record.loaded_utc_ns[info.number] = services_.config().clock.utc_ns();
  }
  registry_.publish(generation);
  return {info.id, info.number, info.version, std::move(message), {}};
}

}  // namespace zoe::plugin
