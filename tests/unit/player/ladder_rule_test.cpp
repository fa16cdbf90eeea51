#include "player/playback/ladder_rule.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "player/playback/line_meter.hpp"
#include "tests/support/paths.hpp"
#include "tests/unit/player/line_traces.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kBufferUs = 10'000'000;
constexpr std::size_t kMiddle = 2;

// What codec_h264 offers of a film of 1080p30, by its own formula.
std::vector<Rung> ladder() {
  return {{"h264@240p", 620'000},
          {"h264@360p", 1'130'000},
          {"h264@480p", 1'740'000},
          {"h264@720p", 3'200'000},
          {"h264", 5'880'000}};
}

TEST(LadderRule, FollowsTheLineWhileThereIsNoBuffer) {
  const LadderRule rule(ladder(), kBufferUs);
  EXPECT_EQ(rule.choose({.line_bits_per_s = 700'000, .current = 4}), 0U);
  EXPECT_EQ(rule.choose({.line_bits_per_s = 4'000'000, .current = 0}), 3U);
  EXPECT_EQ(rule.choose({.line_bits_per_s = 40'000'000, .current = 0}), 4U);
  EXPECT_EQ(rule.choose({.current = 4}), rule.first()) << "of a line that nothing is known of";
}

TEST(LadderRule, AFullBufferBearsALineThatIsSlowForAMoment) {
  const LadderRule rule(ladder(), kBufferUs);
  const auto chosen = [&](std::int64_t buffer_us) {
    return rule.choose({.buffer_us = buffer_us, .line_bits_per_s = 900'000, .current = 4});
  };
  EXPECT_EQ(chosen(9'500'000), 4U);
  std::size_t before = 4;
  for (std::int64_t buffer_us = 9'500'000; buffer_us > 3'000'000; buffer_us -= 100'000) {
    EXPECT_LE(chosen(buffer_us), before);
    before = chosen(buffer_us);
  }
  EXPECT_LE(before, 2U);
}

TEST(LadderRule, RisesNoHigherThanTheLineCarries) {
  const LadderRule rule(ladder(), kBufferUs);
  EXPECT_EQ(rule.choose({.buffer_us = 10'000'000, .line_bits_per_s = 2'500'000, .current = 0}), 2U);
  EXPECT_EQ(rule.choose({.buffer_us = 10'000'000, .line_bits_per_s = 9'000'000, .current = 0}), 4U);
}

TEST(LadderRule, TwiceTheSpeedNeedsTwiceTheBits) {
  const LadderRule rule(ladder(), kBufferUs);
  EXPECT_EQ(rule.choose({.line_bits_per_s = 4'200'000, .speed = 1, .current = 0}), 3U);
  EXPECT_EQ(rule.choose({.line_bits_per_s = 4'200'000, .speed = 2, .current = 0}), 2U);
}

TEST(LadderRule, GivesASegmentUpThatWouldComeTooLate) {
  const LadderRule rule(ladder(), kBufferUs);
  const LadderView slow{.buffer_us = 4'000'000, .line_bits_per_s = 1'000'000, .current = 4};
  EXPECT_FALSE(rule.abandon(slow, 2'000'000)) << "the rest of it is here in time";
  const auto lower = rule.abandon(slow, 10'000'000);
  ASSERT_TRUE(lower);
  EXPECT_EQ(*lower, 1U) << "the best that is here before the buffer is dry";
  LadderView lowest = slow;
  lowest.current = 0;
  EXPECT_FALSE(rule.abandon(lowest, 100'000'000));
}

TEST(LineMeter, BelievesAFallAtOnceAndARiseWhenItLasts) {
  LineMeter meter;
  EXPECT_EQ(meter.bits_per_s(), 0);
  const auto receive = [&](double mbit, int seconds) {
    for (int i = 0; i < seconds * 10; ++i) meter.on_received(static_cast<std::size_t>(mbit * 1e5 / 8), 100'000'000);
  };
  receive(8, 20);
  EXPECT_NEAR(static_cast<double>(meter.bits_per_s()), 8e6, 1e5);
  receive(1, 5);
  EXPECT_LT(meter.bits_per_s(), 4'000'000);
  receive(1, 60);
  meter.on_received(100'000, 100'000'000);
  meter.on_received(100'000, 100'000'000);
  EXPECT_LT(meter.bits_per_s(), 3'000'000) << "two samples say little";
  receive(8, 60);
  EXPECT_GT(meter.bits_per_s(), 7'500'000);
}

std::string table_of_traces() {
  std::string table =
      "| line | stalls: rule | fixed low | fixed middle | Mbit/s shown: rule | fixed low | fixed middle | changes |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const test::LineTrace& trace : test::line_traces()) {
    const test::Viewing rule = test::view_by_rule(trace, ladder());
    const test::Viewing low = test::view_fixed(trace, ladder(), 0);
    const test::Viewing middle = test::view_fixed(trace, ladder(), kMiddle);
    table += fmt::format("| {} | {:.1f} s | {:.1f} s | {:.1f} s | {:.1f} | {:.1f} | {:.1f} | {} |\n", trace.name,
                         rule.stalled_s, low.stalled_s, middle.stalled_s, rule.mean_bits_per_s / 1e6,
                         low.mean_bits_per_s / 1e6, middle.mean_bits_per_s / 1e6, rule.switches);
  }
  return table;
}

TEST(LadderRule, StallsLessThanTheMiddleAndShowsMoreThanTheLow) {
  double rule_s = 0;
  double middle_s = 0;
  const auto traces = test::line_traces();
  ASSERT_EQ(traces.size(), 20U);
  for (const test::LineTrace& trace : traces) {
    const test::Viewing rule = test::view_by_rule(trace, ladder());
    const test::Viewing low = test::view_fixed(trace, ladder(), 0);
    const test::Viewing middle = test::view_fixed(trace, ladder(), kMiddle);
    EXPECT_GE(rule.mean_bits_per_s, low.mean_bits_per_s) << trace.name;
    // A line that falls faster than anyone can know costs a rule that went up with it a moment.
    EXPECT_LE(rule.stalled_s, std::max(middle.stalled_s * 0.6, 1.5)) << trace.name;
    rule_s += rule.stalled_s;
    middle_s += middle.stalled_s;
  }
  EXPECT_LT(rule_s, middle_s / 5);
}

TEST(LadderRule, TheTableInTheDocumentsIsThisRules) {
  std::ifstream file(test::repository_folder() + "/docs/adaptive.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find(table_of_traces()), std::string::npos) << "docs/adaptive.md is to have:\n" << table_of_traces();
}

}  // namespace
}  // namespace zoe::player
