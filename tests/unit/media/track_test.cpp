#include "engine/media/track.hpp"

#include <gtest/gtest.h>

namespace zoe::media {
namespace {

TEST(TicksToUs, RoundsToTheNearestAndSaturates) {
  EXPECT_EQ(ticks_to_us(90'000, {1, 90'000}), 1'000'000);
  EXPECT_EQ(ticks_to_us(1, {1, 90'000}), 11);
  EXPECT_EQ(ticks_to_us(-1, {1, 30}), -33'333);
  EXPECT_EQ(ticks_to_us(1, {1, 3'000'000}), 0);
  EXPECT_EQ(ticks_to_us(2, {1, 3'000'000}), 1);
  EXPECT_EQ(ticks_to_us(-2, {1, 3'000'000}), -1);
  EXPECT_EQ(ticks_to_us(INT64_MAX, {1000, 1}), INT64_MAX);
  EXPECT_EQ(ticks_to_us(INT64_MIN, {1, 1}), INT64_MIN);
}

TEST(UsToTicks, IsTheWayBack) {
  for (const Rational base : {Rational{1, 90'000}, Rational{1001, 30'000}, Rational{1, 1'000'000'000}})
    for (const std::int64_t ticks : {0LL, 1LL, -1LL, 123'456LL, -99'999'999LL})
      if (base.den <= 1'000'000) {
        EXPECT_EQ(us_to_ticks(ticks_to_us(ticks, base), base), ticks) << ticks << " of " << base.to_string();
      }
  EXPECT_EQ(us_to_ticks(INT64_MAX, {1, 90'000}), INT64_MAX / 1'000'000 * 90'000 + 69'823);
  EXPECT_EQ(us_to_ticks(INT64_MIN, {1, 1'000'000'000}), INT64_MIN);
  EXPECT_EQ(us_to_ticks(5, {0, 1}), 0);
}

TEST(TrackInfo, IsShownInSquarePixelsAndUpright) {
  TrackInfo track{.width = 720, .height = 576};
  EXPECT_EQ(track.display_width(), 720);
  track.sample_aspect_ratio = {16, 11};
  EXPECT_EQ(track.display_width(), 1047);
  EXPECT_EQ(track.display_height(), 576);
  track.sample_aspect_ratio = {8, 9};
  EXPECT_EQ(track.display_width(), 720);
  EXPECT_EQ(track.display_height(), 648);
  track.sample_aspect_ratio = {1, 1};
  for (const int degrees : {90, 270}) {
    track.rotation_degrees = degrees;
    EXPECT_EQ(track.display_width(), 576);
    EXPECT_EQ(track.display_height(), 720);
  }
  track.rotation_degrees = 180;
  EXPECT_EQ(track.display_width(), 720);
  track.sample_aspect_ratio = {0, 1};
  EXPECT_EQ(track.display_width(), 720);
}

TEST(MediaInfo, PlaysTheDefaultElseTheLargestVideo) {
  MediaInfo info;
  EXPECT_EQ(info.best_video(), nullptr);
  info.tracks = {
      {.kind = TrackKind::kAudio, .stream_index = 0},
      {.kind = TrackKind::kVideo, .stream_index = 1, .width = 4000, .height = 4000, .is_attached_picture = true},
      {.kind = TrackKind::kVideo, .stream_index = 2, .width = 640, .height = 360},
      {.kind = TrackKind::kVideo, .stream_index = 3, .width = 1920, .height = 1080},
      {.kind = TrackKind::kVideo, .stream_index = 4, .width = 1920, .height = 1080},
  };
  ASSERT_NE(info.best_video(), nullptr);
  EXPECT_EQ(info.best_video()->stream_index, 3);
  info.tracks[2].is_default = true;
  EXPECT_EQ(info.best_video()->stream_index, 2);
  EXPECT_EQ(info.track(4), &info.tracks[4]);
  EXPECT_EQ(info.track(5), nullptr);
}

}  // namespace
}  // namespace zoe::media
