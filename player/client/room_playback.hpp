// Playback as panels, keys and scripts use it: in a room, what they ask for is asked of the room.
#pragma once

#include <optional>
#include <string>

#include "player/client/room_feed.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// As Playback. What it is given outlives it.
class RoomPlayback final : public Playback {
 public:
  RoomPlayback(Playback& playback, RoomFeed& room) : playback_(playback), room_(room) {}

  // Another video for the room, for all of them.
  void open(const OpenMedia& media) override {
    if (!room_.is_in_room()) return playback_.open(media);
    room_.watch(media.media);
  }
  // Leaves the room.
  void close() override {
    room_.leave();
    playback_.unfollow();
    playback_.close();
  }
  void play() override { room_.is_in_room() ? room_.play() : playback_.play(); }
  void pause() override { room_.is_in_room() ? room_.pause() : playback_.pause(); }
  void toggle_pause() override {
    if (!room_.is_in_room()) return playback_.toggle_pause();
    room_.is_paused() ? room_.play() : room_.pause();
  }
  void set_rate(Rational rate) override { room_.is_in_room() ? room_.set_rate(rate) : playback_.set_rate(rate); }
  void seek(std::int64_t position_us) override {
    room_.is_in_room() ? room_.seek(position_us) : playback_.seek(position_us);
  }
  void seek_by(std::int64_t delta_us) override {
    if (!room_.is_in_room()) return playback_.seek_by(delta_us);
    room_.seek_by(delta_us);
  }
  void step(int count) override { room_.is_in_room() ? room_.step(count) : playback_.step(count); }
  // A room has one timeline, which ends.
  void show_again() override { playback_.show_again(); }
  void set_looping(bool is_looping) override {
    if (!room_.is_in_room()) playback_.set_looping(is_looping);
  }
  void set_rendition(std::string rendition) override { playback_.set_rendition(std::move(rendition)); }
  void follow(RoomTimelines room) override { playback_.follow(std::move(room)); }
  void set_room_clock(const net::ClockEstimate& clock) override { playback_.set_room_clock(clock); }
  void unfollow() override { playback_.unfollow(); }
  void expect_room() override { playback_.expect_room(); }
  // One's own, in a room too.
  void set_volume(float volume) override { playback_.set_volume(volume); }
  void set_muted(bool is_muted) override { playback_.set_muted(is_muted); }
  void choose_sound(std::optional<int> track) override { playback_.choose_sound(track); }
  void allow_sound() override { playback_.allow_sound(); }
  void set_clock_held(bool is_held) override { playback_.set_clock_held(is_held); }
  const PlaybackSnapshot& snapshot() override { return playback_.snapshot(); }
  void on_presented(const render::FrameTag& tag, std::int64_t now_ns) override { playback_.on_presented(tag, now_ns); }
  void set_refresh_period_ns(std::int64_t period_ns) override { playback_.set_refresh_period_ns(period_ns); }

 private:
  Playback& playback_;
  RoomFeed& room_;
};

}  // namespace zoe::player
