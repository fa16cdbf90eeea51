// The server is killed at random moments while people use it: what it acknowledged is there when it comes back, and it
// comes back clean.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/postgres_server.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

constexpr int kKills = 100;
constexpr int kPeople = 3;
constexpr const char* kPassword = "killed in action";

// What one person was told to be done. The newest change of each kind may be done without having been acknowledged.
struct Acknowledged {
  std::int64_t position_us = 0;
  std::int64_t asked_position_us = 0;
  std::set<std::string> playlists;
  std::set<std::string> asked_playlists;
  std::int64_t entries = 0;
  std::int64_t asked_entries = 0;
  json list;  // the playlist that entries go to
};

struct Case {
  const char* name;
  bool is_postgres;
};

class ServerKilled : public testing::TestWithParam<Case> {
 protected:
  ServerKilled() {
    std::filesystem::copy_file(make_clip({.width = 64, .height = 48, .frames = 300}), films_.file("film.mp4"));
    if (GetParam().is_postgres) {
      postgres_ = std::make_unique<PostgresServer>();
      arguments_ = {"--database", postgres_->make_database()};
    }
  }
  void start() {
    server_ = std::make_unique<ServerProcess>(ServerOptions{.folders = {films_.path()},
                                                            .data_folder = data_.file("data"),
                                                            .guests = Guests::kRefused,
                                                            .arguments = arguments_});
  }
  static std::string name_of(int person) { return "person" + std::to_string(person); }

  // Uses the server until the connection breaks.
  void use(int person, int round, Acknowledged& told) const {
    try {
      WireClient client(server_->port());
      client.result("auth.login", {{"name", name_of(person)}, {"password", kPassword}});
      const std::string media = client.media("film");
      for (int i = 0;; ++i) {
        told.asked_position_us = told.position_us + 1000;
        client.result("progress.report", {{"media", media}, {"position_us", told.asked_position_us}});
        told.position_us = told.asked_position_us;
        told.asked_entries = told.entries + 1;
        client.result("playlists.add", {{"playlist", told.list}, {"media", {media}}});
        told.entries = told.asked_entries;
        if (i % 4 != 0) continue;
        const std::string name = "list " + std::to_string(round) + "." + std::to_string(i);
        told.asked_playlists.insert(name);
        client.result("playlists.create", {{"name", name}});
        told.playlists.insert(name);
      }
    } catch (const std::exception&) {
      // Killed in the middle of it.
    }
  }

  void expect_all_there(int person, Acknowledged& told) {
    WireClient client(server_->port());
    client.result("auth.login", {{"name", name_of(person)}, {"password", kPassword}});
    const std::string media = client.media("film");
    const auto position = client.result("progress.get", {{"media", media}}).at("position_us").get<std::int64_t>();
    ASSERT_TRUE(position == told.position_us || position == told.asked_position_us)
        << position << " after " << told.position_us << " was acknowledged";
    told.position_us = position;
    const json list = client.result("playlists.get", {{"playlist", told.list}});
    const auto entries = static_cast<std::int64_t>(list.at("entries").size());
    ASSERT_TRUE(entries == told.entries || entries == told.asked_entries)
        << entries << " after " << told.entries << " were acknowledged";
    told.entries = entries;
    std::set<std::string> names;
    const json answer = client.result("playlists.list");
    for (const json& each : answer.at("playlists")) names.insert(each.at("name"));
    for (const std::string& each : told.playlists) ASSERT_TRUE(names.contains(each)) << each;
    names.erase("entries");
    for (const std::string& each : names) ASSERT_TRUE(told.asked_playlists.contains(each)) << each;
    told.playlists = told.asked_playlists = names;
    // Bounded: a person has at most 500.
    if (names.size() < 200) return;
    for (const json& each : answer.at("playlists"))
      if (each.at("name") != "entries") client.result("playlists.delete", {{"playlist", each.at("playlist")}});
    told.playlists.clear();
    told.asked_playlists.clear();
  }

