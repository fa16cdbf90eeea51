// Invites, and accounts that end.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "tests/plugins/auth_sql_support.hpp"

namespace zoe::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class AuthSqlInvites : public AuthSqlTest {
 protected:
  void SetUp() override {
    accounts_ = start(R"("registration": "invite")");
    ASSERT_TRUE(accounts_);
    admin_ = accounts_.create_user("Admin", kPassword, ZOE_ROLE_ADMIN).value();
  }

  Accounts accounts_;
  std::uint64_t admin_ = 0;
};

TEST_F(AuthSqlInvites, ACodeMakesAsManyAccountsAsItIsFor) {
  const auto invite = accounts_.create_invite(ZOE_ROLE_MEMBER, 2, INT64_MAX, "for the team");
  ASSERT_TRUE(invite) << words_of(invite);
  const std::string code = invite->code;
  const auto listed = accounts_.invites();
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ((*listed)[0].invite_id, invite->invite_id);
  EXPECT_EQ((*listed)[0].uses_left, 2U);
  EXPECT_STREQ((*listed)[0].note, "for the team");
  EXPECT_EQ(code.substr(0, 4), (*listed)[0].hint);
  EXPECT_TRUE(accounts_.register_user("Ada", kPassword, code));
  // However it is typed.
  std::string careless = code;
  for (char& c : careless) c = c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  std::erase(careless, ' ');
  EXPECT_TRUE(accounts_.register_user("Bob", kPassword, careless));
  EXPECT_EQ(code_of(accounts_.register_user("Cid", kPassword, code)), Errc::kInvalidArgument);
  EXPECT_THAT(*accounts_.invites(), IsEmpty());
}

TEST_F(AuthSqlInvites, ATakenNameUsesNothingUp) {
  const std::string code = accounts_.create_invite()->code;
  EXPECT_EQ(code_of(accounts_.register_user("Admin", kPassword, code)), Errc::kConflict);
  EXPECT_EQ(code_of(accounts_.register_user("Ada", "short", code)), Errc::kInvalidArgument);
  EXPECT_TRUE(accounts_.register_user("Ada", kPassword, code));
}

TEST_F(AuthSqlInvites, OfManyWhoShareTheLastUseOneGetsIt) {
  const std::string code = accounts_.create_invite()->code;
  std::atomic<int> made{0};
  {
    std::vector<std::jthread> crowd;
    for (int i = 0; i < 8; ++i)
      crowd.emplace_back([&, i] {
        const std::string peer = "192.0.2." + std::to_string(i + 10);
        if (accounts_.register_user("user" + std::to_string(i), kPassword, code, peer)) ++made;
      });
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(accounts_.users()->size(), 2U);
}

TEST_F(AuthSqlInvites, EndsWithItsTimeAndWhenItIsRevoked) {
  const std::string short_lived = accounts_.create_invite(ZOE_ROLE_MEMBER, 1, host_.clock().utc_ns() + kNsPerS)->code;
  const auto revoked = accounts_.create_invite();
  EXPECT_TRUE(accounts_.revoke_invite(revoked->invite_id));
  EXPECT_EQ(code_of(accounts_.revoke_invite(revoked->invite_id)), Errc::kNotFound);
  EXPECT_EQ(code_of(accounts_.register_user("Ada", kPassword, revoked->code)), Errc::kInvalidArgument);
  advance_s(2);
  EXPECT_EQ(code_of(accounts_.register_user("Ada", kPassword, short_lived, "192.0.2.77")), Errc::kInvalidArgument);
}

TEST_F(AuthSqlInvites, MayMakeAnAdministrator) {
  const auto boss = accounts_.register_user("Boss", kPassword, accounts_.create_invite(ZOE_ROLE_ADMIN)->code);
  ASSERT_TRUE(boss) << words_of(boss);
  EXPECT_EQ(boss->principal.role, std::uint32_t{ZOE_ROLE_ADMIN});
}

TEST_F(AuthSqlInvites, HaveBounds) {
  EXPECT_EQ(code_of(accounts_.create_invite(ZOE_ROLE_GUEST)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_invite(9)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_invite(ZOE_ROLE_MEMBER, 0)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_invite(ZOE_ROLE_MEMBER, 1001)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_invite(ZOE_ROLE_MEMBER, 1, 1)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_invite(ZOE_ROLE_MEMBER, 1, INT64_MAX, std::string(129, 'x'))),
            Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_invite(ZOE_ROLE_MEMBER, 1, INT64_MAX, "\xFF")), Errc::kInvalidArgument);
}

TEST_F(AuthSqlInvites, GuessingIsHeldBack) {
  Errc last = Errc::kInvalidArgument;
  for (int i = 0; i < 60 && last == Errc::kInvalidArgument; ++i)
    last = code_of(accounts_.register_user("Ada", kPassword, "0000-0000-0000-0000", "198.51.100.9"));
  EXPECT_EQ(last, Errc::kUnavailable);
}

TEST_F(AuthSqlInvites, ADeletedAccountIsGoneWithItsSessions) {
  const auto ada = accounts_.register_user("Ada", kPassword, accounts_.create_invite()->code);
  ASSERT_TRUE(ada);
  const std::uint64_t number = ada->principal.user_id;
  EXPECT_TRUE(accounts_.confirm_password(ada->principal, kPassword));
  EXPECT_EQ(code_of(accounts_.confirm_password(ada->principal, "another one")), Errc::kDenied);
  ASSERT_TRUE(accounts_.delete_user(number));
  EXPECT_EQ(code_of(accounts_.delete_user(number)), Errc::kNotFound);
  EXPECT_EQ(code_of(accounts_.resolve(ada->token)), Errc::kUnauthenticated);
  EXPECT_EQ(code_of(accounts_.log_in("Ada")), Errc::kUnauthenticated);
  EXPECT_EQ(code_of(accounts_.confirm_password(ada->principal, kPassword)), Errc::kNotFound);
  // The name is free again; the number is not.
  const auto again = accounts_.create_user("Ada", kPassword, ZOE_ROLE_MEMBER);
  ASSERT_TRUE(again);
  EXPECT_GT(*again, number);
}

TEST_F(AuthSqlInvites, TheLastAdministratorStays) {
  EXPECT_EQ(code_of(accounts_.delete_user(admin_)), Errc::kConflict);
  ASSERT_TRUE(accounts_.create_user("Second", kPassword, ZOE_ROLE_ADMIN));
  EXPECT_TRUE(accounts_.delete_user(admin_));
}

}  // namespace
}  // namespace zoe::test
