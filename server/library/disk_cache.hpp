// A folder of things that can be made again, by key: the least recently used go where they take too much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace zoe::server {

struct DiskCacheConfig {
  std::string folder;     // exists; empty: nothing is kept
  std::string extension;  // of its files, which are its own: ".idx"
  std::uint64_t magic = 0;
  std::size_t most_file_bytes = std::size_t{1} << 30;
  std::uint64_t most_bytes = std::uint64_t{1} << 30;
  // What is left free on the disk for others: with less than that, it shrinks instead of growing.
  std::uint64_t least_free_bytes = std::uint64_t{256} << 20;
};

// Thread-safe. A file holds its key and a checksum: one that is another's, damaged or cut short counts as absent.
class DiskCache {
 public:
  explicit DiskCache(DiskCacheConfig config) : config_(std::move(config)) {}

  bool is_on() const { return !config_.folder.empty(); }

  struct Stored {
    std::vector<std::uint8_t> file;
    std::size_t begin = 0;
    Bytes body() const { return Bytes(file).subspan(begin); }
  };
  // Counts as use.
  std::optional<Stored> load(std::string_view key) const;

  // By the look of it.
  bool has(std::string_view key) const;

  // kIo where it could not be written (a full disk: what was used least goes), kTooLarge, kUnavailable while the disk
  // has too little room for others.
  Status save(std::string_view key, Bytes body);

  // Of all its files, as far as they have been counted.
  std::uint64_t bytes() const;

 private:
  std::string file_of(std::string_view key) const;
  bool leaves_room_for(std::uint64_t bytes) const;
  void make_room(std::uint64_t bytes) ZOE_REQUIRES(mutex_);
  void shrink_to(std::uint64_t most) ZOE_REQUIRES(mutex_);

  const DiskCacheConfig config_;
  mutable Mutex mutex_;
  std::uint64_t bytes_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_counted_ ZOE_GUARDED_BY(mutex_) = false;
};

}  // namespace zoe::server
