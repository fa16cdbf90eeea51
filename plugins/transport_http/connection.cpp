#include "plugins/transport_http/connection.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include "plugins/transport_http/http_text.hpp"
#include "plugins/transport_http/websocket.hpp"

namespace zoe::transport_http {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kLingerNs = 2'000'000'000;
// A proxy's idea of an idle connection is a minute.
constexpr std::chrono::seconds kPingEvery{25};
constexpr std::uint64_t kSmallBodyBytes = 16U << 10;
constexpr std::size_t kMostAnswers = std::size_t{64} << 10;
constexpr std::uint16_t kGoingAway = 1001;  // RFC 6455, section 7.4.1, as the next ones
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kTooBig = 1009;
constexpr std::uint8_t kTlsHandshake = 0x16;  // no request begins with it

}  // namespace

Connection::Connection(IoThread& thread, UniqueFd socket, const zoe_peer& peer)
    : thread_(thread),
      peer_(peer),
      wire_(thread.context(), std::move(socket)),
      exchange_(thread.shared().host, peer_, thread.context(), [this] { close(); }) {
  set_phase(Phase::kAdmission);
}

// As of the thread's last look at the clock: deadlines are looked at no more often.
void Connection::set_phase(Phase phase) {
  phase_ = phase;
  phase_ns_ = thread_.now_ns();
  sent_ns_ = phase_ns_;
}

void Connection::start() {
  asio::co_spawn(thread_.context(), run(), [self = shared_from_this()](const std::exception_ptr& thrown) {
    if (thrown) {
      try {
        std::rethrow_exception(thrown);
      } catch (const std::exception& error) {
        self->thread_.shared().host.error("{}: the connection failed: {}", sdk::view_of(self->peer_.address),
                                          error.what());
      }
    }
    self->close();
    self->exchange_.end();
    self->thread_.remove(self);
  });
}

void Connection::close() { wire_.close(); }

void Connection::drain() {
  is_draining_ = true;
  if (phase_ == Phase::kIdle) close();
  if (phase_ == Phase::kEvents && exchange_.caller()) exchange_.caller()->stir();
}

void Connection::check_deadlines(std::int64_t now) {
  const Options& options = thread_.shared().options;
  const std::int64_t in_phase_ns = now - phase_ns_;
  switch (phase_) {
    case Phase::kAdmission:
    case Phase::kReading:
      if (in_phase_ns >= options.request_timeout_ns) close();
      break;
    case Phase::kIdle:
      if (in_phase_ns >= options.idle_timeout_ns) close();
      break;
    case Phase::kAnswering:
      break;  // the server's own requests end by themselves
    case Phase::kSending:
      if (wire_.sent() != sent_) {
        sent_ = wire_.sent();
        sent_ns_ = now;
      } else if (now - sent_ns_ >= options.stall_timeout_ns) {
        thread_.shared().host.count("stalls_total");
        close();
      }
      break;
    case Phase::kEvents:
      break;  // pings find out who is gone
    case Phase::kEnding:
      if (in_phase_ns >= kLingerNs) close();
      break;
  }
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  const bool is_admitted = co_await admit();
  if (!is_admitted) co_return;
  for (;;) {
    auto is_whole = co_await read_request();
    if (!is_whole) {
      co_await refuse(is_whole.error());
      co_return;
    }
    if (!*is_whole) co_return;
    const Request& request = reader_.request();
    set_phase(Phase::kAnswering);
    auto response = exchange_.answer_at_once(request);
    if (!response) response = co_await exchange_.answer(request);
    const bool is_upgrade = response->is_upgrade;
    const bool goes_on = co_await send(*response, request);
    reader_.next();
    if (goes_on && is_upgrade) co_await send_events();
    if (!goes_on || is_upgrade) break;
  }
  co_await linger();
}

