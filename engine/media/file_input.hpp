// A regular file read at any offset: what FFmpeg is given instead of a path.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::media {

class FileInput {
 public:
  // kNotFound, kDenied, kIo; kUnsupported for anything but a regular file. Never blocks on a pipe.
  static Result<FileInput> open(const std::string& path);

  // As it was when the file was opened.
  std::int64_t size_bytes() const { return size_bytes_; }

  // Fills as much of `out` as there is; 0 at the end. kIo.
  Result<std::size_t> read_at(std::int64_t offset, std::span<std::uint8_t> out) const;

 private:
  FileInput(UniqueFd fd, std::int64_t size_bytes, std::string path)
      : fd_(std::move(fd)), size_bytes_(size_bytes), path_(std::move(path)) {}

  UniqueFd fd_;
  std::int64_t size_bytes_ = 0;
  std::string path_;
};

}  // namespace zoe::media
