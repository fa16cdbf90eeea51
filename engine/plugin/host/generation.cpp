#include "engine/plugin/host/generation.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "engine/core/clock.hpp"
#include "engine/plugin/bridge/status.hpp"

namespace zoe::plugin {
namespace {

// How long jobs that deinit left running may take before the library is left loaded for good.
constexpr std::int64_t kJobPatience_ns = 10 * kNsPerS;

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

Generation::Generation(std::unique_ptr<PluginLibrary> library, Options options)
    : library_(std::move(library)), options_(std::move(options)) {
  const zoe_plugin_entry_v1& entry = library_->entry();
  info_.id = entry.id;
  info_.name = entry.name;
  info_.version = entry.version;
  info_.kind = kind_name(entry.kind);
  info_.path = library_->path();
  info_.number = options_.number;
  kind_ = entry.kind;
}

// One that was neither unloaded nor failed to initialise is still in somebody's hands: it stays in memory.
Generation::~Generation() {
  const GenerationState last = state();
  if (last == GenerationState::kGone || last == GenerationState::kLoaded) return;
  library_->abandon();
  static_cast<void>(context_.release());
}

Result<std::shared_ptr<Generation>> Generation::load(const std::string& path, HostServices& services, Options options) {
  ZOE_TRY(std::unique_ptr<PluginLibrary> library, PluginLibrary::load(path, options.copy_path));
  std::shared_ptr<Generation> generation(new Generation(std::move(library), std::move(options)));
  if (Status started = generation->init(services); !started) return fail(std::move(started).error().with(path));
  return generation;
}

Status Generation::init(HostServices& services) {
  if (!interface_id(kind_)) return check_interface(kind_, nullptr);
  std::string settings = "{}";
  if (services.config().settings) {
    ZOE_TRY(settings, services.config().settings(info_.id));
  }
  ZOE_CHECK(check_enabled(settings, info_.id));
  context_ = std::make_unique<HostContext>(services, info_.id, std::move(settings), [wake = options_.wake] {
    if (wake) wake();
  });
  usage_ = context_->usage();
  context_->set_generation(this);

  zoe_error error = abi::empty_error();
  const zoe_status status = library_->entry().init(context_->host(), &plugin_, &error);
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
  return info;
}

void Generation::publish() {
  check_thread("publish");
  advance(GenerationState::kActive);
}

void Generation::drain() {
  check_thread("drain");
  advance(GenerationState::kDraining);
  if (library_->entry().drain) library_->entry().drain(plugin_);
  wake();
}

bool Generation::is_unloadable() const {
  MutexLock lock(mutex_);
  const bool has_left_service = state_ == GenerationState::kDraining || state_ == GenerationState::kInitialised;
  return has_left_service && pins_ == 0 && !context_->has_jobs();
}

UnloadReport Generation::unload() {
  check_thread("unload");
  if (state() == GenerationState::kDraining) advance(GenerationState::kIdle);  // refuses pins from here on
  library_->entry().deinit(plugin_);
  plugin_ = nullptr;
  table_ = nullptr;
  const UnloadReport report = release_library();
  advance(GenerationState::kGone);
  return report;
}

UnloadReport Generation::release_library() {
  UnloadReport report;
  report.has_left_jobs = !context_->wait_for_jobs(kJobPatience_ns);
  report.timers_left = context_->cancel_timers();
  if (report.has_left_jobs) {
    library_->abandon();
    static_cast<void>(context_.release());  // its jobs may still call the host
    report.is_resident = true;
    return report;
  }
  report.is_resident = library_->unload() == Unloaded::kResident;
  if (!report.is_resident) context_.reset();
  return report;
}

Status Generation::self_test() {
  check_thread("self_test");
  const auto* test = static_cast<const zoe_self_test_v1*>(library_->entry().get_interface(plugin_, ZOE_SELF_TEST_V1));
  if (!abi::has_all_of(test) || !test->run) return {};
  zoe_error error = abi::empty_error();
  const zoe_status status = test->run(plugin_, &error);
  if (status != ZOE_OK) return fail(abi::read_error(status, error).with(info_.id + ": self-test"));
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

void Generation::check_thread([[maybe_unused]] const char* what) const {
#if defined(ZOE_DEBUG)
  if (std::this_thread::get_id() != main_thread_)
    die(info_.id + ": " + what + " was called on another thread than load");
#endif
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
