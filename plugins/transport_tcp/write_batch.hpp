// What goes to a socket in one gathered write: control messages, runs straight from the shared segments' memory, a
// piece of a file.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/net/media_run.hpp"
#include "engine/net/tls.hpp"
#include "engine/net/wire.hpp"
#include "engine/plugin/sdk/transport.hpp"
#include "plugins/transport_tcp/file_sender.hpp"

namespace zoe::transport_tcp {

// Where a batch gets its runs from, and gives them back to.
class RunSource {
 public:
  virtual ~RunSource() = default;
  virtual Result<sdk::Flow> pull_run(std::size_t most_bytes, zoe_run& run) = 0;
  virtual void release_run(zoe_run& run) = 0;
};

// One thread: the connection's. Filled in two steps, `pull` (or not) and one of the seals. Runs are held until they are
// sent (plain) or encrypted (TLS).
class WriteBatch {
 public:
  // Runs of one batch. Together with the bytes that are asked of `pull` this bounds what a seek has to wait for.
  static constexpr std::size_t kMostRuns = 8;
  static constexpr std::size_t kPlainBytes = 512U << 10;
  // Encrypted bytes are a copy of the connection's own, so fewer at a time.
  static constexpr std::size_t kTlsBytes = 128U << 10;

  ~WriteBatch();

  // Takes runs from `source`, which must outlive what the batch holds of it. kInternal when the host hands out a run
  // that no message can carry.
  Status pull(RunSource& source, std::size_t most_bytes);

  // Puts `control` (swapped in) before the runs, and a piece of a file (may be null) behind them.
  void seal_plain(std::vector<std::uint8_t>& control, FilePiecePtr piece);
  // The same through `tls`; records that wait in it come first.
  Status seal_tls(net::TlsEngine& tls, const std::vector<std::uint8_t>& control, const FilePiecePtr& piece);

  bool is_empty() const { return next_ == parts_.size(); }

  // Sends what the socket takes at once. The bytes that it took; 0 means that it takes nothing now. kIo when it broke.
  Result<std::size_t> send(int socket);

  // Gives back and forgets everything.
  void clear();

  // Runs that were given back since the last call.
  std::uint64_t take_run_count() { return std::exchange(released_runs_, 0); }

 private:
  void release_runs();
  void add(const void* data, std::size_t size);

  using MediaHeader = std::array<std::uint8_t, net::kHeaderBytes + net::kRunHeaderBytes>;

  RunSource* source_ = nullptr;
  std::vector<std::uint8_t> bytes_;  // control messages, or all of it encrypted
  std::array<zoe_run, kMostRuns> runs_;
  std::array<MediaHeader, kMostRuns> headers_;
  std::size_t run_count_ = 0;
  FilePiecePtr piece_;
  std::vector<iovec> parts_;
  std::size_t next_ = 0;  // of parts_, the first that is not wholly sent
  std::uint64_t released_runs_ = 0;
};

}  // namespace zoe::transport_tcp
