// Base class of an auth plugin. The contract of each function is written in abi/auth.h.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "engine/plugin/abi/auth.h"
#include "engine/plugin/sdk/plugin.hpp"

namespace zoe::sdk {

// All functions but the constructor: [worker], any thread, several at once, and they may block. What they are given is
// borrowed for the length of the call. Those that a plugin does not override answer kUnsupported; the errors that each
// may give, and what the host does then, are in abi/auth.h.
class AuthPlugin : public Plugin {
 public:
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_AUTH;

  explicit AuthPlugin(const Host& host);

  // [any] ZOE_AUTH_... flags as they stand now: says which of the following make sense.
  virtual std::uint32_t capabilities() = 0;

  struct Registration {
    std::string_view name;
    std::string_view password;
    std::string_view code;
    std::string_view client;
    std::string_view peer_address;
  };
  virtual Result<zoe_login> register_user(const Registration&) { return not_offered(); }

  struct Credentials {
    std::string_view name;
    std::string_view password;
    std::string_view client;
    std::string_view peer_address;
  };
  virtual Result<zoe_login> log_in(const Credentials&) { return not_offered(); }
  virtual Result<zoe_login> guest(std::string_view /*peer_address*/) { return not_offered(); }
  virtual Result<zoe_principal> resolve(std::string_view token) = 0;
  virtual Status revoke(std::uint64_t /*user_id*/, std::uint64_t /*session_id*/) { return not_offered(); }
  virtual Status change_password(const zoe_principal&, std::string_view /*old_password*/,
                                 std::string_view /*new_password*/) {
    return not_offered();
  }
  virtual Status authorise(const zoe_principal& principal, std::uint32_t action, std::string_view resource) = 0;
  virtual Result<std::vector<zoe_user_info>> list_users() { return std::vector<zoe_user_info>(); }
  virtual Result<std::vector<zoe_session_info>> list_sessions(std::uint64_t /*user_id*/) {
    return std::vector<zoe_session_info>();
  }
  virtual Status set_role(std::uint64_t /*user_id*/, std::uint32_t /*role*/) { return not_offered(); }
  virtual Status set_disabled(std::uint64_t /*user_id*/, bool /*is_disabled*/) { return not_offered(); }
  virtual Status reset_password(std::uint64_t /*user_id*/, std::string_view /*new_password*/) { return not_offered(); }
  virtual Result<std::uint64_t> create_user(std::string_view /*name*/, std::string_view /*password*/,
                                            std::uint32_t /*role*/) {
    return not_offered();
  }
  virtual Status delete_user(std::uint64_t /*user_id*/) { return not_offered(); }
  virtual Status confirm_password(const zoe_principal&, std::string_view /*password*/) { return not_offered(); }

  struct InviteWish {
    std::uint32_t role = ZOE_ROLE_MEMBER;
    std::uint32_t uses = 1;
    std::int64_t expires_utc_ns = 0;
    std::string_view note;
  };
  virtual Result<std::vector<zoe_invite_info>> list_invites() { return not_offered(); }
  virtual Result<zoe_new_invite> create_invite(const InviteWish&) { return not_offered(); }
  virtual Status revoke_invite(std::uint64_t /*invite_id*/) { return not_offered(); }

  const void* get_interface(std::string_view id) override { return id == ZOE_AUTH_V1 ? &table_ : nullptr; }

 private:
  static tl::unexpected<Error> not_offered() { return fail(Errc::kUnsupported, "this server keeps no accounts"); }

