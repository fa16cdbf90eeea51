// Invites, and accounts that end with all that is theirs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "server/api/departure.hpp"
#include "server/store/collection_store.hpp"
#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

struct PeopleApiTest : ApiFixture {
  json result(const std::string& method, const json& params = json::object()) {
    const json reply = call(method, params);
    EXPECT_TRUE(reply.contains("result")) << method << " " << reply.dump();
    return reply.value("result", json::object());
  }
  AccountKey who() {
    const json principal = result("auth.whoami").at("principal");
    return {"fake", principal.at("user_id").get<std::uint64_t>()};
  }
};

TEST_F(PeopleApiTest, InvitesAreMadeListedAndRevoked) {
  sign_in("anna");
  EXPECT_EQ(outcome("admin.invites"), "denied");
  EXPECT_EQ(outcome("admin.create_invite"), "denied");
  sign_in("admin");
  const json made = result("admin.create_invite", {{"note", "for the team"}, {"uses", 3}});
  EXPECT_EQ(made.at("code"), "7KQF-0000-0000-0000");
  EXPECT_GT(made.at("expires_utc_ns"), clock.utc_ns());
  EXPECT_EQ(outcome("admin.create_invite", {{"uses", 0}}), "invalid_argument");
  EXPECT_EQ(outcome("admin.create_invite", {{"role", "guest"}}), "invalid_argument");
  EXPECT_EQ(outcome("admin.create_invite", {{"expires_s", 1}}), "invalid_argument");
  const json listed = result("admin.invites").at("invites");
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("note"), "for the team");
  EXPECT_EQ(listed[0].at("role"), "member");
  EXPECT_EQ(outcome("admin.revoke_invite", {{"invite", 7}}), "ok");
  EXPECT_EQ(outcome("admin.revoke_invite", {{"invite", 8}}), "not_found");
  // Nobody learns a code from the log of who did what.
  audit->flush();
  EXPECT_THAT(call("admin.audit").dump(), Not(HasSubstr("7KQF-0000")));
}

TEST_F(PeopleApiTest, WhoDeletesTheAccountTakesAllThatIsTheirsAlong) {
  const std::string media = add_clip("a.mp4");
  sign_in("bob");
  const AccountKey bob = who();
  result("favourites.add", {{"media", media}});
  result("progress.report", {{"media", media}, {"position_us", 100'000}});
  result("playlists.create", {{"name", "Mine"}});
  ASSERT_TRUE(store->people().find(bob).value().has_value());
  EXPECT_EQ(outcome("account.delete", {{"password", "a wrong one"}}), "denied");
  EXPECT_TRUE(store->people().find(bob).value().has_value());
  EXPECT_TRUE(auth.deleted().empty());
  const int before = sessions_changed;
  EXPECT_EQ(outcome("account.delete", {{"password", "password"}}), "ok");
  EXPECT_EQ(auth.deleted(), std::vector<std::uint64_t>{bob.user_id});
  EXPECT_FALSE(store->people().find(bob).value().has_value());
  EXPECT_EQ(sessions_changed, before + 1);
}

TEST_F(PeopleApiTest, AGuestHasNoAccountToDelete) {
  ASSERT_EQ(outcome("auth.guest"), "ok");
  EXPECT_EQ(outcome("account.delete", {{"password", "password"}}), "denied");
}

TEST_F(PeopleApiTest, AnAdministratorDeletesAccountsButNotTheLastAdministrators) {
  sign_in("bob");
  const AccountKey bob = who();
  result("playlists.create", {{"name", "Mine"}});
  sign_in("admin");
  EXPECT_EQ(outcome("admin.delete_user", {{"user_id", 1099}}), "conflict");
  EXPECT_EQ(outcome("admin.delete_user", {{"user_id", bob.user_id}}), "ok");
  EXPECT_FALSE(store->people().find(bob).value().has_value());
}

// The plugin refuses: nothing of the person may be lost.
TEST_F(PeopleApiTest, WhatCannotBeDeletedStaysWhole) {
  const AccountKey last{"fake", 1099};
  ASSERT_TRUE(store->people().enter(last, "last", 1));
  sign_in("admin");
  EXPECT_EQ(outcome("admin.delete_user", {{"user_id", 1099}}), "conflict");
  EXPECT_TRUE(store->people().find(last).value().has_value());
  EXPECT_TRUE(store->people().leaving().value().empty());
}

// The server ended between the mark and the end of the account, or behind that.
TEST_F(PeopleApiTest, WhatWasBeingDeletedWhenTheServerEndedIsSettledAtTheNextStart) {
  const AccountKey there{"fake", 1003};  // the plugin lists bob
  const AccountKey gone{"fake", 1077};
  const AccountKey elsewhere{"another plugin", 1};
  for (const AccountKey& each : {there, gone, elsewhere}) {
    ASSERT_TRUE(store->people().enter(each, "someone", 1));
    ASSERT_TRUE(store->people().mark_leaving(each));
  }
  settle_departures(*store, gate, Log::null());
  EXPECT_TRUE(store->people().find(there).value().has_value());
  EXPECT_FALSE(store->people().find(gone).value().has_value());
  EXPECT_TRUE(store->people().find(elsewhere).value().has_value());
  EXPECT_EQ(store->people().leaving().value(), std::vector<AccountKey>{elsewhere});
}

TEST_F(PeopleApiTest, TheServerSaysWhetherAnInviteIsNeeded) {
  EXPECT_EQ(result("server.info").at("auth").at("needs_invite"), false);
}

}  // namespace
}  // namespace zoe::server
