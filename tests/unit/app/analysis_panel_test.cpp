// An analysis on the picture, along the timeline and in its panel, with a made-up server behind them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/app/made_up_analysis.hpp"
#include "tests/unit/app/made_up_data.hpp"
#include "tests/unit/app/player_stage.hpp"

namespace zoe::player {
namespace {

using test::MadeUpAnalysis;
using test::PlayerStage;
using test::StageSize;

constexpr std::int64_t kAtUs = 223'480'000;  // where playing_snapshot() is

class AnalysisPanelTest : public testing::Test {
 protected:
  void start(const MadeUpAnalysis& analysis, const StageSize& size = {}) {
    stage_.reset();  // one window at a time
    stage_ = std::make_unique<PlayerStage>(size);
    stage_->link.shown = test::signed_in_link();
    *stage_->link.listing = test::full_library();
    stage_->playback.shown = test::playing_snapshot();
    test::answer_with_analysis(*stage_, analysis);
    stage_->build();
    frame_ = test::make_picture({.width = 1280, .height = 720}, [](int, int) { return test::Rgb{30, 90, 40}; });
    stage_->show(*frame_);
    stage_->settle();
  }
  void open(const MadeUpAnalysis& analysis, const StageSize& size = {}) {
    start(analysis, size);
    stage_->press(app::Key::kA);
    stage_->settle();
  }
  // Waits until the controls are gone, so that only the glass lies over the picture.
  void rest() {
    for (int i = 0; i < 8; ++i) stage_->round(600);
  }
  bool asked(std::string_view call) const {
    return std::any_of(stage_->link.calls.begin(), stage_->link.calls.end(),
                       [&](const std::string& each) { return each.find(call) != std::string::npos; });
  }
  std::string says(std::string_view name) const { return stage_->landmark(name).value; }
  bool is_there(std::string_view name) const { return !stage_->landmark(name).name.empty(); }
  static std::array<int, 3> pixel(const render::Image& image, double x, double y) {
    const auto at = static_cast<std::size_t>((std::lround(y) * image.width + std::lround(x)) * 3);
    return {image.rgb.at(at), image.rgb.at(at + 1), image.rgb.at(at + 2)};
  }
  // The pixel on the left edge of that player's box, half-way down, at the time of the frame.
  std::array<int, 3> edge_of(const render::Image& image, int id, std::int64_t time_us) const {
    const auto [x, y] = test::made_up_place(id, time_us);
    return pixel(image, std::round(x * 1280), (y + 0.045) * 720);
  }

