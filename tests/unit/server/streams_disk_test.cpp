// Encoded segments that outlive the memory, and the server.
#include "server/streams/segment_disk.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "engine/media/track_index.hpp"
#include "server/streams/segment_maker.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/server/streams_fake_codec.hpp"
#include "tests/unit/server/streams_media.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;
using zoe::test::wait_until;

// A server's life: a store, a maker, and the disk that was there before.
struct Life {
  explicit Life(SegmentDiskConfig config) : disk(std::move(config), Log::null(), metrics) {}

  void open(test::FakeCodec& codec, const std::string& name = "fake@q1") {
    const auto entry = test::entry_of(zoe::test::make_clip({.frames = 300, .gop = 100}));
    const media::TrackInfo* track = entry->info.best_video();
    auto rendition = resolve_rendition(entry, *track, codec.pin(), name).value();
    ASSERT_TRUE(complete_rendition(*rendition, media::TrackIndex::build(entry->path, *track).value()));
    source = maker.source(std::make_shared<LiveRendition>(std::move(rendition)));
  }
  std::string make(std::uint32_t index, Heading heading = Heading::kForward) {
    const auto segment = source->request({index, Urgency::kWaiting, heading, interest});
    EXPECT_TRUE(wait_until([&] { return segment->state().is_finished; }));
    EXPECT_FALSE(segment->state().error);
    std::string all;
    for (std::uint32_t i = 0; i < segment->state().packets; ++i) {
      const media::PacketView packet = segment->packet(i);
      std::array<std::uint8_t, media::kPacketRecordBytes> record{};
      media::store_record(record.data(), packet.record);
      all += as_text(Bytes(record));
      all += as_text(packet.data);
    }
    return all;
  }
  std::uint64_t count(const char* name) { return metrics.counter(name).value(); }
  bool has_written(std::uint64_t segments) {
    return wait_until([&] { return count("segment_disk_writes_total") == segments; });
  }

  Metrics metrics;
  SegmentStore store{64U << 20, metrics};
  SegmentDisk disk;
  SegmentMaker maker{{2}, store, disk, Log::null(), metrics};
  InterestToken interest = std::make_shared<char>();
  std::shared_ptr<SegmentSource> source;
};

struct SegmentDiskTest : testing::Test {
  SegmentDiskTest() { codec.flags = ZOE_CODEC_INTRA_ONLY | ZOE_CODEC_COSTLY; }
  SegmentDiskConfig config() const { return {.folder = dir.path(), .most_bytes = 1U << 20, .least_free_bytes = 0}; }

  zoe::test::TempDir dir;
  test::FakeCodec codec{ZOE_CODEC_INPUT_FRAMES};
};

TEST_F(SegmentDiskTest, WhatWasEncodedOnceIsNotEncodedAfterARestart) {
  std::vector<std::string> first;
  {
    Life life(config());
    life.open(codec);
    for (std::uint32_t i = 0; i < 5; ++i) first.push_back(life.make(i));
    EXPECT_EQ(life.count("frames_encoded_total"), 300U);
    EXPECT_TRUE(life.has_written(5));
  }
  Life life(config());
  life.open(codec);
  for (const std::uint32_t i : {4U, 0U, 2U, 3U, 1U}) EXPECT_EQ(life.make(i, Heading::kBackward), first[i]) << i;
  EXPECT_EQ(life.count("frames_encoded_total"), 0U);
  EXPECT_EQ(life.count("frames_decoded_total"), 0U);
  EXPECT_EQ(life.count("segment_disk_hits_total"), 5U);
  EXPECT_EQ(life.count("segment_disk_writes_total"), 0U) << "what came from there is not written again";
}

TEST_F(SegmentDiskTest, OnlyWhatIsMissingIsMade) {
  std::vector<std::string> first;
  {
    Life life(config());
    life.open(codec);
    for (std::uint32_t i = 0; i < 5; ++i) first.push_back(life.make(i));
    EXPECT_TRUE(life.has_written(5));
  }
  // One is damaged: which does not matter.
  const fs::path damaged = *fs::directory_iterator(dir.path());
  std::string bytes = zoe::test::read_whole_file(damaged.string());
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  dir.write(damaged.filename().string(), bytes);
  {
    Life life(config());
    life.open(codec);
    for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ(life.make(i), first[i]) << i;
    EXPECT_EQ(life.count("frames_encoded_total"), 60U);
    EXPECT_TRUE(life.has_written(1));
  }
  Life another(config());
  another.open(codec, "fake@q2");
  another.make(0);
  EXPECT_EQ(another.count("segment_disk_hits_total"), 0U) << "another rendition";
}

TEST_F(SegmentDiskTest, WhatCostsLittleIsNotKept) {
  codec.flags = ZOE_CODEC_INTRA_ONLY;
  Life life(config());
  life.open(codec);
  life.make(0);
  life.disk.stop();
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST_F(SegmentDiskTest, AFullDiskCostsNobodyTheirVideo) {
  SegmentDiskConfig full = config();
  full.least_free_bytes = UINT64_MAX / 2;
  Life life(full);
  life.open(codec);
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_FALSE(life.make(i).empty());
  EXPECT_TRUE(wait_until([&] { return life.count("segment_disk_failures_total") == 5; }));
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

}  // namespace
}  // namespace zoe::server
