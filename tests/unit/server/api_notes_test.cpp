// Drawing in rooms: who may, what is taken, who sees it, and what is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/note_shape.hpp"
#include "server/api/rooms.hpp"
#include "server/store/note_store.hpp"
#include "tests/unit/server/room_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json arrow() {
  return {{"kind", "arrow"}, {"color", "#ffcc00"}, {"width", 0.005}, {"points", {{0.25, 0.5}, {0.75, 0.123456}}}};
}

class NotesApiTest : public RoomFixture {
 protected:
  void SetUp() override {
    media = add_clip();
    session.set_facts({.number = 1});
    bob.set_facts({.number = 2});
    sign_in("ann");
    room = result_of(session, "rooms.create", {{"name", "Film club"}, {"media", {media}}}).at("room");
    seat = result_of(session, "rooms.join", {{"room", room}}).at("seat");
    result_of(bob, "auth.login", {{"name", "bobby"}, {"password", "password"}});
    his = result_of(bob, "rooms.join", {{"room", room}}).at("seat");
  }
  json drawing(const std::string& whose, std::int64_t time_us = 100'000) {
    return {{"room", room}, {"seat", whose}, {"time_us", time_us}, {"shape", arrow()}};
  }

  std::string media;
  std::string room;
  std::string seat;
  std::string his;
};

