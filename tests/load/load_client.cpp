#include "tests/load/load_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/media/track.hpp"
#include "engine/net/json.hpp"
#include "engine/net/messages.hpp"
#include "engine/net/wire.hpp"

namespace zoe::load {
namespace {

constexpr std::size_t kMostResponseBytes = 4U << 20;  // docs/protocol.md
constexpr std::size_t kMostReads = 4;                 // of one client before the next one's turn
constexpr std::int64_t kScanPatienceNs = 2 * kNsPerS;
constexpr std::int64_t kListAgainNs = kNsPerS / 10;
constexpr int kStalledBuffer = 16 << 10;

std::vector<std::uint8_t> opening_bytes() {
  std::vector<std::uint8_t> bytes(net::kPreface.begin(), net::kPreface.end());
  const auto hello = net::encode_text(net::Kind::kHello,
                                      net::encode_hello(net::ClientHello{net::kProtocolVersion, "zoetrope-load/1"}));
  bytes.insert(bytes.end(), hello.begin(), hello.end());
  return bytes;
}

}  // namespace

LoadClient::LoadClient(Run& run, Role role, unsigned seed) : run_(run), role_(role), random_(seed) {}
LoadClient::~LoadClient() = default;

Status LoadClient::connect() {
  skimmer_.emplace(static_cast<SkimmerSink&>(*this));
  output_.clear();
  waiting_.clear();
  state_ = State::kConnecting;
  ++connection_;
  fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) return fail(errno_error("socket", errno));
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // Otherwise all that a stalled client was granted could lie in its own kernel buffer.
  if (role_ == Role::kStalled) ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &kStalledBuffer, sizeof kStalledBuffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(run_.options.port);
  if (::inet_pton(AF_INET, run_.options.host.c_str(), &address.sin_addr) != 1)
    return fail(Errc::kInvalidArgument, run_.options.host + " is not a numeric IPv4 address");
  if (connection_ == 1) connect_ns_ = run_.clock.now_ns();
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
    return fail(errno_error("connect to " + run_.options.host, errno));
  if (run_.tls) {
    ZOE_TRY(tls_, net::TlsEngine::create(run_.tls));
    tls_->take_output(output_);
  }
  return {};
}

void LoadClient::give_up(Error error) {
  if (state_ == State::kFailed) return;
  state_ = State::kFailed;
  failure_ = std::move(error);
  fd_.reset();
}

void LoadClient::send(std::vector<std::uint8_t> message) {
  if (!tls_) {
    output_.insert(output_.end(), message.begin(), message.end());
  } else if (tls_->state() == net::TlsEngine::State::kOpen) {
    if (auto status = tls_->write(message); !status) return give_up(std::move(status).error());
    tls_->take_output(output_);
  } else {
    waiting_.insert(waiting_.end(), message.begin(), message.end());
  }
}

std::uint64_t LoadClient::request(std::string_view method, const nlohmann::json& params) {
  send(net::encode_text(net::Kind::kRequest, net::encode_request(next_id_, method, params.dump())));
  return next_id_++;
}

void LoadClient::on_ready(bool can_read, bool can_write) {
  if (state_ == State::kFailed) return;
  if (state_ == State::kConnecting && can_write) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return give_up(errno_error("connect to " + run_.options.host, error));
    send(opening_bytes());
    ticket_.empty() ? sign_in() : take_over();
  }
  // It asked to hear of nothing, so the server has cut it off.
  if (can_read && !wants_to_read()) return give_up(Error{Errc::kUnavailable, "the server closed the connection"});
  if (can_read) read_some();
  write_some();
}

void LoadClient::write_some() {
  while (state_ != State::kFailed && state_ != State::kConnecting && !output_.empty()) {
    const ssize_t sent = ::send(fd_.get(), output_.data(), output_.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN && errno != EINTR) give_up(errno_error("send", errno));
      return;
    }
    output_.erase(output_.begin(), output_.begin() + sent);
  }
}

void LoadClient::read_some() {
  for (std::size_t i = 0; i < kMostReads && state_ != State::kFailed && wants_to_read(); ++i) {
    const ssize_t got = ::recv(fd_.get(), run_.scratch.data(), run_.scratch.size(), 0);
    if (got < 0) {
      if (errno != EAGAIN && errno != EINTR) give_up(errno_error("recv", errno));
      return;
    }
    if (got == 0 && is_told_to_move_) return move();
    if (got == 0) return give_up(Error{Errc::kUnavailable, "the server closed the connection"});
    if (run_.figures.is_measuring) run_.figures.bytes += static_cast<std::uint64_t>(got);
    if (role_ == Role::kStalled) run_.figures.stalled_bytes += static_cast<std::uint64_t>(got);
    if (auto status = take({run_.scratch.data(), static_cast<std::size_t>(got)}); !status)
      return give_up(std::move(status).error());
    if (must_move_) return move();
    if (static_cast<std::size_t>(got) < run_.scratch.size()) return;
  }
}

