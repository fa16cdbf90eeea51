#include "server/host/client.hpp"

#include <algorithm>
#include <cstring>

#include "engine/plugin/bridge/status.hpp"

namespace zoe::server {
namespace {

// The client in whose calls this thread is, if any.
thread_local const Client* t_inside = nullptr;
// It is inside `credit`, after which the plugin pulls by itself: a wake would only cost two changes of thread.
thread_local bool t_pull_follows = false;

zoe_client_callbacks copy_of(const zoe_client_callbacks& from) {
  zoe_client_callbacks to{};
  std::memcpy(&to, &from, std::min<std::size_t>(from.struct_size, sizeof to));
  return to;
}

}  // namespace

bool CallbackGate::enter() {
  MutexLock lock(mutex_);
  if (is_shut_) return false;
  ++inside_;
  return true;
}

void CallbackGate::leave() {
  MutexLock lock(mutex_);
  if (--inside_ == 0 && is_shut_) idle_.notify_all();
}

void CallbackGate::shut() {
  MutexLock lock(mutex_);
  is_shut_ = true;
  while (inside_ > 0) idle_.wait(mutex_);
}

class Client::InsideCall {
 public:
  explicit InsideCall(const Client* client) : before_(std::exchange(t_inside, client)) {}
  ~InsideCall() { t_inside = before_; }
  InsideCall(const InsideCall&) = delete;
  InsideCall& operator=(const InsideCall&) = delete;

 private:
  const Client* const before_;
};

Client::Client(const ClientServices& services, const zoe_peer& peer, const zoe_client_callbacks& callbacks, void* user,
               ClientOrigin origin)
    : services_(services),
      callbacks_(copy_of(callbacks)),
      user_(user),
      origin_(std::move(origin)),
      session_(std::string(abi::view_of(peer.address)), services.most_streams) {
  session_.set_facts({.number = origin_.number, .since_utc_ns = services.api.services().clock.utc_ns()});
}

Client::~Client() = default;

// Made on first use: it needs this object in a shared_ptr.
RequestQueue& Client::requests() {
  MutexLock lock(mutex_);
  if (!requests_) {
    const std::weak_ptr<Client> weak = weak_from_this();
    requests_ = std::make_shared<RequestQueue>(
        services_.pools,
        [weak](const Request& request) {
          const auto self = weak.lock();
          if (!self) return Api::error_reply({Errc::kCancelled, "the connection has ended"});
          return self->services_.api.run(request, self->session_, weak);
        },
        [weak](std::uint64_t call_id, const std::string& json) {
          if (const auto self = weak.lock()) self->reply(call_id, json);
        });
  }
  return *requests_;
}

void Client::call(std::uint64_t call_id, std::string_view json) {
  const InsideCall inside(this);
  if (json.size() > kMostRequestBytes) {
    later([call_id](Client& self) {
      self.reply(call_id, Api::error_reply({Errc::kTooLarge, "a request may have 64 KiB"}));
    });
    return;
  }
  const Status pushed = requests().push(call_id, std::string(json));
  if (!pushed) later([error = pushed.error()](Client& self) { self.end(error); });
}

void Client::credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t media_us) {
  const InsideCall inside(this);
  t_pull_follows = true;
  if (const auto open = session_.stream(stream)) open->stream->credit(serial, media_us);
  t_pull_follows = false;
}

zoe_status Client::pull(std::size_t most_bytes, zoe_run& out) {
  const InsideCall inside(this);
  // Before looking: what becomes ready from here on wakes again.
  is_woken_.store(false, std::memory_order_seq_cst);
  const zoe_status status = session_.pull(most_bytes, out);
  if (status == ZOE_OK) {
    media_bytes_.fetch_add(out.bytes, std::memory_order_relaxed);
    services_.media_bytes.add(out.bytes);
  }
  return status;
}

void Client::sample_rate(std::int64_t now_ns) {
  MutexLock lock(mutex_);
  rate_.sample(now_ns, media_bytes_.load(std::memory_order_relaxed));
}

ClientView Client::view() const {
  ClientFacts facts = session_.facts();
  ClientView view;
  view.number = facts.number;
  view.identity = session_.identity();
  view.address = session_.peer_address();
  view.transport = origin_.transport;
  view.generation = origin_.generation;
  view.program = std::move(facts.program);
  view.since_utc_ns = facts.since_utc_ns;
  view.bytes_sent = facts.earlier_bytes + media_bytes_.load(std::memory_order_relaxed);
  for (const Session::OpenStream& open : session_.streams())
    view.streams.push_back({open.stream->id(), open.media->id, open.media->title, open.stream->figures()});
  MutexLock lock(mutex_);
  view.bytes_per_s = rate_.per_second();
  return view;
}

Result<std::string_view> Client::ticket() {
  IdentityPtr identity = session_.identity();
  if (!identity) return fail(Errc::kUnauthenticated, "nobody is signed in on this connection");
  Place place{std::move(identity), session_.facts()};
  place.facts.earlier_bytes += media_bytes_.load(std::memory_order_relaxed);
  ZOE_TRY(std::string text, services_.api.services().tickets.issue(std::move(place)));
  MutexLock lock(mutex_);
  return std::string_view(tickets_.emplace_back(std::move(text)));
}

void Client::close() {
  gate_.shut();
  is_ended_ = true;
  session_.close();
  std::shared_ptr<RequestQueue> requests;
  {
    MutexLock lock(mutex_);
    requests = requests_;
  }
  if (requests) requests->close();
}

void Client::end(const Error& reason) {
  if (is_ended_.exchange(true)) return;
  session_.close();
  if (!gate_.enter()) return;
  callbacks_.close(user_, abi::to_status(reason.code), abi::to_abi(reason.message));
  gate_.leave();
}

void Client::reply(std::uint64_t call_id, const std::string& json) {
  if (!gate_.enter()) return;
  callbacks_.reply(user_, call_id, abi::to_abi(json));
  gate_.leave();
}

void Client::send_event(const std::string& json) {
  if (!gate_.enter()) return;
  callbacks_.event(user_, abi::to_abi(json));
  gate_.leave();
}

void Client::stream_ready(std::uint32_t /*stream*/) {
  if (t_pull_follows && t_inside == this) return;
  if (is_woken_.exchange(true, std::memory_order_seq_cst)) return;
  if (t_inside == this) {
    later([](Client& self) { self.wake(); });
  } else {
    wake();
  }
}

void Client::wake() {
  if (!gate_.enter()) return;
  callbacks_.wake(user_);
  gate_.leave();
}

void Client::stream_failed(std::uint32_t stream, std::uint32_t serial, const Error& error) {
  std::string event = stream_failed_event(stream, serial, error);
  if (t_inside != this) return send_event(event);
  later([event = std::move(event)](Client& self) { self.send_event(event); });
}

void Client::later(std::function<void(Client&)> act) {
  const auto posted = services_.callbacks.post([weak = weak_from_this(), act = std::move(act)] {
    if (const auto self = weak.lock()) act(*self);
  });
  static_cast<void>(posted);  // refused only when the server stops, which ends everybody
}

}  // namespace zoe::server
