#include "tests/unit/player/screen.hpp"

#include <chrono>
#include <utility>

#include "tests/support/frame_number.hpp"

namespace zoe::test {

Screen::Screen(const Clock& clock) : clock_(clock), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Screen::~Screen() {
  thread_.request_stop();
  wake_.notify_all();
}

void Screen::attach(player::Playback& playback) {
  const MutexLock lock(mutex_);
  playback_ = &playback;
}

void Screen::detach() {
  const MutexLock lock(mutex_);
  playback_ = nullptr;
  while (is_busy_) idle_.wait(mutex_);
}

Result<render::WriteState> Screen::write(const media::Frame& frame, const render::Presentation&,
                                         const render::FrameTag& tag, render::WritePolicy policy) {
  const media::PlaneView luma = frame.plane(0);
  const auto number = read_frame_number(luma.data, luma.stride, luma.width, luma.height, frame.format().bit_depth);
  const Shown shown{number.value_or(UINT32_MAX), tag.pts_us, frame.hash()};
  const MutexLock lock(mutex_);
  if (waiting_ && policy == render::WritePolicy::kKeepUnread) return render::WriteState::kWait;
  const auto state = waiting_ ? render::WriteState::kReplaced : render::WriteState::kWritten;
  waiting_ = Waiting{shown, tag};
  wake_.notify_one();
  return state;
}

void Screen::set_wake_writer(std::function<void()> wake) {
  const MutexLock lock(mutex_);
  wake_writer_ = std::move(wake);
}

std::vector<Shown> Screen::shown() const {
  const MutexLock lock(mutex_);
  return shown_;
}

std::vector<std::uint32_t> Screen::numbers() const {
  std::vector<std::uint32_t> result;
  for (const Shown& frame : shown()) result.push_back(frame.number);
  return result;
}

std::size_t Screen::count() const {
  const MutexLock lock(mutex_);
  return shown_.size();
}

player::PlaybackSnapshot Screen::snapshot() {
  const MutexLock lock(mutex_);
  const std::uint64_t look = ++looks_wanted_;
  wake_.notify_one();
  while (looks_ < look) idle_.wait(mutex_);
  return snapshot_;
}

void Screen::run(const std::stop_token& stop) {
  const MutexLock lock(mutex_);
  while (!stop.stop_requested()) {
    if (looks_ < looks_wanted_) {
      if (playback_ != nullptr) snapshot_ = playback_->snapshot();
      looks_ = looks_wanted_;
      idle_.notify_all();
    }
    if (waiting_ && playback_ != nullptr) {
      const Waiting taken = *std::exchange(waiting_, std::nullopt);
      shown_.push_back(taken.shown);
      player::Playback& playback = *playback_;
      const auto wake_writer = wake_writer_;
      is_busy_ = true;
      mutex_.unlock();
      if (wake_writer) wake_writer();
      playback.on_presented(taken.tag, clock_.now_ns());
      mutex_.lock();
      is_busy_ = false;
      idle_.notify_all();
      continue;
    }
    wake_.wait_for(mutex_, std::chrono::milliseconds(1));
  }
}

}  // namespace zoe::test
