// One loaded copy of a plugin, with its life, and the pins that keep it alive.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/host/host_services.hpp"
#include "engine/plugin/host/interfaces.hpp"
#include "engine/plugin/host/plugin_library.hpp"

namespace zoe::plugin {

// The states of abi/entry.h.
enum class GenerationState { kLoaded = 1, kInitialised, kActive, kDraining, kIdle, kGone };

std::string_view to_string(GenerationState state);

// The arrows of the picture in abi/entry.h.
bool is_allowed(GenerationState from, GenerationState to);

// What an unload found.
struct UnloadReport {
  bool is_resident = false;     // it could not be removed from memory
  bool has_left_jobs = false;   // jobs still ran long after deinit, so it was left loaded
  std::size_t timers_left = 0;  // timers that deinit forgot; they were cancelled
};

// Everything of it that may be shown to people.
struct GenerationInfo {
  std::string id;
  std::string name;
  std::string version;
  std::string kind;
  std::string path;  // the file it was loaded from
  std::uint64_t number = 0;
  GenerationState state = GenerationState::kLoaded;
  std::size_t pins = 0;
  std::int64_t buffers = 0;
  std::int64_t buffer_bytes = 0;
  std::int64_t jobs = 0;
  std::int64_t timers = 0;
};

// load, publish, drain and unload: the thread that called `load` (the host's main thread), checked in debug builds.
// Everything else: any thread. Whoever calls into the plugin holds a Pin.
class Generation : public std::enable_shared_from_this<Generation> {
 public:
  struct Options {
    std::string copy_path;       // the private copy to load, which must not exist
    std::uint64_t number = 1;    // counts up for each load
    std::function<void()> wake;  // a draining generation may have become idle; any thread, must only wake; may be empty
  };

  // Loads, initialises and checks that the interface of its kind is there. Nothing is left of a failure. kUnavailable
  // when it does not want to serve under this configuration ("not enabled"); else as PluginLibrary::load, or what its
  // init said.
  static Result<std::shared_ptr<Generation>> load(const std::string& path, HostServices& services, Options options);

  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  const std::string& id() const { return info_.id; }
  const std::string& path() const { return info_.path; }
  std::uint64_t number() const { return info_.number; }
  std::uint32_t kind() const { return kind_; }
  GenerationState state() const;
  std::size_t pins() const;
  GenerationInfo info() const;

  // Any interface of the initialised plugin by its id; null where it does not offer it. The caller holds a Pin.
  const void* interface(const char* id) const { return library_->entry().get_interface(plugin_, id); }

  HostContext& context() { return *context_; }

  void publish();

  // Tells the plugin that no new work will come. It becomes idle when its pins and jobs are gone.
  void drain();

  // Draining (or never published) and neither pinned nor busy: time to unload.
  bool is_unloadable() const;

  // deinit, wait for its jobs, unload, verify. Only when is_unloadable().
  UnloadReport unload();

  // The self-test of a plugin that offers one. On the main thread, before it is published.
  Status self_test();

 private:
  friend class Pin;

  Generation(std::unique_ptr<PluginLibrary> library, Options options);

  Status init(HostServices& services);
  UnloadReport release_library();
  void advance(GenerationState to);
  void check_thread(const char* what) const;
  void wake() const;
  bool try_pin();
  void unpin();

  const std::unique_ptr<PluginLibrary> library_;
  const Options options_;
  const std::thread::id main_thread_ = std::this_thread::get_id();
  GenerationInfo info_;  // the facts that never change
  std::uint32_t kind_ = 0;
  std::unique_ptr<HostContext> context_;
  std::shared_ptr<Usage> usage_ = std::make_shared<Usage>();
  zoe_plugin* plugin_ = nullptr;
  const void* table_ = nullptr;

  mutable Mutex mutex_;
  GenerationState state_ ZOE_GUARDED_BY(mutex_) = GenerationState::kLoaded;
  std::size_t pins_ ZOE_GUARDED_BY(mutex_) = 0;
};

// Keeps a generation from being unloaded: one is held by every codec session, connection, call and listing that runs in
// it. Copying pins once more. Any thread; release it only after the plugin's function has returned and what it gave was
// closed.
class Pin {
 public:
  Pin() = default;

  // Pins `generation`; empty when it is idle or gone already.
  explicit Pin(std::shared_ptr<Generation> generation);

  // Pins the generation that a host function was called by.
  static Pin of(const zoe_host* host);

  Pin(const Pin& other) : Pin(other.generation_) {}
  Pin(Pin&& other) noexcept : generation_(std::move(other.generation_)) { other.generation_.reset(); }
  Pin& operator=(Pin other) noexcept {
    std::swap(generation_, other.generation_);
    return *this;
  }
  ~Pin() { reset(); }

  void reset();

  explicit operator bool() const { return generation_ != nullptr; }
  const Generation& generation() const { return *generation_; }
  zoe_plugin* plugin() const { return generation_->plugin_; }

  // The interface of the plugin's kind (zoe_codec_v1, ...); null where the plugin is of another kind.
  template <typename Table>
  const Table* table() const {
    if (!generation_ || generation_->kind_ != InterfaceTraits<Table>::kKind) return nullptr;
    return static_cast<const Table*>(generation_->table_);
  }

 private:
  std::shared_ptr<Generation> generation_;
};

}  // namespace zoe::plugin
