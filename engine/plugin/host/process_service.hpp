// Processes that the program starts for its plugins: under limits, watched, and ended with all that came of them.
//
// Each runs below a zoetrope-launch of its own, which sets the limits, is the parent of whatever loses its own, and
// leaves nothing alive when the command has ended, this program has let go of it, or this program is gone. Where even
// that is killed, this process, a subreaper too, becomes the parent and kills what carries the process's mark in its
// environment.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::plugin {

struct ProcessOrder {
  std::vector<std::string> arguments;    // [0] is an absolute path: no shell, no search
  std::vector<std::string> environment;  // "NAME=value", all of it; a mark is added
  std::string folder;                    // where it runs; given to `user`
  std::string user;                      // its user, where this program runs as root; empty: this one's
  std::vector<std::string> readable;     // it runs as `user` only where that may read these
  std::chrono::milliseconds time{0};     // by the clock; 0: no limit, as in all of these
  std::uint64_t memory_bytes = 0;        // of all its processes together
  std::uint64_t file_bytes = 0;          // of each file that it writes
  std::uint64_t output_bytes = 0;        // of all that it prints
  std::uint64_t processes = 0;           // and threads at once
  std::size_t line_bytes = 65'536;       // of a line; at least 1
  int nice = 0;
};

enum class ProcessStream { kOutput = 1, kErrors };

enum class ProcessEndReason {
  kExited = 1,  // by itself, with status `code`
  kSignalled,   // by signal `code`
  kKilled,      // as `kill` asked
  kTimeout,
  kMemory,
  kOutput,
  kNotStarted,  // `words` say why
  kLost,        // its keeper was killed
};

struct ProcessEnd {
  ProcessEndReason reason = ProcessEndReason::kLost;
  int code = 0;
  unsigned left = 0;  // of its processes still ran when the command had ended; they were killed
  std::string words;  // for kNotStarted
};

// Called on the service's thread, one after another for all processes; must not throw. While one runs, nothing more is
// read of any process, so that what cannot be kept up with waits in its pipe.
struct ProcessEvents {
  // A line of bounded length, `is_cut` where it is the beginning of a longer one.
  std::function<void(ProcessStream stream, std::string_view line, bool is_cut)> line;
  // The last call, exactly once.
  std::function<void(const ProcessEnd& end)> end;
};

// Thread-safe. Its thread begins with the first process.
class ProcessService {
 public:
  using Id = std::uint64_t;  // never 0, never used twice

  static constexpr std::size_t kMostProcesses = 64;

  // `launcher`: the path of zoetrope-launch.
  explicit ProcessService(std::string launcher);

  // Ends all of them; no event is called after it.
  ~ProcessService();
  ProcessService(const ProcessService&) = delete;
  ProcessService& operator=(const ProcessService&) = delete;

  // kInvalidArgument for what no process can be started with, kTooLarge where as many run as may, kUnavailable where
  // the launcher cannot be started. What goes wrong later is told by `end`.
  Result<Id> start(ProcessOrder order, ProcessEvents events);

  // Begins to end it and all that came of it; returns at once. Does nothing for one that has ended.
  void kill(Id id);

  // Except on the service's thread: kills it and returns when its last event has returned.
  void release(Id id);

  std::size_t running() const;

 private:
  class Running;

  Status begin_thread() ZOE_REQUIRES(mutex_);
  void run(const std::stop_token& stop);
  void wake() const;

  const std::string launcher_;
  UniqueFd wake_;
  mutable Mutex mutex_;
  CondVar ended_;
  std::map<Id, std::shared_ptr<Running>> running_ ZOE_GUARDED_BY(mutex_);
  Id next_ ZOE_GUARDED_BY(mutex_) = 1;
  bool is_stopped_ ZOE_GUARDED_BY(mutex_) = false;
  std::jthread thread_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::plugin
