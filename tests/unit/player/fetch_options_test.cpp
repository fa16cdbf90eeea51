#include "player/fetch/fetch_options.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "player/fetch/progress_line.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::player {
namespace {

Result<FetchCommandLine> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "zoetrope-fetch");
  return parse_fetch_command_line(static_cast<int>(words.size()), words.data());
}

std::string error_of(std::vector<const char*> words) {
  const auto line = parse(std::move(words));
  return line ? "" : line.error().message;
}

TEST(FetchOptions, NameAServerAndAFile) {
  const auto line = parse({"media.local:7000", "Cup final", "-o", "/tmp/x", "--user", "ann", "--chunk", "8192", "-q"});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->options.server.to_string(), "media.local:7000");
  EXPECT_EQ(line->options.file, "Cup final");
  EXPECT_EQ(line->options.output, "/tmp/x");
  EXPECT_EQ(line->options.chunk_bytes, 8192U);
  EXPECT_TRUE(line->options.is_quiet);
  EXPECT_EQ(line->options.sign_in.way, SignInOptions::Way::kPassword);
  EXPECT_EQ(line->options.sign_in.secret_file, "") << "the password is asked for";
}

TEST(FetchOptions, AListNeedsNoFile) {
  EXPECT_TRUE(parse({"media.local", "--list"})->options.is_listing);
  EXPECT_NE(error_of({"media.local"}).find("FILE"), std::string::npos);
  EXPECT_NE(error_of({}).find("--server"), std::string::npos);
}

TEST(FetchOptions, SayWhatIsWrong) {
  const test::TempDir folder;
  const std::string file = folder.write("pw", "secret\n");
  EXPECT_NE(error_of({"host", "a", "--chunk", "5"}).find("--chunk"), std::string::npos);
  EXPECT_NE(error_of({"host", "a", "--guest", "--user", "ann"}).find("exclude"), std::string::npos);
  EXPECT_NE(error_of({"host", "a", "--password-file", file.c_str()}).find("--user"), std::string::npos);
  EXPECT_NE(error_of({"ho st", "a"}).find("host name"), std::string::npos);
  EXPECT_FALSE(parse({"--help"})->is_to_run);
}

TEST(ProgressText, FitsItsLine) {
  DownloadInfo info{.stage = DownloadStage::kRunning,
                    .name = "a name that is rather long for a line of eighty letters, as names happen to be.mkv",
                    .size_bytes = 3'000'000'000,
                    .done_bytes = 1'260'000'000,
                    .bytes_per_s = 12'000'000,
                    .left_s = 145};
  const std::string text = progress_text(info, 80);
  EXPECT_LE(text.size(), 80U + 2) << "the ellipsis has three bytes";
  EXPECT_NE(text.find("42 %"), std::string::npos) << text;
  EXPECT_NE(text.find("12 MB/s  2:25 left"), std::string::npos) << text;
  info.name = "a.mkv";
  EXPECT_TRUE(progress_text(info, 80).starts_with("a.mkv  42 %"));
}

}  // namespace
}  // namespace zoe::player
