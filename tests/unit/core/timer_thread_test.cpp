#include "engine/core/timer_thread.hpp"

#include <atomic>
#include <future>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "tests/support/wait.hpp"

namespace zoe {
namespace {

constexpr std::int64_t kNever_ns = 3'600 * kNsPerS;

TEST(TimerThread, FiresOnceAndNotBeforeItsTime) {
  TimerThread timers("test");
  const SystemClock clock;
  std::promise<std::int64_t> fired;
  std::atomic<int> count{0};
  const std::int64_t begin = clock.now_ns();
  timers.start(5 * kNsPerMs, 0, [&] {
    if (++count == 1) fired.set_value(clock.now_ns());
  });
  EXPECT_GE(fired.get_future().get() - begin, 5 * kNsPerMs);
  std::promise<void> later;
  timers.start(10 * kNsPerMs, 0, [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(count, 1);
}

TEST(TimerThread, FiresInTheOrderOfTimeNotOfStarting) {
  TimerThread timers("test");
  std::vector<int> order;
  std::promise<void> done;
  timers.start(30 * kNsPerMs, 0, [&] {
    order.push_back(3);
    done.set_value();
  });
  timers.start(15 * kNsPerMs, 0, [&] { order.push_back(2); });
  timers.start(1 * kNsPerMs, 0, [&] { order.push_back(1); });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(TimerThread, RepeatsUntilCancelled) {
  TimerThread timers("test");
  std::atomic<int> count{0};
  const TimerThread::Id id = timers.start(0, kNsPerMs, [&] { ++count; });
  EXPECT_TRUE(test::wait_until([&] { return count >= 3; }));
  EXPECT_TRUE(timers.cancel(id));
  const int at_cancel = count;
  std::promise<void> later;
  timers.start(10 * kNsPerMs, 0, [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(count, at_cancel);
}

TEST(TimerThread, CancelWaitsForAFireThatRuns) {
  TimerThread timers("test");
  std::promise<void> entered;
  std::atomic<bool> is_done{false};
  const TimerThread::Id id = timers.start(0, 0, [&] {
    entered.set_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the work that cancel has to wait for
    is_done = true;
  });
  entered.get_future().wait();
  timers.cancel(id);
  EXPECT_TRUE(is_done);
}

TEST(TimerThread, AFireMayCancelItself) {
  TimerThread timers("test");
  std::atomic<int> count{0};
  std::promise<TimerThread::Id> id;
  std::shared_future<TimerThread::Id> known = id.get_future().share();
  std::promise<void> cancelled;
  id.set_value(timers.start(kNsPerMs, kNsPerMs, [&, known] {
    ++count;
    timers.cancel(known.get());
    cancelled.set_value();
  }));
  cancelled.get_future().wait();
  std::promise<void> later;
  timers.start(5 * kNsPerMs, 0, [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(count, 1);
}

TEST(TimerThread, TheDestructorDropsWhatWaits) {
  bool has_fired = false;
  {
    TimerThread timers("test");
    timers.start(kNever_ns, 0, [&] { has_fired = true; });
    timers.start(INT64_MAX, INT64_MAX, [&] { has_fired = true; });
  }
  EXPECT_FALSE(has_fired);
}

TEST(TimerThread, ManyThreadsStartAndCancel) {
  TimerThread timers("test");
  std::atomic<int> count{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i)
          timers.cancel(timers.start(i % 2 == 0 ? 0 : kNever_ns, kNsPerMs, [&] { ++count; }));
      });
  }
  const int after = count;
  std::promise<void> later;
  timers.start(5 * kNsPerMs, 0, [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(count, after) << "every one of them was cancelled";
}

}  // namespace
}  // namespace zoe
