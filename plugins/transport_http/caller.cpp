#include "plugins/transport_http/caller.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"

namespace zoe::transport_http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostEventBytes = std::size_t{64} << 10;
constexpr std::size_t kMostEvents = 256;
constexpr std::size_t kMostRunBytes = std::size_t{1} << 20;
constexpr std::chrono::seconds kLongestWait{60};
constexpr std::size_t kMostAnswerBytes = std::size_t{4} << 20;

}  // namespace

nlohmann::json error_json(std::string_view code, std::string_view message) {
  nlohmann::json error = nlohmann::json::object();
  error["code"] = code;
  error["message"] = message;
  nlohmann::json answer = nlohmann::json::object();
  answer["error"] = std::move(error);
  return answer;
}

Caller::Caller(asio::io_context& context, std::function<void()> ended)
    : context_(context), ended_(std::move(ended)), answered_(context, asio::steady_timer::time_point::max()) {}

Caller::~Caller() { end(); }

Result<std::shared_ptr<Caller>> Caller::open(const sdk::Host& host, const zoe_peer& peer, asio::io_context& context,
                                             std::function<void()> ended) {
  std::shared_ptr<Caller> caller(new Caller(context, std::move(ended)));
  ZOE_TRY(sdk::Client client, sdk::Client::open(host, peer, *caller));
  caller->client_.emplace(std::move(client));
  return caller;
}

void Caller::end() {
  client_.reset();
  answered_.cancel();
}

