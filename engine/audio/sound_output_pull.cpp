// SoundOutput's half on the device's thread.
#include <algorithm>
#include <cmath>

#include "engine/audio/sound_output.hpp"

namespace zoe::audio {
namespace {

constexpr double kRampSeconds = 0.005;  // of starts and stops: long enough to click nowhere, too short to be heard
constexpr float kLevelSeconds = 0.02F;  // of a whole change of volume
// What is heard and what is shown are brought together by the pictures' clock, slowly. Beyond this something has
// happened (the device stood still, the machine slept), and the sound jumps.
constexpr double kMostStrayUs = 60'000;

}  // namespace

void SoundOutput::begin_device(int sample_rate) {
  device_rate_ = std::max(sample_rate, 1);
  device_clock_.start(device_rate_);
  ramp_frames_ = std::max<std::size_t>(1, static_cast<std::size_t>(device_rate_ * kRampSeconds));
  is_locked_ = false;
  gain_ = 0;
}

bool SoundOutput::is_wanted() const {
  return anchor_.is_running && run_.run.cue != 0 && run_.run.cue == anchor_.cue && run_.run.sample_rate == device_rate_;
}

double SoundOutput::media_us_of(std::uint64_t frame) const {
  const double seconds = static_cast<double>(frame - run_.first_frame) / device_rate_;
  return static_cast<double>(run_.run.start_us) + seconds * 1e6 * run_.run.rate;
}

double SoundOutput::wanted_us_at(double heard_ns) const {
  return static_cast<double>(anchor_.media_us) + (heard_ns - static_cast<double>(anchor_.at_ns)) / 1e3 * anchor_.rate;
}

bool SoundOutput::has_strayed(double heard_ns) const {
  const double stray_us = wanted_us_at(heard_ns) - media_us_of(ring_.read_position());
  return std::abs(stray_us / run_.run.rate) > kMostStrayUs;
}

// Plays the run for one ramp more, fading; how many frames that took.
std::size_t SoundOutput::leave(float* out, std::size_t frames) {
  const std::uint64_t from = ring_.read_position();
  const std::size_t count = std::min({frames, ramp_frames_, static_cast<std::size_t>(available())});
  for (std::size_t i = 0; i < count; ++i) {
    const float gain = gain_ * static_cast<float>(count - i) / static_cast<float>(count);
    for (int c = 0; c < kChannels; ++c) out[i * kChannels + static_cast<std::size_t>(c)] = ring_.at(from + i)[c] * gain;
  }
  ring_.release_before(from + count);
  is_locked_ = false;
  gain_ = 0;
  return count;
}

// How many frames of silence come before the run; what is too late of it is left out. False when it does not begin
// within `frames`.
bool SoundOutput::meet_anchor(double heard_ns, std::size_t frames, std::size_t& silent) {
  const double frame_us = 1e6 / device_rate_ * run_.run.rate;  // of media time
  const double late = std::round((wanted_us_at(heard_ns) - media_us_of(ring_.read_position())) / frame_us);
  if (late < 0) {
    if (-late >= static_cast<double>(frames)) return false;
    silent = static_cast<std::size_t>(-late);
    return available() > 0;
  }
  const auto held = static_cast<double>(available());
  ring_.release_before(ring_.read_position() + static_cast<std::uint64_t>(std::min(late, held)));
  silent = 0;
  return late < held;
}

void SoundOutput::play(float* out, std::size_t frames) {
  const std::uint64_t from = ring_.read_position();
  const std::size_t count = std::min(frames, static_cast<std::size_t>(available()));
  const bool is_dry = count < frames;
  const float step = 1.0F / static_cast<float>(ramp_frames_);
  for (std::size_t i = 0; i < count; ++i) {
    gain_ = std::min(1.0F, gain_ + step);
    // What ends too soon ends softly.
    const float left = is_dry ? static_cast<float>(count - i) * step : 1.0F;
    const float gain = std::min(gain_, left);
    for (int c = 0; c < kChannels; ++c) out[i * kChannels + static_cast<std::size_t>(c)] = ring_.at(from + i)[c] * gain;
  }
  ring_.release_before(from + count);
  if (!is_dry) return;
  is_locked_ = false;
  gain_ = 0;
  if (from + count < end_frame_.load(std::memory_order_relaxed)) ++underruns_;
}

void SoundOutput::set_level(float* out, std::size_t frames) {
  const float target = is_muted_.load(std::memory_order_relaxed)
                           ? 0.0F
                           : std::clamp(volume_.load(std::memory_order_relaxed), 0.0F, 1.0F);
  const float step = 1.0F / (kLevelSeconds * static_cast<float>(device_rate_));
  for (std::size_t i = 0; i < frames; ++i) {
    level_ = level_ < target ? std::min(target, level_ + step) : std::max(target, level_ - step);
    for (std::size_t c = 0; c < kChannels; ++c) out[i * kChannels + c] *= level_;
  }
}

void SoundOutput::pull(float* out, std::size_t frames, std::int64_t now_ns) {
  const std::int64_t heard_ns = device_clock_.on_callback(now_ns, static_cast<std::int64_t>(frames));
  latency_ns_.store(device_clock_.latency_ns(), std::memory_order_relaxed);
  pulled_ns_.store(now_ns, std::memory_order_relaxed);
  std::fill_n(out, frames * kChannels, 0.0F);
  if (anchors_.acquire()) anchor_ = anchors_.front();

  const double frame_ns = 1e9 / device_rate_;
  const auto time_of = [&](std::size_t frame) {
    return static_cast<double>(heard_ns) + static_cast<double>(frame) * frame_ns;
  };
  std::size_t done = 0;
  if (is_locked_ && (runs_.is_fresh() || !is_wanted() || has_strayed(time_of(0)))) done = leave(out, frames);
  if (runs_.acquire()) {
    run_ = runs_.front();
    ring_.release_before(std::max(ring_.read_position(), run_.first_frame));
  }
  std::size_t silent = 0;
  if (!is_locked_ && is_wanted() && meet_anchor(time_of(done), frames - done, silent)) {
    done += silent;
    is_locked_ = true;
    ++alignments_;
  }
  SoundReading& reading = readings_.back();
  reading = {.is_heard = is_locked_,
             .cue = run_.run.cue,
             .media_us = is_locked_ ? std::llround(media_us_of(ring_.read_position())) : 0,
             .at_ns = static_cast<std::int64_t>(time_of(done)),
             .latency_ns = device_clock_.latency_ns(),
             .device_speed = device_clock_.speed(),
             .device_gaps = device_clock_.gaps(),
             .alignments = alignments_};
  if (is_locked_) play(out + done * kChannels, frames - done);
  reading.underruns = underruns_;
  set_level(out, frames);
  readings_.publish();
}

}  // namespace zoe::audio
