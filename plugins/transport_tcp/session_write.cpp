// The writing half of a connection.
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "plugins/transport_tcp/session.hpp"

namespace zoe::transport_tcp {

namespace asio = boost::asio;

asio::awaitable<void> Session::run_writer() {
  const auto self = shared_from_this();
  while (!has_said_last_) {
    if (Status filled = fill_batch(); !filled) {
      thread_.shared().host.error("{}: {}", name(), filled.error().message);
      close_now();
      co_return;
    }
    if (batch_.is_empty()) {
      if (is_ending_) {
        say_last();
      } else {
        co_await kick_.wait();
      }
      continue;
    }
    const bool is_sent = co_await send_batch();
    if (!is_sent) {
      close_now();
      co_return;
    }
    // The other connections of this thread have their turn.
    co_await asio::post(thread_.context(), asio::use_awaitable);
  }
}

// Runs first, control messages after them: so whatever made a run possible (the answer to `stream.open`) is in the same
// batch at the latest, and stands before it.
Status Session::fill_batch() {
  batch_.clear();
  if (tls_ && tls_->state() != net::TlsEngine::State::kOpen) {
    // Nothing can be said but what TLS itself has to say.
    control_.clear();
    tls_->take_output(control_);
    batch_.seal_plain(control_, nullptr);
    return {};
  }
  if (is_ending_) {
    drop_client();
  } else if (client_) {
    ZOE_CHECK(batch_.pull(*this, tls_ ? WriteBatch::kTlsBytes : WriteBatch::kPlainBytes));
  }
  batch_responses_ = outbox_.take(control_);
  FilePiecePtr piece = is_ending_ ? nullptr : take_piece();
  if (tls_) return batch_.seal_tls(*tls_, control_, piece);
  batch_.seal_plain(control_, std::move(piece));
  return {};
}

// A stream's runs may be ready a moment before the server has answered the request that opened it. The first of them
// waits here then, since a client does not know the stream before.
Result<sdk::Flow> Session::pull_run(std::size_t most_bytes, zoe_run& run) {
  if (early_run_) {
    if (!is_announced(early_run_->stream)) return sdk::Flow::kAgain;
    run = *early_run_;
    early_run_.reset();
    return sdk::Flow::kDone;
  }
  ZOE_TRY(const sdk::Flow flow, client_->pull(most_bytes, run));
  if (flow != sdk::Flow::kDone || is_announced(run.stream)) return flow;
  early_run_ = run;
  return sdk::Flow::kAgain;
}

void Session::release_run(zoe_run& run) { client_->release(run); }

bool Session::is_announced(std::uint32_t stream) {
  MutexLock lock(calls_mutex_);
  return opening_streams_ == 0 || announced_streams_.contains(stream);
}

// Not while the batch holds runs.
void Session::drop_client() {
  if (client_ && early_run_) client_->release(*early_run_);
  early_run_.reset();
  client_.reset();
}

// False when the socket broke.
asio::awaitable<bool> Session::send_batch() {
  while (!batch_.is_empty()) {
    if (!socket_.is_open()) co_return false;
    const auto sent = batch_.send(socket_.native_handle());
    if (!sent) co_return false;
    ++thread_.totals().writes;
    thread_.totals().bytes_out += *sent;
    if (batch_.is_empty()) break;
    if (*sent > 0 || blocked_ns_ == 0) blocked_ns_ = now_ns();
    const auto [error] =
        co_await socket_.async_wait(asio::posix::descriptor_base::wait_write, asio::as_tuple(asio::use_awaitable));
    if (error) co_return false;
  }
  blocked_ns_ = 0;
  batch_.clear();
  thread_.totals().runs += batch_.take_run_count();
  if (batch_responses_ > 0) {
    in_progress_ -= batch_responses_;
    batch_responses_ = 0;
    slots_.set();
    if (is_leaving_ && in_progress_ == 0) say_resume();
  }
  co_return true;
}

// Everything is sent: no more will come from here.
void Session::say_last() {
  if (tls_ && tls_->state() == net::TlsEngine::State::kOpen) {
    tls_->close();
    return;  // its last record goes out first
  }
  has_said_last_ = true;
  if (socket_.is_open()) ::shutdown(socket_.native_handle(), SHUT_WR);
}

}  // namespace zoe::transport_tcp
