// Who did what: sign-ins and the acts of administrators.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe::server {

class Database;

struct AuditEntry {
  std::int64_t id = 0;  // rises
  std::int64_t utc_ns = 0;
  std::string actor;    // a name; of a failed sign-in the one that was tried
  std::string action;   // the control API's method: "auth.login", "admin.set_role", …
  std::string subject;  // what it was done to; empty: the actor
  std::string address;  // of the peer
  bool is_ok = true;
  std::string detail;  // an error's words, a new role
};

struct AuditQuery {
  std::int64_t before = 0;  // an id; 0: from the newest on
  std::string search;       // in actor, action, subject, address and detail, without regard to ASCII case
  std::size_t limit = 100;
};

// As Store.
class AuditStore {
 public:
  explicit AuditStore(Database& database) : database_(database) {}

  Status add(const AuditEntry& entry);
  Result<std::vector<AuditEntry>> list(const AuditQuery& query);  // newest first
  // Keeps the newest `most`.
  Status trim(std::size_t most);

 private:
  Database& database_;
};

}  // namespace zoe::server
