// The account plugin under test: the real library in a TestHost, its table's functions as Results, a host whose timers
// fire when the test says so. Thread-safe where the plugin is.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plugin/abi/auth.h"
#include "engine/plugin/bridge/status.hpp"
#include "tests/plugins/test_host.hpp"

namespace zoe::test {

// Cheap hashes: a real one costs a tenth of a second.
inline constexpr const char* kCheapHashes = R"("hash_operations": 1, "hash_memory_kib": 8)";
inline constexpr std::string_view kPassword = "correct horse";
inline constexpr std::string_view kPeer = "192.0.2.1";

// One loaded generation, pinned.
class Accounts {
 public:
  Accounts() = default;
  explicit Accounts(plugin::Pin pin) : pin_(std::move(pin)) {}

  explicit operator bool() const { return static_cast<bool>(pin_); }
  void release() { pin_.reset(); }

  std::uint32_t capabilities() const { return table()->capabilities(pin_.plugin()); }

  Result<zoe_login> register_user(std::string_view name, std::string_view password = kPassword,
                                  std::string_view code = {}, std::string_view peer = kPeer) const {
    return fill<zoe_login>([&](zoe_login* out, zoe_error* error) {
      return table()->register_user(pin_.plugin(), abi::to_abi(name), abi::to_abi(password), abi::to_abi(code),
                                    abi::to_abi("test"), abi::to_abi(peer), out, error);
    });
  }
  Result<zoe_login> log_in(std::string_view name, std::string_view password = kPassword, std::string_view peer = kPeer,
                           std::string_view client = "test") const {
    return fill<zoe_login>([&](zoe_login* out, zoe_error* error) {
      return table()->log_in(pin_.plugin(), abi::to_abi(name), abi::to_abi(password), abi::to_abi(client),
                             abi::to_abi(peer), out, error);
    });
  }
  Result<zoe_login> guest() const {
    return fill<zoe_login>([&](zoe_login* out, zoe_error* error) {
      return table()->guest(pin_.plugin(), abi::to_abi(kPeer), out, error);
    });
  }
  Result<zoe_principal> resolve(std::string_view token) const {
    return fill<zoe_principal>([&](zoe_principal* out, zoe_error* error) {
      return table()->resolve(pin_.plugin(), abi::to_abi(token), out, error);
    });
  }
  Status revoke(std::uint64_t user_id, std::uint64_t session_id) const {
    return ask([&](zoe_error* error) { return table()->revoke(pin_.plugin(), user_id, session_id, error); });
  }
  Status change_password(const zoe_principal& who, std::string_view old_password, std::string_view new_password) const {
    return ask([&](zoe_error* error) {
      return table()->change_password(pin_.plugin(), &who, abi::to_abi(old_password), abi::to_abi(new_password), error);
    });
  }
  Status authorise(const zoe_principal& who, std::uint32_t action) const {
    return ask(
        [&](zoe_error* error) { return table()->authorise(pin_.plugin(), &who, action, abi::to_abi("clip"), error); });
  }
  Status set_role(std::uint64_t user_id, std::uint32_t role) const {
    return ask([&](zoe_error* error) { return table()->set_role(pin_.plugin(), user_id, role, error); });
  }
  Status set_disabled(std::uint64_t user_id, bool is_disabled) const {
    return ask(
        [&](zoe_error* error) { return table()->set_disabled(pin_.plugin(), user_id, is_disabled ? 1 : 0, error); });
  }
  Status reset_password(std::uint64_t user_id, std::string_view password) const {
    return ask([&](zoe_error* error) {
      return table()->reset_password(pin_.plugin(), user_id, abi::to_abi(password), error);
    });
  }
  Result<std::uint64_t> create_user(std::string_view name, std::string_view password, std::uint32_t role) const {
    std::uint64_t user_id = 0;
    ZOE_CHECK(ask([&](zoe_error* error) {
      return table()->create_user(pin_.plugin(), abi::to_abi(name), abi::to_abi(password), role, &user_id, error);
    }));
    return user_id;
  }
  Status delete_user(std::uint64_t user_id) const {
    return ask([&](zoe_error* error) { return table()->delete_user(pin_.plugin(), user_id, error); });
  }
  Status confirm_password(const zoe_principal& who, std::string_view password) const {
    return ask(
        [&](zoe_error* error) { return table()->confirm_password(pin_.plugin(), &who, abi::to_abi(password), error); });
  }
  Result<zoe_new_invite> create_invite(std::uint32_t role = ZOE_ROLE_MEMBER, std::uint32_t uses = 1,
                                       std::int64_t expires_utc_ns = INT64_MAX, std::string_view note = {}) const {
    return fill<zoe_new_invite>([&](zoe_new_invite* out, zoe_error* error) {
      return table()->create_invite(pin_.plugin(), role, uses, expires_utc_ns, abi::to_abi(note), out, error);
    });
  }
  Result<std::vector<zoe_invite_info>> invites() const {
    std::vector<zoe_invite_info> all;
    ZOE_CHECK(
        ask([&](zoe_error* error) { return table()->list_invites(pin_.plugin(), add<zoe_invite_info>, &all, error); }));
    return all;
  }
  Status revoke_invite(std::uint64_t invite_id) const {
    return ask([&](zoe_error* error) { return table()->revoke_invite(pin_.plugin(), invite_id, error); });
  }
  Result<std::vector<zoe_user_info>> users() const {
    std::vector<zoe_user_info> all;
    ZOE_CHECK(
        ask([&](zoe_error* error) { return table()->list_users(pin_.plugin(), add<zoe_user_info>, &all, error); }));
    return all;
  }
  Result<std::vector<zoe_session_info>> sessions(std::uint64_t user_id) const {
    std::vector<zoe_session_info> all;
    ZOE_CHECK(ask([&](zoe_error* error) {
      return table()->list_sessions(pin_.plugin(), user_id, add<zoe_session_info>, &all, error);
    }));
    return all;
  }

