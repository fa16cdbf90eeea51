// Files that come in pieces (docs/protocol.md, "Files"), put together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "engine/net/media_run.hpp"

namespace zoe::player {

// The file's bytes, or why there are none. May move from the value.
using FileCompletion = std::function<void(Result<std::vector<std::uint8_t>>&)>;

// Pure logic; guarded by its owner, who calls the completions that it hands out without its lock. Of one connection:
// the numbers of files are. The memory of a file is taken as its bytes arrive.
class FileIntake {
 public:
  static constexpr std::uint32_t kChunkBytes = 32U << 10;
  static constexpr std::uint64_t kWindowBytes = 256U << 10;  // that may be on the way: a seek has little to wait behind
  static constexpr std::size_t kMostFiles = 64;

  struct Ended {
    FileCompletion done;
    Result<std::vector<std::uint8_t>> outcome;
  };
  // What to do after something came.
  struct Step {
    std::optional<Ended> ended;
    std::uint32_t file = 0;
    std::uint64_t credit = 0;  // to grant it in all; 0: nothing new
    bool is_to_be_closed = false;
  };

  // The server's answer to the question for a file. kTooLarge where it has more than `most_bytes`.
  Step open(const nlohmann::json& answer, std::size_t most_bytes, FileCompletion done);
  // A piece. Those of files that nobody waits for are passed over.
  Step take(const net::FileChunk& chunk);
  // The event "file.failed".
  Step fail_file(const nlohmann::json& event);
  // The connection has ended.
  std::vector<Ended> take_all(const Error& why);

  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::uint64_t size_bytes = 0;
    std::uint64_t granted = 0;
    std::vector<std::uint8_t> bytes;
    FileCompletion done;
  };
  Step end(std::map<std::uint32_t, File>::iterator file, Error error);

  std::map<std::uint32_t, File> files_;
};

}  // namespace zoe::player
