#include "server/streams/stream.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/support/wait.hpp"
#include "tests/unit/server/streams_fakes.hpp"

namespace zoe::server {
namespace {

using test::Delivered;
using test::drain;
using test::FakeObserver;
using test::FakeSource;
using test::gop_table;
using test::grid_table;
using test::kAllCredit;

std::vector<std::int64_t> range(std::int64_t first, std::int64_t end) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = first; i < end; ++i) list.push_back(i);
  return list;
}

class StreamTest : public ::testing::Test {
 protected:
  std::unique_ptr<Stream> open(StreamStart start = {}) { return std::make_unique<Stream>(7, source, start, observer); }
  static StreamStart granted() {
    StreamStart start;
    start.credit_us = kAllCredit;
    return start;
  }

  std::shared_ptr<FakeSource> source = std::make_shared<FakeSource>(grid_table(150));
  std::shared_ptr<FakeObserver> observer = std::make_shared<FakeObserver>();
};

TEST_F(StreamTest, PlaysToTheEndAndSaysSoOnce) {
  const auto stream = open(granted());
  const Delivered got = drain(*stream);
  EXPECT_EQ(got.pts(), range(0, 150));
  EXPECT_EQ(got.serial, 1U);
  ASSERT_EQ(got.run_flags.size(), 3U);
  EXPECT_EQ(got.run_flags[0], ZOE_RUN_SEGMENT_START | ZOE_RUN_SEGMENT_END);
  EXPECT_EQ(got.run_flags[2], ZOE_RUN_SEGMENT_START | ZOE_RUN_SEGMENT_END | ZOE_RUN_END);
  EXPECT_TRUE(drain(*stream).packets.empty());
}

TEST_F(StreamTest, BeginsWithASegmentWhole) {
  StreamStart start = granted();
  start.segment = 1;
  EXPECT_EQ(open(start)->position().position_us, 2'000'000);
  EXPECT_EQ(drain(*open(start)).pts(), range(60, 150));
  start.rate = {-1, 1};
  const Delivered back = drain(*open(start));
  ASSERT_EQ(back.packets.size(), 120U);
  EXPECT_EQ(back.pts().front(), 60);  // the segment forwards, whole; then the one before it
  EXPECT_EQ(back.pts().back(), 59);
}

TEST_F(StreamTest, RefusesToBeginWithASegmentThatIsNotThere) {
  StreamStart start;
  EXPECT_TRUE(Stream::check(start, *source->table()));
  start.segment = 2;
  EXPECT_TRUE(Stream::check(start, *source->table()));
  start.segment = 3;
  EXPECT_EQ(Stream::check(start, *source->table()).error().code, Errc::kInvalidArgument);
}

TEST_F(StreamTest, RunsKeepToTheirSizeAndOneLargePacketComesAlone) {
  const auto stream = open(granted());
  zoe_run run{};
  ASSERT_EQ(stream->pull(300, run), ZOE_OK);
  EXPECT_EQ(run.packets, 2U);
  EXPECT_EQ(run.slice_count, 1U) << "packets that lie end to end are one slice";
  EXPECT_EQ(run.flags, ZOE_RUN_SEGMENT_START);
  Stream::release(run);
  ASSERT_EQ(stream->pull(1, run), ZOE_OK);
  EXPECT_EQ(run.packets, 1U);
  EXPECT_EQ(run.first_packet, 2U);
  EXPECT_EQ(run.flags, 0U);
  Stream::release(run);
  const Delivered rest = drain(*stream, 1000);
  EXPECT_EQ(rest.pts(), range(3, 150));
}

TEST_F(StreamTest, ARunOfScatteredPacketsHasABoundedNumberOfSlices) {
  source = std::make_shared<FakeSource>(grid_table(1200), FakeSource::Mode::kWhole, 10);
  StreamStart start = granted();
  start.rate = {2, 1};
  start.max_fps = 30;
  const auto stream = open(start);
  const Delivered got = drain(*stream);
  EXPECT_EQ(got.packets.size(), 600U);
  for (const std::uint32_t flags : got.run_flags) EXPECT_TRUE(flags & ZOE_RUN_SUBSET);
}

TEST_F(StreamTest, MemoryOutlivesTheStreamUntilItIsReleased) {
  auto stream = open(granted());
  zoe_run run{};
  ASSERT_EQ(stream->pull(1 << 20, run), ZOE_OK);
  stream->close();
  stream.reset();
  Delivered got;
  source->fail(0, {Errc::kIo, "dropped by the store"});
  test::take_run(run, got);
  EXPECT_EQ(got.packets.size(), 60U);
  Stream::release(run);
  EXPECT_EQ(run.hold, nullptr);
}

