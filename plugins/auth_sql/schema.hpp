// The tables of an account database and their versions.
#pragma once

#include <string>

#include "engine/core/result.hpp"

namespace soci {
class session;
}

namespace zoe::plugins::auth_sql {

// Looks without writing: kConflict for a file that holds something else, kUnsupported for a newer version than this
// plugin knows, kMalformed when SQLite finds it damaged. Throws soci::soci_error.
Status check_schema(soci::session& sql, const std::string& path);

// Runs the migrations that are missing; inside a write transaction, so two that start at once do it once. Before an
// existing version is changed the file is copied to "PATH.before-version-N". Throws soci::soci_error.
Status migrate_schema(soci::session& sql, const std::string& path);

}  // namespace zoe::plugins::auth_sql
