// Accounts as their owners use them: registering, logging in, tokens, passwords.
#include <limits>
#include <set>

#include <gmock/gmock.h>

#include "tests/plugins/auth_sql_support.hpp"

namespace zoe::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr std::int64_t kDayS = 24 * 3600;

class AuthSqlAccounts : public AuthSqlTest {
 protected:
  Accounts accounts_ = start();
};

TEST_F(AuthSqlAccounts, RegistrationLogsIn) {
  const auto login = accounts_.register_user("Ada");
  ASSERT_TRUE(login) << words_of(login);
  EXPECT_THAT(login->token, MatchesRegex("[A-Za-z0-9_-]{43}"));
  EXPECT_EQ(abi::view_of(login->principal.name), "Ada");
  EXPECT_EQ(login->principal.role, std::uint32_t{ZOE_ROLE_MEMBER});
  EXPECT_NE(login->principal.user_id, 0U);
  EXPECT_NE(login->principal.session_id, 0U);
  EXPECT_EQ(login->principal.expires_utc_ns, host_.clock().utc_ns() + 30 * kDayS * kNsPerS);
  const auto who = accounts_.resolve(login->token);
  ASSERT_TRUE(who) << words_of(who);
  EXPECT_EQ(who->user_id, login->principal.user_id);
  EXPECT_EQ(who->session_id, login->principal.session_id);
  EXPECT_EQ(who->expires_utc_ns, login->principal.expires_utc_ns);
  EXPECT_EQ(abi::view_of(who->name), "Ada");
}

TEST_F(AuthSqlAccounts, EachLogInIsASessionOfItsOwn) {
  const auto first = accounts_.register_user("Ada");
  const auto second = accounts_.log_in("Ada");
  ASSERT_TRUE(first && second) << words_of(second);
  EXPECT_STRNE(first->token, second->token);
  EXPECT_NE(first->principal.session_id, second->principal.session_id);
  EXPECT_EQ(first->principal.user_id, second->principal.user_id);
  ASSERT_TRUE(accounts_.revoke(first->principal.user_id, first->principal.session_id));
  EXPECT_EQ(code_of(accounts_.resolve(first->token)), Errc::kUnauthenticated);
  EXPECT_TRUE(accounts_.resolve(second->token));
}

TEST_F(AuthSqlAccounts, AWrongPasswordAndAnUnknownNameReadTheSame) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  const auto wrong = accounts_.log_in("Ada", "correct house");
  ASSERT_EQ(code_of(wrong), Errc::kUnauthenticated);
  for (const std::string& name : {std::string("Nobody"), std::string(), std::string(65, 'a'), std::string("\xff"),
                                  std::string(1 << 20, 'a'), std::string("Ada\0", 4)}) {
    const auto unknown = accounts_.log_in(name, kPassword, "198.51.100.7");
    EXPECT_EQ(code_of(unknown), Errc::kUnauthenticated);
    EXPECT_EQ(words_of(unknown), words_of(wrong)) << name.substr(0, 80);
  }
  EXPECT_EQ(words_of(accounts_.log_in("Ada", std::string(1 << 20, 'x'))), words_of(wrong));
  EXPECT_EQ(words_of(accounts_.log_in("Ada", "")), words_of(wrong));
}

TEST_F(AuthSqlAccounts, ATokenOfYesterdayHasExpired) {
  accounts_.release();
  accounts_ = start(R"("token_days": 1)");
  const auto login = accounts_.register_user("Ada");
  ASSERT_TRUE(login);
  advance_s(kDayS - 1);
  EXPECT_TRUE(accounts_.resolve(login->token));
  EXPECT_TRUE(accounts_.authorise(login->principal, ZOE_ACTION_WATCH));
  advance_s(1);
  const auto expired = accounts_.resolve(login->token);
  EXPECT_EQ(code_of(expired), Errc::kUnauthenticated);
  EXPECT_THAT(words_of(expired), HasSubstr("log in again"));
  EXPECT_EQ(code_of(accounts_.authorise(login->principal, ZOE_ACTION_WATCH)), Errc::kDenied);
  const auto sessions = accounts_.sessions(login->principal.user_id);
  ASSERT_TRUE(sessions);
  EXPECT_TRUE(sessions->empty());
}

TEST_F(AuthSqlAccounts, WhatIsNoTokenIsUnknown) {
  const auto login = accounts_.register_user("Ada");
  ASSERT_TRUE(login);
  std::string other(login->token);
  other.front() = other.front() == 'A' ? 'B' : 'A';
  for (const std::string& token : {std::string(), std::string("x"), other, std::string(login->token) + "A",
                                   std::string(43, '\''), std::string(43, '\0'), std::string(1 << 20, 'A')})
    EXPECT_EQ(code_of(accounts_.resolve(token)), Errc::kUnauthenticated) << token.substr(0, 80);
}

