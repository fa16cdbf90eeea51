// Playback that does what another one does: to be derived from by what stands before it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "player/playback/playback.hpp"

namespace zoe::player {

// As Playback. The other one outlives it.
class ForwardingPlayback : public Playback {
 public:
  explicit ForwardingPlayback(Playback& playback) : playback_(playback) {}

  void open(const OpenMedia& media) override { playback_.open(media); }
  void close() override { playback_.close(); }
  void play() override { playback_.play(); }
  void pause() override { playback_.pause(); }
  void toggle_pause() override { playback_.toggle_pause(); }
  void set_rate(Rational rate) override { playback_.set_rate(rate); }
  void seek(std::int64_t position_us) override { playback_.seek(position_us); }
  void seek_by(std::int64_t delta_us) override { playback_.seek_by(delta_us); }
  void step(int count) override { playback_.step(count); }
  void set_looping(bool is_looping) override { playback_.set_looping(is_looping); }
  void show_again() override { playback_.show_again(); }
  void set_rendition(std::string rendition) override { playback_.set_rendition(std::move(rendition)); }
  void follow(RoomTimelines room) override { playback_.follow(std::move(room)); }
  void set_room_clock(const net::ClockEstimate& clock) override { playback_.set_room_clock(clock); }
  void unfollow() override { playback_.unfollow(); }
  void expect_room() override { playback_.expect_room(); }
  void set_volume(float volume) override { playback_.set_volume(volume); }
  void set_muted(bool is_muted) override { playback_.set_muted(is_muted); }
  void choose_sound(std::optional<int> track) override { playback_.choose_sound(track); }
  void allow_sound() override { playback_.allow_sound(); }
  void set_clock_held(bool is_held) override { playback_.set_clock_held(is_held); }
  const PlaybackSnapshot& snapshot() override { return playback_.snapshot(); }
  void on_presented(const render::FrameTag& tag, std::int64_t now_ns) override { playback_.on_presented(tag, now_ns); }
  void set_refresh_period_ns(std::int64_t period_ns) override { playback_.set_refresh_period_ns(period_ns); }

 protected:
  Playback& playback_;
};

}  // namespace zoe::player
