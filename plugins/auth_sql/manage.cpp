// Accounts and sessions that exist: looked at, changed and ended.
#include "plugins/auth_sql/auth_sql.hpp"
#include "plugins/auth_sql/invites.hpp"
#include "plugins/auth_sql/secrets.hpp"
#include "plugins/auth_sql/sessions.hpp"
#include "plugins/auth_sql/utf8.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr std::uint64_t kNoSession = 0;

// `user` is about to stop being an administrator who can act.
Status check_not_last_admin(soci::session& sql, const User& user) {
  if (user.role != ZOE_ROLE_ADMIN || user.is_disabled || count_admins(sql) > 1) return {};
  return fail(Errc::kConflict, user.name + " is the only administrator: make another one first");
}

Status check_role(std::uint32_t role) {
  if (role == ZOE_ROLE_GUEST || role == ZOE_ROLE_MEMBER || role == ZOE_ROLE_ADMIN) return {};
  return fail(Errc::kInvalidArgument, "there is no such role");
}

}  // namespace

Status AuthSql::change_user(std::uint64_t user_id, const std::function<Status(soci::session&, const User&)>& change) {
  return database_->write([&](soci::session& sql) -> Status {
    const std::optional<User> user = find_user(sql, user_id);
    if (!user) return fail(Errc::kNotFound, "there is no such user");
    return change(sql, *user);
  });
}

Status AuthSql::revoke(std::uint64_t user_id, std::uint64_t session_id) {
  return change_user(user_id, [&](soci::session& sql, const User& user) -> Status {
    if (session_id == kNoSession) {
      delete_sessions_but(sql, user.id, kNoSession);
    } else if (!delete_session(sql, user.id, session_id)) {
      return fail(Errc::kNotFound, "there is no such session");
    }
    return {};
  });
}

Status AuthSql::change_password(const zoe_principal& principal, std::string_view old_password,
                                std::string_view new_password) {
  std::optional<User> user;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    user = find_user(sql, principal.user_id);
    return {};
  }));
  if (!user) return fail(Errc::kNotFound, "there is no such user");
  ZOE_CHECK(check_password(new_password, user->name_key));
  const Attempt attempt{.name_key = user->name_key, .peer = {}};
  ZOE_TRY(const HashGate::Slot slot, enter_to_hash(attempt));
  if (old_password.size() > kLongestPasswordBytes || !is_password_of(user->password_hash, old_password)) {
    limits_.add_failure(attempt);
    return fail(Errc::kDenied, "the old password is wrong");
  }
  ZOE_TRY(const std::string hash, hash_password(new_password, options_.hash_cost));
  return change_user(user->id, [&](soci::session& sql, const User& now) -> Status {
    if (now.password_hash != user->password_hash)
      return fail(Errc::kConflict, "the password was changed from elsewhere just now");
    set_user_password(sql, now.id, hash);
    delete_sessions_but(sql, now.id, principal.session_id);
    return {};
  });
}

Status AuthSql::reset_password(std::uint64_t user_id, std::string_view new_password) {
  ZOE_CHECK(check_password(new_password, {}));
  std::string hash;
  {
    ZOE_TRY(const HashGate::Slot slot, hash_gate_.enter());
    ZOE_TRY(hash, hash_password(new_password, options_.hash_cost));
  }
  return change_user(user_id, [&](soci::session& sql, const User& user) -> Status {
    set_user_password(sql, user.id, hash);
    delete_sessions_but(sql, user.id, kNoSession);
    limits_.add_success({.name_key = user.name_key, .peer = {}});
    return {};
  });
}

Result<std::uint64_t> AuthSql::create_user(std::string_view shown_name, std::string_view password, std::uint32_t role) {
  ZOE_TRY(const Name name, parse_name(shown_name));
  ZOE_CHECK(check_password(password, name.key));
  ZOE_CHECK(check_role(role));
  NewUser user{name, {}, role, host().utc_ns()};
  {
    ZOE_TRY(const HashGate::Slot slot, hash_gate_.enter());
    ZOE_TRY(user.password_hash, hash_password(password, options_.hash_cost));
  }
  std::uint64_t user_id = 0;
  bool is_first_admin = false;
  ZOE_CHECK(database_->write([&](soci::session& sql) -> Status {
    if (find_user(sql, name.key)) return fail(Errc::kConflict, "this name is taken: choose another");
    if (count_users(sql) >= options_.most_users) return fail(Errc::kDenied, "this server takes no more accounts");
    is_first_admin = role == ZOE_ROLE_ADMIN && count_admins(sql) == 0;
    user_id = insert_user(sql, user);
    return {};
  }));
  host().info("{} (user {}) was made by an administrator", name.shown, user_id);
  if (is_first_admin) welcome_admin({user_id, name.shown, name.key, {}, role, false});
  return user_id;
}

