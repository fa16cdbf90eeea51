// The player's place in a room, against a link that the test answers for.
#include "player/client/room_feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "player/client/room_playback.hpp"
#include "tests/unit/player/fake_playback.hpp"
#include "tests/unit/player/request_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;

constexpr std::int64_t kAhead = 50 * kNsPerS;

json entry(int number, const std::string& media) {
  return {{"entry", number}, {"media", media}, {"title", "Title of " + media}, {"duration_us", 10'000'000}};
}
json timeline(std::int64_t from_ns, std::int64_t media_us, bool is_paused, int of = 1) {
  return {{"from_ns", from_ns}, {"media_us", media_us}, {"rate", "1"}, {"is_paused", is_paused}, {"entry", of}};
}

class RoomFeedTest : public testing::Test {
 protected:
  RoomFeedTest() {
    clock.set_ns(kNsPerS);
    link.estimate =
        net::ClockEstimate{.offset_ns = kAhead, .at_ns = 0, .drift = 0, .round_trip_ns = 2'000'000, .probes = 1};
  }
  json state(int revision, json timelines) const {
    return {{"room", "r1"},
            {"name", "Club"},
            {"owner", "ann"},
            {"is_own", true},
            {"is_private", false},
            {"policy", "everyone"},
            {"patience", "wait"},
            {"revision", revision},
            {"rate", "1"},
            {"is_paused", true},
            {"timelines", std::move(timelines)},
            {"waiting_for", json::array()},
            {"entries", {entry(1, "m1"), entry(2, "m2"), {{"entry", 3}, {"is_hidden", true}}}},
            {"entry", 1}};
  }
  json joined(const json& its_state) const {
    return {{"seat", "secret"},
            {"member", 7},
            {"state", its_state},
            {"messages", json::array()},
            {"members",
             {{{"member", 7},
               {"name", "ann"},
               {"is_owner", true},
               {"may_command", true},
               {"is_here", true},
               {"is_ready", false},
               {"is_buffering", false},
               {"skew_us", 0}}}}};
  }
  void enter() {
    link.answer = joined(state(1, {timeline(0, 2'000'000, true)}));
    feed.join("r1");
    link.answer = json::object();
    update();
  }
  void update() { feed.update(false, clock.now_ns()); }
  void event(json body, const std::string& name = "room.state") {
    body["event"] = name;
    body["room"] = "r1";
    link.listener(name, body);
    update();
  }
  std::vector<json> asked(const std::string& method) const {
    std::vector<json> found;
    for (const auto& [name, params] : link.asked)
      if (name == method) found.push_back(params.empty() ? json::object() : json::parse(params));
    return found;
  }

  FakeClock clock;
  test::RequestLink link;
  test::FakePlayback playback;
  RoomFeed feed{link, playback, clock, {}, [] {}};
  RoomPlayback controls{playback, feed};
};

TEST_F(RoomFeedTest, OpensWhatTheRoomWatchesAndFollowsIt) {
  enter();
  ASSERT_EQ(playback.opened.size(), 1U);
  EXPECT_EQ(playback.opened[0].media, "m1");
  EXPECT_EQ(playback.opened[0].position_us, 2'000'000);
  EXPECT_TRUE(playback.opened[0].is_paused);
  ASSERT_EQ(playback.followed.size(), 1U);
  EXPECT_EQ(playback.followed[0].timelines.at(0).media_us, 2'000'000);
  event(state(2, {timeline(0, 2'000'000, true), timeline(99 * kNsPerS, 2'000'000, false)}));
  ASSERT_EQ(playback.followed.size(), 2U);
  EXPECT_EQ(playback.followed[1].timelines.size(), 2U);
  event(state(1, {timeline(0, 0, true)}));
  EXPECT_EQ(playback.followed.size(), 2U) << "what is older counts no more";
  EXPECT_EQ(feed.snapshot(clock.now_ns()).position_us, 2'000'000);
}

TEST_F(RoomFeedTest, TheControlsAreTheRooms) {
  controls.pause();
  EXPECT_THAT(playback.calls, Contains("pause")) << "outside a room they are one's own";
  enter();
  playback.calls.clear();
  controls.toggle_pause();
  controls.seek(5);
  controls.seek_by(1'000'000);
  controls.step(-1);
  controls.set_rate({-2, 1});
  EXPECT_TRUE(playback.calls.empty());
  const auto commands = asked("rooms.command");
  ASSERT_EQ(commands.size(), 5U);
  EXPECT_EQ(commands[0], (json{{"room", "r1"}, {"seat", "secret"}, {"what", "play"}}));
  EXPECT_EQ(commands[1].at("position_us"), 5);
  EXPECT_EQ(commands[2].at("position_us"), 3'000'000) << "from where the room is";
  EXPECT_EQ(commands[3].at("count"), -1);
  EXPECT_EQ(commands[4].at("rate"), "-2");
}

