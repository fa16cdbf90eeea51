#include "engine/audio/device_clock.hpp"

#include <algorithm>
#include <cmath>

namespace zoe::audio {
namespace {

// The loop's bandwidth: it follows a change of speed within some seconds and a callback's jitter not at all. With one
// callback every T seconds and w = 2 pi B T, a critically damped loop corrects its phase by sqrt(2) w of the error and
// its period by w squared (F. Adriaensen, "Using a DLL to filter time", 2005).
constexpr double kBandwidthHz = 0.1;
constexpr double kTwoPi = 6.283185307179586;

}  // namespace

void DeviceClock::start(int sample_rate) {
  const std::uint64_t gaps = gaps_;
  *this = {};
  gaps_ = gaps;
  nominal_ns_ = frame_ns_ = 1e9 / sample_rate;
}

void DeviceClock::begin(std::int64_t now_ns) {
  has_begun_ = true;
  began_ns_ = now_ns;
  heard_ns_ = lead_ns_ = lead_sum_ns_ = 0;
  leads_ = 0;
}

std::int64_t DeviceClock::on_callback(std::int64_t now_ns, std::int64_t frames) {
  if (!has_begun_) begin(now_ns);
  const auto length_ns = static_cast<double>(frames) * frame_ns_;
  auto now = static_cast<double>(now_ns - began_ns_);
  // Later than its data lasted, and a buffer more: what it plays from here on begins now.
  if (now > heard_ns_ + std::max(length_ns, 50e6)) {
    ++gaps_;
    begin(now_ns);
    now = 0;
  }
  if (now < static_cast<double>(kSettleNs)) {
    // The buffers that were asked for ahead count from the moment on at which no more of them are.
    const double lead = heard_ns_ - now;
    if (lead > lead_ns_ + length_ns / 2) {
      lead_sum_ns_ = 0;
      leads_ = 0;
    }
    lead_sum_ns_ += lead;
    lead_ns_ = std::max(0.0, lead_sum_ns_ / ++leads_);
    // A device that is slow to begin has the whole of its lead behind it.
    heard_ns_ = std::max(heard_ns_, now);
  } else {
    const double error = now + lead_ns_ - heard_ns_;
    const double w = kTwoPi * kBandwidthHz * std::min(length_ns / 1e9, 0.1);
    heard_ns_ += std::sqrt(2.0) * w * error;
    const double frame_ns = frame_ns_ + w * w * error / static_cast<double>(std::max<std::int64_t>(frames, 1));
    frame_ns_ = std::clamp(frame_ns, nominal_ns_ * (1 - kMostDeviation), nominal_ns_ * (1 + kMostDeviation));
  }
  const std::int64_t heard = began_ns_ + static_cast<std::int64_t>(heard_ns_);
  heard_ns_ += static_cast<double>(frames) * frame_ns_;
  return heard;
}

}  // namespace zoe::audio
