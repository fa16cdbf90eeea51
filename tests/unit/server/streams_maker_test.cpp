#include "server/streams/segment_maker.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/server/streams_fake_codec.hpp"
#include "tests/unit/server/streams_fakes.hpp"
#include "tests/unit/server/streams_media.hpp"

namespace zoe::server {
namespace {

using test::entry_of;
using zoe::test::ClipSpec;
using zoe::test::make_clip;
using zoe::test::wait_until;

ClipSpec clip_of(int frames, int gop) {
  ClipSpec spec;
  spec.frames = frames;
  spec.gop = gop;
  return spec;
}

std::shared_ptr<Rendition> rendition_of(const MediaEntryPtr& entry, test::FakeCodec& codec, const std::string& name) {
  const media::TrackInfo* track = entry->info.best_video();
  auto rendition = *resolve_rendition(entry, *track, codec.pin(), name);
  auto index = media::TrackIndex::build(entry->path, *track);
  EXPECT_TRUE(index) << index.error().message;
  const Status completed = complete_rendition(*rendition, *index);
  EXPECT_TRUE(completed) << completed.error().message;
  return rendition;
}

class SegmentMakerTest : public ::testing::Test {
 protected:
  explicit SegmentMakerTest(std::size_t workers = 2) : maker({workers}, store, disk, Log::null(), metrics) {}

  std::shared_ptr<SegmentSource> open(const std::string& path) {
    rendition = rendition_of(entry_of(path), codec, "fake@q1");
    return maker.source(std::make_shared<LiveRendition>(rendition));
  }

  // Asks for a segment and waits for its end.
  media::SegmentPtr make(SegmentSource& source, std::uint32_t index, Heading heading = Heading::kForward) {
    media::SegmentPtr segment = source.request({index, Urgency::kWaiting, heading, interest});
    EXPECT_TRUE(wait_until([&] { return segment->state().is_finished; }));
    return segment;
  }

  // The numbers of the frames whose packets it holds.
  static std::vector<std::int64_t> numbers(const media::Segment& segment) {
    std::vector<std::int64_t> list;
    for (std::uint32_t i = 0; i < segment.state().packets; ++i) {
      const media::PacketView packet = segment.packet(i);
      EXPECT_EQ(packet.data.size(), 4U);
      list.push_back(load_le<std::uint32_t>(packet.data.data()));
    }
    return list;
  }

  static std::vector<std::int64_t> range(std::int64_t first, std::int64_t end) {
    std::vector<std::int64_t> list;
    for (std::int64_t i = first; i < end; ++i) list.push_back(i);
    return list;
  }

  std::uint64_t decoded() { return metrics.counter("frames_decoded_total").value(); }
  std::uint64_t encoded() { return metrics.counter("frames_encoded_total").value(); }

