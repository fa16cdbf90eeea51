// Coming in: registration and log-in.
#include <utility>

#include "plugins/auth_sql/auth_sql.hpp"
#include "plugins/auth_sql/invites.hpp"
#include "plugins/auth_sql/peer_key.hpp"
#include "plugins/auth_sql/secrets.hpp"
#include "plugins/auth_sql/sessions.hpp"

namespace zoe::plugins::auth_sql {
namespace {

tl::unexpected<Error> wrong_credentials() { return fail(Errc::kUnauthenticated, "the name or the password is wrong"); }

tl::unexpected<Error> wrong_code() { return fail(Errc::kInvalidArgument, "this code is wrong, or was used already"); }

tl::unexpected<Error> name_taken() { return fail(Errc::kConflict, "this name is taken: choose another"); }

std::string_view trim_ascii(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

zoe_login make_login(const User& user, const NewSession& session, std::uint64_t session_id, const std::string& token) {
  zoe_login login{};
  login.struct_size = sizeof login;
  login.principal.struct_size = sizeof login.principal;
  login.principal.role = user.role;
  login.principal.user_id = user.id;
  login.principal.session_id = session_id;
  login.principal.expires_utc_ns = session.expires_ns;
  sdk::copy_text(login.principal.name, user.name);
  sdk::copy_text(login.token, token);
  return login;
}

}  // namespace

Result<zoe_login> AuthSql::register_user(const Registration& registration) {
  ZOE_TRY(const Name name, parse_name(registration.name));
  ZOE_CHECK(check_password(registration.password, name.key));
  const Attempt attempt{.name_key = {}, .peer = peer_key(registration.peer_address)};
  ZOE_TRY(const Right right, right_to_register(trim_ascii(registration.code), attempt));
  std::optional<User> taken;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    taken = find_user(sql, name.key);
    return {};
  }));
  if (taken && !right.is_admin_code) return name_taken();
  return taken ? promote(registration, name) : make_account(registration, name, right);
}

Result<AuthSql::Right> AuthSql::right_to_register(std::string_view code, const Attempt& attempt) {
  ZOE_CHECK(limits_.check(attempt));
  const bool is_closed = options_.registration == RegistrationPolicy::kClosed;
  if (code.empty()) {
    if (options_.registration == RegistrationPolicy::kOpen) return Right{};
    if (is_closed) return fail(Errc::kDenied, "registration is closed here: ask an administrator");
    return fail(Errc::kInvalidArgument, "registration needs an invite here: ask an administrator for its code");
  }
  if (is_admin_missing() && admin_code_.matches(code))
    return Right{.role = ZOE_ROLE_ADMIN, .is_admin_code = true, .invite_digest = {}};
  if (const std::string typed = normalise_code(code); !is_closed && !typed.empty()) {
    Right right{.role = 0, .is_admin_code = false, .invite_digest = digest_token(typed)};
    std::optional<std::uint32_t> role;
    ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
      role = find_invite(sql, right.invite_digest, host().utc_ns());
      return {};
    }));
    if (role) {
      right.role = *role;
      return right;
    }
  }
  limits_.add_failure(attempt);
  host().info("a wrong code was entered from {}", attempt.peer);
  return wrong_code();
}

Result<zoe_login> AuthSql::make_account(const Registration& registration, const Name& name, const Right& right) {
  const Attempt attempt{.name_key = {}, .peer = peer_key(registration.peer_address)};
  ZOE_CHECK(limits_.check_registration(attempt.peer));
  User user{
      .id = 0, .name = name.shown, .name_key = name.key, .password_hash = {}, .role = right.role, .is_disabled = false};
  {
    ZOE_TRY(const HashGate::Slot slot, enter_to_hash(attempt));
    ZOE_TRY(user.password_hash, hash_password(registration.password, options_.hash_cost));
  }
  bool is_first_admin = false;
  const auto insert = [&](soci::session& sql, User& made) -> Status {
    is_first_admin = right.role == ZOE_ROLE_ADMIN && count_admins(sql) == 0;
    if (right.is_admin_code && !is_first_admin) return wrong_code();
    if (find_user(sql, name.key)) return name_taken();
    if (count_users(sql) >= options_.most_users) return fail(Errc::kDenied, "this server takes no more accounts");
    // In the same transaction as the account, so that of many who share its last use one gets it.
    if (!right.invite_digest.empty() && !use_invite(sql, right.invite_digest, host().utc_ns())) return wrong_code();
    made.id = insert_user(sql, {name, made.password_hash, made.role, host().utc_ns()});
    return {};
  };
  ZOE_TRY(const zoe_login login, start_session(user, registration.client, insert));
  limits_.add_registration(attempt.peer);
  host().count("registrations");
  host().info("{} (user {}) registered from {}", user.name, login.principal.user_id, attempt.peer);
  user.id = login.principal.user_id;
  if (is_first_admin) welcome_admin(user);
  return login;
}