// TLS or plain, told by the first byte; plain comes from this machine only, unless the settings say otherwise.
asio::awaitable<bool> Connection::admit() {
  const auto first = co_await wire_.peek();
  if (!first) co_return false;
  const Shared& shared = thread_.shared();
  if (*first == kTlsHandshake) {
    exchange_.set_security(Exchange::Security::kTls);
    co_return wire_.begin_tls(shared.tls).has_value();
  }
  if (peer_.is_loopback != 0 || shared.options.allow_plain) co_return true;
  shared.host.count("refused_total");
  // A name of its own: GCC 12 destroys a temporary argument of an awaited call twice.
  const Error reason{Errc::kDenied,
                     "over the network this server speaks HTTPS only: write https:// in front of the address"};
  co_await refuse(reason);
  co_return false;
}

// False when the peer has ended.
asio::awaitable<Result<bool>> Connection::read_request() {
  set_phase(reader_.has_begun() ? Phase::kReading : Phase::kIdle);
  for (;;) {
    auto is_whole = reader_.parse();
    if (!is_whole || *is_whole) co_return is_whole;
    if (reader_.take_expectation()) {
      constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      Status sent = co_await wire_.send(as_bytes(kGoOn));
      if (!sent) co_return false;
    }
    if (phase_ == Phase::kIdle && (is_draining_ || thread_.shared().is_draining.load())) co_return false;
    auto bytes = co_await wire_.receive();
    if (!bytes) {
      close();  // TLS is broken: nothing can be said any more
      co_return false;
    }
    if (bytes->empty()) co_return false;
    if (phase_ == Phase::kIdle) set_phase(Phase::kReading);
    reader_.add(*bytes);
  }
}

asio::awaitable<bool> Connection::send(Response& response, const Request& request) {
  set_phase(Phase::kSending);
  const bool is_leaving = is_draining_ || thread_.shared().is_draining.load();
  const bool is_kept_alive = request.is_kept_alive && !response.is_last && !response.source && !is_leaving;
  const std::uint64_t before = wire_.sent();
  write_head(response, thread_.date(), is_kept_alive, head_);
  const bool has_body = request.method != Method::kHead && response.status != 304;
  const bool has_file = has_body && response.file;
  const std::string_view text = has_body && !response.source ? response.text() : std::string_view();
  // A small body goes along with the head. A large file does not: what is left of its last packet would wait, and cost
  // more than a packet for the head alone.
  const bool goes_along = has_file ? response.file->size_bytes() <= kSmallBodyBytes : !text.empty();
  const Wire::More more = goes_along ? Wire::More::kFollows : Wire::More::kNo;
  const Bytes rest = as_bytes(head_).subspan(wire_.send_now(as_bytes(head_), more));
  Status sent;
  if (!rest.empty()) sent = co_await wire_.send(rest, more);
  bool is_done = sent.has_value();
  if (is_done && has_file) {
    is_done = send_body_now(*response.file);
    if (!is_done) is_done = co_await send_body(*response.file);
  } else if (is_done && has_body && response.source) {
    co_await send_source(*response.source);
  } else if (is_done && !text.empty()) {
    sent = co_await wire_.send(as_bytes(text));
    is_done = sent.has_value();
  }
  thread_.count_request(wire_.sent() - before);
  // What was promised cannot be kept: only the end of the connection says so.
  if (!is_done) close();
  co_return is_done&& is_kept_alive;
}

// What the socket takes of the body at once; the rest is left in it. True where there is none.
bool Connection::send_body_now(FileBody& body) {
  if (body.parts.size() != 1 || !body.parts.front().before.empty() || !body.end.empty()) return body.parts.empty();
  ByteRange& range = body.parts.front().range;
  const std::uint64_t done = wire_.send_file_now(body.fd->get(), range.first, range.count);
  range.first += done;
  range.count -= done;
  return range.count == 0;
}

asio::awaitable<void> Connection::send_source(BodySource& source) {
  for (;;) {
    set_phase(Phase::kAnswering);
    const auto piece = co_await source.next();
    if (!piece) {
      thread_.shared().host.debug("{}: {}", sdk::view_of(peer_.address), piece.error().message);
      close();
      co_return;
    }
    if (piece->empty()) co_return;
    set_phase(Phase::kSending);
    Status sent = co_await wire_.send(as_bytes(*piece));
    if (!sent) co_return;
  }
}

