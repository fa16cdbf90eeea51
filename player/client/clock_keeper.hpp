// Keeps the server's clock known while something is followed by it.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/core/clock.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// Main thread. A clock is learned quickly and then kept: eight probes at once, then one a second, anew on each
// connection.
class ClockKeeper {
 public:
  explicit ClockKeeper(ServerLink& link) : link_(link) {}

  // An estimate that is newer than the one told before.
  std::optional<net::ClockEstimate> update(std::int64_t now_ns);
  std::int64_t next_ns() const { return probe_at_ns_; }

 private:
  ServerLink& link_;
  std::uint64_t epoch_ = 0;  // of the connection that is probed
  std::uint32_t told_ = 0;
  std::uint32_t sent_ = 0;
  std::int64_t probe_at_ns_ = 0;
};

}  // namespace zoe::player
