// Opens the media that the command line or a script names, as soon as the library lists it.
#pragma once

#include <optional>
#include <string>
#include <thread>

#include "engine/core/threads.hpp"
#include "player/client/server_link.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// Owns a thread, since the main thread is busy making the window while the library arrives. Thread-safe.
class MediaOpener {
 public:
  enum class State { kIdle = 1, kLooking, kOpened, kNotFound };

  MediaOpener(ServerLink& link, Playback& playback);
  ~MediaOpener();
  MediaOpener(const MediaOpener&) = delete;
  MediaOpener& operator=(const MediaOpener&) = delete;

  // Looks for `wanted` and opens it in the manner of `how`, whose media and title it fills in.
  void open(std::string wanted, OpenMedia how);

  // The link has something new. Only wakes.
  void notify();

  State state() const;
  std::string wanted() const;

 private:
  void run();
  bool look() ZOE_REQUIRES(mutex_);

  ServerLink& link_;
  Playback& playback_;
  mutable Mutex mutex_;
  CondVar wake_;
  bool is_stopping_ ZOE_GUARDED_BY(mutex_) = false;
  bool is_notified_ ZOE_GUARDED_BY(mutex_) = false;
  State state_ ZOE_GUARDED_BY(mutex_) = State::kIdle;
  std::string wanted_ ZOE_GUARDED_BY(mutex_);
  OpenMedia how_ ZOE_GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace zoe::player
