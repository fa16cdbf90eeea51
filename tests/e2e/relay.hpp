// A TCP relay between a client and a server on this machine, whose connections a test can cut.
#pragma once

#include <cstdint>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"

namespace zoe::test {

// Owns its thread, which serves all connections by turns. Thread-safe.
class Relay {
 public:
  // Listens on a port of the system's choosing. Throws std::runtime_error.
  explicit Relay(std::uint16_t target);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const { return port_; }

  // Ends every connection where it is, in the middle of whatever is on its way. New ones are served as before.
  void cut();

  // New connections go there from now on.
  void set_target(std::uint16_t target);

  // So many bytes more go to clients, over all connections together; then they wait. Without a number: as many as come.
  void let_down(std::uint64_t bytes = UINT64_MAX);

  // Connections made until now.
  int connections() const;

 private:
  // Bytes that one side sent and the other has not taken yet.
  struct Way {
    int from = -1;
    int to = -1;
    std::vector<char> waiting;
  };
  struct Link {
    Way up;
    Way down;
  };

  void run(const std::stop_token& stop);
  void accept_one() ZOE_REQUIRES(mutex_);
  static bool move(Way& way, short from_events, short to_events, std::uint64_t& allowance);
  void wake();
  static void close_link(const Link& link);

  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  mutable Mutex mutex_;
  std::uint16_t target_ ZOE_GUARDED_BY(mutex_);
  std::vector<Link> links_ ZOE_GUARDED_BY(mutex_);
  int connections_ ZOE_GUARDED_BY(mutex_) = 0;
  std::uint64_t down_left_ ZOE_GUARDED_BY(mutex_) = UINT64_MAX;
  std::jthread thread_;
};

}  // namespace zoe::test
