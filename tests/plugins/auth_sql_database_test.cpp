// What the account plugin keeps on disk: restarts, versions, damage, other programs, two generations at once.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <sodium.h>

#include "plugins/auth_sql/soci.hpp"
#include "tests/plugins/auth_sql_support.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AuthSqlDatabase : public AuthSqlTest {
 protected:
  // Runs statements on the file from outside; the folder is made where there is none.
  void edit(const std::vector<std::string>& statements) {
    fs::create_directories(host_.data_folder("auth_sql"));
    soci::session sql(*soci::factory_sqlite3(), database_file());
    for (const std::string& statement : statements) sql << statement;
  }
  std::int64_t ask_number(const std::string& query) {
    long long number = -1;
    soci::session sql(*soci::factory_sqlite3(), database_file());
    sql << query, soci::into(number);
    return number;
  }

  // Files of the data folder that hold `text` as it is.
  std::vector<std::string> files_with(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(host_.data_folder("auth_sql")))
      if (read_whole_file(entry.path()).find(text) != std::string::npos) found.push_back(entry.path().filename());
    return found;
  }
};

TEST_F(AuthSqlDatabase, ARestartKeepsAccountsAndSessions) {
  Accounts accounts = start();
  const auto ada = accounts.register_user("Ada");
  const auto revoked = accounts.log_in("Ada");
  ASSERT_TRUE(ada && revoked);
  ASSERT_TRUE(accounts.revoke(revoked->principal.user_id, revoked->principal.session_id));
  advance_s(500);
  ASSERT_TRUE(accounts.resolve(ada->token));
  stop(accounts);
  accounts = start();
  const auto who = accounts.resolve(ada->token);
  ASSERT_TRUE(who) << words_of(who);
  EXPECT_EQ(who->user_id, ada->principal.user_id);
  EXPECT_EQ(who->session_id, ada->principal.session_id);
  EXPECT_EQ(who->expires_utc_ns, ada->principal.expires_utc_ns);
  EXPECT_FALSE(accounts.resolve(revoked->token));
  EXPECT_TRUE(accounts.log_in("ada"));
  const auto sessions = accounts.sessions(who->user_id);
  EXPECT_EQ(sessions->front().last_used_utc_ns - sessions->front().created_utc_ns, 500 * kNsPerS)
      << "noted in memory, and written at the end";
}

TEST_F(AuthSqlDatabase, SecretsAreStoredOnlyHashed) {
  Accounts accounts = start();
  const auto ada = accounts.register_user("Ada", "a password to be looked for");
  ASSERT_TRUE(ada);
  stop(accounts);
  EXPECT_THAT(files_with(ada->token), testing::IsEmpty());
  EXPECT_THAT(files_with("a password to be looked for"), testing::IsEmpty());
  EXPECT_THAT(files_with("$argon2id$"), testing::ElementsAre("accounts.sqlite3")) << "this search does find things";
  std::array<unsigned char, 32> raw{};
  ASSERT_EQ(sodium_base642bin(raw.data(), raw.size(), ada->token, 43, nullptr, nullptr, nullptr,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING),
            0);
  EXPECT_THAT(files_with(std::string(raw.begin(), raw.end())), testing::IsEmpty());
}

TEST_F(AuthSqlDatabase, ItsFilesAreItsOwners) {
  Accounts accounts = start();
  ASSERT_TRUE(accounts.register_user("Ada"));
  int files = 0;
  for (const auto& entry : fs::directory_iterator(host_.data_folder("auth_sql"))) {
    ++files;
    EXPECT_EQ(entry.status().permissions(), fs::perms{0600}) << entry.path();
  }
  EXPECT_GE(files, 3) << "the database with its log, and the code";
}

TEST_F(AuthSqlDatabase, ExpiredSessionsAreDeleted) {
  Accounts accounts = start();
  ASSERT_TRUE(accounts.register_user("Ada"));
  advance_s(15 * 24 * 3600);
  ASSERT_TRUE(accounts.log_in("Ada"));
  stop(accounts);
  EXPECT_EQ(ask_number("select count(*) from sessions"), 2);
  advance_s(15 * 24 * 3600);
  accounts = start();
  stop(accounts);
  EXPECT_EQ(ask_number("select count(*) from sessions"), 1);
}

