#include "plugins/auth_sql/invites.hpp"

#include "engine/plugin/sdk/status.hpp"
#include "plugins/auth_sql/soci.hpp"

namespace zoe::plugins::auth_sql {
namespace {

// What SOCI reads an INTEGER column into without loss.
using Number = long long;

}  // namespace

std::uint64_t insert_invite(soci::session& sql, const NewInvite& invite) {
  const int role = static_cast<int>(invite.role);
  const int uses = static_cast<int>(invite.uses);
  const Number created_ns = invite.now_ns;
  const Number expires_ns = invite.expires_ns;
  sql << "insert into invites (code_digest, hint, note, role, uses_left, created_ns, expires_ns)"
         " values (:digest, :hint, :note, :role, :uses, :created, :expires)",
      soci::use(invite.code_digest), soci::use(invite.hint), soci::use(invite.note), soci::use(role), soci::use(uses),
      soci::use(created_ns), soci::use(expires_ns);
  Number id = 0;
  sql << "select last_insert_rowid()", soci::into(id);
  return static_cast<std::uint64_t>(id);
}

std::int64_t count_invites(soci::session& sql, std::int64_t now_ns) {
  Number number = 0;
  const Number now = now_ns;
  sql << "select count(*) from invites where uses_left > 0 and expires_ns > :now", soci::use(now), soci::into(number);
  return number;
}

std::optional<std::uint32_t> find_invite(soci::session& sql, const std::string& code_digest, std::int64_t now_ns) {
  int role = 0;
  const Number now = now_ns;
  sql << "select role from invites where code_digest = :digest and uses_left > 0 and expires_ns > :now",
      soci::use(code_digest), soci::use(now), soci::into(role);
  if (!sql.got_data()) return std::nullopt;
  return static_cast<std::uint32_t>(role);
}

bool use_invite(soci::session& sql, const std::string& code_digest, std::int64_t now_ns) {
  const Number now = now_ns;
  soci::statement taken = (sql.prepare << "update invites set uses_left = uses_left - 1"
                                          " where code_digest = :digest and uses_left > 0 and expires_ns > :now",
                           soci::use(code_digest), soci::use(now));
  taken.execute(true);
  return taken.get_affected_rows() == 1;
}

bool delete_invite(soci::session& sql, std::uint64_t id) {
  const auto key = static_cast<Number>(id);
  soci::statement deleted = (sql.prepare << "delete from invites where id = :id", soci::use(key));
  deleted.execute(true);
  return deleted.get_affected_rows() == 1;
}

void delete_spent_invites(soci::session& sql, std::int64_t now_ns) {
  const Number now = now_ns;
  sql << "delete from invites where uses_left <= 0 or expires_ns <= :now", soci::use(now);
}

std::vector<zoe_invite_info> list_live_invites(soci::session& sql, std::int64_t now_ns) {
  std::vector<zoe_invite_info> all;
  const Number now = now_ns;
  Number id = 0;
  std::string hint;
  std::string note;
  int role = 0;
  int uses_left = 0;
  Number created_ns = 0;
  Number expires_ns = 0;
  soci::statement rows = (sql.prepare << "select id, hint, note, role, uses_left, created_ns, expires_ns from invites"
                                         " where uses_left > 0 and expires_ns > :now order by id",
                          soci::use(now), soci::into(id), soci::into(hint), soci::into(note), soci::into(role),
                          soci::into(uses_left), soci::into(created_ns), soci::into(expires_ns));
  rows.execute();
  while (rows.fetch()) {
    zoe_invite_info info{};
    info.struct_size = sizeof info;
    info.role = static_cast<std::uint32_t>(role);
    info.invite_id = static_cast<std::uint64_t>(id);
    info.created_utc_ns = created_ns;
    info.expires_utc_ns = expires_ns;
    info.uses_left = static_cast<std::uint32_t>(uses_left);
    sdk::copy_text(info.hint, hint);
    sdk::copy_text(info.note, note);
    all.push_back(info);
  }
  return all;
}

}  // namespace zoe::plugins::auth_sql
