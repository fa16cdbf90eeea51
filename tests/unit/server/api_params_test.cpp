#include "server/api/params.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace zoe::server {
namespace {

using nlohmann::json;

template <typename T>
std::string error_of(const Result<T>& result) {
  EXPECT_FALSE(result);
  if (result) return "";
  EXPECT_EQ(result.error().code, Errc::kInvalidArgument);
  return result.error().message;
}

TEST(Params, NamesTheParameterAndItsBounds) {
  const json object = {{"limit", 0}, {"name", 7}, {"long", "abcdef"}, {"half", 1.5}, {"no", "x"}};
  const Params params(object);
  EXPECT_EQ(error_of(params.integer("limit", 1, 500)), "params.limit: 0 is not in 1 to 500");
  EXPECT_EQ(error_of(params.integer("media", 1, 2)), "params.media: is missing");
  EXPECT_EQ(error_of(params.integer("half", 1, 2)), "params.half: must be a whole number, not 1.5");
  EXPECT_EQ(error_of(params.text("name", 10)), "params.name: must be a text, not 7");
  EXPECT_EQ(error_of(params.text("long", 5)), "params.long: has 6 bytes, more than the 5 allowed");
  EXPECT_EQ(error_of(params.boolean("no")), "params.no: must be true or false, not a value of type string");
}

TEST(Params, NeverWrapsANumberRound) {
  const json object = json::parse(R"({"big": 18446744073709551615, "huge": 1e300, "low": -9223372036854775808,
                                      "id": 18446744073709551615, "minus": -1, "zero": 0, "serial": 4294967296})");
  const Params params(object);
  EXPECT_FALSE(params.integer("big", 0, INT64_MAX));
  EXPECT_FALSE(params.integer("huge", 0, INT64_MAX));
  EXPECT_FALSE(params.integer("low", 0, 10));
  EXPECT_EQ(params.id("id").value(), UINT64_MAX);
  EXPECT_FALSE(params.id("minus"));
  EXPECT_FALSE(params.id("zero"));
  EXPECT_FALSE(params.number32("serial"));
  EXPECT_FALSE(params.number32("zero"));
  EXPECT_FALSE(params.real_if_any("huge", 0, 1000));
}

TEST(Params, TakesNullForAbsent) {
  const json object = {{"a", nullptr}};
  const Params params(object);
  EXPECT_FALSE(params.has("a"));
  EXPECT_EQ(params.integer("a", 1, 9, 5).value(), 5);
  EXPECT_EQ(params.text("a", 9, "else").value(), "else");
  EXPECT_TRUE(params.boolean("a", true).value());
  EXPECT_EQ(params.integer_if_any("a", 1, 9).value(), std::nullopt);
}

TEST(Params, ReadsRates) {
  const json object = {{"half", "-1/2"}, {"word", "fast"}, {"number", 2}, {"zero", "1/0"}};
  const Params params(object);
  EXPECT_EQ(params.rate_if_any("half").value(), (Rational{-1, 2}));
  EXPECT_EQ(params.rate_if_any("none").value(), std::nullopt);
  EXPECT_FALSE(params.rate_if_any("word"));
  EXPECT_FALSE(params.rate_if_any("number"));
  EXPECT_FALSE(params.rate_if_any("zero"));
}

}  // namespace
}  // namespace zoe::server
