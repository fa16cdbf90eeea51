#include <sys/socket.h>

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "plugins/transport_tcp/write_batch.hpp"

namespace zoe::transport_tcp {
namespace {

constexpr std::size_t kMostParts = 1024;  // IOV_MAX

// Memory of a connection's own that is kept for the next batch: an encrypted one.
constexpr std::size_t kMostKeptBytes = 256U << 10;

Bytes bytes_of(const zoe_slice& slice) { return {slice.data, slice.size}; }

std::uint64_t size_of(const zoe_run& run) {
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < run.slice_count; ++i) bytes += run.slices[i].size;
  return bytes;
}

}  // namespace

WriteBatch::~WriteBatch() { clear(); }

void WriteBatch::add(const void* data, std::size_t size) {
  if (size > 0) parts_.push_back({const_cast<void*>(data), size});
}

Status WriteBatch::pull(RunSource& source, std::size_t most_bytes) {
  source_ = &source;
  std::size_t bytes = 0;
  while (run_count_ < kMostRuns && bytes < most_bytes) {
    zoe_run& run = runs_[run_count_];
    ZOE_TRY(const sdk::Flow flow, source.pull_run(most_bytes - bytes, run));
    if (flow != sdk::Flow::kDone) break;
    MediaHeader& header = headers_[run_count_++];
    if (run.slice_count > ZOE_RUN_SLICES) return fail(Errc::kInternal, "a run has too many slices");
    const std::uint64_t size = size_of(run);
    if (size > net::rule_of(net::Kind::kMedia).most_bytes - net::kRunHeaderBytes)
      return fail(Errc::kInternal, fmt::format("a run of {} bytes does not fit into a message", size));
    net::store_header(header.data(), {.length = static_cast<std::uint32_t>(net::kRunHeaderBytes + size),
                                      .kind = net::Kind::kMedia,
                                      .flags = static_cast<std::uint16_t>(run.flags),
                                      .stream = run.stream,
                                      .serial = run.serial});
    net::store_run_header(header.data() + net::kHeaderBytes,
                          {.segment = run.segment, .first_ordinal = run.first_packet, .packets = run.packets});
    bytes += size;
  }
  return {};
}

void WriteBatch::seal_plain(std::vector<std::uint8_t>& control, FilePiecePtr piece) {
  bytes_.swap(control);
  add(bytes_.data(), bytes_.size());
  for (std::size_t i = 0; i < run_count_; ++i) {
    add(headers_[i].data(), headers_[i].size());
    for (std::uint32_t k = 0; k < runs_[i].slice_count; ++k) add(runs_[i].slices[k].data, runs_[i].slices[k].size);
  }
  piece_ = std::move(piece);
  if (piece_) add(piece_->bytes.data(), piece_->bytes.size());
}

Status WriteBatch::seal_tls(net::TlsEngine& tls, const std::vector<std::uint8_t>& control, const FilePiecePtr& piece) {
  ZOE_CHECK(tls.write(control));
  for (std::size_t i = 0; i < run_count_; ++i) {
    ZOE_CHECK(tls.write(headers_[i]));
    for (std::uint32_t k = 0; k < runs_[i].slice_count; ++k) ZOE_CHECK(tls.write(bytes_of(runs_[i].slices[k])));
  }
  release_runs();
  if (piece) ZOE_CHECK(tls.write(piece->bytes));
  tls.take_output(bytes_);
  add(bytes_.data(), bytes_.size());
  return {};
}

Result<std::size_t> WriteBatch::send(int socket) {
  std::size_t total = 0;
  while (next_ < parts_.size()) {
    msghdr message{};
    message.msg_iov = parts_.data() + next_;
    message.msg_iovlen = std::min(parts_.size() - next_, kMostParts);
    std::size_t offered = 0;
    for (std::size_t i = 0; i < message.msg_iovlen; ++i) offered += message.msg_iov[i].iov_len;
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (sent < 0) return fail(errno_error("send", errno));
    total += static_cast<std::size_t>(sent);
    std::size_t left = static_cast<std::size_t>(sent);
    while (next_ < parts_.size() && left >= parts_[next_].iov_len) left -= parts_[next_++].iov_len;
    if (left > 0) {
      parts_[next_].iov_base = static_cast<std::uint8_t*>(parts_[next_].iov_base) + left;
      parts_[next_].iov_len -= left;
    }
    if (static_cast<std::size_t>(sent) < offered) break;  // its buffer is full
  }
  return total;
}

void WriteBatch::release_runs() {
  released_runs_ += run_count_;
  while (run_count_ > 0) source_->release_run(runs_[--run_count_]);
}

void WriteBatch::clear() {
  release_runs();
  source_ = nullptr;
  bytes_.clear();
  if (bytes_.capacity() > kMostKeptBytes) bytes_ = {};
  piece_.reset();
  parts_.clear();
  next_ = 0;
}

}  // namespace zoe::transport_tcp
