#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/plugin/bridge/status.hpp"
#include "tests/plugins/test_host.hpp"

namespace zoe {
namespace {

using testing::HasSubstr;

class AuthGuest : public testing::Test {
 protected:
  plugin::Pin load(const std::string& settings) {
    host_.set_settings("auth_guest", settings);
    return host_.load(test::plugin_file("auth_guest"));
  }
  zoe_status authorise(const plugin::Pin& pin, const zoe_principal& principal, std::uint32_t action) {
    zoe_error error = abi::empty_error();
    return pin.table<zoe_auth_v1>()->authorise(pin.plugin(), &principal, action, abi::to_abi("clip"), &error);
  }

  test::TestHost host_;
};

TEST_F(AuthGuest, IsSkippedWhereItIsNotConfigured) {
  for (const char* settings : {"{}", R"({"enabled": false})"}) {
    host_.set_settings("auth_guest", settings);
    const Error error = host_.load_error(test::plugin_file("auth_guest"));
    EXPECT_EQ(error.code, Errc::kUnavailable) << "the registry reports that as skipped";
    EXPECT_THAT(error.message, HasSubstr("enabled"));
  }
  EXPECT_TRUE(host_.registry().active(ZOE_PLUGIN_AUTH).empty()) << "so the server stays closed";
}

TEST_F(AuthGuest, AMisspeltSettingIsAnErrorNotAnOpenDoor) {
  host_.set_settings("auth_guest", R"({"enabled": true, "may_downlod": false})");
  EXPECT_THAT(host_.load_error(test::plugin_file("auth_guest")).message, HasSubstr("may_downlod"));
}

TEST_F(AuthGuest, EverybodyIsAGuestAndMayWatch) {
  const plugin::Pin pin = load(R"({"enabled": true})");
  ASSERT_TRUE(pin);
  const auto* auth = pin.table<zoe_auth_v1>();
  EXPECT_EQ(auth->capabilities(pin.plugin()), std::uint32_t{ZOE_AUTH_GUEST});
  zoe_login login{};
  login.struct_size = sizeof login;
  zoe_error error = abi::empty_error();
  ASSERT_EQ(auth->guest(pin.plugin(), abi::to_abi("192.0.2.7"), &login, &error), ZOE_OK);
  EXPECT_EQ(login.principal.role, std::uint32_t{ZOE_ROLE_GUEST});
  EXPECT_EQ(login.principal.user_id, 0U);
  EXPECT_STREQ(login.principal.name, "guest");
  EXPECT_STREQ(login.token, "");
  EXPECT_EQ(authorise(pin, login.principal, ZOE_ACTION_BROWSE), ZOE_OK);
  EXPECT_EQ(authorise(pin, login.principal, ZOE_ACTION_WATCH), ZOE_OK);
  EXPECT_EQ(authorise(pin, login.principal, ZOE_ACTION_DOWNLOAD), ZOE_E_DENIED);
  EXPECT_EQ(authorise(pin, login.principal, ZOE_ACTION_ADMINISTER), ZOE_E_DENIED);
  EXPECT_EQ(authorise(pin, login.principal, 99), ZOE_E_DENIED) << "an action of a later version";
}

TEST_F(AuthGuest, DownloadIsTheOperatorsChoice) {
  const plugin::Pin pin = load(R"({"enabled": true, "may_download": true})");
  ASSERT_TRUE(pin);
  zoe_principal guest{};
  guest.struct_size = sizeof guest;
  guest.role = ZOE_ROLE_GUEST;
  EXPECT_EQ(authorise(pin, guest, ZOE_ACTION_DOWNLOAD), ZOE_OK);
  EXPECT_EQ(authorise(pin, guest, ZOE_ACTION_ADMINISTER), ZOE_E_DENIED);
  guest.role = 0;
  EXPECT_EQ(authorise(pin, guest, ZOE_ACTION_BROWSE), ZOE_E_DENIED) << "nobody at all is no guest";
}

TEST_F(AuthGuest, ThereAreNoAccounts) {
  const plugin::Pin pin = load(R"({"enabled": true})");
  ASSERT_TRUE(pin);
  const auto* auth = pin.table<zoe_auth_v1>();
  zoe_login login{};
  login.struct_size = sizeof login;
  zoe_error error = abi::empty_error();
  const zoe_str text = abi::to_abi("somebody");
  EXPECT_EQ(auth->log_in(pin.plugin(), text, text, text, text, &login, &error), ZOE_E_UNSUPPORTED);
  EXPECT_THAT(error.message, HasSubstr("keeps no accounts"));
  EXPECT_EQ(auth->register_user(pin.plugin(), text, text, text, text, text, &login, &error), ZOE_E_UNSUPPORTED);
  zoe_principal principal{};
  principal.struct_size = sizeof principal;
  EXPECT_EQ(auth->resolve(pin.plugin(), text, &principal, &error), ZOE_E_UNAUTHENTICATED);
  const auto count = [](void* user, const zoe_user_info*) -> std::int32_t { return ++*static_cast<int*>(user), 0; };
  int users = 0;
  EXPECT_EQ(auth->list_users(pin.plugin(), count, &users, &error), ZOE_OK);
  EXPECT_EQ(users, 0);
}

}  // namespace
}  // namespace zoe
