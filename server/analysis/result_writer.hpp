// Writes the results of one job as they come.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/analysis/result_format.hpp"
#include "server/store/analysis_store.hpp"

namespace zoe::server {

struct ResultLimits {
  std::uint64_t bytes = std::uint64_t{512} << 20;
  std::size_t objects = 100'000;
  std::size_t events = 100'000;
  std::size_t series = 64;
  std::size_t samples = 2'000'000;
};

// One thread at a time. What is added reaches the file when a block is full, or by `flush`. After a failure to write,
// nothing more is taken, and the file holds what was written before. kInvalidArgument: what was told is out of its
// bounds, and only that is left out; kTooLarge: the job may not tell more; kIo.
class ResultWriter {
 public:
  // Points and samples may come out of order, but not further back than this behind the latest: a reader relies on it.
  static constexpr std::int64_t kMostBack_us = 60'000'000;

  // A new, empty file; what was there is gone.
  static Result<ResultWriter> create(const std::string& path, ResultLimits limits);

  Status add(const ResultPoint& point, const ResultObject& object);
  Status add(const ResultEvent& event);
  Status add(std::int64_t time_us, double value, const ResultSeries& series);

  // Writes what waits.
  Status flush();
  // The same, and returns when it is on the disk.
  Status finish();

  const AnalysisCounts& counts() const { return counts_; }
  // How far what a reader finds has come: the latest time told when everything told was last written.
  std::int64_t written_us() const { return written_us_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  struct Pending {
    std::vector<std::uint8_t> payload;
    BlockHeader header;
  };

  ResultWriter(UniqueFd fd, std::string path, ResultLimits limits);

  Status check_time(std::int64_t time_us);
  void note(Pending& pending, std::int64_t time_us);
  Status write_out(BlockKind kind);
  Status flush_if_full(BlockKind kind);

  UniqueFd fd_;
  std::string path_;
  ResultLimits limits_;
  std::uint64_t size_bytes_ = 0;
  AnalysisCounts counts_;
  std::int64_t latest_us_ = 0;
  std::int64_t written_us_ = 0;
  Status failure_;
  std::map<BlockKind, Pending> pending_;
  std::unordered_map<std::uint32_t, ResultObject> objects_;
  std::map<std::string, std::uint32_t, std::less<>> series_;
};

}  // namespace zoe::server
