// Accounts in an SQLite file of the plugin's own.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "engine/plugin/sdk/auth.hpp"
#include "plugins/auth_sql/admin_code.hpp"
#include "plugins/auth_sql/database.hpp"
#include "plugins/auth_sql/hash_gate.hpp"
#include "plugins/auth_sql/limits.hpp"
#include "plugins/auth_sql/options.hpp"
#include "plugins/auth_sql/upkeep.hpp"
#include "plugins/auth_sql/users.hpp"

namespace zoe::plugins::auth_sql {

// The plugin. Thread-safe, apart from making and destroying it. It keeps nothing of a user or a session in memory, so
// that two generations, or an operator with the sqlite3 tool, see each other's changes at once.
//
// Files in the data folder: accounts.sqlite3 (with -wal and -shm while it is open), admin-code.txt until there is an
// administrator.
class AuthSql final : public sdk::AuthPlugin {
 public:
  static Result<std::unique_ptr<AuthSql>> create(const sdk::Host& host);

  Status self_test() override;

  std::uint32_t capabilities() override;

  // With the admin code and the name and password of an account that exists, makes that one the administrator.
  Result<zoe_login> register_user(const Registration& registration) override;
  Result<zoe_login> log_in(const Credentials& credentials) override;
  Result<zoe_login> guest(std::string_view peer_address) override;

  // Role, name and state as they are now, whatever they were at log-in.
  Result<zoe_principal> resolve(std::string_view token) override;
  Status authorise(const zoe_principal& principal, std::uint32_t action, std::string_view resource) override;

  Status revoke(std::uint64_t user_id, std::uint64_t session_id) override;
  Status change_password(const zoe_principal& principal, std::string_view old_password,
                         std::string_view new_password) override;
  Result<std::vector<zoe_user_info>> list_users() override;
  Result<std::vector<zoe_session_info>> list_sessions(std::uint64_t user_id) override;
  Status set_role(std::uint64_t user_id, std::uint32_t role) override;
  Status set_disabled(std::uint64_t user_id, bool is_disabled) override;
  Status reset_password(std::uint64_t user_id, std::string_view new_password) override;
  Result<std::uint64_t> create_user(std::string_view name, std::string_view password, std::uint32_t role) override;
  Status delete_user(std::uint64_t user_id) override;
  Status confirm_password(const zoe_principal& principal, std::string_view password) override;
  Result<std::vector<zoe_invite_info>> list_invites() override;
  Result<zoe_new_invite> create_invite(const InviteWish& wish) override;
  Status revoke_invite(std::uint64_t invite_id) override;

 private:
  // What a registration may come to, and by what.
  struct Right {
    std::uint32_t role = ZOE_ROLE_MEMBER;
    bool is_admin_code = false;
    std::string invite_digest;  // of the invite's code that is used up; empty: none
  };

  AuthSql(const sdk::Host& host, Options options, std::unique_ptr<Database> database, std::string admin_code_path,
          std::string nobodys_hash);

  Status announce_admin_code();
  bool is_admin_missing();
  void welcome_admin(const User& admin);

  Result<Right> right_to_register(std::string_view code, const Attempt& attempt);
  Result<zoe_login> make_account(const Registration& registration, const Name& name, const Right& right);
  Result<zoe_login> promote(const Registration& registration, const Name& name);

  // Leave to hash a password for this attempt, which may have to wait. kUnavailable.
  Result<HashGate::Slot> enter_to_hash(const Attempt& attempt);

  // The user whose password this is. The work is the same whether the name or the password is wrong.
  Result<User> authenticate(const Attempt& attempt, std::string_view password);
  void refresh_hash(User& user, std::string_view password);

  // Logs a user in, in one transaction with what `prepare` does to the account; `prepare` sets its id where it is new.
  Result<zoe_login> start_session(User user, std::string_view client,
                                  const std::function<Status(soci::session&, User&)>& prepare);

  // Changes an account that exists in one transaction. kNotFound.
  Status change_user(std::uint64_t user_id, const std::function<Status(soci::session&, const User&)>& change);

  const Options options_;
  const std::unique_ptr<Database> database_;
  const AdminCode admin_code_;
  const std::string nobodys_hash_;  // of a password that nobody knows, for names that nobody has
  std::atomic<bool> has_admin_{false};
  HashGate hash_gate_;
  Limits limits_;
  std::unique_ptr<Upkeep> upkeep_;  // last: uses the database
};

}  // namespace zoe::plugins::auth_sql
