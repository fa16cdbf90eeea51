#include "plugins/transport_http/caller.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace zoe::transport_http {

namespace asio = boost::asio;

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

void Caller::reply(std::uint64_t call_id, std::string_view json) {
  {
    const MutexLock lock(mutex_);
    if (call_id != awaited_) return;
    answer_.emplace(json);
  }
  asio::post(context_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->answered_.cancel();
  });
}

void Caller::close(Errc /*code*/, std::string_view /*reason*/) {
  asio::post(context_, [weak = weak_from_this()] {
    if (const auto self = weak.lock(); self && self->ended_) self->ended_();
  });
}

}  // namespace zoe::transport_http
