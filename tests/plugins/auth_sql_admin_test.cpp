// The first administrator, roles, and what administrators do to accounts.
#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>

#include "tests/plugins/auth_sql_support.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class AuthSqlAdmin : public AuthSqlTest {
 protected:
  // A plugin with an administrator, "Admin".
  void start_with_admin() {
    accounts_ = start();
    const auto login = accounts_.register_user("Admin", kPassword, admin_code());
    ASSERT_TRUE(login) << words_of(login);
    admin_ = login->principal;
  }
  std::uint32_t role_of(std::uint64_t user_id) const {
    const auto users = accounts_.users();
    for (const zoe_user_info& user : *users)
      if (user.user_id == user_id) return user.role;
    return 0;
  }

  Accounts accounts_;
  zoe_principal admin_{};
};

TEST_F(AuthSqlAdmin, TheCodeOfTheLogMakesOneAdministrator) {
  accounts_ = start();
  const std::string code = admin_code();
  EXPECT_THAT(code, MatchesRegex("([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}"));
  EXPECT_EQ(fs::status(code_file()).permissions(), fs::perms{0600});
  EXPECT_THAT(host_.log_text(), HasSubstr("warning [auth_sql] there is no administrator yet"));
  EXPECT_THAT(host_.log_text(), HasSubstr(code));
  EXPECT_TRUE(accounts_.capabilities() & ZOE_AUTH_CODE_MAKES_ADMIN);

  const auto admin = accounts_.register_user("Admin", kPassword, code);
  ASSERT_TRUE(admin) << words_of(admin);
  EXPECT_EQ(admin->principal.role, std::uint32_t{ZOE_ROLE_ADMIN});
  EXPECT_TRUE(accounts_.authorise(admin->principal, ZOE_ACTION_ADMINISTER));
  EXPECT_FALSE(fs::exists(code_file()));
  EXPECT_FALSE(accounts_.capabilities() & ZOE_AUTH_CODE_MAKES_ADMIN);

  const auto second = accounts_.register_user("Eve", kPassword, code);
  EXPECT_EQ(code_of(second), Errc::kInvalidArgument);
  EXPECT_THAT(words_of(second), HasSubstr("used already"));
  stop(accounts_);
  accounts_ = start();
  EXPECT_FALSE(fs::exists(code_file())) << "there is no new code";
  EXPECT_EQ(code_of(accounts_.register_user("Eve", kPassword, code)), Errc::kInvalidArgument);
}

TEST_F(AuthSqlAdmin, TheCodeMayBeTypedCarelessly) {
  accounts_ = start();
  std::string typed = " ";
  for (const char c : admin_code()) {
    if (c == '-') continue;
    typed += c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
  }
  const auto admin = accounts_.register_user("Admin", kPassword, typed + " ");
  ASSERT_TRUE(admin) << words_of(admin) << " " << typed;
  EXPECT_EQ(admin->principal.role, std::uint32_t{ZOE_ROLE_ADMIN});
}

TEST_F(AuthSqlAdmin, AWrongCodeMakesNoAccountAndIsSlowedDown) {
  accounts_ = start();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(code_of(accounts_.register_user("Eve", kPassword, "AAAA-AAAA-AAAA-AAAA")), Errc::kInvalidArgument) << i;
  EXPECT_EQ(code_of(accounts_.register_user("Eve", kPassword, admin_code())), Errc::kUnavailable)
      << "even the right one has to wait now";
  EXPECT_TRUE(accounts_.users()->empty());
  advance_s(1);
  EXPECT_TRUE(accounts_.register_user("Eve", kPassword, admin_code()));
}

TEST_F(AuthSqlAdmin, AMemberWhoEntersTheCodeBecomesTheAdministrator) {
  accounts_ = start();
  const auto member = accounts_.register_user("Ada");
  ASSERT_TRUE(member);
  EXPECT_EQ(code_of(accounts_.register_user("ada", "not her password", admin_code())), Errc::kUnauthenticated);
  EXPECT_EQ(code_of(accounts_.authorise(member->principal, ZOE_ACTION_ADMINISTER)), Errc::kDenied);
  const auto admin = accounts_.register_user("ada", kPassword, admin_code());
  ASSERT_TRUE(admin) << words_of(admin);
  EXPECT_EQ(admin->principal.user_id, member->principal.user_id);
  EXPECT_EQ(admin->principal.role, std::uint32_t{ZOE_ROLE_ADMIN});
  EXPECT_TRUE(accounts_.authorise(member->principal, ZOE_ACTION_ADMINISTER)) << "the older session too";
  EXPECT_FALSE(fs::exists(code_file()));
}

