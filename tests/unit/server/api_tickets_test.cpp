#include "server/api/tickets.hpp"

#include <set>

#include <gmock/gmock.h>

#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

Place place_of(std::uint64_t client, const std::string& name = "anna") {
  auto identity = std::make_shared<Identity>();
  identity->name = name;
  return {std::move(identity), {.number = client}};
}

struct TicketOfficeTest : testing::Test {
  FakeClock clock;
  TicketOffice office{clock, 3};
};

TEST_F(TicketOfficeTest, GivesWhatItWasGivenOnce) {
  const std::string text = office.issue(place_of(7)).value();
  EXPECT_EQ(text.size(), TicketOffice::kTextBytes);
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  const Place place = office.take(text).value();
  EXPECT_EQ(place.identity->name, "anna");
  EXPECT_EQ(place.facts.number, 7u);
  EXPECT_EQ(office.take(text).error().code, Errc::kUnauthenticated);
  EXPECT_EQ(office.take("").error().code, Errc::kUnauthenticated);
}

TEST_F(TicketOfficeTest, EachIsAnother) {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) all.insert(office.issue(place_of(7)).value());
  EXPECT_EQ(all.size(), 100u);
  EXPECT_EQ(office.out(), 1u);  // a client has one at a time
}

TEST_F(TicketOfficeTest, OnlyTheNewestOfAClientHolds) {
  const std::string first = office.issue(place_of(7)).value();
  const std::string second = office.issue(place_of(7)).value();
  EXPECT_FALSE(office.take(first));
  EXPECT_TRUE(office.take(second));
}

TEST_F(TicketOfficeTest, LivesForHalfAMinute) {
  const std::string in_time = office.issue(place_of(1)).value();
  const std::string too_late = office.issue(place_of(2)).value();
  clock.advance_ns(TicketOffice::kLifeNs - 1);
  EXPECT_TRUE(office.take(in_time));
  clock.advance_ns(1);
  EXPECT_EQ(office.take(too_late).error().code, Errc::kUnauthenticated);
}

TEST_F(TicketOfficeTest, IsBoundedAndMakesRoomForNewOnesAsOldOnesExpire) {
  for (std::uint64_t client = 1; client <= 3; ++client) EXPECT_TRUE(office.issue(place_of(client)));
  EXPECT_EQ(office.issue(place_of(4)).error().code, Errc::kUnavailable);
  EXPECT_TRUE(office.issue(place_of(3)));  // in the place of its own earlier one
  clock.advance_ns(TicketOffice::kLifeNs);
  EXPECT_TRUE(office.issue(place_of(4)));
  EXPECT_EQ(office.out(), 1u);
}

TEST_F(TicketOfficeTest, IsVoidWhenItsClientSignsOut) {
  const std::string text = office.issue(place_of(7)).value();
  office.void_of(8);
  office.void_of(7);
  EXPECT_FALSE(office.take(text));
  EXPECT_EQ(office.out(), 0u);
}

struct TakeOverTest : ApiFixture {
  // As zoe_server_v1.ticket makes one for this connection.
  std::string ticket() { return tickets.issue({session.identity(), session.facts()}).value(); }

  // What a new connection is told.
  json take_over(Session& taker, const std::string& ticket) {
    const auto request =
        Request::parse(json{{"method", "auth.take_over"}, {"params", {{"ticket", ticket}}}}.dump()).value();
    return json::parse(api->run(request, taker, {}));
  }

  Session other{"127.0.0.1", 2};
};

TEST_F(TakeOverTest, AnotherConnectionIsTheSameClient) {
  sign_in("admin");
  session.set_facts({.number = 12, .since_utc_ns = 34, .earlier_bytes = 56, .program = "player/1"});
  const std::string text = ticket();
  const json reply = take_over(other, text).at("result");
  EXPECT_EQ(reply.at("principal").at("name"), "admin");
  EXPECT_EQ(reply.at("principal").at("role"), "admin");
  EXPECT_TRUE(reply.contains("expires_utc_ns"));
  EXPECT_FALSE(reply.contains("token"));
  EXPECT_EQ(other.identity()->token, "token-of-admin");  // so that a revocation finds it
  EXPECT_EQ(other.facts().number, 12u);
  EXPECT_EQ(other.facts().since_utc_ns, 34);
  EXPECT_EQ(other.facts().earlier_bytes, 56u);
  EXPECT_EQ(other.facts().program, "player/1");
  Session third("127.0.0.1", 2);
  EXPECT_EQ(take_over(third, text).at("error").at("code"), "unauthenticated");
}

TEST_F(TakeOverTest, AGuestStaysTheSameGuest) {
  ASSERT_EQ(outcome("auth.guest"), "ok");
  EXPECT_EQ(take_over(other, ticket()).at("result").at("principal").at("role"), "guest");
}

TEST_F(TakeOverTest, ARevokedSessionTakesItsTicketsAlong) {
  sign_in("anna");
  const std::string text = ticket();
  auth.end_session("anna");
  EXPECT_EQ(take_over(other, text).at("error").at("code"), "unauthenticated");
  EXPECT_EQ(other.identity(), nullptr);
}

TEST_F(TakeOverTest, WhoSignsOutOrInAnewLeavesNoTicketBehind) {
  sign_in("anna");
  session.set_facts({.number = 12});
  const std::string of_anna = ticket();
  sign_in("bob");
  const std::string of_bob = ticket();
  EXPECT_EQ(outcome("auth.logout"), "ok");
  EXPECT_EQ(take_over(other, of_anna).at("error").at("code"), "unauthenticated");
  EXPECT_EQ(take_over(other, of_bob).at("error").at("code"), "unauthenticated");
}

TEST_F(TakeOverTest, RefusesTextsThatAreNoTicket) {
  EXPECT_EQ(outcome("auth.take_over"), "invalid_argument");
  EXPECT_EQ(outcome("auth.take_over", {{"ticket", std::string(500, 'a')}}), "invalid_argument");
  EXPECT_EQ(outcome("auth.take_over", {{"ticket", std::string(64, 'a')}}), "unauthenticated");
}

}  // namespace
}  // namespace zoe::server
