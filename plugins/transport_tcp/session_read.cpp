// The reading half of a connection.
#include <sys/socket.h>

#include <fmt/core.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "engine/net/messages.hpp"
#include "plugins/transport_tcp/admission.hpp"
#include "plugins/transport_tcp/session.hpp"

namespace zoe::transport_tcp {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t kMostId = (1ULL << 53) - 1;
constexpr std::uint64_t kDefaultChunkBytes = 8192;

std::uint64_t number_or(const nlohmann::json& params, const char* key, std::uint64_t fallback) {
  const auto found = params.find(key);
  return found != params.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : fallback;
}

// The methods whose answer is followed by a file's chunks.
bool opens_file(std::string_view method) {
  constexpr std::array<std::string_view, 7> kMethods = {"file.open",       "file.watch",       "account.export",
                                                        "library.artwork", "library.subtitle", "notes.export",
                                                        "analysis.export"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

}  // namespace

asio::awaitable<void> Session::run_reader() {
  const auto self = shared_from_this();
  Status status = co_await read_messages();
  if (!socket_.is_open()) co_return;
  if (status) {
    close_now();
    co_return;
  }
  end(std::move(status).error());
  co_await discard();
}

// Ends well when the peer has closed or said GOODBYE.
asio::awaitable<Status> Session::read_messages() {
  while (!is_ending_) {
    if (in_progress_ >= net::kMostRequestsInProgress) {
      co_await slots_.wait();
      continue;
    }
    Status status;
    if (!held_.empty()) {
      const std::vector<std::uint8_t> bytes = std::exchange(held_, {});
      received_ns_ = now_ns();
      status = consume(bytes);
    } else {
      auto bytes = co_await next_bytes();
      if (!bytes) co_return fail(std::move(bytes).error());
      if (bytes->empty()) co_return Status();
      status = consume(*bytes);
    }
    if (!status) co_return status;
  }
  co_return fail(Errc::kCancelled, "the connection ends");
}

// Plain bytes, in a buffer of the thread's that is good until the next wait; none when the peer has closed.
asio::awaitable<Result<Bytes>> Session::next_bytes() {
  auto& plain = thread_.plain_buffer();
  for (;;) {
    if (tls_) {
      auto size = tls_->read(plain);
      if (!size) co_return fail(std::move(size).error());
      if (*size > 0) co_return Bytes(plain.data(), *size);
      if (tls_->state() == net::TlsEngine::State::kClosed) co_return Bytes();
    }
    const std::size_t size = co_await receive();
    if (size == 0) co_return Bytes();
    const Bytes bytes(thread_.read_buffer().data(), size);
    if (!is_admitted_) {
      if (Status admitted = admit_first(bytes.front()); !admitted) co_return fail(std::move(admitted).error());
    }
    if (!tls_) co_return bytes;
    Status taken = tls_->receive(bytes);
    if (tls_->has_output()) kick_.set();
    if (!taken) co_return fail(std::move(taken).error());
  }
}

// Reads once into the thread's buffer; 0 when nothing will come any more.
asio::awaitable<std::size_t> Session::receive() {
  auto& buffer = thread_.read_buffer();
  for (;;) {
    const auto [error] =
        co_await socket_.async_wait(asio::posix::descriptor_base::wait_read, asio::as_tuple(asio::use_awaitable));
    if (error || !socket_.is_open()) co_return 0;
    const ssize_t size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) continue;
    if (size <= 0) co_return 0;
    received_ns_ = now_ns();
    thread_.totals().bytes_in += static_cast<std::uint64_t>(size);
    co_return static_cast<std::size_t>(size);
  }
}

// Closing a socket with unread bytes resets it, and the peer could lose our last words: so read on until it closes.
asio::awaitable<void> Session::discard() {
  std::size_t size = 1;
  while (size > 0) size = co_await receive();  // GCC 12 breaks a loop whose condition waits
}

Status Session::admit_first(std::uint8_t first_byte) {
  const auto place = peer_.is_loopback != 0 ? PeerPlace::kLoopback : PeerPlace::kNetwork;
  const auto rule = thread_.shared().options.allow_plain ? PlainRule::kEveryone : PlainRule::kLoopbackOnly;
  is_admitted_ = true;
  switch (admit(first_byte, place, rule)) {
    case Admission::kPlain:
      return {};
    case Admission::kTls: {
      if (!thread_.shared().tls) return fail(Errc::kUnavailable, "this server has no certificate");
      ZOE_TRY(tls_, net::TlsEngine::create(thread_.shared().tls));
      return {};
    }
    case Admission::kRefuse:
      break;
  }
  ++thread_.totals().refused;
  return fail(Errc::kDenied, "over the network this server speaks TLS only");
}

Status Session::consume(Bytes input) {
  ZOE_CHECK(take_preface(input));
  if (preface_fill_ < net::kPreface.size()) return {};
  net::Message message;
  while (!is_ending_) {
    if (in_progress_ >= net::kMostRequestsInProgress) {
      held_.assign(input.begin(), input.end());
      return {};
    }
    ZOE_TRY(const auto step, parser_.next(input, message));
    if (step == net::MessageParser::Step::kNeedMore) return {};
    ZOE_CHECK(dispatch(message));
  }
  return {};
}

Status Session::take_preface(Bytes& input) {
  while (preface_fill_ < net::kPreface.size() && !input.empty()) {
    if (input.front() != static_cast<std::uint8_t>(net::kPreface[preface_fill_]))
      return fail(Errc::kMalformed, "this port speaks Zoetrope's native protocol, and that was something else");
    ++preface_fill_;
    input = input.subspan(1);
  }
  return {};
}

Status Session::dispatch(const net::Message& message) {
  if (message.header.kind == net::Kind::kGoodbye) {
    close_now();
    return {};
  }
  if (client_.has_value() == (message.header.kind == net::Kind::kHello))
    return fail(Errc::kMalformed, fmt::format("{} came out of turn", to_string(message.header.kind)));
  switch (message.header.kind) {
    case net::Kind::kHello:
      return take_hello(message);
    case net::Kind::kRequest:
      return take_request(message);
    case net::Kind::kProbe:
      push(net::encode_probe_reply({net::load_probe(message), now_ns()}));
      kick_.set();
      return {};
    case net::Kind::kCredit:
      if (message.header.serial != 0) {
        client_->credit(message.header.stream, message.header.serial, net::load_credit(message));
        kick_.set();  // the server does not wake for what it made ready
      } else if (const auto file = files_.find(message.header.stream); file != files_.end()) {
        file->second.grant(net::load_credit(message));
        start_reads();
      }
      return {};
    default:
      return {};
  }
}

Status Session::take_hello(const net::Message& message) {
  ZOE_TRY(const net::ClientHello hello, net::parse_client_hello(message.body->text()));
  if (hello.protocol == 0) return fail(Errc::kUnsupported, "there is no version 0 of the protocol");
  const net::ServerHello answer{
      .protocol = net::kProtocolVersion, .server = thread_.shared().software, .name = thread_.shared().options.name};
  const std::vector<std::uint8_t> greeting = net::encode_text(net::Kind::kHello, net::encode_hello(answer));
  if (is_leaving_) {
    push(greeting);
    end(moved_reason());
    return {};
  }
  ZOE_TRY(auto client, sdk::Client::open(thread_.shared().host, peer_, *this));
  client_.emplace(std::move(client));
  push(greeting);
  kick_.set();
  return {};
}

Status Session::take_request(const net::Message& message) {
  if (is_leaving_) return {};  // its client sees that it got no answer, and asks where it goes on
  ZOE_TRY(const nlohmann::json request,
          net::parse_json_object(message.body->text(), net::rule_of(net::Kind::kRequest).most_bytes));
  const auto id = request.find("id");
  if (id == request.end() || !id->is_number_unsigned() || id->get<std::uint64_t>() > kMostId)
    return fail(Errc::kMalformed, "REQUEST: \"id\" is missing or no whole number from 0 to 2^53 - 1");
  Call call{.id = id->get<std::uint64_t>()};
  ++in_progress_;
  const auto method = request.find("method");
  const nlohmann::json params = request.value("params", nlohmann::json::object());
  const std::uint64_t number = next_call_++;
  if (method == request.end() || !method->is_string() || !params.is_object()) {
    remember(number, call);
    reply(
        number,
        R"({"error":{"code":"invalid_argument","message":"a request has a text \"method\" and an object \"params\""}})");
    return {};
  }
  if (opens_file(method->get_ref<const std::string&>())) {
    call.opens_file = true;
    call.offset = number_or(params, "offset", 0);
    call.chunk_bytes = number_or(params, "chunk_bytes", kDefaultChunkBytes);
    call.credit_bytes = number_or(params, "credit_bytes", 0);
  } else if (*method == "file.close") {
    close_file(static_cast<std::uint32_t>(number_or(params, "file", 0)));
  } else if (*method == "stream.open") {
    call.opens_stream = true;
  } else if (*method == "stream.close") {
    MutexLock lock(calls_mutex_);
    announced_streams_.erase(static_cast<std::uint32_t>(number_or(params, "stream", 0)));
  }
  remember(number, call);
  client_->call(number, net::to_text({{"method", *method}, {"params", params}}));
  return {};
}

}  // namespace zoe::transport_tcp