asio::awaitable<bool> Connection::send_body(const FileBody& body) {
  for (const FileBody::Part& part : body.parts) {
    if (!part.before.empty()) {
      Status sent = co_await wire_.send(as_bytes(part.before), Wire::More::kFollows);
      if (!sent) co_return false;
    }
    Status sent = co_await wire_.send_file(body.fd->get(), part.range.first, part.range.count);
    if (!sent) {
      if (sent.error().code == Errc::kIo) thread_.shared().host.warning("{}", sent.error().message);
      co_return false;
    }
  }
  Status sent = co_await wire_.send(as_bytes(body.end));
  co_return sent.has_value();
}

// From the handshake on: events as they come, an answer to what the client says, and a ping where nothing else was
// heard.
asio::awaitable<void> Connection::send_events() {
  set_phase(Phase::kEvents);
  const auto caller = exchange_.caller();
  if (!caller) co_return;
  asio::co_spawn(thread_.context(), hear(), [self = shared_from_this(), caller](const std::exception_ptr&) {
    self->is_closing_ = true;
    caller->stir();
  });
  auto next_ping = std::chrono::steady_clock::now() + kPingEvery;
  while (wire_.is_open() && caller->is_open()) {
    if (!is_closing_ && (is_draining_ || thread_.shared().is_draining.load())) {
      to_send_ += websocket_close(kGoingAway, "connect again");
      is_closing_ = true;
    }
    const std::string answers = std::exchange(to_send_, {});
    if (!answers.empty()) {
      Status sent = co_await wire_.send(as_bytes(answers));
      if (!sent) co_return;
      continue;
    }
    if (is_closing_) co_return;
    const auto event = co_await caller->next_event(next_ping);
    if (event) {
      const std::string frame = websocket_frame(Opcode::kText, *event);
      Status sent = co_await wire_.send(as_bytes(frame));
      if (!sent) co_return;
    }
    if (std::chrono::steady_clock::now() < next_ping) continue;
    next_ping = std::chrono::steady_clock::now() + kPingEvery;
    if (!std::exchange(is_heard_, false)) co_return;
    to_send_ += websocket_frame(Opcode::kPing, "");
  }
}

// What a WebSocket's client says: pings and the end; everything else is read and means nothing.
asio::awaitable<void> Connection::hear() {
  const auto self = shared_from_this();
  const auto caller = exchange_.caller();
  WebSocketReader frames;
  for (;;) {
    const auto bytes = co_await wire_.receive();
    if (!bytes || bytes->empty()) co_return;
    is_heard_ = true;
    frames.add(*bytes);
    for (;;) {
      auto frame = frames.next();
      if (!frame) {
        const bool is_large = frame.error().code == Errc::kTooLarge;
        to_send_ += websocket_close(is_large ? kTooBig : kProtocolError, frame.error().message);
        co_return;
      }
      if (!*frame) break;
      if ((*frame)->opcode == Opcode::kClose) {
        to_send_ += websocket_frame(Opcode::kClose, (*frame)->payload.substr(0, 2));
        co_return;
      }
      if ((*frame)->opcode == Opcode::kPing) {
        // Who does not take answers is not given more of them.
        if (to_send_.size() > kMostAnswers) co_return;
        to_send_ += websocket_frame(Opcode::kPong, (*frame)->payload);
        caller->stir();
      }
    }
  }
}

// The last words of a connection that cannot go on.
asio::awaitable<void> Connection::refuse(const Error& error) {
  const int status = error.code == Errc::kDenied     ? 403
                     : error.code == Errc::kTooLarge ? (reader_.is_header_too_large() ? 431 : 413)
                                                     : 400;
  set_phase(Phase::kSending);
  const Response response = text_response(status, error.message + "\n");
  write_head(response, thread_.date(), false, head_);
  head_ += response.body;
  static_cast<void>(co_await wire_.send(as_bytes(head_)));
  co_await linger();
}

// Closing a socket with unread bytes resets it, and the peer could lose the answer: so read on until it closes.
asio::awaitable<void> Connection::linger() {
  set_phase(Phase::kEnding);
  co_await wire_.finish();
  for (;;) {
    const auto bytes = co_await wire_.receive();
    if (!bytes || bytes->empty()) co_return;
  }
}

}  // namespace zoe::transport_http
