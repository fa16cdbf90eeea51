// One connection of a transport plugin, as zoe_server_v1 offers it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/threads.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/plugin/abi/transport.h"
#include "server/api/api.hpp"
#include "server/api/session.hpp"
#include "server/host/rate_meter.hpp"
#include "server/host/request_queue.hpp"
#include "server/streams/stream.hpp"

namespace zoe::server {

// What all clients share.
struct ClientServices {
  const Api& api;
  RequestPools pools;
  WorkerPool& callbacks;  // carries out callbacks that came up inside a call of the plugin
  Counter& media_bytes;   // handed out to all of them
  std::size_t most_streams = 8;
};

// Where a client comes from.
struct ClientOrigin {
  std::uint64_t number = 0;
  std::string transport;  // id of the plugin that opened it
  std::uint64_t generation = 0;
};

// Lets callbacks through to the plugin until it is shut; knows when none runs. Thread-safe.
class CallbackGate {
 public:
  // False once shut: no callback may be made. Each true needs a leave.
  bool enter();
  void leave();
  // Returns when no callback runs; none will begin. Not from inside a callback.
  void shut();

 private:
  Mutex mutex_;
  CondVar idle_;
  int inside_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_shut_ ZOE_GUARDED_BY(mutex_) = false;
};

// Thread-safe. No lock is held while a callback of the plugin, a stream or the API runs; callbacks are never made on a
// thread that is inside one of the plugin's calls on the same client. Lives in a shared_ptr: its requests keep it.
class Client final : public StreamObserver, public std::enable_shared_from_this<Client> {
 public:
  Client(const ClientServices& services, const zoe_peer& peer, const zoe_client_callbacks& callbacks, void* user,
         ClientOrigin origin);
  ~Client() override;

  // The plugin's calls.
  void call(std::uint64_t call_id, std::string_view json);
  void credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t media_us);
  zoe_status pull(std::size_t most_bytes, zoe_run& out);
  Result<Session::FileCopy> file(std::uint32_t handle) { return session_.file(handle); }
  // No callback runs or will run.
  void close();

  // A ticket with which another connection takes this one's place; the text lives as long as this object.
  Result<std::string_view> ticket();

  // The host's.
  Session& session() { return session_; }
  const Session& session() const { return session_; }
  const ClientOrigin& origin() const { return origin_; }
  ClientView view() const;
  // For bytes_per_s of the view: about once a second.
  void sample_rate(std::int64_t now_ns);
  void send_event(const std::string& json);
  // Ends it: streams stop now, and the plugin is told to say why and close. Only the first time counts.
  void end(const Error& reason);

  // StreamObserver
  void stream_ready(std::uint32_t stream) override;
  void stream_failed(std::uint32_t stream, std::uint32_t serial, const Error& error) override;

 private:
  class InsideCall;

  RequestQueue& requests();
  void reply(std::uint64_t call_id, const std::string& json);
  void wake();
  // Off this thread, which is inside a call of the plugin.
  void later(std::function<void(Client&)> act);

  const ClientServices& services_;
  const zoe_client_callbacks callbacks_;
  void* const user_;
  const ClientOrigin origin_;
  Session session_;
  CallbackGate gate_;
  std::atomic<bool> is_woken_{false};  // the plugin was told to pull and has not yet
  std::atomic<bool> is_ended_{false};
  std::atomic<std::uint64_t> media_bytes_{0};

  mutable Mutex mutex_;
  RateMeter rate_ ZOE_GUARDED_BY(mutex_);
  std::shared_ptr<RequestQueue> requests_ ZOE_GUARDED_BY(mutex_);
  std::deque<std::string> tickets_ ZOE_GUARDED_BY(mutex_);  // their texts were lent to the plugin
};

}  // namespace zoe::server
