#include "engine/media/track.hpp"

#include <algorithm>
#include <climits>
#include <utility>

namespace zoe::media {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;

std::int64_t rounded_saturated(Int128 numerator, Int128 denominator) {
  const Int128 half = denominator / 2;
  const Int128 value = (numerator >= 0 ? numerator + half : numerator - half) / denominator;
  if (value > INT64_MAX) return INT64_MAX;
  if (value < INT64_MIN) return INT64_MIN;
  return static_cast<std::int64_t>(value);
}

int stretched(int side, int num, int den) {
  return static_cast<int>(
      std::clamp<std::int64_t>(rounded_saturated(static_cast<Int128>(side) * num, den), 1, INT_MAX));
}

// Pixels that are not square are made so by enlarging, never by losing lines.
std::pair<int, int> square_size(const TrackInfo& track) {
  int width = track.width;
  int height = track.height;
  const Rational sar = track.sample_aspect_ratio;
  if (sar.num > 0 && sar.den > 0 && sar.num > sar.den) width = stretched(width, sar.num, sar.den);
  if (sar.num > 0 && sar.den > 0 && sar.num < sar.den) height = stretched(height, sar.den, sar.num);
  if (track.rotation_degrees % 180 != 0) std::swap(width, height);
  return {width, height};
}

}  // namespace

int TrackInfo::display_width() const { return square_size(*this).first; }

int TrackInfo::display_height() const { return square_size(*this).second; }

const TrackInfo* MediaInfo::best_video() const {
  const auto rank = [](const TrackInfo& track) {
    return std::pair(track.is_default, static_cast<std::int64_t>(track.width) * track.height);
  };
  const TrackInfo* best = nullptr;
  for (const TrackInfo& track : tracks) {
    if (track.kind != TrackKind::kVideo || track.is_attached_picture) continue;
    if (!best || rank(track) > rank(*best)) best = &track;
  }
  return best;
}

const TrackInfo* MediaInfo::track(int stream_index) const {
  const auto found = std::find_if(tracks.begin(), tracks.end(),
                                  [&](const TrackInfo& track) { return track.stream_index == stream_index; });
  return found == tracks.end() ? nullptr : &*found;
}

std::int64_t ticks_to_us(std::int64_t ticks, Rational time_base) {
  return rounded_saturated(static_cast<Int128>(ticks) * time_base.num * kUsPerSecond, time_base.den);
}

std::int64_t us_to_ticks(std::int64_t us, Rational time_base) {
  if (time_base.num == 0) return 0;
  return rounded_saturated(static_cast<Int128>(us) * time_base.den, static_cast<Int128>(time_base.num) * kUsPerSecond);
}

}  // namespace zoe::media
