#include "player/playback/pacer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>
#include <numeric>
#include <vector>

#include "engine/core/clock.hpp"

namespace zoe::player {
namespace {

using Act = PacerDecision::Act;

// Runs a pacer over frames of equal length on a fake clock and notes when each was handed over.
struct Show {
  Pacer pacer;
  std::int64_t frame_us = 33'333;
  Rational rate{1, 1};
  std::int64_t now_ns = 1'000 * kNsPerMs;
  int frame = 0;  // on screen

  std::int64_t media_us(int number) const {
    // Backwards a frame takes over when the time of the one before it has come.
    return (rate.is_negative() ? number + 1 : number) * frame_us;
  }
  int step() const { return rate.is_negative() ? -1 : 1; }
  PacerDecision decide() const { return pacer.decide(now_ns, media_us(frame + step()), media_us(frame + 2 * step())); }
  // Until the next frame is handed over; counts what was left out.
  PacerDecision show(int* left_out = nullptr) {
    for (;;) {
      const PacerDecision decision = decide();
      if (decision.act == Act::kHold) {
        now_ns = decision.at_ns;
        continue;
      }
      frame += step();
      if (decision.act == Act::kShow) return decision;
      if (left_out != nullptr) ++*left_out;
    }
  }
};

TEST(Pacer, FramesAreDueAtTheirOwnTimesWithoutAGrid) {
  Show run;
  const std::int64_t start = run.now_ns;
  run.pacer.start(0, run.rate, start);
  for (int number = 1; number <= 300; ++number) {
    const PacerDecision shown = run.show();
    EXPECT_EQ(shown.deadline_ns, start + number * 33'333'000LL) << "nothing adds up";
  }
}

TEST(Pacer, RatesStretchTime) {
  for (const Rational rate : {Rational{1, 4}, Rational{1, 2}, Rational{2, 1}, Rational{-1, 1}, Rational{-1, 2}}) {
    Show run;
    run.rate = rate;
    run.frame = 1000;
    const std::int64_t start = run.now_ns;
    run.pacer.start(run.media_us(run.frame), rate, start);
    for (int i = 0; i < 30; ++i) run.show();
    const double expected_ms = 30 * 33.333 / rate.abs().to_double();
    EXPECT_NEAR(static_cast<double>(run.now_ns - start) / kNsPerMs, expected_ms, 0.01) << rate.to_string();
    EXPECT_EQ(run.frame, 1000 + 30 * run.step());
  }
}

TEST(Pacer, LeadFollowsTheRenderersLatency) {
  Show run;
  run.pacer.start(0, run.rate, run.now_ns);
  for (int i = 0; i < 100; ++i) {
    const PacerDecision shown = run.show();
    run.pacer.on_presented(run.now_ns, run.now_ns + 12 * kNsPerMs);
    if (i > 50) {
      EXPECT_NEAR(static_cast<double>(shown.deadline_ns - run.now_ns), 12e6, 1e5);
    }
  }
  EXPECT_FALSE(run.pacer.is_late(run.now_ns, run.now_ns + 12 * kNsPerMs));
  EXPECT_TRUE(run.pacer.is_late(run.now_ns, run.now_ns + 21 * kNsPerMs));
}

TEST(Pacer, AFrameWhoseSuccessorIsDueIsDropped) {
  Show run;
  run.pacer.start(0, run.rate, run.now_ns);
  run.show();
  run.now_ns += 100 * kNsPerMs;  // the machine was busy: frames 2 and 3 are over, 4 is on
  int dropped = 0;
  EXPECT_EQ(run.decide().act, Act::kDrop);
  run.show(&dropped);
  EXPECT_EQ(dropped, 2);
  EXPECT_EQ(run.frame, 4);
  EXPECT_EQ(run.decide().act, Act::kHold);
}

TEST(Pacer, ALateFrameWithoutASuccessorIsShown) {
  Pacer pacer;
  pacer.start(0, {1, 1}, 0);
  EXPECT_EQ(pacer.decide(500 * kNsPerMs, 33'333, std::nullopt).act, Act::kShow);
}

TEST(Pacer, FastRatesShowNoMoreThanTheDisplayCan) {
  Show run;
  run.rate = {4, 1};
  run.pacer.vsync().set_period_ns(16'666'667);
  const std::int64_t start = run.now_ns;
  run.pacer.start(0, run.rate, start);
  int shown = 0;
  int skipped = 0;
  while (run.frame < 480) {  // four seconds of 120 frames each
    const PacerDecision decision = run.show(&skipped);
    EXPECT_EQ(decision.act, Act::kShow);
    ++shown;
  }
  EXPECT_NEAR(shown, 240, 2);
  EXPECT_NEAR(skipped, 240, 2);
}

constexpr std::int64_t kPeriod = 16'666'667;

void learn_grid(Pacer& pacer, std::int64_t origin, std::int64_t jitter_ns) {
  pacer.vsync().set_period_ns(kPeriod);
  for (int i = 0; i < 40; ++i) {
    const std::int64_t swap = origin + i * kPeriod + (i % 3 - 1) * jitter_ns;
    pacer.on_presented(swap - kPeriod / 2, swap);
  }
}

std::vector<std::int64_t> refreshes_per_frame(Rational rate, std::int64_t frame_us, int frames, std::int64_t off_ns) {
  Show run;
  run.frame_us = frame_us;
  run.rate = rate;
  learn_grid(run.pacer, 0, 100'000);
  run.now_ns = 50 * kPeriod + off_ns;
  run.pacer.start(0, rate, run.now_ns);
  std::vector<std::int64_t> deadlines;
  for (int i = 0; i < frames; ++i) deadlines.push_back(run.show().deadline_ns);
  std::vector<std::int64_t> result;
  for (std::size_t i = 1; i < deadlines.size(); ++i) {
    result.push_back((deadlines[i] - deadlines[i - 1] + kPeriod / 2) / kPeriod);
  }
  return result;
}

TEST(Pacer, CadenceIsEvenOnTheGrid) {
  for (const std::int64_t off : {0L, 3'000'000L, 8'300'000L, 16'000'000L}) {
    for (const std::int64_t count : refreshes_per_frame({1, 1}, 33'333, 300, off)) EXPECT_EQ(count, 2) << off;
    for (const std::int64_t count : refreshes_per_frame({1, 2}, 33'333, 300, off)) EXPECT_EQ(count, 4) << off;
    for (const std::int64_t count : refreshes_per_frame({2, 1}, 33'333, 300, off)) EXPECT_EQ(count, 1) << off;
  }
}

TEST(Pacer, FilmOnSixtyHertzIsThreeTwo) {
  const auto counts = refreshes_per_frame({1, 1}, 41'667, 240, 5'000'000);
  for (std::size_t i = 1; i < counts.size(); ++i) EXPECT_EQ(counts[i] + counts[i - 1], 5) << i;
}

// Each film on 60 Hz: over any run of frames the refreshes are those of any other run of that length, give or take one,
// which is as even as whole refreshes can be.
TEST(Pacer, EveryCadenceIsAsEvenAsTheTwoRatesAllow) {
  struct Film {
    int num;
    int den;
  };
  for (const Film film : {Film{24, 1}, Film{24'000, 1001}, Film{25, 1}, Film{30, 1}, Film{50, 1}, Film{60, 1}}) {
    for (const std::int64_t off : {0L, 2'000'000L, 9'000'000L, 15'000'000L}) {
      const std::int64_t frame_us = 1'000'000LL * film.den / film.num;
      // The first lasts from wherever playing began.
      auto counts = refreshes_per_frame({1, 1}, frame_us, 241, off);
      counts.erase(counts.begin());
      const double ideal = 60.0 * film.den / film.num;
      for (std::size_t run = 1; run <= 12; ++run) {
        std::int64_t sum = std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(run), 0LL);
        for (std::size_t i = run; i < counts.size(); ++i) {
          EXPECT_LT(std::abs(static_cast<double>(sum) - ideal * static_cast<double>(run)), 1.01)
              << film.num << "/" << film.den << ", " << run << " frames before the " << i << "th, off " << off;
          sum += counts[i] - counts[i - run];
        }
      }
    }
  }
}

// Every frame on the refresh that is nearest to its own time, however long the one before it lasted.
TEST(Pacer, VariableRatesKeepEachFramesOwnTime) {
  Pacer pacer;
  learn_grid(pacer, 0, 100'000);
  const std::int64_t start = 50 * kPeriod;
  pacer.start(0, {1, 1}, start);
  const std::int64_t origin = pacer.due_ns(0);
  std::int64_t now = start;
  std::int64_t media_us = 0;
  std::int64_t before = 0;
  constexpr std::int64_t kLengths[] = {33'333, 41'700, 100'000, 16'700, 250'000, 20'000, 66'667};
  for (int i = 0; i < 200; ++i) {
    media_us += kLengths[i % std::size(kLengths)];
    const std::int64_t after_us = media_us + kLengths[(i + 1) % std::size(kLengths)];
    PacerDecision decision = pacer.decide(now, media_us, after_us);
    if (decision.act == Act::kHold) {
      now = decision.at_ns;
      decision = pacer.decide(now, media_us, after_us);
    }
    ASSERT_EQ(decision.act, Act::kShow) << i;
    EXPECT_LE(std::abs(decision.deadline_ns - (origin + media_us * 1000)), kPeriod / 2 + 200'000) << i;
    EXPECT_GT(decision.deadline_ns, before);
    before = decision.deadline_ns;
  }
}

TEST(Pacer, HandsOverRightAfterTheRefreshBefore) {
  Show run;
  learn_grid(run.pacer, 0, 0);
  run.now_ns = 50 * kPeriod;
  run.pacer.start(0, run.rate, run.now_ns);
  for (int i = 0; i < 20; ++i) {
    const PacerDecision shown = run.show();
    const std::int64_t before = shown.deadline_ns - run.now_ns;
    EXPECT_GT(before, kPeriod - 1'000'000);
    EXPECT_LT(before, kPeriod);
  }
}

TEST(Pacer, ARateChangeGoesOnFromWhereTheMediaIs) {
  Pacer pacer;
  pacer.start(0, {1, 1}, 0);
  pacer.set_rate({2, 1}, 500 * kNsPerMs);
  EXPECT_EQ(pacer.due_ns(500'000), 500 * kNsPerMs);
  EXPECT_EQ(pacer.due_ns(1'500'000), 1000 * kNsPerMs);
}

TEST(VsyncTracker, NeedsSwapsThatAgree) {
  VsyncTracker tracker;
  EXPECT_FALSE(tracker.phase_ns());
  tracker.set_period_ns(kPeriod);
  for (int i = 0; i < 12; ++i) {
    EXPECT_FALSE(tracker.phase_ns());
    tracker.on_swap(7'000'000 + 3 * i * kPeriod);
  }
  ASSERT_TRUE(tracker.phase_ns());
  EXPECT_EQ((*tracker.phase_ns() - 7'000'000) % kPeriod, 0);
  tracker.on_swap(7'000'000 + 40 * kPeriod + kPeriod / 2);
  EXPECT_FALSE(tracker.phase_ns()) << "a swap off the grid";
  tracker.set_period_ns(kPeriod / 2);
  EXPECT_FALSE(tracker.phase_ns());
}

TEST(Pacer, FollowsTheSoundSlowlyAndOnlyWhereItStrays) {
  Show run;
  const std::int64_t start = run.now_ns;
  run.pacer.start(0, run.rate, start);
  // Within the band nothing moves.
  run.pacer.follow_sound(1'000'000, start + kNsPerS + 4 * kNsPerMs, start + kNsPerS);
  EXPECT_EQ(run.pacer.anchor().at_ns, start);
  EXPECT_EQ(run.pacer.sound_lateness_ns(), 4 * kNsPerMs);
  // Beyond it the anchor moves all the way, never by more than a fiftieth of the time that passed.
  for (const std::int64_t late_ns : {30 * kNsPerMs, -30 * kNsPerMs}) {
    Show other;
    other.pacer.start(0, other.rate, start);
    std::int64_t now = start;
    std::int64_t before = start;
    int steps = 0;
    do {
      now += 20 * kNsPerMs;
      other.pacer.follow_sound((now - start) / 1000, now + late_ns, now);
      EXPECT_LE(std::abs(other.pacer.anchor().at_ns - before), 400'000);
      before = other.pacer.anchor().at_ns;
    } while (std::abs(other.pacer.sound_lateness_ns()) > kNsPerMs && ++steps < 500);
    EXPECT_NEAR(static_cast<double>(before - start), static_cast<double>(late_ns), 1e6);
    EXPECT_NEAR(steps, 75, 5) << "a second and a half for 30 ms";
  }
}

TEST(Pacer, StandsWithoutAClock) {
  Pacer pacer;
  pacer.follow_sound(1'000'000, kNsPerS, kNsPerS);
  EXPECT_EQ(pacer.anchor().at_ns, 0);
}

}  // namespace
}  // namespace zoe::player
