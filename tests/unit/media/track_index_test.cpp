#include "engine/media/track_index.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "engine/media/source_reader.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/media/clips.hpp"
#include "tests/unit/media/exact_frames.hpp"

namespace zoe::media {
namespace {

using test::ClipSpec;
using test::make_clip;

TEST(TrackIndex, FindsFramesAndSegmentsByTime) {
  const Opened clip = open_clip(make_clip({.frames = 60, .gop = 20}));
  const TrackIndex& index = *clip.index;
  ASSERT_EQ(index.frames().size(), 60U);
  ASSERT_EQ(index.segments().size(), 3U);
  EXPECT_EQ(index.find_frame(INT64_MIN), 0U);
  EXPECT_EQ(index.find_frame(INT64_MAX), 59U);
  EXPECT_EQ(index.find_segment(INT64_MIN), 0U);
  EXPECT_EQ(index.find_segment(INT64_MAX), 2U);
  for (std::uint32_t i = 0; i < 60; ++i) {
    const std::int64_t pts = index.frames()[i];
    EXPECT_EQ(index.find_frame(pts), i);
    EXPECT_EQ(index.find_frame(pts + index.frame_duration(i) - 1), i);
    EXPECT_EQ(index.find_segment(pts), i / 20);
  }
  EXPECT_EQ(index.end_pts(), index.frames().back() + index.frame_duration(59));
  EXPECT_EQ(ticks_to_us(index.end_pts() - index.start_pts(), index.time_base()), 2'000'000);
}

TEST(TrackIndex, ShortGroupsShareASegment) {
  ClipSpec spec{.frames = 60, .gop = 4};
  const Opened clip = open_clip(make_clip(spec));
  // 16 frames are the first multiple of 4 that lasts half a second.
  ASSERT_EQ(clip.index->segments().size(), 4U);
  for (const CopySegment& segment : clip.index->segments().first(3)) EXPECT_EQ(segment.frame_count, 16U);
}

TEST(TrackIndex, SegmentsCoverEveryFrameOnce) {
  for (const Clip& each : all_clips()) {
    SCOPED_TRACE(each.name);
    const Opened clip = open_clip(each.path());
    const TrackIndex& index = *clip.index;
    ASSERT_TRUE(std::is_sorted(index.frames().begin(), index.frames().end(), std::less_equal<>()));
    std::uint32_t frame = 0;
    for (std::size_t i = 0; i < index.segments().size(); ++i) {
      const CopySegment& segment = index.segments()[i];
      EXPECT_EQ(segment.first_frame, frame);
      EXPECT_GT(segment.frame_count, 0U);
      EXPECT_EQ(segment.start_pts, index.frames()[frame]);
      EXPECT_EQ(segment.end_pts, i + 1 < index.segments().size() ? index.segments()[i + 1].start_pts : index.end_pts());
      EXPECT_NE(index.packets()[segment.first_packet].flags & kPacketKey, 0U);
      frame += segment.frame_count;
    }
    EXPECT_EQ(frame, index.frames().size());
  }
}

TEST(TrackIndex, OpenGroupsBorrowTheNextKeyFrame) {
  ClipSpec spec{.frames = 60, .gop = 20, .bframes = 3};
  spec.is_open_gop = true;
  const Opened clip = open_clip(make_clip(spec));
  const CopySegment& first = clip.index->segments()[0];
  ASSERT_GT(first.end_packet, first.next_packet);
  std::uint32_t flags = 0;
  ASSERT_TRUE(clip.index->is_sent(first, first.next_packet, flags));
  EXPECT_EQ(flags & (kPacketKey | kPacketDiscard), kPacketKey | kPacketDiscard);
  ASSERT_TRUE(clip.index->is_sent(first, first.next_packet + 1, flags));
  EXPECT_EQ(flags & kPacketDiscard, 0U);
  const CopySegment& second = clip.index->segments()[1];
  ASSERT_TRUE(clip.index->is_sent(second, second.first_packet, flags));
  EXPECT_EQ(flags & kPacketDiscard, 0U);
  EXPECT_FALSE(clip.index->is_sent(second, second.first_packet + 1, flags)) << "its leading pictures went before";
}

TEST(TrackIndex, StopsOnRequestAndTellsHowFarItIs) {
  const Opened clip = open_clip(make_clip({.frames = 60, .gop = 1}));
  std::stop_source stop;
  stop.request_stop();
  TrackIndex::BuildOptions options;
  options.stop = stop.get_token();
  const auto stopped = TrackIndex::build(clip.path, clip.track, options);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::kCancelled);

