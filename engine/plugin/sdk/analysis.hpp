// Base class of an analysis plugin. The contract of each function is written in abi/analysis.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin/abi/analysis.h"
#include "engine/plugin/sdk/plugin.hpp"

namespace zoe::sdk {

struct AnalyserInfo {
  std::string id;
  std::string name;
  std::string description;
  std::string version;
  std::string unavailable_reason;  // empty: it can be started
  std::string parameters_json = "[]";
  std::uint32_t at_once = 1;
};

// Borrowed for the length of `start`.
struct AnalysisRequest {
  std::string_view job;
  std::string_view analyser;
  std::string_view media;
  std::string_view path;
  std::string_view parameters_json;
  std::int64_t duration_us = 0;
};

// Where a job tells what it finds; cheap to copy. One thread at a time, and nothing after `end`. Of what fails,
// kInvalidArgument concerns only what was told; after kTooLarge and kIo the job should end, with that Error.
class AnalysisSink {
 public:
  AnalysisSink(const zoe_analysis_sink* table, void* user) : table_(table), user_(user) {}

  void progress(double fraction, std::string_view message) const { table_->progress(user_, fraction, to_abi(message)); }
  Status point(zoe_analysis_point point) const {
    point.struct_size = sizeof point;
    return told([&](zoe_error* error) { return table_->point(user_, &point, error); });
  }
  Status event(zoe_analysis_event event) const {
    event.struct_size = sizeof event;
    return told([&](zoe_error* error) { return table_->event(user_, &event, error); });
  }
  Status sample(zoe_analysis_sample sample) const {
    sample.struct_size = sizeof sample;
    return told([&](zoe_error* error) { return table_->sample(user_, &sample, error); });
  }
  Status summary(std::string_view json) const {
    return told([&](zoe_error* error) { return table_->summary(user_, to_abi(json), error); });
  }
  // The last call, exactly once.
  void end(const Status& how) const {
    table_->end(user_, how ? ZOE_OK : to_status(how.error().code), to_abi(how ? "" : how.error().message));
  }

 private:
  template <typename Call>
  static Status told(Call&& call) {
    zoe_error error = empty_error();
    const zoe_status status = call(&error);
    if (status != ZOE_OK) return fail(read_error(status, error));
    return {};
  }

  const zoe_analysis_sink* table_;
  void* user_;
};

// A job that runs. Destroyed on a [worker] thread, never in a function of its sink; the destructor returns when
// AnalysisSink::end has returned.
class AnalysisJob {
 public:
  virtual ~AnalysisJob() = default;
  virtual void cancel() = 0;  // [any] returns at once; must not throw
};

class AnalysisPlugin : public Plugin {
 public:
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_ANALYSIS;

  explicit AnalysisPlugin(const Host& host);

  // [worker]
  virtual Result<std::vector<AnalyserInfo>> analysers() = 0;
  // [worker] After a failure nothing is told to the sink.
  virtual Result<std::unique_ptr<AnalysisJob>> start(const AnalysisRequest& request, AnalysisSink sink) = 0;

  const void* get_interface(std::string_view id) override { return id == ZOE_ANALYSIS_V1 ? &table_ : nullptr; }

 private:
  const zoe_analysis_v1 table_;
};

namespace detail {

inline AnalysisJob& job_of(zoe_analysis_job* job) { return *reinterpret_cast<AnalysisJob*>(job); }

inline Status list_analysers(zoe_plugin* self, std::int32_t (*each)(void*, const zoe_analyser_info*), void* user) {
  ZOE_TRY(const std::vector<AnalyserInfo> all, plugin_cast<AnalysisPlugin>(self).analysers());
  for (const AnalyserInfo& one : all) {
    const zoe_analyser_info info{
        .struct_size = sizeof(zoe_analyser_info),
        .at_once = one.at_once,
        .id = to_abi(one.id),
        .name = to_abi(one.name),
        .description = to_abi(one.description),
        .version = to_abi(one.version),
        .unavailable_reason = to_abi(one.unavailable_reason),
        .parameters_json = to_abi(one.parameters_json),
    };
    if (each(user, &info) != 0) break;
  }
  return {};
}

inline zoe_analysis_v1 analysis_table() {
  return {
      .struct_size = sizeof(zoe_analysis_v1),
      .list =
          [](zoe_plugin* self, std::int32_t (*each)(void*, const zoe_analyser_info*), void* user,
             zoe_error* error) noexcept { return guarded(error, [&] { return list_analysers(self, each, user); }); },
      .start =
          [](zoe_plugin* self, const zoe_analysis_request* request, const zoe_analysis_sink* sink, void* user,
             zoe_analysis_job** out, zoe_error* error) noexcept {
            return guarded(error, [&]() -> Status {
              if (!has_all_of(request) || !has_all_of(sink))
                return fail(Errc::kInvalidArgument, "this plugin needs a newer host");
              const AnalysisRequest asked{
                  to_view(request->job),  to_view(request->analyser),        to_view(request->media),
                  to_view(request->path), to_view(request->parameters_json), request->duration_us};
              ZOE_TRY(std::unique_ptr<AnalysisJob> job,
                      plugin_cast<AnalysisPlugin>(self).start(asked, AnalysisSink(sink, user)));
              *out = reinterpret_cast<zoe_analysis_job*>(job.release());
              return {};
            });
          },
      .cancel =
          [](zoe_analysis_job* job) noexcept {
            guarded(nullptr, [&]() -> Status { return job_of(job).cancel(), Status(); });
          },
      .release = [](zoe_analysis_job* job) noexcept { delete &job_of(job); },
  };
}

}  // namespace detail

inline AnalysisPlugin::AnalysisPlugin(const Host& host) : Plugin(host), table_(detail::analysis_table()) {}

}  // namespace zoe::sdk
