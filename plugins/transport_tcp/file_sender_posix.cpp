#include <fcntl.h>
#include <sys/uio.h>

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "engine/net/media_run.hpp"
#include "engine/net/wire.hpp"
#include "plugins/transport_tcp/file_sender.hpp"

namespace zoe::transport_tcp {
namespace {

constexpr std::size_t kHeadBytes = net::kHeaderBytes + net::kChunkHeaderBytes;

// 256 KiB of the smallest chunks are 512 parts, well within IOV_MAX.
static_assert(FileSender::kPieceBytes / FileSender::kLeastChunkBytes <= 1024);

Error shrunk(const FileRead& read) {
  return {Errc::kIo, fmt::format("the file became shorter than {} bytes while it was sent", read.size_bytes)};
}

// Fills all of `parts` from `offset` on.
Status read_fully(const FileRead& read, std::vector<iovec> parts) {
  std::uint64_t offset = read.offset;
  std::size_t next = 0;
  while (next < parts.size()) {
    const ssize_t got =
        preadv(read.fd->get(), parts.data() + next, static_cast<int>(parts.size() - next), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error("reading the file", errno));
    if (got == 0) return fail(shrunk(read));
    offset += static_cast<std::uint64_t>(got);
    std::size_t left = static_cast<std::size_t>(got);
    while (next < parts.size() && left >= parts[next].iov_len) left -= parts[next++].iov_len;
    if (left > 0) {
      parts[next].iov_base = static_cast<std::uint8_t*>(parts[next].iov_base) + left;
      parts[next].iov_len -= left;
    }
  }
  return {};
}

// Sizes the piece; where the data of each of its chunks belongs.
std::vector<iovec> lay_out(const FileRead& read, std::uint64_t data_bytes, std::vector<std::uint8_t>& bytes) {
  std::vector<iovec> parts;
  const std::size_t chunks =
      std::max<std::size_t>(1, static_cast<std::size_t>((data_bytes + read.chunk_bytes - 1) / read.chunk_bytes));
  bytes.resize(data_bytes + chunks * kHeadBytes);
  std::uint64_t left = data_bytes;
  std::uint8_t* at = bytes.data();
  for (std::size_t i = 0; i < chunks; ++i) {
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left, read.chunk_bytes));
    if (size > 0) parts.push_back({at + kHeadBytes, size});
    at += kHeadBytes + size;
    left -= size;
  }
  return parts;
}

void write_heads(const FileRead& read, FilePiece& piece) {
  std::uint64_t offset = read.offset;
  std::uint64_t left = piece.data_bytes;
  std::uint8_t* at = piece.bytes.data();
  do {
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, read.chunk_bytes));
    left -= size;
    net::store_header(at, {.length = static_cast<std::uint32_t>(net::kChunkHeaderBytes) + size,
                           .kind = net::Kind::kChunk,
                           .stream = read.file});
    net::store_chunk_header(
        at + net::kHeaderBytes,
        {.offset = offset, .crc32 = net::crc32_of({at + kHeadBytes, size}), .is_last = piece.is_last && left == 0});
    offset += size;
    at += kHeadBytes + size;
  } while (left > 0);
}

}  // namespace

Result<FilePiecePtr> read_piece(const FileRead& read) {
  auto piece = std::make_shared<FilePiece>();
  const std::uint64_t rest = read.size_bytes - read.offset;
  piece->data_bytes = std::min<std::uint64_t>(rest, std::uint64_t{read.chunks} * read.chunk_bytes);
  piece->is_last = piece->data_bytes == rest;
  try {
    ZOE_CHECK(read_fully(read, lay_out(read, piece->data_bytes, piece->bytes)));
  } catch (const std::bad_alloc&) {
    return fail(Errc::kNoMemory, "no memory to read the file");
  }
  write_heads(read, *piece);
  return piece;
}

FileSender::FileSender(std::uint32_t file, UniqueFd fd, std::uint64_t size_bytes, std::uint64_t offset,
                       std::uint64_t chunk_bytes)
    : fd_(std::make_shared<const UniqueFd>(std::move(fd))),
      file_(file),
      size_bytes_(size_bytes),
      start_(std::min(offset, size_bytes)),
      chunk_bytes_(
          static_cast<std::uint32_t>(std::clamp<std::uint64_t>(chunk_bytes, kLeastChunkBytes, net::kMostChunkBytes))) {
  posix_fadvise(fd_->get(), static_cast<off_t>(start_), 0, POSIX_FADV_SEQUENTIAL);
}

void FileSender::grant(std::uint64_t total) { granted_ = std::max(granted_, total); }

std::optional<FileRead> FileSender::begin_read() {
  if (is_reading_ || piece_ || is_last_read_ || read_ >= granted_) return std::nullopt;
  const std::uint64_t wanted = (granted_ - read_ - 1) / chunk_bytes_ + 1;
  const std::uint64_t most = std::max<std::uint64_t>(1, kPieceBytes / chunk_bytes_);
  is_reading_ = true;
  return FileRead{.fd = fd_,
                  .file = file_,
                  .offset = start_ + read_,
                  .size_bytes = size_bytes_,
                  .chunk_bytes = chunk_bytes_,
                  .chunks = static_cast<std::uint32_t>(std::min(wanted, most))};
}

void FileSender::end_read(FilePiecePtr piece) {
  is_reading_ = false;
  read_ += piece->data_bytes;
  is_last_read_ = piece->is_last;
  piece_ = std::move(piece);
}

void FileSender::cancel_read() { is_reading_ = false; }

FilePiecePtr FileSender::take_piece() {
  if (piece_ && piece_->is_last) is_last_taken_ = true;
  return std::exchange(piece_, nullptr);
}

}  // namespace zoe::transport_tcp
