#include "engine/audio/time_stretch.hpp"

#include <soundtouch/SoundTouch.h>

#include <algorithm>
#include <cmath>

namespace zoe::audio {
namespace {

constexpr std::size_t kMostAtOnce = 4096;  // frames
// Long enough for the lowest voices, short enough to stay with the picture at a quarter of the speed.
constexpr int kPieceMs = 50;
constexpr int kSearchMs = 18;
constexpr int kOverlapMs = 10;

static_assert(std::is_same_v<soundtouch::SAMPLETYPE, float>, "SoundTouch was built for integer samples");

}  // namespace

struct TimeStretch::Impl {
  soundtouch::SoundTouch touch;
  std::size_t channels = 2;
  double speed = 1;
  double owed = 0;  // frames that are still to come out of what went in

  void take(std::vector<float>& out, std::size_t most) {
    while (most > 0) {
      const std::size_t want = std::min(most, kMostAtOnce);
      const std::size_t before = out.size();
      out.resize(before + want * channels);
      const std::size_t got = touch.receiveSamples(out.data() + before, static_cast<unsigned>(want));
      out.resize(before + got * channels);
      if (got == 0) return;
      owed -= static_cast<double>(got);
      most -= got;
    }
  }
};

TimeStretch::TimeStretch(int sample_rate, int channels) : impl_(std::make_unique<Impl>()) {
  impl_->channels = static_cast<std::size_t>(channels);
  impl_->touch.setSampleRate(static_cast<unsigned>(sample_rate));
  impl_->touch.setChannels(static_cast<unsigned>(channels));
  impl_->touch.setSetting(SETTING_SEQUENCE_MS, kPieceMs);
  impl_->touch.setSetting(SETTING_SEEKWINDOW_MS, kSearchMs);
  impl_->touch.setSetting(SETTING_OVERLAP_MS, kOverlapMs);
}

TimeStretch::~TimeStretch() = default;

void TimeStretch::start(double speed) {
  impl_->speed = std::clamp(speed, 1 / kMost, kMost);
  impl_->owed = 0;
  impl_->touch.clear();
  impl_->touch.setTempo(impl_->speed);
}

double TimeStretch::offset_s() const { return (1 - impl_->speed) * kPieceMs / 2000.0; }

void TimeStretch::process(const float* in, std::size_t frames, std::vector<float>& out) {
  for (std::size_t done = 0; done < frames;) {
    const std::size_t count = std::min(frames - done, kMostAtOnce);
    impl_->touch.putSamples(in + done * impl_->channels, static_cast<unsigned>(count));
    impl_->owed += static_cast<double>(count) / impl_->speed;
    done += count;
    impl_->take(out, SIZE_MAX);
  }
}

void TimeStretch::finish(std::vector<float>& out) {
  impl_->touch.flush();  // which pads what is missing of a piece with silence
  impl_->take(out, static_cast<std::size_t>(std::max(0.0, std::round(impl_->owed))));
  impl_->touch.clear();
}

}  // namespace zoe::audio
