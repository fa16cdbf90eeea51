// One process of the ProcessService: its pipes, its keeper, its end.
#pragma once

#include <poll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/child_process.hpp"
#include "engine/core/line_splitter.hpp"
#include "engine/plugin/host/process_service.hpp"

namespace zoe::plugin {

// `kill` from any thread; all else on the service's.
class ProcessService::Running {
 public:
  static Result<std::shared_ptr<Running>> start(const std::string& launcher, ProcessOrder order, ProcessEvents events);

  Running(ProcessOrder order, ProcessEvents events, ChildProcess keeper, DescriptorPair line, DescriptorPair output,
          DescriptorPair errors, std::string mark);

  void kill() { is_to_end_ = true; }

  // What it waits for: its two pipes and its keeper. At most until `deadline`.
  static constexpr std::size_t kWatched = 3;
  void add_to(std::vector<pollfd>& watched) const;
  std::chrono::steady_clock::time_point deadline() const { return deadline_; }

  // After a wait: `watched` are the kWatched of add_to. True when it has ended, and `end` was told.
  bool serve(const pollfd* watched);

 private:
  struct Pipe {
    UniqueFd fd;
    LineSplitter lines;
  };

  void begin_to_end(ProcessEndReason reason);
  bool read_some(ProcessStream stream);
  void finish();
  void sweep() const;
  ProcessEnd take_report();
  Pipe& pipe(ProcessStream stream) { return stream == ProcessStream::kOutput ? output_ : errors_; }

  const ProcessOrder order_;
  const ProcessEvents events_;
  ChildProcess keeper_;
  UniqueFd line_;
  Pipe output_;
  Pipe errors_;
  const std::string mark_;
  std::chrono::steady_clock::time_point deadline_;
  std::uint64_t printed_bytes_ = 0;
  std::optional<ProcessEndReason> ending_;  // it was told to end, for this reason
  bool is_keeper_killed_ = false;
  std::atomic<bool> is_to_end_{false};
};

}  // namespace zoe::plugin
