// Segments over the generations of a codec plugin.
#include "server/streams/live_rendition.hpp"

#include <gtest/gtest.h>

#include "engine/media/track_index.hpp"
#include "server/streams/segment_maker.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/server/streams_fake_codec.hpp"
#include "tests/unit/server/streams_media.hpp"

namespace zoe::server {
namespace {

using zoe::test::wait_until;

struct LiveRenditionTest : testing::Test {
  // A generation that `loaded` tells whether somebody holds it.
  static CodecPin generation(test::FakeCodec& codec, std::uint64_t number, const std::string& version,
                             std::weak_ptr<const void>& loaded) {
    CodecPin pin = codec.pin();
    pin.id = "codec_fake";
    pin.generation = number;
    pin.version = version;
    pin.pin = std::make_shared<int>(0);
    loaded = pin.pin;
    return pin;
  }

  void open(CodecPin pin) {
    const auto entry = test::entry_of(zoe::test::make_clip({.frames = 150}));
    const media::TrackInfo* track = entry->info.best_video();
    auto rendition = resolve_rendition(entry, *track, std::move(pin), "fake@q1").value();
    ASSERT_TRUE(complete_rendition(*rendition, media::TrackIndex::build(entry->path, *track).value()));
    live = std::make_shared<LiveRendition>(std::move(rendition));
    source = maker.source(live);
  }

  // What StreamService does when a plugin was replaced.
  void follow(CodecPin pin) {
    auto next = follow_rendition(*live->current(), std::move(pin));
    ASSERT_TRUE(next) << next.error().message;
    live->replace(std::move(*next));
  }

  void make(std::uint32_t index) {
    const auto segment = source->request({index, Urgency::kWaiting, Heading::kForward, interest});
    ASSERT_TRUE(wait_until([&] { return segment->state().is_finished; }));
    EXPECT_FALSE(segment->state().error);
  }

  Metrics metrics;
  SegmentStore store{64U << 20, metrics};
  test::FakeCodec first{ZOE_CODEC_INPUT_FRAMES};
  test::FakeCodec second{ZOE_CODEC_INPUT_FRAMES};
  std::weak_ptr<const void> first_loaded;
  std::weak_ptr<const void> second_loaded;
  InterestToken interest = std::make_shared<char>();
  SegmentDisk disk{{}, Log::null(), metrics};
  SegmentMaker maker{{1}, store, disk, Log::null(), metrics};
  LiveRenditionPtr live;
  std::shared_ptr<SegmentSource> source;
};

TEST_F(LiveRenditionTest, AnotherVersionMakesTheNextSegmentAndThoseOfTheOldOneAnew) {
  open(generation(first, 1, "1.0.0", first_loaded));
  make(0);
  EXPECT_EQ(first.encoded().size(), 60U);
  follow(generation(second, 2, "1.1.0", second_loaded));
  make(1);
  EXPECT_EQ(second.encoded().size(), 60U);
  make(0);
  EXPECT_EQ(second.encoded().size(), 120U);
  EXPECT_EQ(first.encoded().size(), 60U);
}

TEST_F(LiveRenditionTest, WhatTheSameVersionMadeIsNotMadeAgain) {
  open(generation(first, 1, "1.0.0", first_loaded));
  make(0);
  follow(generation(second, 2, "1.0.0", second_loaded));
  make(0);
  EXPECT_TRUE(second.encoded().empty());
  make(1);
  EXPECT_EQ(second.encoded().size(), 60U);
}

TEST_F(LiveRenditionTest, TheOldGenerationIsLetGoWhileStreamsGoOn) {
  open(generation(first, 1, "1.0.0", first_loaded));
  make(0);
  EXPECT_FALSE(first_loaded.expired());
  follow(generation(second, 2, "1.1.0", second_loaded));
  EXPECT_TRUE(wait_until([&] { return first_loaded.expired(); }));
  EXPECT_FALSE(second_loaded.expired());
}

TEST_F(LiveRenditionTest, AnOlderGenerationDoesNotComeBack) {
  open(generation(first, 2, "1.1.0", first_loaded));
  auto late = follow_rendition(*live->current(), generation(second, 1, "1.0.0", second_loaded));
  ASSERT_TRUE(late);
  live->replace(std::move(*late));
  EXPECT_EQ(live->current()->codec.generation, 2U);
}

TEST_F(LiveRenditionTest, AGenerationThatMakesSomethingElseDoesNotFollow) {
  open(generation(first, 1, "1.0.0", first_loaded));
  second.flags = 0;  // its frames lean on each other
  const auto refused = follow_rendition(*live->current(), generation(second, 2, "2.0.0", second_loaded));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kUnsupported);
}

}  // namespace
}  // namespace zoe::server
