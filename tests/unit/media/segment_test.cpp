#include "engine/media/segment.hpp"

#include <array>
#include <atomic>
#include <numeric>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace zoe::media {
namespace {

std::vector<std::uint8_t> bytes_of(std::size_t size, std::uint8_t first) {
  std::vector<std::uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

TEST(PacketRecord, LiesInMemoryAsOnTheWire) {
  const PacketRecord record{.size_bytes = 0x01020304,
                            .flags = kPacketKey | kPacketDiscard,
                            .pts = -2,
                            .dts = kNoTimestamp,
                            .duration = 7,
                            .ordinal = 9};
  std::array<std::uint8_t, kPacketRecordBytes> memory{};
  store_record(memory.data(), record);
  EXPECT_EQ(memory[0], 0x04);
  EXPECT_EQ(memory[3], 0x01);
  EXPECT_EQ(memory[4], 3);
  EXPECT_EQ(memory[8], 0xfe);
  EXPECT_EQ(memory[15], 0xff);
  EXPECT_EQ(memory[23], 0x80);
  EXPECT_EQ(memory[24], 7);
  EXPECT_EQ(memory[28], 9);
  const PacketRecord back = load_record(memory.data());
  EXPECT_EQ(back.size_bytes, record.size_bytes);
  EXPECT_EQ(back.flags, record.flags);
  EXPECT_EQ(back.pts, record.pts);
  EXPECT_EQ(back.dts, record.dts);
  EXPECT_EQ(back.duration, record.duration);
  EXPECT_EQ(back.ordinal, record.ordinal);
}

TEST(Segment, GivesBackWhatWasAppended) {
  Segment segment(5);
  EXPECT_EQ(segment.index(), 5U);
  for (std::uint8_t i = 0; i < 10; ++i)
    ASSERT_TRUE(
        segment.append({.flags = i == 0 ? kPacketKey : 0, .pts = 100 + i, .ordinal = 77}, bytes_of(1000U * i, i)));
  EXPECT_EQ(segment.state().packets, 10U);
  EXPECT_FALSE(segment.state().is_finished);
  for (std::uint8_t i = 0; i < 10; ++i) {
    const PacketView packet = segment.packet(i);
    EXPECT_EQ(packet.record.ordinal, i) << "the ordinal is set by the segment";
    EXPECT_EQ(packet.record.pts, 100 + i);
    EXPECT_EQ(packet.record.size_bytes, 1000U * i);
    const auto expected = bytes_of(1000U * i, i);
    EXPECT_TRUE(std::equal(packet.data.begin(), packet.data.end(), expected.begin(), expected.end()));
  }
}

TEST(Segment, PacketsOfOneChunkLieEndToEnd) {
  Segment segment(0, 8192);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(segment.append({}, bytes_of(500, 1)));
  std::array<PacketPlace, 64> places;
  ASSERT_EQ(segment.places(0, places), 40U);
  int joints = 0;
  for (std::size_t i = 1; i < 40; ++i) {
    if (places[i].chunk != places[i - 1].chunk) continue;
    EXPECT_EQ(places[i].record, places[i - 1].record + places[i - 1].total_bytes);
    ++joints;
  }
  EXPECT_GT(joints, 30);
  EXPECT_EQ(segment.places(38, places), 2U);
  EXPECT_EQ(segment.places(40, places), 0U);
  EXPECT_EQ(segment.places(4000, places), 0U);
}

TEST(Segment, PlacesStayValidWhileItGrows) {
  Segment segment(0, 4096);
  ASSERT_TRUE(segment.append({.pts = 1}, bytes_of(100, 3)));
  std::array<PacketPlace, 1> place;
  ASSERT_EQ(segment.places(0, place), 1U);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(segment.append({}, bytes_of(300, 0)));
  EXPECT_EQ(load_record(place[0].record).pts, 1);
  EXPECT_EQ(place[0].record[kPacketRecordBytes], 3);
}

TEST(Segment, TakesAPacketLargerThanItsChunks) {
  Segment segment(0, 4096);
  ASSERT_TRUE(segment.append({}, bytes_of(1'000'000, 0)));
  EXPECT_EQ(segment.packet(0).data.size(), 1'000'000U);
  EXPECT_GE(segment.state().bytes, 1'000'000U);
}

TEST(Segment, RefusesPacketsBeyondTheBound) {
  Segment segment(0);
  const std::vector<std::uint8_t> large((std::size_t{64} << 20) + 1);
  const Status status = segment.append({}, large);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::kTooLarge);
}

TEST(Segment, TakesNothingAfterItsEnd) {
  Segment finished(0);
  finished.finish();
  EXPECT_TRUE(finished.state().is_finished);
  EXPECT_FALSE(finished.state().error);
  EXPECT_EQ(finished.append({}, {}).error().code, Errc::kConflict);

  Segment failed(0);
  failed.fail({Errc::kIo, "disk on fire"});
  failed.finish();
  EXPECT_TRUE(failed.state().is_finished);
  ASSERT_TRUE(failed.state().error);
  EXPECT_EQ(failed.state().error->code, Errc::kIo);
  EXPECT_EQ(failed.append({}, {}).error().code, Errc::kConflict);
}

TEST(SegmentWait, WakesOnceWhenMoreThanSeenIsThere) {
  Segment segment(0);
  int wakes = 0;
  const auto token = segment.wait(1, [&] { ++wakes; });
  ASSERT_TRUE(segment.append({}, {}));
  EXPECT_EQ(wakes, 0);
  ASSERT_TRUE(segment.append({}, {}));
  EXPECT_EQ(wakes, 1);
  ASSERT_TRUE(segment.append({}, {}));
  segment.finish();
  EXPECT_EQ(wakes, 1);
}

TEST(SegmentWait, WakesAtOnceWhereThereIsMoreAlready) {
  Segment segment(0);
  ASSERT_TRUE(segment.append({}, {}));
  int wakes = 0;
  const auto token = segment.wait(0, [&] { ++wakes; });
  EXPECT_EQ(wakes, 1);
}

TEST(SegmentWait, WakesAtTheEndAndAfterAFailure) {
  Segment finished(0);
  int wakes = 0;
  const auto first = finished.wait(0, [&] { ++wakes; });
  finished.finish();
  EXPECT_EQ(wakes, 1);
  const auto second = finished.wait(10, [&] { ++wakes; });
  EXPECT_EQ(wakes, 2);

  Segment failed(0);
  const auto third = failed.wait(0, [&] { ++wakes; });
  failed.fail({Errc::kIo, "gone"});
  EXPECT_EQ(wakes, 3);
}

TEST(SegmentWait, DoesNotWakeAfterItsTokenHasGone) {
  Segment segment(0);
  int wakes = 0;
  segment.wait(0, [&] { ++wakes; }).reset();
  for (int i = 0; i < 100; ++i) segment.wait(0, [&] { ++wakes; }).reset();
  ASSERT_TRUE(segment.append({}, {}));
  EXPECT_EQ(wakes, 0);
}

TEST(SegmentWait, TokenMayOutliveTheSegment) {
  auto segment = std::make_unique<Segment>(0);
  const auto token = segment->wait(0, [] { FAIL(); });
  segment.reset();
}

// One thread writes, others follow it through wait() and read every packet; tsan looks on.
TEST(Segment, IsReadWhileItIsWritten) {
  constexpr std::uint32_t kPackets = 2000;
  Segment segment(0, 16384);
  std::atomic<std::uint64_t> bytes_read{0};
  {
    std::vector<std::jthread> readers;
    for (int r = 0; r < 3; ++r) {
      readers.emplace_back([&] {
        std::uint32_t next = 0;
        for (;;) {
          Mutex mutex;
          CondVar changed;
          bool is_awake = false;
          const auto token = segment.wait(next, [&] {
            MutexLock lock(mutex);
            is_awake = true;
            changed.notify_one();
          });
          {
            MutexLock lock(mutex);
            while (!is_awake) changed.wait(mutex);
          }
          const Segment::State state = segment.state();
          for (; next < state.packets; ++next) {
            const PacketView packet = segment.packet(next);
            EXPECT_EQ(packet.record.ordinal, next);
            for (const std::uint8_t byte : packet.data) EXPECT_EQ(byte, static_cast<std::uint8_t>(next));
            bytes_read += packet.data.size();
          }
          if (state.is_finished) break;
        }
      });
    }
    for (std::uint32_t i = 0; i < kPackets; ++i) {
      const std::vector<std::uint8_t> data(i % 97, static_cast<std::uint8_t>(i));
      ASSERT_TRUE(segment.append({}, data));
    }
    segment.finish();
  }
  std::uint64_t expected = 0;
  for (std::uint32_t i = 0; i < kPackets; ++i) expected += i % 97;
  EXPECT_EQ(bytes_read.load(), 3 * expected);
}

}  // namespace
}  // namespace zoe::media
