// A host's side of an analysis: keeps what a job tells. Thread-safe.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/threads.hpp"
#include "engine/plugin/abi/analysis.h"
#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/generation.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {

struct ToldPoint {
  zoe_analysis_point point{};
  std::string object_class;
  std::string team;
};

class AnalysisRecorder {
 public:
  explicit AnalysisRecorder(plugin::Pin pin) : pin_(std::move(pin)), table_(pin_.table<zoe_analysis_v1>()) {}
  ~AnalysisRecorder() { release(); }

  // The analysers there are, by id.
  std::map<std::string, nlohmann::json> analysers() {
    std::map<std::string, nlohmann::json> all;
    const auto each = [](void* user, const zoe_analyser_info* info) -> std::int32_t {
      const auto text = [](zoe_str from) { return std::string(abi::to_view(from)); };
      (*static_cast<std::map<std::string, nlohmann::json>*>(user))[text(info->id)] = {
          {"name", text(info->name)},
          {"version", text(info->version)},
          {"unavailable", text(info->unavailable_reason)},
          {"at_once", info->at_once},
          {"parameters", nlohmann::json::parse(text(info->parameters_json))}};
      return 0;
    };
    zoe_error error = abi::empty_error();
    EXPECT_EQ(table_->list(pin_.plugin(), each, &all, &error), ZOE_OK) << error.message;
    return all;
  }

  Status start(const std::string& analyser, const std::string& path, const nlohmann::json& parameters) {
    const std::string text = parameters.dump();
    const zoe_analysis_request request{sizeof(zoe_analysis_request),
                                       0,
                                       abi::to_abi("job"),
                                       abi::to_abi(analyser),
                                       abi::to_abi("media"),
                                       abi::to_abi(path),
                                       abi::to_abi(text),
                                       10'000'000};
    zoe_error error = abi::empty_error();
    const zoe_status status = table_->start(pin_.plugin(), &request, sink(), this, &job_, &error);
    if (status != ZOE_OK) return fail(abi::read_error(status, error));
    return {};
  }
  void cancel() { table_->cancel(job_); }
  void release() {
    if (job_) table_->release(std::exchange(job_, nullptr));
  }

  // Runs it to its end: how it ended.
  Status run(const std::string& analyser, const std::string& path = "/dev/null",
             const nlohmann::json& parameters = nlohmann::json::object()) {
    ZOE_CHECK(start(analyser, path, parameters));
    return wait();
  }
  Status wait() {
    EXPECT_TRUE(wait_until([&] { return ends() > 0; })) << "the job does not end";
    release();
    EXPECT_EQ(ends(), 1);
    MutexLock lock(mutex_);
    return end_;
  }

  int ends() const {
    MutexLock lock(mutex_);
    return ends_;
  }
  std::vector<ToldPoint> points() const {
    MutexLock lock(mutex_);
    return points_;
  }
  // "KIND TIME TEXT"
  std::vector<std::string> events() const {
    MutexLock lock(mutex_);
    return events_;
  }
  std::vector<std::string> samples() const {
    MutexLock lock(mutex_);
    return samples_;
  }
  std::string summary() const {
    MutexLock lock(mutex_);
    return summary_;
  }
  double fraction() const {
    MutexLock lock(mutex_);
    return fraction_;
  }
  // From now on everything that is told is answered with this.
  void answer(zoe_status status) { answer_ = status; }

 private:
  static AnalysisRecorder& of(void* user) { return *static_cast<AnalysisRecorder*>(user); }

  static const zoe_analysis_sink* sink() {
    static constexpr zoe_analysis_sink kSink{
        .struct_size = sizeof(zoe_analysis_sink),
        .reserved = 0,
        .progress =
            [](void* user, double fraction, zoe_str) {
              MutexLock lock(of(user).mutex_);
              of(user).fraction_ = fraction;
            },
        .point = [](void* user, const zoe_analysis_point* point, zoe_error*) -> zoe_status {
          MutexLock lock(of(user).mutex_);
          of(user).points_.push_back(
              {*point, std::string(abi::to_view(point->object_class)), std::string(abi::to_view(point->team))});
          return of(user).answer_;
        },
        .event = [](void* user, const zoe_analysis_event* event, zoe_error*) -> zoe_status {
          MutexLock lock(of(user).mutex_);
          of(user).events_.push_back(std::string(abi::to_view(event->kind)) + " " + std::to_string(event->time_us) +
                                     " " + std::string(abi::to_view(event->text)));
          return of(user).answer_;
        },
        .sample = [](void* user, const zoe_analysis_sample* sample, zoe_error*) -> zoe_status {
          MutexLock lock(of(user).mutex_);
          of(user).samples_.push_back(std::string(abi::to_view(sample->name)) + " " + std::to_string(sample->time_us));
          return of(user).answer_;
        },
        .summary = [](void* user, zoe_str json, zoe_error*) -> zoe_status {
          MutexLock lock(of(user).mutex_);
          of(user).summary_ = abi::to_view(json);
          return of(user).answer_;
        },
        .end =
            [](void* user, zoe_status status, zoe_str message) {
              MutexLock lock(of(user).mutex_);
              ++of(user).ends_;
              of(user).end_ =
                  status == ZOE_OK ? Status() : Status(fail(abi::to_errc(status), std::string(abi::to_view(message))));
            },
    };
    return &kSink;
  }

  const plugin::Pin pin_;
  const zoe_analysis_v1* const table_;
  zoe_analysis_job* job_ = nullptr;
  std::atomic<zoe_status> answer_{ZOE_OK};
  mutable Mutex mutex_;
  std::vector<ToldPoint> points_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::string> events_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::string> samples_ ZOE_GUARDED_BY(mutex_);
  std::string summary_ ZOE_GUARDED_BY(mutex_);
  double fraction_ ZOE_GUARDED_BY(mutex_) = 0;
  Status end_ ZOE_GUARDED_BY(mutex_);
  int ends_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe::test
