// The one auth gate: everything that somebody may or may not do is asked here, of the auth plugins.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/plugin/abi/auth.h"
#include "server/api/identity.hpp"

namespace zoe::server {

// The functions of an active auth plugin, and what keeps its generation loaded.
struct AuthPin {
  std::string id;
  const zoe_auth_v1* auth = nullptr;
  zoe_plugin* plugin = nullptr;
  std::shared_ptr<const void> pin;
};
// The auth plugins that are active now, in the order in which they are asked.
using AuthSource = std::function<std::vector<AuthPin>()>;

// What the active plugins offer to somebody who is not signed in.
struct AuthOffer {
  bool can_log_in = false;
  bool can_register = false;
  bool is_guest = false;
  bool code_makes_admin = false;
  bool needs_invite = false;
};

enum class Action : std::uint32_t {
  kBrowse = ZOE_ACTION_BROWSE,
  kWatch = ZOE_ACTION_WATCH,
  kDownload = ZOE_ACTION_DOWNLOAD,
  kAdminister = ZOE_ACTION_ADMINISTER,
};

// Who holds the server's own account on this machine (see ControlSocket): an administrator whom no plugin made, so that
// the server can be managed when no plugin is there.
IdentityPtr operator_identity();

// Thread-safe; holds no lock while it is in a plugin. All but `offer` may block (database, password hashing): a
// worker's job. With several auth plugins, each identity is the affair of the plugin that made it; a sign-in goes to
// the first that offers its kind. Without any, everything is kUnavailable: the server is closed.
class AuthGate {
 public:
  explicit AuthGate(AuthSource source);

  AuthOffer offer() const;

  struct Credentials {
    std::string name;
    std::string password;
    std::string code;    // when registering
    std::string client;  // what the client calls itself
    std::string peer_address;
  };
  Result<IdentityPtr> register_user(const Credentials& credentials) const;
  Result<IdentityPtr> log_in(const Credentials& credentials) const;
  Result<IdentityPtr> guest(const std::string& peer_address) const;
  Result<IdentityPtr> resume(const std::string& token) const;

  // The identity as it stands now: the same object where nothing changed. kUnauthenticated when it has expired (by
  // `utc_ns`) or was revoked; kUnavailable when its plugin is gone; other errors say nothing about it.
  Result<IdentityPtr> refresh(const IdentityPtr& identity, std::int64_t utc_ns) const;

  // kDenied, with the plugin's words.
  Status authorise(const Identity& identity, Action action, std::string_view resource) const;

  // About the identity's own account.
  Status revoke(const Identity& identity, std::uint64_t session_id) const;
  Status change_password(const Identity& identity, std::string_view old_password, std::string_view new_password) const;
  Status confirm_password(const Identity& identity, std::string_view password) const;
  Status delete_own(const Identity& identity) const;
  Result<std::vector<zoe_session_info>> sessions(const Identity& identity) const;

  // About all accounts of the identity's plugin, for the operator of the first one that keeps accounts; the caller has
  // had kAdminister authorised.
  Result<std::vector<zoe_user_info>> users(const Identity& admin) const;
  Status set_role(const Identity& admin, std::uint64_t user_id, std::uint32_t role) const;
  Status set_disabled(const Identity& admin, std::uint64_t user_id, bool is_disabled) const;
  Result<std::uint64_t> create_user(const Identity& admin, std::string_view name, std::string_view password,
                                    std::uint32_t role) const;
  Status reset_password(const Identity& admin, std::uint64_t user_id, std::string_view password) const;
  Status delete_user(const Identity& admin, std::uint64_t user_id) const;

  struct InviteWish {
    std::uint32_t role = ZOE_ROLE_MEMBER;
    std::uint32_t uses = 1;
    std::int64_t expires_utc_ns = 0;
    std::string note;
  };
  Result<std::vector<zoe_invite_info>> invites(const Identity& admin) const;
  Result<zoe_new_invite> create_invite(const Identity& admin, const InviteWish& wish) const;
  Status revoke_invite(const Identity& admin, std::uint64_t invite_id) const;

  // The plugin whose accounts the administrator manages: the first half of their keys in the store.
  Result<std::string> provider_of_accounts(const Identity& admin) const;

  // Whether the plugin still has an account of that number; an error where it cannot be asked.
  Result<bool> has_user(const std::string& provider, std::uint64_t user_id) const;

 private:
  Result<AuthPin> pin_of(const std::string& id) const;
  Result<AuthPin> accounts_of(const Identity& admin) const;
  Result<AuthPin> first_with(std::uint32_t capability, const char* what) const;

  const AuthSource source_;
};

}  // namespace zoe::server
