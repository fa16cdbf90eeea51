#include "engine/audio/sound_output.hpp"

#include <utility>

namespace zoe::audio {
namespace {

// A second at 48 kHz: what is written ahead is less, and the rest is room for a run to begin while the former one's
// frames still lie there.
constexpr std::size_t kRingFrames = std::size_t{1} << 16;
constexpr std::int64_t kStalledNs = 2 * kNsPerS;  // a device that asks for nothing for so long has gone
constexpr std::int64_t kLookAgainNs = 5 * kNsPerS;

}  // namespace

SoundOutput::SoundOutput(std::unique_ptr<DeviceSource> source, const Clock& clock, Log& log)
    : source_(std::move(source)), clock_(clock), log_(log), ring_(kRingFrames, kChannels) {}

SoundOutput::~SoundOutput() = default;

bool SoundOutput::must_open(DeviceChange change) const {
  if (!device_) return true;
  const std::int64_t now = clock_.now_ns();
  if (is_fallback_) return source_ && (change == DeviceChange::kArrived || now - opened_ns_ >= kLookAgainNs);
  const std::int64_t asked_ns = std::max(opened_ns_, pulled_ns_.load(std::memory_order_relaxed));
  return change == DeviceChange::kLost || now - asked_ns >= kStalledNs;
}

bool SoundOutput::keep_device() {
  if (!must_open(source_ ? source_->take_change() : DeviceChange::kNone)) return false;
  const int rate_before = sample_rate_;
  if (!open_device()) return false;
  sample_rate_ = device_->sample_rate();
  return sample_rate_ != rate_before;
}

// False where the silent device stays, as there is still no other.
bool SoundOutput::open_device() {
  const auto pull_as = [this](std::uint64_t number) {
    return [this, number](float* out, std::size_t frames, int sample_rate) {
      if (std::exchange(heard_device_, number) != number) begin_device(sample_rate);
      pull(out, frames, clock_.now_ns());
    };
  };
  const bool was_fallback = device_ && is_fallback_;
  opened_ns_ = clock_.now_ns();
  device_.reset();  // no two pull at once
  if (source_) {
    auto opened = source_->open(pull_as(++devices_));
    opened_ns_ = clock_.now_ns();
    if (opened) {
      if (is_told_) log_.info("player", "sound goes to a device again");
      device_ = std::move(*opened);
      is_fallback_ = is_told_ = false;
      return true;
    }
    if (!std::exchange(is_told_, true)) log_.warning("player", "{}; playing goes on without", opened.error().message);
  }
  device_ = make_silent_device(pull_as(++devices_));
  is_fallback_ = true;
  return !was_fallback;
}

void SoundOutput::drop_device() {
  device_.reset();
  is_fallback_ = false;
}

void SoundOutput::begin_run(const SoundRun& run) {
  run_first_frame_ = ring_.written();
  end_frame_.store(UINT64_MAX, std::memory_order_relaxed);
  runs_.back() = {run, run_first_frame_};
  runs_.publish();
}

void SoundOutput::end_run() { end_frame_.store(ring_.written(), std::memory_order_relaxed); }

std::size_t SoundOutput::buffered_frames() const {
  return static_cast<std::size_t>(ring_.written() - std::max(run_first_frame_, ring_.read_position()));
}

void SoundOutput::set_anchor(const SoundAnchor& anchor) {
  anchors_.back() = anchor;
  anchors_.publish();
}

const SoundReading& SoundOutput::reading() {
  readings_.acquire();
  return readings_.front();
}

}  // namespace zoe::audio
