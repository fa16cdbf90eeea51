// Looks for servers on the networks that this machine is in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/net/discovery.hpp"

namespace zoe::net {

// A server that answered.
struct FoundServer {
  std::string name;     // as it calls itself: anybody can call themselves anything
  std::string address;  // "192.168.1.20:7340", from where the answer came
  std::int64_t heard_ns = 0;
};

// Who answered, by name: pure logic over times it is told.
class FoundServers {
 public:
  static constexpr std::size_t kMost = 32;
  static constexpr std::int64_t kForgottenNs = 10'000'000'000;

  // True when what is to be shown has changed. When it is full, nobody new comes in.
  bool add(FoundServer server);
  // Those that were not heard of for kForgottenNs go.
  bool expire(std::int64_t now_ns);
  const std::vector<FoundServer>& all() const { return all_; }

 private:
  std::vector<FoundServer> all_;
};

// Asks from a port of its own, since no second program could have the servers' one on this machine, and is answered
// there. IPv4 only, as SDL2_net is. One thread; nothing waits.
class LanSearch {
 public:
  static constexpr int kMostAtOnce = 64;  // datagrams that one `take` reads

  // Asks these, numbers in host order; empty: all that this machine's networks broadcast to, and itself.
  static Result<std::unique_ptr<LanSearch>> create(std::vector<std::uint32_t> targets = {},
                                                   std::uint16_t port = kDiscoveryPort);
  ~LanSearch();
  LanSearch(const LanSearch&) = delete;
  LanSearch& operator=(const LanSearch&) = delete;

  // A network that is not there is passed over.
  void ask();
  // Reads what has come; only answers to questions of this search count. True when the list has changed.
  bool take(std::int64_t now_ns);
  const std::vector<FoundServer>& found() const { return found_.all(); }

 private:
  struct Impl;
  explicit LanSearch(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
  FoundServers found_;
};

}  // namespace zoe::net