  std::unique_ptr<PlayerStage> stage_;
  std::shared_ptr<media::Frame> frame_;
};

bool is_near(const std::array<int, 3>& color, int r, int g, int b) {
  return std::abs(color[0] - r) + std::abs(color[1] - g) + std::abs(color[2] - b) < 90;
}

// --- On the picture
// -------------------------------------------------------------------------------------------------------

TEST_F(AnalysisPanelTest, BoxesLieOnThePlayersInTheColoursOfTheirTeams) {
  start({});
  rest();
  const render::Image image = stage_->picture();
  EXPECT_EQ(says("overlay"), "24");
  const std::int64_t before_us = kAtUs - kAtUs % 100'000;
  // Between two points of the analysis: on the line from one to the other.
  const auto [x0, y0] = test::made_up_place(5, before_us);
  const auto [x1, y1] = test::made_up_place(5, before_us + 100'000);
  const double part = static_cast<double>(kAtUs - before_us) / 100'000;
  const double x = std::round((x0 + (x1 - x0) * part) * 1280);
  const double y = (y0 + (y1 - y0) * part + 0.045) * 720;
  EXPECT_TRUE(is_near(pixel(image, x, y), 0xe0, 0x45, 0x3c)) << "red, of team a";
  EXPECT_TRUE(is_near(pixel(image, x + 8, y), 30, 90, 40)) << "the picture inside";
}

TEST_F(AnalysisPanelTest, TheSameFrameLooksTheSameHoweverOneCameThere) {
  start({});
  rest();
  const auto at = [&](std::int64_t time_us, Rational rate, std::uint64_t number) {
    stage_->playback.shown.position_us = time_us;
    stage_->playback.shown.rate = rate;
    stage_->show(*frame_, number);
    stage_->round();
    return stage_->picture().rgb;
  };
  const auto forwards = at(kAtUs + 40'000, {1, 1}, 2);
  const auto on = at(kAtUs + 80'000, {1, 1}, 3);
  EXPECT_NE(forwards, on);
  EXPECT_EQ(at(kAtUs + 40'000, {-1, 1}, 4), forwards);
  EXPECT_EQ(at(kAtUs + 80'000, {-4, 1}, 5), on);
}

TEST_F(AnalysisPanelTest, TheFrameOnTheScreenCountsAndNotWhereThePlayheadIs) {
  start({});
  rest();
  const auto before = stage_->picture().rgb;
  stage_->playback.shown.position_us += 500'000;  // the frame of which is not there yet
  stage_->round();
  EXPECT_EQ(stage_->picture().rgb, before);
}

TEST_F(AnalysisPanelTest, OverlaysAreSwitchedOffOneByOneAllTogetherAndByTab) {
  open({});
  EXPECT_EQ(says("analysis.toggle.boxes"), "on");
  EXPECT_TRUE(stage_->click_on("analysis.toggle.boxes"));
  EXPECT_EQ(says("analysis.toggle.boxes"), "off");
  EXPECT_EQ(stage_->link.wanted_overlays, "ids trails ball map possession") << "kept in the settings";
  EXPECT_TRUE(is_there("overlay.map"));
  stage_->click_on("analysis.toggle.map");
  stage_->round();
  EXPECT_FALSE(is_there("overlay.map"));
  stage_->press(app::Key::kA, app::kModShift);
  stage_->round();
  EXPECT_FALSE(is_there("overlay"));
  EXPECT_EQ(stage_->link.wanted_overlays, "off ids trails ball possession");
  stage_->press(app::Key::kA, app::kModShift);
  stage_->round();
  EXPECT_TRUE(is_there("overlay"));
  stage_->press(app::Key::kTab);
  stage_->settle();
  EXPECT_FALSE(is_there("overlay"));
}

TEST_F(AnalysisPanelTest, NothingIsDrawnWhereNothingWasAnalysed) {
  start({.state = ""});
  rest();
  EXPECT_FALSE(is_there("overlay"));
  const render::Image image = stage_->picture();
  EXPECT_TRUE(is_near(edge_of(image, 5, kAtUs), 30, 90, 40));
}

// --- The timeline
// ---------------------------------------------------------------------------------------------------------

TEST_F(AnalysisPanelTest, AMarkOnTheTimelineGoesToItsEvent) {
  start({});
  stage_->move(640, 300);
  stage_->settle();
  EXPECT_EQ(says("seek.event.0"), "shot");
  EXPECT_TRUE(is_there("seek.possession"));
  stage_->playback.calls.clear();
  ASSERT_TRUE(stage_->click_on("seek.event.0"));
  EXPECT_EQ(stage_->playback.calls, std::vector<std::string>{"seek 40000000"});
  // Two that would lie on each other are one.
  EXPECT_TRUE(is_there("seek.event.5"));
  EXPECT_FALSE(is_there("seek.event.6"));
}

// --- The panel
// ------------------------------------------------------------------------------------------------------------

TEST_F(AnalysisPanelTest, TheButtonOpensItAndAnAnalysisIsStartedWithWhatWasChosen) {
  start({.state = ""});
  stage_->move(640, 300);
  stage_->settle();
  ASSERT_TRUE(stage_->click_on("ai"));
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->is_analysis_open());
  EXPECT_NE(says("analyser.scene_cuts"), "available");
  EXPECT_FALSE(is_there("analyser.scene_cuts.start"));
  ASSERT_TRUE(stage_->click_on("analyser.football.settings"));
  stage_->settle();
  ASSERT_TRUE(stage_->click_on("analyser.football.heat"));
  stage_->settle();
  EXPECT_EQ(says("analyser.football.heat"), "false");
  ASSERT_TRUE(stage_->click_on("analyser.football.start"));
  EXPECT_TRUE(
      asked(R"(ask analysis.start {"analyser":"football","media":"Big Buck Bunny","parameters":{"heat":false}})"));
}

TEST_F(AnalysisPanelTest, AScriptMayAskForItByName) {
  start({.state = ""});
  stage_->overlay->analyse("");
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->is_analysis_open());
  EXPECT_TRUE(asked(R"(ask analysis.start {"analyser":"football","media":"Big Buck Bunny"})"));
}

TEST_F(AnalysisPanelTest, ProgressIsShownAndCanBeCancelled) {
  open({.state = "running", .fraction = 0.4, .message = "Following the players", .analysed_us = 230'000'000});
  EXPECT_EQ(says("job.state"), "running");
  EXPECT_EQ(says("job.progress"), "0.40");
  EXPECT_EQ(says("job.message"), "Following the players");
  EXPECT_TRUE(is_there("overlay")) << "while it goes on";
  nlohmann::json change = test::made_up_job({.state = "running", .fraction = 0.5, .analysed_us = 231'000'000});
  stage_->link.on_analysis("analysis.changed", change);
  stage_->settle();
  EXPECT_EQ(says("job.progress"), "0.50");
  ASSERT_TRUE(stage_->click_on("job.cancel"));
  EXPECT_TRUE(asked(R"(ask analysis.cancel {"job":"j1"})"));
}

TEST_F(AnalysisPanelTest, WhatFailedSaysWhy) {
  open({.state = "failed", .error = "python3 ended with exit status 1: no module named cv2", .analysed_us = 0});
  EXPECT_EQ(says("job.message"), "python3 ended with exit status 1: no module named cv2");
  stage_->click_on("job.delete");
  stage_->settle();
  EXPECT_FALSE(asked("analysis.delete")) << "it asks first";
  stage_->click_on("dialog.confirm");
  stage_->settle();
  EXPECT_TRUE(asked(R"(ask analysis.delete {"job":"j1"})"));
}

TEST_F(AnalysisPanelTest, GuestsLookAndDoNotStart) {
  start({});
  stage_->link.shown.principal.role = Role::kGuest;
  stage_->link.change();
  stage_->press(app::Key::kA);
  stage_->settle();
  EXPECT_FALSE(is_there("job.delete"));
  stage_->click_on("analyser.football.start");
  EXPECT_FALSE(asked("analysis.start"));
}

TEST_F(AnalysisPanelTest, EventsAreListedAndGoneTo) {
  open({});
  ASSERT_TRUE(stage_->click_on("analysis.tab.events"));
  stage_->settle();
  EXPECT_EQ(says("analysis.event.2"), "fast_break");
  stage_->playback.calls.clear();
  ASSERT_TRUE(stage_->click_on("analysis.event.2"));
  EXPECT_EQ(stage_->playback.calls, std::vector<std::string>{"seek 144000000"});
}

TEST_F(AnalysisPanelTest, ChartsHeatMapsAndTablesAreThere) {
  open({});
  stage_->click_on("analysis.tab.charts");
  stage_->settle();
  EXPECT_EQ(says("analysis.series.possession"), "150");
  stage_->playback.calls.clear();
  EXPECT_TRUE(stage_->click_on("analysis.series.pressure"));
  ASSERT_EQ(stage_->playback.calls.size(), 1U);
  EXPECT_EQ(stage_->playback.calls[0].substr(0, 8), "seek 298") << "the middle of ten minutes";
  stage_->click_on("analysis.tab.tables");
  stage_->settle();
  EXPECT_EQ(says("analysis.table.0"), "Distance and speed");
}

TEST_F(AnalysisPanelTest, AServerWithoutAnalysersSaysSo) {
  open({.state = "", .has_analysers = false});
  EXPECT_TRUE(is_there("analysis.none"));
  open({.state = "", .analysers_error = "This server does not analyse."});
  EXPECT_EQ(says("analysis.none"), "This server does not analyse.");
}

TEST_F(AnalysisPanelTest, ItAndTheBuffersShareTheirPlace) {
  open({});
  stage_->press(app::Key::kB);
  stage_->settle();
  EXPECT_TRUE(stage_->overlay->is_buffers_open());
  EXPECT_FALSE(stage_->overlay->is_analysis_open());
  stage_->press(app::Key::kA);
  stage_->settle();
  EXPECT_FALSE(stage_->overlay->is_buffers_open());
  stage_->press(app::Key::kEscape);
  EXPECT_FALSE(stage_->overlay->is_analysis_open());
}

TEST(OverlayChoice, KeepsWhatWasChosen) {
  EXPECT_TRUE(OverlayChoice::parse("").shows(Overlay::kTrails)) << "all, at first";
  OverlayChoice choice = OverlayChoice::parse("boxes nonsense ball");
  EXPECT_EQ(choice.to_text(), "boxes ball");
  EXPECT_FALSE(choice.shows(Overlay::kIds));
  choice.toggle(Overlay::kBoxes);
  choice.toggle(Overlay::kBall);
  EXPECT_EQ(OverlayChoice::parse(choice.to_text()).to_text(), "none");
  choice.set_on(false);
  choice.toggle(Overlay::kMap);
  EXPECT_EQ(choice.to_text(), "off map");
  EXPECT_FALSE(OverlayChoice::parse("off map").shows(Overlay::kMap));
  EXPECT_TRUE(OverlayChoice::parse("off map").is_wanted(Overlay::kMap));
}

}  // namespace
}  // namespace zoe::player