  const Opened longer = open_clip(make_clip({.width = 64, .height = 48, .frames = 1200, .gop = 30}));
  std::vector<double> shares;
  TrackIndex::BuildOptions watched;
  watched.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(TrackIndex::build(longer.path, longer.track, watched));
  ASSERT_FALSE(shares.empty());
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_GE(shares.front(), 0.0);
  EXPECT_LE(shares.back(), 1.0);
}

TEST(TrackIndex, SoundIsCutEveryTwoSeconds) {
  const std::string path = make_clip({.fps_num = 25, .frames = 200, .audio = test::AudioCodec::kAac});
  const MediaInfo info = probe(path, ProbeLimits{}).value();
  const auto sound = std::find_if(info.tracks.begin(), info.tracks.end(),
                                  [](const TrackInfo& track) { return track.kind == TrackKind::kAudio; });
  ASSERT_NE(sound, info.tracks.end());
  const TrackIndexPtr index = TrackIndex::build(path, *sound).value();
  ASSERT_EQ(index->segments().size(), 4U) << "eight seconds";
  for (const CopySegment& segment : index->segments()) {
    const std::uint32_t unheard = segment.first_frame == 0 ? 1 : 0;  // what the encoder needed to begin
    EXPECT_EQ(segment.packet_count, segment.frame_count + unheard);
    EXPECT_EQ(segment.preroll_packet, segment.first_packet);
    EXPECT_EQ(segment.end_packet, segment.next_packet);
    const std::int64_t us = ticks_to_us(segment.end_pts - segment.start_pts, index->time_base());
    if (segment.next_packet == index->packets().size()) continue;
    EXPECT_NEAR(static_cast<double>(us), 2e6, 50e3);
  }
}

TEST(TrackIndex, RefusesWhatItCannotIndex) {
  const Opened clip = open_clip(make_clip({.frames = 30, .audio = test::AudioCodec::kAac}));
  TrackIndex::BuildOptions options;
  options.most_packets = 10;
  EXPECT_EQ(TrackIndex::build(clip.path, clip.track, options).error().code, Errc::kTooLarge);
  TrackInfo words = clip.track;
  words.kind = TrackKind::kSubtitle;
  EXPECT_EQ(TrackIndex::build(clip.path, words).error().code, Errc::kUnsupported);
  TrackInfo sound = clip.track;
  sound.kind = TrackKind::kAudio;
  EXPECT_EQ(TrackIndex::build(clip.path, sound).error().code, Errc::kMalformed) << "the track holds pictures";
  TrackInfo elsewhere = clip.track;
  elsewhere.stream_index = 1;
  EXPECT_EQ(TrackIndex::build(clip.path, elsewhere).error().code, Errc::kMalformed);
  elsewhere.stream_index = 99;
  EXPECT_EQ(TrackIndex::build(clip.path, elsewhere).error().code, Errc::kMalformed);
  elsewhere.stream_index = -1;
  EXPECT_EQ(TrackIndex::build(clip.path, elsewhere).error().code, Errc::kMalformed);
  EXPECT_EQ(TrackIndex::build("/no/such/file", clip.track).error().code, Errc::kNotFound);
  const test::TempDir folder;
  EXPECT_EQ(TrackIndex::build(folder.write("junk.mp4", std::string(5000, 'x')), clip.track).error().code,
            Errc::kMalformed);
}

// ---- on disk

TEST(TrackIndex, EverySegmentOfSoundIsReadWholeInAnyOrder) {
  struct Case {
    const char* container;
    test::AudioCodec codec;
  };
  // Transport streams hold several frames of sound in one piece, at whose beginning alone one can seek.
  for (const Case& each : {Case{"ts", test::AudioCodec::kMp2}, Case{"mp4", test::AudioCodec::kAac},
                           Case{"mkv", test::AudioCodec::kOpus}, Case{"ts", test::AudioCodec::kMp3}}) {
    const std::string path =
        make_clip({.fps_num = 25, .frames = 200, .container = each.container, .audio = each.codec});
    const MediaInfo info = probe(path, ProbeLimits{}).value();
    const auto sound = std::find_if(info.tracks.begin(), info.tracks.end(),
                                    [](const TrackInfo& track) { return track.kind == TrackKind::kAudio; });
    ASSERT_NE(sound, info.tracks.end());
    const TrackIndexPtr index = TrackIndex::build(path, *sound).value();
    const auto reader = SourceReader::open(path, *sound, index).value();
    const std::span<const CopySegment> segments = index->segments();
    for (std::size_t i = segments.size(); i-- > 0;) {
      std::uint32_t count = 0;
      std::int64_t end = 0;
      const Status status = reader->read_segment(static_cast<std::uint32_t>(i), [&](const PacketView& packet) {
        ++count;
        end = packet.record.pts + packet.record.duration;
        return Status();
      });
      ASSERT_TRUE(status) << status.error().message;
      EXPECT_EQ(count, segments[i].packet_count) << path << " segment " << i;
      EXPECT_EQ(end, segments[i].end_pts) << path << " segment " << i;
    }
  }
}

class StoredIndex : public testing::Test {
 protected:
  const Opened clip_ = open_clip(make_clip({.frames = 60, .gop = 20, .bframes = 2, .is_open_gop = true}));
  const std::vector<std::uint8_t> bytes_ = clip_.index->serialize();
};

TEST_F(StoredIndex, AnyDamageIsNoticed) {
  ASSERT_TRUE(TrackIndex::parse(bytes_));
  std::mt19937 random(5);
  for (int i = 0; i < 500; ++i) {
    std::vector<std::uint8_t> damaged = bytes_;
    damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    EXPECT_FALSE(TrackIndex::parse(damaged));
  }
  for (std::size_t size = 0; size < bytes_.size(); size += 7)
    EXPECT_FALSE(TrackIndex::parse(Bytes(bytes_).first(size)));
  std::vector<std::uint8_t> longer = bytes_;
  longer.push_back(0);
  EXPECT_FALSE(TrackIndex::parse(longer));
}

}  // namespace
}  // namespace zoe::media
