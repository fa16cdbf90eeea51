// Sends one open file in checked chunks (docs/protocol.md, "Files").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::transport_tcp {

// Whole CHUNK messages, headers and all, one after another.
struct FilePiece {
  std::vector<std::uint8_t> bytes;
  std::uint64_t data_bytes = 0;  // of the file
  bool is_last = false;
};
using FilePiecePtr = std::shared_ptr<const FilePiece>;

// What one read is to do; shared with the worker that does it.
struct FileRead {
  std::shared_ptr<const UniqueFd> fd;
  std::uint32_t file = 0;
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;   // of the file, as it was when it was opened
  std::uint32_t chunk_bytes = 0;  // of data, in each chunk
  std::uint32_t chunks = 0;
};

// Reads straight behind the headers, so that the bytes are not moved again. Blocks on the disk. kIo when the file is
// shorter than it was or cannot be read; kNoMemory.
Result<FilePiecePtr> read_piece(const FileRead& read);

// The state of one transfer. One thread: the connection's.
class FileSender {
 public:
  // A read covers at most this much: large enough for the disk, small beside a connection's share of memory.
  static constexpr std::uint32_t kPieceBytes = 256U << 10;
  static constexpr std::uint32_t kLeastChunkBytes = 512;

  // `chunk_bytes` is brought into the protocol's range. `offset` beyond the end counts as the end.
  FileSender(std::uint32_t file, UniqueFd fd, std::uint64_t size_bytes, std::uint64_t offset,
             std::uint64_t chunk_bytes);

  // Raises what may be sent to `total` bytes since the offset.
  void grant(std::uint64_t total);

  // The next read, if credit allows one, none runs, and no piece waits; it counts as running from here on.
  std::optional<FileRead> begin_read();
  void end_read(FilePiecePtr piece);
  void cancel_read();  // it could not be started; ask again later

  // The piece that waits to be sent, if any.
  FilePiecePtr take_piece();
  bool has_piece() const { return piece_ != nullptr; }
  bool is_done() const { return is_last_taken_; }

 private:
  const std::shared_ptr<const UniqueFd> fd_;
  const std::uint32_t file_;
  const std::uint64_t size_bytes_;
  const std::uint64_t start_;
  const std::uint32_t chunk_bytes_;
  std::uint64_t granted_ = 0;
  std::uint64_t read_ = 0;  // since start_
  bool is_reading_ = false;
  bool is_last_read_ = false;
  bool is_last_taken_ = false;
  FilePiecePtr piece_;
};

}  // namespace zoe::transport_tcp
