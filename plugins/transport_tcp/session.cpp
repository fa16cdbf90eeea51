#include "plugins/transport_tcp/session.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <fmt/core.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "engine/net/messages.hpp"

namespace zoe::transport_tcp {
namespace {

namespace asio = boost::asio;

// More than this is not put into the kernel ahead of what the line takes, so that a seek's first packets do not queue
// behind seconds of the old place.
constexpr int kMostUnsentBytes = 512 << 10;

void set_option(int socket, int level, int option, int value) {
  static_cast<void>(::setsockopt(socket, level, option, &value, sizeof value));  // also no TCP socket serves
}

// A peer whose cable was pulled is noticed after two minutes even when nothing is sent to it.
void tune(int socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kMostUnsentBytes);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

// The number `key` of a reply's result; nothing when the request was refused.
std::optional<std::uint32_t> handle_in(std::string_view reply, const char* key) {
  const auto answer = net::parse_json_object(reply, net::rule_of(net::Kind::kResponse).most_bytes);
  if (!answer || !answer->contains("result") || !(*answer)["result"].is_object()) return std::nullopt;
  const auto found = (*answer)["result"].find(key);
  if (found == (*answer)["result"].end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint32_t>();
}

}  // namespace

asio::awaitable<void> Event::wait() {
  if (!is_set_) co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  is_set_ = false;
}

Session::Session(IoThread& thread, UniqueFd socket, const zoe_peer& peer)
    : thread_(thread),
      peer_(peer),
      socket_(thread.context()),
      slots_(thread.context()),
      accepted_ns_(now_ns()),
      received_ns_(accepted_ns_),
      kick_(thread.context()),
      outbox_(thread.shared().options.most_queued_bytes) {
  tune(socket.get());
  socket_.assign(socket.get());
  static_cast<void>(socket.release());
}

Session::~Session() {
  batch_.clear();
  drop_client();
}

std::string Session::name() const { return fmt::format("{}:{}", sdk::view_of(peer_.address), peer_.port); }

void Session::start() {
  coroutines_ = 2;
  const auto ended = [self = shared_from_this()](const std::exception_ptr& thrown) { self->on_coroutine_end(thrown); };
  asio::co_spawn(thread_.context(), run_reader(), ended);
  asio::co_spawn(thread_.context(), run_writer(), ended);
}

void Session::on_coroutine_end(const std::exception_ptr& thrown) {
  if (thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      thread_.shared().host.error("{}: the connection failed: {}", name(), error.what());
    } catch (...) {
      thread_.shared().host.error("{}: the connection failed", name());
    }
    close_now();
  }
  leave();
}

void Session::leave() {
  if (--coroutines_ > 0) return;
  batch_.clear();
  drop_client();
  files_.clear();
  close_now();
  thread_.remove(shared_from_this());
  thread_.shared().connections.leave();
}

void Session::close_now() {
  is_ending_ = true;
  has_said_last_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  kick_.set();
  slots_.set();
}

void Session::end(Error reason) {
  if (is_ending_) return;
  if (client_) {
    thread_.shared().host.info("{}: {}", name(), reason.message);
  } else {
    thread_.shared().host.debug("{}: {}", name(), reason.message);  // port scanners must not fill the log
  }
  push(net::encode_text(net::Kind::kGoodbye, net::encode_goodbye(reason)));
  is_ending_ = true;
  end_ns_ = now_ns() + thread_.shared().options.farewell_timeout_ns;
  kick_.set();
  slots_.set();
}

void Session::resume_elsewhere() {
  if (is_ending_ || is_leaving_) return;
  is_leaving_ = true;
  leave_ns_ = now_ns() + thread_.shared().options.farewell_timeout_ns;
  if (client_ && in_progress_ == 0) say_resume();
}

Error Session::moved_reason() {
  return {Errc::kUnavailable, "this connection ends; connect again and go on where you are"};
}

// The last words of a connection whose client goes on elsewhere. Only who is signed in has something to go on with.
void Session::say_resume() {
  if (is_ending_) return;
  const Error reason = moved_reason();
  nlohmann::json event{{"event", "server.resume"}, {"message", reason.message}};
  const Result<std::string> ticket = client_->ticket();
  if (ticket) event["ticket"] = *ticket;
  // Without a ticket its token or a new log-in has to do.
  if (ticket || ticket.error().code != Errc::kUnauthenticated) {
    push(net::encode_text(net::Kind::kEvent, net::to_text(event)));
    ++thread_.totals().resumed;
  }
  end(reason);
}

void Session::check_deadlines(std::int64_t now) {
  const Options& options = thread_.shared().options;
  if (is_ending_) {
    if (now >= end_ns_) close_now();
    return;
  }
  if (is_leaving_ && now >= leave_ns_) return client_ ? say_resume() : end(moved_reason());
  if (outbox_.is_overflowed()) {
    thread_.shared().host.warning("{}: it does not read its answers: disconnected", name());
    close_now();
  } else if (blocked_ns_ != 0 && now - blocked_ns_ >= options.stall_timeout_ns) {
    ++thread_.totals().stalls;
    thread_.shared().host.info("{}: it takes nothing of what it asked for: disconnected", name());
    close_now();
  } else if (!client_ && now - accepted_ns_ >= options.hello_timeout_ns) {
    end({Errc::kTimeout, "no complete greeting came in time"});
  } else if (parser_.is_inside_message() && held_.empty() && now - received_ns_ >= options.message_timeout_ns) {
    end({Errc::kTimeout, "a message began and did not go on"});
  } else {
    start_reads();
  }
}

void Session::push(Bytes message, Outbox::Counts counts) { outbox_.push(message, counts); }

void Session::wake() {
  if (is_wake_posted_.exchange(true, std::memory_order_acq_rel)) return;
  asio::post(thread_.context(), [self = shared_from_this()] {
    self->is_wake_posted_.store(false, std::memory_order_release);
    self->kick_.set();
  });
}

void Session::remember(std::uint64_t number, const Call& call) {
  MutexLock lock(calls_mutex_);
  calls_.emplace(number, call);
  if (call.opens_stream) ++opening_streams_;
}

void Session::note_opened_stream(std::string_view reply) {
  const auto stream = handle_in(reply, "stream");
  MutexLock lock(calls_mutex_);
  --opening_streams_;
  if (stream) announced_streams_.insert(*stream);
}

void Session::reply(std::uint64_t call_id, std::string_view json) {
  Call call;
  {
    MutexLock lock(calls_mutex_);
    const auto found = calls_.find(call_id);
    if (found == calls_.end()) return;
    call = found->second;
    calls_.erase(found);
  }
  const std::string prefix = fmt::format(R"({{"id":{},)", call.id);
  std::string text;
  if (json.size() < 2 || json.front() != '{') {
    text = prefix + R"("error":{"code":"internal","message":"the server's answer is malformed"}})";
  } else if (json.size() + prefix.size() > net::rule_of(net::Kind::kResponse).most_bytes) {
    text = prefix + R"("error":{"code":"too_large","message":"the answer is too long; ask for a part of it"}})";
  } else {
    text = prefix;
    text += json.substr(1);
  }
  push(net::encode_text(net::Kind::kResponse, text), Outbox::Counts::kResponse);
  if (call.opens_stream) note_opened_stream(json);
  if (call.opens_file) {
    if (const auto file = handle_in(json, "file")) {
      asio::post(thread_.context(), [self = shared_from_this(), file, call] { self->open_file(*file, call); });
    }
  }
  wake();
}

void Session::event(std::string_view json) {
  if (json.size() > net::rule_of(net::Kind::kEvent).most_bytes) {
    thread_.shared().host.error("an event of {} bytes does not fit into a message", json.size());
    return;
  }
  push(net::encode_text(net::Kind::kEvent, json));
  wake();
}

void Session::close(Errc code, std::string_view reason) {
  asio::post(thread_.context(),
             [self = shared_from_this(), error = Error{code, std::string(reason)}] { self->end(error); });
}

}  // namespace zoe::transport_tcp
