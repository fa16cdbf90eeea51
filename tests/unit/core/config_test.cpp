#include "engine/core/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace zoe {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kText = R"(
name = "club"
[store]
memory_mib = 256
ratio = 0.5
is_on = true
[library]
folders = ["/a", "/b"]
[plugins.codec_jpeg]
quality = 80
sizes = [1, 2]
since = 2024-05-01
)";

Config parsed(std::string_view text = kText) {
  auto config = Config::parse(text, "zoetrope.toml");
  EXPECT_TRUE(config) << (config ? "" : config.error().message);
  return config ? std::move(*config) : Config();
}

TEST(Config, ReadsTypedValuesAndFallsBackWhereAbsent) {
  const Config config = parsed();
  EXPECT_EQ(config.string("name", "x").value(), "club");
  EXPECT_EQ(config.string("title", "none").value(), "none");
  EXPECT_EQ(config.integer("store.memory_mib", 1, 1, 4096).value(), 256);
  EXPECT_EQ(config.integer("store.disk_mib", 7, 1, 4096).value(), 7);
  EXPECT_DOUBLE_EQ(config.number("store.ratio", 1, 0, 1).value(), 0.5);
  EXPECT_DOUBLE_EQ(config.number("store.memory_mib", 1, 0, 1000).value(), 256) << "a whole number is a number";
  EXPECT_TRUE(config.boolean("store.is_on", false).value());
  EXPECT_EQ(config.strings("library.folders", {}).value(), (std::vector<std::string>{"/a", "/b"}));
}

TEST(Config, ErrorsNameFileLineAndKey) {
  const Config config = parsed();
  const auto wrong_type = config.string("store.memory_mib", "");
  ASSERT_FALSE(wrong_type);
  EXPECT_EQ(wrong_type.error().code, Errc::kInvalidArgument);
  EXPECT_THAT(wrong_type.error().message,
              AllOf(StartsWith("zoetrope.toml:4: 'store.memory_mib'"), HasSubstr("not a whole number")));
  const auto out_of_range = config.integer("store.memory_mib", 1, 1, 100);
  ASSERT_FALSE(out_of_range);
  EXPECT_THAT(out_of_range.error().message, HasSubstr("zoetrope.toml:4: 'store.memory_mib' must be a whole number "
                                                      "from 1 to 100, not 256"));
  EXPECT_FALSE(config.boolean("name", true));
  EXPECT_FALSE(config.strings("plugins.codec_jpeg.sizes", {}));
  EXPECT_FALSE(config.number("name", 0, 0, 1));
}

TEST(Config, AValueWhereATableShouldBeIsAnError) {
  const Config config = parsed("store = 5\n");
  const auto result = config.integer("store.memory_mib", 1, 1, 10);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("zoetrope.toml:1: 'store' must be a table, not a whole number"));
}

TEST(Config, NotANumberIsOutOfEveryRange) {
  const Config config = parsed("rate = nan\n");
  EXPECT_FALSE(config.number("rate", 1, 0, 10));
}

TEST(Config, SyntaxErrorsNameTheLine) {
  const auto config = Config::parse("a = 1\nb = = 2\n", "zoetrope.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Errc::kMalformed);
  EXPECT_THAT(config.error().message, StartsWith("zoetrope.toml:2: "));
}

TEST(Config, AMisspeltKeyIsReported) {
  const Config config = parsed("[store]\nmemory_mb = 1\nmemory_mib = 2\n");
  ASSERT_TRUE(config.integer("store.memory_mib", 1, 1, 10));
  const Status status = config.check_unknown();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("zoetrope.toml:2: there is no setting 'store.memory_mb'"));
}

TEST(Config, AMisspeltTableIsReported) {
  const Config config = parsed("[stoer]\nmemory_mib = 2\n");
  ASSERT_TRUE(config.integer("store.memory_mib", 1, 1, 10));
  EXPECT_THAT(config.check_unknown().error().message, HasSubstr("zoetrope.toml:1: there is no table 'stoer'"));
}

TEST(Config, EverythingAskedForIsKnown) {
  const Config config = parsed();
  config.string("name", "").value();
  config.integer("store.memory_mib", 1, 1, 1000).value();
  config.number("store.ratio", 1, 0, 1).value();
  config.boolean("store.is_on", true).value();
  config.strings("library.folders", {}).value();
  config.table_json("plugins.codec_jpeg").value();
  const Status status = config.check_unknown();
  EXPECT_TRUE(status) << status.error().message;
}

TEST(Config, ATableBecomesJson) {
  const Config config = parsed();
  EXPECT_EQ(config.table_json("plugins.codec_jpeg").value(), R"({"quality":80,"since":"2024-05-01","sizes":[1,2]})");
  EXPECT_EQ(config.table_json("plugins.other").value(), "{}");
  EXPECT_FALSE(config.table_json("name"));
}

TEST(Config, LoadsAFileAndSaysWhichOneIsMissing) {
  const test::TempDir folder;
  const std::string path = folder.write("zoetrope.toml", kText);
  const auto config = Config::load(path);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->string("name", "").value(), "club");

  const auto missing = Config::load(folder.file("other.toml"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("other.toml"));

  const auto huge = Config::load(folder.write("huge.toml", std::string((1U << 20) + 1, '#')));
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, Errc::kTooLarge);
}

TEST(Config, AnEmptyOneFallsBackEverywhere) {
  const Config config;
  EXPECT_EQ(config.integer("store.memory_mib", 5, 1, 10).value(), 5);
  EXPECT_EQ(config.table_json("plugins.x").value(), "{}");
  EXPECT_TRUE(config.check_unknown());
}

}  // namespace
}  // namespace zoe
