#include "tests/support/postgres_server.hpp"

#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>

namespace zoe::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "nobody";
constexpr std::chrono::seconds kStartPatience{60};

// The newest version that is installed.
std::string find_programs() {
  std::string newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error))
    if (fs::exists(entry.path() / "bin" / "initdb")) newest = std::max(newest, (entry.path() / "bin").string());
  if (newest.empty()) throw std::runtime_error("there is no PostgreSQL here: run scripts/setup");
  return newest;
}

}  // namespace

PostgresServer::PostgresServer() : programs_(find_programs()) {
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam(kUser);
    if (user == nullptr || ::chown(dir_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("the folder of PostgreSQL cannot be given to a user without privileges");
  }
  make_cluster();
  start();
}

PostgresServer::~PostgresServer() {
  if (!server_) return;
  server_->signal(SIGINT);  // without waiting for its clients
  server_->wait();
}

// PostgreSQL refuses to run as root. The kernel forgets on a change of the user who is to die with whom.
std::vector<std::string> PostgresServer::as_user(std::vector<std::string> command) const {
  if (::geteuid() != 0) return command;
  std::vector<std::string> words{"setpriv", "--reuid",        kUser,         "--regid",
                                 "nogroup", "--clear-groups", "--pdeathsig", "KILL"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

void PostgresServer::make_cluster() {
  const RunResult made = run(as_user({programs_ + "/initdb", "--pgdata", dir_.file("data"), "--auth", "trust",
                                      "--username", "zoetrope", "--encoding", "UTF8", "--locale", "C.UTF-8"}),
                             {.environment = {}, .folder = dir_.path()});
  if (!made.ok()) throw std::runtime_error("initdb: " + made.err + made.out);
}

void PostgresServer::start() {
  server_ = std::make_unique<Process>(
      as_user({programs_ + "/postgres", "-D", dir_.file("data"), "-k", dir_.path(), "-c", "listen_addresses="}),
      SpawnOptions{.environment = {}, .folder = dir_.path()});
  if (!server_->wait_for_text("ready to accept connections", kStartPatience))
    throw std::runtime_error("PostgreSQL does not start: " + server_->err());
}

void PostgresServer::kill() {
  server_->signal(SIGKILL);
  server_->wait();
  server_.reset();
}

std::string PostgresServer::make_database() {
  const std::string name = "test" + std::to_string(++databases_);
  const RunResult made =
      run({programs_ + "/createdb", "--host", dir_.path(), "--username", "zoetrope", "--template", "template0", name});
  if (!made.ok()) throw std::runtime_error("createdb: " + made.err);
  std::string host;
  for (const char c : dir_.path()) host += c == '/' ? "%2F" : std::string(1, c);
  return "postgresql://zoetrope@" + host + "/" + name;
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

}  // namespace zoe::test