Status AuthSql::set_role(std::uint64_t user_id, std::uint32_t role) {
  ZOE_CHECK(check_role(role));
  return change_user(user_id, [&](soci::session& sql, const User& user) -> Status {
    if (role != ZOE_ROLE_ADMIN) ZOE_CHECK(check_not_last_admin(sql, user));
    set_user_role(sql, user.id, role);
    return {};
  });
}

Status AuthSql::set_disabled(std::uint64_t user_id, bool is_disabled) {
  return change_user(user_id, [&](soci::session& sql, const User& user) -> Status {
    if (is_disabled) {
      ZOE_CHECK(check_not_last_admin(sql, user));
      delete_sessions_but(sql, user.id, kNoSession);
    }
    set_user_disabled(sql, user.id, is_disabled);
    return {};
  });
}

// Sessions hang on the account and go with it.
Status AuthSql::delete_user(std::uint64_t user_id) {
  std::string name;
  const Status deleted = change_user(user_id, [&](soci::session& sql, const User& user) -> Status {
    ZOE_CHECK(check_not_last_admin(sql, user));
    delete_user_row(sql, user.id);
    name = user.name;
    return {};
  });
  if (!deleted) return deleted;
  host().info("{} (user {}) was deleted", name, user_id);
  return {};
}

Status AuthSql::confirm_password(const zoe_principal& principal, std::string_view password) {
  std::optional<User> user;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    user = find_user(sql, principal.user_id);
    return {};
  }));
  if (!user) return fail(Errc::kNotFound, "there is no such user");
  const Attempt attempt{.name_key = user->name_key, .peer = {}};
  ZOE_TRY(const HashGate::Slot slot, enter_to_hash(attempt));
  if (password.size() <= kLongestPasswordBytes && is_password_of(user->password_hash, password)) return {};
  limits_.add_failure(attempt);
  return fail(Errc::kDenied, "the password is wrong");
}

Result<std::vector<zoe_invite_info>> AuthSql::list_invites() {
  std::vector<zoe_invite_info> all;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    all = list_live_invites(sql, host().utc_ns());
    return {};
  }));
  return all;
}

Result<zoe_new_invite> AuthSql::create_invite(const InviteWish& wish) {
  const std::int64_t now_ns = host().utc_ns();
  if (wish.role != ZOE_ROLE_MEMBER && wish.role != ZOE_ROLE_ADMIN)
    return fail(Errc::kInvalidArgument, "an invite makes a member or an administrator");
  if (wish.uses < 1 || wish.uses > kMostUses)
    return fail(Errc::kInvalidArgument, "an invite is for 1 to " + std::to_string(kMostUses) + " accounts");
  if (wish.expires_utc_ns <= now_ns) return fail(Errc::kInvalidArgument, "an invite has to end in the future");
  if (wish.note.size() > kLongestNoteBytes || !decode_utf8(wish.note))
    return fail(Errc::kInvalidArgument, "a note has at most " + std::to_string(kLongestNoteBytes) + " bytes of UTF-8");
  const std::string code = make_code();
  zoe_new_invite made{};
  made.struct_size = sizeof made;
  ZOE_CHECK(database_->write([&](soci::session& sql) -> Status {
    delete_spent_invites(sql, now_ns);
    if (count_invites(sql, now_ns) >= kMostInvites)
      return fail(Errc::kConflict, "there are too many invites: revoke some first");
    made.invite_id = insert_invite(sql, {.code_digest = digest_token(normalise_code(code)),
                                         .hint = code.substr(0, 4),
                                         .note = std::string(wish.note),
                                         .role = wish.role,
                                         .uses = wish.uses,
                                         .now_ns = now_ns,
                                         .expires_ns = wish.expires_utc_ns});
    return {};
  }));
  sdk::copy_text(made.code, code);
  return made;
}

Status AuthSql::revoke_invite(std::uint64_t invite_id) {
  return database_->write([&](soci::session& sql) -> Status {
    if (!delete_invite(sql, invite_id)) return fail(Errc::kNotFound, "there is no such invite");
    return {};
  });
}

Result<std::vector<zoe_user_info>> AuthSql::list_users() {
  std::vector<zoe_user_info> all;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    all = list_all_users(sql);
    return {};
  }));
  return all;
}

Result<std::vector<zoe_session_info>> AuthSql::list_sessions(std::uint64_t user_id) {
  std::vector<zoe_session_info> all;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    all = list_sessions_of(sql, user_id, host().utc_ns());
    return {};
  }));
  for (zoe_session_info& info : all)
    info.last_used_utc_ns = upkeep_->last_used_ns(info.session_id, info.last_used_utc_ns);
  return all;
}

}  // namespace zoe::plugins::auth_sql