TEST_F(AuthSqlAccounts, LoggingOutEverywhere) {
  const auto ada = accounts_.register_user("Ada");
  const auto again = accounts_.log_in("Ada");
  const auto bob = accounts_.register_user("Bob");
  ASSERT_TRUE(ada && again && bob);
  EXPECT_EQ(code_of(accounts_.revoke(bob->principal.user_id, ada->principal.session_id)), Errc::kNotFound)
      << "a session of somebody else";
  EXPECT_TRUE(accounts_.resolve(ada->token));
  EXPECT_TRUE(accounts_.revoke(ada->principal.user_id, 0));
  EXPECT_FALSE(accounts_.resolve(ada->token));
  EXPECT_FALSE(accounts_.resolve(again->token));
  EXPECT_TRUE(accounts_.resolve(bob->token));
  EXPECT_EQ(code_of(accounts_.revoke(ada->principal.user_id, ada->principal.session_id)), Errc::kNotFound);
  EXPECT_EQ(code_of(accounts_.revoke(999, 0)), Errc::kNotFound);
  EXPECT_EQ(code_of(accounts_.revoke(std::numeric_limits<std::uint64_t>::max(), 0)), Errc::kNotFound);
}

TEST_F(AuthSqlAccounts, NamesAreOneWithoutRegardToCase) {
  const std::pair<const char*, const char*> kSame[] = {
      {"Ada Lovelace", "ADA lovelace"},
      {"Zoë", "zOË"},
      {"Ærøskøbing", "ærØSKØBING"},
      {"Šárka", "šÁRKA"},
      {"Οδυσσεύς", "ΟΔΥΣΣΕΎΣ"},
      {"Женя", "ЖЕНЯ"},
      {"Ħal", "ħAL"},
      {"Nguyễn", "NGUYỄN"},
      {"Արամ", "ԱՐԱՄ"},
      {"ＡＢＣ", "ａｂｃ"},
      {"  trimmed\t", "TRIMMED"},
      {"\u3000名前\u00a0", "名前"},
  };
  for (const auto& [name, same] : kSame) {
    const auto login = accounts_.register_user(name);
    ASSERT_TRUE(login) << name << ": " << words_of(login);
    EXPECT_EQ(code_of(accounts_.register_user(same)), Errc::kConflict) << same;
    const auto again = accounts_.log_in(same);
    ASSERT_TRUE(again) << same << ": " << words_of(again);
    EXPECT_EQ(again->principal.user_id, login->principal.user_id);
    EXPECT_STREQ(again->principal.name, login->principal.name) << "as it was registered";
  }
  EXPECT_TRUE(accounts_.register_user("straße"));
  EXPECT_TRUE(accounts_.register_user("STRASSE")) << "simple folding does not change lengths";
}

TEST_F(AuthSqlAccounts, NamesHaveBounds) {
  std::string longest;
  for (int i = 0; i < 16; ++i) longest += "😀";
  EXPECT_TRUE(accounts_.register_user(longest)) << "64 bytes";
  EXPECT_TRUE(accounts_.register_user("x"));
  EXPECT_TRUE(accounts_.register_user("می‌خواهم")) << "the non-joiner is part of Persian spelling";
  const std::string kBad[] = {
      "",
      "   \u2003",
      longest + "x",
      std::string(1 << 20, 'a'),
      std::string("a\0b", 3),
      "a\nb",
      "a\x7f",
      "a\u0085b",
      "a\u202Eb",
      "a\u200Bb",
      "\uFEFFab",
      "\xC3",
      "\xC0\xAF",
      "\xED\xA0\x80",
      "\xF4\x90\x80\x80",
      "\xF8\x88\x80\x80\x80",
      "a\x80",
      "\uFFFF",
      "a\u2028b",
      "a\u2066b",
  };
  for (const std::string& name : kBad)
    EXPECT_EQ(code_of(accounts_.register_user(name)), Errc::kInvalidArgument) << name.substr(0, 80);
}

