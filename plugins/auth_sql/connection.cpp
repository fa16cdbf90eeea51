#include "plugins/auth_sql/connection.hpp"

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "plugins/auth_sql/soci.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr std::chrono::seconds kLongestWait{10};

// SOCI takes a text without '=' as the path, and else pairs whose values may be quoted but not escaped.
std::string connect_string(const std::string& path) {
  if (path.find('=') == std::string::npos) return path;
  if (path.find('"') != std::string::npos)
    throw std::invalid_argument("a path with both '=' and '\"' cannot be opened; choose another data folder");
  return "dbname=\"" + path + "\"";
}

// SQLite's own words, without the name of SOCI's function before them and the statement behind them.
std::string words_of(const std::exception& thrown) {
  const auto* error = dynamic_cast<const soci::soci_error*>(&thrown);
  const std::string words = error ? error->get_error_message() : thrown.what();
  const std::size_t end = words.find(": ");
  return words.starts_with("sqlite3_") && end != std::string::npos ? words.substr(end + 2) : words;
}

Error damaged(const std::string& path, std::string_view reason) {
  return {Errc::kMalformed, "the account database " + path + " is damaged (" + std::string(reason) +
                                "): restore it from a backup, or move it away to begin without accounts"};
}

Error not_writable(const std::string& path, std::string_view reason) {
  return {Errc::kDenied, "cannot read and write the account database " + path + " (" + std::string(reason) +
                             "): give the user that runs the server write access to the file and to its folder"};
}

}  // namespace

std::unique_ptr<soci::session> open_connection(const std::string& path, Access access) {
  auto sql = std::make_unique<soci::session>(*soci::factory_sqlite3(), connect_string(path));
  if (is_read_only(*sql)) throw soci::sqlite3_soci_error("it is read-only", SQLITE_READONLY);
  *sql << "pragma busy_timeout = 5000";
  *sql << "pragma foreign_keys = on";
  if (access == Access::kRead) {
    *sql << "pragma query_only = on";
  } else {
    // A registration or a revocation that was confirmed outlives a loss of power.
    *sql << "pragma synchronous = full";
  }
  return sql;
}

Error explain(const std::exception& thrown, const std::string& path) {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown);
  const int code = sqlite ? sqlite->result() & 0xFF : 0;  // the low byte is the primary result code
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::kUnavailable, "the account database " + path +
                                      " is held by another program: end that program's transaction, then try again"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damaged(path, words_of(thrown));
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return not_writable(path, words_of(thrown));
    case SQLITE_FULL:
      return {Errc::kIo, "no space is left on the disk of the account database " + path};
    case SQLITE_NOMEM:
      return {Errc::kNoMemory, "no memory is left for the account database " + path};
    case SQLITE_IOERR:
      return {Errc::kIo, "the disk of the account database " + path + " fails: " + words_of(thrown)};
    default:
      return {Errc::kInternal, "account database " + path + ": " + thrown.what()};
  }
}

Status in_transaction(soci::session& sql, const std::function<Status(soci::session&)>& body) {
  // Some failures end the transaction by themselves; a rollback then has nothing to do, and says so.
  const auto roll_back = [&] {
    try {
      sql << "rollback";
    } catch (const soci::soci_error&) {
    }
  };
  sql << "begin immediate";
  try {
    Status status = body(sql);
    if (!status) {
      roll_back();
      return status;
    }
    sql << "commit";
    return {};
  } catch (...) {
    roll_back();
    throw;
  }
}

SessionPool::Lease::Lease(SessionPool& pool, std::unique_ptr<soci::session> session)
    : pool_(&pool), session_(std::move(session)) {}
SessionPool::Lease::Lease(Lease&&) noexcept = default;
SessionPool::Lease::~Lease() {
  if (session_) pool_->add(std::move(session_));
}

SessionPool::SessionPool() = default;
SessionPool::~SessionPool() = default;

void SessionPool::add(std::unique_ptr<soci::session> session) {
  MutexLock lock(mutex_);
  idle_.push_back(std::move(session));
  returned_.notify_one();
}

Result<SessionPool::Lease> SessionPool::borrow() {
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  MutexLock lock(mutex_);
  bool is_in_time = true;
  while (idle_.empty() && is_in_time) is_in_time = returned_.wait_until(mutex_, deadline);
  if (idle_.empty()) return fail(Errc::kUnavailable, "the account database is busy: try again in a moment");
  std::unique_ptr<soci::session> session = std::move(idle_.back());
  idle_.pop_back();
  return Lease(*this, std::move(session));
}

}  // namespace zoe::plugins::auth_sql
