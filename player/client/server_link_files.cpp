// Files that come over the link, whole or piece by piece.
#include <nlohmann/json.hpp>
#include <utility>

#include "player/client/server_link_impl.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {

void ServerLinkImpl::fetch_file(std::string_view method, std::string params, std::size_t most_bytes,
                                FileCompletion done) {
  ConnectionPtr line;
  std::uint64_t generation = 0;
  {
    const MutexLock lock(mutex_);
    line = connection_;
    generation = generation_;
  }
  Result<nlohmann::json> none = fail(Errc::kUnavailable, "There is no connection to the server.");
  if (!line) return on_file(generation, most_bytes, std::move(done), none);
  line->request(method, file_params(params, FileIntake::kChunkBytes, FileIntake::kWindowBytes),
                [this, generation, most_bytes, done = std::move(done)](Result<nlohmann::json>& answer) {
                  on_file(generation, most_bytes, done, answer);
                });
}

std::uint64_t ServerLinkImpl::receive_file(const FileWish& wish, std::shared_ptr<FileReceiver> receiver) {
  ConnectionPtr line;
  std::uint64_t generation = 0;
  FileIntake::Wanted wanted{.offset = wish.offset, .chunk_bytes = wish.chunk_bytes, .receiver = std::move(receiver)};
  {
    const MutexLock lock(mutex_);
    line = connection_;
    generation = generation_;
    wanted.transfer = ++newest_transfer_;
    if (line) files_.expect(wanted.transfer);
  }
  const std::uint64_t transfer = wanted.transfer;
  if (!line) {
    wanted.receiver->on_file_ended(fail(Errc::kUnavailable, "There is no connection to the server."));
    return transfer;
  }
  line->request(wish.method, transfer_params(wish.params, wish.offset, wish.chunk_bytes),
                [this, generation, wanted = std::move(wanted)](Result<nlohmann::json>& answer) {
                  on_transfer(generation, wanted, answer);
                });
  return transfer;
}

void ServerLinkImpl::on_transfer(std::uint64_t generation, FileIntake::Wanted wanted, Result<nlohmann::json>& answer) {
  const std::shared_ptr<FileReceiver> receiver = wanted.receiver;
  Status gone = fail(Errc::kUnavailable, "The connection to the server was lost.");
  if (!answer) gone = fail(answer.error());
  FileIntake::Step step;
  bool is_refused = false;
  {
    const MutexLock lock(mutex_);
    if (answer && generation == generation_) {
      step = files_.open(*answer, std::move(wanted));
    } else {
      is_refused = files_.refuse(wanted.transfer);
    }
  }
  if (is_refused) receiver->on_file_ended(std::move(gone));
  carry_out(std::move(step));
}

void ServerLinkImpl::grant_file(std::uint64_t transfer, std::uint64_t total_bytes) {
  ConnectionPtr line;
  std::uint32_t file = 0;
  {
    const MutexLock lock(mutex_);
    line = connection_;
    file = files_.grant(transfer, total_bytes);
  }
  if (line && file != 0) line->send_credit(file, 0, total_bytes);
}

void ServerLinkImpl::drop_file(std::uint64_t transfer) {
  std::uint32_t file = 0;
  {
    const MutexLock lock(mutex_);
    file = files_.drop(transfer);
  }
  if (file != 0) request("file.close", close_file_params(file), {});
}

void ServerLinkImpl::on_chunk(std::uint64_t generation, net::FileChunk&& chunk) {
  FileIntake::Step step;
  {
    const MutexLock lock(mutex_);
    if (generation == generation_) step = files_.take(std::move(chunk));
  }
  carry_out(std::move(step));
}

void ServerLinkImpl::on_file(std::uint64_t generation, std::size_t most_bytes, FileCompletion done,
                             Result<nlohmann::json>& answer) {
  Result<std::vector<std::uint8_t>> gone = fail(Errc::kUnavailable, "The connection to the server was lost.");
  if (!answer) gone = fail(answer.error());
  FileIntake::Step step;
  {
    const MutexLock lock(mutex_);
    if (answer && generation == generation_) step = files_.open(*answer, most_bytes, std::exchange(done, nullptr));
  }
  if (done) done(gone);
  carry_out(std::move(step));
}

void ServerLinkImpl::carry_out(FileIntake::Step step) {
  if (step.is_to_be_closed) request("file.close", close_file_params(step.file), {});
  const ConnectionPtr line = step.credit != 0 ? connection() : nullptr;
  if (line) line->send_credit(step.file, 0, step.credit);
  if (step.receiver && step.opened) step.receiver->on_file_opened(*step.opened);
  if (step.receiver && step.piece) step.receiver->on_file_piece(std::move(*step.piece));
  if (step.ended) step.ended->tell();
}

void ServerLinkImpl::on_file_failed(std::uint64_t generation, const nlohmann::json& event) {
  FileIntake::Step step;
  {
    const MutexLock lock(mutex_);
    if (generation == generation_) step = files_.fail_file(event);
  }
  carry_out(std::move(step));
}

}  // namespace zoe::player