TEST_F(AuthSqlAdmin, OfManyWhoEnterTheCodeAtOnceOneBecomesTheAdministrator) {
  accounts_ = start();
  const std::string code = admin_code();
  std::array<Result<zoe_login>, 8> logins;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < logins.size(); ++i)
      threads.emplace_back(
          [&, i] { logins[i] = accounts_.register_user("user" + std::to_string(i), kPassword, code); });
  }
  EXPECT_EQ(std::ranges::count_if(logins, [](const auto& login) { return login.has_value(); }), 1);
  ASSERT_EQ(accounts_.users()->size(), 1U);
  EXPECT_EQ(accounts_.users()->front().role, std::uint32_t{ZOE_ROLE_ADMIN});
}

TEST_F(AuthSqlAdmin, TheCodeLastsUntilItIsUsedUnlessOthersCouldReadIt) {
  accounts_ = start(R"("registration": "closed")");
  EXPECT_TRUE(accounts_.capabilities() & ZOE_AUTH_CAN_REGISTER) << "with the code, even where registration is closed";
  const std::string code = admin_code();
  stop(accounts_);
  accounts_ = start(R"("registration": "closed")");
  EXPECT_EQ(admin_code(), code);
  stop(accounts_);
  fs::permissions(code_file(), fs::perms{0644});
  accounts_ = start(R"("registration": "closed")");
  EXPECT_NE(admin_code(), code);
  EXPECT_EQ(fs::status(code_file()).permissions(), fs::perms{0600});
  EXPECT_FALSE(accounts_.register_user("Eve", kPassword, code));
  EXPECT_TRUE(accounts_.register_user("Admin", kPassword, admin_code()));
  EXPECT_EQ(accounts_.capabilities(), std::uint32_t{ZOE_AUTH_CAN_LOG_IN});
}

TEST_F(AuthSqlAdmin, WithoutItsFileTheCodeIsVoid) {
  accounts_ = start();
  const std::string code = admin_code();
  fs::remove(code_file());
  EXPECT_EQ(code_of(accounts_.register_user("Eve", kPassword, code)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.register_user("Eve", kPassword, "----")), Errc::kInvalidArgument);
}

TEST_F(AuthSqlAdmin, RolesSayWhatOneMayDo) {
  start_with_admin();
  const auto member = accounts_.register_user("Member");
  const auto guest = accounts_.register_user("Guest");
  ASSERT_TRUE(member && guest);
  ASSERT_TRUE(accounts_.set_role(guest->principal.user_id, ZOE_ROLE_GUEST));
  struct Row {
    zoe_principal who;
    std::array<bool, 4> may;  // browse, watch, download, administer
  };
  const Row rows[] = {{admin_, {true, true, true, true}},
                      {member->principal, {true, true, true, false}},
                      {guest->principal, {true, true, false, false}}};
  for (const Row& row : rows) {
    for (std::uint32_t action = 1; action <= 4; ++action) {
      const Status status = accounts_.authorise(row.who, action);
      EXPECT_EQ(status.has_value(), row.may[action - 1]) << abi::view_of(row.who.name) << " " << action;
      EXPECT_EQ(code_of(status), row.may[action - 1] ? Errc{} : Errc::kDenied);
    }
  }
  EXPECT_FALSE(accounts_.authorise(member->principal, 99)) << "an action of a later version";
  EXPECT_FALSE(accounts_.authorise(zoe_principal{}, ZOE_ACTION_BROWSE)) << "nobody at all";
  zoe_principal forged = member->principal;
  forged.user_id = admin_.user_id;
  EXPECT_FALSE(accounts_.authorise(forged, ZOE_ACTION_BROWSE));
}

