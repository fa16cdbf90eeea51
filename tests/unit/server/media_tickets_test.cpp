// Tickets for other players: one media, for a while, until they are revoked.
#include "server/api/media_tickets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

IdentityPtr person(std::uint64_t id, std::int64_t expires_utc_ns = INT64_MAX) {
  auto identity = std::make_shared<Identity>();
  identity->provider = "accounts";
  identity->user_id = id;
  identity->expires_utc_ns = expires_utc_ns;
  identity->token = "secret token";
  return identity;
}

struct MediaTicketsTest : testing::Test {
  FakeClock clock;
  MediaTickets tickets{clock};
};

TEST_F(MediaTicketsTest, StandForTheirOwnerAndOneMediaUntilTheyExpire) {
  const std::int64_t now = clock.utc_ns();
  const auto made = tickets.create(person(7), "m1", 50).value();
  EXPECT_EQ(made.text.size(), MediaTickets::kTextBytes);
  EXPECT_EQ(made.ticket->expires_utc_ns, now + 50);
  const auto found = tickets.find(made.text).value();
  EXPECT_EQ(found->media, "m1");
  EXPECT_EQ(found->used_utc_ns.load(), now);
  EXPECT_EQ(tickets.find(made.text).value(), found) << "again and again";
  EXPECT_EQ(identity_of(found)->user_id, 7U);
  EXPECT_EQ(identity_of(found)->expires_utc_ns, now + 50);
  EXPECT_FALSE(tickets.find("another"));
  EXPECT_FALSE(tickets.find(""));
  clock.advance_ns(50);
  EXPECT_EQ(tickets.find(made.text).error().code, Errc::kUnauthenticated);
  EXPECT_EQ(tickets.create(person(7, now + 60), "m1", 500).value().ticket->expires_utc_ns, now + 60)
      << "not longer than the session that it was made in";
}

TEST_F(MediaTicketsTest, AreListedForAndRevokedByTheirOwnerOnly) {
  const auto first = tickets.create(person(7), "m1", 50).value();
  const auto second = tickets.create(person(7), "m2", 50).value();
  const auto other = tickets.create(person(8), "m1", 50).value();
  const auto of_guest = tickets.create(person(0), "m1", 50).value();
  EXPECT_THAT(tickets.of(*person(7)), testing::ElementsAre(second.ticket, first.ticket));
  EXPECT_THAT(tickets.of(*person(0)), testing::IsEmpty()) << "guests do not know each other";
  EXPECT_EQ(tickets.revoke(*person(8), first.ticket->id).error().code, Errc::kNotFound);
  EXPECT_EQ(tickets.revoke(*person(0), of_guest.ticket->id).error().code, Errc::kNotFound);
  EXPECT_TRUE(tickets.revoke(*person(7), first.ticket->id));
  EXPECT_FALSE(tickets.find(first.text));
  EXPECT_FALSE(first.ticket->holds(0));
  EXPECT_TRUE(tickets.find(second.text));
  EXPECT_TRUE(tickets.find(other.text));
}

TEST_F(MediaTicketsTest, OfOnePersonTheOldestMakesRoom) {
  const auto other = tickets.create(person(8), "m", 50).value();
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < MediaTickets::kMostOfOne + 2; ++i)
    texts.push_back(tickets.create(person(7), "m", 50).value().text);
  EXPECT_FALSE(tickets.find(texts[0]));
  EXPECT_FALSE(tickets.find(texts[1]));
  EXPECT_TRUE(tickets.find(texts[2]));
  EXPECT_TRUE(tickets.find(texts.back()));
  EXPECT_TRUE(tickets.find(other.text));
  EXPECT_EQ(tickets.of(*person(7)).size(), MediaTickets::kMostOfOne);
}

class TicketApi : public ApiFixture {
 protected:
  json result(const std::string& method, const json& params = json::object()) {
    const json reply = call(method, params);
    EXPECT_TRUE(reply.contains("result")) << method << " " << reply.dump();
    return reply.value("result", json::object());
  }
};

