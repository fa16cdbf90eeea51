// An auth plugin inside the test: accounts in memory, told what to do by the test.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "server/api/auth_gate.hpp"

namespace zoe::server {

// Thread-safe. "name" logs in with "password"; the token is "token-of-name". Admins are called "admin".
class FakeAuth {
 public:
  explicit FakeAuth(std::string id = "fake",
                    std::uint32_t capabilities = ZOE_AUTH_CAN_LOG_IN | ZOE_AUTH_CAN_REGISTER | ZOE_AUTH_GUEST)
      : id_(std::move(id)), capabilities_(capabilities) {}

  AuthPin pin() { return {id_, &kTable, reinterpret_cast<zoe_plugin*>(this), nullptr}; }

  // For AuthGate, as the only plugin.
  AuthSource source() {
    return [this] { return std::vector<AuthPin>{pin()}; };
  }

  void end_session(const std::string& name) {
    MutexLock lock(mutex_);
    ended_.insert(name);
  }
  void set_role_of(const std::string& name, std::uint32_t role) {
    MutexLock lock(mutex_);
    roles_[name] = role;
  }
  void deny(std::uint32_t action) {
    MutexLock lock(mutex_);
    denied_.insert(action);
  }
  void fail_resolving(zoe_status status) { resolve_status_ = status; }
  // Runs inside log_in, before it answers.
  void on_log_in(std::function<void()> hook) { on_log_in_ = std::move(hook); }

  std::vector<std::string> asked() const {  // "action resource", as authorise got them
    MutexLock lock(mutex_);
    return asked_;
  }
  int resolves() const { return resolves_; }
  std::vector<std::uint64_t> deleted() const {
    MutexLock lock(mutex_);
    return deleted_;
  }

 private:
  static FakeAuth& of(zoe_plugin* self) { return *reinterpret_cast<FakeAuth*>(self); }

  zoe_principal principal_of(const std::string& name) {
    MutexLock lock(mutex_);
    zoe_principal principal{};
    principal.struct_size = sizeof principal;
    const auto role = roles_.find(name);
    principal.role = role != roles_.end() ? role->second
                     : name == "admin"    ? std::uint32_t{ZOE_ROLE_ADMIN}
                                          : std::uint32_t{ZOE_ROLE_MEMBER};
    principal.user_id = 1000 + name.size();
    principal.session_id = 2000 + name.size();
    principal.expires_utc_ns = INT64_MAX;
    abi::copy_text(principal.name, name);
    return principal;
  }

  zoe_status enter(const std::string& name, zoe_login* out) {
    zoe_login login{};
    login.struct_size = sizeof login;
    login.principal = principal_of(name);
    abi::copy_text(login.token, "token-of-" + name);
    abi::fill_out(out, login);
    return ZOE_OK;
  }

