#include "engine/net/connection.hpp"

#include <nlohmann/json.hpp>

#include <utility>

#include "engine/net/connection_impl.hpp"

namespace zoe::net {
namespace {

constexpr std::size_t kMostProbes = 16;

// How long the destructor waits for the last bytes to leave before it leaves their thread behind.
constexpr std::chrono::milliseconds kFarewell{200};

}  // namespace

std::unique_ptr<Connection> Connection::start(ConnectionOptions options, ConnectionSinks sinks) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(sinks));
  impl->start();
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

void Connection::request(std::string_view method, std::string params, Completion completion) {
  impl_->request(method, params, std::move(completion));
}

void Connection::send_credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t total) {
  impl_->send(encode_credit(stream, serial, total));
}

void Connection::probe() { impl_->probe(); }
void Connection::close() { impl_->close(); }
Status Connection::wait_ready(std::chrono::milliseconds patience) { return impl_->wait_ready(patience); }
ConnectionState Connection::state() const { return impl_->state(); }
ConnectionStats Connection::stats() const { return impl_->stats(); }

Connection::Impl::Impl(ConnectionOptions options, ConnectionSinks sinks)
    : options_(std::move(options)),
      sinks_(std::move(sinks)),
      line_(std::make_shared<Line>(options_.host, options_.port, options_.security)) {}

void Connection::Impl::start() {
  started_ns_ = clock_.now_ns();
  last_received_ns_ = started_ns_;
  measured_ns_ = started_ns_;
  sender_ = std::thread([line = line_] { line->run_sender(); });
  receiver_ = std::thread([this] { run(); });
}

Connection::Impl::~Impl() {
  close();
  receiver_.join();
  line_->stop();
  if (line_->wait_sender_done(kFarewell)) {
    sender_.join();
  } else {
    sender_.detach();  // it hangs in the system, and owns the Line
  }
}

void Connection::Impl::request(std::string_view method, std::string_view params, Completion completion) {
  const std::int64_t deadline_ns = clock_.now_ns() + std::chrono::nanoseconds(options_.request_timeout).count();
  Result<nlohmann::json> failure = fail(Errc::kUnavailable, "the connection is closed");
  {
    MutexLock lock(mutex_);
    if (state_.phase != ConnectionPhase::kClosed) {
      auto message = requests_.add(method, params, deadline_ns, completion);
      if (message) {
        if (!message->empty()) send_locked(*message);
        return;
      }
      failure = fail(std::move(message).error());
    } else if (state_.error) {
      failure = fail(*state_.error);
    }
  }
  if (completion) completion(failure);
}

void Connection::Impl::send(const std::vector<std::uint8_t>& message) {
  MutexLock lock(mutex_);
  send_locked(message);
}

void Connection::Impl::send_locked(const std::vector<std::uint8_t>& message) {
  if (state_.phase == ConnectionPhase::kClosed) return;
  if (may_send_) {
    if (Status sent = line_->send(message); !sent && !send_error_) send_error_ = std::move(sent).error();
  } else if (early_.size() + message.size() <= Line::kMostQueuedBytes / 2) {
    early_.insert(early_.end(), message.begin(), message.end());
  } else if (!send_error_) {
    send_error_ = Error{Errc::kTooLarge, "more was asked before the connection stood than can be kept"};
  }
}

void Connection::Impl::probe() {
  MutexLock lock(mutex_);
  if (probes_.size() >= kMostProbes) return;
  const Probe probe{.token = next_token_++, .client_ns = clock_.now_ns()};
  probes_.emplace(probe.token, probe.client_ns);
  send_locked(encode_probe(probe));
}

void Connection::Impl::close() { is_closing_.store(true, std::memory_order_release); }

Status Connection::Impl::wait_ready(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  MutexLock lock(mutex_);
  while (state_.phase != ConnectionPhase::kReady && state_.phase != ConnectionPhase::kClosed) {
    if (!changed_.wait_until(mutex_, deadline)) return fail(Errc::kTimeout, "the server has not greeted yet");
  }
  if (state_.phase == ConnectionPhase::kReady) return {};
  return fail(state_.error.value_or(Error{Errc::kUnavailable, "the connection is closed"}));
}

ConnectionState Connection::Impl::state() const {
  MutexLock lock(mutex_);
  return state_;
}

ConnectionStats Connection::Impl::stats() const {
  MutexLock lock(mutex_);
  return {.received_bytes = line_->received_bytes(),
          .sent_bytes = line_->sent_bytes(),
          .media_bytes = media_bytes_.load(std::memory_order_relaxed),
          .messages = messages_.load(std::memory_order_relaxed),
          .receive_bytes_per_s = receive_bytes_per_s_,
          .clock = estimate_};
}

}  // namespace zoe::net
