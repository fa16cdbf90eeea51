#include "server/library/prober.hpp"

#include <sys/stat.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/file.hpp"
#include "engine/media/jpeg.hpp"
#include "engine/media/probe.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/picture.hpp"
#include "server/library/prober_line.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::size_t kMostFileBytes = std::size_t{64} << 20;

struct ProberTest : testing::Test {
  static ProberOptions options(const std::string& program = "zoetrope-prober") {
    return {.program = program_folder() + "/" + program};
  }

  Result<Findings> examine(Prober& prober, ExamineOrder order) {
    return prober.examine(order, fs::file_size(order.path), {});
  }
  ExamineOrder all_of(const std::string& path) {
    return {.path = path,
            .index_file = dir.file("index"),
            .poster_file = dir.file("poster.jpg"),
            .preview_stem = dir.file("sheet-"),
            .is_checked = true};
  }
  std::string copy_of_clip(const std::string& name) {
    const std::string path = dir.file(name);
    fs::copy_file(test::make_clip({.width = 64, .height = 48, .frames = 10}), path);
    return path;
  }
  static std::shared_ptr<media::Frame> decoded(const std::string& jpeg) {
    const auto bytes = read_file(jpeg, kMostFileBytes).value();
    bool is_damaged = true;
    auto frame = media::JpegDecoder::create().value()->decode(bytes, is_damaged).value();
    EXPECT_FALSE(is_damaged);
    return frame;
  }
  static int luma_at(const media::Frame& picture, int x, int y) {
    const media::PlaneView luma = picture.plane(0);
    return luma.data[static_cast<std::ptrdiff_t>(y) * luma.stride + x];
  }

  test::TempDir dir;
};

TEST_F(ProberTest, FindsWhatProbeAndIndexFindInThisProcess) {
  const std::string path = test::make_clip({.frames = 90, .gop = 30, .audio = test::AudioCodec::kAac, .chapters = 2});
  Prober prober(options());
  const auto findings = examine(prober, all_of(path));
  ASSERT_TRUE(findings) << findings.error().message;
  const media::MediaInfo info = media::probe(path).value();
  EXPECT_EQ(findings->info.tracks.size(), info.tracks.size());
  EXPECT_EQ(findings->info.duration_us, info.duration_us);
  EXPECT_EQ(findings->info.chapters.size(), 2u);
  ASSERT_TRUE(findings->has_index);
  EXPECT_EQ(read_file(dir.file("index"), kMostFileBytes).value(),
            media::TrackIndex::build(path, *info.best_video()).value()->serialize());
  ASSERT_TRUE(findings->has_poster);
  const auto poster = decoded(dir.file("poster.jpg"));
  EXPECT_EQ(poster->width(), 320);
  EXPECT_EQ(poster->height(), 240);
  EXPECT_GT(interest_of(*poster), 3);
}

TEST_F(ProberTest, OneChildServesManyFiles) {
  Prober prober(options());
  for (const int width : {64, 80, 96})
    EXPECT_TRUE(examine(prober, all_of(test::make_clip({.width = width, .height = 48, .frames = 10}))));
  EXPECT_EQ(prober.started(), 1);
}

TEST_F(ProberTest, AWornChildIsReplaced) {
  ProberOptions few = options();
  few.files_per_child = 2;
  Prober prober(few);
  for (const int width : {64, 80, 96})
    EXPECT_TRUE(examine(prober, all_of(test::make_clip({.width = width, .height = 48, .frames = 10}))));
  EXPECT_EQ(prober.started(), 2);
}

TEST_F(ProberTest, SaysWhatIsNoVideo) {
  Prober prober(options());
  const auto text = examine(prober, {.path = dir.write("text.mp4", "no video at all"), .is_checked = true});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Errc::kMalformed);
  const auto gone = prober.examine({.path = dir.file("gone")}, 1, {});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::kNotFound);
  EXPECT_EQ(prober.started(), 1);
}

// The container is whole, what it holds of pictures is noise.
TEST_F(ProberTest, AFileWithoutOnePictureIsMalformed) {
  const std::string clip = test::make_clip({.codec = test::VideoCodec::kVp9, .frames = 30, .container = "webm"});
  const std::string noise = test::make_media(
      "noise", "webm", {"-i", clip, "-c", "copy", "-bsf:v", "noise=amount=1", "-fflags", "+bitexact", "{out}"});
  Prober prober(options());
  const auto findings = examine(prober, all_of(noise));
  ASSERT_FALSE(findings);
  EXPECT_THAT(findings.error().message, HasSubstr("can be decoded"));
}

TEST_F(ProberTest, APosterIsNotBlack) {
  const std::string path = test::make_media(
      "dark_start", "mp4",
      {"-f", "lavfi", "-i", "color=black:s=320x180:r=30:d=4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=2",
       "-filter_complex", "[0][1]concat", "-c:v", "libx264", "-g", "30", "-preset", "ultrafast", "{out}"});
  Prober prober(options());
  ASSERT_TRUE(examine(prober, all_of(path)));
  EXPECT_GT(interest_of(*decoded(dir.file("poster.jpg"))), 3);
}

