// The control panel on a made-up server: what its buttons ask for, who sees it, and that the keyboard is enough.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "player/panels/server_parts.hpp"
#include "tests/unit/app/made_up_admin.hpp"
#include "tests/unit/app/made_up_data.hpp"
#include "tests/unit/app/player_stage.hpp"

namespace zoe::player {
namespace {

using test::PlayerStage;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ServerPanelTest : public testing::Test {
 protected:
  void start(Role role = Role::kAdmin, OverlayLayer::Options options = {}) {
    stage_ = std::make_unique<PlayerStage>(test::StageSize{}, std::move(options));
    stage_->link.shown = test::signed_in_link();
    stage_->link.shown.principal.role = role;
    *stage_->link.listing = test::full_library();
    test::answer_as_admin(*stage_);
    stage_->build();
    stage_->settle();
  }
  void open(AdminTab tab) {
    stage_->overlay->act(Action::kToggleServer);
    stage_->overlay->server_panel().show(tab);
    wait();
  }
  // Until what is due has been asked, answered and drawn.
  void wait() {
    for (int i = 0; i < 4; ++i) stage_->round(1000);
    stage_->link.calls.clear();
  }
  const ui::Landmark* find(const std::string& name) const {
    const auto& all = stage_->overlay->landmarks();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const ui::Landmark& each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
  }
  std::string value(const std::string& name) const {
    const ui::Landmark* found = find(name);
    return found == nullptr ? "(there is no " + name + ")" : found->value;
  }
  void click(const std::string& name) {
    const ui::Landmark* found = find(name);
    ASSERT_NE(found, nullptr) << name;
    stage_->click(found->box.center().x, found->box.center().y);
  }
  // At a share of its width: the middle one of three buttons is at a half.
  void click_at(const std::string& name, float share) {
    const ui::Landmark* found = find(name);
    ASSERT_NE(found, nullptr) << name;
    stage_->click(found->box.x + found->box.w * share, found->box.center().y);
  }
  // What was asked of the server that begins so.
  std::vector<std::string> asked(const std::string& method) const {
    std::vector<std::string> found;
    for (const std::string& call : stage_->link.calls)
      if (call.starts_with("ask " + method + " ")) found.push_back(call.substr(method.size() + 5));
    return found;
  }

  std::unique_ptr<PlayerStage> stage_;
};

TEST_F(ServerPanelTest, OnlyAdminsSeeItsButtonAndOpenIt) {
  start(Role::kMember);
  EXPECT_EQ(find("open-control-panel"), nullptr);
  stage_->overlay->act(Action::kToggleServer);
  stage_->settle();
  EXPECT_FALSE(stage_->overlay->is_server_open());
  EXPECT_THAT(stage_->link.calls, Not(Contains(HasSubstr("admin."))));

  start(Role::kAdmin);
  click("open-control-panel");
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->is_server_open());
  EXPECT_EQ(value("tab.overview"), "chosen");
  click("leave");
  stage_->settle();
  EXPECT_FALSE(stage_->overlay->is_server_open());
}

TEST_F(ServerPanelTest, AloneItTellsWhoIsNoAdminSo) {
  start(Role::kMember, {.is_control_panel = true});
  EXPECT_NE(find("not-admin"), nullptr);
  EXPECT_THAT(stage_->link.calls, Not(Contains(HasSubstr("admin."))));
  click("leave");
  EXPECT_THAT(stage_->link.calls, Contains("sign_out"));
}

TEST_F(ServerPanelTest, ItClosesWhenItsAdminIsSignedOut) {
  start();
  open(AdminTab::kUsers);
  click("user.Mallory.role");
  stage_->link.shown = test::connected_link();
  stage_->link.change();
  stage_->settle();
  EXPECT_FALSE(stage_->overlay->is_server_open());
  EXPECT_EQ(find("dialog"), nullptr);
  stage_->link.shown = test::signed_in_link();
  stage_->link.change();
  stage_->settle();
  EXPECT_FALSE(stage_->overlay->is_server_open()) << "the next one to sign in opens it again";
}

TEST_F(ServerPanelTest, EveryPageIsReachedByItsTab) {
  start();
  open(AdminTab::kOverview);
  EXPECT_EQ(value("figure.streams"), "11");
  EXPECT_NE(find("graph.bandwidth"), nullptr);
  click("tab.plugins");
  wait();
  EXPECT_EQ(value("plugin.codec_jpeg.state"), "Serving");
  click("tab.clients");
  wait();
  EXPECT_EQ(value("client.2"), "Grace");
  click("tab.store");
  wait();
  EXPECT_NE(find("store.use"), nullptr);
  click("tab.log");
  wait();
  EXPECT_EQ(value("log"), "60");
  click("tab.users");
  wait();
  EXPECT_EQ(value("user.Mallory"), "disabled");
}

// --- Plugins
// -----------------------------------------------------------------------------------------------------------

TEST_F(ServerPanelTest, ShowsEachPluginsState) {
  start();
  open(AdminTab::kPlugins);
  EXPECT_EQ(value("plugin.codec_jpeg.generation"), "7");
  EXPECT_EQ(value("plugin.codec_jpeg.pins"), "14");
  EXPECT_EQ(value("plugin.codec_jpeg.previous"), "1.0.2");
  EXPECT_EQ(value("plugin.codec_tint.state"), "Failed");
  EXPECT_THAT(value("plugin.codec_tint.last"), HasSubstr("did not end its self-test"));
  EXPECT_EQ(value("plugin.auth_guest.state"), "Disabled");
}

TEST_F(ServerPanelTest, SwapAndRollBackAskNothing) {
  start();
  open(AdminTab::kPlugins);
  click("plugin.codec_copy.swap");
  EXPECT_EQ(asked("admin.plugin_swap"), std::vector<std::string>{R"({"id":"codec_copy"})"});
  click("plugin.codec_jpeg.rollback");
  EXPECT_EQ(asked("admin.plugin_rollback"), std::vector<std::string>{R"({"id":"codec_jpeg"})"});
  click("plugin.auth_guest.enable");
  EXPECT_EQ(asked("admin.plugin_enable"), std::vector<std::string>{R"({"id":"auth_guest"})"});
}

TEST_F(ServerPanelTest, WhatCannotBeDoneDoesNothing) {
  start();
  open(AdminTab::kPlugins);
  click("plugin.codec_copy.rollback");  // there is nothing to go back to
  click("plugin.codec_copy.drain");     // no generation is leaving
  click("plugin.auth_guest.swap");      // it is disabled
  EXPECT_EQ(find("dialog"), nullptr);
  EXPECT_THAT(stage_->link.calls, Not(Contains(HasSubstr("admin.plugin_"))));
}

TEST_F(ServerPanelTest, DrainAndDisableAskFirst) {
  start();
  open(AdminTab::kPlugins);
  click("plugin.transport_tcp.drain");
  EXPECT_THAT(value("dialog"), HasSubstr("Drain TCP and TLS"));
  click("dialog.cancel");
  EXPECT_EQ(find("dialog"), nullptr);
  EXPECT_THAT(asked("admin.plugin_drain"), IsEmpty());
  click("plugin.transport_tcp.drain");
  click("dialog.confirm");
  EXPECT_EQ(asked("admin.plugin_drain"), std::vector<std::string>{R"({"id":"transport_tcp"})"});
  click("plugin.codec_copy.disable");
  EXPECT_THAT(asked("admin.plugin_disable"), IsEmpty());
  click("dialog.confirm");
  EXPECT_EQ(asked("admin.plugin_disable"), std::vector<std::string>{R"({"id":"codec_copy"})"});
}

TEST_F(ServerPanelTest, WhileACommandRunsItsPluginTakesNoOther) {
  start();
  open(AdminTab::kPlugins);
  const auto answer = stage_->link.on_request;
  net::Completion pending;
  stage_->link.on_request = [&](std::string_view method, const std::string& params, net::Completion done) {
    if (method == "admin.plugin_swap")
      pending = std::move(done);
    else
      answer(method, params, std::move(done));
  };
  click("plugin.codec_copy.swap");
  stage_->round();
  EXPECT_EQ(value("plugin.codec_copy.state"), "Working");
  click("plugin.codec_copy.swap");
  EXPECT_EQ(asked("admin.plugin_swap").size(), 1U);
  ASSERT_TRUE(pending);
  Result<nlohmann::json> refused = fail(Errc::kMalformed, "codec_copy.so is no plugin: it is cut short");
  pending(refused);
  wait();
  EXPECT_EQ(value("plugin.codec_copy.state"), "Serving");
}

// --- Clients and users
// -------------------------------------------------------------------------------------------------

TEST_F(ServerPanelTest, EndingAClientAsksFirst) {
  start();
  open(AdminTab::kClients);
  click("client.3.end");
  EXPECT_THAT(asked("admin.end_client"), IsEmpty());
  click("dialog.confirm");
  EXPECT_EQ(asked("admin.end_client"), std::vector<std::string>{R"({"client":3})"});
}

TEST_F(ServerPanelTest, MakesAnAccount) {
  start();
  open(AdminTab::kUsers);
  click("users.create");
  stage_->round();
  click("dialog.confirm");  // there is no name yet
  ASSERT_NE(find("dialog"), nullptr);
  click("dialog.name");
  stage_->type("Zo\xC3\xAB");
  click("dialog.password");
  stage_->type("correct horse");
  click("dialog.confirm");
  EXPECT_EQ(asked("admin.create_user"),
            std::vector<std::string>{"{\"name\":\"Zo\xC3\xAB\",\"password\":\"correct horse\",\"role\":\"member\"}"});
  EXPECT_EQ(find("dialog"), nullptr);
}

TEST_F(ServerPanelTest, ChangesRolePasswordAndLock) {
  start();
  open(AdminTab::kUsers);
  click_at("user.Grace.role", 5.0F / 6);  // the third of three
  click("dialog.confirm");
  EXPECT_EQ(asked("admin.set_role"), std::vector<std::string>{R"({"role":"admin","user_id":2})"});
  click("user.Grace.reset");
  stage_->round();
  click("dialog.password");
  stage_->type("another one");
  click("dialog.confirm");
  EXPECT_EQ(asked("admin.reset_password"), std::vector<std::string>{R"({"password":"another one","user_id":2})"});
  click("user.Grace.lock");
  click("dialog.confirm");
  click("user.Mallory.lock");  // lets her in again, which asks nothing
  EXPECT_EQ(asked("admin.set_disabled"),
            (std::vector<std::string>{R"({"is_disabled":true,"user_id":2})", R"({"is_disabled":false,"user_id":3})"}));
}

// --- The log
// -----------------------------------------------------------------------------------------------------------

TEST_F(ServerPanelTest, TheLogIsFilteredByLevelAndText) {
  start();
  open(AdminTab::kLog);
  click_at("log.level", 0.5F);
  stage_->settle();
  EXPECT_EQ(value("log.level"), "Warnings");
  EXPECT_EQ(value("log"), "11");  // every seventh and every seventeenth of 60
  click_at("log.level", 5.0F / 6);
  stage_->settle();
  EXPECT_EQ(value("log"), "3");
  click_at("log.level", 1.0F / 6);
  click("log.search");
  stage_->type("TRANSPORT_tcp");
  stage_->settle();
  EXPECT_EQ(value("log"), "8");
  stage_->type(" or nothing");
  stage_->settle();
  EXPECT_EQ(value("log"), "0");
}

// --- The keyboard
// ------------------------------------------------------------------------------------------------------

TEST_F(ServerPanelTest, TheKeyboardAloneSwapsAPlugin) {
  start();
  stage_->press(app::Key::kC);
  wait();
  ASSERT_TRUE(stage_->overlay->is_server_open());
  stage_->press(app::Key::kTab);  // the overview's own
  stage_->press(app::Key::kTab);
  stage_->press(app::Key::kEnter);
  wait();
  ASSERT_EQ(value("tab.plugins"), "chosen");
  // The four tabs behind it, the way back, the only button of the disabled plugin; then the first one's that serves.
  for (int i = 0; i < 7; ++i) stage_->press(app::Key::kTab);
  stage_->round();
  stage_->press(app::Key::kSpace);
  stage_->round();
  EXPECT_EQ(asked("admin.plugin_swap"), std::vector<std::string>{R"({"id":"auth_sql"})"});
}

TEST_F(ServerPanelTest, EscapeClosesTheDialogAndThenThePanel) {
  start();
  open(AdminTab::kUsers);
  click("users.create");
  stage_->round();
  ASSERT_NE(find("dialog"), nullptr);
  stage_->press(app::Key::kEscape);
  stage_->round();
  EXPECT_EQ(find("dialog"), nullptr);
  EXPECT_TRUE(stage_->overlay->is_server_open());
  stage_->press(app::Key::kEscape);
  stage_->round();
  EXPECT_FALSE(stage_->overlay->is_server_open());
}

// --- Asking and graphs
// -------------------------------------------------------------------------------------------------

TEST_F(ServerPanelTest, NothingIsAskedWhileNobodyLooks) {
  start();
  stage_->settle();
  for (int i = 0; i < 5; ++i) stage_->round(1000);
  EXPECT_THAT(stage_->link.calls, Not(Contains(HasSubstr("admin."))));
}

TEST_F(ServerPanelTest, AnErrorIsToldAndAskedAgainByItsButton) {
  start();
  const auto answer = stage_->link.on_request;
  stage_->link.on_request = [](std::string_view, const std::string&, net::Completion done) {
    Result<nlohmann::json> refused = fail(Errc::kUnavailable, "the server is busy");
    done(refused);
  };
  open(AdminTab::kPlugins);
  EXPECT_THAT(value("retry"), HasSubstr("the server is busy"));
  EXPECT_EQ(value("state"), "No answer");
  stage_->link.on_request = answer;
  click("retry");
  wait();
  EXPECT_EQ(value("plugin.codec_jpeg.state"), "Serving");
  EXPECT_EQ(value("state"), "Live");
}

TEST(ServerGraph, MarksOfTheAxisReadAsTheyAre) {
  for (int most = 1; most <= 5000; ++most) {
    const Scale scale = scale_of(most, {.is_whole = true}, 4);
    const double step = scale.top / scale.parts;
    ASSERT_EQ(step, std::floor(step)) << most;
    ASSERT_GE(scale.top, most);
    ASSERT_LE(scale.parts, 4);
    ASSERT_LT(scale.top, 2.5 * most + 4) << most;
  }
  EXPECT_EQ(scale_of(160e6, {.unit = 1 << 20}, 4).top, 256 << 20);
  EXPECT_EQ(scale_of(7.3, {}, 4).top, 8);
  EXPECT_EQ(scale_of(0, {}, 4).top, 1);
}

}  // namespace
}  // namespace zoe::player