TEST_F(NotesApiTest, AllSeeADrawingAtOnceAndItIsKept) {
  const json made = result_of(bob, "rooms.draw", drawing(his));
  for (const std::uint64_t client : {1U, 2U}) {
    const auto seen = events(client, "room.note");
    ASSERT_EQ(seen.size(), 1U) << client;
    EXPECT_EQ(seen[0].at("note").at("note"), made.at("note"));
    EXPECT_EQ(seen[0].at("note").at("name"), "bobby");
    EXPECT_EQ(seen[0].at("note").at("shape").at("points"), json({{0.25, 0.5}, {0.75, 0.1235}}));
  }
  result_of(session, "rooms.draw", drawing(seat, 50'000));
  const json list = result_of(session, "notes.list", {{"media", media}});
  EXPECT_EQ(list.at("total"), 2);
  EXPECT_EQ(list.at("notes").at(0).at("time_us"), 50'000) << "by time";
  EXPECT_EQ(list.at("notes").at(1).at("shape").at("kind"), "arrow");
  EXPECT_EQ(list.at("notes").at(1).at("may_delete"), true) << "her room";
  EXPECT_EQ(result_of(bob, "notes.list", {{"media", media}}).at("notes").at(0).at("may_delete"), false);
  EXPECT_EQ(result_of(session, "notes.list", {{"media", media}, {"offset", 1}}).at("notes").size(), 1U);
}

TEST_F(NotesApiTest, OneDrawsOnAFrameThatStands) {
  result_of(session, "rooms.command", {{"room", room}, {"seat", seat}, {"what", "play"}});
  EXPECT_EQ(outcome_of(bob, "rooms.draw", drawing(his)), "conflict");
  result_of(session, "rooms.command", {{"room", room}, {"seat", seat}, {"what", "pause"}});
  EXPECT_EQ(outcome_of(bob, "rooms.draw", drawing(his)), "ok");
  EXPECT_EQ(outcome_of(bob, "rooms.draw", drawing(his, 3'600'000'000)), "invalid_argument") << "behind the end";
  EXPECT_EQ(outcome_of(bob, "rooms.draw", drawing(seat)), "denied") << "another one's seat";
}

TEST_F(NotesApiTest, TheOwnerSaysWhoDraws) {
  result_of(session, "rooms.change", {{"room", room}, {"policy", "owner"}});
  EXPECT_EQ(outcome_of(bob, "rooms.draw", drawing(his)), "ok") << "everyone, whoever commands";
  result_of(session, "rooms.change", {{"room", room}, {"drawing", "commanders"}});
  EXPECT_EQ(outcome_of(bob, "rooms.draw", drawing(his)), "denied");
  EXPECT_EQ(outcome_of(bob, "rooms.point", {{"room", room}, {"seat", his}, {"x", 0.5}, {"y", 0.5}}), "denied");
  EXPECT_EQ(outcome_of(session, "rooms.draw", drawing(seat)), "ok");
  const json members = result_of(bob, "rooms.get", {{"room", room}}).at("members");
  EXPECT_EQ(members.at(0).at("may_draw"), true);
  EXPECT_EQ(members.at(1).at("may_draw"), false);
}

TEST_F(NotesApiTest, ThePointerIsSeenAndNotKept) {
  result_of(bob, "rooms.point", {{"room", room}, {"seat", his}, {"x", 0.5}, {"y", 0.25}});
  result_of(bob, "rooms.point", {{"room", room}, {"seat", his}});
  const auto seen = events(1, "room.pointer");
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].at("y"), 0.25);
  EXPECT_FALSE(seen[1].contains("x"));
  EXPECT_EQ(outcome_of(bob, "rooms.point", {{"room", room}, {"seat", his}, {"x", 0.5}}), "invalid_argument");
  EXPECT_EQ(result_of(session, "notes.list", {{"media", media}}).at("total"), 0);
}

TEST_F(NotesApiTest, WhoDrewItTheRoomsOwnerAndNobodyElseDeletes) {
  const json his_note = {{"note", result_of(bob, "rooms.draw", drawing(his)).at("note")}};
  const json her_note = {{"note", result_of(session, "rooms.draw", drawing(seat)).at("note")}};
  EXPECT_EQ(outcome_of(bob, "notes.delete", her_note), "denied");
  EXPECT_EQ(outcome_of(session, "notes.delete", his_note), "ok");
  EXPECT_EQ(outcome_of(bob, "notes.delete", his_note), "not_found");
  EXPECT_EQ(events(2, "room.note_deleted").at(0).at("note"), his_note.at("note"));
  Session guest("127.0.0.1", 2);
  result_of(guest, "auth.guest");
  EXPECT_EQ(outcome_of(guest, "notes.delete", her_note), "denied");
  // What an account drew goes with it.
  result_of(session, "account.delete", {{"password", "password"}});
  EXPECT_EQ(result_of(bob, "notes.list", {{"media", media}}).at("total"), 0);
}

TEST_F(NotesApiTest, TheyComeAsAFile) {
  result_of(bob, "rooms.draw", drawing(his));
  const json file = result_of(session, "notes.export", {{"media", media}});
  EXPECT_GT(file.at("size_bytes"), 100);
  EXPECT_EQ(file.at("content_type"), "application/json");
}

TEST_F(NotesApiTest, AShapeIsWhatItSaysAndNothingElse) {
  json more = arrow();
  more["script"] = "<b>";
  EXPECT_FALSE(read_shape(more).value().contains("script"));
  const auto refused = [](const char* part, json value) {
    json shape = arrow();
    shape[part] = std::move(value);
    const auto read = read_shape(shape);
    ASSERT_FALSE(read) << part << " " << shape.dump();
    EXPECT_THAT(read.error().message, HasSubstr(part));
  };
  refused("kind", "spline");
  refused("kind", 3);
  for (const char* color : {"red", "#12345", "#1234567", "#gg0000", ""}) refused("color", color);
  refused("color", nullptr);
  refused("width", 0);
  refused("width", 0.5);
  refused("points", json::array());
  refused("points", json::array({{0.5, 0.5}}));
  refused("points", {{0.5, 0.5}, {0.5, 0.5}, {0.5, 0.5}});
  refused("points", {{0.5, 0.5}, {0.5, 1.5}});
  refused("points", {{0.5, 0.5}, {"x", 0.5}});
  refused("points", {{0.5, 0.5}, {0.5}});
  json line = arrow();
  line["kind"] = "line";
  line["points"] = json(std::vector<json>(256, json::array({0.1, 0.2})));
  EXPECT_TRUE(read_shape(line));
  line["points"].push_back({0.1, 0.2});
  EXPECT_FALSE(read_shape(line));
  const json text = {{"kind", "text"}, {"color", "#ffffff"}, {"width", 0.004}, {"points", json::array({{0.1, 0.2}})}};
  json said = text;
  said["text"] = "look\nhere";
  EXPECT_EQ(read_shape(said).value().at("text"), "look here");
  for (const json& bad : {json(" "), json(std::string(201, 'x')), json(7), json()}) {
    said["text"] = bad;
    EXPECT_FALSE(read_shape(said)) << bad.dump();
  }
  EXPECT_FALSE(read_shape(text));
  EXPECT_FALSE(read_shape(json::array()));
}

TEST_F(NotesApiTest, TheyAreBounded) {
  Note note{.media = media, .time_us = 1, .room = room, .account = {}, .name = "x", .shape = arrow().dump()};
  for (std::size_t i = 0; i < 30; ++i) ASSERT_TRUE(store->notes().add(note));
  EXPECT_EQ(store->notes().list(media, 0, 10).value().notes.size(), 10U);
  note.shape = std::string(NoteStore::kMostShapeBytes + 1, 'x');
  EXPECT_EQ(store->notes().add(note).error().code, Errc::kTooLarge);
  int drawn = 0;
  while (drawn < 60 && outcome_of(bob, "rooms.draw", drawing(his)) == "ok") ++drawn;
  EXPECT_LT(drawn, 50) << "and not without end";
}

}  // namespace
}  // namespace zoe::server
