// The drawings on a video, against a link that the test answers for.
#include "player/client/note_feed.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/player/fake_playback.hpp"
#include "tests/unit/player/request_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

class NoteLink final : public test::RequestLink {
 public:
  std::map<std::string, EventListener> listeners;
  void listen(std::string_view prefix, EventListener its_listener) override {
    listeners[std::string(prefix)] = std::move(its_listener);
  }
};

json note(int number, std::int64_t time_us, bool may_delete = false) {
  return {{"note", number},
          {"media", "m1"},
          {"time_us", time_us},
          {"name", "bob"},
          {"created_utc_ns", 1},
          {"may_delete", may_delete},
          {"shape", {{"kind", "line"}, {"color", "#ff0000"}, {"width", 0.01}, {"points", {{0, 0}, {1, 1}}}}}};
}

class NoteFeedTest : public testing::Test {
 protected:
  NoteFeedTest() {
    clock.set_ns(kNsPerS);
    link.on_request = [this](const std::string& method, const json& params) -> Result<json> {
      if (method == "notes.list") return list(params.value("offset", 0), params.value("limit", 0));
      if (method == "rooms.draw") {
        if (!refusal.empty()) return fail(Errc::kDenied, refusal);
        return json{{"note", 40}};
      }
      return json::object();
    };
  }
  ~NoteFeedTest() override { link.on_request = nullptr; }
  json list(int offset, int limit) const {
    json page = json::array();
    for (int i = offset; i < std::min<int>(offset + limit, static_cast<int>(kept.size())); ++i)
      page.push_back(kept[static_cast<std::size_t>(i)]);
    return {{"notes", page}, {"total", kept.size()}};
  }
  void update() { feed.update({.media = "m1", .may_delete_own = true}, clock.now_ns()); }
  void event(const std::string& name, json body) {
    body["room"] = "r1";
    for (const auto& [prefix, listener] : link.listeners)
      if (name.starts_with(prefix) && prefix != "room.") listener(name, body);
  }
  std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> found;
    for (const Note& each : *feed.snapshot().notes) found.push_back(each.note);
    return found;
  }
  std::size_t asked(const std::string& method) const {
    return static_cast<std::size_t>(
        std::count_if(link.asked.begin(), link.asked.end(), [&](const auto& each) { return each.first == method; }));
  }
  using Numbers = std::vector<std::uint64_t>;

  std::vector<json> kept;
  std::string refusal;
  FakeClock clock;
  NoteLink link;
  test::FakePlayback playback;
  RoomFeed room{link, playback, clock, {}, [] {}};
  NoteFeed feed{link, room, clock, [] {}};
};

TEST_F(NoteFeedTest, ReadsAllPagesOfAVideoAndForgetsThemWithIt) {
  for (int i = 0; i < 450; ++i) kept.push_back(note(i + 1, i * 1000));
  update();
  EXPECT_EQ(feed.snapshot().notes->size(), 450U);
  EXPECT_TRUE(feed.snapshot().is_known);
  EXPECT_EQ(asked("notes.list"), 3U);
  update();
  EXPECT_EQ(asked("notes.list"), 3U) << "they are not asked for all the time";
  feed.update({.media = "m2"}, clock.now_ns());
  feed.update({}, clock.now_ns());
  EXPECT_TRUE(feed.snapshot().notes->empty());
  EXPECT_TRUE(feed.snapshot().media.empty());
}

TEST_F(NoteFeedTest, HearsOfWhatIsDrawnAndDeleted) {
  kept = {note(1, 5000)};
  update();
  event("room.note", {{"member", 3}, {"note", note(9, 2000)}});
  EXPECT_EQ(numbers(), (Numbers{9, 1})) << "by time";
  json other = note(10, 0);
  other["media"] = "m2";
  event("room.note", {{"member", 3}, {"note", other}});
  event("room.note", {{"member", 3}, {"note", "nonsense"}});
  event("room.note", json::object());
  EXPECT_EQ(numbers(), (Numbers{9, 1}));
  event("room.note_deleted", {{"media", "m2"}, {"note", 1}});
  EXPECT_EQ(numbers(), (Numbers{9, 1}));
  event("room.note_deleted", {{"media", "m1"}, {"note", 1}});
  EXPECT_EQ(numbers(), (Numbers{9}));
  // Who may delete it the event leaves open: the list is read again soon.
  kept = {note(9, 2000, true)};
  clock.advance_ns(2 * kNsPerS);
  update();
  EXPECT_TRUE(feed.snapshot().notes->at(0).may_delete);
}

