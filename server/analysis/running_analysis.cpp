#include "server/analysis/running_analysis.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/net/json.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostName = 64;
constexpr std::size_t kMostText = 1024;
constexpr std::size_t kMostSummary = std::size_t{64} << 10;
constexpr double kWhole = 65'535;

// Texts go to clients as they are, so they are checked here, whoever wrote them.
Result<std::string> text_of(zoe_str text, std::size_t most, const char* what) {
  const std::string_view view = abi::to_view(text);
  if (view.size() > most) return fail(Errc::kInvalidArgument, std::string(what) + " is too long");
  return printable_utf8(view);
}

bool is_share(float value) { return value >= 0 && value <= 1; }

std::uint16_t to_share(float value) {
  return static_cast<std::uint16_t>(std::lround(static_cast<double>(value) * kWhole));
}

Result<std::int16_t> to_centimetres(float metres) {
  if (!(metres >= -300 && metres <= 300)) return fail(Errc::kInvalidArgument, "a place on the pitch is far from it");
  return static_cast<std::int16_t>(std::lround(static_cast<double>(metres) * 100));
}

Result<ResultPoint> point_of(const zoe_analysis_point& told) {
  ResultPoint point;
  const bool is_in = is_share(told.x) && is_share(told.y) && is_share(told.width) && is_share(told.height);
  if (told.id == 0 || told.id > INT32_MAX || told.time_us < 0 || !is_in || !is_share(told.confidence))
    return fail(Errc::kInvalidArgument, "a point's number, time, place or confidence is out of its bounds");
  point.time_us = told.time_us;
  point.id = told.id;
  point.x = to_share(told.x);
  point.y = to_share(told.y);
  point.width = to_share(told.width);
  point.height = to_share(told.height);
  point.confidence = to_share(told.confidence);
  if (!std::isnan(told.pitch_x) || !std::isnan(told.pitch_y)) {
    ZOE_TRY(point.pitch_x, to_centimetres(told.pitch_x));
    ZOE_TRY(point.pitch_y, to_centimetres(told.pitch_y));
  }
  return point;
}

}  // namespace

// The functions of zoe_analysis_sink.
struct RunningAnalysis::Sink {
  static RunningAnalysis& of(void* user) { return *static_cast<RunningAnalysis*>(user); }

  static void progress(void* user, double fraction, zoe_str message) noexcept {
    abi::guarded(nullptr, [&]() -> Status {
      RunningAnalysis& self = of(user);
      std::string words = printable_utf8(abi::cut_utf8(abi::to_view(message), kMostText));
      MutexLock lock(self.mutex_);
      if (fraction >= 0 && fraction <= 1) self.fraction_ = fraction;
      if (!words.empty()) self.message_ = std::move(words);
      return {};
    });
  }

  static zoe_status point(void* user, const zoe_analysis_point* told, zoe_error* error) noexcept {
    return abi::guarded(error, [&]() -> Status {
      if (!abi::has_all_of(told)) return fail(Errc::kInvalidArgument, "a point is incomplete");
      ZOE_TRY(const ResultPoint point, point_of(*told));
      ResultObject object{.id = told->id};
      ZOE_TRY(object.object_class, text_of(told->object_class, kMostName, "a class"));
      ZOE_TRY(object.team, text_of(told->team, kMostName, "a team"));
      ZOE_TRY(object.label, text_of(told->label, kMostName, "a label"));
      RunningAnalysis& self = of(user);
      MutexLock lock(self.mutex_);
      return self.writer_.add(point, object);
    });
  }

  static zoe_status event(void* user, const zoe_analysis_event* told, zoe_error* error) noexcept {
    return abi::guarded(error, [&]() -> Status {
      if (!abi::has_all_of(told) || told->time_us < 0)
        return fail(Errc::kInvalidArgument, "an event is incomplete or has no time");
      ResultEvent event{.time_us = told->time_us, .end_us = told->end_us, .confidence = told->confidence};
      ZOE_TRY(event.kind, text_of(told->kind, kMostName, "an event's kind"));
      ZOE_TRY(event.text, text_of(told->text, kMostText, "an event's text"));
      ZOE_TRY(event.team, text_of(told->team, kMostName, "a team"));
      RunningAnalysis& self = of(user);
      MutexLock lock(self.mutex_);
      return self.writer_.add(event);
    });
  }

