// The page of downloads over a real queue: what it shows, and what its buttons do.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/app/made_up_data.hpp"
#include "tests/unit/app/player_stage.hpp"
#include "tests/unit/player/file_link.hpp"

namespace zoe::player {
namespace {

using test::PlayerStage;

class DownloadsPageTest : public testing::Test {
 protected:
  void start(Role role = Role::kMember) {
    queue.emplace(files, DownloadQueue::Options{.folder = folder.file("here")}, clock, Log::null());
    stage = std::make_unique<PlayerStage>(test::StageSize{},
                                          OverlayLayer::Options{.motion = ui::Motion::kNone, .downloads = &*queue});
    stage->link.shown = test::signed_in_link();
    stage->link.shown.principal.role = role;
    *stage->link.listing = test::full_library();
    first = stage->link.listing->items[0];
    files.serve(first.media, {std::string(1'000'000, 'x'), "v1"});
    stage->build();
    rest();
  }
  ~DownloadsPageTest() override { stage.reset(); }

  void rest() {
    stage->round(100);
    stage->round(100);
  }
  void press(const std::string& name) {
    ASSERT_TRUE(stage->click_on(name)) << name;
    rest();
  }
  // Of the newest one.
  testing::AssertionResult says(const std::string& word) {
    std::string seen;
    const bool is_said = test::wait_until([&] {
      stage->round(100);
      seen = stage->landmark("download.0").value;
      return seen == word;
    });
    if (is_said) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "it says '" << seen << "', on page "
                                       << static_cast<int>(stage->overlay->browser().page());
  }
  void download_first() {
    ASSERT_TRUE(stage->move_to("card.0"));
    rest();
    press("card.0.more");
    press(stage->link.shown.principal.role == Role::kGuest ? "menu.2" : "menu.5");
    press("page.downloads");
  }

  test::TempDir folder;
  SystemClock clock;
  test::FileLink files;
  std::optional<DownloadQueue> queue;
  std::unique_ptr<PlayerStage> stage;
  LibraryItem first;
};

TEST_F(DownloadsPageTest, ACardsMenuDownloadsIt) {
  start();
  download_first();
  EXPECT_TRUE(says("done"));
  EXPECT_EQ(queue->downloads()->at(0).source.media, first.media);
  EXPECT_TRUE(std::filesystem::exists(queue->downloads()->at(0).path()));
  press("download.0.remove");
  EXPECT_TRUE(test::wait_until([&] {
    stage->round(100);
    return stage->landmark("download.0").name.empty();
  }));
  press("notice.button");
  EXPECT_EQ(stage->overlay->browser().page(), BrowserPage::kLibrary);
}

TEST_F(DownloadsPageTest, GuestsHaveItToo) {
  start(Role::kGuest);
  download_first();
  EXPECT_TRUE(says("done"));
}

TEST_F(DownloadsPageTest, PausesGoesOnAndAsksBeforeItCancels) {
  start();
  files.limit(300'000);
  download_first();
  ASSERT_TRUE(says("running"));
  ASSERT_TRUE(test::wait_until([&] { return queue->downloads()->at(0).done_bytes >= 300'000; }));
  press("download.0.pause");
  ASSERT_TRUE(says("paused"));
  press("download.0.resume");
  ASSERT_TRUE(says("running"));
  press("download.0.remove");
  press("dialog.cancel");
  ASSERT_TRUE(says("running"));
  press("download.0.remove");
  press("dialog.confirm");
  EXPECT_TRUE(test::wait_until([&] { return queue->downloads()->empty(); }));
}

TEST_F(DownloadsPageTest, AFailureIsSaidAndTriedAgain) {
  start();
  files.refuse_all(Error{Errc::kDenied, "guests of this server may not do that"});
  download_first();
  ASSERT_TRUE(says("failed"));
  files.refuse_all({});
  press("download.0.retry");
  EXPECT_TRUE(says("done"));
}

TEST_F(DownloadsPageTest, TheFolderAndTheNumberAreChosenHere) {
  start();
  press("page.downloads");
  press("downloads.folder");
  stage->click_on("dialog.field.0");
  stage->press(app::Key::kEnd);
  stage->type("/more");
  press("dialog.confirm");
  EXPECT_EQ(queue->folder(), folder.file("here") + "/more");
  const ui::Landmark choice = stage->landmark("downloads.at-once");
  ASSERT_FALSE(choice.name.empty());
  stage->click(choice.box.right() - 8, choice.box.center().y);
  EXPECT_EQ(queue->most_at_once(), kMostAtOnce);
}

TEST_F(DownloadsPageTest, WhatPlaysIsDownloadedByItsKey) {
  start();
  stage->link.on_request = [this](std::string_view method, const std::string&, const net::Completion& done) {
    Result<nlohmann::json> answer = fail(Errc::kNotFound, "not here");
    if (method == "library.get")
      answer = nlohmann::json{{"media", first.media}, {"title", "One"}, {"root", "Films"}, {"path", "a/one.mkv"}};
    done(answer);
  };
  stage->playback.shown = test::playing_snapshot();
  stage->playback.shown.media = first.media;
  rest();
  rest();
  stage->press(app::Key::kD);
  ASSERT_TRUE(test::wait_until([&] { return !queue->downloads()->empty(); }));
  EXPECT_EQ(queue->downloads()->at(0).name, "one.mkv");
}

}  // namespace
}  // namespace zoe::player
