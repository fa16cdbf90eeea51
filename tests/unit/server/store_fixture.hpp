// A store on each of the databases that it knows. Thread: the test's.
#pragma once

#include <gtest/gtest.h>

#include "server/store/access_store.hpp"
#include "server/store/audit_store.hpp"
#include "server/store/collection_store.hpp"
#include "server/store/history_store.hpp"
#include "server/store/people_store.hpp"
#include "server/store/room_store.hpp"
#include "server/store/settings_store.hpp"
#include "server/store/store.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {

enum class Backend { kSqlite, kPostgres };

inline std::string backend_name(const testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::kSqlite ? "Sqlite" : "Postgres";
}

class StoreFixture : public testing::TestWithParam<Backend> {
 protected:
  StoreFixture()
      : location_(GetParam() == Backend::kSqlite ? dir_.file("store.sqlite3")
                                                 : test::PostgresServer::shared().make_database()) {
    open();
  }
  void open() {
    auto opened = Store::open({.location = location_}, Log::null());
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  PersonId person(const std::string& name, std::uint64_t user_id) {
    return store_->people().enter({"auth_sql", user_id}, name, 1).value();
  }

  test::TempDir dir_;
  std::string location_;
  std::unique_ptr<Store> store_;
};

}  // namespace zoe::server