Status LoadClient::take(Bytes bytes) {
  if (!tls_) return skimmer_->feed(bytes);
  ZOE_CHECK(tls_->receive(bytes));
  if (tls_->state() == net::TlsEngine::State::kOpen && !waiting_.empty()) {
    ZOE_CHECK(tls_->write(waiting_));
    waiting_.clear();
  }
  tls_->take_output(output_);
  std::vector<std::uint8_t> plain(64U << 10);
  while (true) {
    ZOE_TRY(const std::size_t size, tls_->read(plain));
    if (size == 0) return {};
    ZOE_CHECK(skimmer_->feed({plain.data(), size}));
  }
}

void LoadClient::sign_in() {
  state_ = State::kSigningIn;
  if (!run_.token.empty()) {
    request("auth.resume", {{"token", run_.token}});
    return;
  }
  if (run_.options.user.empty()) {
    request("auth.guest", nlohmann::json::object());
    return;
  }
  request(run_.options.is_new_account ? "auth.register" : "auth.login",
          {{"name", run_.options.user}, {"password", run_.options.password}, {"client", "zoetrope-load"}});
}

void LoadClient::on_text(net::Kind kind, std::string_view json) {
  if (kind == net::Kind::kResponse) return on_response(json);
  if (kind == net::Kind::kGoodbye) return on_goodbye(json);
  if (kind == net::Kind::kEvent) on_event(json);
}

void LoadClient::on_event(std::string_view json) {
  const auto event = net::parse_json_object(json, kMostResponseBytes);
  if (!event) return give_up(event.error());
  const std::string name = event->value("event", "");
  if (name == "stream.failed")
    return give_up(Error{Errc::kUnavailable, "stream.failed: " + event->value("message", std::string("no reason"))});
  if (name != "server.resume") return;
  is_told_to_move_ = true;
  ticket_ = event->value("ticket", std::string());
}

void LoadClient::on_response(std::string_view json) {
  std::uint64_t id = 0;
  Result<nlohmann::json> outcome = fail(Errc::kInternal, "no answer");
  if (auto status = net::parse_response(json, id, outcome); !status) return give_up(std::move(status).error());
  if (state_ == State::kTakingOver) ticket_.clear();
  if (!outcome && state_ == State::kTakingOver) {
    ++run_.figures.take_overs_failed;
    return sign_in();
  }
  if (closing_id_ != 0 && id == closing_id_) return;
  if (!outcome) return give_up(std::move(outcome).error());
  switch (state_) {
    case State::kTakingOver:
    case State::kSigningIn:
      if (has_opened_) return reopen_stream();
      if (role_ != Role::kLibrarian) return open_stream();
      run_.token = outcome->value("token", run_.token);
      state_ = State::kListing;
      return list();
    case State::kListing:
      return on_listing(*outcome);
    case State::kOpening:
      return on_opened(*outcome);
    case State::kPlaying:
      return on_sought(*outcome);
    default:
      return;
  }
}

void LoadClient::list() {
  list_sent_ns_ = run_.clock.now_ns();
  if (run_.options.channel.empty())
    request("library.list", {{"limit", 500}});
  else
    request("channels.list", nlohmann::json::object());
}

void LoadClient::on_listing(const nlohmann::json& result) {
  if (result.contains("channels")) return on_channels(result);
  if (!run_.options.channel.empty()) return on_channel(result);
  for (const auto& item : result.value("items", nlohmann::json::array())) {
    const std::string id = item.value("media", std::string());
    const std::string title = item.value("title", std::string());
    const std::string& wanted = run_.options.media;
    if (!wanted.empty() && id != wanted && title.find(wanted) == std::string::npos) continue;
    run_.media = id;
    run_.duration_us = item.value("duration_us", std::int64_t{0});
    state_ = State::kDone;
    return;
  }
  // A server that has just started may still be looking through its folders.
  const nlohmann::json scan = result.value("scan", nlohmann::json::object());
  if (scan.value("is_running", false) || run_.clock.now_ns() - connect_ns_ < kScanPatienceNs) {
    list_again_ns_ = run_.clock.now_ns() + kListAgainNs;
    return;
  }
  give_up(Error{Errc::kNotFound, run_.options.media.empty()
                                     ? "the server's library is empty"
                                     : "no video has '" + run_.options.media + "' in its title"});
}

}  // namespace zoe::load