TEST_F(AuthSqlAdmin, ARoleHoldsFromTheMomentItIsGiven) {
  start_with_admin();
  const auto ada = accounts_.register_user("Ada");
  ASSERT_TRUE(ada);
  ASSERT_TRUE(accounts_.set_role(ada->principal.user_id, ZOE_ROLE_ADMIN));
  EXPECT_TRUE(accounts_.authorise(ada->principal, ZOE_ACTION_ADMINISTER));
  EXPECT_EQ(accounts_.resolve(ada->token)->role, std::uint32_t{ZOE_ROLE_ADMIN});
  ASSERT_TRUE(accounts_.set_role(ada->principal.user_id, ZOE_ROLE_MEMBER));
  zoe_principal remembered = ada->principal;
  remembered.role = ZOE_ROLE_ADMIN;
  EXPECT_FALSE(accounts_.authorise(remembered, ZOE_ACTION_ADMINISTER)) << "whatever the host remembers";
  ASSERT_TRUE(accounts_.revoke(ada->principal.user_id, ada->principal.session_id));
  EXPECT_FALSE(accounts_.authorise(ada->principal, ZOE_ACTION_WATCH)) << "and a session until it is revoked";
}

TEST_F(AuthSqlAdmin, ThereIsAlwaysAnAdministrator) {
  start_with_admin();
  const auto ada = accounts_.register_user("Ada");
  ASSERT_TRUE(ada);
  for (const std::uint32_t role : {ZOE_ROLE_MEMBER, ZOE_ROLE_GUEST}) {
    const Status status = accounts_.set_role(admin_.user_id, role);
    EXPECT_EQ(code_of(status), Errc::kConflict);
    EXPECT_THAT(words_of(status), HasSubstr("only administrator"));
  }
  EXPECT_EQ(code_of(accounts_.set_disabled(admin_.user_id, true)), Errc::kConflict);
  EXPECT_TRUE(accounts_.set_role(admin_.user_id, ZOE_ROLE_ADMIN)) << "nothing changes";

  ASSERT_TRUE(accounts_.set_role(ada->principal.user_id, ZOE_ROLE_ADMIN));
  ASSERT_TRUE(accounts_.set_disabled(ada->principal.user_id, true));
  EXPECT_EQ(code_of(accounts_.set_role(admin_.user_id, ZOE_ROLE_MEMBER)), Errc::kConflict)
      << "the other one cannot act";
  ASSERT_TRUE(accounts_.set_disabled(ada->principal.user_id, false));
  EXPECT_TRUE(accounts_.set_role(admin_.user_id, ZOE_ROLE_MEMBER));
  EXPECT_EQ(role_of(admin_.user_id), std::uint32_t{ZOE_ROLE_MEMBER});
  EXPECT_EQ(code_of(accounts_.set_disabled(ada->principal.user_id, true)), Errc::kConflict);

  EXPECT_EQ(code_of(accounts_.set_role(999, ZOE_ROLE_ADMIN)), Errc::kNotFound);
  EXPECT_EQ(code_of(accounts_.set_role(admin_.user_id, 0)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.set_role(admin_.user_id, 4)), Errc::kInvalidArgument);
}

TEST_F(AuthSqlAdmin, TwoWhoDemoteEachOtherLeaveOne) {
  start_with_admin();
  const auto ada = accounts_.register_user("Ada");
  ASSERT_TRUE(ada);
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(accounts_.set_role(admin_.user_id, ZOE_ROLE_ADMIN));
    ASSERT_TRUE(accounts_.set_role(ada->principal.user_id, ZOE_ROLE_ADMIN));
    {
      const std::jthread one([&] { static_cast<void>(accounts_.set_role(admin_.user_id, ZOE_ROLE_MEMBER)); });
      const std::jthread other([&] { static_cast<void>(accounts_.set_role(ada->principal.user_id, ZOE_ROLE_MEMBER)); });
    }
    const auto users = accounts_.users();
    ASSERT_EQ(std::ranges::count(*users, std::uint32_t{ZOE_ROLE_ADMIN}, &zoe_user_info::role), 1);
  }
}

