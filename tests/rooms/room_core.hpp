// A player without a window: connection, clock, decoder, pacer, and a screen that only notes what it shows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"
#include "player/client/room_feed.hpp"
#include "player/playback/frame_sink.hpp"

namespace zoe::rooms {

struct Shown {
  std::int64_t at_ns = 0;  // of the clock that all have
  std::int64_t pts_us = 0;
};

// Shows each frame at the moment at which it is handed over. Thread-safe.
class NotingScreen final : public player::FrameSink {
 public:
  explicit NotingScreen(const Clock& clock) : clock_(clock) {}

  void attach(player::Playback* playback) { playback_ = playback; }
  Result<render::WriteState> write(const media::Frame& frame, const render::Presentation& presentation,
                                   const render::FrameTag& tag, render::WritePolicy policy) override;
  void set_wake_writer(std::function<void()>) override {}  // it never lets the writer wait

  std::vector<Shown> shown() const;
  std::int64_t newest_us() const;  // -1: none

 private:
  const Clock& clock_;
  player::Playback* playback_ = nullptr;
  mutable Mutex mutex_;
  std::vector<Shown> shown_ ZOE_GUARDED_BY(mutex_);
};

// How a core comes in.
struct Way {
  player::ServerAddress server;
  std::string user;  // empty: as a guest
  std::string password;
  bool is_new_account = false;
  std::string code;  // of the first administrator, or an invitation, with is_new_account
};

// Owned and updated by one thread.
class RoomCore {
 public:
  RoomCore(const Way& way, const Clock& clock);
  ~RoomCore();
  RoomCore(const RoomCore&) = delete;
  RoomCore& operator=(const RoomCore&) = delete;

  void update() { feed_->update(false, clock_.now_ns()); }
  player::RoomFeed& feed() { return *feed_; }
  player::ServerLink& link() { return *link_; }
  const NotingScreen& screen() const { return screen_; }
  // In the room, standing, with the frame on the screen that belongs there.
  bool is_at_rest();
  bool is_playing();
  std::string problem();

 private:
  const Clock& clock_;
  NotingScreen screen_;
  std::unique_ptr<player::ServerLink> link_;
  std::unique_ptr<player::Playback> playback_;
  std::unique_ptr<player::RoomFeed> feed_;
};

}  // namespace zoe::rooms
