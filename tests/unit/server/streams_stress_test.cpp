// Viewers that do anything at any time, on a cache too small for what they want.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "engine/media/track_index.hpp"
#include "server/streams/segment_maker.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/server/streams_fake_codec.hpp"
#include "tests/unit/server/streams_fakes.hpp"
#include "tests/unit/server/streams_media.hpp"

namespace zoe::server {
namespace {

using test::Delivered;

constexpr int kFrames = 300;
constexpr int kViewers = 6;
constexpr int kActs = 60;

// One viewer with a random mind. Whatever it did, the packets of a serial are those that the serial asked for.
class RestlessViewer {
 public:
  RestlessViewer(std::shared_ptr<SegmentSource> source, unsigned seed)
      : source_(std::move(source)), random_(seed), stream_(1, source_, {}, observer_) {}

  void run() {
    for (int i = 0; i < kActs; ++i) {
      act();
      const Delivered got = test::drain(stream_, pick(2000) + 1, pick(30));
      if (!got.packets.empty()) {
        EXPECT_EQ(got.serial, serial_);
      }
    }
    play_to_the_end();
    EXPECT_FALSE(observer_->failure) << observer_->failure->message;
  }

 private:
  std::uint32_t pick(int below) {
    return static_cast<std::uint32_t>(std::uniform_int_distribution<int>(0, below - 1)(random_));
  }

  void act() {
    switch (pick(7)) {
      case 0:
      case 1:
        seek(pick(kFrames), pick(2) == 0 ? 1 : -1);
        break;
      case 2:
        EXPECT_TRUE(stream_.step(++serial_, static_cast<std::int32_t>(pick(40)) + 1));
        break;
      case 3:
        EXPECT_TRUE(stream_.step(++serial_, -static_cast<std::int32_t>(pick(40)) - 1));
        break;
      case 4:
        EXPECT_TRUE(stream_.pause());
        break;
      case 5:
        EXPECT_TRUE(stream_.play());
        break;
      default:
        stream_.credit(serial_, pick(20'000'000));
        break;
    }
  }

  void seek(std::uint32_t frame, int rate) {
    SeekRequest request;
    request.serial = ++serial_;
    request.position_us = source_->table()->frame_us(frame);
    request.rate = Rational{rate, 1};
    request.credit_us = pick(3'000'000);
    request.is_paused = false;
    EXPECT_TRUE(stream_.seek(request));
  }

  void play_to_the_end() {
    const std::uint32_t from = pick(kFrames);
    seek(from, 1);
    stream_.credit(serial_, test::kAllCredit);
    std::vector<std::int64_t> got;
    std::uint32_t flags = 0;
    EXPECT_TRUE(zoe::test::wait_until([&] {
      const Delivered part = test::drain(stream_);
      for (const Delivered::Packet& packet : part.packets)
        got.push_back(source_->table()->frame_of_pts(packet.segment, packet.record.pts));
      flags |= part.all_flags;
      return (flags & ZOE_RUN_END) != 0;
    }));
    std::vector<std::int64_t> expected;
    for (std::int64_t frame = from; frame < kFrames; ++frame) expected.push_back(frame);
    EXPECT_EQ(got, expected);
  }

  const std::shared_ptr<SegmentSource> source_;
  std::mt19937 random_;
  std::shared_ptr<test::FakeObserver> observer_ = std::make_shared<test::FakeObserver>();
  Stream stream_;
  std::uint32_t serial_ = 1;
};

TEST(StreamStress, RestlessViewersOnATinyCacheAllGetWhatTheyAskFor) {
  zoe::test::ClipSpec spec;
  spec.frames = kFrames;
  spec.gop = 100;
  const MediaEntryPtr entry = test::entry_of(zoe::test::make_clip(spec));
  const media::TrackInfo& track = *entry->info.best_video();
  test::FakeCodec codec(ZOE_CODEC_INPUT_FRAMES);
  const auto rendition = resolve_rendition(entry, track, codec.pin(), "fake@q1").value();
  ASSERT_TRUE(complete_rendition(*rendition, media::TrackIndex::build(entry->path, track).value()));

  Metrics metrics;
  SegmentStore store(100'000, metrics);  // two or three segments of five
  SegmentDisk disk{{}, Log::null(), metrics};
  SegmentMaker maker({2}, store, disk, Log::null(), metrics);
  std::vector<std::jthread> viewers;
  for (unsigned i = 0; i < kViewers; ++i)
    viewers.emplace_back([&, i] { RestlessViewer(maker.source(std::make_shared<LiveRendition>(rendition)), i).run(); });
  viewers.clear();
  EXPECT_GT(store.stats().evictions, 0U);
  EXPECT_TRUE(zoe::test::wait_until([&] { return codec.sessions.load() == 0; }));
}

}  // namespace
}  // namespace zoe::server