  static zoe_status register_user(zoe_plugin* self, zoe_str name, zoe_str, zoe_str code, zoe_str, zoe_str,
                                  zoe_login* out, zoe_error* error) {
    const std::string who(abi::to_view(name));
    if (who == "taken") return abi::write_error(error, Errc::kConflict, "this name is taken");
    if (abi::to_view(code) == "admin-code") of(self).set_role_of(who, ZOE_ROLE_ADMIN);
    return of(self).enter(who, out);
  }
  static zoe_status log_in(zoe_plugin* self, zoe_str name, zoe_str password, zoe_str, zoe_str, zoe_login* out,
                           zoe_error* error) {
    if (of(self).on_log_in_) of(self).on_log_in_();
    if (abi::to_view(password) != "password")
      return abi::write_error(error, Errc::kUnauthenticated, "name or password is wrong");
    return of(self).enter(std::string(abi::to_view(name)), out);
  }
  static zoe_status guest(zoe_plugin*, zoe_str, zoe_login* out, zoe_error*) {
    zoe_login login{};
    login.struct_size = sizeof login;
    login.principal.struct_size = sizeof login.principal;
    login.principal.role = ZOE_ROLE_GUEST;
    login.principal.expires_utc_ns = INT64_MAX;
    abi::copy_text(login.principal.name, "guest");
    abi::fill_out(out, login);
    return ZOE_OK;
  }
  static zoe_status resolve(zoe_plugin* self, zoe_str token, zoe_principal* out, zoe_error* error) {
    FakeAuth& auth = of(self);
    ++auth.resolves_;
    const zoe_status broken = auth.resolve_status_;
    if (broken < 0) return abi::write_error(error, abi::to_errc(broken), "the database is busy");
    const std::string text(abi::to_view(token));
    const std::string prefix = "token-of-";
    const std::string name = text.starts_with(prefix) ? text.substr(prefix.size()) : "";
    {
      MutexLock lock(auth.mutex_);
      if (name.empty() || auth.ended_.contains(name))
        return abi::write_error(error, Errc::kUnauthenticated, "the session has ended");
    }
    abi::fill_out(out, auth.principal_of(name));
    return ZOE_OK;
  }
  static zoe_status revoke(zoe_plugin* self, std::uint64_t user_id, std::uint64_t session_id, zoe_error* error) {
    if (session_id != user_id + 1000) return abi::write_error(error, Errc::kNotFound, "no such session");
    MutexLock lock(of(self).mutex_);
    for (const char* name : {"anna", "admin", "bob"})
      if (1000 + std::string(name).size() == user_id) of(self).ended_.insert(name);
    return ZOE_OK;
  }
  static zoe_status change_password(zoe_plugin*, const zoe_principal*, zoe_str old_password, zoe_str,
                                    zoe_error* error) {
    if (abi::to_view(old_password) == "password") return ZOE_OK;
    return abi::write_error(error, Errc::kUnauthenticated, "the old password is wrong");
  }
  static zoe_status authorise(zoe_plugin* self, const zoe_principal* principal, std::uint32_t action, zoe_str resource,
                              zoe_error* error) {
    FakeAuth& auth = of(self);
    MutexLock lock(auth.mutex_);
    auth.asked_.push_back(std::to_string(action) + " " + std::string(abi::to_view(resource)));
    const bool is_admin_only = action == ZOE_ACTION_ADMINISTER && principal->role != ZOE_ROLE_ADMIN;
    if (!is_admin_only && !auth.denied_.contains(action)) return ZOE_OK;
    return abi::write_error(error, Errc::kDenied, "you may not do that");
  }
  static zoe_status list_users(zoe_plugin*, int32_t (*each)(void*, const zoe_user_info*), void* user, zoe_error*) {
    for (const char* name : {"anna", "bob"}) {
      zoe_user_info info{};
      info.struct_size = sizeof info;
      info.role = ZOE_ROLE_MEMBER;
      info.user_id = 1000 + std::string(name).size();
      abi::copy_text(info.name, name);
      if (each(user, &info) != 0) break;
    }
    return ZOE_OK;
  }
  static zoe_status list_sessions(zoe_plugin*, std::uint64_t user_id, int32_t (*each)(void*, const zoe_session_info*),
                                  void* user, zoe_error*) {
    zoe_session_info info{};
    info.struct_size = sizeof info;
    info.user_id = user_id;
    info.session_id = user_id + 1000;
    abi::copy_text(info.client, "test");
    each(user, &info);
    return ZOE_OK;
  }
  static zoe_status set_role(zoe_plugin*, std::uint64_t user_id, std::uint32_t, zoe_error* error) {
    return user_id == 1004 ? zoe_status{ZOE_OK} : abi::write_error(error, Errc::kNotFound, "no such user");
  }
  static zoe_status set_disabled(zoe_plugin*, std::uint64_t, int32_t, zoe_error*) { return ZOE_OK; }
  static zoe_status reset_password(zoe_plugin*, std::uint64_t, zoe_str, zoe_error*) { return ZOE_OK; }
  static zoe_status create_user(zoe_plugin*, zoe_str name, zoe_str, std::uint32_t, std::uint64_t* user_id,
                                zoe_error* error) {
    if (abi::to_view(name) == "taken") return abi::write_error(error, Errc::kConflict, "this name is taken");
    *user_id = 1000 + name.size;
    return ZOE_OK;
  }
  static zoe_status delete_user(zoe_plugin* self, std::uint64_t user_id, zoe_error* error) {
    if (user_id == 1099) return abi::write_error(error, Errc::kConflict, "the only administrator");
    MutexLock lock(of(self).mutex_);
    of(self).deleted_.push_back(user_id);
    return ZOE_OK;
  }
  static zoe_status confirm_password(zoe_plugin*, const zoe_principal*, zoe_str password, zoe_error* error) {
    if (abi::to_view(password) == "password") return ZOE_OK;
    return abi::write_error(error, Errc::kDenied, "the password is wrong");
  }
  static zoe_status list_invites(zoe_plugin*, int32_t (*each)(void*, const zoe_invite_info*), void* user, zoe_error*) {
    zoe_invite_info info{};
    info.struct_size = sizeof info;
    info.invite_id = 7;
    info.role = ZOE_ROLE_MEMBER;
    info.uses_left = 2;
    abi::copy_text(info.hint, "7KQF");
    abi::copy_text(info.note, "for the team");
    each(user, &info);
    return ZOE_OK;
  }
  static zoe_status create_invite(zoe_plugin*, std::uint32_t, std::uint32_t, std::int64_t, zoe_str, zoe_new_invite* out,
                                  zoe_error*) {
    zoe_new_invite made{};
    made.struct_size = sizeof made;
    made.invite_id = 8;
    abi::copy_text(made.code, "7KQF-0000-0000-0000");
    abi::fill_out(out, made);
    return ZOE_OK;
  }
  static zoe_status revoke_invite(zoe_plugin*, std::uint64_t invite_id, zoe_error* error) {
    return invite_id == 7 ? zoe_status{ZOE_OK} : abi::write_error(error, Errc::kNotFound, "there is no such invite");
  }
  static std::uint32_t capabilities(zoe_plugin* self) { return of(self).capabilities_; }

  static constexpr zoe_auth_v1 kTable = {
      .struct_size = sizeof(zoe_auth_v1),
      .capabilities = capabilities,
      .register_user = register_user,
      .log_in = log_in,
      .guest = guest,
      .resolve = resolve,
      .revoke = revoke,
      .change_password = change_password,
      .authorise = authorise,
      .list_users = list_users,
      .list_sessions = list_sessions,
      .set_role = set_role,
      .set_disabled = set_disabled,
      .reset_password = reset_password,
      .create_user = create_user,
      .delete_user = delete_user,
      .confirm_password = confirm_password,
      .list_invites = list_invites,
      .create_invite = create_invite,
      .revoke_invite = revoke_invite,
  };

  const std::string id_;
  const std::uint32_t capabilities_;
  std::function<void()> on_log_in_;
  std::atomic<zoe_status> resolve_status_{ZOE_OK};
  std::atomic<int> resolves_{0};
  mutable Mutex mutex_;
  std::map<std::string, std::uint32_t> roles_ ZOE_GUARDED_BY(mutex_);
  std::set<std::string> ended_ ZOE_GUARDED_BY(mutex_);
  std::set<std::uint32_t> denied_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::string> asked_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::uint64_t> deleted_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::server