TEST_F(TicketApi, OpensThatMediaAndNothingElse) {
  const std::string media = add_clip("One.mp4");
  const std::string other = add_clip_to(secret, "Two.mp4");
  sign_in("ann");
  const json made = result("tickets.create", {{"media", media}});
  EXPECT_EQ(outcome("tickets.create", {{"media", "0123456789abcdef0123456789abcdef"}}), "not_found");
  EXPECT_EQ(outcome("tickets.create", {{"media", media}, {"expires_s", 59}}), "invalid_argument");
  const json listed = result("tickets.list").at("tickets");
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("ticket_id"), made.at("ticket_id"));
  EXPECT_EQ(listed[0].at("title"), "One");
  EXPECT_THAT(listed.dump(), Not(HasSubstr(made.at("ticket").get<std::string>()))) << "told once";
  EXPECT_EQ(outcome("auth.logout"), "ok");
  EXPECT_EQ(outcome("auth.ticket", {{"ticket", "nonsense"}}), "unauthenticated");

  sign_in("ann");
  const json again = result("tickets.create", {{"media", media}});
  EXPECT_EQ(result("auth.ticket", {{"ticket", again.at("ticket")}}).at("media"), media);
  EXPECT_EQ(outcome("library.get", {{"media", media}}), "ok");
  EXPECT_FALSE(result("library.get", {{"media", media}}).contains("progress")) << "nothing of the owner's own";
  EXPECT_EQ(outcome("file.watch", {{"media", media}}), "ok");
  EXPECT_EQ(outcome("stream.segments", {{"media", media}, {"rendition", "copy"}}), "unsupported") << "by no codec here";
  EXPECT_EQ(outcome("library.get", {{"media", other}}), "denied");
  EXPECT_EQ(outcome("file.watch", {{"media", other}}), "denied");
  EXPECT_EQ(outcome("file.watch", {{"path", "Two.mp4"}}), "denied");
  EXPECT_EQ(outcome("file.open", {{"media", media}}), "denied") << "no download";
  int refused = 0;
  for (const Method& method : Api::methods()) {
    const std::string name(method.name);
    const bool is_for_it = name.starts_with("stream.") || name == "file.close" || name == "file.watch" ||
                           name == "library.get" || name == "library.artwork" || name == "library.subtitle";
    if (is_for_it || method.access == Access::kAnyone) continue;
    EXPECT_EQ(outcome(name, {{"media", media}}), "denied") << name;
    ++refused;
  }
  EXPECT_GT(refused, 50);
}

TEST_F(TicketApi, EndsAtOnceWhenItIsRevoked) {
  const std::string media = add_clip("One.mp4");
  sign_in("ann");
  const json made = result("tickets.create", {{"media", media}});
  Session another("127.0.0.1", 4);
  const auto ask = [&](const std::string& method, const json& params) {
    const auto request = Request::parse(json{{"method", method}, {"params", params}}.dump());
    return json::parse(api->run(*request, another, {}));
  };
  EXPECT_TRUE(ask("auth.ticket", {{"ticket", made.at("ticket")}}).contains("result"));
  EXPECT_TRUE(ask("file.watch", {{"media", media}}).contains("result"));
  const int before = sessions_changed;
  EXPECT_EQ(outcome("tickets.revoke", {{"ticket_id", made.at("ticket_id")}}), "ok");
  EXPECT_EQ(sessions_changed, before + 1) << "whoever came with it is looked at";
  EXPECT_EQ(ask("file.watch", {{"media", media}}).at("error").at("code"), "unauthenticated");
  EXPECT_EQ(ask("auth.ticket", {{"ticket", made.at("ticket")}}).at("error").at("code"), "unauthenticated");
  EXPECT_EQ(gate.refresh(another.identity(), clock.utc_ns()).error().code, Errc::kUnauthenticated);
  EXPECT_EQ(outcome("tickets.revoke", {{"ticket_id", made.at("ticket_id")}}), "not_found");
}

TEST_F(TicketApi, KeepsToItsMediaWhenTheSessionIsLookedAtAgain) {
  const std::string media = add_clip("One.mp4");
  sign_in("ann");
  const json made = result("tickets.create", {{"media", media}});
  EXPECT_EQ(outcome("auth.ticket", {{"ticket", made.at("ticket")}}), "ok");
  const IdentityPtr before = session.identity();
  const IdentityPtr now = gate.refresh(before, clock.utc_ns()).value();
  EXPECT_EQ(now, before);
  ASSERT_NE(now->ticket, nullptr);
  EXPECT_EQ(now->ticket->media, media);
}

}  // namespace
}  // namespace zoe::server
