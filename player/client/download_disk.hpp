// The disk as downloads use it; a test puts another one in its place.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::player {

// Where a download lies until it is whole, and what is known of it.
inline std::string part_path(const std::string& path) { return path + ".part"; }
inline std::string part_state_path(const std::string& path) { return path + ".part.state"; }

// A file that grows, open and held: nobody else downloads into it meanwhile. One thread.
// kNoMemory: the disk, or what this person may have of it, is full. Else kIo, kDenied.
class PartFile {
 public:
  virtual ~PartFile() = default;

  virtual Result<std::uint64_t> size() = 0;
  // Room for `size_bytes` in all, so that it does not run out in the middle.
  virtual Status reserve(std::uint64_t size_bytes) = 0;
  virtual Status write(std::uint64_t offset, Bytes bytes) = 0;
  // Fills `bytes`; kIo where the file is shorter.
  virtual Status read(std::uint64_t offset, std::span<std::uint8_t> bytes) = 0;
  virtual Status truncate(std::uint64_t size_bytes) = 0;
  // Until it would survive a loss of power.
  virtual Status sync() = 0;
};

// Thread-safe.
class DownloadDisk {
 public:
  virtual ~DownloadDisk() = default;
  static std::unique_ptr<DownloadDisk> system();

  // Makes it where it is missing.
  virtual Status make_folder(const std::string& folder) = 0;
  // Something is there, a dangling link included.
  virtual bool exists(const std::string& path) = 0;
  // kNotFound, kTooLarge, kIo, kDenied.
  virtual Result<std::vector<std::uint8_t>> read_small(const std::string& path, std::size_t most_bytes) = 0;
  virtual Status replace_small(const std::string& path, Bytes bytes) = 0;

  enum class Open { kNew = 1, kExisting };
  // kNew: kConflict where something is there already. kExisting: kNotFound, kConflict where it is a link or no file.
  // Both: kUnavailable where somebody else holds it.
  virtual Result<std::unique_ptr<PartFile>> open_part(const std::string& path, Open how) = 0;
  // Gives it its name, never in the place of another file: kConflict where something has that name.
  virtual Status publish(const std::string& part, const std::string& path) = 0;
  // What is not there is no error.
  virtual Status remove(const std::string& path) = 0;
};

}  // namespace zoe::player
