#include "player/panels/pipeline_trace.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

namespace zoe::player {
namespace {

using nlohmann::ordered_json;

constexpr int kProcess = 1;

enum Lane { kDecoder = 1, kRing, kUpload, kScreen, kPacing, kStream };

struct LaneName {
  Lane lane;
  std::string_view name;
};
constexpr LaneName kLanes[] = {{kDecoder, "decoder"},     {kRing, "frame ring"}, {kUpload, "texture slots"},
                               {kScreen, "to the glass"}, {kPacing, "pacing"},   {kStream, "stream"}};

class TraceEvents {
 public:
  TraceEvents() {
    metadata("process_name", 0, "zoetrope");
    for (const LaneName& lane : kLanes) {
      metadata("thread_name", lane.lane, lane.name);
      events_.push_back({{"name", "thread_sort_index"},
                         {"ph", "M"},
                         {"pid", kProcess},
                         {"tid", lane.lane},
                         {"args", {{"sort_index", lane.lane}}}});
    }
  }
  void span(std::string_view name, Lane lane, std::int64_t from_ns, std::int64_t to_ns, ordered_json args) {
    if (from_ns <= 0 || to_ns < from_ns) return;
    events_.push_back({{"name", name},
                       {"ph", "X"},
                       {"pid", kProcess},
                       {"tid", lane},
                       {"ts", us(from_ns)},
                       {"dur", us(to_ns - from_ns)},
                       {"args", std::move(args)}});
  }
  void moment(std::string_view name, Lane lane, std::int64_t at_ns, ordered_json args) {
    events_.push_back({{"name", name},
                       {"ph", "i"},
                       {"s", "t"},
                       {"pid", kProcess},
                       {"tid", lane},
                       {"ts", us(at_ns)},
                       {"args", std::move(args)}});
  }
  void counter(std::string_view name, std::int64_t at_ns, ordered_json args) {
    events_.push_back(
        {{"name", name}, {"ph", "C"}, {"pid", kProcess}, {"tid", 0}, {"ts", us(at_ns)}, {"args", std::move(args)}});
  }
  ordered_json take() { return std::move(events_); }

 private:
  static double us(std::int64_t ns) { return static_cast<double>(ns) / 1e3; }
  void metadata(std::string_view what, int lane, std::string_view name) {
    events_.push_back({{"name", what}, {"ph", "M"}, {"pid", kProcess}, {"tid", lane}, {"args", {{"name", name}}}});
  }

  ordered_json events_ = ordered_json::array();
};

void add_frame(TraceEvents& events, const ShownFrame& frame) {
  const auto ms_to_ns = [](float ms) { return static_cast<std::int64_t>(std::llround(static_cast<double>(ms) * 1e6)); };
  const ordered_json args = {{"media_us", frame.time_us}, {"number", frame.number},
                             {"serial", frame.serial},    {"segment", frame.segment},
                             {"ordinal", frame.ordinal},  {"lateness_ms", frame.lateness_ms}};
  const std::string name = std::to_string(frame.segment) + ":" + std::to_string(frame.ordinal);
  const std::int64_t upload_ns = frame.handed_over_ns - ms_to_ns(frame.upload_ms);
  if (frame.decoded_ns != 0) {
    events.span(name, kDecoder, frame.decoded_ns - ms_to_ns(frame.decode_ms), frame.decoded_ns, args);
    events.span(name, kRing, frame.decoded_ns, upload_ns, args);
  }
  events.span(name, kUpload, upload_ns, frame.handed_over_ns, args);
  events.span(name, kScreen, frame.handed_over_ns, frame.shown_ns, args);
  if (frame.deadline_ns == 0) return events.moment("at once", kPacing, frame.shown_ns, args);
  events.moment("due", kPacing, frame.deadline_ns, args);
}

void add_sample(TraceEvents& events, const PipelineSample& now, const PipelineSample* before) {
  events.counter("received bytes", now.at_ns, {{"bytes", now.bytes}});
  events.counter("packets ahead", now.at_ns, {{"s", now.packets_ahead_s}});
  events.counter("frames ahead", now.at_ns, {{"frames", now.frames_ahead}});
  events.counter("credit", now.at_ns, {{"s", now.credit_s}});
  events.counter("sound ahead", now.at_ns, {{"ms", now.sound_ms}});
  events.counter("clock error", now.at_ns, {{"ms", now.clock_error_ms}});
  if (now.is_stalled) events.moment("stalled", kPacing, now.at_ns, ordered_json::object());
  const auto left_out = [&](std::string_view name, std::uint16_t count) {
    if (count > 0) events.moment(name, kPacing, now.at_ns, {{"frames", count}});
  };
  left_out("late", now.late);
  left_out("dropped", now.dropped);
  left_out("skipped", now.skipped);
  if (before == nullptr || before->serial != now.serial)
    events.moment("serial " + std::to_string(now.serial), kStream, now.at_ns, {{"serial", now.serial}});
}

}  // namespace

std::string chrome_trace(const PipelineHistory& history, const PlaybackSnapshot& playback) {
  TraceEvents events;
  for (std::size_t age = history.size(); age-- > 0;)
    add_sample(events, history.newest(age), age + 1 < history.size() ? &history.newest(age + 1) : nullptr);
  for (const ShownFrame& frame : playback.recent) add_frame(events, frame);
  const ordered_json trace = {{"displayTimeUnit", "ms"},
                              {"otherData",
                               {{"title", playback.title},
                                {"rendition", playback.rendition},
                                {"rate", playback.rate.to_string()},
                                {"shown", playback.counters.shown},
                                {"late", playback.counters.late},
                                {"dropped", playback.counters.dropped}}},
                              {"traceEvents", events.take()}};
  return trace.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace zoe::player