TEST_F(ProberTest, PicturesAreUpright) {
  // Bright on the left; the track says to turn it by a quarter clockwise, so that the top is bright.
  const std::string flat = test::make_media(
      "left_bright", "mp4",
      {"-f", "lavfi", "-i", "nullsrc=s=320x160:r=30:d=1,geq=lum='if(lt(X,160),220,40)+mod(X,7)':cb=128:cr=128", "-c:v",
       "libx264", "-preset", "ultrafast", "{out}"});
  const std::string turned = test::make_media("left_bright_turned", "mp4",
                                              {"-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=270", "{out}"});
  Prober prober(options());
  const auto findings = examine(prober, all_of(turned));
  ASSERT_TRUE(findings) << findings.error().message;
  ASSERT_EQ(findings->info.best_video()->rotation_degrees, 90);
  const auto poster = decoded(dir.file("poster.jpg"));
  ASSERT_EQ(poster->width(), 160);
  ASSERT_EQ(poster->height(), 320);
  EXPECT_GT(luma_at(*poster, 80, 40), 180);
  EXPECT_LT(luma_at(*poster, 80, 280), 80);
}

// Each frame is as bright as its number, so a tile tells which frame it shows.
TEST_F(ProberTest, EachTileShowsItsMoment) {
  const std::string path =
      test::make_media("ramp", "mp4",
                       {"-f", "lavfi", "-i", "nullsrc=s=320x180:r=30:d=5,geq=lum='20+N':cb=128:cr=128", "-c:v",
                        "libx264", "-g", "50", "-bf", "2", "-preset", "ultrafast", "{out}"});
  Prober prober(options());
  const auto findings = examine(prober, all_of(path));
  ASSERT_TRUE(findings) << findings.error().message;
  ASSERT_TRUE(findings->preview);
  const PreviewLayout& layout = *findings->preview;
  EXPECT_EQ(layout.interval_us, 250'000);
  EXPECT_EQ(layout.tiles, 20);
  EXPECT_EQ(layout.tile_width, 192);
  EXPECT_EQ(layout.tile_height, 108);
  EXPECT_EQ(layout.sheets(), 1);
  const auto sheet = decoded(dir.file("sheet-0.jpg"));
  ASSERT_EQ(sheet->width(), 1920);
  ASSERT_EQ(sheet->height(), 216);
  for (int tile = 0; tile < layout.tiles; ++tile) {
    const int frame = static_cast<int>(std::floor(tile * 0.25 * 30 + 1e-6));
    const double bright = (20 + frame - 16) * 255.0 / 219;
    EXPECT_NEAR(luma_at(*sheet, tile % 10 * 192 + 96, tile / 10 * 108 + 54), bright, 2) << "tile " << tile;
  }
}

TEST_F(ProberTest, ALongVideoHasAsManyTilesAsThereMayBe) {
  const std::string path =
      test::make_clip({.width = 64, .height = 48, .fps_num = 1, .frames = 900, .gop = 2, .picture = "color=gray"});
  Prober prober(options());
  const auto findings = examine(prober, all_of(path));
  ASSERT_TRUE(findings) << findings.error().message;
  EXPECT_EQ(findings->preview->tiles, PreviewLayout::kMostTiles);
  EXPECT_EQ(findings->preview->sheets(), 4);
  EXPECT_EQ(findings->preview->interval_us, 2'250'000);
  EXPECT_TRUE(fs::exists(dir.file("sheet-3.jpg")));
  EXPECT_FALSE(fs::exists(dir.file("sheet-4.jpg")));
}

TEST_F(ProberTest, AnIndexThatIsLentIsUsed) {
  const std::string path = test::make_clip({.frames = 60});
  Prober prober(options());
  ASSERT_TRUE(examine(prober, all_of(path)));
  const auto written = fs::last_write_time(dir.file("index"));
  ExamineOrder lent = all_of(path);
  lent.is_index_lent = true;
  const auto findings = examine(prober, lent);
  ASSERT_TRUE(findings);
  EXPECT_TRUE(findings->has_index);
  EXPECT_EQ(fs::last_write_time(dir.file("index")), written);
  // One that is broken is made anew.
  dir.write("index", "nonsense");
  EXPECT_TRUE(examine(prober, lent));
  EXPECT_GT(fs::file_size(dir.file("index")), 100u);
}

// --- What hostile bytes do to the child
// ------------------------------------------------------------------------------------------------

TEST_F(ProberTest, ACrashCostsTheChildAndNothingElse) {
  Prober prober(options("zoetrope-bad-prober"));
  const auto bad = examine(prober, all_of(copy_of_clip("crash.mp4")));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::kMalformed);
  EXPECT_THAT(bad.error().message, HasSubstr("took the prober down, twice"));
  EXPECT_EQ(prober.started(), 2);  // a second try in a fresh one
  EXPECT_TRUE(examine(prober, all_of(copy_of_clip("good.mp4"))));
  EXPECT_EQ(prober.started(), 3);
}

