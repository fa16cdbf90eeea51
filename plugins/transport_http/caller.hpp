// The control API as a coroutine asks it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json_fwd.hpp>

#include "engine/core/threads.hpp"
#include "engine/media/segment.hpp"
#include "engine/plugin/sdk/transport.hpp"

namespace zoe::transport_http {

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

  // The packets of `segment`, the stream's next one, under that serial; their data lies in the server's memory, lent
  // until `lent` goes. What the client's other streams send meanwhile is dropped. kTooLarge above `most_bytes`,
  // kTimeout, and what the server says where the stream fails.
  struct Pulled {
    std::shared_ptr<const void> lent;
    std::vector<media::PacketView> packets;
  };
  boost::asio::awaitable<Result<Pulled>> pull(std::uint32_t stream, std::uint32_t serial, std::uint32_t segment,
                                              std::size_t most_bytes);

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
  void stir();

  void wake() override;
  void reply(std::uint64_t call_id, std::string_view json) override;
  void event(std::string_view json) override;
  void close(Errc code, std::string_view reason) override;

  boost::asio::io_context& context_;
  const std::function<void()> ended_;
  boost::asio::steady_timer answered_;
  std::optional<sdk::Client> client_;
  std::uint64_t next_call_ = 1;
  Mutex mutex_;
  std::optional<std::string> answer_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t awaited_ ZOE_GUARDED_BY(mutex_) = 0;
  bool has_media_ ZOE_GUARDED_BY(mutex_) = false;
  std::optional<StreamFailure> failure_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::transport_http
