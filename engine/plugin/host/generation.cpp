#include "engine/plugin/host/generation.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/core/clock.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/process_view.hpp"

namespace zoe::plugin {
namespace {

// How long jobs that deinit left running may take before the library is left loaded for good.
constexpr std::int64_t kJobPatience_ns = 10 * kNsPerS;
constexpr std::chrono::seconds kThreadPatience{2};
constexpr std::string_view kComponent = "plugins";

std::string words_of(std::chrono::milliseconds time) {
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

struct Arrow {
  GenerationState from;
  GenerationState to;
};
constexpr std::array kArrows{
    Arrow{GenerationState::kLoaded, GenerationState::kInitialised},
    Arrow{GenerationState::kLoaded, GenerationState::kGone},
    Arrow{GenerationState::kInitialised, GenerationState::kActive},
    Arrow{GenerationState::kInitialised, GenerationState::kGone},
    Arrow{GenerationState::kActive, GenerationState::kDraining},
    Arrow{GenerationState::kDraining, GenerationState::kIdle},
    Arrow{GenerationState::kIdle, GenerationState::kGone},
};

// A breach of the plugin contract by the host itself: nothing sensible can follow.
[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "plugin host: %s\n", what.c_str());
  std::abort();
}

// [plugins.ID] enabled = false keeps any plugin out.
Status check_enabled(const std::string& settings_json, const std::string& id) {
  const auto settings = nlohmann::json::parse(settings_json, nullptr, false);
  if (!settings.is_object()) return fail(Errc::kInternal, "the settings of " + id + " are no JSON object");
  const auto enabled = settings.find("enabled");
  if (enabled == settings.end()) return {};
  if (!enabled->is_boolean()) return fail(Errc::kInvalidArgument, "[plugins." + id + "] enabled must be true or false");
  if (!enabled->get<bool>()) return fail(Errc::kUnavailable, "[plugins." + id + "] enabled = false");
  return {};
}

}  // namespace

std::string_view to_string(GenerationState state) {
  switch (state) {
    case GenerationState::kLoaded:
      return "loaded";
    case GenerationState::kInitialised:
      return "initialised";
    case GenerationState::kActive:
      return "active";
    case GenerationState::kDraining:
      return "draining";
    case GenerationState::kIdle:
      return "idle";
    case GenerationState::kGone:
      break;
  }
  return "gone";
}

bool is_allowed(GenerationState from, GenerationState to) {
  for (const Arrow& arrow : kArrows)
    if (arrow.from == from && arrow.to == to) return true;
  return false;
}

// In debug builds: ends the program when two [main] functions of one generation run at once.
struct Generation::Calling {
  Calling([[maybe_unused]] Generation& called, [[maybe_unused]] const char* what) : generation(called) {
#if defined(ZOE_DEBUG)
    if (generation.is_in_main_.exchange(true, std::memory_order_acquire))
      die(generation.id() + ": " + what + " was called while another [main] function ran");
#endif
  }
  ~Calling() { generation.is_in_main_.store(false, std::memory_order_release); }
  Calling(const Calling&) = delete;
  Calling& operator=(const Calling&) = delete;

