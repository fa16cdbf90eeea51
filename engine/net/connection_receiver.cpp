// The receiving thread of a Connection: from the first byte to the last.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/connection_impl.hpp"
#include "engine/net/json.hpp"
#include "engine/net/messages.hpp"

namespace zoe::net {
namespace {

// SDL2_net cannot be woken from select(), so closing takes up to this long.
constexpr std::chrono::milliseconds kTick{20};
constexpr std::chrono::milliseconds kFarewell{100};
constexpr std::int64_t kMeasureNs = 250 * kNsPerMs;

Error cancelled() { return {Errc::kCancelled, "the connection was closed"}; }

std::int64_t ns_of(std::chrono::milliseconds time) { return std::chrono::nanoseconds(time).count(); }

double seconds_of(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000.0; }

}  // namespace

std::string Connection::Impl::peer() const { return fmt::format("{}:{}", options_.host, options_.port); }

void Connection::Impl::run() {
  const SdlThreadScope sdl;
  set_thread_name("zoe-net-recv");
  if (sinks_.state) sinks_.state(state());
  const Status result = serve();
  finish(result ? cancelled() : result.error());
}

Status Connection::Impl::serve() {
  bool is_encrypted = false;
  ZOE_CHECK(wait_connected(is_encrypted));
  if (is_encrypted) ZOE_CHECK(secure());
  greet();
  for (;;) {
    ZOE_CHECK(tick());
    if (line_->wait_readable(kTick)) ZOE_CHECK(receive_all());
  }
}

Status Connection::Impl::wait_connected(bool& is_encrypted) {
  for (;;) {
    ZOE_CHECK(tick());
    const auto connected = line_->wait_connected(kTick);
    if (!connected) continue;
    if (!*connected) return fail(connected->error());
    is_encrypted = (*connected)->is_encrypted;
    MutexLock lock(mutex_);
    state_.is_encrypted = is_encrypted;
    return {};
  }
}

Status Connection::Impl::secure() {
  change_state(ConnectionPhase::kSecuring);
  ZOE_TRY(auto context, TlsContext::client());
  ZOE_CHECK(line_->start_tls(std::move(context)));
  while (line_->tls_state() == TlsEngine::State::kHandshaking) {
    ZOE_CHECK(tick());
    if (!line_->wait_readable(kTick)) continue;
    auto bytes = line_->receive();
    if (!bytes) {
      const bool is_not_tls = bytes.error().code == Errc::kMalformed;
      return fail(bytes.error().code,
                  fmt::format("{}{}: is this the port of a Zoetrope server? ({})", peer(),
                              is_not_tls ? " does not speak TLS" : " ended the TLS handshake", bytes.error().message));
    }
    if (!bytes->empty()) return fail(Errc::kMalformed, fmt::format("{} speaks before it is spoken to", peer()));
  }
  return check_key();
}

Status Connection::Impl::check_key() {
  ZOE_TRY(const std::string pin, line_->peer_pin());
  std::optional<Trust> trust;
  std::optional<Error> trust_error;
  std::string known;
  if (options_.trust) {
    trust = options_.trust->check(options_.host, options_.port, pin);
    known = options_.trust->pin_of(options_.host, options_.port);
    if (*trust == Trust::kFirstSeen) {
      if (Status kept = options_.trust->remember(options_.host, options_.port, pin); !kept)
        trust_error = std::move(kept).error();
    }
  }
  {
    MutexLock lock(mutex_);
    state_.pin = pin;
    state_.trust = trust;
    state_.trust_error = std::move(trust_error);
  }
  if (trust == Trust::kChanged) {
    return fail(
        Errc::kDenied,
        fmt::format("the key of {} is not the one it had before ({}… then, {}… now): accept the new key only if "
                    "you know that the server was set up anew; otherwise someone may be listening in",
                    peer(), known.substr(0, 16), pin.substr(0, 16)));
  }
  return {};
}

void Connection::Impl::greet() {
  change_state(ConnectionPhase::kGreeting);
  const std::string hello = encode_hello(ClientHello{.protocol = kProtocolVersion, .client = options_.client});
  const Bytes preface = as_bytes(kPreface);
  std::vector<std::uint8_t> first(preface.begin(), preface.end());
  const auto message = encode_text(Kind::kHello, hello);
  first.insert(first.end(), message.begin(), message.end());
  MutexLock lock(mutex_);
  first.insert(first.end(), early_.begin(), early_.end());
  early_ = {};
  may_send_ = true;
  send_locked(first);
}

Status Connection::Impl::receive_all() {
  auto bytes = line_->receive();
  while (bytes && !bytes->empty()) {
    last_received_ns_ = clock_.now_ns();
    ZOE_CHECK(feed(*bytes));
    bytes = line_->more();
  }
  if (bytes) return {};
  is_peer_gone_ = true;
  if (state().phase == ConnectionPhase::kGreeting) {
    return fail(
        Errc::kUnavailable,
        fmt::format("{} closed the connection without a greeting: is this the port of a Zoetrope server?", peer()));
  }
  return fail(std::move(bytes).error());
}

Status Connection::Impl::feed(Bytes bytes) {
  Message message;
  for (;;) {
    ZOE_TRY(const auto step, parser_.next(bytes, message));
    if (step == MessageParser::Step::kNeedMore) return {};
    messages_.fetch_add(1, std::memory_order_relaxed);
    ZOE_CHECK(dispatch(message));
    if (is_closing_.load(std::memory_order_acquire)) return fail(cancelled());
  }
}

Status Connection::Impl::dispatch(const Message& message) {
  if (message.header.kind == Kind::kGoodbye) {
    is_peer_gone_ = true;
    ZOE_TRY(Error reason, parse_goodbye(message.body->text()));
    return fail(std::move(reason));
  }
  const bool is_greeting = state().phase == ConnectionPhase::kGreeting;
  if (is_greeting != (message.header.kind == Kind::kHello))
    return fail(Errc::kMalformed, fmt::format("{} sent {} out of turn", peer(), to_string(message.header.kind)));
  switch (message.header.kind) {
    case Kind::kHello:
      return take_hello(message);
    case Kind::kResponse:
      return take_response(message);
    case Kind::kEvent:
      return take_event(message);
    case Kind::kMedia:
      return take_media(message);
    case Kind::kChunk:
      return take_chunk(message);
    case Kind::kProbeReply:
      take_probe_reply(message);
      return {};
    default:
      return {};
  }
}

Status Connection::Impl::take_hello(const Message& message) {
  ZOE_TRY(const ServerHello hello, parse_server_hello(message.body->text()));
  if (hello.protocol == 0) return fail(Errc::kUnsupported, fmt::format("{} speaks no version of the protocol", peer()));
  {
    MutexLock lock(mutex_);
    state_.server = hello.server;
    state_.server_name = hello.name;
  }
  change_state(ConnectionPhase::kReady);
  if (options_.probe_interval.count() > 0) probe();
  last_probe_ns_ = clock_.now_ns();
  return {};
}

Status Connection::Impl::take_response(const Message& message) {
  std::uint64_t id = 0;
  Result<nlohmann::json> outcome;
  ZOE_CHECK(parse_response(message.body->text(), id, outcome));
  Completion completion;
  {
    MutexLock lock(mutex_);
    completion = requests_.take(id);
    if (const auto next = requests_.take_sendable(); !next.empty()) send_locked(next);
  }
  if (completion) completion(outcome);
  return {};
}

Status Connection::Impl::take_event(const Message& message) {
  ZOE_TRY(const nlohmann::json body, parse_json_object(message.body->text(), rule_of(Kind::kEvent).most_bytes));
  const auto name = body.find("event");
  if (name == body.end() || !name->is_string()) return fail(Errc::kMalformed, "EVENT: \"event\" is missing");
  if (sinks_.event) sinks_.event(name->get_ref<const std::string&>(), body);
  return {};
}

Status Connection::Impl::take_media(const Message& message) {
  ZOE_TRY(MediaRun run, parse_media(message));
  media_bytes_.fetch_add(message.body->size(), std::memory_order_relaxed);
  if (sinks_.media) sinks_.media(std::move(run));
  return {};
}

Status Connection::Impl::take_chunk(const Message& message) {
  ZOE_TRY(FileChunk chunk, parse_chunk(message));
  if (sinks_.chunk) sinks_.chunk(std::move(chunk));
  return {};
}

void Connection::Impl::take_probe_reply(const Message& message) {
  const std::int64_t now_ns = clock_.now_ns();
  const ProbeReply reply = load_probe_reply(message);
  std::optional<ClockEstimate> estimate;
  {
    MutexLock lock(mutex_);
    const auto found = probes_.find(reply.probe.token);
    if (found == probes_.end()) return;
    clock_estimator_.add(found->second, reply.server_ns, now_ns);
    probes_.erase(found);
    estimate = estimate_ = clock_estimator_.estimate();
  }
  if (sinks_.clock && estimate) sinks_.clock(*estimate);
}

Status Connection::Impl::tick() {
  if (is_closing_.load(std::memory_order_acquire)) return fail(cancelled());
  const std::int64_t now_ns = clock_.now_ns();
  std::vector<RequestTable::Ended> expired;
  {
    MutexLock lock(mutex_);
    if (send_error_) return fail(*send_error_);
    expired = requests_.take_expired(now_ns);
  }
  for (const auto& [method, completion] : expired) {
    Result<nlohmann::json> outcome =
        fail(Errc::kTimeout, fmt::format("{} did not answer the request {} within {} s", peer(), method,
                                         seconds_of(options_.request_timeout)));
    if (completion) completion(outcome);
  }
  measure(now_ns);
  return check_deadlines(now_ns);
}

Status Connection::Impl::check_deadlines(std::int64_t now_ns) {
  const ConnectionPhase phase = state().phase;
  if (phase != ConnectionPhase::kReady) {
    if (now_ns - started_ns_ < ns_of(options_.connect_timeout)) return {};
    return fail(Errc::kTimeout, fmt::format("{} {} within {} s: check the address, the port and any firewall", peer(),
                                            phase == ConnectionPhase::kConnecting ? "did not answer" : "did not greet",
                                            seconds_of(options_.connect_timeout)));
  }
  if (options_.probe_interval.count() == 0) return {};
  if (now_ns - last_probe_ns_ >= ns_of(options_.probe_interval)) {
    last_probe_ns_ = now_ns;
    probe();
  }
  MutexLock lock(mutex_);
  if (probes_.empty()) return {};
  const std::int64_t silent_since_ns = std::max(probes_.begin()->second, last_received_ns_);
  if (now_ns - silent_since_ns < ns_of(options_.silence_timeout)) return {};
  return fail(Errc::kTimeout, fmt::format("{} has been silent for {} s: the network or the server is gone", peer(),
                                          seconds_of(options_.silence_timeout)));
}

void Connection::Impl::measure(std::int64_t now_ns) {
  const std::int64_t elapsed_ns = now_ns - measured_ns_;
  if (elapsed_ns < kMeasureNs) return;
  const std::uint64_t bytes = line_->received_bytes();
  const double rate = static_cast<double>(bytes - measured_bytes_) * 1e9 / static_cast<double>(elapsed_ns);
  measured_ns_ = now_ns;
  measured_bytes_ = bytes;
  // Four steps a second, each new one counting a third: three quarters of the figure are from the last 0.9 s.
  MutexLock lock(mutex_);
  receive_bytes_per_s_ += (rate - receive_bytes_per_s_) / 3;
}

void Connection::Impl::change_state(ConnectionPhase phase) {
  ConnectionState copy;
  {
    MutexLock lock(mutex_);
    state_.phase = phase;
    copy = state_;
    changed_.notify_all();
  }
  if (sinks_.state) sinks_.state(copy);
}

void Connection::Impl::finish(const Error& error) {
  std::vector<RequestTable::Ended> ended;
  {
    MutexLock lock(mutex_);
    if (may_send_ && !is_peer_gone_) send_locked(encode_text(Kind::kGoodbye, encode_goodbye(error)));
    state_.phase = ConnectionPhase::kClosed;
    state_.error = error;
    ended = requests_.take_all();
    changed_.notify_all();
  }
  line_->stop();
  if (line_->wait_sender_done(kFarewell)) line_->close_socket();
  for (const auto& [method, completion] : ended) {
    Result<nlohmann::json> outcome = fail(error);
    completion(outcome);
  }
  if (sinks_.state) sinks_.state(state());
}

}  // namespace zoe::net
