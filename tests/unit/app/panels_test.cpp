// The panels with a made-up server and playback behind them: what they show, what they ask for, and that all of it
// fits.
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/unit/app/made_up_artwork.hpp"
#include "tests/unit/app/made_up_data.hpp"
#include "tests/unit/app/player_stage.hpp"

namespace zoe::player {
namespace {

using test::PlayerStage;
using test::StageSize;

class PanelsTest : public testing::Test {
 protected:
  void start(const std::function<void(PlayerStage&)>& prepare, const StageSize& size = {},
             OverlayLayer::Options options = {}) {
    stage_ = std::make_unique<PlayerStage>(size, std::move(options));
    prepare(*stage_);
    stage_->build();
    stage_->settle();
  }
  void start_playing(const StageSize& size = {}) {
    start(
        [](PlayerStage& stage) {
          stage.playback.shown = test::playing_snapshot();
          prepare_library(stage);
        },
        size);
    stage_->show(*test::make_quarters({.width = 160, .height = 90}));
    stage_->round();
  }
  static void prepare_library(PlayerStage& stage) {
    stage.link.shown = test::signed_in_link();
    *stage.link.listing = test::full_library();
  }

  bool playback_was_asked(const std::string& call) const { return contains(stage_->playback.calls, call); }
  bool link_was_asked(const std::string& call) const { return contains(stage_->link.calls, call); }
  static bool contains(const std::vector<std::string>& calls, const std::string& call) {
    return std::find(calls.begin(), calls.end(), call) != calls.end();
  }

  void expect_inside(const ui::Box& box, const char* name) const {
    const ui::Box screen{0, 0, static_cast<float>(stage_->application->window().width()),
                         static_cast<float>(stage_->application->window().height())};
    EXPECT_GT(box.w, 0) << name;
    EXPECT_TRUE(box.is_inside(screen)) << name << " at " << box.x << ", " << box.y << ", " << box.w << " x " << box.h;
  }