TEST_F(AuthSqlDatabase, AnAccountHasAtMostAThousandSessions) {
  Accounts accounts = start();
  const auto first = accounts.register_user("Ada");
  const auto bob = accounts.register_user("Bob");
  ASSERT_TRUE(first && bob);
  edit(
      {"insert into sessions (user_id, token_digest, client, created_ns, last_used_ns, expires_ns)"
       " with recursive n(i) as (select 1 union all select i + 1 from n where i < 998)"
       " select 1, 'digest' || i, '', created_ns, created_ns, expires_ns from n, sessions where user_id = 1"});
  ASSERT_TRUE(accounts.log_in("Ada"));
  EXPECT_EQ(accounts.sessions(first->principal.user_id)->size(), 1000U);
  EXPECT_TRUE(accounts.resolve(first->token));
  ASSERT_TRUE(accounts.log_in("Ada"));
  EXPECT_EQ(accounts.sessions(first->principal.user_id)->size(), 1000U);
  EXPECT_FALSE(accounts.resolve(first->token)) << "the oldest made room";
  EXPECT_TRUE(accounts.resolve(bob->token));
}

// The host's timers, fired by the test.
class DrivenTimers {
 public:
  explicit DrivenTimers(plugin::HostServices& services) { services.add_service(ZOE_TIMERS_V1, &table_, this); }
  void fire() { fire_(user_); }
  bool is_running() const { return fire_ != nullptr; }
  std::int64_t period_ns() const { return period_ns_; }

 private:
  static DrivenTimers& of(const zoe_host* host) {
    return *static_cast<DrivenTimers*>(plugin::HostContext::of(host).service_user(ZOE_TIMERS_V1));
  }
  const zoe_timers_v1 table_{
      .struct_size = sizeof(zoe_timers_v1),
      .start = [](const zoe_host* host, std::int64_t, std::int64_t period_ns, void (*call)(void*),
                  void* user) -> zoe_timer* {
        DrivenTimers& self = of(host);
        self.fire_ = call;
        self.user_ = user;
        self.period_ns_ = period_ns;
        return reinterpret_cast<zoe_timer*>(&self);
      },
      .cancel = [](zoe_timer* timer) { reinterpret_cast<DrivenTimers*>(timer)->fire_ = nullptr; },
  };
  void (*fire_)(void*) = nullptr;
  void* user_ = nullptr;
  std::int64_t period_ns_ = 0;
};

TEST_F(AuthSqlDatabase, OnceAMinuteItTidiesUp) {
  DrivenTimers timers(host_.services());
  Accounts accounts = start(R"("token_days": 1)");
  ASSERT_TRUE(timers.is_running());
  EXPECT_EQ(timers.period_ns(), 60 * kNsPerS);
  const auto old = accounts.register_user("Ada");
  advance_s(20 * 3600);
  const auto fresh = accounts.log_in("Ada");
  ASSERT_TRUE(old && fresh);
  advance_s(5 * 3600);
  ASSERT_TRUE(accounts.resolve(fresh->token));
  EXPECT_EQ(ask_number("select max(last_used_ns - created_ns) from sessions"), 0) << "not at each use";
  timers.fire();
  EXPECT_TRUE(wait_until([&] { return ask_number("select count(*) from sessions") == 1; }));
  EXPECT_EQ(ask_number("select last_used_ns - created_ns from sessions"), 5 * 3600 * kNsPerS);
  stop(accounts);
  EXPECT_FALSE(timers.is_running());
}

