// The control API as a coroutine asks it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json_fwd.hpp>

#include "engine/core/threads.hpp"
#include "engine/media/segment.hpp"
#include "engine/plugin/sdk/transport.hpp"
#include "plugins/transport_http/coroutines.hpp"

namespace zoe::transport_http {

// An answer of the control API that tells of an error.
nlohmann::json error_json(std::string_view code, std::string_view message);

// One client of the server, for one connection. One thread, but for the ClientEvents, which only queue and wake. It may
// be destroyed while a call waits only together with its io_context.
class Caller final : public sdk::ClientEvents, public std::enable_shared_from_this<Caller> {
 public:
  // `ended` is called on the context's thread when the server has ended the client.
  static Result<std::shared_ptr<Caller>> open(const sdk::Host& host, const zoe_peer& peer,
                                              boost::asio::io_context& context, std::function<void()> ended);
  ~Caller() override;

  // The whole answer: {"result"} or {"error"}. One call at a time. kUnavailable once the client has ended.
  boost::asio::awaitable<Result<std::string>> call(std::string_view request);

  // The same for `method` with its params. What goes wrong on the way is an {"error"}, too.
  boost::asio::awaitable<nlohmann::json> ask(std::string_view method, nlohmann::json params);

  // Packets of a stream; their data lies in the server's memory, lent until `lent` goes.
  struct Pulled {
    std::shared_ptr<const void> lent;
    std::vector<media::PacketView> packets;
    std::uint32_t segment = 0;
    std::uint32_t flags = 0;  // ZOE_RUN_…
  };
  // What the stream sends next under that serial. What the client's other streams send meanwhile is dropped. kTimeout,
  // and what the server says where the stream fails.
  boost::asio::awaitable<Result<Pulled>> next_run(std::uint32_t stream, std::uint32_t serial);
  // All of `segment`, the stream's next one. kTooLarge above `most_bytes`.
  boost::asio::awaitable<Result<Pulled>> pull(std::uint32_t stream, std::uint32_t serial, std::uint32_t segment,
                                              std::size_t most_bytes);

  // From now on the server's events are kept for `next_event`; of those that nobody takes the oldest go, and an
  // "events.missed" says so.
  void listen();
  // The next event as the server said it. Nothing when there was none until `deadline`, when `stir` was called, or when
  // the client has ended.
  boost::asio::awaitable<std::optional<std::string>> next_event(std::chrono::steady_clock::time_point deadline);
  // Wakes the coroutine that waits here. Any thread.
  void stir();
  bool is_open() const { return client_.has_value(); }
  // How often the server has told that the library, or who may see what of it, has changed. Any thread.
  std::uint64_t changes() const { return changes_.load(std::memory_order_acquire); }

  // See stream.open: the total that may be sent of this serial.
  void credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t media_us) const {
    if (client_) client_->credit(stream, serial, media_us);
  }

  Result<sdk::Client::File> file(std::uint32_t handle) const { return client_->file(handle); }

  // Ends the client, and what waits.
  void end();

 private:
  Caller(boost::asio::io_context& context, std::function<void()> ended);

  struct StreamFailure {
    std::uint32_t stream = 0;
    std::uint32_t serial = 0;
    Error error;
  };
  struct Lent;

  bool keep(std::string_view event);
  void wake() override;
  void reply(std::uint64_t call_id, std::string_view json) override;
  void event(std::string_view json) override;
  void close(Errc code, std::string_view reason) override;

  boost::asio::io_context& context_;
  const std::function<void()> ended_;
  boost::asio::steady_timer answered_;
  std::optional<sdk::Client> client_;
  std::uint64_t next_call_ = 1;
  std::atomic<std::uint64_t> changes_{0};
  Mutex mutex_;
  std::optional<std::string> answer_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t awaited_ ZOE_GUARDED_BY(mutex_) = 0;
  bool has_media_ ZOE_GUARDED_BY(mutex_) = false;
  std::optional<StreamFailure> failure_ ZOE_GUARDED_BY(mutex_);
  bool is_listening_ ZOE_GUARDED_BY(mutex_) = false;
  std::deque<std::string> events_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::transport_http
