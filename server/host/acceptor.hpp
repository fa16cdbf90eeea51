// The listening sockets, and the thread that accepts on them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/plugin/abi/transport.h"

namespace zoe::server {

struct ListenWish {
  std::string name;     // for people and for the ready line
  std::string address;  // numeric IPv4 or IPv6
  std::uint16_t port = 0;
};

struct BoundListener {
  std::string name;
  std::string address;
  std::uint16_t port = 0;  // the real one
  std::uint64_t id = 0;    // names it in the Acceptor; never used twice

  std::string to_string() const;  // "127.0.0.1:7340", "[::1]:7340"
};

// The sockets belong to the host, so that a transport can be replaced without its port ever being closed.
//
// `listen`, `watch` and `close`: any thread. `start` and `stop`: the owner's; `stop` and the destructor join.
class Acceptor {
 public:
  // Takes an accepted, non-blocking, close-on-exec socket; called on the acceptor's thread, must return at once.
  using Accepted = std::function<void(UniqueFd socket, const zoe_peer& peer)>;

  Acceptor(Log& log, Metrics& metrics);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Opens the port: the system lets connections queue there from now on. Errors name the address and port and say what
  // to do: kConflict (in use), kDenied (a port below 1024), kInvalidArgument (no such address).
  Result<BoundListener> listen(const ListenWish& wish, Accepted accepted);

  // Accepts on every port that is open by now. On those that are opened later with `watch`.
  Status start();
  bool is_started() const { return is_started_; }
  Status watch(std::uint64_t id);

  // Closes the port; `accepted` may be running for it still.
  void close(std::uint64_t id);

  // Closes all of them.
  void stop();

 private:
  struct Listener {
    UniqueFd fd;
    BoundListener bound;
    Accepted accepted;
  };
  using ListenerPtr = std::shared_ptr<const Listener>;

  void run();
  ListenerPtr find(std::uint64_t id) const;
  bool accept_all(const Listener& listener);
  bool make_room();

  Log& log_;
  Counter& accepted_;
  Counter& failures_;
  mutable Mutex mutex_;
  std::map<std::uint64_t, ListenerPtr> listeners_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t last_id_ ZOE_GUARDED_BY(mutex_) = 0;
  UniqueFd poll_;
  UniqueFd wake_;
  UniqueFd reserve_;  // given up to accept, and close, a connection when descriptors run out
  bool is_short_of_descriptors_ = false;
  std::atomic<bool> is_started_{false};
  std::atomic<bool> is_stopping_{false};
  std::jthread thread_;
};

}  // namespace zoe::server