TEST_F(AuthSqlDatabase, AnOlderVersionIsBroughtUpToDateAndBackedUp) {
  ASSERT_GE(sodium_init(), 0);
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  ASSERT_EQ(crypto_pwhash_str(hash.data(), kPassword.data(), kPassword.size(), 1, 8192), 0);
  edit(
      {"create table users (id integer primary key autoincrement, name text not null, name_key text not null unique,"
       " password_hash text not null, role integer not null, is_disabled integer not null default 0,"
       " created_ns integer not null)",
       std::string("insert into users (name, name_key, password_hash, role, created_ns) values ('Ada', 'ada', '") +
           hash.data() + "', 3, 1)",
       "pragma user_version = 1", "pragma application_id = 0x5A6F6541"});
  Accounts accounts = start();
  const auto ada = accounts.log_in("Ada");
  ASSERT_TRUE(ada) << words_of(ada);
  EXPECT_EQ(ada->principal.role, std::uint32_t{ZOE_ROLE_ADMIN});
  EXPECT_FALSE(fs::exists(code_file())) << "there is an administrator";
  stop(accounts);
  EXPECT_EQ(ask_number("pragma user_version"), 3);
  const std::string backup = database_file() + ".before-version-3";
  ASSERT_TRUE(fs::exists(backup));
  EXPECT_EQ(fs::status(backup).permissions(), fs::perms{0600});
  soci::session sql(*soci::factory_sqlite3(), backup);
  int version = 0;
  std::string name;
  sql << "pragma user_version", soci::into(version);
  sql << "select name from users", soci::into(name);
  EXPECT_EQ(version, 1);
  EXPECT_EQ(name, "Ada");
}

TEST_F(AuthSqlDatabase, ANewerVersionIsRefusedAndLeftAlone) {
  Accounts accounts = start();
  ASSERT_TRUE(accounts.register_user("Ada"));
  stop(accounts);
  edit({"pragma user_version = 99"});
  const std::string before = read_whole_file(database_file());
  const Error error = start_error();
  EXPECT_EQ(error.code, Errc::kUnsupported);
  EXPECT_THAT(error.message, AllOf(HasSubstr(database_file()), HasSubstr("version 99"), HasSubstr("newer plugin")));
  EXPECT_EQ(read_whole_file(database_file()), before);
}

TEST_F(AuthSqlDatabase, SomebodyElsesDatabaseIsRefusedAndLeftAlone) {
  edit({"create table recipes (cake text)"});
  const std::string before = read_whole_file(database_file());
  const Error error = start_error();
  EXPECT_EQ(error.code, Errc::kConflict);
  EXPECT_THAT(error.message, AllOf(HasSubstr(database_file()), HasSubstr("move it away")));
  EXPECT_EQ(read_whole_file(database_file()), before);
}

TEST_F(AuthSqlDatabase, ADamagedFileIsNamed) {
  Accounts accounts = start();
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(accounts.register_user("user" + std::to_string(i)));
  stop(accounts);
  const std::string whole = read_whole_file(database_file());

  std::string holed = whole;
  for (std::size_t at = 4096; at + 64 < holed.size(); at += 4096) holed.replace(at, 64, 64, '\xA5');
  for (const std::string& content : {std::string(8192, 'x'), holed, whole.substr(0, whole.size() / 2)}) {
    std::ofstream(database_file(), std::ios::binary | std::ios::trunc) << content;
    const Error error = start_error();
    EXPECT_EQ(error.code, Errc::kMalformed) << error.message;
    EXPECT_THAT(error.message, AllOf(HasSubstr(database_file()), HasSubstr("damaged"), HasSubstr("backup")));
  }
  std::ofstream(database_file(), std::ios::binary | std::ios::trunc) << whole;
  accounts = start();
  EXPECT_TRUE(accounts.log_in("user7")) << "restored";
}

TEST_F(AuthSqlDatabase, AFolderInTheWayIsNamed) {
  fs::create_directories(database_file());
  EXPECT_THAT(start_error().message, HasSubstr(database_file()));
}

// A host whose plugin has its data in `folder`, whatever that is like.
class FixedFolder {
 public:
  FixedFolder(plugin::HostServices& services, std::string folder) : folder_(std::move(folder)) {
    services.add_service(ZOE_CONFIG_V1, &table_, this);
  }

