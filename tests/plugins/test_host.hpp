// A host for plugins under test: real services over a folder of its own, a clock that can be driven, a log that can be
// read. Thread: the test's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/log_ring.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/plugin/host/registry.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {

class TestHost {
 public:
  TestHost() : log_(make_log(folder_.file("log"))), workers_("test-workers", 2, 256), services_(make_config()) {
    clock_.set_ns(kNsPerS);
    auto registry = plugin::Registry::create(services_, {folder_.file("data/plugins-run"), {}});
    EXPECT_TRUE(registry) << (registry ? "" : registry.error().message);
    if (registry) registry_ = std::move(*registry);
  }

  const TempDir& folder() const { return folder_; }
  FakeClock& clock() { return clock_; }
  Metrics& metrics() { return metrics_; }
  WorkerPool& workers() { return workers_; }
  plugin::HostServices& services() { return services_; }
  plugin::Registry& registry() { return *registry_; }

  // The JSON that the plugin `id` is handed as its settings, from its next load on.
  void set_settings(const std::string& id, std::string json) {
    const MutexLock lock(mutex_);
    settings_[id] = std::move(json);
  }

  std::string data_folder(const std::string& id) const { return folder_.file("data/plugins/" + id); }
  // Who finds a line here comes after all that its writer did with the log.
  std::size_t lines_with(const std::string& words) const { return ring_->find({.search = words}).lines.size(); }
  std::string log_text() const { return read_whole_file(folder_.file("log")); }

  // Loads and publishes; a failure fails the test.
  plugin::Pin load(const std::string& path) {
    auto generation = registry_->load(path);
    EXPECT_TRUE(generation) << (generation ? "" : generation.error().message);
    return generation ? plugin::Pin(*generation) : plugin::Pin();
  }

  // The Error that loading gives; a success fails the test.
  Error load_error(const std::string& path) {
    auto generation = registry_->load(path);
    EXPECT_FALSE(generation) << path;
    return generation ? Error{} : generation.error();
  }

 private:
  std::unique_ptr<Log> make_log(const std::string& path) {
    auto log = Log::create({LogLevel::kDebug, path, ring_});
    EXPECT_TRUE(log);
    return std::move(*log);
  }

  plugin::HostServicesConfig make_config() {
    return {
        *log_, clock_, metrics_, workers_, folder_.file("data"), [this](std::string_view id) -> Result<std::string> {
          const MutexLock lock(mutex_);
          const auto found = settings_.find(id);
          return found == settings_.end() ? std::string("{}") : found->second;
        }};
  }

  TempDir folder_;
  Mutex mutex_;
  std::map<std::string, std::string, std::less<>> settings_ ZOE_GUARDED_BY(mutex_);
  const std::shared_ptr<LogRing> ring_ = std::make_shared<LogRing>();
  std::unique_ptr<Log> log_;
  FakeClock clock_;
  Metrics metrics_;
  WorkerPool workers_;
  plugin::HostServices services_;
  std::unique_ptr<plugin::Registry> registry_;
};

}  // namespace zoe::test
