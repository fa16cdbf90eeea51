#include "engine/core/metrics.hpp"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace zoe {
namespace {

TEST(Metrics, ANameIsOneMetric) {
  Metrics metrics;
  metrics.counter("hits_total").add();
  metrics.counter("hits_total").add(4);
  EXPECT_EQ(metrics.counter("hits_total").value(), 5U);
  metrics.gauge("clients").set(3);
  metrics.gauge("clients").add(-1);
  EXPECT_EQ(metrics.gauge("clients").value(), 2);
}

TEST(Metrics, AreVisitedInTheOrderOfTheirNames) {
  Metrics metrics;
  metrics.gauge("b");
  metrics.counter("c");
  metrics.histogram("a");
  std::vector<std::string> seen;
  metrics.visit({[&](const std::string& name, const Counter&) { seen.push_back("counter " + name); },
                 [&](const std::string& name, const Gauge&) { seen.push_back("gauge " + name); },
                 [&](const std::string& name, const Histogram&) { seen.push_back("histogram " + name); }});
  EXPECT_EQ(seen, (std::vector<std::string>{"histogram a", "gauge b", "counter c"}));
}

TEST(Metrics, ASecondKindDoesNotTakeTheName) {
  Metrics metrics;
  metrics.counter("x").add(7);
  metrics.gauge("x").set(1);
  EXPECT_EQ(metrics.counter("x").value(), 7U);
  std::vector<std::string> gauges;
  metrics.visit({nullptr, [&](const std::string& name, const Gauge&) { gauges.push_back(name); }, nullptr});
  EXPECT_EQ(gauges, std::vector<std::string>{"x_gauge"});
}

TEST(Metrics, ThreadsCountTogether) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 1'000; ++i) metrics.counter("n").add();
      });
  }
  EXPECT_EQ(metrics.counter("n").value(), 4'000U);
}

TEST(Histogram, BucketsArePowersOfTwo) {
  Histogram histogram;
  histogram.record(0);
  histogram.record(1);
  histogram.record(2);
  histogram.record(3);
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.bucket(0), 1U);
  EXPECT_EQ(histogram.bucket(1), 1U);
  EXPECT_EQ(histogram.bucket(2), 2U);
  EXPECT_EQ(histogram.bucket(64), 1U);
  EXPECT_EQ(histogram.count(), 5U);
}

TEST(Histogram, QuantilesBoundTheValuesFromAbove) {
  Histogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0U);
  for (int i = 0; i < 99; ++i) histogram.record(10);
  histogram.record(1'000);
  EXPECT_EQ(histogram.quantile(0.5), 15U);
  EXPECT_EQ(histogram.quantile(0.99), 15U);
  EXPECT_EQ(histogram.quantile(1.0), 1'023U);
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.quantile(1.0), UINT64_MAX);
  EXPECT_EQ(histogram.sum(), 990U + 1'000U + UINT64_MAX);
}

}  // namespace
}  // namespace zoe
