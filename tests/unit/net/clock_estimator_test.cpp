// Another machine's clock, over lines that the test makes up.
#include "engine/net/clock_estimator.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace zoe::net {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kS = 1'000 * kMs;

// A line with delays of its own in each direction, and a clock at its other end.
struct Line {
  std::int64_t there_ns = 5 * kMs;
  std::int64_t back_ns = 5 * kMs;
  std::int64_t jitter_ns = 0;  // at most so much more, in each direction by itself
  double drift = 0;
  std::int64_t ahead_ns = 77 * kS;

  std::mt19937_64 random{7};
  ClockEstimator estimator{};

  std::int64_t server_at(std::int64_t client_ns) const {
    return client_ns + ahead_ns + static_cast<std::int64_t>(drift * static_cast<double>(client_ns));
  }
  // Most of the time a line is quick; now and then it is not.
  std::int64_t delay(std::int64_t base) {
    if (jitter_ns == 0) return base;
    const double u = std::uniform_real_distribution<double>(0, 1)(random);
    return base + static_cast<std::int64_t>(std::pow(u, 4) * static_cast<double>(jitter_ns));
  }
  void probe(std::int64_t sent) {
    const std::int64_t there = sent + delay(there_ns);
    estimator.add(sent, server_at(there), there + delay(back_ns));
  }
  double error_ms(std::int64_t client_ns) const {
    return static_cast<double>(estimator.estimate()->server_ns(client_ns) - server_at(client_ns)) / kMs;
  }
};

TEST(ClockEstimator, KnowsNothingBeforeAProbe) { EXPECT_FALSE(ClockEstimator().estimate()); }

TEST(ClockEstimator, OneProbeOverAnEvenLineIsEnough) {
  Line line;
  line.probe(3 * kS);
  EXPECT_NEAR(line.error_ms(3 * kS), 0, 0.001);
  EXPECT_EQ(line.estimator.estimate()->round_trip_ns, 10 * kMs);
  EXPECT_EQ(line.estimator.estimate()->probes, 1U);
}

TEST(ClockEstimator, JitterIsFilteredOut) {
  Line line{.jitter_ns = 60 * kMs};
  std::int64_t at = 0;
  for (int i = 0; i < 12; ++i, at += 200 * kMs) line.probe(at);
  EXPECT_NEAR(line.error_ms(at), 0, 2);
  for (int i = 0; i < 60; ++i, at += kS) {
    line.probe(at);
    EXPECT_NEAR(line.error_ms(at), 0, 2) << i;
  }
}

TEST(ClockEstimator, WhatOneDirectionTakesLongerIsHalfOfTheError) {
  Line line{.there_ns = 30 * kMs, .back_ns = 10 * kMs};
  line.probe(0);
  EXPECT_NEAR(line.error_ms(0), 10, 0.01);
}

TEST(ClockEstimator, DriftIsFollowedAndForetold) {
  for (const double drift : {80e-6, -120e-6}) {
    Line line{.jitter_ns = 5 * kMs, .drift = drift};
    std::int64_t at = 1'000 * kS;
    for (int i = 0; i < 90; ++i, at += kS) line.probe(at);
    EXPECT_NEAR(line.estimator.estimate()->drift, drift, 15e-6);
    EXPECT_NEAR(line.error_ms(at), 0, 0.5);
    EXPECT_NEAR(line.error_ms(at + 30 * kS), 0, 1) << "half a minute without a probe";
  }
}

TEST(ClockEstimator, NoDriftIsSeenWhereThereIsNone) {
  Line line{.jitter_ns = 40 * kMs};
  std::int64_t at = 0;
  for (int i = 0; i < 200; ++i, at += kS) {
    line.probe(at);
    EXPECT_LE(std::abs(line.estimator.estimate()->drift), 100e-6) << i;
  }
}

TEST(ClockEstimator, AnotherClockIsTakenForWhatItIs) {
  Line line;
  std::int64_t at = 0;
  for (int i = 0; i < 30; ++i, at += kS) line.probe(at);
  line.ahead_ns = -5'000 * kS;
  for (int i = 0; i < 4; ++i, at += kS) line.probe(at);
  EXPECT_NEAR(line.error_ms(at), 0, 0.1);
  // A single stray answer is not another clock.
  line.estimator.add(at, line.server_at(at) + 100 * kMs, at + 10 * kMs);
  line.probe(at + kS);
  line.probe(at + 2 * kS);
  EXPECT_LT(std::abs(line.error_ms(at)), 40);
}

TEST(ClockEstimator, StrangeAnswersOverflowNothing) {
  ClockEstimator estimator;
  for (const std::int64_t server : {INT64_MAX, INT64_MIN, std::int64_t{0}, INT64_MAX}) estimator.add(1, server, 0);
  EXPECT_TRUE(estimator.estimate());
}

}  // namespace
}  // namespace zoe::net
