#include "server/api/session.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

namespace zoe::server {

// What is ended outside the lock: closing a stream may call back, and closing a file may take its time.
struct Session::Closing {
  std::map<std::uint32_t, Entry> streams;
  std::map<std::uint32_t, File> files;
  std::stop_source stop;

  void run() {
    stop.request_stop();
    for (auto& [handle, entry] : streams)
      if (entry.stream) entry.stream->close();
  }
};

Session::Session(std::string peer_address, std::size_t most_streams)
    : peer_address_(std::move(peer_address)), most_streams_(most_streams) {}

Session::~Session() { close(); }

IdentityPtr Session::identity() const {
  MutexLock lock(mutex_);
  return identity_;
}

ClientFacts Session::facts() const {
  MutexLock lock(mutex_);
  return facts_;
}

void Session::set_facts(ClientFacts facts) {
  MutexLock lock(mutex_);
  facts_ = std::move(facts);
}

void Session::set_program(std::string program) {
  MutexLock lock(mutex_);
  facts_.program = std::move(program);
}

Session::Closing Session::end_epoch() {
  ++epoch_;
  return {std::exchange(streams_, {}), std::exchange(files_, {}), std::exchange(epoch_stop_, std::stop_source())};
}

Status Session::sign_in(IdentityPtr identity) {
  Closing closing;
  {
    MutexLock lock(mutex_);
    if (is_closed_) return fail(Errc::kUnavailable, "this connection is being closed");
    identity_ = std::move(identity);
    closing = end_epoch();
  }
  closing.run();
  return {};
}

void Session::replace_identity(const IdentityPtr& before, IdentityPtr now) {
  MutexLock lock(mutex_);
  if (identity_ == before) identity_ = std::move(now);
}

std::uint32_t Session::next_handle() {
  // Skips 0 and what is open when the count goes round.
  do {
    ++last_handle_;
  } while (last_handle_ == 0 || streams_.contains(last_handle_) || files_.contains(last_handle_));
  return last_handle_;
}

Result<Session::Reservation> Session::reserve_stream() {
  MutexLock lock(mutex_);
  if (is_closed_) return fail(Errc::kUnavailable, "this connection is being closed");
  if (streams_.size() >= most_streams_)
    return fail(Errc::kTooLarge,
                fmt::format("this connection has {} streams open, as many as it may; close one first", most_streams_));
  const std::uint32_t handle = next_handle();
  streams_.emplace(handle, Entry{});
  return Reservation{handle, epoch_, epoch_stop_.get_token()};
}

Result<Session::Reservation> Session::reserve_file() {
  MutexLock lock(mutex_);
  if (is_closed_) return fail(Errc::kUnavailable, "this connection is being closed");
  if (files_.size() >= kMostFiles) {
    const auto done =
        std::find_if(files_.begin(), files_.end(), [](const auto& file) { return file.second.is_fetched; });
    if (done != files_.end()) files_.erase(done);
  }
  if (files_.size() >= kMostFiles)
    return fail(Errc::kTooLarge,
                fmt::format("this connection has {} files open, as many as it may; close one first", kMostFiles));
  const std::uint32_t handle = next_handle();
  files_.emplace(handle, File{});
  return Reservation{handle, epoch_, epoch_stop_.get_token()};
}

void Session::drop(const Reservation& reservation) {
  MutexLock lock(mutex_);
  if (reservation.epoch != epoch_) return;
  streams_.erase(reservation.handle);
  files_.erase(reservation.handle);
}

Status Session::add_stream(const Reservation& reservation, std::shared_ptr<Stream> stream, MediaEntryPtr media,
                           std::optional<int> track) {
  {
    MutexLock lock(mutex_);
    if (reservation.epoch == epoch_) {
      streams_[reservation.handle] = {std::move(stream), std::move(media), track};
      return {};
    }
  }
  stream->close();
  return fail(Errc::kCancelled, "somebody else signed in on this connection meanwhile");
}

Status Session::add_file(const Reservation& reservation, UniqueFd fd, std::uint64_t size_bytes) {
  MutexLock lock(mutex_);
  if (reservation.epoch != epoch_)
    return fail(Errc::kCancelled, "somebody else signed in on this connection meanwhile");
  files_[reservation.handle] = {std::move(fd), size_bytes, false};
  return {};
}

Result<Session::OpenStream> Session::stream(std::uint32_t handle) const {
  MutexLock lock(mutex_);
  const auto found = streams_.find(handle);
  if (found == streams_.end() || !found->second.stream)
    return fail(Errc::kNotFound, fmt::format("stream {} is not open", handle));
  return OpenStream{found->second.stream, found->second.media, found->second.track, epoch_stop_.get_token()};
}

bool Session::has_files() const {
  MutexLock lock(mutex_);
  return !files_.empty();
}

Status Session::close_stream(std::uint32_t handle) {
  std::shared_ptr<Stream> stream;
  {
    MutexLock lock(mutex_);
    const auto found = streams_.find(handle);
    if (found == streams_.end() || !found->second.stream)
      return fail(Errc::kNotFound, fmt::format("stream {} is not open", handle));
    stream = std::move(found->second.stream);
    streams_.erase(found);
  }
  stream->close();
  return {};
}

Result<Session::FileCopy> Session::file(std::uint32_t handle) {
  MutexLock lock(mutex_);
  const auto found = files_.find(handle);
  if (found == files_.end() || !found->second.fd)
    return fail(Errc::kNotFound, fmt::format("file {} is not open", handle));
  UniqueFd copy(::fcntl(found->second.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) return fail(errno_error("open the file once more", errno));
  found->second.is_fetched = true;
  return FileCopy{std::move(copy), found->second.size_bytes};
}

Status Session::close_file(std::uint32_t handle) {
  File file;  // closed after the lock is released
  MutexLock lock(mutex_);
  const auto found = files_.find(handle);
  if (found == files_.end() || !found->second.fd)
    return fail(Errc::kNotFound, fmt::format("file {} is not open", handle));
  file = std::move(found->second);
  files_.erase(found);
  return {};
}

zoe_status Session::pull(std::size_t most_bytes, zoe_run& out) {
  pulling_.clear();
  {
    MutexLock lock(mutex_);
    // Begins behind the stream that was served last, so that each gets its turn.
    const auto first = streams_.upper_bound(last_pulled_);
    for (auto it = first; it != streams_.end(); ++it)
      if (it->second.stream) pulling_.push_back(it->second.stream);
    for (auto it = streams_.begin(); it != first; ++it)
      if (it->second.stream) pulling_.push_back(it->second.stream);
  }
  zoe_status result = ZOE_AGAIN;
  std::uint32_t served = 0;
  for (const auto& stream : pulling_) {
    result = stream->pull(most_bytes, out);
    if (result != ZOE_OK) continue;
    served = stream->id();
    break;
  }
  pulling_.clear();
  if (result != ZOE_OK) return ZOE_AGAIN;
  MutexLock lock(mutex_);
  last_pulled_ = served;
  return ZOE_OK;
}

std::size_t Session::open_streams() const {
  MutexLock lock(mutex_);
  return static_cast<std::size_t>(std::count_if(streams_.begin(), streams_.end(),
                                                [](const auto& entry) { return entry.second.stream != nullptr; }));
}

std::vector<Session::OpenStream> Session::streams() const {
  std::vector<OpenStream> open;
  MutexLock lock(mutex_);
  for (const auto& [handle, entry] : streams_)
    if (entry.stream) open.push_back({entry.stream, entry.media, entry.track, epoch_stop_.get_token()});
  return open;
}

void Session::close() {
  Closing closing;
  {
    MutexLock lock(mutex_);
    if (is_closed_) return;
    is_closed_ = true;
    identity_ = nullptr;
    closing = end_epoch();
  }
  closing.run();
}

}  // namespace zoe::server
