// The channel that a viewer is tuned in to, against a link that the test answers for.
#include "player/client/channel_feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "player/client/channel_playback.hpp"
#include "tests/unit/player/fake_playback.hpp"
#include "tests/unit/player/request_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kAhead = 50 * kNsPerS;  // of the server's clock
constexpr std::int64_t kBegan = -1000 * kNsPerS;

json item(int place, const std::string& media, int seconds) {
  json view = {{"item", place}, {"duration_us", std::int64_t{seconds} * 1'000'000}};
  if (media.empty())
    view["is_hidden"] = true;
  else
    view.update({{"media", media}, {"title", "Title of " + media}});
  return view;
}

// Three videos of 10, 20 and 30 seconds.
class ChannelFeedTest : public testing::Test {
 protected:
  ChannelFeedTest() {
    link.estimate =
        net::ClockEstimate{.offset_ns = kAhead, .at_ns = 0, .drift = 0, .round_trip_ns = 2'000'000, .probes = 1};
    link.on_request = [this](const std::string&, const json&) -> Result<json> { return channel; };
    be_at(0);
  }
  // So long after the channel has begun, in its second hour of rounds.
  void be_at(std::int64_t seconds) { clock.set_ns(kBegan - kAhead + (3600 + seconds) * kNsPerS); }
  void update() { feed.update(false, clock.now_ns()); }
  void tune_in() {
    feed.tune_in(4);
    update();
    update();
  }
  void show(const std::string& media, std::int64_t position_us, PlayState state = PlayState::kPlaying) {
    playback.shown.media = media;
    playback.shown.position_us = position_us;
    playback.shown.state = state;
  }

  json channel = {{"channel", 4},
                  {"name", "One"},
                  {"begins_ns", kBegan},
                  {"items", {item(0, "a", 10), item(1, "b", 20), item(2, "c", 30)}}};
  FakeClock clock;
  test::RequestLink link;
  test::FakePlayback playback;
  ChannelFeed feed{link, playback, clock, {}, [] {}};
  ChannelPlayback controls{playback, feed};
};

TEST_F(ChannelFeedTest, TunesInToWhatIsOnAndGoesOverToWhatFollows) {
  be_at(15);
  tune_in();
  ASSERT_EQ(playback.opened.size(), 1U);
  EXPECT_EQ(playback.opened[0].media, "b");
  EXPECT_EQ(playback.opened[0].position_us, 5'000'000);
  ASSERT_EQ(playback.followed.size(), 1U);
  const Timeline& timeline = playback.followed[0].timelines.at(0);
  EXPECT_EQ(timeline.position_us(clock.now_ns() + kAhead), 5'000'000) << "on the server's clock";
  EXPECT_FALSE(timeline.is_paused);
  be_at(29);
  update();
  EXPECT_EQ(playback.opened.size(), 1U);
  EXPECT_EQ(feed.snapshot(clock.now_ns()).next, "Title of c");
  be_at(30);
  update();
  ASSERT_EQ(playback.opened.size(), 2U);
  EXPECT_EQ(playback.opened[1].media, "c");
  EXPECT_EQ(playback.opened[1].position_us, 0);
  be_at(61);
  update();
  EXPECT_EQ(playback.opened.back().media, "a") << "and round again";
}

TEST_F(ChannelFeedTest, PausesAloneAndComesBackToLive) {
  be_at(15);
  tune_in();
  controls.pause();
  EXPECT_THAT(playback.calls, Contains("unfollow"));
  EXPECT_EQ(playback.calls.back(), "pause");
  show("b", 5'000'000, PlayState::kPaused);
  playback.shown.is_paused = true;
  be_at(22);
  update();
  ChannelSnapshot now = feed.snapshot(clock.now_ns());
  EXPECT_FALSE(now.is_live);
  EXPECT_EQ(now.behind_us, 7'000'000);
  EXPECT_EQ(now.on_us, 12'000'000) << "where live is in what plays";
  const std::size_t followed = playback.followed.size();
  feed.go_live();
  update();
  EXPECT_EQ(playback.followed.size(), followed + 1);
  EXPECT_EQ(playback.opened.size(), 1U) << "it is open";
  now = feed.snapshot(clock.now_ns());
  EXPECT_TRUE(now.is_live);
  EXPECT_EQ(now.behind_us, 0);
}