 private:
  const zoe_config_v1 table_{
      .struct_size = sizeof(zoe_config_v1),
      .json = [](const zoe_host* host) { return abi::to_abi(plugin::HostContext::of(host).settings_json()); },
      .data_folder =
          [](const zoe_host* host) {
            return abi::to_abi(
                static_cast<FixedFolder*>(plugin::HostContext::of(host).service_user(ZOE_CONFIG_V1))->folder_);
          },
  };
  const std::string folder_;
};

// Somebody who is not root for a while: root passes every permission check.
class Nobody {
 public:
  static constexpr uid_t kUser = 65534;
  Nobody() { EXPECT_EQ(is_root_ ? ::seteuid(kUser) : 0, 0); }
  ~Nobody() { EXPECT_EQ(is_root_ ? ::seteuid(0) : 0, 0); }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;

 private:
  const bool is_root_ = ::geteuid() == 0;
};

TEST_F(AuthSqlDatabase, WithoutWriteAccessItSaysWhereAndWhatToDo) {
  const std::string folder = host_.folder().file("elsewhere");
  fs::create_directory(folder);
  fs::permissions(host_.folder().path(), fs::perms{0755});
  const std::string file = folder + "/accounts.sqlite3";
  const FixedFolder config(host_.services(), folder);
  const auto staged = host_.registry().stage(plugin_file("auth_sql")).value();
  configure();
  plugin::HostContext context(host_.services(), "auth_sql", std::string("{") + kCheapHashes + "}", [] {});
  const auto init_error = [&]() -> Error {
    auto library = plugin::PluginLibrary::load(staged);
    EXPECT_TRUE(library) << words_of(library);
    const zoe_plugin_entry_v1& entry = (*library)->entry();
    zoe_error error = abi::empty_error();
    zoe_plugin* made = nullptr;
    zoe_status status = ZOE_OK;
    {
      const Nobody nobody;
      status = entry.init(context.host(), &made, &error);
    }
    if (status == ZOE_OK) entry.deinit(made);
    return status == ZOE_OK ? Error{Errc{}, "success"} : abi::read_error(status, error);
  };
  const auto expect_clear = [&](const Error& error) {
    EXPECT_EQ(error.code, Errc::kDenied) << error.message;
    EXPECT_THAT(error.message, AllOf(HasSubstr(file), HasSubstr("write access")));
  };
  fs::permissions(folder, fs::perms{0555});
  expect_clear(init_error());  // no database, and none can be made

  fs::permissions(folder, fs::perms{0755});
  EXPECT_EQ(::chown(folder.c_str(), Nobody::kUser, Nobody::kUser), ::geteuid() == 0 ? 0 : -1);
  EXPECT_EQ(init_error().message, "success");
  fs::permissions(file, fs::perms{0400});
  expect_clear(init_error());
  fs::permissions(file, fs::perms{0600});
  fs::permissions(folder, fs::perms{0555});
  expect_clear(init_error());
  fs::permissions(folder, fs::perms{0755});
  EXPECT_EQ(init_error().message, "success");
}

TEST_F(AuthSqlDatabase, AStrangePathWorks) {
  for (const char* name : {"with space", "a=b c=d", "q\"uote", "späce  =  x", "?mode=memory", ":memory:"}) {
    const std::string folder = host_.folder().file(name);
    fs::create_directory(folder);
    const FixedFolder config(host_.services(), folder);
    Accounts accounts = start();
    ASSERT_TRUE(accounts) << name;
    ASSERT_TRUE(accounts.register_user("Ada")) << name;
    stop(accounts);
    EXPECT_TRUE(fs::exists(folder + "/accounts.sqlite3")) << name;
  }
}

