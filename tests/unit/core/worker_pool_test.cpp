#include "engine/core/worker_pool.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <memory>

#include <gtest/gtest.h>

namespace zoe {
namespace {

// Keeps the only worker of a pool busy until `open`.
class Gate {
 public:
  explicit Gate(WorkerPool& pool) {
    EXPECT_TRUE(pool.post([opened = opened_.get_future().share(), this] {
      entered_.set_value();
      opened.wait();
    }));
    entered_.get_future().wait();
  }
  void open() { opened_.set_value(); }

 private:
  std::promise<void> opened_;
  std::promise<void> entered_;
};

TEST(WorkerPool, RunsEveryJobOnce) {
  constexpr int kJobs = 1'000;
  std::atomic<int> runs{0};
  std::latch done(kJobs);
  WorkerPool pool("test", 3);
  for (int i = 0; i < kJobs; ++i) {
    ASSERT_TRUE(pool.post([&] {
      ++runs;
      done.count_down();
    }));
  }
  done.wait();
  EXPECT_EQ(runs, kJobs);
}

TEST(WorkerPool, HigherPriorityFirstAndEqualOnesInOrder) {
  WorkerPool pool("test", 1);
  Gate gate(pool);
  std::vector<int> order;
  std::latch done(5);
  const auto add = [&](int tag, int priority) {
    ASSERT_TRUE(pool.post(
        [&order, &done, tag] {
          order.push_back(tag);
          done.count_down();
        },
        priority));
  };
  add(1, 0);
  add(2, 5);
  add(3, 0);
  add(4, 5);
  add(5, -1);
  EXPECT_EQ(pool.waiting(), 5U);
  gate.open();
  done.wait();
  EXPECT_EQ(order, (std::vector<int>{2, 4, 1, 3, 5}));
}

TEST(WorkerPool, RefusesMoreThanItsBound) {
  WorkerPool pool("test", 1, 2);
  Gate gate(pool);
  EXPECT_TRUE(pool.post([] {}));
  EXPECT_TRUE(pool.post([] {}));
  const Status third = pool.post([] {});
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Errc::kTooLarge);
  gate.open();
}

TEST(WorkerPool, StopDropsWhatWaitsAndRefusesMore) {
  auto held = std::make_shared<int>(1);
  std::atomic<bool> ran{false};
  WorkerPool pool("test", 1);
  Gate gate(pool);
  ASSERT_TRUE(pool.post([held, &ran] { ran = true; }));
  std::jthread stopper([&] { pool.stop(); });
  while (pool.waiting() != 0) std::this_thread::yield();
  gate.open();
  stopper.join();
  EXPECT_FALSE(ran);
  EXPECT_EQ(held.use_count(), 1) << "a dropped job lets go of what it held";
  EXPECT_EQ(pool.post([] {}).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace zoe