  std::unique_ptr<PlayerStage> stage_;
};

// --- Keys
// ---------------------------------------------------------------------------------------------------------------

TEST_F(PanelsTest, KeysReachThePlayback) {
  start_playing();
  const auto press = [&](app::Key key, const std::string& wanted) {
    stage_->playback.calls.clear();
    stage_->press(key);
    EXPECT_TRUE(playback_was_asked(wanted)) << wanted;
  };
  press(app::Key::kSpace, "toggle_pause");
  press(app::Key::kK, "toggle_pause");
  press(app::Key::kJ, "rate -1");
  press(app::Key::kL, "rate 2");
  press(app::Key::kLeft, "seek_by -5000000");
  press(app::Key::kRight, "seek_by 5000000");
  press(app::Key::kComma, "step -1");
  press(app::Key::kPeriod, "step 1");
  press(app::Key::kR, "loop");
  press(app::Key::kHome, "seek 0");
  press(app::Key::kUp, "rate 3/2");
}

TEST_F(PanelsTest, KeysDoNothingToPlaybackWhenNothingPlays) {
  start(prepare_library);
  for (const app::Key key : {app::Key::kSpace, app::Key::kJ, app::Key::kLeft, app::Key::kComma}) stage_->press(key);
  EXPECT_TRUE(stage_->playback.calls.empty());
}

TEST_F(PanelsTest, EscapeLeavesOneThingAtATime) {
  start_playing();
  stage_->press(app::Key::kF);
  EXPECT_TRUE(stage_->application->window().is_fullscreen());
  stage_->press(app::Key::kB);
  EXPECT_TRUE(stage_->overlay->is_buffers_open());
  stage_->press(app::Key::kEscape);
  EXPECT_FALSE(stage_->application->window().is_fullscreen());
  EXPECT_TRUE(stage_->overlay->is_buffers_open());
  stage_->press(app::Key::kEscape);
  EXPECT_FALSE(stage_->overlay->is_buffers_open());
  EXPECT_FALSE(playback_was_asked("close"));
  stage_->press(app::Key::kEscape);
  EXPECT_TRUE(playback_was_asked("close"));
}

// --- The picture
// --------------------------------------------------------------------------------------------------------

TEST_F(PanelsTest, APressOnThePicturePausesAndTwoToggleFullScreen) {
  start_playing();
  stage_->click(640, 300);
  EXPECT_EQ(stage_->playback.calls, (std::vector<std::string>{"toggle_pause"}));
  stage_->playback.calls.clear();
  stage_->application->post(app::PointerPress{.x = 640, .y = 300, .clicks = 2});
  stage_->round();
  EXPECT_EQ(stage_->playback.calls, (std::vector<std::string>{"toggle_pause"})) << "the second takes the first back";
  EXPECT_TRUE(stage_->application->window().is_fullscreen());
}

TEST_F(PanelsTest, EachFrameIsReportedOnceWhenItHasBeenPresented) {
  start_playing();
  const auto frame = test::make_quarters({.width = 160, .height = 90});
  stage_->playback.presented.clear();
  stage_->show(*frame, 7);
  stage_->round();
  stage_->round();
  stage_->show(*frame, 8);
  stage_->round();
  EXPECT_EQ(stage_->playback.presented, (std::vector<std::uint64_t>{7, 8}));
}

TEST_F(PanelsTest, AFrameIsDrawnWithoutTheInterfaceAskingForIt) {
  start_playing();
  for (int i = 0; i < 8; ++i) stage_->round(600);  // the controls are gone
  const int drawn = stage_->capture->drawn;
  stage_->application->run_once(0);
  EXPECT_EQ(stage_->capture->drawn, drawn) << "nothing changed";
  stage_->show(*test::make_quarters({.width = 160, .height = 90}), 9);
  stage_->application->run_once(0);
  EXPECT_EQ(stage_->capture->drawn, drawn + 1);
}

// A page that shows nothing of playback is not drawn anew because playback counts something.
TEST_F(PanelsTest, AnIdlePageIsNotRedrawn) {
  start(prepare_library);
  for (int i = 0; i < 4; ++i) stage_->round(200);
  const int drawn = stage_->capture->drawn;
  for (int i = 0; i < 20; ++i) {
    ++stage_->playback.shown.revision;
    stage_->clock.advance_ns(100 * kNsPerMs);
    stage_->application->run_once(0);
  }
  EXPECT_LE(stage_->capture->drawn, drawn + 1);
}

TEST_F(PanelsTest, ThePictureGoesWithItsMedia) {
  start_playing();
  EXPECT_NE(stage_->video->frame(), nullptr);
  stage_->playback.shown = {};
  stage_->round();
  EXPECT_EQ(stage_->video->frame(), nullptr);
}

// --- Fading
// -------------------------------------------------------------------------------------------------------------

TEST_F(PanelsTest, ControlsFadeWhenThePointerRestsAndComeBack) {
  start_playing();
  stage_->move(640, 300);
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->are_controls_visible());
  for (int i = 0; i < 8; ++i) stage_->round(600);
  EXPECT_FALSE(stage_->overlay->are_controls_visible());
  stage_->move(641, 300);
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->are_controls_visible());
}

TEST_F(PanelsTest, ControlsStayUnderAPointerThatRestsOnThem) {
  start_playing();
  const ui::Box bar = stage_->overlay->boxes().transport;
  stage_->move(bar.center().x, bar.bottom() - 4);
  for (int i = 0; i < 8; ++i) stage_->round(600);
  EXPECT_TRUE(stage_->overlay->are_controls_visible());
}

TEST_F(PanelsTest, TabTakesEverythingAwayAndBringsItBack) {
  start_playing();
  stage_->press(app::Key::kB);
  stage_->settle();
  stage_->press(app::Key::kTab);
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->is_hidden());
  EXPECT_FALSE(stage_->overlay->are_controls_visible());
  stage_->move(10, 10);
  stage_->move(400, 300);
  stage_->settle();
  EXPECT_FALSE(stage_->overlay->are_controls_visible()) << "hidden by Tab, the pointer does not bring them";
  stage_->press(app::Key::kTab);
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->are_controls_visible());
}

// --- Transport
// ----------------------------------------------------------------------------------------------------------

TEST_F(PanelsTest, TheTransportBarsButtonsWork) {
  start_playing();
  const ui::Box bar = stage_->overlay->boxes().transport;
  const float y = bar.bottom() - 36;
  stage_->click(bar.center().x, y);
  EXPECT_TRUE(playback_was_asked("toggle_pause"));
  stage_->click(bar.center().x - 96, y);
  EXPECT_TRUE(playback_was_asked("rate -1"));
  stage_->click(bar.center().x - 50, y);
  EXPECT_TRUE(playback_was_asked("step -1"));
  stage_->click(bar.center().x + 50, y);
  EXPECT_TRUE(playback_was_asked("step 1"));
}

