#include "server/streams/segment_store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace zoe::server {
namespace {

class SegmentStoreTest : public ::testing::Test {
 protected:
  SegmentKey key(std::uint32_t index, const char* rendition = "m/v/0/copy") {
    return {std::make_shared<const std::string>(rendition), index};
  }

  // Claims a segment, writes `bytes` into it, finishes it.
  void make(SegmentStore& store, std::uint32_t index, std::size_t bytes) {
    const auto segment = store.claim(key(index), SegmentStore::Claim::kCreate);
    ASSERT_TRUE(segment);
    ASSERT_TRUE(segment->append({}, std::vector<std::uint8_t>(bytes)));
    segment->finish();
    store.done(key(index));
  }

  Metrics metrics;
  InterestToken interest = std::make_shared<char>();
};

TEST_F(SegmentStoreTest, TheFirstRequestMakesAJobAndTheOthersShareItsSegment) {
  SegmentStore store(1 << 20, metrics);
  const auto first = store.get(key(0), Urgency::kWaiting, interest);
  EXPECT_TRUE(first.needs_job);
  for (int i = 0; i < 100; ++i) {
    const auto other = store.get(key(0), Urgency::kWaiting, std::make_shared<char>());
    EXPECT_EQ(other.segment, first.segment);
    EXPECT_FALSE(other.needs_job);
  }
  EXPECT_EQ(store.claim(key(0)), first.segment);
  EXPECT_FALSE(store.claim(key(0))) << "claimed already";
  EXPECT_EQ(store.stats().makes, 1U);
  EXPECT_EQ(store.stats().misses, 1U);
  EXPECT_EQ(store.stats().hits, 100U);
}

TEST_F(SegmentStoreTest, KeysAreEqualByText) {
  SegmentStore store(1 << 20, metrics);
  const auto segment = store.get(key(3, "a"), Urgency::kWaiting, interest).segment;
  EXPECT_EQ(store.get(key(3, "a"), Urgency::kWaiting, interest).segment, segment);
  EXPECT_NE(store.get(key(4, "a"), Urgency::kWaiting, interest).segment, segment);
  EXPECT_NE(store.get(key(3, "b"), Urgency::kWaiting, interest).segment, segment);
}

TEST_F(SegmentStoreTest, AWaitingViewerRaisesAJobThatWasReadAhead) {
  SegmentStore store(1 << 20, metrics);
  EXPECT_TRUE(store.get(key(0), Urgency::kReadAhead, interest).needs_job);
  EXPECT_FALSE(store.get(key(0), Urgency::kReadAhead, interest).needs_job);
  EXPECT_TRUE(store.get(key(0), Urgency::kWaiting, interest).needs_job);
  EXPECT_FALSE(store.get(key(0), Urgency::kWaiting, interest).needs_job);
}

TEST_F(SegmentStoreTest, ASegmentThatNobodyWantsAnyMoreIsCancelled) {
  SegmentStore store(1 << 20, metrics);
  const auto segment = store.get(key(0), Urgency::kWaiting, interest).segment;
  EXPECT_TRUE(store.is_wanted(key(0)));
  interest.reset();
  EXPECT_FALSE(store.is_wanted(key(0)));
  EXPECT_FALSE(store.claim(key(0)));
  ASSERT_TRUE(segment->state().error);
  EXPECT_EQ(segment->state().error->code, Errc::kCancelled);
  EXPECT_FALSE(store.peek(key(0))) << "the next request starts anew";
}

TEST_F(SegmentStoreTest, AFailedSegmentIsNotKept) {
  SegmentStore store(1 << 20, metrics);
  const auto segment = store.get(key(0), Urgency::kWaiting, interest).segment;
  const auto claimed = store.claim(key(0));
  claimed->fail({Errc::kIo, "gone"});
  store.done(key(0));
  EXPECT_FALSE(store.peek(key(0)));
  EXPECT_EQ(store.stats().bytes, 0U);
  EXPECT_TRUE(store.get(key(0), Urgency::kWaiting, interest).needs_job);

  store.abandon(key(0), {Errc::kUnavailable, "stopping"});
  EXPECT_FALSE(store.peek(key(0)));
}

TEST_F(SegmentStoreTest, TheLeastRecentlyUsedLeavesFirst) {
  SegmentStore store(410'000, metrics);
  for (std::uint32_t i = 0; i < 4; ++i) make(store, i, 100'000);
  ASSERT_EQ(store.stats().segments, 4U);
  store.get(key(0), Urgency::kWaiting, interest);
  make(store, 4, 100'000);
  make(store, 5, 100'000);
  EXPECT_TRUE(store.peek(key(0))) << "was used";
  EXPECT_FALSE(store.peek(key(1)));
  EXPECT_TRUE(store.peek(key(5)));
  EXPECT_LE(store.stats().bytes, 410'000U);
  EXPECT_GE(store.stats().evictions, 2U);
}

TEST_F(SegmentStoreTest, WhatIsHeldStaysAndKeepsReadAheadAway) {
  SegmentStore store(50'000, metrics);
  std::vector<media::SegmentPtr> held;
  for (std::uint32_t i = 0; i < 4; ++i) {
    make(store, i, 20'000);
    held.push_back(store.peek(key(i)));
    ASSERT_TRUE(held.back());
  }
  EXPECT_GT(store.stats().bytes, 80'000U) << "counts what it cannot free";
  EXPECT_FALSE(store.has_room());
  held.clear();
  make(store, 4, 20'000);
  EXPECT_LE(store.stats().bytes, 50'000U);
  EXPECT_TRUE(store.has_room());
}

TEST_F(SegmentStoreTest, CountsTheMemoryThatSegmentsTake) {
  SegmentStore store(1 << 24, metrics);
  make(store, 0, 1'000'000);
  const std::size_t one = store.stats().bytes;
  EXPECT_GE(one, 1'000'000U);
  EXPECT_LE(one, 1'300'000U);
  EXPECT_EQ(metrics.gauge("segment_store_bytes").value(), static_cast<std::int64_t>(one));
}

TEST_F(SegmentStoreTest, ManyThreadsOneMake) {
  SegmentStore store(1 << 20, metrics);
  std::atomic<int> jobs{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (std::uint32_t i = 0; i < 200; ++i) {
        const auto token = std::make_shared<char>();
        const auto found = store.get(key(i % 20), Urgency::kWaiting, token);
        if (!found.needs_job) continue;
        jobs.fetch_add(1);
        const auto claimed = store.claim(key(i % 20));
        if (!claimed) continue;
        EXPECT_TRUE(claimed->append({}, std::vector<std::uint8_t>(100)));
        claimed->finish();
        store.done(key(i % 20));
      }
    });
  threads.clear();
  EXPECT_EQ(jobs.load(), 20);
  EXPECT_EQ(store.stats().makes, 20U);
}

}  // namespace
}  // namespace zoe::server