  static zoe_status sample(void* user, const zoe_analysis_sample* told, zoe_error* error) noexcept {
    return abi::guarded(error, [&]() -> Status {
      if (!abi::has_all_of(told) || told->time_us < 0 || !std::isfinite(told->value))
        return fail(Errc::kInvalidArgument, "a value is incomplete, no number, or has no time");
      ResultSeries series;
      ZOE_TRY(series.name, text_of(told->name, kMostName, "a series' name"));
      ZOE_TRY(series.title, text_of(told->title, kMostName, "a series' title"));
      ZOE_TRY(series.unit, text_of(told->unit, kMostName, "a series' unit"));
      RunningAnalysis& self = of(user);
      MutexLock lock(self.mutex_);
      return self.writer_.add(told->time_us, told->value, series);
    });
  }

  static zoe_status summary(void* user, zoe_str text, zoe_error* error) noexcept {
    return abi::guarded(error, [&]() -> Status {
      auto parsed = net::parse_json_object(abi::to_view(text), kMostSummary);
      if (!parsed) return fail(Errc::kInvalidArgument, "the summary: " + parsed.error().message);
      RunningAnalysis& self = of(user);
      MutexLock lock(self.mutex_);
      self.summary_ = net::to_text(*parsed);
      return {};
    });
  }

  static void end(void* user, zoe_status status, zoe_str message) noexcept {
    abi::guarded(nullptr, [&]() -> Status {
      RunningAnalysis& self = of(user);
      const Status how =
          status >= 0
              ? Status()
              : Status(fail(abi::to_errc(status), printable_utf8(abi::cut_utf8(abi::to_view(message), kMostText))));
      {
        MutexLock lock(self.mutex_);
        if (!self.end_) self.end_ = how;
      }
      self.woken_();
      return {};
    });
  }

  static constexpr zoe_analysis_sink kTable{
      .struct_size = sizeof(zoe_analysis_sink),
      .reserved = 0,
      .progress = progress,
      .point = point,
      .event = event,
      .sample = sample,
      .summary = summary,
      .end = end,
  };
};

RunningAnalysis::RunningAnalysis(AnalysisRecord record, Analyser analyser, ResultWriter writer,
                                 std::int64_t duration_us, std::function<void()> woken)
    : record_(std::move(record)),
      analyser_(std::move(analyser)),
      duration_us_(duration_us),
      woken_(std::move(woken)),
      writer_(std::move(writer)) {}

RunningAnalysis::~RunningAnalysis() {
  if (job_) analyser_.pin.table->release(job_);
}

Status RunningAnalysis::begin(const std::string& path) {
  const zoe_analysis_request request{
      .struct_size = sizeof(zoe_analysis_request),
      .reserved = 0,
      .job = abi::to_abi(record_.id),
      .analyser = abi::to_abi(record_.analyser),
      .media = abi::to_abi(record_.media),
      .path = abi::to_abi(path),
      .parameters_json = abi::to_abi(record_.parameters),
      .duration_us = duration_us_,
  };
  zoe_error error = abi::empty_error();
  const zoe_status status =
      analyser_.pin.table->start(analyser_.pin.self, &request, &Sink::kTable, this, &job_, &error);
  if (status != ZOE_OK) return fail(abi::read_error(status, error));
  return {};
}

void RunningAnalysis::cancel() {
  if (job_) analyser_.pin.table->cancel(job_);
}

void RunningAnalysis::flush() {
  MutexLock lock(mutex_);
  static_cast<void>(writer_.flush());  // the job's next word is answered with what went wrong
}

Status RunningAnalysis::finish() {
  MutexLock lock(mutex_);
  return writer_.finish();
}

std::optional<Status> RunningAnalysis::end() const {
  MutexLock lock(mutex_);
  return end_;
}

AnalysisProgress RunningAnalysis::progress() const {
  MutexLock lock(mutex_);
  AnalysisProgress progress;
  progress.state = AnalysisState::kRunning;
  progress.fraction = fraction_;
  progress.message = message_;
  progress.analysed_us = duration_us_ > 0 ? std::min(writer_.written_us(), duration_us_) : writer_.written_us();
  progress.counts = writer_.counts();
  progress.summary = summary_;
  progress.started_utc_ns = record_.progress.started_utc_ns;
  return progress;
}

}  // namespace zoe::server