TEST_F(PanelsTest, TheSeekBarSeeksWhereItIsPressed) {
  start_playing();
  const ui::Box bar = stage_->overlay->boxes().transport;
  stage_->click(bar.center().x, bar.y + 24);
  ASSERT_FALSE(stage_->playback.calls.empty());
  const std::string call = stage_->playback.calls.back();
  ASSERT_EQ(call.rfind("seek ", 0), 0U) << call;
  const double part = std::stod(call.substr(5)) / static_cast<double>(stage_->playback.shown.duration_us);
  EXPECT_NEAR(part, 0.5, 0.02);
}

TEST_F(PanelsTest, TheSpeedMenuChoosesASpeed) {
  start_playing();
  const ui::Box bar = stage_->overlay->boxes().transport;
  stage_->click(bar.x + 128, bar.bottom() - 36);
  stage_->settle();
  // The first of eleven rows, which end above the bar.
  stage_->click(bar.x + 128, bar.y - 8 - 6 - 10.5F * 36);
  EXPECT_TRUE(playback_was_asked("rate -4"));
  EXPECT_FALSE(playback_was_asked("toggle_pause")) << "a press in a menu is not one on the picture";
}

// --- Login
// --------------------------------------------------------------------------------------------------------------

TEST_F(PanelsTest, LogsInWithWhatWasTyped) {
  start([](PlayerStage& stage) { stage.link.shown = test::connected_link(); });
  stage_->type("correct horse");  // the password has the keyboard: address and name are remembered
  stage_->press(app::Key::kEnter);
  stage_->settle();
  EXPECT_TRUE(link_was_asked("log_in Ada correct horse remember"));
}

TEST_F(PanelsTest, WhereAnInviteIsNeededItIsAskedFor) {
  start([](PlayerStage& stage) {
    stage.link.shown = test::connected_link();
    stage.link.shown.auth.needs_invite = true;
  });
  EXPECT_TRUE(stage_->landmark("login.code").name.empty()) << "not to log in";
  const ui::Box mode = stage_->landmark("login.mode").box;
  stage_->click(mode.right() - 20, mode.center().y);
  stage_->settle();
  ASSERT_TRUE(stage_->click_on("login.password"));
  stage_->type("correct horse");
  ASSERT_TRUE(stage_->click_on("login.submit"));
  EXPECT_EQ(stage_->landmark("login.submit").value, "") << "a code is missing";
  EXPECT_TRUE(stage_->link.calls.empty());
  ASSERT_TRUE(stage_->click_on("login.code"));
  stage_->type("AB12-CD34");
  stage_->press(app::Key::kEnter);
  stage_->settle();
  EXPECT_TRUE(link_was_asked("register Ada correct horse AB12-CD34"));
}

TEST_F(PanelsTest, ConnectsFirstWhereNothingIsConnected) {
  start([](PlayerStage&) {});
  stage_->type("secret-secret");
  stage_->press(app::Key::kEnter);
  stage_->settle();
  EXPECT_EQ(stage_->link.calls, (std::vector<std::string>{"connect studio.lan", "log_in Ada secret-secret remember"}));
}

TEST_F(PanelsTest, ABadAddressIsSaidAndNotAsked) {
  start([](PlayerStage& stage) { stage.link.memory.address = "studio.lan:port"; });
  stage_->type("secret-secret");
  stage_->press(app::Key::kEnter);
  stage_->settle();
  EXPECT_TRUE(stage_->link.calls.empty());
}

TEST_F(PanelsTest, LettersTypedIntoAFieldAreNoShortcuts) {
  start([](PlayerStage& stage) { stage.link.shown = test::connected_link(); });
  stage_->press(app::Key::kF);
  EXPECT_FALSE(stage_->application->window().is_fullscreen());
}

TEST_F(PanelsTest, AChangedKeyIsNotTrustedWithoutAPress) {
  start([](PlayerStage& stage) {
    stage.link.shown = test::connected_link();
    stage.link.shown.state = LinkState::kKeyChanged;
    stage.link.shown.former_key_pin = std::string(64, 'a');
  });
  stage_->press(app::Key::kEnter);
  stage_->settle();
  EXPECT_TRUE(stage_->link.calls.empty());
  const ui::Box card = stage_->overlay->boxes().login;
  stage_->click(card.x + card.w * 0.25F, card.bottom() - 52);
  EXPECT_TRUE(link_was_asked("disconnect"));
  stage_->click(card.x + card.w * 0.75F, card.bottom() - 52);
  EXPECT_TRUE(link_was_asked("accept_key"));
}

