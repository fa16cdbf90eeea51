#include "plugins/auth_sql/database.hpp"

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "engine/core/clock.hpp"
#include "plugins/auth_sql/connection.hpp"
#include "plugins/auth_sql/schema.hpp"
#include "plugins/auth_sql/soci.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr int kReaders = 4;
constexpr std::int64_t kLogPeriodNs = 10 * kNsPerS;

// Only its owner reads a file of password hashes. The files that SQLite puts beside it take its permissions.
void make_private(const std::string& path) {
  using std::filesystem::perms;
  const perms now = std::filesystem::status(path).permissions();
  if ((now & (perms::group_all | perms::others_all)) == perms::none) return;
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
}

// The journal mode that it is in then. SQLite's busy timeout does not hold here: another generation that opens the same
// file is met with "busy" at once.
std::string use_wal(soci::session& sql) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  for (;;) {
    try {
      std::string mode;
      sql << "pragma journal_mode = wal", soci::into(mode);
      return mode;
    } catch (const soci::sqlite3_soci_error& busy) {
      if ((busy.result() & 0xFF) != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Status guard(const std::string& path, const std::function<Status()>& body) {
  try {
    return body();
  } catch (const std::exception& thrown) {
    return fail(explain(thrown, path));
  }
}

}  // namespace

Database::Database(const sdk::Host& host, std::string path)
    : host_(host), path_(std::move(path)), last_logged_ns_(host.now_ns() - kLogPeriodNs) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const sdk::Host& host, std::string path) {
  std::unique_ptr<Database> database(new Database(host, std::move(path)));
  ZOE_CHECK(guard(database->path_, [&] { return database->open_connections(); }));
  return database;
}

Status Database::open_connections() {
  std::unique_ptr<soci::session> writer = open_connection(path_, Access::kWrite);
  ZOE_CHECK(check_schema(*writer, path_));
  make_private(path_);
  const std::string mode = use_wal(*writer);
  if (mode != "wal") {
    host_.warning(
        "the file system of {} cannot share memory between programs, so readers and writers of it wait for each "
        "other (journal mode '{}')",
        path_, mode);
  }
  ZOE_CHECK(in_transaction(*writer, [&](soci::session& sql) { return migrate_schema(sql, path_); }));
  writer_ = std::make_unique<SessionPool>();
  writer_->add(std::move(writer));
  readers_ = std::make_unique<SessionPool>();
  for (int i = 0; i < kReaders; ++i) readers_->add(open_connection(path_, Access::kRead));
  return {};
}

Status Database::read(const Body& body) {
  ZOE_TRY(const SessionPool::Lease lease, readers_->borrow());
  try {
    return body(*lease);
  } catch (const std::exception& thrown) {
    return fail(hide(explain(thrown, path_)));
  }
}

Status Database::write(const Body& body) {
  ZOE_TRY(const SessionPool::Lease lease, writer_->borrow());
  try {
    return in_transaction(*lease, body);
  } catch (const std::exception& thrown) {
    return fail(hide(explain(thrown, path_)));
  }
}

// A broken disk fails every request of every client: one line now and then is enough.
Error Database::hide(const Error& error) {
  const std::int64_t now_ns = host_.now_ns();
  std::int64_t last_ns = last_logged_ns_.load(std::memory_order_relaxed);
  if (now_ns - last_ns >= kLogPeriodNs &&
      last_logged_ns_.compare_exchange_strong(last_ns, now_ns, std::memory_order_relaxed))
    host_.error("{}", error.message);
  host_.count("database_failures");
  return {Errc::kUnavailable, "the server cannot use its account database now; its log says why"};
}

}  // namespace zoe::plugins::auth_sql
