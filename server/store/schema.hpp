// The tables of the store, as numbered migrations.
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/database.hpp"

namespace zoe::server {

// The statements that lead from the version before to one. `{id}` stands for the type of a number that the database
// gives out and never gives out again; everything else is what SQLite and PostgreSQL both understand.
using Migration = std::vector<std::string>;

// All there are: the first one makes version 1.
const std::vector<Migration>& migrations();

// Brings the data to the newest version of `all`, in one transaction: either all of it or nothing. A file of SQLite
// that has content is copied first, to "FILE.before-version-N" beside it. Two servers that start at once on one
// database wait for each other.
//
// kUnsupported for data of a newer version, kConflict for a database that holds something else.
Status migrate(Database& database, const std::vector<Migration>& all);

}  // namespace zoe::server