// --- Library
// ------------------------------------------------------------------------------------------------------------

TEST_F(PanelsTest, ACardOpensItsVideo) {
  start(prepare_library);
  ASSERT_TRUE(stage_->click_on("card.0"));
  EXPECT_TRUE(playback_was_asked("open Autumn training, first half"));
}

TEST_F(PanelsTest, AFolderListsWhatLiesInIt) {
  start([](PlayerStage& stage) {
    prepare_library(stage);
    stage.link.on_request = [](std::string_view method, const std::string& params, const net::Completion& done) {
      using nlohmann::json;
      Result<json> answer = json::object();
      if (method == "library.roots") answer = json{{"roots", {{{"root", "films"}, {"media", 12}}}}};
      if (method == "library.folders") {
        const bool is_top = json::parse(params).value("folder", "").empty();
        answer = json{{"folders", json::array()}};
        if (is_top) (*answer)["folders"] = json::array({{{"name", "Cup"}, {"folder", "Cup"}, {"media", 3}}});
      }
      if (method == "library.roots" || method == "library.folders") done(answer);
    };
  });
  ASSERT_TRUE(stage_->click_on("page.library"));
  stage_->settle();
  ASSERT_TRUE(stage_->click_on("folder.0"));
  stage_->settle();
  EXPECT_EQ(stage_->link.queries.back().root, "films") << "the only root";
  EXPECT_EQ(stage_->link.queries.back().folder, "Cup");
  EXPECT_EQ(stage_->landmark("crumb.2").value, "Cup");
  ASSERT_TRUE(stage_->click_on("crumb.1"));
  stage_->settle();
  EXPECT_EQ(stage_->link.queries.back().folder, "");
  stage_->press(app::Key::kEscape);
  stage_->settle();
  EXPECT_EQ(stage_->link.queries.back().root, "") << "Escape goes up";
}

TEST_F(PanelsTest, OnlyPostersThatAreSeenAreAskedFor) {
  start([](PlayerStage& stage) {
    prepare_library(stage);
    auto& items = stage.link.listing->items;
    while (items.size() < 400)
      items.push_back(test::library_item("m" + std::to_string(items.size()), 9, 64, 36, "h264", 1));
    for (auto& item : items) item.poster = "1";
    stage.link.listing->total = 10'000;
    stage.link.on_file = test::made_up_artwork;
  });
  test::wait_for_artwork(*stage_);
  const auto posters = std::count_if(stage_->link.calls.begin(), stage_->link.calls.end(), [](const std::string& call) {
    return call.rfind("file library.artwork", 0) == 0;
  });
  EXPECT_GT(posters, 8);
  EXPECT_LE(posters, 20) << "the cards in view and one row more";
}

TEST_F(PanelsTest, TheKeyboardReachesEveryCard) {
  start(prepare_library);
  for (int i = 0; i < 60 && stage_->overlay->focused_mark() != "card.0"; ++i) {
    stage_->press(app::Key::kTab);
    stage_->round();
  }
  ASSERT_EQ(stage_->overlay->focused_mark(), "card.0");
  stage_->press(app::Key::kRight);
  stage_->round();
  EXPECT_EQ(stage_->overlay->focused_mark(), "card.1");
  for (int i = 0; i < 2; ++i) {
    stage_->press(app::Key::kDown);
    stage_->settle();
  }
  EXPECT_EQ(stage_->overlay->focused_mark(), "card.9") << "scrolled into view";
  stage_->press(app::Key::kEnter);
  stage_->settle();
  EXPECT_TRUE(playback_was_asked("open Lab bench, run 17"));
}

TEST_F(PanelsTest, TheSeekBarShowsWhatIsThere) {
  start_playing();
  stage_->link.on_file = test::made_up_artwork;
  stage_->link.on_request = [](std::string_view method, const std::string&, const net::Completion& done) {
    if (method != "library.get") return;
    Result<nlohmann::json> answer = test::made_up_details();
    done(answer);
  };
  stage_->playback.shown.media = "another";  // asked about the one that plays, not about the one before
  stage_->round();
  stage_->playback.shown.media = "Big Buck Bunny";
  stage_->round();
  const ui::Box bar = stage_->overlay->boxes().transport;
  stage_->move(bar.center().x, bar.y + 24);
  test::wait_for_artwork(*stage_);
  EXPECT_EQ(stage_->landmark("seek.preview").value, "shown");
  EXPECT_TRUE(link_was_asked(R"(file library.artwork {"kind":"preview","media":"Big Buck Bunny","sheet":0})"));
}

