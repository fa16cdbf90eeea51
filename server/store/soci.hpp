// SOCI and its two back ends, for the sources of the store; no header of ours includes this.
#pragma once

// Its headers call members of a class whose type information its library does not export, and which the undefined
// behaviour sanitizer's check of dynamic types would link to.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored \
    "-Wignored-attributes"  // for the standard library's templates that are defined already
#pragma clang attribute push(__attribute__((no_sanitize("vptr"))), apply_to = function)
#endif
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace zoe::server {

// SQLite opens a file that it may not write without a word, and even begins to write to it.
inline bool is_read_only(soci::session& sql) {
  const auto* backend = static_cast<const soci::sqlite3_session_backend*>(sql.get_backend());
  return sqlite_api::sqlite3_db_readonly(backend->conn_, "main") != 0;
}

}  // namespace zoe::server

#if defined(__clang__)
#pragma clang attribute pop
#pragma clang diagnostic pop
#endif
