#include "engine/core/rational.hpp"

#include <gtest/gtest.h>

namespace zoe {
namespace {

TEST(Rational, MakeGivesLowestTermsAndTheSignAbove) {
  EXPECT_EQ(Rational::make(6, 4), (Rational{3, 2}));
  EXPECT_EQ(Rational::make(6, -4), (Rational{-3, 2}));
  EXPECT_EQ(Rational::make(-6, -4), (Rational{3, 2}));
  EXPECT_EQ(Rational::make(0, -9), (Rational{0, 1}));
  EXPECT_EQ(Rational::make(60'000'000, 2'002'000), (Rational{30'000, 1'001}));
}

TEST(Rational, ParseReadsWholeNumbersFractionsAndDecimals) {
  EXPECT_EQ(Rational::parse("2").value(), (Rational{2, 1}));
  EXPECT_EQ(Rational::parse("-1/4").value(), (Rational{-1, 4}));
  EXPECT_EQ(Rational::parse("30000/1001").value(), (Rational{30000, 1001}));
  EXPECT_EQ(Rational::parse("1.5").value(), (Rational{3, 2}));
  EXPECT_EQ(Rational::parse("-0.25").value(), (Rational{-1, 4}));
  EXPECT_EQ(Rational::parse("0").value(), (Rational{0, 1}));
}

TEST(Rational, ParseRefusesEverythingElse) {
  for (const char* text : {"", "x", "1/0", "1/-2", "1/", "/2", "1.", "--1", "1.-5", "1e3", " 1", "1 ", "1/2/3", "0x10",
                           "99999999999", "-2147483648", "1.23456", "1234567.5"}) {
    const auto result = Rational::parse(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Errc::kInvalidArgument);
  }
}

TEST(Rational, TextReadsBack) {
  for (const Rational value : {Rational{3, 4}, Rational{-4, 1}, Rational{0, 1}, Rational{30000, 1001}})
    EXPECT_EQ(Rational::parse(value.to_string()).value(), value);
}

TEST(Rational, ScaleKeepsLargeValuesExact) {
  EXPECT_EQ(scale(90'000, {1'001, 30'000}), 3'003);
  EXPECT_EQ(scale(-7, {1, 2}), -3) << "rounds towards zero";
  constexpr std::int64_t kLarge = 9'000'000'000'000'000'000;
  EXPECT_EQ(scale(kLarge, {2'000'000'000, 2'000'000'000}), kLarge);
  EXPECT_EQ(scale(kLarge, {-1, 3}), -3'000'000'000'000'000'000);
}

TEST(Rational, SignHelpers) {
  EXPECT_TRUE((Rational{-1, 2}).is_negative());
  EXPECT_EQ((Rational{-1, 2}).abs(), (Rational{1, 2}));
  EXPECT_EQ((Rational{1, 2}).negated(), (Rational{-1, 2}));
  EXPECT_DOUBLE_EQ((Rational{1, 4}).to_double(), 0.25);
}

}  // namespace
}  // namespace zoe
