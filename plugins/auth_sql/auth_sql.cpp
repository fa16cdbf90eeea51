#include "plugins/auth_sql/auth_sql.hpp"

#include <utility>

#include <sodium.h>

#include "plugins/auth_sql/secrets.hpp"
#include "plugins/auth_sql/sessions.hpp"

namespace zoe::plugins::auth_sql {
namespace {

bool may(std::uint32_t role, std::uint32_t action) {
  switch (role) {
    case ZOE_ROLE_ADMIN:
      return true;
    case ZOE_ROLE_MEMBER:
      return action == ZOE_ACTION_BROWSE || action == ZOE_ACTION_WATCH || action == ZOE_ACTION_DOWNLOAD;
    case ZOE_ROLE_GUEST:
      return action == ZOE_ACTION_BROWSE || action == ZOE_ACTION_WATCH;
    default:
      return false;
  }
}

bool is_live(const std::optional<Session>& session, std::int64_t utc_ns) {
  return session && !session->is_disabled && session->expires_ns > utc_ns;
}

}  // namespace

AuthSql::AuthSql(const sdk::Host& host, Options options, std::unique_ptr<Database> database,
                 std::string admin_code_path, std::string nobodys_hash)
    : AuthPlugin(host),
      options_(std::move(options)),
      database_(std::move(database)),
      admin_code_(std::move(admin_code_path)),
      nobodys_hash_(std::move(nobodys_hash)),
      hash_gate_(options_.concurrent_hashes),
      limits_(host) {}

Result<std::unique_ptr<AuthSql>> AuthSql::create(const sdk::Host& host) {
  ZOE_CHECK(init_secrets());
  ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "auth_sql"));
  ZOE_TRY(Options options, Options::read(settings));
  if (options.hash_cost.operations < crypto_pwhash_OPSLIMIT_INTERACTIVE ||
      options.hash_cost.memory_bytes < crypto_pwhash_MEMLIMIT_INTERACTIVE) {
    host.warning(
        "[plugins.auth_sql] hash_operations and hash_memory_kib are below {} and {}: passwords are easier to "
        "guess for whoever gets hold of the database",
        crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024);
  }
  std::string nobodys_hash = make_nobodys_hash(options.hash_cost);
  ZOE_TRY(const std::string folder, host.data_folder());
  ZOE_TRY(std::unique_ptr<Database> database, Database::open(host, folder + "/accounts.sqlite3"));
  std::unique_ptr<AuthSql> plugin(
      new AuthSql(host, std::move(options), std::move(database), folder + "/admin-code.txt", std::move(nobodys_hash)));
  ZOE_CHECK(plugin->announce_admin_code());
  ZOE_TRY(plugin->upkeep_, Upkeep::start(host, *plugin->database_));
  return plugin;
}

// Under the write lock, so that two that start at once agree on one code.
Status AuthSql::announce_admin_code() {
  std::string code;
  ZOE_CHECK(database_->write([&](soci::session& sql) -> Status {
    has_admin_ = count_admins(sql) > 0;
    if (has_admin_) return {};
    ZOE_TRY(code, admin_code_.ensure());
    return {};
  }));
  if (has_admin_) {
    admin_code_.remove();  // left by a crash between the two
    return {};
  }
  host().warning(
      "there is no administrator yet. Register with this one-time code to become the administrator: {} (it is "
      "also in {})",
      code, admin_code_.path());
  return {};
}

// Once there is an administrator there always is one, so only the answer "missing" has to be asked for again.
bool AuthSql::is_admin_missing() {
  if (has_admin_) return false;
  const Status asked = database_->read([&](soci::session& sql) -> Status {
    if (count_admins(sql) > 0) has_admin_ = true;
    return {};
  });
  return asked.has_value() && !has_admin_;
}

void AuthSql::welcome_admin(const User& admin) {
  has_admin_ = true;
  if (!admin_code_.remove()) host().warning("could not delete {}; the code in it is void", admin_code_.path());
  host().warning("{} (user {}) is the administrator now; the one-time code is void", admin.name, admin.id);
}

Status AuthSql::self_test() {
  constexpr HashCost kCheap{crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
  ZOE_TRY(const std::string hash, hash_password("right", kCheap));
  if (!is_password_of(hash, "right") || is_password_of(hash, "wrong"))
    return fail(Errc::kInternal, "libsodium cannot tell a right password from a wrong one");
  if (is_hash_outdated(nobodys_hash_, options_.hash_cost))
    return fail(Errc::kInternal, "this libsodium writes its hashes in another form");
  return database_->read([](soci::session& sql) -> Status {
    count_admins(sql);
    return {};
  });
}

std::uint32_t AuthSql::capabilities() {
  const bool is_missing = is_admin_missing();
  std::uint32_t flags = ZOE_AUTH_CAN_LOG_IN;
  if (options_.registration != RegistrationPolicy::kClosed || is_missing) flags |= ZOE_AUTH_CAN_REGISTER;
  if (is_missing) flags |= ZOE_AUTH_CODE_MAKES_ADMIN;
  if (options_.registration == RegistrationPolicy::kInvite) flags |= ZOE_AUTH_NEEDS_INVITE;
  return flags;
}

Result<zoe_login> AuthSql::guest(std::string_view) {
  return fail(Errc::kUnsupported, "this server lets nobody in without an account: log in or register");
}

Result<zoe_principal> AuthSql::resolve(std::string_view token) {
  std::optional<Session> session;
  if (is_token(token)) {
    const std::string digest = digest_token(token);
    ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
      session = find_session(sql, digest);
      return {};
    }));
  }
  const std::int64_t utc_ns = host().utc_ns();
  if (!is_live(session, utc_ns)) return fail(Errc::kUnauthenticated, "this session has ended: log in again");
  upkeep_->note_use(session->id, utc_ns);
  zoe_principal principal{};
  principal.struct_size = sizeof principal;
  principal.role = session->role;
  principal.user_id = session->user_id;
  principal.session_id = session->id;
  principal.expires_utc_ns = session->expires_ns;
  sdk::copy_text(principal.name, session->user_name);
  return principal;
}

Status AuthSql::authorise(const zoe_principal& principal, std::uint32_t action, std::string_view) {
  std::optional<Session> session;
  ZOE_CHECK(database_->read([&](soci::session& sql) -> Status {
    session = find_session(sql, principal.session_id);
    return {};
  }));
  if (!is_live(session, host().utc_ns()) || session->user_id != principal.user_id)
    return fail(Errc::kDenied, "this session has ended: log in again");
  if (!may(session->role, action)) return fail(Errc::kDenied, "your account may not do that");
  return {};
}

}  // namespace zoe::plugins::auth_sql

ZOE_DEFINE_PLUGIN(zoe::plugins::auth_sql::AuthSql, "auth_sql", "Accounts", "1.0.0")