  Metrics metrics;
  SegmentStore store{64U << 20, metrics};
  SegmentDisk disk{{}, Log::null(), metrics};
  test::FakeCodec codec{ZOE_CODEC_INPUT_FRAMES};
  std::shared_ptr<Rendition> rendition;
  InterestToken interest = std::make_shared<char>();
  SegmentMaker maker;
};

class OneWorkerTest : public SegmentMakerTest {
 protected:
  OneWorkerTest() : SegmentMakerTest(1) {}
};

TEST_F(OneWorkerTest, ForwardEveryFrameIsDecodedAndEncodedOnce) {
  const auto source = open(make_clip(clip_of(300, 100)));
  ASSERT_EQ(source->table()->segments(), 5U);
  for (std::uint32_t i = 0; i < 5; ++i)
    EXPECT_EQ(numbers(*make(*source, i)), range(i * 60, i * 60 + 60)) << "segment " << i;
  EXPECT_EQ(encoded(), 300U);
  EXPECT_EQ(decoded(), 300U) << "the decoder goes on where the segment before ended";
  EXPECT_EQ(codec.sessions.load(), 0);
}

TEST_F(OneWorkerTest, BackwardALongGroupOfPicturesIsDecodedOnce) {
  const auto source = open(make_clip(clip_of(500, 250)));
  ASSERT_EQ(source->table()->segments(), 9U);
  for (std::uint32_t i = 9; i-- > 0;)
    EXPECT_EQ(numbers(*make(*source, i, Heading::kBackward)), range(i * 60, std::min<std::int64_t>(i * 60 + 60, 500)));
  EXPECT_EQ(encoded(), 500U);
  // The segment that lies in both groups needs the first one and the beginning of the second.
  EXPECT_LE(decoded(), 800U);
}

TEST_F(OneWorkerTest, SeeksAnywhereInAnyOrder) {
  const auto source = open(make_clip(clip_of(300, 100)));
  for (const std::uint32_t i : {3U, 1U, 4U, 0U, 2U}) EXPECT_EQ(numbers(*make(*source, i)), range(i * 60, i * 60 + 60));
  EXPECT_EQ(encoded(), 300U);
}

TEST_F(OneWorkerTest, WhoTakesEverythingDoesNotKeepTheWorker) {
  const auto greedy = open(make_clip(clip_of(3000, 250)));
  const auto modest = open(make_clip(clip_of(300, 30)));
  auto observer = std::make_shared<test::FakeObserver>();
  StreamStart start;
  start.credit_us = test::kAllCredit;
  Stream stream(1, greedy, start, observer);
  std::jthread taker([&stream](std::stop_token stop) {
    while (!stop.stop_requested()) test::drain(stream);
  });
  EXPECT_TRUE(wait_until([this] { return encoded() > 120; }));
  for (std::uint32_t i = 0; i < 3; ++i) make(*modest, i);
  EXPECT_LT(encoded(), 2000U);
}

TEST_F(SegmentMakerTest, ManyViewersOneEncode) {
  const auto source = open(make_clip(clip_of(300, 250)));
  std::vector<std::jthread> viewers;
  for (int viewer = 0; viewer < 8; ++viewer)
    viewers.emplace_back([&, viewer] {
      auto observer = std::make_shared<test::FakeObserver>();
      StreamStart start;
      start.credit_us = test::kAllCredit;
      start.rate = {viewer % 2 == 0 ? 1 : -1, 1};
      start.position_us = viewer % 2 == 0 ? 0 : 10'000'000;
      Stream stream(1, source, start, observer);
      std::size_t packets = 0;
      std::uint32_t flags = 0;
      EXPECT_TRUE(wait_until([&] {
        const auto part = test::drain(stream);
        packets += part.packets.size();
        flags |= part.all_flags;
        return (flags & ZOE_RUN_END) != 0;
      }));
      EXPECT_EQ(packets, 300U);
      EXPECT_FALSE(observer->failure);
    });
  viewers.clear();
  for (const auto& [pts, times] : codec.encoded()) EXPECT_EQ(times, 1) << "pts " << pts;
  EXPECT_EQ(encoded(), 300U);
  EXPECT_EQ(store.stats().makes, 5U);
}

TEST_F(SegmentMakerTest, BFramesAndOpenGroupsComeOutInOrder) {
  ClipSpec spec = clip_of(150, 40);
  spec.bframes = 2;
  spec.is_open_gop = true;
  const auto source = open(make_clip(spec));
  for (std::uint32_t i = 3; i-- > 0;)
    EXPECT_EQ(numbers(*make(*source, i, Heading::kBackward)), range(i * 60, std::min<std::int64_t>(i * 60 + 60, 150)));
}

TEST_F(SegmentMakerTest, AnEncoderThatKeepsFramesBackLosesNone) {
  codec.delay = 7;
  const auto source = open(make_clip(clip_of(150, 30)));
  for (std::uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(numbers(*make(*source, i)), range(i * 60, std::min<std::int64_t>(i * 60 + 60, 150)));
}

TEST_F(SegmentMakerTest, AnEncoderThatFailsFailsItsSegmentAlone) {
  const auto source = open(make_clip(clip_of(150, 30)));
  codec.fails_at_pts = source->table()->frame_pts(70);
  const auto failed = make(*source, 1);
  ASSERT_TRUE(failed->state().error);
  EXPECT_NE(failed->state().error->message.find("no memory for a picture"), std::string::npos);
  EXPECT_EQ(numbers(*make(*source, 0)), range(0, 60));
  EXPECT_EQ(numbers(*make(*source, 2)), range(120, 150));
  codec.fails_at_pts.reset();
  EXPECT_EQ(numbers(*make(*source, 1)), range(60, 120)) << "a failure is not kept";
}

TEST_F(SegmentMakerTest, AnEncoderThatTakesNothingIsNoEndlessLoop) {
  const auto source = open(make_clip(clip_of(150, 30)));
  codec.is_stuck = true;
  EXPECT_TRUE(make(*source, 0)->state().error);
}

TEST_F(SegmentMakerTest, WhatNobodyWaitsForIsNotMade) {
  const auto source = open(make_clip(clip_of(300, 250)));
  std::vector<media::SegmentPtr> wanted;
  for (std::uint32_t i = 0; i < 5; ++i)
    wanted.push_back(source->request({i, Urgency::kWaiting, Heading::kForward, std::make_shared<char>()}));
  for (const auto& segment : wanted) EXPECT_TRUE(wait_until([&] { return segment->state().is_finished; }));
  std::size_t cancelled = 0;
  for (const auto& segment : wanted) cancelled += segment->state().error ? 1 : 0;
  EXPECT_GE(cancelled, 4U);
  EXPECT_EQ(numbers(*make(*source, 4)), range(240, 300)) << "asked for again, it is made";
}

TEST_F(SegmentMakerTest, AFileThatIsGoneFailsItsOwnSegmentsInWords) {
  const zoe::test::TempDir folder;
  const std::string path = folder.file("doomed.mp4");
  std::filesystem::copy_file(make_clip(clip_of(300, 30)), path);
  const auto doomed = open(path);
  const auto healthy = open(make_clip(clip_of(300, 30)));
  std::filesystem::remove(path);
  const auto segment = make(*doomed, 2);
  ASSERT_TRUE(segment->state().error);
  EXPECT_EQ(segment->state().error->code, Errc::kNotFound) << segment->state().error->message;
  EXPECT_NE(segment->state().error->message.find("doomed.mp4"), std::string::npos) << segment->state().error->message;
  EXPECT_EQ(numbers(*make(*healthy, 2)), range(120, 180));
}

TEST_F(SegmentMakerTest, AFileThatShrinksWhileItPlaysFailsWithoutCrashing) {
  const zoe::test::TempDir folder;
  const std::string path = folder.file("shrinks.mkv");
  ClipSpec spec = clip_of(300, 30);
  spec.container = "mkv";
  std::filesystem::copy_file(make_clip(spec), path);
  const auto source = open(path);
  EXPECT_EQ(numbers(*make(*source, 0)), range(0, 60));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto last = make(*source, 4);
  EXPECT_TRUE(last->state().error || last->state().packets < 60);
}

TEST_F(SegmentMakerTest, DamagedFramesAreLeftOut) {
  const zoe::test::TempDir folder;
  const std::string path = folder.file("damaged.ts");
  ClipSpec spec = clip_of(300, 30);
  spec.container = "ts";
  std::filesystem::copy_file(make_clip(spec), path);
  {
    // Some 188-byte packets in the middle become noise.
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2 / 188 * 188);
    for (int i = 0; i < 40; ++i) {
      file.seekp(middle + i * 188 + 20);
      for (int k = 0; k < 150; ++k) file.put(static_cast<char>(k * 7 + i));
    }
  }
  const auto source = open(path);
  std::size_t frames = 0;
  for (std::uint32_t i = 0; i < source->table()->segments(); ++i) {
    const auto segment = make(*source, i);
    EXPECT_FALSE(segment->state().error) << segment->state().error->message;
    frames += segment->state().packets;
  }
  EXPECT_GE(frames, 200U);
}

TEST_F(SegmentMakerTest, StoppingFailsWhatWaits) {
  const auto source = open(make_clip(clip_of(300, 250)));
  std::vector<media::SegmentPtr> wanted;
  for (std::uint32_t i = 0; i < 5; ++i)
    wanted.push_back(source->request({i, Urgency::kWaiting, Heading::kForward, interest}));
  maker.stop();
  for (const auto& segment : wanted) EXPECT_TRUE(segment->state().is_finished);
  EXPECT_TRUE(source->request({0, Urgency::kWaiting, Heading::kForward, interest})->state().is_finished);
}

TEST_F(SegmentMakerTest, PacketsArePassedThroughAsTheReaderGivesThem) {
  ClipSpec spec = clip_of(150, 40);
  spec.bframes = 2;
  spec.is_open_gop = true;
  const MediaEntryPtr entry = entry_of(make_clip(spec));
  test::FakeCodec copier(ZOE_CODEC_INPUT_PACKETS);
  copier.flags = 0;
  const auto copy = rendition_of(entry, copier, "copy");
  EXPECT_EQ(copy->table->granularity(), Granularity::kSegment);
  const auto source = maker.source(std::make_shared<LiveRendition>(copy));
  auto reader = *media::SourceReader::open(entry->path, copy->track, copy->index);
  for (std::uint32_t i = copy->table->segments(); i-- > 0;) {
    const auto segment = make(*source, i);
    ASSERT_FALSE(segment->state().error) << segment->state().error->message;
    EXPECT_EQ(segment->state().packets, copy->table->span(i).packets);
    std::uint32_t ordinal = 0;
    ASSERT_TRUE(reader->read_segment(i, [&](const media::PacketView& expected) -> Status {
      const media::PacketView packet = segment->packet(ordinal++);
      EXPECT_EQ(packet.record.pts, expected.record.pts);
      EXPECT_EQ(packet.record.dts, expected.record.dts);
      EXPECT_EQ(packet.record.flags, expected.record.flags);
      EXPECT_EQ(packet.record.duration, expected.record.duration);
      EXPECT_TRUE(std::equal(packet.data.begin(), packet.data.end(), expected.data.begin(), expected.data.end()));
      return {};
    }));
    EXPECT_EQ(ordinal, segment->state().packets);
  }
}

TEST_F(SegmentMakerTest, APluginMayKeepThePacketsThatItIsHanded) {
  const MediaEntryPtr entry = entry_of(make_clip(clip_of(150, 40)));
  test::FakeCodec copier(ZOE_CODEC_INPUT_PACKETS);
  copier.delay = 1000;  // all come out when it is flushed, after the reader has gone on
  const auto copy = rendition_of(entry, copier, "copy");
  const auto segment = make(*maker.source(std::make_shared<LiveRendition>(copy)), 1);
  EXPECT_EQ(segment->state().packets, copy->table->span(1).packets);
  std::uint32_t ordinal = 0;
  auto reader = *media::SourceReader::open(entry->path, copy->track, copy->index);
  ASSERT_TRUE(reader->read_segment(1, [&](const media::PacketView& expected) -> Status {
    const Bytes data = segment->packet(ordinal++).data;
    EXPECT_TRUE(std::equal(data.begin(), data.end(), expected.data.begin(), expected.data.end()));
    return {};
  }));
}

TEST_F(SegmentMakerTest, TheRenditionSaysWhatComesOut) {
  open(make_clip(clip_of(150, 30)));
  EXPECT_EQ(as_text(rendition->output.extradata), "head");
  EXPECT_EQ(rendition->table->granularity(), Granularity::kFrame);
  const auto refused = resolve_rendition(rendition->media, rendition->track, codec.pin(), "fake@!");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kInvalidArgument);
  EXPECT_FALSE(resolve_rendition(rendition->media, rendition->track, codec.pin(), std::string(64, 'x')));
}

}  // namespace
}  // namespace zoe::server
