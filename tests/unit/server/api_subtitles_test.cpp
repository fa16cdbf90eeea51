// library.subtitle: files beside the video and tracks inside it, as one list.
#include <unistd.h>

#include <gmock/gmock.h>

#include "engine/media/subtitles.hpp"
#include "tests/support/picture_subtitles.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

struct ApiSubtitles : ApiFixture {
  std::string content_of(const json& reply) {
    const auto file = session.file(reply.at("result").at("file").get<std::uint32_t>());
    EXPECT_TRUE(file);
    std::string text(reply.at("result").at("size_bytes").get<std::size_t>() + 1, '\0');
    const ssize_t got = file ? ::pread(file->fd.get(), text.data(), text.size(), 0) : -1;
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
};

TEST_F(ApiSubtitles, TracksInsideAVideoFollowTheFilesBesideIt) {
  const std::string clip =
      zoe::test::make_clip({.width = 64,
                            .height = 48,
                            .container = "mkv",
                            .subtitles = "1\n00:00:00,500 --> 00:00:01,500\n<i>From inside</i>\n",
                            .encoder_arguments = {"-metadata:s:s:0", "language=ger", "-metadata:s:s:0", "title=For all",
                                                  "-disposition:s:0", "default"}});
  std::filesystem::copy_file(clip, root + "/Film.mkv");
  dir.write("films/Film.en.srt", "1\n00:00:00,000 --> 00:00:01,000\nFrom beside\n");
  library.start({});
  ASSERT_TRUE(zoe::test::wait_until([&] { return library.size() == 1; }));
  const std::string id = library.list({}).items.at(0)->id;
  sign_in("ann");

  const json list = call("library.get", {{"media", id}}).at("result").at("subtitles");
  ASSERT_EQ(list.size(), 2u) << list;
  EXPECT_EQ(list[0].at("format"), "srt");
  EXPECT_EQ(list[0].count("track"), 0u);
  EXPECT_EQ(list[1].at("subtitle"), 1);
  EXPECT_EQ(list[1].at("format"), "ass");
  EXPECT_EQ(list[1].at("language"), "ger");
  EXPECT_EQ(list[1].at("title"), "For all");
  EXPECT_EQ(list[1].at("track"), 1);
  EXPECT_EQ(list[1].at("is_default"), true);

  EXPECT_THAT(content_of(call("library.subtitle", {{"media", id}, {"subtitle", 0}})), HasSubstr("From beside"));
  for (const bool fonts : {false, true}) {
    const std::string inside = content_of(call("library.subtitle", {{"media", id}, {"subtitle", 1}, {"fonts", fonts}}));
    EXPECT_THAT(inside, HasSubstr("[V4+ Styles]"));
    EXPECT_THAT(inside, HasSubstr("Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,{\\i1}From inside{\\i0}\n"));
  }
  EXPECT_EQ(outcome("library.subtitle", {{"media", id}, {"subtitle", 2}}), "not_found");
  EXPECT_EQ(outcome("library.subtitle", {{"media", id}, {"subtitle", 1}, {"fonts", 1}}), "invalid_argument");

  // What was read once is kept, as long as the file is the same.
  std::filesystem::remove(root + "/Film.mkv");
  EXPECT_EQ(outcome("library.subtitle", {{"media", id}, {"subtitle", 1}}), "ok");
  EXPECT_FALSE(std::filesystem::is_empty(dir.file("subtitles")));
}

TEST_F(ApiSubtitles, PicturesAreSentAsAFileOfTheirOwn) {
  const std::string sup = dir.write(
      "box.sup", zoe::test::make_sup(
                     640, 480, {{.start_ms = 500, .end_ms = 1000, .x = 20, .y = 300, .width = 160, .height = 40}}));
  const auto made = zoe::test::run({"ffmpeg", "-v", "error", "-copyts", "-i",
                                    zoe::test::make_clip({.width = 64, .height = 48}), "-i", sup, "-map", "0:v", "-map",
                                    "1:s", "-c", "copy", "-disposition:s:0", "forced", root + "/Film.mkv"});
  ASSERT_TRUE(made.ok()) << made.err;
  library.start({});
  ASSERT_TRUE(zoe::test::wait_until([&] { return library.size() == 1; }));
  const std::string id = library.list({}).items.at(0)->id;
  sign_in("ann");
  const json list = call("library.get", {{"media", id}}).at("result").at("subtitles");
  ASSERT_EQ(list.size(), 1u) << list;
  EXPECT_EQ(list[0].at("format"), "mks");
  // Twice: what was read once is kept.
  for (int i = 0; i < 2; ++i) {
    const json reply = call("library.subtitle", {{"media", id}, {"subtitle", 0}});
    EXPECT_EQ(reply.at("result").at("name"), "track-1.mks");
    const auto script = media::parse_subtitles(as_bytes(content_of(reply)), media::kPictureFormat);
    ASSERT_TRUE(script) << script.error().message;
    ASSERT_EQ(script->pictures.size(), 1u);
    EXPECT_EQ(script->pictures[0].start_us, 500'000);
  }
}

TEST(EmbeddedSubtitles, AFileThatHasGoneIsSaidSo) {
  zoe::test::TempDir dir;
  EmbeddedSubtitles subtitles{{}};
  MediaEntry entry;
  entry.path = dir.file("gone.mkv");
  EXPECT_EQ(
      subtitles.read(entry, {.kind = media::TrackKind::kSubtitle, .codec = "subrip"}, media::Fonts::kRead).error().code,
      Errc::kNotFound);
}

}  // namespace
}  // namespace zoe::server
