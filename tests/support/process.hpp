// A child process of a test: started from an argument list, its output captured, never outliving the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/wait.hpp"

namespace zoe::test {

struct ExitStatus {
  int code = -1;   // what it returned, or -1 where a signal ended it
  int signal = 0;  // the signal that ended it, or 0

  bool ok() const { return code == 0; }
};

struct SpawnOptions {
  std::vector<std::pair<std::string, std::string>> environment;  // added to (or replacing) the test's own
  std::string folder;                                            // where it runs; the test's own where empty
};

// Owns the child, the pipes to it and the thread that reads them. All functions: the thread that owns the object.
// Destroying it kills a child that still runs (SIGKILL to its process group) and reaps it. The child is also killed
// when the thread that started it ends, so that a crashed test leaves nothing behind.
class Process {
 public:
  // The first argument is the program: a path, or a name looked up in PATH. Throws std::system_error where it cannot be
  // started.
  explicit Process(const std::vector<std::string>& arguments, const SpawnOptions& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const;

  // What it has written until now.
  std::string out() const;
  std::string err() const;

  // Waits until stdout and stderr together contain `text`. False when the time is up or the child ended without it.
  bool wait_for_text(std::string_view text, std::chrono::milliseconds patience = kPatience);

  // Writes to its stdin; close_stdin gives it the end of file.
  void write_stdin(std::string_view text);
  void close_stdin();

  // Sends a signal to the child alone.
  void signal(int number);

  // Its exit status once it has ended and all its output is read; nothing when the time is up first.
  std::optional<ExitStatus> wait(std::chrono::milliseconds patience = kPatience);

  // SIGTERM, and SIGKILL where that was not enough in time.
  ExitStatus stop(std::chrono::milliseconds patience = kPatience);

 private:
  struct Impl;
  Impl* impl_;
};

struct RunResult {
  ExitStatus status;
  std::string out;
  std::string err;
  bool timed_out = false;

  bool ok() const { return !timed_out && status.ok(); }
};

// Runs a program to its end, or kills it when the time is up.
RunResult run(const std::vector<std::string>& arguments, const SpawnOptions& options = {},
              std::chrono::milliseconds patience = std::chrono::seconds(120));

}  // namespace zoe::test
