// Files that come in pieces (docs/protocol.md, "Files"): put together in memory, or handed to a receiver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "engine/net/media_run.hpp"
#include "player/client/file_receiver.hpp"

namespace zoe::player {

// The file's bytes, or why there are none. May move from the value.
using FileCompletion = std::function<void(Result<std::vector<std::uint8_t>>&)>;

// Pure logic; guarded by its owner, who tells those concerned what it hands out, without its lock. Of one connection:
// the numbers of files are. The memory of a file is taken as its bytes arrive.
class FileIntake {
 public:
  static constexpr std::uint32_t kChunkBytes = 32U << 10;
  static constexpr std::uint64_t kWindowBytes = 256U << 10;  // that may be on the way: a seek has little to wait behind
  static constexpr std::size_t kMostFiles = 64;
  static constexpr std::size_t kMostNameBytes = 4096;
  static constexpr std::size_t kMostVersionBytes = 256;

  // The file is over: for its completion, or for its receiver.
  struct Ended {
    FileCompletion done;
    Result<std::vector<std::uint8_t>> outcome;
    std::shared_ptr<FileReceiver> receiver;

    void tell();
  };
  // What to do after something came.
  struct Step {
    std::shared_ptr<FileReceiver> receiver;  // of `opened` and `piece`
    std::optional<FileInfo> opened;
    std::optional<net::FileChunk> piece;
    std::optional<Ended> ended;
    std::uint32_t file = 0;
    std::uint64_t credit = 0;  // to grant it in all; 0: nothing new
    bool is_to_be_closed = false;
  };

  // The server's answer to the question for a file. kTooLarge where it has more than `most_bytes`.
  Step open(const nlohmann::json& answer, std::size_t most_bytes, FileCompletion done);

  // --- files for a receiver, under a number of the owner's
  struct Wanted {
    std::uint64_t transfer = 0;
    std::uint64_t offset = 0;  // that was asked for
    std::uint32_t chunk_bytes = kChunkBytes;
    std::shared_ptr<FileReceiver> receiver;
  };
  // Before the server is asked.
  void expect(std::uint64_t transfer) { expected_.insert(transfer); }
  // Its answer. A transfer that was dropped meanwhile is closed there.
  Step open(const nlohmann::json& answer, Wanted wanted);
  // It refused. False where nobody waits for that any more.
  bool refuse(std::uint64_t transfer) { return expected_.erase(transfer) != 0; }
  // So many bytes since the offset may come; the file, or 0 where it is over or knows of more already.
  std::uint32_t grant(std::uint64_t transfer, std::uint64_t total_bytes);
  // Nobody is told of it any more; the file to be closed, or 0.
  std::uint32_t drop(std::uint64_t transfer);

  // A piece. Those of files that nobody waits for are passed over.
  Step take(net::FileChunk&& chunk);
  // The event "file.failed".
  Step fail_file(const nlohmann::json& event);
  // The connection has ended.
  std::vector<Ended> take_all(const Error& why);

  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::uint64_t size_bytes = 0;
    std::uint64_t offset = 0;
    std::uint64_t received = 0;  // since the offset
    std::uint64_t granted = 0;
    std::vector<std::uint8_t> bytes;
    FileCompletion done;
    // Where it is not put together here:
    std::shared_ptr<FileReceiver> receiver;
    std::uint64_t transfer = 0;
    std::uint32_t chunk_bytes = 0;
  };
  using Files = std::map<std::uint32_t, File>;

  Step end(Files::iterator file, Error error);
  static Ended over(File&& file, Result<std::vector<std::uint8_t>> outcome);
  Files::iterator find(std::uint64_t transfer);

  Files files_;
  std::set<std::uint64_t> expected_;  // transfers whose answer has not come
};

}  // namespace zoe::player
