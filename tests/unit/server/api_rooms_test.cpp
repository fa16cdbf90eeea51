// Rooms by requests: who may what, and what members hear.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/rooms.hpp"
#include "tests/unit/server/room_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RoomsApiTest : public RoomFixture {
 protected:
  void SetUp() override {
    media = add_clip();
    session.set_facts({.number = 1});
    sign_in("ann");
    const json made = result("rooms.create", {{"name", "Film club"}, {"media", {media}}});
    room = made.at("room").get<std::string>();
    code = made.at("code").get<std::string>();
    seat = result("rooms.join", {{"room", room}}).at("seat").get<std::string>();
    bob.set_facts({.number = 2});
  }
  json result(const std::string& method, const json& params = json::object()) {
    return result_of(session, method, params);
  }
  void sign_in_bob() { result_of(bob, "auth.login", {{"name", "bobby"}, {"password", "password"}}); }
  json at_seat(json more = json::object(), const std::string& whose = "") {
    more["room"] = room;
    more["seat"] = whose.empty() ? seat : whose;
    return more;
  }

  std::string media;
  std::string room;
  std::string code;
  std::string seat;
};

TEST_F(RoomsApiTest, AllMembersHearOfACommandBeforeItHolds) {
  sign_in_bob();
  const json joined = result_of(bob, "rooms.join", {{"room", room}});
  EXPECT_EQ(joined.at("members").size(), 2U);
  EXPECT_EQ(joined.at("state").at("entries").at(0).at("media"), media);
  const json done = result("rooms.command", at_seat({{"what", "play"}}));
  EXPECT_GT(done.at("at_ns").get<std::int64_t>(), clock.now_ns());
  for (const std::uint64_t client : {1U, 2U}) {
    const auto states = events(client, "room.state");
    ASSERT_FALSE(states.empty()) << client;
    EXPECT_EQ(states.back().at("revision"), done.at("revision"));
    EXPECT_EQ(states.back().at("timelines").back().at("from_ns"), done.at("at_ns"));
    EXPECT_EQ(states.back().at("timelines").back().at("is_paused"), false);
  }
}

TEST_F(RoomsApiTest, ASeatIsItsMembersAlone) {
  sign_in_bob();
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}})), "denied") << "Ann's seat";
  EXPECT_EQ(outcome_of(bob, "rooms.chat", at_seat({{"text", "x"}}, "no seat")), "denied");
  // Ann on another connection, after the first was lost.
  Session again("127.0.0.1", 2);
  again.set_facts({.number = 3});
  result_of(again, "auth.login", {{"name", "ann"}, {"password", "password"}});
  const json joined = result_of(again, "rooms.join", {{"room", room}, {"seat", seat}});
  EXPECT_EQ(joined.at("seat"), seat);
  EXPECT_EQ(joined.at("members").size(), 1U);
  result("rooms.command", at_seat({{"what", "pause"}}));
  EXPECT_FALSE(events(3, "room.state").empty()) << "events follow";
}

TEST_F(RoomsApiTest, APrivateRoomIsThereByItsCodeAlone) {
  result("rooms.change", {{"room", room}, {"is_private", true}});
  EXPECT_EQ(result("rooms.list").at("rooms").size(), 1U) << "one's own";
  sign_in_bob();
  EXPECT_TRUE(result_of(bob, "rooms.list").at("rooms").empty());
  for (const char* method : {"rooms.get", "rooms.join", "rooms.invite", "rooms.close"})
    EXPECT_EQ(outcome_of(bob, method, {{"room", room}}), "not_found") << method;
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}}, "x")), "not_found");
  std::string typed = code;
  for (char& c : typed) c = static_cast<char>(std::tolower(c));
  EXPECT_EQ(result_of(bob, "rooms.join", {{"code", " " + typed}}).at("state").at("name"), "Film club");
  const std::string renewed =
      result("rooms.invite", {{"room", room}, {"is_renewed", true}}).at("code").get<std::string>();
  EXPECT_NE(renewed, code);
  EXPECT_EQ(result("rooms.invite", {{"room", room}}).at("code"), renewed);
  EXPECT_EQ(outcome_of(bob, "rooms.join", {{"code", code}}), "not_found");
}