TEST_F(AuthSqlDatabase, TwoGenerationsShareIt) {
  Accounts old = start();
  const auto ada = old.register_user("Ada");
  ASSERT_TRUE(ada);
  Accounts fresh = start();
  const auto bob = fresh.register_user("Bob");
  ASSERT_TRUE(bob);
  EXPECT_TRUE(fresh.resolve(ada->token));
  EXPECT_TRUE(old.resolve(bob->token));
  ASSERT_TRUE(fresh.revoke(ada->principal.user_id, ada->principal.session_id));
  EXPECT_FALSE(old.resolve(ada->token));
  EXPECT_FALSE(old.authorise(ada->principal, ZOE_ACTION_WATCH));
  ASSERT_TRUE(fresh.register_user("Admin", kPassword, admin_code()));
  EXPECT_FALSE(old.capabilities() & ZOE_AUTH_CODE_MAKES_ADMIN);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const Accounts& mine = i % 2 == 0 ? old : fresh;
        for (int round = 0; round < 10; ++round) {
          const auto login = mine.register_user("user" + std::to_string(i) + "-" + std::to_string(round));
          EXPECT_TRUE(login) << words_of(login);
        }
      });
    }
  }
  EXPECT_EQ(old.users()->size(), 43U);
  old.release();
  EXPECT_TRUE(fresh.resolve(bob->token)) << "the old one's end disturbs nobody";
  EXPECT_TRUE(fresh.log_in("Ada"));
}

TEST_F(AuthSqlDatabase, AnotherProgramThatHoldsTheFileIsNoLockedDatabase) {
  Accounts accounts = start();
  const auto ada = accounts.register_user("Ada");
  ASSERT_TRUE(ada);
  soci::session other(*soci::factory_sqlite3(), database_file());
  other << "begin immediate";
  EXPECT_TRUE(accounts.resolve(ada->token)) << "readers do not wait";
  EXPECT_TRUE(accounts.authorise(ada->principal, ZOE_ACTION_WATCH));
  const auto refused = accounts.log_in("Ada");
  EXPECT_EQ(code_of(refused), Errc::kUnavailable);
  EXPECT_THAT(words_of(refused), AllOf(Not(HasSubstr("locked")), Not(HasSubstr("sqlite")), HasSubstr("log says why")));
  EXPECT_THAT(host_.log_text(), AllOf(HasSubstr(database_file()), HasSubstr("held by another program")));
  other << "rollback";
  EXPECT_TRUE(accounts.log_in("Ada"));
}

TEST_F(AuthSqlDatabase, AFileDamagedWhileItServesIsNotShownToStrangers) {
  Accounts accounts = start();
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(accounts.register_user("user" + std::to_string(i)));
  edit({"drop table sessions"});
  const auto refused = accounts.log_in("user7");
  EXPECT_EQ(code_of(refused), Errc::kUnavailable);
  EXPECT_THAT(words_of(refused), Not(HasSubstr("sessions")));
  EXPECT_THAT(host_.log_text(), HasSubstr("no such table: sessions"));
}

TEST_F(AuthSqlDatabase, ItIsGoneAfterItsEndThoughThreadsThatUsedItLive) {
  configure();
  WorkerPool threads("test", 4);
  for (int round = 0; round < 5; ++round) {
    auto loaded = host_.registry().prepare(plugin_file("auth_sql"));
    ASSERT_TRUE(loaded) << words_of(loaded);
    EXPECT_TRUE((*loaded)->self_test());
    (*loaded)->publish();
    std::atomic<int> done{0};
    for (int i = 0; i < 8; ++i) {
      ASSERT_TRUE(threads.post([&done, round, i, accounts = Accounts(plugin::Pin(*loaded))]() mutable {
        const std::string name = "user" + std::to_string(round) + "-" + std::to_string(i);
        EXPECT_TRUE(accounts.register_user(name));
        EXPECT_FALSE(accounts.log_in(name, "wrong password"));
        accounts.release();
        ++done;
      }));
    }
    ASSERT_TRUE(wait_until([&] { return done == 8; }));
    (*loaded)->drain();
    ASSERT_TRUE((*loaded)->is_unloadable());
    const plugin::UnloadReport report = (*loaded)->unload();
    EXPECT_FALSE(report.is_resident);
    EXPECT_FALSE(report.has_left_jobs);
    EXPECT_EQ(report.timers_left, 0U);
  }
}

}  // namespace
}  // namespace zoe::test
