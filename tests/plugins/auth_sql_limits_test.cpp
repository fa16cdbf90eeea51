// Guessers are slowed down, crowds are not.
#include <atomic>
#include <latch>
#include <thread>

#include <gmock/gmock.h>

#include "tests/plugins/auth_sql_support.hpp"

namespace zoe::test {
namespace {

using testing::HasSubstr;

class AuthSqlLimits : public AuthSqlTest {
 protected:
  void fail_times(int count, std::string_view name, std::string_view peer) {
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(code_of(accounts_.log_in(name, "wrong password", peer)), Errc::kUnauthenticated) << i;
  }

  Accounts accounts_ = start();
};

TEST_F(AuthSqlLimits, EachFailureOnANameDoublesTheWait) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  fail_times(5, "Ada", "192.0.2.5");
  for (const std::int64_t wait_s : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    const auto held_back = accounts_.log_in("ADA", kPassword, "203.0.113." + std::to_string(wait_s));
    ASSERT_EQ(code_of(held_back), Errc::kUnavailable) << "the right password, from anywhere, in any case";
    EXPECT_THAT(words_of(held_back), HasSubstr("try again in"));
    advance_s(wait_s - 1);
    ASSERT_EQ(code_of(accounts_.log_in("Ada", "wrong password")), Errc::kUnavailable) << wait_s;
    advance_s(1);
    ASSERT_EQ(code_of(accounts_.log_in("Ada", "wrong password", "203.0.113.200")), Errc::kUnauthenticated) << wait_s;
  }
  advance_s(60);
  EXPECT_TRUE(accounts_.log_in("Ada"));
  fail_times(5, "Ada", "192.0.2.6");
  EXPECT_EQ(code_of(accounts_.log_in("Ada")), Errc::kUnavailable) << "after a success it counts from the start";
}

TEST_F(AuthSqlLimits, AnUnknownNameIsHeldBackAlike) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  fail_times(5, "Ada", "192.0.2.5");
  fail_times(5, "Nobody", "192.0.2.6");
  EXPECT_EQ(words_of(accounts_.log_in("Nobody")), words_of(accounts_.log_in("Ada")));
}

TEST_F(AuthSqlLimits, TimeForgetsFailures) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  fail_times(5, "Ada", kPeer);
  advance_s(3600);
  fail_times(4, "Ada", kPeer);
  EXPECT_TRUE(accounts_.log_in("Ada"));
}

TEST_F(AuthSqlLimits, AnAddressIsHeldBackWhateverTheName) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  for (int i = 0; i < 20; ++i) fail_times(1, "name" + std::to_string(i), kPeer);
  EXPECT_EQ(code_of(accounts_.log_in("Ada")), Errc::kUnavailable);
  EXPECT_EQ(code_of(accounts_.register_user("Bob", kPassword, "a code")), Errc::kUnavailable);
  EXPECT_TRUE(accounts_.log_in("Ada", kPassword, "192.0.2.2")) << "others are not";
  advance_s(1);
  EXPECT_TRUE(accounts_.log_in("Ada"));
  fail_times(1, "name", kPeer);
  EXPECT_EQ(code_of(accounts_.log_in("Ada")), Errc::kUnavailable) << "a success in between does not forgive";
}

TEST_F(AuthSqlLimits, ANetworkOfIPv6IsOneAddress) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  for (int i = 0; i < 20; ++i) fail_times(1, "name" + std::to_string(i), "2001:db8:1:2::" + std::to_string(i + 1));
  EXPECT_EQ(code_of(accounts_.log_in("Ada", kPassword, "2001:db8:1:2:ffff::1")), Errc::kUnavailable);
  EXPECT_TRUE(accounts_.log_in("Ada", kPassword, "2001:db8:1:3::1"));
  for (int i = 0; i < 20; ++i) fail_times(1, "eman" + std::to_string(i), "::ffff:192.0.2.77");
  EXPECT_EQ(code_of(accounts_.log_in("Ada", kPassword, "192.0.2.77")), Errc::kUnavailable);
  EXPECT_TRUE(accounts_.log_in("Ada", kPassword, std::string(1 << 20, ':')));
}

