// Opening, migrating and refusing databases.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "server/store/database.hpp"
#include "server/store/schema.hpp"
#include "server/store/soci.hpp"
#include "tests/unit/server/store_fixture.hpp"

namespace zoe::server {
namespace {

using testing::HasSubstr;

class SchemaTest : public testing::TestWithParam<Backend> {
 protected:
  SchemaTest()
      : location_(GetParam() == Backend::kSqlite ? dir_.file("store.sqlite3")
                                                 : test::PostgresServer::shared().make_database()) {}
  std::unique_ptr<Database> connect() const {
    return Database::open(DatabaseLocation::parse(location_).value(), 2, Log::null()).value();
  }
  long long number(Database& database, const std::string& query) const {
    return database
        .read_value([&](soci::session& sql) -> Result<long long> {
          long long value = 0;
          sql << query, soci::into(value);
          return value;
        })
        .value();
  }
  Status execute(Database& database, const std::string& statement) const {
    return database.write([&](soci::session& sql) -> Status {
      sql << statement;
      return {};
    });
  }

  test::TempDir dir_;
  std::string location_;
};
INSTANTIATE_TEST_SUITE_P(On, SchemaTest, testing::Values(Backend::kSqlite, Backend::kPostgres), backend_name);

const std::vector<Migration> kTwo = {{"create table one (id {id}, text text not null)"},
                                     {"alter table one add column more integer not null default 7",
                                      "create table two (id {id}, one bigint references one (id))"}};

TEST_P(SchemaTest, AnOlderOneIsBroughtUpToDateWithItsData) {
  auto database = connect();
  ASSERT_TRUE(migrate(*database, {kTwo[0]}));
  ASSERT_TRUE(execute(*database, "insert into one (text) values ('kept')"));
  const auto migrated = migrate(*database, kTwo);
  ASSERT_TRUE(migrated) << migrated.error().message;
  EXPECT_EQ(number(*database, "select more from one where text = 'kept'"), 7);
  EXPECT_EQ(number(*database, "select version from zoetrope_schema"), 2);
  ASSERT_TRUE(migrate(*database, kTwo)) << "once more does nothing";
  if (GetParam() != Backend::kSqlite) return;
  const std::string backup = location_ + ".before-version-2";
  const auto old = Database::open(DatabaseLocation::parse(backup).value(), 1, Log::null()).value();
  EXPECT_EQ(number(*old, "select version from zoetrope_schema"), 1);
  EXPECT_EQ(number(*old, "select count(*) from one where text = 'kept'"), 1);
  EXPECT_EQ(std::filesystem::status(backup).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
}

TEST_P(SchemaTest, AFailureInTheMiddleChangesNothing) {
  auto database = connect();
  ASSERT_TRUE(migrate(*database, {kTwo[0]}));
  std::vector<Migration> bad = kTwo;
  bad[1].push_back("create table this is not sql");
  EXPECT_FALSE(migrate(*database, bad));
  EXPECT_EQ(number(*database, "select version from zoetrope_schema"), 1);
  EXPECT_FALSE(execute(*database, "insert into two (one) values (1)")) << "there is no such table";
  ASSERT_TRUE(migrate(*database, kTwo));
  EXPECT_EQ(number(*database, "select version from zoetrope_schema"), 2);
}

TEST_P(SchemaTest, ANewerOneIsRefused) {
  auto database = connect();
  ASSERT_TRUE(migrate(*database, kTwo));
  const auto refused = migrate(*database, {kTwo[0]});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kUnsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("version 2"));
  EXPECT_EQ(number(*database, "select version from zoetrope_schema"), 2);
}

TEST_P(SchemaTest, SomebodyElsesDatabaseIsLeftAlone) {
  auto database = connect();
  ASSERT_TRUE(execute(*database, "create table invoices (id integer)"));
  const auto refused = Store::open({.location = location_}, Log::null());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("--database"));
}

TEST_P(SchemaTest, ServersThatStartAtOnceBothGetThere) {
  std::atomic<int> opened{0};
  std::mutex mutex;
  std::string words;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        const auto store = Store::open({.location = location_}, Log::null());
        const std::lock_guard lock(mutex);
        if (store)
          ++opened;
        else
          words += store.error().message + "\n";
      });
  }
  EXPECT_EQ(opened, 4) << words;
}