Result<zoe_login> AuthSql::promote(const Registration& registration, const Name& name) {
  const Attempt attempt{.name_key = name.key, .peer = peer_key(registration.peer_address)};
  ZOE_TRY(User user, authenticate(attempt, registration.password));
  const auto raise = [&](soci::session& sql, User& raised) -> Status {
    if (count_admins(sql) > 0) return wrong_code();
    set_user_role(sql, raised.id, ZOE_ROLE_ADMIN);
    return {};
  };
  user.role = ZOE_ROLE_ADMIN;
  ZOE_TRY(const zoe_login login, start_session(user, registration.client, raise));
  welcome_admin(user);
  return login;
}

Result<zoe_login> AuthSql::log_in(const Credentials& credentials) {
  // A name that nobody can have is treated like one that nobody has.
  const Result<Name> name = parse_name(credentials.name);
  const Attempt attempt{.name_key = name ? name->key : std::string(), .peer = peer_key(credentials.peer_address)};
  ZOE_TRY(User user, authenticate(attempt, credentials.password));
  ZOE_TRY(const zoe_login login, start_session(std::move(user), credentials.client, {}));
  host().count("logins");
  return login;
}

// The limits are asked again after the wait: those who waited together with a guesser's other attempts are guesses too.
Result<HashGate::Slot> AuthSql::enter_to_hash(const Attempt& attempt) {
  ZOE_CHECK(limits_.check(attempt));
  ZOE_TRY(HashGate::Slot slot, hash_gate_.enter());
  ZOE_CHECK(limits_.check(attempt));
  return slot;
}

Result<User> AuthSql::authenticate(const Attempt& attempt, std::string_view password) {
  std::optional<User> user;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    user = find_user(sql, attempt.name_key);
    return {};
  }));
  ZOE_TRY(const HashGate::Slot slot, enter_to_hash(attempt));
  const bool can_be_right = user && password.size() <= kLongestPasswordBytes;
  const bool is_right = is_password_of(can_be_right ? user->password_hash : nobodys_hash_,
                                       can_be_right ? password : std::string_view("a password"));
  if (!can_be_right || !is_right) {
    limits_.add_failure(attempt);
    host().count("failed_logins");
    host().info("a log-in from {} failed", attempt.peer);
    return wrong_credentials();
  }
  limits_.add_success(attempt);
  if (user->is_disabled) return fail(Errc::kDenied, "this account is disabled: ask an administrator");
  refresh_hash(*user, password);
  return std::move(*user);
}

// After the operator changed the cost. The old hash serves on where this fails.
void AuthSql::refresh_hash(User& user, std::string_view password) {
  if (!is_hash_outdated(user.password_hash, options_.hash_cost)) return;
  const Result<std::string> hash = hash_password(password, options_.hash_cost);
  if (!hash) return;
  const Status changed = change_user(user.id, [&](soci::session& sql, const User& now) -> Status {
    if (now.password_hash != user.password_hash) return fail(Errc::kConflict, "the password was changed meanwhile");
    set_user_password(sql, user.id, *hash);
    return {};
  });
  if (changed) user.password_hash = *hash;
}

Result<zoe_login> AuthSql::start_session(User user, std::string_view client,
                                         const std::function<Status(soci::session&, User&)>& prepare) {
  const std::string token = make_token();
  NewSession session{.user_id = 0,
                     .token_digest = digest_token(token),
                     .client = clean_label(client),
                     .now_ns = host().utc_ns(),
                     .expires_ns = 0};
  session.expires_ns = session.now_ns + options_.token_lifetime_ns;
  std::uint64_t session_id = 0;
  ZOE_CHECK(database_->write([&](soci::session& sql) -> Status {
    if (prepare) {
      Status prepared = prepare(sql, user);
      if (!prepared) return prepared;
    }
    // Since the password was looked at, it may have been changed, or the account disabled.
    const std::optional<User> now = find_user(sql, user.id);
    if (!now || now->is_disabled || now->password_hash != user.password_hash) return wrong_credentials();
    user.role = now->role;
    session.user_id = user.id;
    session_id = insert_session(sql, session);
    return {};
  }));
  return make_login(user, session, session_id, token);
}

}  // namespace zoe::plugins::auth_sql
