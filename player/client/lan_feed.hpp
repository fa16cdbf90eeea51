// The servers that say on this network that they are there, while somebody looks for one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/net/lan_search.hpp"

namespace zoe::player {

// Whom to ask. "127.0.0.1:7340", or "off".
struct LanTarget {
  bool is_off = false;
  std::vector<std::uint32_t> hosts;  // in host order; empty: all networks
  std::uint16_t port = net::kDiscoveryPort;

  // "off", or an IPv4 address with an optional port. kInvalidArgument.
  static Result<LanTarget> parse(std::string_view text);
};

// Main thread; nothing waits. Asks every two seconds while it is wanted, and reads what has come five times a second.
// Whoever was not heard of for ten seconds goes. Without a network it finds nothing, and tries again.
class LanFeed {
 public:
  explicit LanFeed(LanTarget target) : target_(std::move(target)) {}

  // Returns when to be called again.
  std::int64_t update(bool is_wanted, std::int64_t now_ns);
  // Whether what is found has changed since this was asked last.
  bool has_news() { return std::exchange(has_news_, false); }
  const std::vector<net::FoundServer>& found() const;
  // Long enough that who is there has answered.
  bool has_looked() const { return has_looked_; }
  bool is_possible() const { return !target_.is_off; }

 private:
  const LanTarget target_;
  std::unique_ptr<net::LanSearch> search_;
  std::int64_t began_ns_ = 0;
  std::int64_t ask_at_ns_ = 0;
  bool has_news_ = false;
  bool has_looked_ = false;
};

}  // namespace zoe::player