  const zoe_auth_v1 table_;
};

namespace detail {

inline AuthPlugin& auth_of(zoe_plugin* self) { return plugin_cast<AuthPlugin>(self); }

// Runs `body`, which makes a T, and hands that to the caller of the ABI.
template <typename T, typename Body>
zoe_status fill_from(T* out, zoe_error* error, Body&& body) noexcept {
  return guarded(error, [&]() -> Status {
    ZOE_TRY(const T value, body());
    fill_out(out, value);
    return {};
  });
}

template <typename T, typename Body>
zoe_status list_to(int32_t (*each)(void*, const T*), void* user, zoe_error* error, Body&& body) noexcept {
  return guarded(error, [&]() -> Status {
    ZOE_TRY(const std::vector<T> all, body());
    for (const T& info : all)
      if (each(user, &info) != 0) break;
    return {};
  });
}

inline zoe_auth_v1 auth_table() {
  return {
      .struct_size = sizeof(zoe_auth_v1),
      .capabilities =
          [](zoe_plugin* self) noexcept {
            return guarded_or(std::uint32_t{0}, [&] { return auth_of(self).capabilities(); });
          },
      .register_user =
          [](zoe_plugin* self, zoe_str name, zoe_str password, zoe_str code, zoe_str client, zoe_str peer_address,
             zoe_login* out, zoe_error* error) noexcept {
            return fill_from(out, error, [&] {
              return auth_of(self).register_user(
                  {to_view(name), to_view(password), to_view(code), to_view(client), to_view(peer_address)});
            });
          },
      .log_in =
          [](zoe_plugin* self, zoe_str name, zoe_str password, zoe_str client, zoe_str peer_address, zoe_login* out,
             zoe_error* error) noexcept {
            return fill_from(out, error, [&] {
              return auth_of(self).log_in({to_view(name), to_view(password), to_view(client), to_view(peer_address)});
            });
          },
      .guest =
          [](zoe_plugin* self, zoe_str peer_address, zoe_login* out, zoe_error* error) noexcept {
            return fill_from(out, error, [&] { return auth_of(self).guest(to_view(peer_address)); });
          },
      .resolve =
          [](zoe_plugin* self, zoe_str token, zoe_principal* out, zoe_error* error) noexcept {
            return fill_from(out, error, [&] { return auth_of(self).resolve(to_view(token)); });
          },
      .revoke =
          [](zoe_plugin* self, std::uint64_t user_id, std::uint64_t session_id, zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).revoke(user_id, session_id); });
          },
      .change_password =
          [](zoe_plugin* self, const zoe_principal* principal, zoe_str old_password, zoe_str new_password,
             zoe_error* error) noexcept {
            return guarded(error, [&] {
              return auth_of(self).change_password(*principal, to_view(old_password), to_view(new_password));
            });
          },
      .authorise =
          [](zoe_plugin* self, const zoe_principal* principal, std::uint32_t action, zoe_str resource,
             zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).authorise(*principal, action, to_view(resource)); });
          },
      .list_users =
          [](zoe_plugin* self, std::int32_t (*each)(void*, const zoe_user_info*), void* user,
             zoe_error* error) noexcept {
            return list_to(each, user, error, [&] { return auth_of(self).list_users(); });
          },
      .list_sessions =
          [](zoe_plugin* self, std::uint64_t user_id, std::int32_t (*each)(void*, const zoe_session_info*), void* user,
             zoe_error* error) noexcept {
            return list_to(each, user, error, [&] { return auth_of(self).list_sessions(user_id); });
          },
      .set_role =
          [](zoe_plugin* self, std::uint64_t user_id, std::uint32_t role, zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).set_role(user_id, role); });
          },
      .set_disabled =
          [](zoe_plugin* self, std::uint64_t user_id, std::int32_t is_disabled, zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).set_disabled(user_id, is_disabled != 0); });
          },
      .reset_password =
          [](zoe_plugin* self, std::uint64_t user_id, zoe_str new_password, zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).reset_password(user_id, to_view(new_password)); });
          },
      .create_user =
          [](zoe_plugin* self, zoe_str name, zoe_str password, std::uint32_t role, std::uint64_t* user_id,
             zoe_error* error) noexcept {
            return guarded(error, [&]() -> Status {
              ZOE_TRY(*user_id, auth_of(self).create_user(to_view(name), to_view(password), role));
              return {};
            });
          },
      .delete_user =
          [](zoe_plugin* self, std::uint64_t user_id, zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).delete_user(user_id); });
          },
      .confirm_password =
          [](zoe_plugin* self, const zoe_principal* principal, zoe_str password, zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).confirm_password(*principal, to_view(password)); });
          },
      .list_invites =
          [](zoe_plugin* self, std::int32_t (*each)(void*, const zoe_invite_info*), void* user,
             zoe_error* error) noexcept {
            return list_to(each, user, error, [&] { return auth_of(self).list_invites(); });
          },
      .create_invite =
          [](zoe_plugin* self, std::uint32_t role, std::uint32_t uses, std::int64_t expires_utc_ns, zoe_str note,
             zoe_new_invite* out, zoe_error* error) noexcept {
            return fill_from(out, error, [&] {
              return auth_of(self).create_invite({role, uses, expires_utc_ns, to_view(note)});
            });
          },
      .revoke_invite =
          [](zoe_plugin* self, std::uint64_t invite_id, zoe_error* error) noexcept {
            return guarded(error, [&] { return auth_of(self).revoke_invite(invite_id); });
          },
  };
}

}  // namespace detail

inline AuthPlugin::AuthPlugin(const Host& host) : Plugin(host), table_(detail::auth_table()) {}

}  // namespace zoe::sdk
