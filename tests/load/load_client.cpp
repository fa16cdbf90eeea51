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
constexpr std::uint64_t kGrantStepUs = 250'000;       // as the player does
constexpr std::int64_t kScanPatienceNs = 2 * kNsPerS;
constexpr std::int64_t kListAgainNs = kNsPerS / 10;
constexpr int kStalledBuffer = 16 << 10;
constexpr std::uint64_t kMostCredit = (std::uint64_t{1} << 53) - 1;  // that JSON says exactly

std::vector<std::uint8_t> opening_bytes() {
  std::vector<std::uint8_t> bytes(net::kPreface.begin(), net::kPreface.end());
  const auto hello = net::encode_text(net::Kind::kHello,
                                      net::encode_hello(net::ClientHello{net::kProtocolVersion, "zoetrope-load/1"}));
  bytes.insert(bytes.end(), hello.begin(), hello.end());
  return bytes;
}

}  // namespace

LoadClient::LoadClient(Run& run, Role role, unsigned seed) : run_(run), role_(role), random_(seed), skimmer_(*this) {}
LoadClient::~LoadClient() = default;

Status LoadClient::connect() {
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
  connect_ns_ = run_.clock.now_ns();
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

void LoadClient::request(std::string_view method, const nlohmann::json& params) {
  send(net::encode_text(net::Kind::kRequest, net::encode_request(next_id_++, method, params.dump())));
}

void LoadClient::on_ready(bool can_read, bool can_write) {
  if (state_ == State::kFailed) return;
  if (state_ == State::kConnecting && can_write) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return give_up(errno_error("connect to " + run_.options.host, error));
    state_ = State::kSigningIn;
    send(opening_bytes());
    sign_in();
  }
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
    if (got == 0) return give_up(Error{Errc::kUnavailable, "the server closed the connection"});
    if (run_.figures.is_measuring) run_.figures.bytes += static_cast<std::uint64_t>(got);
    if (role_ == Role::kStalled) run_.figures.stalled_bytes += static_cast<std::uint64_t>(got);
    if (auto status = take({run_.scratch.data(), static_cast<std::size_t>(got)}); !status)
      return give_up(std::move(status).error());
    if (static_cast<std::size_t>(got) < run_.scratch.size()) return;
  }
}

Status LoadClient::take(Bytes bytes) {
  if (!tls_) return skimmer_.feed(bytes);
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
    ZOE_CHECK(skimmer_.feed({plain.data(), size}));
  }
}

void LoadClient::sign_in() {
  if (!run_.token.empty()) return request("auth.resume", {{"token", run_.token}});
  if (run_.options.user.empty()) return request("auth.guest", nlohmann::json::object());
  request(run_.options.is_new_account ? "auth.register" : "auth.login",
          {{"name", run_.options.user}, {"password", run_.options.password}, {"client", "zoetrope-load"}});
}

void LoadClient::on_text(net::Kind kind, std::string_view json) {
  if (kind == net::Kind::kResponse) return on_response(json);
  if (kind == net::Kind::kGoodbye) {
    const auto reason = net::parse_goodbye(json);
    return give_up(reason ? *reason : reason.error());
  }
  if (kind != net::Kind::kEvent) return;
  const auto event = net::parse_json_object(json, kMostResponseBytes);
  if (event && event->value("event", "") == "stream.failed")
    give_up(Error{Errc::kUnavailable, "stream.failed: " + event->value("message", std::string("no reason"))});
}

