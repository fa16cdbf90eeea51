#include "engine/plugin/sdk/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zoe::sdk {
namespace {

using testing::HasSubstr;

Settings parsed(std::string_view json) {
  auto settings = Settings::parse(json, "codec_jpeg");
  EXPECT_TRUE(settings);
  return std::move(*settings);
}

TEST(Settings, ReadsTypedValuesAndFallsBackWhereAbsent) {
  const Settings settings = parsed(R"({"quality": 80, "ratio": 0.5, "mode": "fast", "is_on": true})");
  EXPECT_EQ(settings.integer("quality", 1, 1, 100).value(), 80);
  EXPECT_EQ(settings.integer("other", 7, 1, 100).value(), 7);
  EXPECT_DOUBLE_EQ(settings.number("ratio", 1, 0, 1).value(), 0.5);
  EXPECT_DOUBLE_EQ(settings.number("quality", 1, 0, 100).value(), 80);
  EXPECT_EQ(settings.string("mode", "slow").value(), "fast");
  EXPECT_TRUE(settings.boolean("is_on", false).value());
  EXPECT_TRUE(settings.check_unknown());
}

TEST(Settings, ErrorsNameTheTableAndTheKey) {
  const Settings settings = parsed(R"({"quality": 101, "huge": 18446744073709551615, "mode": 5, "ratio": "x"})");
  const auto quality = settings.integer("quality", 1, 1, 100);
  ASSERT_FALSE(quality);
  EXPECT_EQ(quality.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(quality.error().message, "[plugins.codec_jpeg] quality must be a whole number from 1 to 100");
  EXPECT_FALSE(settings.integer("huge", 1, INT64_MIN, INT64_MAX));
  EXPECT_FALSE(settings.string("mode", ""));
  EXPECT_FALSE(settings.boolean("mode", true));
  EXPECT_FALSE(settings.number("ratio", 0, 0, 1));
}

TEST(Settings, AMisspeltKeyIsReportedAndEnabledIsTheHosts) {
  const Settings settings = parsed(R"({"enabled": true, "qualty": 5})");
  ASSERT_TRUE(settings.integer("quality", 1, 1, 100));
  EXPECT_THAT(settings.check_unknown().error().message, HasSubstr("[plugins.codec_jpeg] has no setting 'qualty'"));
}

TEST(Settings, WhatIsNoObjectIsRefused) {
  for (const char* json : {"", "[]", "5", "{", "null"}) EXPECT_FALSE(Settings::parse(json, "x")) << json;
}

}  // namespace
}  // namespace zoe::sdk