TEST_P(SchemaTest, WhatThrowsIsUndone) {
  auto database = connect();
  ASSERT_TRUE(execute(*database, "create table t (n integer not null)"));
  const Status failed = database->write([](soci::session& sql) -> Status {
    sql << "insert into t (n) values (1)";
    throw std::runtime_error("in the middle");
  });
  EXPECT_THAT(failed.error().message, HasSubstr("in the middle"));
  EXPECT_EQ(database
                ->write([](soci::session& sql) -> Status {
                  sql << "insert into t (n) values (2)";
                  return fail(Errc::kConflict, "thought better of it");
                })
                .error()
                .code,
            Errc::kConflict);
  EXPECT_EQ(number(*database, "select count(*) from t"), 0);
  EXPECT_FALSE(database->read([](soci::session& sql) -> Status {
    sql << "insert into t (n) values (3)";
    return {};
  })) << "who reads cannot write";
  EXPECT_EQ(number(*database, "select count(*) from t"), 0);
}

TEST(StoreLocation, IsAPathOrAUri) {
  EXPECT_EQ(DatabaseLocation::parse("/var/lib/z/store.sqlite3")->dialect, Dialect::kSqlite);
  const auto uri = DatabaseLocation::parse("postgresql://ann:secret@db.lan:5433/zoe?sslmode=require").value();
  EXPECT_EQ(uri.dialect, Dialect::kPostgres);
  EXPECT_THAT(uri.target, HasSubstr("password=secret"));
  EXPECT_EQ(uri.shown, "postgresql://ann@db.lan:5433/zoe");
  EXPECT_EQ(DatabaseLocation::parse("postgres://db.lan/zoe")->shown, "postgres://db.lan/zoe");
  for (const char* bad : {"", "store.sqlite3", "mysql://db/zoe", "postgresql://[::1/zoe", "postgresql://a/b?c=d",
                          "postgresql://ann:a%20b@db/zoe"})
    EXPECT_EQ(DatabaseLocation::parse(bad).error().code, Errc::kInvalidArgument) << bad;
}

TEST(StoreFile, ADamagedOneIsSaid) {
  const test::TempDir dir;
  const std::string path = dir.write("store.sqlite3", std::string(8192, 'x'));
  const auto refused = Store::open({.location = path}, Log::null());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kMalformed);
  EXPECT_THAT(refused.error().message, HasSubstr(path));
}

TEST(StoreFile, AFolderThatIsNotThereIsSaid) {
  const auto refused = Store::open({.location = "/nonexistent/store.sqlite3"}, Log::null());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kDenied);
}

TEST(StoreFile, WhatAnotherProgramHoldsIsWaitedForAndThenSaid) {
  const test::TempDir dir;
  const auto store = Store::open({.location = dir.file("store.sqlite3")}, Log::null()).value();
  soci::session other(*soci::factory_sqlite3(), dir.file("store.sqlite3"));
  other << "begin immediate";
  std::jthread releases([&] {
    // The write below is under way by then, or begins after it: either way it succeeds.
    other << "commit";
  });
  EXPECT_TRUE(store->people().enter({"auth_sql", 1}, "Ann", 1));
}

TEST(StorePostgres, AConnectionThatBreaksIsMadeAnew) {
  test::PostgresServer server;
  const std::string location = server.make_database();
  const auto store = Store::open({.location = location, .readers = 2}, Log::null()).value();
  const PersonId ann = store->people().enter({"auth_sql", 1}, "Ann", 1).value();
  server.kill();
  const auto gone = store->collections().favourites(ann);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::kUnavailable);
  EXPECT_EQ(store->collections().add_favourite(ann, "m", "t", 1).error().code, Errc::kUnavailable);
  server.start();
  EXPECT_TRUE(store->collections().add_favourite(ann, "m", "t", 1));
  EXPECT_EQ(store->collections().favourites(ann).value().size(), 1U);
  EXPECT_EQ(store->people().enter({"auth_sql", 1}, "Ann", 1).value(), ann) << "what was said before is still there";
}

}  // namespace
}  // namespace zoe::server