TEST_F(PanelsTest, SearchAsksWhenTypingPauses) {
  start(prepare_library);
  ASSERT_TRUE(stage_->click_on("search"));
  stage_->type("bunny");
  EXPECT_FALSE(link_was_asked("query bunny")) << "not at each letter";
  for (int i = 0; i < 4; ++i) stage_->round(100);
  EXPECT_TRUE(link_was_asked("query bunny"));
}

TEST_F(PanelsTest, SigningOutEndsWhatPlays) {
  start_playing();
  stage_->link.shown = test::connected_link();
  stage_->link.change();
  stage_->round();
  EXPECT_TRUE(playback_was_asked("close"));
}

TEST_F(PanelsTest, ALostConnectionDoesNot) {
  start_playing();
  stage_->link.shown.state = LinkState::kReconnecting;
  stage_->link.change();
  stage_->round();
  EXPECT_FALSE(playback_was_asked("close"));
}

// --- All of it fits
// -----------------------------------------------------------------------------------------------------

class PanelsFit : public PanelsTest, public testing::WithParamInterface<StageSize> {};

TEST_P(PanelsFit, EveryPanelLiesInsideTheWindow) {
  start_playing(GetParam());
  stage_->press(app::Key::kB);
  stage_->settle();
  stage_->move(300, 200);
  stage_->settle();
  expect_inside(stage_->overlay->boxes().transport, "transport bar");
  expect_inside(stage_->overlay->boxes().buffers, "buffers");
  stage_->press(app::Key::kP);
  stage_->settle();
  expect_inside(stage_->overlay->boxes().playlist, "playlist");
  start([](PlayerStage& stage) { stage.link.shown = test::connected_link(); }, GetParam());
  expect_inside(stage_->overlay->boxes().login, "login");
}

INSTANTIATE_TEST_SUITE_P(Sizes, PanelsFit,
                         testing::Values(StageSize{1280, 720, 1}, StageSize{1920, 1080, 1}, StageSize{3840, 2160, 2},
                                         StageSize{1280, 720, 1.5F}, StageSize{480, 320, 1}),
                         [](const auto& each) {
                           return std::to_string(each.param.width) + "at" +
                                  std::to_string(static_cast<int>(each.param.scale * 100));
                         });

TEST_F(PanelsTest, NoTextIsCutAt720Lines) {
  const auto expect_uncut = [&](const char* where) {
    stage_->round();
    EXPECT_TRUE(stage_->overlay->cut_texts().empty())
        << where << ": \"" << stage_->overlay->cut_texts().front() << "\"";
  };
  start([](PlayerStage& stage) { stage.link.shown = test::connected_link(); });
  expect_uncut("login");
  start([](PlayerStage& stage) {
    stage.link.shown = test::connected_link();
    stage.link.shown.is_key_new = true;
  });
  expect_uncut("first visit");
  start([](PlayerStage& stage) {
    stage.link.shown = test::connected_link();
    stage.link.shown.state = LinkState::kKeyChanged;
    stage.link.shown.former_key_pin = std::string(64, 'd');
    stage.link.shown.key_pin = std::string(64, '8');
  });
  expect_uncut("changed key");
  start([](PlayerStage& stage) {
    prepare_library(stage);
    stage.link.listing->items.erase(stage.link.listing->items.begin() + 6);  // the name that is too long
  });
  expect_uncut("library");
  start_playing();
  stage_->playback.shown.is_paused = true;  // the longest times
  stage_->playback.shown.duration_us = 35'999'000'000;
  stage_->playback.shown.position_us = 35'998'999'000;
  stage_->playback.shown.counters.shown = 9'999'999;
  stage_->playback.shown.network.received_bytes = 99'400'000'000;
  stage_->press(app::Key::kB);
  stage_->settle();
  stage_->move(300, 200);
  stage_->round();
  expect_uncut("video with buffers");
}

}  // namespace
}  // namespace zoe::player