  Generation& generation;
};

Generation::Generation(std::unique_ptr<PluginLibrary> library, HostServices& services, Options options)
    : library_(std::move(library)), services_(services), options_(std::move(options)) {
  const zoe_plugin_entry_v1& entry = library_->entry();
  info_.id = entry.id;
  info_.name = entry.name;
  info_.version = entry.version;
  info_.kind = kind_name(entry.kind);
  info_.path = library_->path();
  info_.number = options_.number;
  info_.memory_bytes = library_->mapped_bytes();
  kind_ = entry.kind;
}

// One that was neither unloaded nor failed to initialise is still in somebody's hands: it stays in memory.
Generation::~Generation() {
  const GenerationState last = state();
  if (last == GenerationState::kGone || last == GenerationState::kLoaded) return;
  library_->abandon();
  static_cast<void>(context_.release());
}

Result<std::shared_ptr<Generation>> Generation::load(std::shared_ptr<const StagedFile> file, HostServices& services,
                                                     Options options) {
  const std::string path = file->source;
  const auto deadline = options.deadline;
  const auto wake_owner = options.wake;
  const std::size_t threads_before = options.is_alone ? count_threads() : 0;
  // Owned by the call, which may outlive this function.
  const auto result = std::make_shared<std::optional<Result<std::shared_ptr<Generation>>>>();
  const bool is_back = call_within(
      "plugin-init", deadline,
      [result, file = std::move(file), &services, options = std::move(options), threads_before] {
        result->emplace(load_here(file, services, options, threads_before));
      },
      [result, &services, path, wake_owner] {
        services.config().log.warning(kComponent, "{}: its init came back after it was given up; it is ended now",
                                      path);
        if (*result && **result) (***result)->unload();
        result->reset();
        if (wake_owner) wake_owner();
      },
      services.hung_calls());
  if (!is_back) {
    return fail(Errc::kTimeout,
                path + ": its init did not return within " + words_of(deadline) +
                    "; what takes long (a network, a device, another process) belongs on a thread or a timer of its "
                    "own. Its library stays in memory until init returns");
  }
  return std::move(**result);
}

Result<std::shared_ptr<Generation>> Generation::load_here(std::shared_ptr<const StagedFile> file,
                                                          HostServices& services, Options options,
                                                          std::size_t threads_before) {
  const std::string path = file->source;
  if (options.stage) options.stage("load");
  ZOE_TRY(std::unique_ptr<PluginLibrary> library, PluginLibrary::load(std::move(file)));
  std::shared_ptr<Generation> generation(new Generation(std::move(library), services, std::move(options)));
  generation->threads_before_ = threads_before + 1;  // with the one that this runs on
  if (Status started = generation->init(); !started) return fail(std::move(started).error().with(path));
  generation->threads_before_ = threads_before;
  return generation;
}

Status Generation::init() {
  if (!interface_id(kind_)) return check_interface(kind_, nullptr);
  std::string settings = "{}";
  if (services_.config().settings) {
    ZOE_TRY(settings, services_.config().settings(info_.id));
  }
  ZOE_CHECK(check_enabled(settings, info_.id));
  context_ = std::make_unique<HostContext>(services_, info_.id, std::move(settings), [wake = options_.wake] {
    if (wake) wake();
  });
  usage_ = context_->usage();
  context_->set_generation(this);

  tell_stage("init");
  zoe_error error = abi::empty_error();
  zoe_status status = ZOE_E_INTERNAL;
  try {
    status = library_->entry().init(context_->host(), &plugin_, &error);
  } catch (...) {
    plugin_ = nullptr;  // what it had made by then is lost
    release_library();
    return fail(Errc::kMalformed, info_.id +
                                      ": an exception left its init; catch everything and return a status "
                                      "(ZOE_DEFINE_PLUGIN of the SDK does)");
  }
  if (status != ZOE_OK || !plugin_) {
    plugin_ = nullptr;
    release_library();
    if (status == ZOE_OK) return fail(Errc::kMalformed, info_.id + ": init reported success but made no instance");
    return fail(abi::read_error(status, error).with(info_.id));
  }
  advance(GenerationState::kInitialised);
  table_ = library_->entry().get_interface(plugin_, interface_id(kind_));
  Status checked = check_interface(kind_, table_);
  if (!checked) unload();
  return checked;
}

bool Generation::call(const char* function, std::function<void()> body, std::function<void()> late) {
  const Calling calling(*this, function);
  tell_stage(function);
  {
    MutexLock lock(mutex_);
    running_in_ = function;
  }
  const auto back = [self = shared_from_this()] {
    MutexLock lock(self->mutex_);
    self->running_in_.clear();
    self->is_given_up_ = false;
  };
  const bool is_back = call_within(
      "plugin-" + std::string(function), options_.deadline,
      [body = std::move(body), self = shared_from_this()] { body(); },
      [back, late = std::move(late), wake = options_.wake] {
        back();
        if (late) late();
        if (wake) wake();
      },
      services_.hung_calls());
  if (is_back) {
    back();
    return true;
  }
  MutexLock lock(mutex_);
  is_given_up_ = !running_in_.empty();  // it may have come back just now
  return false;
}

GenerationState Generation::state() const {
  MutexLock lock(mutex_);
  return state_;
}

std::size_t Generation::pins() const {
  MutexLock lock(mutex_);
  return pins_;
}

GenerationInfo Generation::info() const {
  GenerationInfo info = info_;
  info.buffers = usage_->buffers.load(std::memory_order_relaxed);
  info.buffer_bytes = usage_->buffer_bytes.load(std::memory_order_relaxed);
  info.jobs = usage_->jobs.load(std::memory_order_relaxed);
  info.timers = usage_->timers.load(std::memory_order_relaxed);
  MutexLock lock(mutex_);
  info.state = state_;
  info.pins = pins_;
  if (is_given_up_) info.stuck_in = running_in_;
  return info;
}

void Generation::publish() { advance(GenerationState::kActive); }

void Generation::drain() {
  advance(GenerationState::kDraining);
  if (library_->entry().drain) call("drain", [this] { library_->entry().drain(plugin_); });
  wake();
}

void Generation::disconnect() {
  if (kind_ != ZOE_PLUGIN_TRANSPORT || !info().stuck_in.empty()) return;
  call("disconnect", [this] { static_cast<const zoe_transport_v1*>(table_)->disconnect(plugin_); });
}

std::uint32_t Generation::connections() const {
  return kind_ == ZOE_PLUGIN_TRANSPORT ? static_cast<const zoe_transport_v1*>(table_)->connections(plugin_) : 0;
}

bool Generation::is_unloadable() const {
  {
    MutexLock lock(mutex_);
    const bool has_left_service = state_ == GenerationState::kDraining || state_ == GenerationState::kInitialised;
    if (!has_left_service || pins_ > 0 || is_given_up_ || context_->has_jobs()) return false;
  }
  return are_connections_given_up_ || connections() == 0;  // asked without the lock
}

UnloadReport Generation::unload() {
  if (state() == GenerationState::kDraining) advance(GenerationState::kIdle);  // refuses pins from here on
  // Owned by the call, which may outlive this function.
  const bool is_back = call(
      "deinit", [this] { library_->entry().deinit(plugin_); },
      [this] {
        plugin_ = nullptr;
        release_library();
      });
  if (!is_back) {
    advance(GenerationState::kGone);
    UnloadReport report;
    report.is_resident = true;
    report.why = "its deinit did not return within " + words_of(options_.deadline) +
                 ": it must not wait for what only ends later";
    return report;
  }
  plugin_ = nullptr;
  table_ = nullptr;
  UnloadReport report = release_library();
  advance(GenerationState::kGone);
  return report;
}

UnloadReport Generation::release_library() {
  UnloadReport report;
  report.processes_left = context_->release_processes();
  report.has_left_jobs = !context_->wait_for_jobs(kJobPatience_ns);
  report.timers_left = context_->cancel_timers();
  report.why = report.has_left_jobs ? "jobs of it run that do not end" : why_it_must_stay();
  if (!report.why.empty()) {
    library_->abandon();
    static_cast<void>(context_.release());  // its jobs and threads may still call the host
    report.is_resident = true;
    return report;
  }
  tell_stage("unload");
  report.is_resident = library_->unload() == Unloaded::kResident;
  if (report.is_resident) {
    report.why =
        "a thread-local object of it with a destructor lives on a thread that still runs, or its library was built "
        "with unique symbols (-fno-gnu-unique and a version script prevent them)";
  } else {
    context_.reset();
  }
  return report;
}

// A thread that still runs in the library would take the program down with the first instruction after the unload.
std::string Generation::why_it_must_stay() {
  if (options_.is_alone) {
    // A thread that was joined is listed by the kernel for a moment more, so it is asked again.
    const auto until = std::chrono::steady_clock::now() + kThreadPatience;
    std::size_t left = 0;
    while ((left = count_threads()) > threads_before_ && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (left <= threads_before_) return {};
    return std::to_string(left - threads_before_) +
           " of its threads still run after deinit: join every thread that the plugin starts";
  }
  const std::vector<std::string> names = library_->threads();
  if (names.empty()) return {};
  return std::to_string(names.size()) + " of its threads still run after deinit (" +
         fmt::format("{}", fmt::join(names, ", ")) + "): join every thread that the plugin starts";
}

Status Generation::self_test() {
  const auto* test = static_cast<const zoe_self_test_v1*>(library_->entry().get_interface(plugin_, ZOE_SELF_TEST_V1));
  if (!abi::has_all_of(test) || !test->run) return {};
  struct Outcome {
    zoe_error error = abi::empty_error();
    zoe_status status = ZOE_E_INTERNAL;
    bool has_thrown = false;
  };
  const auto outcome = std::make_shared<Outcome>();
  const bool is_back = call("self_test", [this, test, outcome] {
    try {
      outcome->status = test->run(plugin_, &outcome->error);
    } catch (...) {
      outcome->has_thrown = true;
    }
  });
  if (!is_back)
    return fail(Errc::kTimeout, info_.id + ": its self-test did not return within " + words_of(options_.deadline));
  if (outcome->has_thrown)
    return fail(Errc::kMalformed, info_.id + ": an exception left its self-test; catch everything and return a status");
  if (outcome->status != ZOE_OK)
    return fail(abi::read_error(outcome->status, outcome->error).with(info_.id + ": self-test"));
  return {};
}

void Generation::advance(GenerationState to) {
  MutexLock lock(mutex_);
  if (!is_allowed(state_, to)) {
    die(info_.id + " cannot go from " + std::string(to_string(state_)) + " to " + std::string(to_string(to)));
  }
  if ((to == GenerationState::kIdle || to == GenerationState::kGone) && pins_ != 0)
    die(info_.id + " was unloaded while it was pinned");
  state_ = to;
}

void Generation::tell_stage(std::string_view stage) const {
  if (options_.stage) options_.stage(stage);
}

void Generation::wake() const {
  if (options_.wake) options_.wake();
}

bool Generation::try_pin() {
  MutexLock lock(mutex_);
  if (state_ == GenerationState::kLoaded || state_ == GenerationState::kIdle || state_ == GenerationState::kGone)
    return false;
  ++pins_;
  return true;
}

void Generation::unpin() {
  bool is_last = false;
  {
    MutexLock lock(mutex_);
    is_last = --pins_ == 0 && state_ == GenerationState::kDraining;
  }
  if (is_last) wake();
}

Pin::Pin(std::shared_ptr<Generation> generation) {
  if (generation && generation->try_pin()) generation_ = std::move(generation);
}

Pin Pin::of(const zoe_host* host) {
  Generation* generation = HostContext::of(host).generation();
  return generation ? Pin(generation->weak_from_this().lock()) : Pin();
}

void Pin::reset() {
  if (generation_) generation_->unpin();
  generation_.reset();
}

}  // namespace zoe::plugin
