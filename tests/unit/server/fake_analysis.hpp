// An analysis plugin inside the test: its one analyser, "finder", tells at once what the test has it find, and ends
// when it may.
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "server/analysis/analysers.hpp"
#include "tests/support/wait.hpp"

namespace zoe::server {

// What a running job of it may use.
class FakeJob {
 public:
  FakeJob(const zoe_analysis_sink* sink, void* user) : sink_(sink), user_(user) {}

  zoe_status point(std::int64_t time_us, std::uint32_t id, float x = 0.5F, const std::string& team = "a") const {
    const zoe_analysis_point told{.struct_size = sizeof(zoe_analysis_point),
                                  .id = id,
                                  .time_us = time_us,
                                  .x = x,
                                  .y = 0.25F,
                                  .width = 0.125F,
                                  .height = 0.25F,
                                  .confidence = 1,
                                  .pitch_x = 50.25F,
                                  .pitch_y = 30,
                                  .reserved = 0,
                                  .object_class = abi::to_abi("player"),
                                  .team = abi::to_abi(team),
                                  .label = {}};
    return sink_->point(user_, &told, nullptr);
  }
  zoe_status event(std::int64_t time_us, const std::string& kind, const std::string& text) const {
    const zoe_analysis_event told{sizeof(zoe_analysis_event), 0.5F, time_us, -1, abi::to_abi(kind),
                                  abi::to_abi(text),          {}};
    return sink_->event(user_, &told, nullptr);
  }
  zoe_status sample(std::int64_t time_us, const std::string& name, double value) const {
    const zoe_analysis_sample told{sizeof(zoe_analysis_sample), 0, time_us, value, abi::to_abi(name), {}, {}};
    return sink_->sample(user_, &told, nullptr);
  }
  zoe_status summary(const std::string& json) const { return sink_->summary(user_, abi::to_abi(json), nullptr); }
  void progress(double fraction) const { sink_->progress(user_, fraction, abi::to_abi("looking")); }
  bool is_cancelled() const { return is_cancelled_; }

 private:
  friend class FakeAnalysis;
  const zoe_analysis_sink* sink_;
  void* user_;
  std::atomic<bool> is_cancelled_{false};
  std::jthread thread_;
};

class FakeAnalysis {
 public:
  // Runs on the job's own thread: how the job ends. Set before a job starts.
  using Body = std::function<Status(const FakeJob& job)>;
  void set_body(Body body) {
    MutexLock lock(mutex_);
    body_ = std::move(body);
  }
  void set_version(const std::string& version) {
    MutexLock lock(mutex_);
    version_ = version;
  }
  void set_unavailable(const std::string& reason) {
    MutexLock lock(mutex_);
    unavailable_ = reason;
  }
  void set_offered(bool is_offered) { is_offered_ = is_offered; }
  int started() const { return started_; }

  AnalysisSource source() {
    return [this] {
      std::vector<AnalysisPin> pins;
      if (is_offered_) pins.push_back({"fake", &kTable, reinterpret_cast<zoe_plugin*>(this), nullptr});
      return pins;
    };
  }

 private:
  static FakeAnalysis& of(zoe_plugin* self) { return *reinterpret_cast<FakeAnalysis*>(self); }

  static Status find_vault(const FakeJob& job) {
    job.point(0, 1);
    job.event(0, "find", "vault");
    job.sample(0, "vaults", 1);
    job.summary(R"({"text":"vault"})");
    return {};
  }

  static zoe_status list(zoe_plugin* self, std::int32_t (*each)(void*, const zoe_analyser_info*), void* user,
                         zoe_error*) {
    MutexLock lock(of(self).mutex_);
    const zoe_analyser_info info{.struct_size = sizeof(zoe_analyser_info),
                                 .at_once = 2,
                                 .id = abi::to_abi("finder"),
                                 .name = abi::to_abi("Finder"),
                                 .description = abi::to_abi("finds"),
                                 .version = abi::to_abi(of(self).version_),
                                 .unavailable_reason = abi::to_abi(of(self).unavailable_),
                                 .parameters_json = abi::to_abi(
                                     R"([{"name":"depth","title":"Depth","type":"integer","default":3,"min":1,"max":9},
          {"name":"share","title":"Share","type":"number","default":1}])")};
    each(user, &info);
    return ZOE_OK;
  }
  static zoe_status start(zoe_plugin* self, const zoe_analysis_request*, const zoe_analysis_sink* sink, void* user,
                          zoe_analysis_job** out, zoe_error*) {
    Body body;
    {
      MutexLock lock(of(self).mutex_);
      body = of(self).body_;
    }
    ++of(self).started_;
    auto* job = new FakeJob(sink, user);
    job->thread_ = std::jthread([job, body] {
      const Status how = body(*job);
      job->sink_->end(job->user_, how ? ZOE_OK : abi::to_status(how.error().code),
                      abi::to_abi(how ? "" : how.error().message));
    });
    *out = reinterpret_cast<zoe_analysis_job*>(job);
    return ZOE_OK;
  }
  static void cancel(zoe_analysis_job* job) { reinterpret_cast<FakeJob*>(job)->is_cancelled_ = true; }
  static void release(zoe_analysis_job* job) {
    cancel(job);
    delete reinterpret_cast<FakeJob*>(job);
  }
  static constexpr zoe_analysis_v1 kTable{sizeof(zoe_analysis_v1), list, start, cancel, release};

  std::atomic<bool> is_offered_{true};
  std::atomic<int> started_{0};
  Mutex mutex_;
  Body body_ ZOE_GUARDED_BY(mutex_) = find_vault;
  std::string version_ ZOE_GUARDED_BY(mutex_) = "1";
  std::string unavailable_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::server
