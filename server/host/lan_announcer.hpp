// Tells players on the same network that there is a server here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/net/discovery.hpp"

namespace zoe::server {

// Owns a UDP socket and the thread that answers on it. Answers questions of docs/protocol.md, "Finding servers", from
// near addresses alone, kMostPerSecond of them; whatever else comes is passed over. What it says is the name and the
// port: nothing is known here that would have to be kept.
class LanAnnouncer {
 public:
  static constexpr int kMostPerSecond = 100;

  struct Options {
    std::string name;
    std::string address;  // where the native port listens; of loopback: only this machine is answered
    std::uint16_t native_port = 0;
    std::uint16_t port = net::kDiscoveryPort;  // UDP; 0: the system chooses
  };
  static Result<std::unique_ptr<LanAnnouncer>> start(Options options, Log& log);
  ~LanAnnouncer();
  LanAnnouncer(const LanAnnouncer&) = delete;
  LanAnnouncer& operator=(const LanAnnouncer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  LanAnnouncer(Options options, UniqueFd socket, UniqueFd wake, std::uint16_t port);
  void run();
  void answer_one();

  const Options options_;
  const UniqueFd socket_;
  const UniqueFd wake_;
  const std::uint16_t port_;
  std::int64_t second_ = 0;  // the thread's own: answers are counted by seconds
  int answered_ = 0;
  std::jthread thread_;
};

}  // namespace zoe::server