TEST_F(AuthSqlLimits, AFloodOfNamesDoesNotFreeTheOneThatIsGuessedAt) {
  ASSERT_TRUE(accounts_.register_user("Ada"));
  fail_times(5, "Ada", "192.0.2.5");
  for (int i = 0; i < 9000; ++i) {
    const std::string peer = std::to_string(i / 200) + ".1.1." + std::to_string(i % 200);
    ASSERT_EQ(code_of(accounts_.log_in("name" + std::to_string(i), "wrong password", peer)), Errc::kUnauthenticated);
  }
  EXPECT_EQ(code_of(accounts_.log_in("Ada")), Errc::kUnavailable);
}

TEST_F(AuthSqlLimits, AGuesserOfTheOldPasswordIsHeldBack) {
  const auto ada = accounts_.register_user("Ada");
  ASSERT_TRUE(ada);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(code_of(accounts_.change_password(ada->principal, "wrong password", "a new password")), Errc::kDenied);
  EXPECT_EQ(code_of(accounts_.change_password(ada->principal, kPassword, "a new password")), Errc::kUnavailable);
  EXPECT_TRUE(accounts_.resolve(ada->token)) << "the session goes on";
}

TEST_F(AuthSqlLimits, AFloodOfNewAccountsIsSlowedDown) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(accounts_.register_user("user" + std::to_string(i)));
  const auto refused = accounts_.register_user("one more");
  EXPECT_EQ(code_of(refused), Errc::kUnavailable);
  EXPECT_THAT(words_of(refused), HasSubstr("many accounts"));
  EXPECT_TRUE(accounts_.register_user("elsewhere", kPassword, {}, "192.0.2.2"));
  EXPECT_TRUE(accounts_.log_in("user0"));
  advance_s(1);
  EXPECT_TRUE(accounts_.register_user("one more"));
}

// At the real cost of a hash: two are worked on at once, the others wait and nobody is turned away.
TEST_F(AuthSqlLimits, SixteenAtOnceRegisterAndLogIn) {
  accounts_.release();
  host_.set_settings("auth_sql", R"({"hash_operations": 1, "hash_memory_kib": 4096})");
  accounts_ = Accounts(host_.load(plugin_file("auth_sql")));
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&, i] {
        const std::string name = "user" + std::to_string(i);
        const auto check = [&](const auto& result) {
          if (result) return;
          ++failures;
          ADD_FAILURE() << name << ": " << words_of(result);
        };
        const auto registered = accounts_.register_user(name);
        check(registered);
        for (int round = 0; registered && round < 4; ++round) {
          const auto login = accounts_.log_in(name);
          check(login);
          if (!login) return;
          check(accounts_.resolve(login->token));
          check(accounts_.authorise(login->principal, ZOE_ACTION_WATCH));
          check(accounts_.sessions(login->principal.user_id));
          check(accounts_.revoke(login->principal.user_id, login->principal.session_id));
          EXPECT_EQ(code_of(accounts_.resolve(login->token)), Errc::kUnauthenticated);
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  const auto users = accounts_.users();
  EXPECT_EQ(users->size(), 16U);
  for (const zoe_user_info& user : *users) EXPECT_EQ(accounts_.sessions(user.user_id)->size(), 1U);
}

// One is worked on and 64 wait; a hundred are too many, and nobody waits for ever.
TEST_F(AuthSqlLimits, ACrowdIsBounded) {
  accounts_.release();
  host_.set_settings("auth_sql", R"({"hash_operations": 1, "hash_memory_kib": 8192, "concurrent_hashes": 1})");
  accounts_ = Accounts(host_.load(plugin_file("auth_sql")));
  ASSERT_TRUE(accounts_.register_user("Ada"));
  std::atomic<int> served{0};
  std::atomic<int> turned_away{0};
  {
    std::latch all_here(100);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 100; ++i) {
      threads.emplace_back([&] {
        all_here.arrive_and_wait();
        const auto login = accounts_.log_in("Ada");
        ++(login ? served : turned_away);
        if (login) return;
        EXPECT_EQ(code_of(login), Errc::kUnavailable);
        EXPECT_THAT(words_of(login), HasSubstr("many people"));
      });
    }
  }
  EXPECT_GE(served, 65);
  EXPECT_GE(turned_away, 1);
  EXPECT_TRUE(accounts_.log_in("Ada")) << "it is quiet again";
}

TEST_F(AuthSqlLimits, OfManyWhoWantOneNameOneGetsIt) {
  std::atomic<int> made{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        const auto login = accounts_.register_user("Ada");
        EXPECT_EQ(code_of(login), login ? Errc{} : Errc::kConflict) << words_of(login);
        if (login) ++made;
      });
    }
  }
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace zoe::test