asio::awaitable<Result<std::string>> Caller::call(std::string_view request) {
  const auto self = shared_from_this();
  if (!client_) co_return fail(Errc::kUnavailable, "the server has ended this client");
  const std::uint64_t number = next_call_++;
  {
    const MutexLock lock(mutex_);
    answer_.reset();
    awaited_ = number;
  }
  answered_.expires_at(asio::steady_timer::time_point::max());
  client_->call(number, request);
  for (;;) {
    {
      const MutexLock lock(mutex_);
      if (answer_) co_return *std::exchange(answer_, std::nullopt);
    }
    if (!client_) co_return fail(Errc::kUnavailable, "the server has ended this client");
    co_await answered_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<nlohmann::json> Caller::ask(std::string_view method, nlohmann::json params) {
  // Lists in braces inside a coroutine are more than GCC 12 can take.
  nlohmann::json request = nlohmann::json::object();
  request["method"] = method;
  request["params"] = std::move(params);
  const std::string asked = net::to_text(request);
  auto text = co_await call(asked);
  if (!text) co_return error_json(to_string(text.error().code), text.error().message);
  auto answer = net::parse_json_object(*text, kMostAnswerBytes);
  if (!answer) co_return error_json("internal", "the server's answer is malformed");
  co_return std::move(*answer);
}

void Caller::reply(std::uint64_t call_id, std::string_view json) {
  {
    const MutexLock lock(mutex_);
    if (call_id != awaited_) return;
    answer_.emplace(json);
  }
  stir();
}

void Caller::listen() {
  const MutexLock lock(mutex_);
  is_listening_ = true;
}

// False when nobody listens.
bool Caller::keep(std::string_view event) {
  const MutexLock lock(mutex_);
  if (!is_listening_) return false;
  if (events_.size() == kMostEvents) {
    events_.clear();
    events_.emplace_back(R"({"event": "events.missed"})");
  }
  events_.emplace_back(event);
  return true;
}

asio::awaitable<std::optional<std::string>> Caller::next_event(std::chrono::steady_clock::time_point deadline) {
  const auto self = shared_from_this();
  {
    const MutexLock lock(mutex_);
    if (!events_.empty()) {
      std::string event = std::move(events_.front());
      events_.pop_front();
      co_return event;
    }
  }
  if (client_) {
    answered_.expires_at(deadline);
    co_await answered_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return std::nullopt;
}

// Wakes the coroutine that waits.
void Caller::stir() {
  asio::post(context_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->answered_.cancel();
  });
}

void Caller::wake() {
  {
    const MutexLock lock(mutex_);
    if (std::exchange(has_media_, true)) return;
  }
  stir();
}

void Caller::event(std::string_view json) {
  // Taken for one too often rather than too rarely.
  if (json.find("library.changed") != std::string_view::npos) changes_.fetch_add(1, std::memory_order_acq_rel);
  if (keep(json)) {
    stir();
    return;
  }
  const auto event = net::parse_json_object(json, kMostEventBytes);
  if (!event || event->value("event", "") != "stream.failed") return;
  {
    const MutexLock lock(mutex_);
    failure_ = StreamFailure{event->value("stream", 0U), event->value("serial", 0U),
                             Error{Errc::kUnavailable, event->value("message", "the stream failed")}};
  }
  stir();
}

// A run that was pulled; it goes back to the server with it.
struct Caller::Lent {
  explicit Lent(std::shared_ptr<Caller> owner) : caller(std::move(owner)) {}
  ~Lent() {
    if (is_held && caller->client_) caller->client_->release(run);
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  const std::shared_ptr<Caller> caller;
  zoe_run run{};
  bool is_held = false;
};

namespace {

// The records of a run; each lies in one slice as a whole.
Status read_records(const zoe_run& run, std::vector<media::PacketView>& out) {
  for (std::uint32_t i = 0; i < run.slice_count; ++i) {
    const zoe_slice& slice = run.slices[i];
    std::size_t at = 0;
    while (at < slice.size) {
      if (slice.size - at < media::kPacketRecordBytes) return fail(Errc::kInternal, "the server lends half a packet");
      media::PacketView packet{media::load_record(slice.data + at), {}};
      at += media::kPacketRecordBytes;
      if (slice.size - at < packet.record.size_bytes) return fail(Errc::kInternal, "the server lends half a packet");
      packet.data = Bytes(slice.data + at, packet.record.size_bytes);
      at += packet.record.size_bytes;
      out.push_back(packet);
    }
  }
  return {};
}

}  // namespace

asio::awaitable<Result<Caller::Pulled>> Caller::next_run(std::uint32_t stream, std::uint32_t serial) {
  const auto self = shared_from_this();
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  for (;;) {
    if (!client_) co_return fail(Errc::kUnavailable, "the server has ended this client");
    {
      const MutexLock lock(mutex_);
      has_media_ = false;
      if (failure_ && failure_->stream == stream && failure_->serial == serial) co_return fail(failure_->error);
    }
    const auto lent = std::make_shared<Lent>(self);
    const auto flow = client_->pull(kMostRunBytes, lent->run);
    if (!flow) co_return fail(flow.error());
    if (*flow != sdk::Flow::kDone) {
      if (std::chrono::steady_clock::now() >= deadline) co_return fail(Errc::kTimeout, "the video takes too long");
      {
        const MutexLock lock(mutex_);
        if (has_media_) continue;
      }
      answered_.expires_at(deadline);
      co_await answered_.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    lent->is_held = true;
    if (lent->run.stream != stream || lent->run.serial != serial) continue;
    Pulled pulled;
    pulled.segment = lent->run.segment;
    pulled.flags = lent->run.flags;
    Status read = read_records(lent->run, pulled.packets);
    if (!read) co_return fail(read.error());
    pulled.lent = lent;
    co_return pulled;
  }
}

asio::awaitable<Result<Caller::Pulled>> Caller::pull(std::uint32_t stream, std::uint32_t serial, std::uint32_t segment,
                                                     std::size_t most_bytes) {
  Pulled whole;
  const auto lent = std::make_shared<std::vector<std::shared_ptr<const void>>>();
  whole.lent = lent;
  whole.segment = segment;
  std::size_t bytes = 0;
  for (;;) {
    auto run = co_await next_run(stream, serial);
    if (!run) co_return fail(run.error());
    if (run->segment != segment) continue;
    for (const media::PacketView& packet : run->packets) bytes += packet.data.size();
    if (bytes > most_bytes) co_return fail(Errc::kTooLarge, "the segment is too large to be sent in one piece");
    whole.packets.insert(whole.packets.end(), run->packets.begin(), run->packets.end());
    lent->push_back(std::move(run->lent));
    if ((run->flags & (ZOE_RUN_SEGMENT_END | ZOE_RUN_END)) != 0) co_return whole;
  }
}

void Caller::close(Errc /*code*/, std::string_view /*reason*/) {
  asio::post(context_, [weak = weak_from_this()] {
    if (const auto self = weak.lock(); self && self->ended_) self->ended_();
  });
}

}  // namespace zoe::transport_http
