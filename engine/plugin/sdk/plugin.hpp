// The frame of a C++ plugin: derive from the base class of its kind (codec.hpp, transport.hpp, auth.hpp), give it
//
//   static Result<std::unique_ptr<MyPlugin>> create(const Host& host);
//
// and write once, in one source file:
//
//   ZOE_DEFINE_PLUGIN(MyPlugin, "my_plugin", "My plugin", "1.0.0")
//
// Exceptions and Errors become statuses with words on their way out. The tags [main], [session], [any] and [worker] are
// those of abi/base.h.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "engine/plugin/abi/entry.h"
#include "engine/plugin/sdk/host.hpp"

namespace zoe::sdk {

// The instance of a plugin, one for each loaded copy: made by `init` and destroyed by `deinit`, both [main]. The host
// owns it. It is destroyed after the last session, connection and call has ended; when the destructor returns, no
// thread, timer or job of the plugin may be left. What is set in `create` and constant from then on needs no lock.
class Plugin {
 public:
  explicit Plugin(const Host& host) : host_(host) {}
  virtual ~Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  // [any] The table of an interface, valid as long as the plugin, or null. The base class of a kind answers for its
  // own.
  virtual const void* get_interface(std::string_view id) = 0;

  // [main] At most once: no new work will come. Must return at once; must not throw.
  virtual void drain() {}

  // [main] A try of what the plugin is for, before it serves: in the trial's process, and in the host. Its Error
  // refuses the file, in its words. It must not depend on the network or on other plugins.
  virtual Status self_test() { return {}; }

  // [any]
  const Host& host() const { return host_; }

  // What the ABI's functions are handed as `self`.
  zoe_plugin* raw() { return reinterpret_cast<zoe_plugin*>(this); }

 private:
  const Host host_;
};

// `self` is what `raw()` of a Plugin gave, whatever was derived from it.
template <typename T>
T& plugin_cast(zoe_plugin* self) {
  return static_cast<T&>(*reinterpret_cast<Plugin*>(self));
}

// In debug builds: ends the program when a second thread enters while one is inside, which the tag [session] forbids.
class SerialCheck {
 public:
  class Scope {
   public:
    Scope([[maybe_unused]] SerialCheck& check, [[maybe_unused]] const char* what) {
#if defined(ZOE_DEBUG)
      check_ = &check;
      if (!check.is_inside_.exchange(true, std::memory_order_acquire)) return;
      std::fprintf(stderr, "plugin: %s was called by two threads at once\n", what);
      std::abort();
#endif
    }
    ~Scope() {
#if defined(ZOE_DEBUG)
      check_->is_inside_.store(false, std::memory_order_release);
#endif
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

#if defined(ZOE_DEBUG)
   private:
    SerialCheck* check_;
#endif
  };

#if defined(ZOE_DEBUG)
 private:
  std::atomic<bool> is_inside_{false};
#endif
};

namespace detail {

template <typename T>
zoe_status init(const zoe_host* raw_host, zoe_plugin** out, zoe_error* error) noexcept {
  return guarded(error, [&]() -> Status {
    ZOE_TRY(const Host host, Host::wrap(raw_host));
    ZOE_TRY(std::unique_ptr<T> made, T::create(host));
    *out = made.release()->raw();
    return {};
  });
}

inline zoe_status run_self_test(zoe_plugin* self, zoe_error* error) noexcept {
  return guarded(error, [&] { return plugin_cast<Plugin>(self).self_test(); });
}

inline constexpr zoe_self_test_v1 kSelfTest{sizeof(zoe_self_test_v1), run_self_test};

inline const void* get_interface(zoe_plugin* self, const char* id) noexcept {
  return guarded_or<const void*>(nullptr, [&]() -> const void* {
    const std::string_view wanted(id);
    if (wanted == ZOE_SELF_TEST_V1) return &kSelfTest;
    return plugin_cast<Plugin>(self).get_interface(wanted);
  });
}

inline void drain(zoe_plugin* self) noexcept {
  guarded(nullptr, [&]() -> Status { return plugin_cast<Plugin>(self).drain(), Status(); });
}

inline void deinit(zoe_plugin* self) noexcept { delete &plugin_cast<Plugin>(self); }

}  // namespace detail

template <typename T>
constexpr zoe_plugin_entry_v1 make_entry(const char* id, const char* name, const char* version) {
  return {
      .struct_size = sizeof(zoe_plugin_entry_v1),
      .abi_major = ZOE_ABI_MAJOR,
      .abi_minor = ZOE_ABI_MINOR,
      .id = id,
      .name = name,
      .version = version,
      .kind = T::kKind,
      .reserved = 0,
      .init = detail::init<T>,
      .get_interface = detail::get_interface,
      .drain = detail::drain,
      .deinit = detail::deinit,
  };
}

}  // namespace zoe::sdk

#define ZOE_DEFINE_PLUGIN(Type, id, name, version)                                                    \
  extern "C" {                                                                                        \
  extern ZOE_EXPORT const zoe_plugin_entry_v1 zoe_plugin_entry;                                       \
  const zoe_plugin_entry_v1 zoe_plugin_entry = ::zoe::sdk::make_entry<Type>((id), (name), (version)); \
  }
