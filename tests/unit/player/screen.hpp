// A screen for playback tests: takes frames as the uploader does and notes what it showed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/threads.hpp"
#include "player/playback/frame_sink.hpp"
#include "player/playback/playback.hpp"

namespace zoe::test {

struct Shown {
  std::uint32_t number = 0;  // read from the picture's strip
  std::int64_t pts_us = 0;
  std::uint64_t hash = 0;
};

// Its thread stands for the render thread: it takes the newest frame, shows it and says so.
class Screen final : public player::FrameSink {
 public:
  explicit Screen(const Clock& clock);
  ~Screen() override;

  // `detach` before the playback goes: it returns once the playback is not used any more.
  void attach(player::Playback& playback);
  void detach();

  Result<render::WriteState> write(const media::Frame& frame, const render::Presentation& presentation,
                                   const render::FrameTag& tag, render::WritePolicy policy) override;
  void set_wake_writer(std::function<void()> wake) override;

  std::vector<Shown> shown() const;
  std::vector<std::uint32_t> numbers() const;
  std::size_t count() const;

  // What the render thread sees when it looks now.
  player::PlaybackSnapshot snapshot();

 private:
  void run(const std::stop_token& stop);

  struct Waiting {
    Shown shown;
    render::FrameTag tag;
  };

  const Clock& clock_;
  mutable Mutex mutex_;
  CondVar wake_;
  player::Playback* playback_ ZOE_GUARDED_BY(mutex_) = nullptr;
  bool is_busy_ ZOE_GUARDED_BY(mutex_) = false;
  CondVar idle_;
  std::function<void()> wake_writer_ ZOE_GUARDED_BY(mutex_);
  std::optional<Waiting> waiting_ ZOE_GUARDED_BY(mutex_);
  std::vector<Shown> shown_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t looks_wanted_ ZOE_GUARDED_BY(mutex_) = 0;
  std::uint64_t looks_ ZOE_GUARDED_BY(mutex_) = 0;
  player::PlaybackSnapshot snapshot_ ZOE_GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace zoe::test
