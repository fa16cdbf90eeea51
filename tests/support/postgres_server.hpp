// A PostgreSQL server of a test's own: on a socket in a private folder, as a user without privileges, gone with the
// test.
#pragma once

#include <memory>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {

// Thread: the owner's. Everything throws std::runtime_error with the server's words where a step does not come about.
class PostgresServer {
 public:
  // Makes an empty cluster and starts it. Needs Debian's `postgresql` package, whose own cluster it leaves alone.
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // A new, empty database: its connection string.
  std::string make_database();

  // As a crash of the machine would end it; `start` recovers.
  void kill();
  void start();

  // One for all tests of a program that want no other; started by the first who asks.
  static PostgresServer& shared();

 private:
  std::vector<std::string> as_user(std::vector<std::string> command) const;
  void make_cluster();

  TempDir dir_;
  std::string programs_;
  std::unique_ptr<Process> server_;
  int databases_ = 0;
};

}  // namespace zoe::test
