// Playback as panels, keys and scripts use it: in a room, what they ask for is asked of the room.
#pragma once

#include "player/client/room_feed.hpp"
#include "player/playback/forwarding_playback.hpp"

namespace zoe::player {

// As Playback; volume, sound and rendition are one's own in a room too. What it is given outlives it.
class RoomPlayback final : public ForwardingPlayback {
 public:
  RoomPlayback(Playback& playback, RoomFeed& room) : ForwardingPlayback(playback), room_(room) {}

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
  void set_looping(bool is_looping) override {
    if (!room_.is_in_room()) playback_.set_looping(is_looping);
  }

 private:
  RoomFeed& room_;
};

}  // namespace zoe::player
