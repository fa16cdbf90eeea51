#include "server/store/audit_store.hpp"

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

// For LIKE, with '!' before what would stand for something else.
std::string pattern_of(const std::string& search) {
  std::string pattern = "%";
  for (const char c : search) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return pattern + "%";
}

}  // namespace

Status AuditStore::add(const AuditEntry& entry) {
  for (const std::string* text : {&entry.actor, &entry.action, &entry.subject, &entry.address, &entry.detail})
    ZOE_CHECK(check_text(*text, "an entry of the audit log"));
  return database_.write([&](soci::session& sql) -> Status {
    const long long at = entry.utc_ns;
    const int is_ok = entry.is_ok ? 1 : 0;
    sql << "insert into audit (at_ns, actor, action, subject, address, is_ok, detail) "
           "values (:at, :actor, :action, :subject, :address, :ok, :detail)",
        soci::use(at), soci::use(entry.actor), soci::use(entry.action), soci::use(entry.subject),
        soci::use(entry.address), soci::use(is_ok), soci::use(entry.detail);
    return {};
  });
}

Result<std::vector<AuditEntry>> AuditStore::list(const AuditQuery& query) {
  ZOE_CHECK(check_text(query.search, "the search"));
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<AuditEntry>> {
    const long long before = query.before > 0 ? query.before : INT64_MAX;
    const auto most = static_cast<long long>(query.limit);
    const std::string pattern = pattern_of(query.search);
    AuditEntry row;
    long long id = 0;
    long long at = 0;
    int is_ok = 0;
    soci::statement statement =
        (sql.prepare << "select id, at_ns, actor, action, subject, address, is_ok, detail from audit "
                        "where id < :before and lower(actor || ' ' || action || ' ' || subject || ' ' || address || "
                        "' ' || detail) like :pattern escape '!' order by id desc limit :most",
         soci::use(before), soci::use(pattern), soci::use(most), soci::into(id), soci::into(at), soci::into(row.actor),
         soci::into(row.action), soci::into(row.subject), soci::into(row.address), soci::into(is_ok),
         soci::into(row.detail));
    std::vector<AuditEntry> entries;
    statement.execute();
    while (statement.fetch()) {
      row.id = id;
      row.utc_ns = at;
      row.is_ok = is_ok != 0;
      entries.push_back(row);
    }
    return entries;
  });
}

Status AuditStore::trim(std::size_t most) {
  return database_.write([&](soci::session& sql) -> Status {
    const auto kept = static_cast<long long>(most);
    sql << "delete from audit where id <= (select coalesce(max(id), 0) from audit) - :kept", soci::use(kept);
    return {};
  });
}

}  // namespace zoe::server
