// The files that a connection sends.
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "plugins/transport_tcp/session.hpp"

namespace zoe::transport_tcp {

namespace asio = boost::asio;

void Session::open_file(std::uint32_t file, const Call& call) {
  if (!client_ || is_ending_) return;
  auto opened = client_->file(file);
  if (!opened) return fail_file(file, opened.error());
  const auto [at, is_new] =
      files_.try_emplace(file, file, std::move(opened->fd), opened->size_bytes, call.offset, call.chunk_bytes);
  if (is_new) at->second.grant(call.credit_bytes);
  start_reads();
}

void Session::close_file(std::uint32_t file) { files_.erase(file); }

void Session::start_reads() {
  for (auto& [file, sender] : files_) start_read(file, sender);
}

// The disk may block, so a thread of the host's pool reads.
void Session::start_read(std::uint32_t file, FileSender& sender) {
  auto read = sender.begin_read();
  if (!read) return;
  Shared& shared = thread_.shared();
  shared.jobs.enter();
  const Status posted =
      shared.host.post([&shared, &context = thread_.context(), self = weak_from_this(), file, read = *std::move(read)] {
        asio::post(context, [self, file, piece = read_piece(read)] {
          if (const auto session = self.lock()) session->end_read(file, piece);
        });
        shared.jobs.leave();
      });
  if (posted) return;
  shared.jobs.leave();
  sender.cancel_read();  // the next tick tries again
}

void Session::end_read(std::uint32_t file, Result<FilePiecePtr> piece) {
  const auto found = files_.find(file);
  if (found == files_.end()) return;
  if (!piece) return fail_file(file, piece.error());
  found->second.end_read(*std::move(piece));
  kick_.set();
}

// A piece of one file, of each in turn.
FilePiecePtr Session::take_piece() {
  auto at = files_.upper_bound(last_file_);
  for (std::size_t i = 0; i < files_.size(); ++i, ++at) {
    if (at == files_.end()) at = files_.begin();
    if (!at->second.has_piece()) continue;
    FilePiecePtr piece = at->second.take_piece();
    last_file_ = at->first;
    if (at->second.is_done()) {
      files_.erase(at);
    } else {
      start_read(at->first, at->second);
    }
    return piece;
  }
  return nullptr;
}

void Session::fail_file(std::uint32_t file, const Error& error) {
  files_.erase(file);
  push(net::encode_text(
      net::Kind::kEvent,
      net::to_text(
          {{"event", "file.failed"}, {"file", file}, {"code", to_string(error.code)}, {"message", error.message}})));
  kick_.set();
}

}  // namespace zoe::transport_tcp
