// A child process that is started from an argument list and never outlives its owner.
#pragma once

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

// Owns the child and its process group: whatever of it still runs at the end of this object is killed, and the child is
// reaped. One thread.
class ChildProcess {
 public:
  // The descriptor under which the child finds its line.
  static constexpr int kLine = 3;

  // Starts the program at the path arguments[0]: no shell, no search. The child gets no signal blocked or ignored, and
  // no descriptor but three and the line: it reads nothing, and `output` takes all that it prints. kNotFound, kDenied,
  // kIo.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments, int line, int output);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  // Readable once the child has ended.
  int watch() const { return watch_.get(); }

  // Kills what runs and says how the child ended; once.
  ChildEnd end();

 private:
  ChildProcess(int pid, UniqueFd watch) : pid_(pid), watch_(std::move(watch)) {}

  int pid_ = 0;
  UniqueFd watch_;
};

}  // namespace zoe