void LoadClient::on_response(std::string_view json) {
  std::uint64_t id = 0;
  Result<nlohmann::json> outcome = fail(Errc::kInternal, "no answer");
  if (auto status = net::parse_response(json, id, outcome); !status) return give_up(std::move(status).error());
  if (!outcome) return give_up(std::move(outcome).error());
  switch (state_) {
    case State::kSigningIn:
      if (role_ != Role::kLibrarian) return open_stream();
      run_.token = outcome->value("token", std::string());
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

void LoadClient::list() { request("library.list", {{"limit", 500}}); }

void LoadClient::on_listing(const nlohmann::json& result) {
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

std::int64_t LoadClient::random_position_us() {
  return std::uniform_int_distribution<std::int64_t>(0,
                                                     std::max<std::int64_t>(run_.duration_us - frame_us_, 0))(random_);
}

std::uint64_t LoadClient::ahead_us() const {
  // In reverse the first frame of a segment to be shown is the last one to come: while one plays, all of the next must
  // be on its way. Segments are not equally long, hence three.
  const double reverse_us = role_ == Role::kReverse ? 3.0 * static_cast<double>(segment_us_) : 0;
  const double forward_us = (run_.options.ahead_s + run_.options.buffer_s) * 1e6;
  return static_cast<std::uint64_t>((forward_us + reverse_us) * std::abs(rate())) + preroll_us_;
}

void LoadClient::open_stream() {
  state_ = State::kOpening;
  granted_us_ = role_ == Role::kStalled ? kMostCredit : ahead_us();
  nlohmann::json params{{"media", run_.media},
                        {"rendition", run_.options.rendition},
                        {"rate", std::to_string(static_cast<int>(rate()))},
                        {"position_us", random_position_us()},
                        {"is_looping", true},
                        {"credit_us", granted_us_},
                        {"serial", serial_}};
  if (run_.options.max_fps > 0) params["max_fps"] = run_.options.max_fps;
  request("stream.open", params);
}

void LoadClient::on_opened(const nlohmann::json& result) {
  const auto ratio = [](const nlohmann::json& value, Rational fallback) {
    if (!value.is_array() || value.size() != 2 || !value[0].is_number_integer() || !value[1].is_number_integer() ||
        value[1].get<std::int64_t>() <= 0)
      return fallback;
    return Rational::make(value[0].get<std::int64_t>(), value[1].get<std::int64_t>());
  };
  const nlohmann::json track = result.value("track", nlohmann::json::object());
  stream_ = result.value("stream", 0U);
  time_base_ = ratio(track.value("time_base", nlohmann::json()), {1, 1});
  start_pts_ = track.value("start", std::int64_t{0});
  run_.duration_us = result.value("duration_us", run_.duration_us);
  const std::int64_t segments = std::max<std::int64_t>(result.value("segments", std::int64_t{1}), 1);
  segment_us_ = std::max(segment_us_, run_.duration_us / segments);
  const Rational fps = ratio(track.value("frame_rate", nlohmann::json()), {30, 1});
  if (fps.num > 0) frame_us_ = std::int64_t{1'000'000} * fps.den / fps.num;
  playhead_.start(rate(), run_.duration_us, static_cast<std::int64_t>(run_.options.buffer_s * 1e9));
  state_ = State::kPlaying;
}

void LoadClient::on_run(const net::Header& header, const net::RunHeader&) {
  if (header.serial == serial_ && (header.flags & net::kRunLooped) != 0) playhead_.went_round();
}

void LoadClient::on_packet(const net::Header& header, const media::PacketRecord& record) {
  if (state_ != State::kPlaying || header.serial != serial_ || record.pts == media::kNoTimestamp ||
      (record.flags & media::kPacketDiscard) != 0)
    return;
  const std::int64_t position_us = media::ticks_to_us(record.pts - start_pts_, time_base_);
  if (role_ == Role::kReverse)
    held_back_.push_back(position_us);
  else
    frame_came(position_us);
}

void LoadClient::on_run_end(const net::Header& header) {
  if (role_ != Role::kReverse || header.serial != serial_ || (header.flags & net::kRunSegmentEnd) == 0) return;
  std::sort(held_back_.rbegin(), held_back_.rend());
  for (const std::int64_t position_us : held_back_) frame_came(position_us);
  held_back_.clear();
}

void LoadClient::frame_came(std::int64_t position_us) {
  const std::int64_t now_ns = run_.clock.now_ns();
  Figures& figures = run_.figures;
  if (seek_target_us_ >= 0) {
    // Packets before the frame sought (from its key frame on) are decoded, not shown.
    if (position_us + frame_us_ <= seek_target_us_) return;
    if (figures.is_measuring) figures.seek_ms.push_back(static_cast<double>(now_ns - seek_sent_ns_) / 1e6);
    seek_target_us_ = -1;
    playhead_.start(rate(), run_.duration_us, static_cast<std::int64_t>(run_.options.buffer_s * 1e9));
  }
  if (!has_first_frame_) {
    has_first_frame_ = true;
    if (role_ != Role::kStalled) figures.start_ms.push_back(static_cast<double>(now_ns - connect_ns_) / 1e6);
  }
  if (!playhead_.is_running()) {
    playhead_.begin(position_us, now_ns);
    last_deadline_ns_ = playhead_.deadline_ns(position_us);
    newest_us_ = playhead_.unrolled(position_us);
  }
  const std::int64_t unrolled = playhead_.unrolled(position_us);
  newest_us_ = rate() < 0 ? std::min(newest_us_, unrolled) : std::max(newest_us_, unrolled);
  if (!figures.is_measuring) return;
  ++figures.frames;
  const std::int64_t deadline_ns = playhead_.deadline_ns(position_us);
  const double lateness_ms = static_cast<double>(now_ns - deadline_ns) / 1e6;
  const double interval_ms = static_cast<double>(frame_us_) / 1000.0 / std::abs(rate());
  figures.longest_gap_ms = std::max(figures.longest_gap_ms, interval_ms + std::max(lateness_ms, 0.0));
  if (lateness_ms <= 0) return;
  ++figures.late;
  figures.worst_lateness_ms = std::max(figures.worst_lateness_ms, lateness_ms);
}

void LoadClient::count_missing() {
  if (!is_playing()) return;
  const std::int64_t now_ns = run_.clock.now_ns();
  const std::int64_t next_due_ns =
      playhead_.deadline_ns(0) +
      static_cast<std::int64_t>((static_cast<double>(newest_us_ - playhead_.unrolled(0)) / rate() * 1000.0) +
                                static_cast<double>(frame_us_) * 1000.0 / std::abs(rate()));
  if (next_due_ns >= now_ns) return;
  const double behind_ms = static_cast<double>(now_ns - next_due_ns) / 1e6;
  const auto frames =
      static_cast<std::uint64_t>(behind_ms * 1000.0 * std::abs(rate()) / static_cast<double>(frame_us_)) + 1;
  run_.figures.late += frames;
  run_.figures.missing += frames;
  run_.figures.worst_lateness_ms = std::max(run_.figures.worst_lateness_ms, behind_ms);
  run_.figures.longest_gap_ms = std::max(run_.figures.longest_gap_ms, behind_ms);
}

void LoadClient::on_tick() {
  const std::int64_t now_ns = run_.clock.now_ns();
  if (list_again_ns_ != 0 && now_ns >= list_again_ns_) {
    list_again_ns_ = 0;
    list();
    write_some();
  }
  if (state_ != State::kPlaying) return;
  if (role_ == Role::kScrub && playhead_.is_running() && seek_target_us_ < 0) {
    if (next_seek_ns_ == 0)
      next_seek_ns_ = now_ns + std::uniform_int_distribution<std::int64_t>(kNsPerS, 3 * kNsPerS)(random_);
    if (now_ns >= next_seek_ns_) {
      next_seek_ns_ = 0;
      seek();
    }
  }
  grant();
  write_some();
}

void LoadClient::seek() {
  seek_target_us_ = random_position_us();
  seek_sent_ns_ = run_.clock.now_ns();
  preroll_us_ = 0;
  granted_us_ = ahead_us();
  ++serial_;
  if (run_.figures.is_measuring) ++run_.figures.seeks;
  request("stream.seek",
          {{"stream", stream_}, {"serial", serial_}, {"position_us", seek_target_us_}, {"credit_us", granted_us_}});
}

// What lies between the segment's start and the frame sought is sent too, and needs a grant of its own.
void LoadClient::on_sought(const nlohmann::json& result) {
  if (seek_target_us_ < 0 || result.value("serial", 0U) != serial_) return;
  const std::int64_t begin_us = result.value("position_us", seek_target_us_);
  preroll_us_ = static_cast<std::uint64_t>(std::max<std::int64_t>(seek_target_us_ - begin_us, 0));
  grant();
  write_some();
}

void LoadClient::grant() {
  const std::uint64_t wanted_us = static_cast<std::uint64_t>(playhead_.played_us(run_.clock.now_ns())) + ahead_us();
  if (wanted_us < granted_us_ + std::min(kGrantStepUs, ahead_us() / 2)) return;
  granted_us_ = wanted_us;
  send(net::encode_credit(stream_, serial_, granted_us_));
}

}  // namespace zoe::load
