// A playback that shows what it is told to show and notes what it is asked for. Thread: the test's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "player/playback/playback.hpp"

namespace zoe::test {

class FakePlayback final : public player::Playback {
 public:
  player::PlaybackSnapshot shown;
  std::vector<std::string> calls;
  std::vector<std::uint64_t> presented;  // FrameTag::number

  std::vector<player::OpenMedia> opened;

  void open(const player::OpenMedia& media) override {
    calls.push_back("open " + media.media);
    opened.push_back(media);
  }
  void close() override { calls.push_back("close"); }
  void play() override { calls.push_back("play"); }
  void pause() override { calls.push_back("pause"); }
  void toggle_pause() override { calls.push_back("toggle_pause"); }
  void set_rate(Rational rate) override { calls.push_back("rate " + rate.to_string()); }
  void seek(std::int64_t position_us) override { calls.push_back("seek " + std::to_string(position_us)); }
  void seek_by(std::int64_t delta_us) override { calls.push_back("seek_by " + std::to_string(delta_us)); }
  void step(int count) override { calls.push_back("step " + std::to_string(count)); }
  void show_again() override { calls.emplace_back("again"); }
  void set_looping(bool is_looping) override { calls.push_back(is_looping ? "loop" : "no loop"); }
  void set_rendition(std::string rendition) override { calls.push_back("rendition " + rendition); }
  const player::PlaybackSnapshot& snapshot() override { return shown; }
  void on_presented(const render::FrameTag& tag, std::int64_t) override { presented.push_back(tag.number); }
  void set_refresh_period_ns(std::int64_t) override {}
  void set_volume(float) override {}
  void set_muted(bool) override {}
  void choose_sound(std::optional<int>) override {}
  void allow_sound() override {}
  void set_clock_held(bool) override {}
  std::vector<player::RoomTimelines> followed;
  void follow(player::RoomTimelines room) override { followed.push_back(std::move(room)); }
  void set_room_clock(const net::ClockEstimate&) override {}
  void unfollow() override { calls.push_back("unfollow"); }
  void expect_room() override {}
};

}  // namespace zoe::test
