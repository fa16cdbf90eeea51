// The trial of a plugin in a fresh child process: zoetrope-plugin-check, asked over a socket.
//
// Parent and child exchange JSON objects, one a line. The child says {"stage": "init"} before each step and, once the
// plugin has told its id, {"ask": "ID"}, which the parent answers with {"settings", "certificate", "key"}; last it says
// {"works": {"id", "name", "version", "kind"}}, {"failed": "words", "code": "..."} or {"resident": "why"}. A child that
// ends without a last word was ended by the plugin.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::plugin {

// The facts that a passed trial tells.
struct TrialFacts {
  std::string id;
  std::string name;
  std::string version;
  std::string kind;
};

struct TrialChildOptions {
  std::string checker;  // the program
  std::string folder;   // for the child alone; must exist
  std::string name;     // what the words call the file: the one that was dropped into the folder
  std::string certificate_pem;
  std::string key_pem;
  std::chrono::milliseconds deadline{20'000};
  std::function<Result<std::string>(std::string_view id)> settings;  // called on the calling thread
  int stop_fd = -1;                                                  // readable: give up at once (kCancelled)
};

// Runs the checker on the file at `path` and waits. The child and whatever it started are gone when this returns.
// Errors: what the plugin failed with; kTimeout where it did not end in time; kInternal where it took the process down;
// kUnavailable where it has nothing to do under this configuration; kIo where no child can be started.
Result<TrialFacts> try_in_child(const std::string& path, const TrialChildOptions& options);

// The other end: the lines that the child writes to the descriptor it was given.
class TrialLine {
 public:
  explicit TrialLine(int fd) : fd_(fd) {}

  void stage(std::string_view stage);
  Result<std::string> ask(std::string_view id, std::string* certificate_pem, std::string* key_pem);
  void works(const TrialFacts& facts);
  void failed(const Error& error);
  void resident(std::string_view why);

 private:
  const int fd_;
};

}  // namespace zoe::plugin
