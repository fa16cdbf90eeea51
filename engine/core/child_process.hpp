// A child process that is started from an argument list and never outlives its owner.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe {

// Two descriptors that belong together, both close-on-exec.
struct DescriptorPair {
  UniqueFd ours;
  UniqueFd theirs;
};

// A socket between two processes, for lines of text. `purpose` is for the words: "the trial".
Result<DescriptorPair> make_line_pair(const std::string& purpose);

// A pipe: `ours` reads what `theirs` is given.
Result<DescriptorPair> make_pipe_pair(const std::string& purpose);

// How a child ended.
struct ChildEnd {
  bool is_exited = false;  // by itself, with status `code`; else by signal `code`
  int code = 0;
};

// What to start. The descriptors are borrowed for the length of the call.
struct ChildOrder {
  std::vector<std::string> arguments;  // [0] is the path of the program: no shell, no search
  // "NAME=value", all of it; nothing: this process's own.
  std::optional<std::vector<std::string>> environment;
  int line = -1;
  int output = -1;  // takes what it prints,
  int errors = -1;  // and what it says of errors; below 0: `output` takes that, too
};

// Owns the child, its session and its process group: whatever of the group still runs at the end of this object is
// killed, and the child is reaped. One thread.
class ChildProcess {
 public:
  // The descriptor under which the child finds its line.
  static constexpr int kLine = 3;

  // The child gets no signal blocked or ignored, no terminal, and no descriptor but three and the line; it reads
  // nothing. kNotFound, kDenied, kIo.
  static Result<ChildProcess> start(const ChildOrder& order);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  // Readable once the child has ended.
  int watch() const { return watch_.get(); }

  // Kills what runs, and returns at once; `end` is still to be called.
  void kill() const;

  // Kills what runs and says how the child ended; once.
  ChildEnd end();

 private:
  ChildProcess(int pid, UniqueFd watch) : pid_(pid), watch_(std::move(watch)) {}

  int pid_ = 0;
  UniqueFd watch_;
};

}  // namespace zoe