  TempDir films_;
  TempDir data_;
  std::unique_ptr<PostgresServer> postgres_;
  std::vector<std::string> arguments_;
  std::unique_ptr<ServerProcess> server_;
};
INSTANTIATE_TEST_SUITE_P(On, ServerKilled, testing::Values(Case{"Sqlite", false}, Case{"Postgres", true}),
                         [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

TEST_P(ServerKilled, LosesNothingThatItAcknowledged) {
  std::mt19937 random(20);
  start();
  std::vector<Acknowledged> told(kPeople);
  for (int person = 0; person < kPeople; ++person) {
    WireClient client(server_->port());
    json who = {{"name", name_of(person)}, {"password", kPassword}};
    if (person == 0) who["code"] = server_->admin_code();
    client.result("auth.register", who);
    told[static_cast<std::size_t>(person)].list =
        client.result("playlists.create", {{"name", "entries"}}).at("playlist");
  }
  std::set<std::string> accounts;  // acknowledged
  for (int round = 0; round < kKills; ++round) {
    {
      std::vector<std::jthread> users;
      for (int person = 0; person < kPeople; ++person)
        users.emplace_back([&, person] { use(person, round, told[static_cast<std::size_t>(person)]); });
      // Somebody new in each round; as often as not in the middle of it.
      users.emplace_back([&] {
        try {
          WireClient client(server_->port());
          const std::string name = "new" + std::to_string(round);
          client.result("auth.register", {{"name", name}, {"password", kPassword}});
          accounts.insert(name);
        } catch (const std::exception&) {
        }
      });
      const int wait_ms = static_cast<int>(random() % 120);
      std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));  // the random moment, not a synchronisation
      server_->process().signal(SIGKILL);
      server_->process().wait();
    }
    start();
    for (int person = 0; person < kPeople; ++person) {
      expect_all_there(person, told[static_cast<std::size_t>(person)]);
      if (HasFatalFailure()) FAIL() << "after kill " << round << "\n" << server_->log();
    }
  }
  WireClient client(server_->port());
  for (const std::string& each : accounts)
    EXPECT_EQ(client.outcome("auth.login", {{"name", each}, {"password", kPassword}}), "ok") << each;
  EXPECT_GT(accounts.size(), 5U) << "some registrations came through";
  std::int64_t done = 0;
  for (const Acknowledged& each : told) done += each.entries;
  RecordProperty("acknowledged_entries", std::to_string(done));
  RecordProperty("acknowledged_accounts", std::to_string(accounts.size()));
  EXPECT_GT(done, kKills) << "it was under load";
  EXPECT_TRUE(server_->process().stop().ok()) << server_->log();
}

// The database itself is killed: what the server acknowledged before is there, and it goes on by itself.
TEST(DatabaseKilled, TheServerGoesOnAndNothingIsLost) {
  const TempDir films;
  std::filesystem::copy_file(make_clip({.width = 64, .height = 48, .frames = 300}), films.file("film.mp4"));
  PostgresServer postgres;
  const ServerProcess server(
      {.folders = {films.path()}, .guests = Guests::kRefused, .arguments = {"--database", postgres.make_database()}});
  WireClient client(server.port());
  client.result("auth.register", {{"name", "ann"}, {"password", kPassword}, {"code", server.admin_code()}});
  const std::string media = client.media("film");
  std::int64_t position = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i)
      client.result("progress.report", {{"media", media}, {"position_us", position += 1000}});
    postgres.kill();
    EXPECT_EQ(client.outcome("progress.report", {{"media", media}, {"position_us", 1}}), "unavailable");
    EXPECT_EQ(client.outcome("library.list"), "ok") << "the library is there all the same";
    postgres.start();
    EXPECT_EQ(client.result("progress.get", {{"media", media}}).at("position_us"), position);
  }
}

}  // namespace
}  // namespace zoe::test