TEST_F(StreamTest, WaitsForCreditAndWakesWhenItComes) {
  StreamStart start;
  start.credit_us = 500'000;
  const auto stream = open(start);
  EXPECT_EQ(drain(*stream).packets.size(), 15U);
  EXPECT_EQ(source->holders(0), 0) << "nothing is held without credit";
  EXPECT_EQ(observer->wakes.load(), 0);
  stream->credit(1, 400'000);
  stream->credit(2, 900'000);
  EXPECT_EQ(observer->wakes.load(), 0) << "a lower total, another serial";
  stream->credit(1, 1'000'000);
  EXPECT_EQ(observer->wakes.load(), 1);
  EXPECT_EQ(drain(*stream).pts(), range(15, 30));
  stream->credit(1, 10'000'000);
  EXPECT_EQ(drain(*stream).pts(), range(30, 150));
}

TEST_F(StreamTest, ReadsASegmentWhileItIsBeingMade) {
  source = std::make_shared<FakeSource>(grid_table(150), FakeSource::Mode::kByHand);
  const auto stream = open(granted());
  EXPECT_TRUE(drain(*stream).packets.empty());
  source->make(0, 1, false);
  EXPECT_EQ(observer->wakes.load(), 1);
  EXPECT_EQ(drain(*stream).pts(), range(0, 1));
  source->make(0, 10, false);
  EXPECT_EQ(observer->wakes.load(), 2) << "one wake for all that comes before the next pull";
  EXPECT_EQ(drain(*stream).pts(), range(1, 10));
  source->make(0, 60, false);
  const Delivered rest = drain(*stream);
  EXPECT_EQ(rest.pts(), range(10, 60));
  EXPECT_TRUE(rest.all_flags & ZOE_RUN_SEGMENT_END) << "the table knows that nothing more comes";
}

TEST_F(StreamTest, TheEndOfASegmentThatTurnsOutShorterIsTold) {
  source = std::make_shared<FakeSource>(grid_table(60), FakeSource::Mode::kByHand);
  source->leave_out({59});
  const auto stream = open(granted());
  drain(*stream);
  source->make(0, 60, false);
  Delivered got = drain(*stream);
  EXPECT_EQ(got.pts(), range(0, 59));
  EXPECT_FALSE(got.all_flags & ZOE_RUN_SEGMENT_END);
  source->make(0, 60, true);
  got = drain(*stream);
  EXPECT_TRUE(got.packets.empty());
  EXPECT_EQ(got.all_flags, ZOE_RUN_SEGMENT_END | ZOE_RUN_END);
}

TEST_F(StreamTest, ReadsAheadInItsDirection) {
  source = std::make_shared<FakeSource>(grid_table(600));
  StreamStart start = granted();
  start.position_us = 7'000'000;
  const auto stream = open(start);
  zoe_run run{};
  ASSERT_EQ(stream->pull(1, run), ZOE_OK);
  Stream::release(run);
  EXPECT_EQ(source->ahead(), (std::vector<std::uint32_t>{4, 5}));

  SeekRequest seek;
  seek.serial = 2;
  seek.position_us = 7'000'000;
  seek.rate = Rational{-2, 1};
  seek.credit_us = kAllCredit;
  ASSERT_TRUE(stream->seek(seek));
  ASSERT_EQ(stream->pull(1, run), ZOE_OK);
  Stream::release(run);
  EXPECT_EQ(source->ahead(), (std::vector<std::uint32_t>{4, 5, 2, 1, 0}));
}

TEST_F(StreamTest, SeeksToEveryFrame) {
  const auto stream = open();
  for (std::uint32_t frame = 0; frame < 150; ++frame) {
    SeekRequest seek;
    seek.serial = frame + 2;
    seek.position_us = source->table()->frame_us(frame);
    seek.credit_us = 1;
    const auto position = stream->seek(seek);
    ASSERT_TRUE(position);
    EXPECT_EQ(position->segment, frame / 60);
    EXPECT_EQ(position->position_us, frame / 60 * 2'000'000);
    const Delivered got = drain(*stream);
    EXPECT_EQ(got.pts(), range(frame, frame + 1));
    EXPECT_EQ(got.serial, frame + 2);
  }
}

TEST_F(StreamTest, RefusesWhatIsOutOfRange) {
  const auto stream = open(granted());
  SeekRequest seek;
  seek.serial = 1;
  seek.position_us = 0;
  EXPECT_EQ(stream->seek(seek).error().code, Errc::kConflict);
  seek.serial = 2;
  seek.segment = 0;
  EXPECT_EQ(stream->seek(seek).error().code, Errc::kInvalidArgument) << "both";
  seek.position_us.reset();
  seek.segment = 3;
  EXPECT_EQ(stream->seek(seek).error().code, Errc::kInvalidArgument);
  seek.segment = 2;
  seek.rate = Rational{17, 1};
  EXPECT_EQ(stream->seek(seek).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(stream->set_rate({0, 1}, {}).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(stream->set_rate({-1, 1}, {}).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(stream->set_rate({2, 1}, 0.5).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(stream->step(2, 0).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(stream->step(2, 301).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(stream->step(2, INT32_MIN).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(stream->position().serial, 1U);
  EXPECT_EQ(drain(*stream).packets.size(), 150U) << "nothing of it moved the cursor";
  StreamStart start;
  start.rate = {33, 2};
  EXPECT_FALSE(Stream::check(start));
  start.rate = {-16, 1};
  EXPECT_TRUE(Stream::check(start));
  start.max_fps = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(Stream::check(start));
}

TEST_F(StreamTest, PauseHoldsBackAndPlayGoesOn) {
  const auto stream = open(granted());
  zoe_run run{};
  ASSERT_EQ(stream->pull(500, run), ZOE_OK);
  Stream::release(run);
  ASSERT_TRUE(stream->pause());
  EXPECT_TRUE(drain(*stream).packets.empty());
  EXPECT_EQ(source->holders(0), 0);
  ASSERT_TRUE(stream->play());
  EXPECT_EQ(observer->wakes.load(), 1);
  EXPECT_EQ(drain(*stream).packets.size(), 150U - 3U);
}

TEST_F(StreamTest, StepsThenRests) {
  StreamStart start;
  start.position_us = 4'000'000;
  start.is_paused = true;
  const auto stream = open(start);
  EXPECT_TRUE(drain(*stream).packets.empty());
  ASSERT_TRUE(stream->step(2, 2));
  EXPECT_EQ(drain(*stream).pts(), range(120, 122));
  ASSERT_TRUE(stream->step(3, -4));
  const Delivered back = drain(*stream);
  EXPECT_EQ(back.run_segments, (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(back.pts(), (std::vector<std::int64_t>{120, 121, 118, 119}));
  for (const std::uint32_t flags : back.run_flags) EXPECT_TRUE(flags & ZOE_RUN_SEGMENT_END);
  ASSERT_TRUE(stream->play());
  EXPECT_TRUE(drain(*stream).packets.empty()) << "playing needs credit";
  stream->credit(3, 20'000'000);
  EXPECT_EQ(drain(*stream).pts(), range(118, 150));
}

TEST_F(StreamTest, AStepLeavesAPausedStreamPaused) {
  StreamStart start;
  start.is_paused = true;
  const auto stream = open(start);
  ASSERT_TRUE(stream->step(2, 1));
  EXPECT_EQ(drain(*stream).pts(), range(0, 1));
  SeekRequest seek;
  seek.serial = 3;
  seek.position_us = 0;
  seek.credit_us = kAllCredit;
  ASSERT_TRUE(stream->seek(seek));
  EXPECT_TRUE(drain(*stream).packets.empty());
  seek.serial = 4;
  seek.is_paused = false;
  ASSERT_TRUE(stream->seek(seek));
  EXPECT_EQ(drain(*stream).packets.size(), 150U);
}

TEST_F(StreamTest, AStepBeyondTheEndSaysEnd) {
  StreamStart start;
  start.position_us = 4'900'000;
  start.is_paused = true;
  const auto stream = open(start);
  ASSERT_TRUE(stream->step(2, 10));
  Delivered got = drain(*stream);
  EXPECT_EQ(got.pts(), range(147, 150));
  EXPECT_TRUE(got.run_flags.back() & ZOE_RUN_END);
  ASSERT_TRUE(stream->step(3, 1));
  got = drain(*stream);
  EXPECT_TRUE(got.packets.empty());
  EXPECT_EQ(got.all_flags, ZOE_RUN_END);
  EXPECT_EQ(got.serial, 3U);
}

TEST_F(StreamTest, LoopingIsMarkedOnTheFirstRunAfterIt) {
  StreamStart start;
  start.credit_us = 12'000'000;
  start.is_looping = true;
  const auto stream = open(start);
  const Delivered got = drain(*stream);
  ASSERT_EQ(got.packets.size(), 360U);
  int looped = 0;
  for (std::size_t i = 0; i < got.run_flags.size(); ++i)
    if (got.run_flags[i] & ZOE_RUN_LOOPED) {
      ++looped;
      EXPECT_EQ(got.run_segments[i], 0U);
    }
  EXPECT_EQ(looped, 2);
  EXPECT_FALSE(got.all_flags & ZOE_RUN_END);
}

TEST_F(StreamTest, AnotherRenditionGoesOnAtItsTime) {
  const auto stream = open(granted());
  auto copy = std::make_shared<FakeSource>(gop_table(150, 25));
  const auto position = stream->set_source(copy, 2, 2'900'000);
  ASSERT_TRUE(position);
  EXPECT_EQ(position->segment, 3U);
  stream->credit(2, kAllCredit);
  EXPECT_EQ(drain(*stream).packets.size(), 75U);
}

TEST_F(StreamTest, AFailureIsToldOnceAndEndsItsSerialOnly) {
  source = std::make_shared<FakeSource>(grid_table(150), FakeSource::Mode::kByHand);
  const auto stream = open(granted());
  drain(*stream);
  source->make(0, 5, false);
  source->fail(0, {Errc::kUnavailable, "the file has gone"});
  EXPECT_EQ(drain(*stream).pts(), range(0, 5)) << "what was made is still sent";
  ASSERT_TRUE(observer->failure);
  EXPECT_EQ(observer->failure->code, Errc::kUnavailable);
  EXPECT_EQ(observer->failed_serial, 1U);
  observer->failure.reset();
  EXPECT_TRUE(drain(*stream).packets.empty());
  EXPECT_FALSE(observer->failure);

  SeekRequest seek;
  seek.serial = 2;
  seek.position_us = 4'000'000;
  seek.credit_us = kAllCredit;
  ASSERT_TRUE(stream->seek(seek));
  source->make(2, 30, true);
  EXPECT_EQ(drain(*stream).pts(), range(120, 150));
}

TEST_F(StreamTest, ACancelledSegmentIsAskedForAgain) {
  source = std::make_shared<FakeSource>(grid_table(150), FakeSource::Mode::kByHand);
  const auto stream = open(granted());
  drain(*stream);
  source->fail(0, {Errc::kCancelled, "nobody wanted it"});
  drain(*stream);
  EXPECT_FALSE(observer->failure);
  source->make(0, 60, true);
  EXPECT_EQ(drain(*stream).pts(), range(0, 60));
}

TEST_F(StreamTest, MediaOfWhichNothingDecodesEndsInsteadOfSpinning) {
  source = std::make_shared<FakeSource>(grid_table(150));
  source->leave_out(range(0, 150));
  StreamStart start = granted();
  EXPECT_EQ(drain(*open(start)).all_flags, ZOE_RUN_END);

  start.is_looping = true;
  start.credit_us = 60'000'000;
  const auto looping = open(start);
  EXPECT_TRUE(drain(*looping).packets.empty());
  ASSERT_TRUE(looping->step(2, 5));
  EXPECT_TRUE(drain(*looping).packets.empty());
}

TEST_F(StreamTest, ClosedMeansClosed) {
  const auto stream = open(granted());
  stream->close();
  EXPECT_TRUE(drain(*stream).packets.empty());
  EXPECT_EQ(stream->play().error().code, Errc::kConflict);
  EXPECT_EQ(stream->step(5, 1).error().code, Errc::kConflict);
}

// Several viewers pull, seek and grant from threads of their own while the segments they share are being written.
TEST_F(StreamTest, ManyViewersAndOneWriter) {
  source = std::make_shared<FakeSource>(grid_table(1200), FakeSource::Mode::kByHand);
  std::vector<std::jthread> viewers;
  for (unsigned viewer = 0; viewer < 4; ++viewer)
    viewers.emplace_back([this, viewer] {
      auto own = std::make_shared<FakeObserver>();
      StreamStart start;
      start.credit_us = 1;
      start.position_us = viewer * 1'000'000;
      Stream stream(viewer, source, start, own);
      std::jthread granter([&stream](std::stop_token stop) {
        for (std::uint64_t credit = 100'000; !stop.stop_requested(); credit += 100'000) {
          stream.credit(1, credit);
          std::this_thread::yield();
        }
      });
      std::vector<std::int64_t> got;
      int seen = 0;
      EXPECT_TRUE(zoe::test::wait_until([&] {
        const Delivered part = drain(stream, 5000);
        for (const std::int64_t pts : part.pts()) got.push_back(pts);
        seen |= static_cast<int>(part.all_flags);
        return (seen & ZOE_RUN_END) != 0;
      }));
      EXPECT_EQ(got, range(viewer * 30, 1200));
    });
  for (std::uint32_t segment = 0; segment < 20; ++segment)
    for (std::uint32_t packets = 10; packets <= 60; packets += 10) source->make(segment, packets, packets == 60);
  viewers.clear();
}

}  // namespace
}  // namespace zoe::server
