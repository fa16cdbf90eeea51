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
// What a leading anchor and the sound are apart is made up for in about so long.
constexpr double kMakeUpSeconds = 2;

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

double SoundOutput::media_us() const {
  const double frames = static_cast<double>(at_ - run_.first_frame) + fraction_;
  return static_cast<double>(run_.run.start_us) + frames / device_rate_ * 1e6 * run_.run.rate;
}

double SoundOutput::wanted_us_at(double heard_ns) const {
  return static_cast<double>(anchor_.media_us) + (heard_ns - static_cast<double>(anchor_.at_ns)) / 1e3 * anchor_.rate;
}

// By how much sound is behind its anchor, in time as it passes.
double SoundOutput::late_us(double heard_ns) const { return (wanted_us_at(heard_ns) - media_us()) / run_.run.rate; }

// How many frames of the run the device is given for one of its own: as many as the anchor's rate asks for on a device
// of this speed, and something to be where the anchor is.
double SoundOutput::step_for(double heard_ns) const {
  if (!anchor_.is_leading) return 1;
  const double made_up = late_us(heard_ns) / 1e6 / kMakeUpSeconds;
  const double trim = std::clamp(anchor_.rate / run_.run.rate - 1 + made_up, -kMostTrim, kMostTrim);
  return (1 + trim) / device_clock_.speed();
}

// Where the sound is to be read between its samples, some of those before the place are kept.
void SoundOutput::move_to(std::uint64_t frame) {
  at_ = frame;
  const std::uint64_t kept = anchor_.is_leading ? Interpolator::kBefore : 0;
  const std::uint64_t from = std::max(run_.first_frame, frame - std::min(frame, kept));
  ring_.release_before(std::max(ring_.read_position(), from));
}

// The run's next frames, as many as there are; how many.
std::size_t SoundOutput::take(float* out, std::size_t frames) {
  const double left = static_cast<double>(available()) - fraction_;
  if (left <= 0) return 0;
  const std::size_t count = std::min(frames, static_cast<std::size_t>(std::ceil(left / step_)));
  const std::uint64_t low = ring_.read_position();
  const std::uint64_t high = ring_.written();
  const bool is_plain = step_ == 1 && fraction_ == 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double place = fraction_ + static_cast<double>(i) * step_;
    const double whole = std::floor(place);
    const std::uint64_t frame = at_ + static_cast<std::uint64_t>(whole);
    float* to = out + i * kChannels;
    if (is_plain) {
      std::copy_n(ring_.at(frame), kChannels, to);
    } else {
      interpolator_.read<kChannels>(ring_, low, high, frame, place - whole, to);
    }
  }
  const double end = fraction_ + static_cast<double>(count) * step_;
  const double passed = std::min(std::floor(end), static_cast<double>(available()));
  fraction_ = std::clamp(end - passed, 0.0, 1.0 - 1e-12);
  move_to(at_ + static_cast<std::uint64_t>(passed));
  return count;
}

// Plays the run for one ramp more, fading; how many frames that took.
std::size_t SoundOutput::leave(float* out, std::size_t frames) {
  const std::size_t count = take(out, std::min(frames, ramp_frames_));
  for (std::size_t i = 0; i < count; ++i) {
    const float gain = gain_ * static_cast<float>(count - i) / static_cast<float>(count);
    for (std::size_t c = 0; c < kChannels; ++c) out[i * kChannels + c] *= gain;
  }
  is_locked_ = false;
  gain_ = 0;
  return count;
}

// How many frames of silence come before the run; what is too late of it is left out. False when it does not begin
// within `frames`.
bool SoundOutput::meet_anchor(double heard_ns, std::size_t frames, std::size_t& silent) {
  fraction_ = 0;
  step_ = 1;
  const double frame_us = 1e6 / device_rate_ * run_.run.rate;  // of media time
  const double late = std::round((wanted_us_at(heard_ns) - media_us()) / frame_us);
  if (late < 0) {
    if (-late >= static_cast<double>(frames)) return false;
    silent = static_cast<std::size_t>(-late);
    return available() > 0;
  }
  const auto held = static_cast<double>(available());
  move_to(at_ + static_cast<std::uint64_t>(std::min(late, held)));
  silent = 0;
  return late < held;
}

void SoundOutput::play(float* out, std::size_t frames) {
  const std::size_t count = take(out, frames);
  const bool is_dry = count < frames;
  const float step = 1.0F / static_cast<float>(ramp_frames_);
  for (std::size_t i = 0; i < count; ++i) {
    gain_ = std::min(1.0F, gain_ + step);
    // What ends too soon ends softly.
    const float left = is_dry ? static_cast<float>(count - i) * step : 1.0F;
    const float gain = std::min(gain_, left);
    for (std::size_t c = 0; c < kChannels; ++c) out[i * kChannels + c] *= gain;
  }
  if (!is_dry) return;
  is_locked_ = false;
  gain_ = 0;
  if (at_ < end_frame_.load(std::memory_order_relaxed)) ++underruns_;
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
  const bool has_strayed = is_locked_ && std::abs(late_us(time_of(0))) > kMostStrayUs;
  if (is_locked_ && (runs_.is_fresh() || !is_wanted() || has_strayed)) done = leave(out, frames);
  if (runs_.acquire()) {
    run_ = runs_.front();
    move_to(std::max(at_, run_.first_frame));
  }
  std::size_t silent = 0;
  if (!is_locked_ && is_wanted() && meet_anchor(time_of(done), frames - done, silent)) {
    done += silent;
    is_locked_ = true;
    ++alignments_;
  }
  if (is_locked_) step_ = step_for(time_of(done));
  SoundReading& reading = readings_.back();
  reading = {.is_heard = is_locked_,
             .cue = run_.run.cue,
             .media_us = is_locked_ ? std::llround(media_us()) : 0,
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
