// What is known of a file that has come in part: kept beside it, so that it goes on after whatever ended it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::player {

// What is downloaded from where.
struct DownloadSource {
  std::string server;  // its key, "plain:HOST:PORT" where there is none
  std::string media;
  std::string root;  // the server's name of the folder
  std::string path;  // inside it
  std::string title;

  // The same file of the same server, though its content may have changed.
  bool is_same_file(const DownloadSource& other) const;
  friend bool operator==(const DownloadSource&, const DownloadSource&) = default;
};

// One file's worth. What lies on the disk counts up to `verified_bytes`, and only as far as it still has the digests.
struct PartState {
  DownloadSource source;
  std::string version;  // of the content, as the server says; empty before it was asked
  std::uint64_t size_bytes = 0;
  std::uint64_t verified_bytes = 0;
  std::vector<std::uint64_t> digests;  // XXH3 of each block; the last one may be shorter

  friend bool operator==(const PartState&, const PartState&) = default;
};

inline constexpr std::size_t kMostBlocks = 4096;
inline constexpr std::size_t kMostStateBytes = 256U << 10;

// 4 MiB; more where the file would have more than kMostBlocks of them.
std::uint64_t block_bytes_of(std::uint64_t file_bytes);

// The file's text and back; `parse_part_state` takes any bytes. kMalformed, kTooLarge.
std::string to_text(const PartState& state);
Result<PartState> parse_part_state(Bytes text);

// The digests of what is written, block by block. One thread.
class BlockDigests {
 public:
  explicit BlockDigests(std::uint64_t block_bytes);
  ~BlockDigests();
  BlockDigests(BlockDigests&&) noexcept;
  BlockDigests& operator=(BlockDigests&&) noexcept;

  void add(Bytes bytes);
  std::uint64_t size_bytes() const { return size_bytes_; }
  // Of all blocks until now, the unfinished one included.
  std::vector<std::uint64_t> all() const;

 private:
  struct Open;  // the unfinished block
  std::uint64_t block_bytes_;
  std::uint64_t size_bytes_ = 0;
  std::vector<std::uint64_t> whole_;
  std::unique_ptr<Open> open_;
};

}  // namespace zoe::player
