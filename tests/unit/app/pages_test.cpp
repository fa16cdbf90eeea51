// The pages of what is somebody's own: what they show, what they ask for, and what they ask before they do.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/unit/app/made_up_data.hpp"
#include "tests/unit/app/made_up_personal.hpp"
#include "tests/unit/app/player_stage.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;
using test::PlayerStage;
using test::StageSize;

class PagesTest : public testing::Test {
 protected:
  void start(Role role = Role::kMember, const StageSize& size = {}) {
    stage_ = std::make_unique<PlayerStage>(size, OverlayLayer::Options{.motion = ui::Motion::kNone});
    stage_->link.shown = test::signed_in_link();
    stage_->link.shown.principal.role = role;
    *stage_->link.listing = test::full_library();
    stage_->link.on_request = [this](std::string_view method, const std::string& params, const net::Completion& done) {
      test::answer_as_person(*stage_, method, params, done);
    };
    stage_->build();
    rest();
  }
  // Nothing moves here: what was pressed is seen two frames later.
  void rest() {
    stage_->round(100);
    stage_->round(100);
  }
  void press(const std::string& name) {
    ASSERT_TRUE(stage_->click_on(name)) << name;
    rest();
  }
  void press_all(const std::vector<std::string>& names) {
    for (const std::string& name : names) press(name);
  }
  // The newest question of that method; null where there was none.
  json asked(const std::string& method) const {
    const std::string start = "ask " + method + " ";
    for (auto call = stage_->link.calls.rbegin(); call != stage_->link.calls.rend(); ++call)
      if (call->rfind(start, 0) == 0)
        return call->size() > start.size() ? json::parse(call->substr(start.size())) : json::object();
    return nullptr;
  }
  bool was_played(const std::string& media) const {
    const auto& calls = stage_->playback.calls;
    return std::find(calls.begin(), calls.end(), "open " + media) != calls.end();
  }
  void end_of(const std::string& media) {
    stage_->playback.shown = test::playing_snapshot();
    stage_->playback.shown.media = media;
    stage_->round();
    stage_->playback.shown.state = PlayState::kEnded;
    stage_->playback.calls.clear();
    stage_->round();
  }

  std::unique_ptr<PlayerStage> stage_;
};

TEST_F(PagesTest, APlaylistPlaysOneAfterAnother) {
  start();
  press_all({"page.playlists", "playlist.0", "entry.1"});
  const auto& items = stage_->link.listing->items;
  EXPECT_TRUE(was_played(items[1].media));
  end_of(items[1].media);
  EXPECT_TRUE(was_played(items[3].media)) << "the third has left the library";
  end_of(items[3].media);
  EXPECT_TRUE(was_played(items[4].media));
}

TEST_F(PagesTest, AnotherVideoEndsWhatPlaysOneAfterAnother) {
  start();
  press_all({"page.playlists", "playlist.0", "entry.1"});
  end_of("another");
  EXPECT_TRUE(stage_->playback.calls.empty());
}

TEST_F(PagesTest, OnAndBackInAPlaylist) {
  start();
  press_all({"page.playlists", "playlist.0", "entry.0"});
  const auto& items = stage_->link.listing->items;
  stage_->playback.shown = test::playing_snapshot();
  stage_->playback.shown.media = items[0].media;
  stage_->move(600, 300);
  rest();
  EXPECT_EQ(stage_->landmark("queue").value, "1 of 7 in Training, autumn");
  press("queue.next");
  EXPECT_TRUE(was_played(items[1].media));
  stage_->press(app::Key::kN);
  EXPECT_TRUE(was_played(items[3].media));
}

TEST_F(PagesTest, TheDrawerShowsWhatPlaysOneAfterAnother) {
  start();
  press_all({"page.playlists", "playlist.0", "entry.0"});
  const auto& items = stage_->link.listing->items;
  stage_->playback.shown = test::playing_snapshot();
  stage_->playback.shown.media = items[0].media;
  stage_->move(600, 300);
  stage_->press(app::Key::kP);
  rest();
  EXPECT_EQ(stage_->landmark("drawer.choice").value, "Plays now");
  press("queue.3");
  EXPECT_TRUE(was_played(items[3].media));
}

TEST_F(PagesTest, AVideoBeginsWithTheSpeedThatIsWished) {
  start();
  press("card.0");
  ASSERT_FALSE(stage_->playback.opened.empty());
  EXPECT_EQ(stage_->playback.opened.back().rate, (Rational{5, 4}));
}