TEST_F(RoomFeedTest, TheNextVideoIsOpenedOnceTheRoomStands) {
  enter();
  json next = state(2, {timeline(0, 0, false), timeline(kAhead + 2 * kNsPerS, 2'000'000, true)});
  next["prepare"] = {{"number", 5}, {"entry", 2}, {"position_us", 0}};
  event(next);
  EXPECT_EQ(playback.opened.size(), 1U) << "the room still plays";
  clock.set_ns(2 * kNsPerS + 1);
  update();
  ASSERT_EQ(playback.opened.size(), 2U);
  EXPECT_EQ(playback.opened[1].media, "m2");
  ASSERT_TRUE(playback.followed.back().preparation);
  EXPECT_EQ(playback.followed.back().preparation->number, 5U);
  EXPECT_TRUE(playback.followed.back().timelines.front().is_paused);
  playback.shown.room.is_following = true;
  playback.shown.room.prepared = 5;
  update();
  EXPECT_EQ(asked("rooms.report").back().at("prepared"), 5);
  event(state(3, {timeline(kAhead, 2'000'000, true), timeline(kAhead + 3 * kNsPerS, 0, false, 2)}));
  EXPECT_EQ(playback.opened.size(), 2U) << "it is open already";
  EXPECT_EQ(playback.followed.back().timelines.size(), 2U);
  EXPECT_FALSE(playback.followed.back().preparation);
}

TEST_F(RoomFeedTest, WhatOneMayNotSeeIsNotAskedFor) {
  enter();
  event(state(2, {timeline(0, 0, false, 3)}));
  EXPECT_EQ(playback.opened.size(), 1U);
  EXPECT_THAT(playback.calls, Contains("close"));
}

TEST_F(RoomFeedTest, TakesItsSeatAgainOnANewConnection) {
  enter();
  link.asked.clear();
  link.epoch_now = 2;
  link.answer = joined(state(9, {timeline(0, 2'000'000, true)}));
  update();
  ASSERT_EQ(asked("rooms.join").size(), 1U);
  EXPECT_EQ(asked("rooms.join")[0], (json{{"room", "r1"}, {"seat", "secret"}}));
  update();
  EXPECT_EQ(asked("rooms.join").size(), 1U) << "once";
  EXPECT_EQ(playback.opened.size(), 1U) << "the video plays on";
  EXPECT_TRUE(feed.is_in_room());
}

TEST_F(RoomFeedTest, TriesAgainWhileTheServerIsNotThereAndGivesUpWhereTheRoomIsNot) {
  enter();
  link.epoch_now = 2;
  link.answer = fail(Errc::kUnavailable, "not yet");
  update();
  EXPECT_TRUE(feed.is_in_room()) << "what is buffered plays on";
  link.asked.clear();
  update();
  EXPECT_TRUE(asked("rooms.join").empty()) << "not at once again";
  clock.advance_ns(2 * kNsPerS);
  link.answer = fail(Errc::kNotFound, "there is no such room");
  update();
  EXPECT_EQ(asked("rooms.join").size(), 1U);
  EXPECT_FALSE(feed.is_in_room());
  EXPECT_THAT(feed.take_messages(), Contains(HasSubstr("no such room")));
}

TEST_F(RoomFeedTest, HearsOfPeopleAndOfTheEnd) {
  enter();
  event({{"message", {{"message", 1}, {"name", "bob"}, {"text", "hello"}, {"utc_ns", 5}}}}, "room.chat");
  event({{"name", "bob"}, {"reaction", "clap"}}, "room.reaction");
  RoomSnapshot now = feed.snapshot(clock.now_ns());
  ASSERT_EQ(now.messages.size(), 1U);
  EXPECT_EQ(now.messages[0].text, "hello");
  ASSERT_EQ(now.reactions.size(), 1U);
  EXPECT_TRUE(feed.snapshot(clock.now_ns() + 10 * kNsPerS).reactions.empty()) << "they pass";
  EXPECT_TRUE(now.may_command());
  event({{"message", "The room is closed: it was closed."}}, "room.closed");
  EXPECT_FALSE(feed.is_in_room());
  EXPECT_THAT(feed.take_messages(), Contains(HasSubstr("closed")));
  EXPECT_THAT(playback.calls, Contains("unfollow"));
}

TEST_F(RoomFeedTest, MakesARoomAndEntersIt) {
  link.answer = json{{"room", "r1"}};
  feed.create("Club", {"m1"}, true);
  ASSERT_EQ(asked("rooms.create").size(), 1U);
  EXPECT_EQ(asked("rooms.create")[0], (json{{"name", "Club"}, {"media", {"m1"}}, {"is_private", true}}));
  EXPECT_EQ(asked("rooms.join").at(0), (json{{"room", "r1"}}));
}

TEST_F(RoomFeedTest, StrangeAnswersHarmNothing) {
  enter();
  for (const json& bad :
       {json{{"timelines", json::array()}}, json{{"revision", -1}}, json{{"rate", "0"}}, json{{"rate", "1000000"}},
        json{{"timelines", {timeline(INT64_MAX, 0, false)}}}, json{{"timelines", 5}}, json{{"entries", "x"}}}) {
    json strange = state(5, {timeline(0, 0, true)});
    strange.update(bad);
    event(strange);
    EXPECT_EQ(playback.followed.size(), 1U) << bad;
  }
  event(json{{"members", {{{"member", "x"}}}}}, "room.members");
  event(json{{"message", 5}}, "room.chat");
  event(json::object(), "room.chat");
  event(json{{"name", 5}}, "room.reaction");
  EXPECT_TRUE(feed.is_in_room());
  EXPECT_EQ(feed.snapshot(clock.now_ns()).members.size(), 1U);
}

}  // namespace
}  // namespace zoe::player
