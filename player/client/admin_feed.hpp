// The control panel's side of the control API: asks the server what the open tab shows, keeps the answers and the
// graphs' past, and carries out the operator's commands.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/core/clock.hpp"
#include "player/client/admin_types.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

enum class AdminTab : std::uint8_t { kOverview = 0, kPlugins, kClients, kStore, kLog, kUsers, kCount };

inline constexpr std::int64_t kAdminGraphNs = 300 * kNsPerS;  // how far back the graphs go
inline constexpr std::size_t kMostAdminLogLines = 2000;       // that are kept; the oldest go first

// Thread-safe; nothing waits for the network. At most one question of a kind is under way, so that a slow server is
// asked less often, not more.
class AdminFeed {
 public:
  // `wake` is called (on any thread) when the snapshot has changed; must only wake. `link` outlives the feed.
  AdminFeed(ServerLink& link, const Clock& clock, std::function<void()> wake);
  ~AdminFeed();
  AdminFeed(const AdminFeed&) = delete;
  AdminFeed& operator=(const AdminFeed&) = delete;

  // While the panel is seen: asks what is due. Returns when to be called again.
  std::int64_t update(AdminTab tab, std::int64_t now_ns);

  // Its course shows in the snapshot's `actions`; what it concerns is asked anew when it has ended. kBusy in words
  // where too many are under way.
  void run(const AdminCommand& command);

  // Ask again now, after an error.
  void refresh();

  // Another server or another person: forgets everything. Answers to what was asked before are dropped.
  void clear();

  std::shared_ptr<const AdminSnapshot> snapshot() const;
  std::uint64_t revision() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  // answers that come after the feed's end find it, and nothing to tell
  ServerLink& link_;
};

}  // namespace zoe::player