TEST_F(PagesTest, EntriesMoveByButtonsAndByDragging) {
  start();
  press_all({"page.playlists", "playlist.0", "entry.2.down"});
  EXPECT_EQ(asked("playlists.move"), (json{{"playlist", 1}, {"entry", 3}, {"to", 3}}));
  press("entry.5.up");
  EXPECT_EQ(asked("playlists.move"), (json{{"playlist", 1}, {"entry", 6}, {"to", 4}}));
  const ImVec2 from = stage_->landmark("entry.1.grip").box.center();
  const float to = stage_->landmark("entry.4").box.y + 4;
  stage_->move(from.x, from.y);
  stage_->application->post(app::PointerPress{.x = from.x, .y = from.y});
  stage_->round();
  stage_->move(from.x, from.y + 20);
  stage_->move(from.x, to);
  EXPECT_EQ(asked("playlists.move").at("to"), 4) << "not before it is let go";
  stage_->application->post(app::PointerRelease{.x = from.x, .y = to});
  stage_->round();
  stage_->round();
  EXPECT_EQ(asked("playlists.move"), (json{{"playlist", 1}, {"entry", 2}, {"to", 3}}));
  EXPECT_TRUE(stage_->playback.calls.empty()) << "a drag plays nothing";
}

TEST_F(PagesTest, AnEntryIsTakenOut) {
  start();
  press_all({"page.playlists", "playlist.0", "entry.1.remove"});
  EXPECT_EQ(asked("playlists.remove"), (json{{"playlist", 1}, {"entries", {2}}}));
}

TEST_F(PagesTest, PlaylistsAreMadeRenamedAndDeleted) {
  start();
  press_all({"page.playlists", "playlists.new"});
  stage_->type("Winter");
  press("dialog.confirm");
  EXPECT_EQ(asked("playlists.create"), (json{{"name", "Winter"}}));
  press_all({"playlist.0", "playlist.rename", "dialog.field.0"});
  stage_->type("!");
  stage_->press(app::Key::kEnter);
  rest();
  EXPECT_NE(asked("playlists.rename"), nullptr);
  press_all({"playlist.delete", "dialog.cancel"});
  EXPECT_EQ(asked("playlists.delete"), nullptr) << "it asks first";
  press_all({"playlist.delete", "dialog.confirm"});
  EXPECT_EQ(asked("playlists.delete"), (json{{"playlist", 1}}));
  EXPECT_FALSE(stage_->landmark("playlist.0").name.empty()) << "back in the list";
}

TEST_F(PagesTest, APlaylistIsShared) {
  start();
  press_all({"page.playlists", "playlist.0", "playlist.share"});
  EXPECT_EQ(stage_->landmark("share.0").value, "Grace");
  press("share.0.remove");
  EXPECT_EQ(asked("playlists.unshare_with"), (json{{"playlist", 1}, {"user", "Grace"}}));
  press("sharing.name");
  stage_->type("Joan");
  press("sharing.add");
  EXPECT_EQ(asked("playlists.share_with"), (json{{"playlist", 1}, {"user", "Joan"}, {"may_edit", false}}));
  const ui::Box choice = stage_->landmark("sharing.choice").box;
  stage_->click(choice.right() - 8, choice.center().y);
  rest();
  EXPECT_EQ(asked("playlists.share"), (json{{"playlist", 1}, {"sharing", "everyone"}}));
  stage_->press(app::Key::kEscape);
  rest();
  EXPECT_TRUE(stage_->landmark("sharing").name.empty());
  EXPECT_FALSE(stage_->landmark("playlist.name").name.empty()) << "only that is closed";
}

TEST_F(PagesTest, ACardGoesIntoAPlaylist) {
  start();
  stage_->move_to("card.2");
  rest();
  press_all({"card.2.more", "menu.3"});
  EXPECT_EQ(stage_->landmark("picker").value, "Big Buck Bunny");
  press("picker.1");
  EXPECT_EQ(asked("playlists.add"), (json{{"playlist", 2}, {"media", {"Big Buck Bunny"}}}));
  EXPECT_TRUE(stage_->landmark("picker").name.empty());
}

TEST_F(PagesTest, WhatPlaysGoesIntoANewPlaylist) {
  start();
  stage_->playback.shown = test::playing_snapshot();
  stage_->move(600, 300);
  rest();
  press("add-to-playlist");
  stage_->press(app::Key::kSpace);
  EXPECT_TRUE(stage_->playback.calls.empty()) << "the keyboard belongs to the question";
  press("picker.name");
  stage_->type("Bunnies");
  press("picker.create");
  EXPECT_EQ(asked("playlists.create"), (json{{"name", "Bunnies"}}));
  EXPECT_EQ(asked("playlists.add"), (json{{"playlist", 9}, {"media", {"Big Buck Bunny"}}}));
}