TEST_F(RoomsApiTest, ChatReactionsAndReadyMarksReachTheOthers) {
  sign_in_bob();
  const std::string his = result_of(bob, "rooms.join", {{"room", room}}).at("seat").get<std::string>();
  result("rooms.chat", at_seat({{"text", "hello\nall"}}));
  ASSERT_EQ(events(2, "room.chat").size(), 1U);
  EXPECT_EQ(events(2, "room.chat")[0].at("message").at("text"), "hello all");
  EXPECT_EQ(events(2, "room.chat")[0].at("message").at("name"), "ann");
  result_of(bob, "rooms.react", at_seat({{"reaction", "clap"}}, his));
  EXPECT_EQ(events(1, "room.reaction").at(0).at("name"), "bobby");
  EXPECT_EQ(outcome_of(bob, "rooms.react", at_seat({{"reaction", "<b>"}}, his)), "invalid_argument");
  EXPECT_EQ(outcome("rooms.chat", at_seat({{"text", " \n"}})), "invalid_argument");
  EXPECT_EQ(outcome("rooms.chat", at_seat({{"text", std::string(501, 'x')}})), "invalid_argument");
  result_of(bob, "rooms.ready", at_seat({{"is_ready", true}}, his));
  result_of(bob, "rooms.report", at_seat({{"skew_us", -1234}, {"round_trip_us", 20000}}, his));
  EXPECT_TRUE(zoe::test::wait_until([&] {
    rooms->look_now();
    const auto heard = events(1, "room.members");
    return !heard.empty() && heard.back().at("members").at(1).at("skew_us") == -1234;
  }));
  const json members = result("rooms.get", {{"room", room}}).at("members");
  EXPECT_EQ(members.at(1).at("is_ready"), true);
  EXPECT_EQ(members.at(0).at("is_owner"), true);
  int said = 1;
  while (said < 20 && outcome("rooms.chat", at_seat({{"text", "spam"}})) == "ok") ++said;
  EXPECT_LT(said, 15) << "and not without end";
}

TEST_F(RoomsApiTest, ThePolicyHoldsForCommandsAndThePlaylist) {
  result("rooms.change", {{"room", room}, {"policy", "owner"}});
  sign_in_bob();
  const std::string his = result_of(bob, "rooms.join", {{"room", room}}).at("seat").get<std::string>();
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}}, his)), "denied");
  EXPECT_EQ(outcome_of(bob, "rooms.add", at_seat({{"media", {media}}}, his)), "denied");
  EXPECT_EQ(outcome_of(bob, "rooms.change", {{"room", room}, {"policy", "everyone"}}), "denied");
  EXPECT_EQ(outcome("rooms.change", {{"room", room}, {"policy", "named"}, {"named", {"nobody"}}}), "not_found");
  const json members = result("rooms.get", {{"room", room}}).at("members");
  result("rooms.hand_over", {{"room", room}, {"member", members.at(1).at("member")}});
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}}, his)), "ok");
  EXPECT_EQ(outcome("rooms.command", at_seat({{"what", "play"}})), "denied");
  EXPECT_EQ(result_of(bob, "rooms.get", {{"room", room}}).at("owner"), "bobby");
}

TEST_F(RoomsApiTest, TheOwnerNamesWhoMayCommand) {
  result("rooms.change", {{"room", room}, {"policy", "named"}});
  sign_in_bob();
  const json joined = result_of(bob, "rooms.join", {{"room", room}});
  const std::string his = joined.at("seat");
  const json who = {{"room", room}, {"member", joined.at("member")}, {"may_command", true}};
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}}, his)), "denied");
  EXPECT_EQ(outcome_of(bob, "rooms.allow", who), "denied");
  result("rooms.allow", who);
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}}, his)), "ok");
  // One's name stays where one leaves and comes again; a guest's is that of the seat.
  result_of(bob, "rooms.leave", at_seat(json::object(), his));
  const json again = result_of(bob, "rooms.join", {{"room", room}});
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "pause"}}, again.at("seat"))), "ok");
  result("rooms.allow", {{"room", room}, {"member", again.at("member")}, {"may_command", false}});
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}}, again.at("seat"))), "denied");
  Session guest("127.0.0.1", 2);
  guest.set_facts({.number = 4});
  result_of(guest, "auth.guest");
  const json sits = result_of(guest, "rooms.join", {{"room", room}});
  EXPECT_EQ(outcome_of(guest, "rooms.command", at_seat({{"what", "play"}}, sits.at("seat"))), "denied");
  result("rooms.allow", {{"room", room}, {"member", sits.at("member")}, {"may_command", true}});
  EXPECT_EQ(outcome_of(guest, "rooms.command", at_seat({{"what", "play"}}, sits.at("seat"))), "ok");
  EXPECT_EQ(outcome("rooms.allow", {{"room", room}, {"member", 99}, {"may_command", true}}), "not_found");
}