TEST_F(AuthSqlAdmin, ADisabledAccountIsOut) {
  start_with_admin();
  const auto ada = accounts_.register_user("Ada");
  ASSERT_TRUE(ada);
  ASSERT_TRUE(accounts_.set_disabled(ada->principal.user_id, true));
  EXPECT_EQ(code_of(accounts_.resolve(ada->token)), Errc::kUnauthenticated);
  EXPECT_FALSE(accounts_.authorise(ada->principal, ZOE_ACTION_BROWSE));
  EXPECT_EQ(code_of(accounts_.log_in("Ada", "wrong password")), Errc::kUnauthenticated)
      << "only who knows the password learns that it is disabled";
  const auto refused = accounts_.log_in("Ada");
  EXPECT_EQ(code_of(refused), Errc::kDenied);
  EXPECT_THAT(words_of(refused), HasSubstr("disabled"));
  ASSERT_TRUE(accounts_.set_disabled(ada->principal.user_id, false));
  EXPECT_FALSE(accounts_.resolve(ada->token)) << "the old sessions stay ended";
  EXPECT_TRUE(accounts_.log_in("Ada"));
}

TEST_F(AuthSqlAdmin, AResetPasswordEndsAllSessions) {
  start_with_admin();
  const auto ada = accounts_.register_user("Ada");
  ASSERT_TRUE(ada);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(accounts_.log_in("Ada", "forgotten it"));
  EXPECT_EQ(code_of(accounts_.reset_password(ada->principal.user_id, "short")), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.reset_password(999, "a new password")), Errc::kNotFound);
  ASSERT_TRUE(accounts_.reset_password(ada->principal.user_id, "a new password"));
  EXPECT_FALSE(accounts_.resolve(ada->token));
  EXPECT_TRUE(accounts_.log_in("Ada", "a new password")) << "without waiting for the failures before";
  EXPECT_FALSE(accounts_.log_in("Ada"));
}

TEST_F(AuthSqlAdmin, AnAdministratorMakesAccountsThatNobodyIsLoggedInTo) {
  start_with_admin();
  const auto made = accounts_.create_user("Carla", kPassword, ZOE_ROLE_MEMBER);
  ASSERT_TRUE(made) << words_of(made);
  EXPECT_EQ(role_of(*made), std::uint32_t{ZOE_ROLE_MEMBER});
  const auto login = accounts_.log_in("carla", kPassword);
  ASSERT_TRUE(login) << words_of(login);
  EXPECT_EQ(login->principal.user_id, *made);
  EXPECT_EQ(code_of(accounts_.create_user("CARLA", kPassword, ZOE_ROLE_MEMBER)), Errc::kConflict);
  EXPECT_EQ(code_of(accounts_.create_user("Dan", "short", ZOE_ROLE_MEMBER)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_user("Dan", kPassword, 9)), Errc::kInvalidArgument);
  EXPECT_EQ(code_of(accounts_.create_user("", kPassword, ZOE_ROLE_MEMBER)), Errc::kInvalidArgument);
}

TEST_F(AuthSqlAdmin, TheFirstAdministratorMayBeMadeAndVoidsTheCode) {
  accounts_ = start();
  ASSERT_TRUE(fs::exists(code_file()));
  ASSERT_TRUE(accounts_.create_user("Member", kPassword, ZOE_ROLE_MEMBER));
  EXPECT_TRUE(fs::exists(code_file()));
  ASSERT_TRUE(accounts_.create_user("Admin", kPassword, ZOE_ROLE_ADMIN));
  EXPECT_FALSE(fs::exists(code_file()));
  EXPECT_FALSE(accounts_.capabilities() & ZOE_AUTH_CODE_MAKES_ADMIN);
}

TEST_F(AuthSqlAdmin, AccountsAreListedInOrder) {
  start_with_admin();
  advance_s(10);
  const auto ada = accounts_.register_user("Åda");
  ASSERT_TRUE(ada);
  ASSERT_TRUE(accounts_.set_disabled(ada->principal.user_id, true));
  const auto users = accounts_.users();
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 2U);
  EXPECT_EQ(abi::view_of((*users)[0].name), "Admin");
  EXPECT_EQ((*users)[0].user_id, admin_.user_id);
  EXPECT_EQ((*users)[0].role, std::uint32_t{ZOE_ROLE_ADMIN});
  EXPECT_EQ((*users)[0].is_disabled, 0);
  EXPECT_EQ(abi::view_of((*users)[1].name), "Åda");
  EXPECT_NE((*users)[1].is_disabled, 0);
  EXPECT_EQ((*users)[1].created_utc_ns - (*users)[0].created_utc_ns, 10 * kNsPerS);
}

}  // namespace
}  // namespace zoe::test
