// The transport bar with everything that it can have: its parts keep off each other at every width.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/app/made_up_data.hpp"
#include "tests/unit/app/made_up_personal.hpp"
#include "tests/unit/app/player_stage.hpp"
#include "tests/unit/player/file_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

class TransportRoomTest : public testing::TestWithParam<test::StageSize> {
 protected:
  TransportRoomTest() {
    queue.emplace(files, DownloadQueue::Options{.folder = folder.file("here")}, clock, Log::null());
    stage.emplace(GetParam(), OverlayLayer::Options{.motion = ui::Motion::kNone, .downloads = &*queue});
    stage->link.shown = test::signed_in_link();
    stage->link.shown.principal.role = Role::kAdmin;
    *stage->link.listing = test::full_library();
    stage->link.on_request = [this](std::string_view method, const std::string& params, const net::Completion& done) {
      if (method != "library.get") return test::answer_as_person(*stage, method, params, done);
      Result<json> details = json{{"media", json::parse(params).value("media", "")},
                                  {"subtitles",
                                   {{{"subtitle", 0},
                                     {"language", "eng"},
                                     {"title", ""},
                                     {"format", "ass"},
                                     {"is_forced", false},
                                     {"is_for_deaf", false}}}}};
      done(details);
    };
  }
  ~TransportRoomTest() override {
    stage->link.on_request = nullptr;  // the last it asks for, when nothing is left to answer
    stage.reset();
  }

  void play_a_playlist() {
    stage->build();
    stage->settle();
    for (const char* name : {"page.playlists", "playlist.0", "entry.1"}) {
      ASSERT_TRUE(stage->click_on(name)) << name;
      stage->settle();
    }
    PlaybackSnapshot shown = test::playing_snapshot();
    ASSERT_FALSE(stage->playback.opened.empty());
    shown.media = stage->playback.opened.back().media;
    shown.sound.tracks = {{.track = 1, .language = "eng"}, {.track = 2, .language = "deu"}};
    shown.sound.track = 1;
    stage->playback.shown = shown;
    stage->settle();
    stage->move(300, 200);
    stage->round(100);
    stage->round(100);
  }

  test::TempDir folder;
  SystemClock clock;
  test::FileLink files;
  std::optional<DownloadQueue> queue;
  std::optional<test::PlayerStage> stage;
};

TEST_P(TransportRoomTest, ItsPartsKeepOffEachOther) {
  play_a_playlist();
  std::vector<ui::Landmark> parts;
  for (const char* name : {"add-to-playlist", "queue.previous", "queue.next", "mute", "volume", "sound-tracks",
                           "subtitles", "download", "open-control-panel"}) {
    const ui::Landmark part = stage->landmark(name);
    if (!part.name.empty()) parts.push_back(part);
  }
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.box.x < b.box.x; });
  for (std::size_t i = 1; i < parts.size(); ++i)
    EXPECT_LE(parts[i - 1].box.right(), parts[i].box.x) << parts[i - 1].name << " under " << parts[i].name;
  const std::string widest = GetParam().width >= 1280 ? "download" : "mute";
  for (const std::string& name : {std::string("mute"), std::string("sound-tracks"), std::string("subtitles"), widest})
    EXPECT_FALSE(stage->landmark(name).name.empty()) << name;
}

INSTANTIATE_TEST_SUITE_P(Sizes, TransportRoomTest,
                         testing::Values(test::StageSize{1600, 900}, test::StageSize{1280, 720},
                                         test::StageSize{1024, 700}, test::StageSize{3840, 2160, 2}),
                         [](const auto& each) { return std::to_string(each.param.width); });

}  // namespace
}  // namespace zoe::player
