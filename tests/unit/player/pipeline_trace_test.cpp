#include "player/panels/pipeline_trace.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kStart = 5 * kNsPerS;

PlaybackSnapshot playing(int frames) {
  PlaybackSnapshot playback;
  playback.state = PlayState::kPlaying;
  playback.title = "Cup \"final\" \xFF";  // what is no UTF-8 must not end the trace
  playback.frame_us = 33'333;
  for (int i = 0; i < frames; ++i) {
    const std::int64_t at = kStart + i * 33 * kNsPerMs;
    playback.recent.push_back({.time_us = i * 33'333,
                               .decoded_ns = at,
                               .handed_over_ns = at + 20 * kNsPerMs,
                               .deadline_ns = at + 30 * kNsPerMs,
                               .shown_ns = at + 30 * kNsPerMs,
                               .number = static_cast<std::uint64_t>(i) + 1,
                               .serial = 3,
                               .segment = 1,
                               .ordinal = static_cast<std::uint32_t>(i),
                               .interval_ms = 33,
                               .decode_ms = 8,
                               .upload_ms = 2});
  }
  return playback;
}

PipelineHistory history_of(PlaybackSnapshot playback) {
  PipelineHistory history;
  for (int i = 0; i < 5; ++i) {
    playback.revision = static_cast<std::uint64_t>(i) + 1;
    playback.network.serial = i < 3 ? 3 : 4;
    playback.network.received_bytes += 1000;
    playback.network.granted_us = 2'000'000;
    playback.network.received_us = 500'000;
    if (i == 2) playback.counters.dropped = 2;
    history.update(playback, {}, kStart + i * PipelineHistory::kStepNs);
  }
  return history;
}

// What chrome://tracing and Perfetto ask of the JSON Array Format with an object around it.
void expect_valid(const json& event) {
  ASSERT_TRUE(event.at("name").is_string());
  ASSERT_TRUE(event.at("pid").is_number_integer());
  ASSERT_TRUE(event.at("tid").is_number_integer());
  const std::string phase = event.at("ph");
  ASSERT_TRUE(phase == "M" || phase == "X" || phase == "i" || phase == "C") << phase;
  if (phase == "M") {
    ASSERT_TRUE(event.at("args").is_object());
    return;
  }
  ASSERT_GT(event.at("ts").get<double>(), 0);
  if (phase == "X") {
    ASSERT_GE(event.at("dur").get<double>(), 0);
  }
  if (phase == "i") {
    ASSERT_EQ(event.at("s"), "t");
  }
  if (phase == "C") {
    for (const auto& [name, value] : event.at("args").items()) ASSERT_TRUE(value.is_number()) << name;
  }
}

TEST(PipelineTrace, IsInTheChromeTraceFormat) {
  const PlaybackSnapshot playback = playing(10);
  const json trace = json::parse(chrome_trace(history_of(playback), playback));
  EXPECT_EQ(trace.at("displayTimeUnit"), "ms");
  const json& events = trace.at("traceEvents");
  ASSERT_GT(events.size(), 50U);
  for (const json& event : events) {
    SCOPED_TRACE(event.dump());
    expect_valid(event);
  }
}

TEST(PipelineTrace, FollowsAFrameFromTheDecoderToTheGlass) {
  const PlaybackSnapshot playback = playing(3);
  const json trace = json::parse(chrome_trace(history_of(playback), playback));
  std::map<int, std::string> lanes;
  for (const json& event : trace.at("traceEvents"))
    if (event.at("name") == "thread_name") lanes[event.at("tid")] = event.at("args").at("name");
  std::map<std::string, json> of_second;
  for (const json& event : trace.at("traceEvents"))
    if (event.at("ph") == "X" && event.at("args").at("number") == 2) of_second[lanes.at(event.at("tid"))] = event;
  ASSERT_EQ(of_second.size(), 4U);
  const double at_us = static_cast<double>(kStart + 33 * kNsPerMs) / 1e3;
  EXPECT_NEAR(of_second.at("decoder").at("ts").get<double>(), at_us - 8000, 1);
  EXPECT_NEAR(of_second.at("decoder").at("dur").get<double>(), 8000, 1);
  EXPECT_NEAR(of_second.at("frame ring").at("ts").get<double>(), at_us, 1);
  EXPECT_NEAR(of_second.at("frame ring").at("dur").get<double>(), 18'000, 1);
  EXPECT_NEAR(of_second.at("texture slots").at("dur").get<double>(), 2000, 1);
  EXPECT_NEAR(of_second.at("to the glass").at("dur").get<double>(), 10'000, 1);
  EXPECT_EQ(of_second.at("decoder").at("args").at("serial"), 3);
}

TEST(PipelineTrace, TellsWhatWasLeftOutAndWhenTheSerialChanged) {
  const PlaybackSnapshot playback = playing(3);
  const json trace = json::parse(chrome_trace(history_of(playback), playback));
  std::multiset<std::string> names;
  for (const json& event : trace.at("traceEvents")) names.insert(event.at("name"));
  EXPECT_EQ(names.count("dropped"), 1U);
  EXPECT_EQ(names.count("serial 3"), 1U);
  EXPECT_EQ(names.count("serial 4"), 1U);
  EXPECT_EQ(names.count("credit"), 5U);
  EXPECT_EQ(names.count("clock error"), 5U);
}

TEST(PipelineTrace, OfNothingIsValidToo) {
  const json trace = json::parse(chrome_trace({}, {}));
  for (const json& event : trace.at("traceEvents")) expect_valid(event);
}

}  // namespace
}  // namespace zoe::player
