// Has files examined in a child process, so that what hostile bytes do to demuxers and decoders they do to the child.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/core/result.hpp"
#include "server/library/examiner.hpp"

namespace zoe::server {

struct ProberOptions {
  std::string program;                                 // zoetrope-prober
  std::size_t memory_bytes = std::size_t{2048} << 20;  // of address space
  std::chrono::milliseconds silence{45'000};           // a child that says nothing for so long hangs
  std::chrono::milliseconds least_time{600'000};       // what any file may take in all,
  std::size_t bytes_per_second = 5'000'000;            // and more where it is large
  int files_per_child = 500;                           // then a fresh one: what leaks does not add up
};

// One thread. The child is started with the first file, reused, of low priority, and gone with this object.
class Prober {
 public:
  explicit Prober(ProberOptions options);
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  // What examine (examiner.hpp) says of the file, and besides:
  //   kMalformed    it took the child down, twice; the words say how
  //   kTooLarge     it needs more memory than the child may have
  //   kTimeout      the child hung, or needed too long
  //   kUnavailable  no child can be started
  //   kCancelled    after a stop request, within a tenth of a second
  // `size_bytes` is the file's.
  Result<Findings> examine(const ExamineOrder& order, std::uint64_t size_bytes, const std::stop_token& stop,
                           const std::function<void(double share)>& progress = {});

  // How many children were started.
  int started() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The child's side: sets its own limits, serves orders from the descriptor until the other end is gone. `work` is
// `examine`; tests have worse. Returns the process's exit status.
int run_prober_child(int line, std::size_t memory_bytes,
                     const std::function<Result<Findings>(const ExamineOrder&, const ExamineProgress&)>& work);

}  // namespace zoe::server