TEST_F(RoomsApiTest, GuestsSitButOwnNothing) {
  ASSERT_EQ(outcome_of(bob, "auth.guest"), "ok");
  EXPECT_EQ(outcome_of(bob, "rooms.create", {{"name", "Mine"}}), "denied");
  const std::string his = result_of(bob, "rooms.join", {{"room", room}}).at("seat").get<std::string>();
  EXPECT_EQ(outcome_of(bob, "rooms.command", at_seat({{"what", "play"}}, his)), "ok");
  result("rooms.leave", at_seat());
  EXPECT_EQ(result_of(bob, "rooms.get", {{"room", room}}).at("owner"), "ann");
}

TEST_F(RoomsApiTest, ItIsThereAgainAfterTheServerWas) {
  result("rooms.chat", at_seat({{"text", "remember"}}));
  result("rooms.command", at_seat({{"what", "rate"}, {"rate", "-2"}}));
  rooms->flush();
  Rooms again({.library = library, .access = *access, .store = *store, .clock = clock, .log = Log::null()});
  ASSERT_TRUE(again.load());
  const auto joined = again.join({session, session.identity()}, {.room = room, .seat = seat}).value();
  EXPECT_EQ(joined.at("state").at("name"), "Film club");
  EXPECT_EQ(joined.at("state").at("rate"), "-2");
  EXPECT_EQ(joined.at("state").at("entries").at(0).at("media"), media);
  EXPECT_EQ(joined.at("messages").at(0).at("text"), "remember");
  EXPECT_NE(joined.at("seat"), seat) << "seats are of one run of the server";
}

TEST_F(RoomsApiTest, ItEndsForAllWhenItIsClosedOrItsOwnersAccountGoes) {
  sign_in_bob();
  result_of(bob, "rooms.join", {{"room", room}});
  result("rooms.close", {{"room", room}});
  ASSERT_EQ(events(2, "room.closed").size(), 1U);
  EXPECT_EQ(outcome("rooms.get", {{"room", room}}), "not_found");
  room = result("rooms.create", {{"name", "Another"}}).at("room").get<std::string>();
  result_of(bob, "rooms.join", {{"room", room}});
  result("account.delete", {{"password", "password"}});
  EXPECT_EQ(events(2, "room.closed").size(), 2U);
  rooms->flush();
  EXPECT_TRUE(store->rooms().load(0).value().empty());
}

TEST_F(RoomsApiTest, WhatIsAskedIsBounded) {
  for (int i = 1; i < static_cast<int>(Rooms::kMostOfOne); ++i)
    ASSERT_EQ(outcome("rooms.create", {{"name", "Room"}}), "ok");
  EXPECT_EQ(outcome("rooms.create", {{"name", "Room"}}), "too_large");
  EXPECT_EQ(outcome("rooms.create", {{"name", "  "}}), "invalid_argument");
  EXPECT_EQ(outcome("rooms.create", {{"name", "Room"}, {"media", {"none"}}}), "not_found");
  EXPECT_EQ(outcome("rooms.join", {{"room", room}, {"code", code}}), "invalid_argument");
  EXPECT_EQ(outcome("rooms.command", at_seat({{"what", "explode"}})), "invalid_argument");
  EXPECT_EQ(outcome("rooms.command", at_seat({{"what", "rate"}, {"rate", "0"}})), "invalid_argument");
  EXPECT_EQ(outcome("rooms.command", at_seat({{"what", "seek"}, {"position_us", -1}})), "invalid_argument");
  EXPECT_EQ(outcome("rooms.command", at_seat({{"what", "next"}})), "conflict");
  int done = 0;
  while (done < 100 && outcome("rooms.command", at_seat({{"what", "pause"}})) == "ok") ++done;
  EXPECT_LT(done, 90);
}

}  // namespace
}  // namespace zoe::server