TEST_F(ChannelFeedTest, GoesBackWithinWhatHasBeenAndOnFromVideoToVideo) {
  be_at(15);
  tune_in();
  controls.seek_by(-8'000'000);
  ASSERT_EQ(playback.opened.size(), 2U);
  EXPECT_EQ(playback.opened[1].media, "a") << "the one before";
  EXPECT_EQ(playback.opened[1].position_us, 7'000'000);
  EXPECT_FALSE(playback.opened[1].is_paused);
  show("a", 7'000'000);
  update();
  EXPECT_EQ(feed.snapshot(clock.now_ns()).behind_us, 8'000'000);
  be_at(18);
  show("a", 9'990'000, PlayState::kEnded);
  update();
  EXPECT_EQ(playback.opened.back().media, "b");
  EXPECT_EQ(playback.opened.back().position_us, 0);
  // Nothing is ahead of live.
  controls.seek_by(60'000'000);
  EXPECT_TRUE(feed.snapshot(clock.now_ns()).is_live);
  playback.calls.clear();
  controls.set_rate({2, 1});
  EXPECT_THAT(playback.calls, Not(Contains(HasSubstr("rate"))));
}

TEST_F(ChannelFeedTest, WhoPlaysFasterIsLiveOnceCaughtUp) {
  be_at(15);
  tune_in();
  update();
  controls.seek(1'000'000);
  show("b", 1'000'000);
  controls.set_rate({2, 1});
  playback.shown.rate = {2, 1};
  update();
  EXPECT_FALSE(feed.snapshot(clock.now_ns()).is_live);
  show("b", 4'900'000);
  update();
  EXPECT_TRUE(feed.snapshot(clock.now_ns()).is_live);
}

TEST_F(ChannelFeedTest, PassesOverWhatIsNotForThisViewer) {
  channel["items"][1] = item(1, "", 20);
  be_at(15);
  tune_in();
  EXPECT_TRUE(playback.opened.empty());
  EXPECT_THAT(playback.calls, Contains("close"));
  be_at(31);
  update();
  ASSERT_EQ(playback.opened.size(), 1U);
  EXPECT_EQ(playback.opened[0].media, "c");
}

TEST_F(ChannelFeedTest, AChannelThatIsChangedOrOverIsAskedForAgain) {
  be_at(15);
  tune_in();
  channel["items"] = {item(0, "x", 3600)};
  link.listener("channels.changed", json::object());
  update();
  EXPECT_EQ(playback.opened.back().media, "x");
  link.on_request = [](const std::string&, const json&) -> Result<json> { return fail(Errc::kNotFound, "no"); };
  link.listener("channels.changed", json::object());
  update();
  EXPECT_FALSE(feed.is_tuned());
  EXPECT_THAT(feed.take_messages(), testing::ElementsAre("The channel One is over."));
}

TEST_F(ChannelFeedTest, OpeningSomethingElseLeavesIt) {
  tune_in();
  controls.open({.media = "film"});
  EXPECT_FALSE(feed.is_tuned());
  EXPECT_EQ(playback.calls.back(), "open film");
  EXPECT_THAT(playback.calls, Contains("unfollow"));
}

TEST(ChannelMessages, TakeNothingThatIsNoChannel) {
  const json good = {{"channel", 1}, {"name", "x"}, {"begins_ns", 0}, {"items", {item(0, "a", 1)}}};
  EXPECT_TRUE(parse_channel(good));
  for (const auto& [key, value] : std::vector<std::pair<std::string, json>>{{"channel", "1"},
                                                                            {"begins_ns", nullptr},
                                                                            {"items", json::array()},
                                                                            {"items", {item(0, "a", 0)}},
                                                                            {"items", 3}}) {
    json bad = good;
    bad[key] = value;
    EXPECT_FALSE(parse_channel(bad)) << key << value;
  }
  EXPECT_FALSE(parse_channels({{"channels", {{{"channel", 1}, {"name", "x"}}}}}));
}

}  // namespace
}  // namespace zoe::player