 private:
  const zoe_auth_v1* table() const { return pin_.table<zoe_auth_v1>(); }

  template <typename Call>
  static Status ask(Call&& call) {
    zoe_error error = abi::empty_error();
    const zoe_status status = call(&error);
    if (status == ZOE_OK) return {};
    return fail(abi::read_error(status, error));
  }
  template <typename T, typename Call>
  static Result<T> fill(Call&& call) {
    T out{};
    out.struct_size = sizeof out;
    ZOE_CHECK(ask([&](zoe_error* error) { return call(&out, error); }));
    return out;
  }
  template <typename T>
  static std::int32_t add(void* user, const T* info) {
    static_cast<std::vector<T>*>(user)->push_back(*info);
    return 0;
  }

  plugin::Pin pin_;
};

class AuthSqlTest : public testing::Test {
 protected:
  // `more` are settings besides cheap hashes: R"("registration": "closed")".
  void configure(const std::string& more = {}) {
    host_.set_settings("auth_sql", "{" + std::string(kCheapHashes) + (more.empty() ? "" : ", " + more) + "}");
  }
  Accounts start(const std::string& more = {}) {
    configure(more);
    return Accounts(host_.load(plugin_file("auth_sql")));
  }
  Error start_error(const std::string& more = {}) {
    configure(more);
    return host_.load_error(plugin_file("auth_sql"));
  }
  // Ends `accounts`, which has to be the only user of the generation, as at the end of the program.
  void stop(Accounts& accounts) {
    accounts.release();
    EXPECT_TRUE(host_.registry().retire("auth_sql"));
    EXPECT_TRUE(host_.registry().snapshot().empty()) << "it is unloaded";
  }

  // The one-time code as the operator finds it in the file.
  std::string code_file() const { return host_.data_folder("auth_sql") + "/admin-code.txt"; }
  std::string admin_code() const { return read_whole_file(code_file()).substr(0, 19); }
  std::string database_file() const { return host_.data_folder("auth_sql") + "/accounts.sqlite3"; }

  void advance_s(std::int64_t seconds) { host_.clock().advance_ns(seconds * kNsPerS); }

  TestHost host_;
};

template <typename T>
std::string words_of(const Result<T>& result) {
  return result ? "success" : result.error().message;
}
template <typename T>
Errc code_of(const Result<T>& result) {
  return result ? Errc{} : result.error().code;
}

}  // namespace zoe::test
