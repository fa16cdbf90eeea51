#include "player/options.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/temp_dir.hpp"

namespace zoe::player {
namespace {

Result<CommandLine> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "zoetrope");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

std::string error_of(std::vector<const char*> words) {
  const auto line = parse(std::move(words));
  return line ? "" : line.error().message;
}

TEST(Options, HaveDefaultsThatWork) {
  const auto line = parse({});
  ASSERT_TRUE(line);
  EXPECT_TRUE(line->is_to_run);
  EXPECT_FALSE(line->options.server);
  EXPECT_EQ(line->options.rendition, "copy");
  EXPECT_EQ(line->options.ring_frames, 300U);
  EXPECT_FALSE(line->options.is_autoplay);
}

TEST(Options, ReadThePlaceAndTheManner) {
  const auto line = parse({"media.local:7000", "--media", "Cup final", "--rate", "-1/2", "--start", "2.5", "--size",
                           "640x360", "--loop", "--guest"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->options.server->to_string(), "media.local:7000");
  EXPECT_EQ(line->options.media, "Cup final");
  EXPECT_EQ(line->options.rate, (Rational{-1, 2}));
  EXPECT_EQ(line->options.start_s, 2.5);
  EXPECT_EQ(line->options.width, 640);
  EXPECT_EQ(line->options.sign_in.way, SignInOptions::Way::kGuest);
  EXPECT_EQ(parse({"--server", "a:1"})->options.server->to_string(), "a:1");
}

TEST(Options, HeadlessPlaysTheFirstVideoWhereNobodyChooses) {
  EXPECT_TRUE(parse({"--headless", "localhost"})->options.is_autoplay);
  EXPECT_NE(error_of({"--headless"}).find("name a server or a file"), std::string::npos);
}

TEST(Options, NobodyIsAskedForServersWithoutAWindow) {
  EXPECT_FALSE(parse({})->options.lan.is_off);
  EXPECT_TRUE(parse({"--headless", "localhost"})->options.lan.is_off);
  EXPECT_TRUE(parse({"--lan", "off"})->options.lan.is_off);
  EXPECT_EQ(parse({"--headless", "localhost", "--lan", "127.0.0.1:4711"})->options.lan.port, 4711);
  EXPECT_NE(error_of({"--lan", "here"}).find("--lan"), std::string::npos);
}

TEST(Options, SecretsComeFromFiles) {
  const test::TempDir folder;
  const std::string file = folder.write("pw", "secret\n");
  const auto line = parse({"host", "--user", "ann", "--password-file", file.c_str(), "--register", "--code", "ABCD"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->options.sign_in.way, SignInOptions::Way::kRegister);
  EXPECT_EQ(line->options.sign_in.secret_file, file);
  EXPECT_EQ(parse({"host", "--token-file", file.c_str()})->options.sign_in.way, SignInOptions::Way::kToken);
  EXPECT_NE(error_of({"host", "--user", "ann"}).find("--password-file"), std::string::npos);
  EXPECT_NE(error_of({"host", "--guest", "--token-file", file.c_str()}).find("exclude"), std::string::npos);
  EXPECT_NE(error_of({"host", "--code", "ABCD", "--guest"}).find("--register"), std::string::npos);
}

TEST(Options, ErrorsNameTheOption) {
  EXPECT_NE(error_of({"--size", "big"}).find("--size"), std::string::npos);
  EXPECT_NE(error_of({"--size", "640x360x2"}).find("--size"), std::string::npos);
  EXPECT_NE(error_of({"--rate", "0"}).find("--rate"), std::string::npos);
  EXPECT_NE(error_of({"--rate", "17"}).find("--rate"), std::string::npos);
  EXPECT_NE(error_of({"--ring-frames", "3"}).find("--ring-frames"), std::string::npos);
  EXPECT_NE(error_of({"--fly"}).find("--fly"), std::string::npos);
  EXPECT_NE(error_of({"--log", "loud"}).find("--log"), std::string::npos);
  EXPECT_NE(error_of({"http://host"}).find("HOST:PORT"), std::string::npos);
  EXPECT_NE(error_of({"--input-script", "/no/such/file"}).find("/no/such/file"), std::string::npos);
}

TEST(Options, HelpHasExamples) {
  const auto line = parse({"--help"});
  ASSERT_TRUE(line);
  EXPECT_FALSE(line->is_to_run);
  EXPECT_NE(line->text.find("Examples:"), std::string::npos);
  EXPECT_NE(line->text.find("--input-script"), std::string::npos);
  EXPECT_NE(parse({"--version"})->text.find("zoetrope 0."), std::string::npos);
}

}  // namespace
}  // namespace zoe::player
