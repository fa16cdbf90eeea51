// A server as a transport plugin sees it, played by the test: the plugin's real library is loaded, its host's tables
// lead here, and connections to a loopback port are handed to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/net/tls.hpp"
#include "engine/plugin/abi/transport.h"

namespace zoe::test {

class FakeServer;

// One client as `client_open` made it. Thread-safe.
class FakeClient {
 public:
  FakeClient(FakeServer& server, const zoe_client_callbacks& callbacks, void* user);

  // What the server does with its clients.
  void reply(std::uint64_t call_id, std::string_view json);
  void event(std::string_view json);
  void close(zoe_status status, std::string_view reason);
  // Lets `count` runs of `packets` packets of `bytes` bytes be pulled for `stream`, and wakes the plugin.
  void queue_runs(std::uint32_t stream, std::uint32_t serial, int count, int packets, std::uint32_t bytes);
  // The same of records that were made before and are shared.
  using RecordsPtr = std::shared_ptr<const std::vector<std::uint8_t>>;
  void queue_records(std::uint32_t stream, std::uint32_t serial, int count, int packets, const RecordsPtr& records);
  // A run of `packets` packets of `segment`, from the one with ordinal `first` on; `flags` are zoe_run's. Segments are
  // kPartFrames frames long, frames 1000 ticks.
  static constexpr std::uint32_t kPartFrames = 30;
  void queue_part(std::uint32_t stream, std::uint32_t serial, std::uint32_t segment, std::uint32_t first, int packets,
                  std::uint32_t flags);

  // What the plugin did.
  std::vector<std::pair<std::uint64_t, std::string>> calls() const;  // not yet replied to included
  std::uint64_t credit_of(std::uint32_t stream, std::uint32_t serial) const;
  std::uint64_t pulled_runs() const;
  int held_runs() const;  // pulled and not released
  bool is_closed() const;

 private:
  friend class FakeServer;
  struct QueuedRun {
    std::uint32_t stream = 0;
    std::uint32_t serial = 0;
    std::uint32_t packets = 0;
    std::uint32_t segment = 0;
    RecordsPtr records;
    std::uint32_t first = 0;
    std::uint32_t flags = ZOE_RUN_SEGMENT_START | ZOE_RUN_SEGMENT_END;
  };

  FakeServer& server_;
  const zoe_client_callbacks callbacks_;
  void* const user_;
  mutable Mutex mutex_;
  std::vector<std::pair<std::uint64_t, std::string>> calls_ ZOE_GUARDED_BY(mutex_);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> credits_ ZOE_GUARDED_BY(mutex_);
  std::deque<QueuedRun> runs_ ZOE_GUARDED_BY(mutex_);
  std::deque<std::string> tickets_ ZOE_GUARDED_BY(mutex_);  // a deque: the texts stay where they are
  std::uint64_t pulled_runs_ ZOE_GUARDED_BY(mutex_) = 0;
  std::uint32_t next_segment_ ZOE_GUARDED_BY(mutex_) = 0;
  int held_runs_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_closed_ ZOE_GUARDED_BY(mutex_) = false;
  Mutex callback_mutex_;  // held while a callback runs, so that client_close waits for it
};
using FakeClientPtr = std::shared_ptr<FakeClient>;

// What the server calls itself.
inline constexpr std::string_view kFakeSoftware = "fake-server/7.8.9";

// The byte at `index` of the packets that FakeClient sends; so a receiver can check every one.
std::uint8_t media_byte(std::size_t index);

// A run's worth of packet records on the wire.
std::vector<std::uint8_t> make_records(int packets, std::uint32_t bytes, std::uint32_t first = 0,
                                       std::int64_t first_pts = 0);

class FakeServer {
 public:
  // `settings` is the plugin's table as JSON, `plugin` the transport that is loaded. Loads, initialises and listens;
  // throws std::runtime_error with the plugin's words when it does not start.
  explicit FakeServer(std::string settings = "{}", const std::string& plugin = "transport_tcp");
  ~FakeServer();

  std::uint16_t port() const { return port_; }
  std::string pin() const;

  // How a request is answered from now on: the reply's JSON, or nothing to answer later by FakeClient::reply. An empty
  // function (and the default) echoes the params.
  using OnCall = std::function<std::string(FakeClient&, std::uint64_t call_id, std::string_view json)>;
  void answer_with(OnCall on_call);

  // What `file` opens, by handle.
  void offer_file(std::uint32_t handle, std::string path);

  // What the plugin is told of the peers.
  std::atomic<bool> peers_are_loopback{true};
  std::atomic<bool> takes_clients{true};

  // Whether clients count as signed in, and how many tickets ("ticket-1", "ticket-2", ...) they were given.
  std::atomic<bool> gives_tickets{true};
  std::atomic<int> tickets_given{0};

  std::vector<FakeClientPtr> clients() const;
  FakeClientPtr wait_for_client(std::size_t index = 0) const;
  std::uint64_t metric(const std::string& name) const;

  std::uint32_t connections() const;
  void drain();
  void disconnect();
  // As a swap does: connections that come from now on go to a new instance, the old one drains, disconnects, and is
  // ended once it has none left. Throws std::runtime_error when that does not happen.
  void replace();
  void deinit();  // also by the destructor

 private:
  struct Tables;
  struct Instance {
    zoe_plugin* plugin = nullptr;
    const zoe_transport_v1* transport = nullptr;
  };
  void init();
  void listen();
  void accept_loop();
  Instance serving() const;

  std::unique_ptr<Tables> tables_;
  const std::string settings_;
  net::CertificatePem certificate_;
  WorkerPool pool_;
  void* library_ = nullptr;
  const zoe_plugin_entry_v1* entry_ = nullptr;
  Instance serving_ ZOE_GUARDED_BY(mutex_);
  Mutex accept_mutex_;  // held while a connection is handed over
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopped_{false};
  std::thread acceptor_;
  mutable Mutex mutex_;
  std::vector<FakeClientPtr> clients_ ZOE_GUARDED_BY(mutex_);
  OnCall on_call_ ZOE_GUARDED_BY(mutex_);
  std::map<std::uint32_t, std::string> files_ ZOE_GUARDED_BY(mutex_);
  std::map<std::string, std::uint64_t> metrics_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::test