TEST_F(PagesTest, HistoryIsPlayedForgottenAndCleared) {
  start();
  press_all({"page.history", "viewing.1.remove"});
  EXPECT_EQ(asked("history.remove"), (json{{"viewing", 99}}));
  press_all({"history.clear", "dialog.cancel"});
  EXPECT_EQ(asked("history.clear"), nullptr) << "it asks first";
  press_all({"history.clear", "dialog.confirm"});
  EXPECT_NE(asked("history.clear"), nullptr);
  press("viewing.0");
  EXPECT_TRUE(was_played(stage_->link.listing->items[0].media));
}

TEST_F(PagesTest, TheProfileChangesWhatItSays) {
  start();
  press("page.profile");
  EXPECT_EQ(stage_->landmark("subtitle_language").value, "German");
  EXPECT_EQ(stage_->landmark("default_speed").value, "1.25\u00D7");
  press_all({"default_speed", "menu.2"});
  EXPECT_EQ(asked("settings.set"), (json{{"key", "default_speed"}, {"value", "1"}}));
  press("session.1.revoke");
  EXPECT_EQ(asked("auth.revoke"), (json{{"session_id", 2}}));
  press_all({"profile.password", "dialog.field.0"});
  stage_->type("old secret");
  press("dialog.field.1");
  stage_->type("new secret");
  press("dialog.confirm");
  EXPECT_EQ(asked("auth.change_password"), (json{{"old", "old secret"}, {"new", "new secret"}}));
}

TEST_F(PagesTest, AnAccountIsDeletedOnlyByWhoTypesItsName) {
  start(Role::kMember, {1280, 1080, 1});
  press_all({"page.profile", "profile.delete", "dialog.field.0"});
  stage_->type("secret");
  press("dialog.field.1");
  stage_->type("Ad");
  press("dialog.confirm");
  EXPECT_EQ(asked("account.delete"), nullptr);
  press("dialog.field.1");
  stage_->press(app::Key::kEnd);
  stage_->type("a");
  press("dialog.confirm");
  EXPECT_EQ(asked("account.delete"), (json{{"password", "secret"}}));
  const auto& calls = stage_->link.calls;
  EXPECT_NE(std::find(calls.begin(), calls.end(), "sign_out"), calls.end()) << "there is nobody any more";
}

TEST_F(PagesTest, GuestsHaveNothingOfTheirOwn) {
  start(Role::kGuest);
  EXPECT_TRUE(stage_->landmark("page.favourites").name.empty());
  EXPECT_TRUE(stage_->landmark("page.profile").name.empty());
  EXPECT_EQ(asked("settings.get"), nullptr) << "a guest would be denied";
}

TEST_F(PagesTest, EscapeGoesHomeInTheEnd) {
  start();
  press_all({"page.playlists", "playlist.0"});
  stage_->press(app::Key::kEscape);
  rest();
  EXPECT_FALSE(stage_->landmark("playlists.new").name.empty());
  stage_->press(app::Key::kEscape);
  rest();
  EXPECT_EQ(stage_->landmark("page.home").value, "chosen");
}

class PagesFit : public PagesTest, public testing::WithParamInterface<StageSize> {};

TEST_P(PagesFit, EveryPageIsDrawnInsideTheWindow) {
  start(Role::kAdmin, GetParam());
  const ui::Box screen{0, 0, static_cast<float>(stage_->application->window().width()),
                       static_cast<float>(stage_->application->window().height())};
  for (const char* page :
       {"page.home", "page.library", "page.favourites", "page.playlists", "page.history", "page.profile"}) {
    press(page);
    EXPECT_GT(stage_->overlay->landmarks().size(), 8U) << page;
    for (const ui::Landmark& mark : stage_->overlay->landmarks())
      EXPECT_TRUE(mark.box.is_inside(screen)) << page << ": " << mark.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, PagesFit,
                         testing::Values(StageSize{1280, 720, 1}, StageSize{3840, 2160, 2}, StageSize{1280, 720, 1.5F},
                                         StageSize{640, 480, 1}),
                         [](const auto& each) {
                           return std::to_string(each.param.width) + "at" +
                                  std::to_string(static_cast<int>(each.param.scale * 100));
                         });

}  // namespace
}  // namespace zoe::player