TEST_F(NoteFeedTest, WhatIsDeletedWhileTheListComesDoesNotComeBack) {
  kept = {note(1, 1000), note(2, 2000)};
  link.holds_requests = true;
  update();
  event("room.note_deleted", {{"media", "m1"}, {"note", 1}});
  event("room.note", {{"member", 3}, {"note", note(7, 3000)}});
  ASSERT_EQ(link.held.size(), 1U);
  link.held[0]();
  EXPECT_EQ(numbers(), (Numbers{2, 7}));
}

TEST_F(NoteFeedTest, WhatOneDrawsIsThereAtOnceAndCanBeTakenBack) {
  update();
  link.holds_requests = true;
  NoteShape shape{.kind = NoteKind::kArrow, .points = {{0, 0}, {1, 1}}, .text = {}};
  feed.draw(7000, shape);
  ASSERT_EQ(feed.snapshot().notes->size(), 1U);
  EXPECT_EQ(feed.snapshot().notes->at(0).note, 0U);
  EXPECT_FALSE(feed.snapshot().is_undoable) << "the server has not taken it yet";
  link.held.back()();
  EXPECT_EQ(numbers(), (Numbers{40}));
  event("room.note", {{"member", 3}, {"note", note(40, 7000)}});
  EXPECT_EQ(numbers(), (Numbers{40})) << "once, however often one hears of it";
  EXPECT_TRUE(feed.snapshot().is_undoable);
  link.holds_requests = false;
  EXPECT_TRUE(feed.undo());
  EXPECT_EQ(json::parse(link.asked.back().second), (json{{"note", 40}}));
  EXPECT_TRUE(numbers().empty());
  EXPECT_FALSE(feed.undo());
}

TEST_F(NoteFeedTest, WhatTheServerRefusesGoesAgain) {
  update();
  refusal = "here others draw";
  feed.draw(7000, {.kind = NoteKind::kArrow, .points = {{0, 0}, {1, 1}}, .text = {}});
  EXPECT_TRUE(numbers().empty());
  const auto outcomes = feed.take_outcomes();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].message, "here others draw");
  EXPECT_FALSE(outcomes[0].is_done);
}

TEST_F(NoteFeedTest, PointersGoWhenNobodyHearsOfThem) {
  update();
  event("room.pointer", {{"member", 3}, {"name", "bob"}, {"x", 0.5}, {"y", 0.25}});
  event("room.pointer", {{"member", 3}, {"name", "bob"}, {"x", 0.75}, {"y", 0.25}});
  event("room.pointer", {{"member", 4}, {"name", "eve"}, {"x", 1e9}, {"y", 0.25}});
  auto pointers = feed.pointers(clock.now_ns());
  ASSERT_EQ(pointers.size(), 1U);
  EXPECT_EQ(pointers[0].name, "bob");
  EXPECT_EQ(pointers[0].at, (NotePoint{0.75F, 0.25F}));
  event("room.pointer", {{"member", 3}, {"name", "bob"}});
  EXPECT_TRUE(feed.pointers(clock.now_ns()).empty()) << "it was put away";
  for (int i = 1; i < 500; ++i) event("room.pointer", {{"member", i}, {"name", "bot"}, {"x", 0.5}, {"y", 0.5}});
  EXPECT_LE(feed.pointers(clock.now_ns()).size(), 32U);
  clock.advance_ns(10 * kNsPerS);
  EXPECT_TRUE(feed.pointers(clock.now_ns()).empty());
}

TEST_F(NoteFeedTest, AServerThatTellsWithoutEndIsBounded) {
  link.on_request = [](const std::string& method, const json& params) -> Result<json> {
    if (method != "notes.list") return json::object();
    json page = json::array();
    for (int i = 0; i < 200; ++i) page.push_back(note(params.value("offset", 0) + i + 1, i));
    return json{{"notes", page}, {"total", std::int64_t{1} << 50}};
  };
  update();
  EXPECT_EQ(feed.snapshot().notes->size(), kMostVideoNotes);
  for (int i = 0; i < 100; ++i) event("room.note", {{"member", 3}, {"note", note(5000 + i, 0)}});
  EXPECT_EQ(feed.snapshot().notes->size(), kMostVideoNotes);
}

}  // namespace
}  // namespace zoe::player
