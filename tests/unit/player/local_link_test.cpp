// Files of this machine through the whole of playback, without a server.
#include "player/local/link_router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "player/local/local_feed.hpp"
#include "player/local/local_media.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/player/clip_player.hpp"

namespace zoe::player {
namespace {

using test::make_clip;
using test::range;
using test::wait_until;
using testing::HasSubstr;

// A player of local files beside a server that has another clip.
class LocalPlayer {
 public:
  explicit LocalPlayer(const std::string& server_clip) : server(server_clip) {
    playback = Playback::create(test::Player::untimed(), router, screen, clock, Log::null(),
                                [this](const std::string& media) { router.prepare(media); });
    screen.attach(*playback);
  }
  ~LocalPlayer() {
    screen.detach();
    playback.reset();
  }
  LocalPlayer(const LocalPlayer&) = delete;
  LocalPlayer& operator=(const LocalPlayer&) = delete;

  void open(const std::string& path, OpenMedia how = {}) {
    how.media = local_media_of(path);
    playback->open(how);
  }
  bool reaches(PlayState state) {
    return wait_until([&] {
      const PlaybackSnapshot now = screen.snapshot();
      return now.state == state && now.is_settled;
    });
  }

  SystemClock clock;
  test::ClipLink server;
  LinkRouter router{server};
  test::Screen screen{clock};
  std::unique_ptr<Playback> playback;
};

std::string small_clip() { return make_clip({.width = 64, .height = 48, .frames = 10}); }

TEST(LocalLink, AFilePlaysThereAndBackWithoutAServer) {
  LocalPlayer player(small_clip());
  player.server.drop();
  player.open(make_clip({.frames = 90, .gop = 30, .bframes = 2}));
  ASSERT_TRUE(player.reaches(PlayState::kEnded)) << player.screen.snapshot().error;
  EXPECT_EQ(player.screen.numbers(), range(0, 90));
  player.playback->set_rate({-1, 1});
  ASSERT_TRUE(wait_until([&] { return player.screen.count() >= 179; }));
  std::vector<std::uint32_t> numbers = player.screen.numbers();
  numbers.erase(numbers.begin(), numbers.begin() + 90);
  std::reverse(numbers.begin(), numbers.end());
  EXPECT_EQ(numbers, range(0, 89));
  EXPECT_GT(player.router.traffic().received_bytes, 1000u);
}

TEST(LocalLink, SeeksLoopsAndMemoryHoldForOneLongGroup) {
  // One key frame: a segment as long as the file, of which only a run at a time is held by the link.
  LocalPlayer player(small_clip());
  player.open(make_clip({.frames = 240, .gop = 240}), {.is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  player.playback->seek(200 * test::kFrameUs + test::kFrameUs / 2);
  ASSERT_TRUE(wait_until([&] { return player.screen.numbers().back() == 200; }));
  player.playback->seek(3 * test::kFrameUs + test::kFrameUs / 2);
  ASSERT_TRUE(wait_until([&] { return player.screen.numbers().back() == 3; }));
  player.playback->set_looping(true);
  player.playback->seek(237 * test::kFrameUs + test::kFrameUs / 2);
  player.playback->play();
  const auto goes_round = [&] {
    const auto numbers = player.screen.numbers();
    const auto last = std::find(numbers.begin(), numbers.end(), 239U);
    return last != numbers.end() && last + 2 < numbers.end() && last[1] == 0 && last[2] == 1;
  };
  EXPECT_TRUE(wait_until(goes_round));
}

TEST(LocalLink, TheServersComingAndGoingIsNothingToAFile) {
  LocalPlayer player(small_clip());
  player.open(make_clip({.frames = 90, .gop = 30, .bframes = 2}), {.is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  player.server.drop();
  player.server.restore();
  player.server.drop();
  player.playback->play();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.snapshot().error, "");
  EXPECT_EQ(player.screen.snapshot().network.reconnects, 0u);
  // And back to the server, which is away, and then there.
  player.playback->open({.media = "clip", .is_paused = true});
  player.server.restore();
  EXPECT_TRUE(player.reaches(PlayState::kPaused)) << player.screen.snapshot().error;
  EXPECT_EQ(player.screen.snapshot().track.width, 64);
}

TEST(LocalLink, WhatCannotBePlayedSaysWhy) {
  test::TempDir dir;
  LocalPlayer player(small_clip());
  const std::string text = dir.write("notes.mp4", "This is no video.\n");
  const auto error_of = [&](const std::string& path, OpenMedia how = {}) {
    player.open(path, how);
    PlaybackSnapshot seen;
    EXPECT_TRUE(wait_until([&] {
      seen = player.screen.snapshot();
      return seen.media == local_media_of(path) && seen.state == PlayState::kFailed;
    })) << path;
    return seen.error;
  };
  // More often than streams may be open at a time.
  for (std::size_t i = 0; i <= LocalLink::kMostStreams; ++i) {
    EXPECT_THAT(error_of(dir.file("gone.mkv")), HasSubstr("gone.mkv"));
    EXPECT_THAT(error_of(text), HasSubstr("notes.mp4"));
  }
  EXPECT_THAT(error_of(dir.path()), HasSubstr(dir.path()));
  EXPECT_THAT(error_of(small_clip(), {.rendition = "jpeg"}), HasSubstr("as it is"));
  player.open(small_clip());
  EXPECT_TRUE(player.reaches(PlayState::kEnded));
}

TEST(LocalMedia, AFileIsKnownWithItsSubtitlesAndChapters) {
  test::TempDir dir;
  const std::string path = dir.file("Some Film.mkv");
  std::filesystem::copy_file(
      make_clip({.container = "mkv", .subtitles = "1\n00:00:00,500 --> 00:00:01,500\nInside\n", .chapters = 2}), path);
  dir.write("Some Film.de.srt", "1\n00:00:00,000 --> 00:00:01,000\nDaneben\n");
  dir.write("Other.srt", "1\n00:00:00,000 --> 00:00:01,000\nNot this\n");
  const auto local = examine_local(path);
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_EQ(local->item.title, "Some Film");
  EXPECT_EQ(local->item.media, "file:" + path);
  EXPECT_EQ(local->details.chapters.size(), 2u);
  ASSERT_EQ(local->details.subtitles.size(), 2u);
  EXPECT_EQ(local->details.subtitles[0].language, "deu");
  EXPECT_EQ(local->details.subtitles[1].format, "ass");
  EXPECT_THAT(read_local_subtitle(local->item.media, 0)->events.at(0).text, HasSubstr("Daneben"));
  EXPECT_THAT(read_local_subtitle(local->item.media, 1)->events.at(0).text, HasSubstr("Inside"));
  EXPECT_EQ(read_local_subtitle(local->item.media, 2).error().code, Errc::kNotFound);
}

TEST(LocalMedia, AFolderIsTheVideosInIt) {
  test::TempDir dir;
  dir.write("b.mkv", "");
  dir.write("a.MP4", "");
  dir.write("a.srt", "");
  std::filesystem::create_directories(dir.file("empty/inner.mkv"));
  EXPECT_EQ(local_files_of({dir.path()}).value(), (std::vector<std::string>{dir.file("a.MP4"), dir.file("b.mkv")}));
  EXPECT_EQ(local_files_of({dir.file("a.srt")}).value().size(), 1u) << "what is named is played";
  EXPECT_EQ(local_files_of({dir.file("gone")}).error().code, Errc::kNotFound);
  EXPECT_THAT(local_files_of({dir.file("empty")}).error().message, HasSubstr("no video"));
  EXPECT_TRUE(is_local_media(local_media_of("x")));
  EXPECT_FALSE(is_local_media("0123456789abcdef"));
}

}  // namespace
}  // namespace zoe::player