TEST_F(AuthSqlAccounts, PasswordsHaveBounds) {
  std::string longest;
  for (int i = 0; i < 256; ++i) longest += i % 7 == 0 ? "🐎" : "😀";
  EXPECT_THAT(words_of(accounts_.register_user("short", "1234567")), HasSubstr("at least 8"));
  EXPECT_TRUE(accounts_.register_user("eight", "äöüÄÖÜß€"));
  EXPECT_TRUE(accounts_.register_user("longest", longest));
  EXPECT_TRUE(accounts_.log_in("longest", longest));
  EXPECT_THAT(words_of(accounts_.register_user("longer", longest + "x")), HasSubstr("at most 256"));
  EXPECT_THAT(words_of(accounts_.register_user("longer", std::string(257, 'x'))), HasSubstr("at most 256"));
  EXPECT_THAT(words_of(accounts_.register_user("longer", std::string(1 << 20, 'x'))), HasSubstr("at most 256"));
  EXPECT_THAT(words_of(accounts_.register_user("bytes", "\xff\xff\xff\xff\xff\xff\xff\xff")), HasSubstr("UTF-8"));
  EXPECT_FALSE(accounts_.log_in("longest", longest.substr(0, longest.size() - 4)));
}

TEST_F(AuthSqlAccounts, ANewPasswordEndsTheOtherSessions) {
  const auto here = accounts_.register_user("Ada");
  const auto there = accounts_.log_in("Ada");
  ASSERT_TRUE(here && there);
  EXPECT_EQ(code_of(accounts_.change_password(here->principal, "not the old one", "a new password")), Errc::kDenied);
  EXPECT_EQ(code_of(accounts_.change_password(here->principal, kPassword, "short")), Errc::kInvalidArgument);
  EXPECT_TRUE(accounts_.resolve(there->token)) << "nothing has happened yet";
  const Status changed = accounts_.change_password(here->principal, kPassword, "a new password");
  ASSERT_TRUE(changed) << words_of(changed);
  EXPECT_TRUE(accounts_.resolve(here->token));
  EXPECT_FALSE(accounts_.resolve(there->token));
  EXPECT_FALSE(accounts_.log_in("Ada"));
  EXPECT_TRUE(accounts_.log_in("Ada", "a new password"));
}

TEST_F(AuthSqlAccounts, SessionsAreListedWithTheirClients) {
  const auto first = accounts_.register_user("Ada");
  ASSERT_TRUE(first);
  advance_s(100);
  std::string long_name = "player/1.0\x1b[2J\n";
  for (int i = 0; i < 100; ++i) long_name += "ü";
  const auto second = accounts_.log_in("Ada", kPassword, kPeer, long_name);
  const auto third = accounts_.log_in("Ada", kPassword, kPeer, "\xff\xfe");
  ASSERT_TRUE(second && third);
  advance_s(50);
  ASSERT_TRUE(accounts_.resolve(first->token));
  const auto sessions = accounts_.sessions(first->principal.user_id);
  ASSERT_TRUE(sessions);
  ASSERT_EQ(sessions->size(), 3U);
  const zoe_session_info& one = sessions->front();
  EXPECT_EQ(one.session_id, first->principal.session_id);
  EXPECT_EQ(one.last_used_utc_ns - one.created_utc_ns, 150 * kNsPerS);
  EXPECT_EQ(one.expires_utc_ns, first->principal.expires_utc_ns);
  EXPECT_EQ(abi::view_of(one.client), "test");
  const zoe_session_info& two = (*sessions)[1];
  EXPECT_EQ(two.last_used_utc_ns, two.created_utc_ns);
  EXPECT_THAT(std::string(abi::view_of(two.client)), MatchesRegex("player/1.0\\[2J(ü)+"));
  EXPECT_LE(abi::view_of(two.client).size(), 64U);
  EXPECT_EQ(abi::view_of((*sessions)[2].client), "(unreadable)");
  EXPECT_TRUE(accounts_.sessions(999)->empty());
}

