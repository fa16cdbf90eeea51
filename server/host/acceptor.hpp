// The listening sockets, and the thread that accepts on them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
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

  std::string to_string() const;  // "127.0.0.1:7340", "[::1]:7340"
};

// The sockets belong to the host, so that a transport can be replaced without its port ever being closed.
//
// `listen` and `start`: one thread, in this order. `stop` and the destructor join.
class Acceptor {
 public:
  // Takes an accepted, non-blocking, close-on-exec socket; called on the acceptor's thread, must return at once.
  using Accepted = std::function<void(UniqueFd socket, const zoe_peer& peer)>;

  Acceptor(Log& log, Metrics& metrics);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Errors name the address and port and say what to do: kConflict (in use), kDenied (a port below 1024),
  // kInvalidArgument (no such address).
  Result<BoundListener> listen(const ListenWish& wish, Accepted accepted);

  Status start();
  void stop();

 private:
  struct Listener {
    UniqueFd fd;
    BoundListener bound;
    Accepted accepted;
  };

  void run();
  bool accept_all(Listener& listener);
  bool make_room();

  Log& log_;
  Counter& accepted_;
  Counter& failures_;
  std::vector<Listener> listeners_;
  UniqueFd poll_;
  UniqueFd wake_;
  UniqueFd reserve_;  // given up to accept, and close, a connection when descriptors run out
  bool is_short_of_descriptors_ = false;
  std::atomic<bool> is_stopping_{false};
  std::jthread thread_;
};

}  // namespace zoe::server
