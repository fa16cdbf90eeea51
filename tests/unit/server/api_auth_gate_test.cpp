#include <gtest/gtest.h>

#include "server/api/auth_gate.hpp"
#include "tests/unit/server/fake_auth.hpp"

namespace zoe::server {
namespace {

const AuthGate::Credentials kAnna{"anna", "password", "", "test", "127.0.0.1"};

TEST(AuthGate, IsClosedWithoutAnAuthPlugin) {
  const AuthGate gate([] { return std::vector<AuthPin>(); });
  const auto who = gate.log_in(kAnna);
  ASSERT_FALSE(who);
  EXPECT_EQ(who.error().code, Errc::kUnavailable);
  EXPECT_NE(who.error().message.find("closed"), std::string::npos);
  EXPECT_EQ(gate.guest("x").error().code, Errc::kUnavailable);
  EXPECT_EQ(gate.resume("token").error().code, Errc::kUnavailable);
  EXPECT_FALSE(gate.offer().can_log_in);
}

TEST(AuthGate, ToldWhoSignsIn) {
  FakeAuth auth;
  const AuthGate gate(auth.source());
  const auto anna = gate.log_in(kAnna);
  ASSERT_TRUE(anna);
  EXPECT_EQ((*anna)->name, "anna");
  EXPECT_EQ((*anna)->role, std::uint32_t{ZOE_ROLE_MEMBER});
  EXPECT_EQ((*anna)->token, "token-of-anna");
  const auto again = gate.resume("token-of-anna");
  ASSERT_TRUE(again);
  EXPECT_EQ(**again, **anna);
  EXPECT_EQ(gate.resume("token-of-yesterday-").value()->name, "yesterday-");
  EXPECT_EQ(gate.resume("rubbish").error().code, Errc::kUnauthenticated);
}

TEST(AuthGate, PassesTheWordsOfThePluginOn) {
  FakeAuth auth;
  const AuthGate gate(auth.source());
  const auto wrong = gate.log_in({"anna", "wrong", "", "", ""});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::kUnauthenticated);
  EXPECT_EQ(wrong.error().message, "name or password is wrong");
}

TEST(AuthGate, SendsEachSignInToThePluginThatOffersIt) {
  FakeAuth guests("guests", ZOE_AUTH_GUEST);
  FakeAuth accounts("accounts", ZOE_AUTH_CAN_LOG_IN);
  const AuthGate gate([&] { return std::vector<AuthPin>{guests.pin(), accounts.pin()}; });
  const IdentityPtr anna = gate.log_in(kAnna).value();
  const IdentityPtr guest = gate.guest("x").value();
  EXPECT_EQ(anna->provider, "accounts");
  EXPECT_EQ(guest->provider, "guests");
  EXPECT_EQ(gate.register_user(kAnna).error().code, Errc::kUnsupported);
  ASSERT_TRUE(gate.authorise(*anna, Action::kWatch, "film"));
  EXPECT_EQ(accounts.asked(), std::vector<std::string>{"2 film"});
  EXPECT_TRUE(guests.asked().empty());
}

TEST(AuthGate, AsksWhetherASessionStillHolds) {
  FakeAuth auth;
  const AuthGate gate(auth.source());
  const IdentityPtr anna = gate.log_in(kAnna).value();
  EXPECT_EQ(gate.refresh(anna, 1).value(), anna);  // the same object
  auth.set_role_of("anna", ZOE_ROLE_ADMIN);
  const IdentityPtr promoted = gate.refresh(anna, 1).value();
  EXPECT_EQ(promoted->role, std::uint32_t{ZOE_ROLE_ADMIN});
  EXPECT_EQ(promoted->token, anna->token);
  auth.fail_resolving(ZOE_E_IO);
  EXPECT_EQ(gate.refresh(anna, 1).error().code, Errc::kIo);
  auth.fail_resolving(ZOE_OK);
  auth.end_session("anna");
  EXPECT_EQ(gate.refresh(anna, 1).error().code, Errc::kUnauthenticated);
}

TEST(AuthGate, ASessionExpiresByTheClock) {
  FakeAuth auth;
  const AuthGate gate(auth.source());
  auto anna = std::make_shared<Identity>(*gate.log_in(kAnna).value());
  anna->expires_utc_ns = 100;
  EXPECT_TRUE(gate.refresh(anna, 99));
  EXPECT_EQ(gate.refresh(anna, 100).error().code, Errc::kUnauthenticated);
}

TEST(AuthGate, AGuestNeedsItsPluginToStay) {
  FakeAuth auth;
  bool is_there = true;
  const AuthGate gate([&] { return is_there ? std::vector<AuthPin>{auth.pin()} : std::vector<AuthPin>{}; });
  const IdentityPtr guest = gate.guest("x").value();
  EXPECT_TRUE(gate.refresh(guest, 1));
  is_there = false;
  EXPECT_EQ(gate.refresh(guest, 1).error().code, Errc::kUnavailable);
  EXPECT_FALSE(gate.authorise(*guest, Action::kBrowse, ""));
}

}  // namespace
}  // namespace zoe::server
