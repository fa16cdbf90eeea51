#include "plugins/auth_sql/sessions.hpp"

#include "engine/plugin/sdk/status.hpp"
#include "plugins/auth_sql/soci.hpp"

namespace zoe::plugins::auth_sql {
namespace {

using Number = long long;

constexpr const char* kColumns =
    "select sessions.id, user_id, expires_ns, name, role, is_disabled from sessions join users on users.id = user_id"
    " where ";

template <typename Key>
std::optional<Session> find_by(soci::session& sql, const char* condition, const Key& key) {
  Session session;
  Number id = 0;
  Number user_id = 0;
  Number expires_ns = 0;
  int role = 0;
  int is_disabled = 0;
  sql << kColumns << condition, soci::use(key, "key"), soci::into(id), soci::into(user_id), soci::into(expires_ns),
      soci::into(session.user_name), soci::into(role), soci::into(is_disabled);
  if (!sql.got_data()) return std::nullopt;
  session.id = static_cast<std::uint64_t>(id);
  session.user_id = static_cast<std::uint64_t>(user_id);
  session.expires_ns = expires_ns;
  session.role = static_cast<std::uint32_t>(role);
  session.is_disabled = is_disabled != 0;
  return session;
}

}  // namespace

std::optional<Session> find_session(soci::session& sql, const std::string& token_digest) {
  return find_by(sql, "token_digest = :key", token_digest);
}

std::optional<Session> find_session(soci::session& sql, std::uint64_t id) {
  return find_by(sql, "sessions.id = :key", static_cast<Number>(id));
}

std::uint64_t insert_session(soci::session& sql, const NewSession& session) {
  const auto user_id = static_cast<Number>(session.user_id);
  const Number now_ns = session.now_ns;
  const Number expires_ns = session.expires_ns;
  sql << "insert into sessions (user_id, token_digest, client, created_ns, last_used_ns, expires_ns)"
         " values (:user, :digest, :client, :now, :now, :expires)",
      soci::use(user_id, "user"), soci::use(session.token_digest, "digest"), soci::use(session.client, "client"),
      soci::use(now_ns, "now"), soci::use(expires_ns, "expires");
  Number id = 0;
  sql << "select last_insert_rowid()", soci::into(id);
  const int most = kMostSessionsOfUser;
  sql << "delete from sessions where user_id = :user and id <="
         " (select id from sessions where user_id = :user order by id desc limit 1 offset :most)",
      soci::use(user_id, "user"), soci::use(most, "most");
  return static_cast<std::uint64_t>(id);
}

bool delete_session(soci::session& sql, std::uint64_t user_id, std::uint64_t session_id) {
  const auto user_key = static_cast<Number>(user_id);
  const auto session_key = static_cast<Number>(session_id);
  soci::statement deletion = (sql.prepare << "delete from sessions where user_id = :user and id = :id",
                              soci::use(user_key), soci::use(session_key));
  deletion.execute(true);
  return deletion.get_affected_rows() > 0;
}

void delete_sessions_but(soci::session& sql, std::uint64_t user_id, std::uint64_t kept_session_id) {
  const auto user_key = static_cast<Number>(user_id);
  const auto kept_key = static_cast<Number>(kept_session_id);
  sql << "delete from sessions where user_id = :user and id <> :kept", soci::use(user_key), soci::use(kept_key);
}

void delete_expired_sessions(soci::session& sql, std::int64_t now_ns) {
  const Number now = now_ns;
  sql << "delete from sessions where expires_ns <= :now", soci::use(now);
}

void update_last_used(soci::session& sql, const std::map<std::uint64_t, std::int64_t>& last_used_ns) {
  Number time_ns = 0;
  Number id = 0;
  soci::statement update = (sql.prepare << "update sessions set last_used_ns = max(last_used_ns, :time) where id = :id",
                            soci::use(time_ns), soci::use(id));
  for (const auto& [session_id, used_ns] : last_used_ns) {
    id = static_cast<Number>(session_id);
    time_ns = used_ns;
    update.execute(true);
  }
}

std::vector<zoe_session_info> list_sessions_of(soci::session& sql, std::uint64_t user_id, std::int64_t now_ns) {
  std::vector<zoe_session_info> all;
  const auto user_key = static_cast<Number>(user_id);
  const Number now = now_ns;
  Number id = 0;
  std::string client;
  Number created_ns = 0;
  Number last_used_ns = 0;
  Number expires_ns = 0;
  soci::statement rows = (sql.prepare << "select id, client, created_ns, last_used_ns, expires_ns from sessions"
                                         " where user_id = :user and expires_ns > :now order by id",
                          soci::use(user_key), soci::use(now), soci::into(id), soci::into(client),
                          soci::into(created_ns), soci::into(last_used_ns), soci::into(expires_ns));
  rows.execute();
  while (rows.fetch()) {
    zoe_session_info info{};
    info.struct_size = sizeof info;
    info.session_id = static_cast<std::uint64_t>(id);
    info.user_id = user_id;
    info.created_utc_ns = created_ns;
    info.last_used_utc_ns = last_used_ns;
    info.expires_utc_ns = expires_ns;
    sdk::copy_text(info.client, client);
    all.push_back(info);
  }
  return all;
}

}  // namespace zoe::plugins::auth_sql