TEST_F(ProberTest, AChildThatExitsIsLikeOneThatCrashes) {
  Prober prober(options("zoetrope-bad-prober"));
  const auto bad = examine(prober, all_of(copy_of_clip("quit.mp4")));
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, HasSubstr("status 7"));
}

TEST_F(ProberTest, AHangIsGivenUp) {
  ProberOptions impatient = options("zoetrope-bad-prober");
  impatient.silence = std::chrono::milliseconds(300);
  Prober prober(impatient);
  const auto bad = examine(prober, all_of(copy_of_clip("hang.mp4")));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::kTimeout);
  EXPECT_TRUE(examine(prober, all_of(copy_of_clip("good.mp4"))));
}

TEST_F(ProberTest, WorkWithoutEndIsGivenUp) {
  ProberOptions impatient = options("zoetrope-bad-prober");
  impatient.least_time = std::chrono::milliseconds(600);
  Prober prober(impatient);
  const auto bad = examine(prober, all_of(copy_of_clip("endless.mp4")));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::kTimeout);
  EXPECT_THAT(bad.error().message, HasSubstr("far too long"));
}

#if !defined(ZOE_ASAN) && !defined(ZOE_TSAN)  // which cannot live with a bound on address space
TEST_F(ProberTest, MemoryIsBounded) {
  ProberOptions poor = options("zoetrope-bad-prober");
  poor.memory_bytes = std::size_t{512} << 20;
  Prober prober(poor);
  const auto bad = examine(prober, all_of(copy_of_clip("bomb.mp4")));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::kTooLarge);
  EXPECT_THAT(bad.error().message, HasSubstr("512 MiB"));
  EXPECT_TRUE(examine(prober, all_of(copy_of_clip("good.mp4"))));
}
#endif

TEST_F(ProberTest, NonsenseFromTheChildIsNotBelieved) {
  Prober prober(options("zoetrope-bad-prober"));
  const auto bad = examine(prober, all_of(copy_of_clip("babble.mp4")));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::kMalformed);
}

TEST_F(ProberTest, StopsWhenItIsTold) {
  Prober prober(options("zoetrope-bad-prober"));
  std::stop_source source;
  const std::string path = copy_of_clip("endless.mp4");
  std::atomic<bool> has_begun{false};
  std::jthread stopper([&] {
    while (!has_begun) std::this_thread::yield();
    source.request_stop();
  });
  const auto stopped =
      prober.examine(all_of(path), fs::file_size(path), source.get_token(), [&](double) { has_begun = true; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::kCancelled);
}

TEST_F(ProberTest, AMissingProgramIsSaid) {
  Prober prober(options("no-such-program"));
  const auto none = examine(prober, all_of(copy_of_clip("a.mp4")));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::kUnavailable);
  EXPECT_THAT(none.error().message, HasSubstr("no-such-program"));
}

// --- The line between the two
// ---------------------------------------------------------------------------------------------------------

TEST(ProberLine, CarriesPathsOfAnyBytes) {
  const ExamineOrder order{
      .path = "/a\xFF\n\"b", .index_file = "i", .is_index_lent = true, .preview_stem = "s", .is_checked = true};
  const std::string line = order_line(order);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto read = parse_order(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->path, order.path);
  EXPECT_EQ(read->preview_stem, "s");
  EXPECT_TRUE(read->poster_file.empty());
  EXPECT_TRUE(read->is_index_lent && read->is_checked);
}

TEST(ProberLine, CarriesErrorsAndFindings) {
  double share = 0;
  const auto failed = parse_answer(result_line(fail(Errc::kUnsupported, "no \xFF decoder")), share);
  ASSERT_TRUE(failed && *failed);
  EXPECT_EQ((*failed)->error().code, Errc::kUnsupported);
  EXPECT_THAT((*failed)->error().message, HasSubstr("decoder"));
  const Result<Findings> found = Findings{
      .has_index = true, .preview = PreviewLayout{.interval_us = 5, .tile_width = 2, .tile_height = 2, .tiles = 1}};
  const auto read = parse_answer(result_line(found), share);
  ASSERT_TRUE(read && *read && **read);
  EXPECT_TRUE((**read)->has_index);
  EXPECT_EQ((**read)->preview->interval_us, 5);
  EXPECT_TRUE(parse_answer(share_line(0.5), share));
  EXPECT_EQ(share, 0.5);
}

TEST(ProberLine, RefusesNonsense) {
  double share = 0;
  for (const char* line :
       {"", "{}", "[]", "{\"share\":\"x\"}", "{\"findings\":{}}", "{\"failed\":{\"code\":1}}", "\xFF"})
    EXPECT_FALSE(parse_answer(line, share)) << line;
  for (const char* line : {"", "{}", "{\"path\":\"xyz\"}"}) EXPECT_FALSE(parse_order(line)) << line;
}

}  // namespace
}  // namespace zoe::server