TEST_F(AuthSqlAccounts, WhoMayRegisterIsTheOperatorsChoice) {
  EXPECT_TRUE(accounts_.capabilities() & ZOE_AUTH_CAN_REGISTER);
  ASSERT_TRUE(accounts_.register_user("Admin", kPassword, admin_code()));
  EXPECT_EQ(code_of(accounts_.register_user("Ada", kPassword, "no such code")), Errc::kInvalidArgument);
  EXPECT_TRUE(accounts_.register_user("Ada", kPassword, "  "));

  EXPECT_FALSE(accounts_.capabilities() & ZOE_AUTH_NEEDS_INVITE);

  accounts_ = start(R"("registration": "invite")");
  EXPECT_TRUE(accounts_.capabilities() & ZOE_AUTH_CAN_REGISTER);
  EXPECT_TRUE(accounts_.capabilities() & ZOE_AUTH_NEEDS_INVITE);
  EXPECT_THAT(words_of(accounts_.register_user("Bob")), HasSubstr("invite"));
  EXPECT_EQ(code_of(accounts_.register_user("Bob", kPassword, "sword")), Errc::kInvalidArgument);
  const auto invite = accounts_.create_invite();
  ASSERT_TRUE(invite) << words_of(invite);
  const auto bob = accounts_.register_user("Bob", kPassword, " " + std::string(invite->code) + "\n");
  ASSERT_TRUE(bob) << words_of(bob);
  EXPECT_EQ(bob->principal.role, std::uint32_t{ZOE_ROLE_MEMBER});

  accounts_ = start(R"("registration": "closed")");
  EXPECT_EQ(accounts_.capabilities(), std::uint32_t{ZOE_AUTH_CAN_LOG_IN});
  EXPECT_EQ(code_of(accounts_.register_user("Cid")), Errc::kDenied);
  const auto unused = accounts_.create_invite();
  ASSERT_TRUE(unused);
  EXPECT_EQ(code_of(accounts_.register_user("Cid", kPassword, unused->code)), Errc::kInvalidArgument);
  EXPECT_TRUE(accounts_.log_in("Bob"));
}

TEST_F(AuthSqlAccounts, ThereAreAtMostSoManyAccounts) {
  accounts_.release();
  accounts_ = start(R"("most_users": 2)");
  ASSERT_TRUE(accounts_.register_user("Ada"));
  ASSERT_TRUE(accounts_.register_user("Bob"));
  const auto third = accounts_.register_user("Cid");
  EXPECT_EQ(code_of(third), Errc::kDenied);
  EXPECT_THAT(words_of(third), HasSubstr("no more accounts"));
}

TEST_F(AuthSqlAccounts, NobodyIsAGuest) {
  EXPECT_FALSE(accounts_.capabilities() & ZOE_AUTH_GUEST);
  EXPECT_THAT(words_of(accounts_.guest()), HasSubstr("without an account"));
}

TEST_F(AuthSqlAccounts, AHigherCostIsTakenUpAtTheNextLogIn) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  host_.set_settings("auth_sql", R"({"hash_operations": 2, "hash_memory_kib": 16})");
  accounts_ = Accounts(host_.load(plugin_file("auth_sql")));
  ASSERT_TRUE(accounts_.log_in("Ada"));
  ASSERT_TRUE(accounts_.log_in("Ada")) << "with the new hash";
  stop(accounts_);
  EXPECT_THAT(read_whole_file(database_file()), HasSubstr("$argon2id$v=19$m=16,t=2,p=1$"));
}

TEST_F(AuthSqlAccounts, AWrongSettingIsRefused) {
  accounts_.release();
  const std::pair<const char*, const char*> kWrong[] = {
      {R"("registration": "ajar")", "registration must be"},
      {R"("token_days": 0)", "token_days"},
      {R"("token_days": "soon")", "token_days"},
      {R"("concurrent_hashes": 0)", "concurrent_hashes"},
      {R"("most_users": 0)", "most_users"},
      {R"("tokendays": 3)", "tokendays"},
  };
  for (const auto& [setting, words] : kWrong) EXPECT_THAT(start_error(setting).message, HasSubstr(words)) << setting;
}

TEST_F(AuthSqlAccounts, WhatIsGuessedFirstIsRefused) {
  for (const char* bad : {"password", "Password1!", "PASSWORD2024", "qwertyui", "QWERTZUI", "12345678", "87654321",
                          "aaaaaaaa", "abcabcabc", "1q2w3e4r", "letmein99", "football", "Zoetrope2026", "liverpool!!",
                          "grace2024", "GRACE!!!!", "abcdefgh", "zyxwvuts"}) {
    const auto refused = accounts_.register_user("Grace", bad);
    EXPECT_EQ(code_of(refused), Errc::kInvalidArgument) << bad;
    EXPECT_THAT(words_of(refused), testing::HasSubstr("choose one")) << bad;
  }
  EXPECT_EQ(accounts_.register_user("Grace", "short").error().message,
            "the password is too short: at least 8 characters");
  const auto ada = accounts_.register_user("Ada", "purple lighthouse");
  ASSERT_TRUE(ada) << "a common word in a phrase is none";
  EXPECT_EQ(code_of(accounts_.change_password(ada->principal, "purple lighthouse", "Ada12345")),
            Errc::kInvalidArgument);
  EXPECT_TRUE(accounts_.change_password(ada->principal, "purple lighthouse", "gracefully ada"));
  EXPECT_TRUE(accounts_.register_user("Grace", "adage of Grace"));
}

}  // namespace
}  // namespace zoe::test
