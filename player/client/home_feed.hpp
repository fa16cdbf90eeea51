// What the server suggests to watch now: what was begun, and what is recommended.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

struct HomeSuggestion {
  LibraryItem item;
  std::string reason;  // for people; empty for what was begun
};

// Immutable.
struct HomeSnapshot {
  std::vector<HomeSuggestion> begun;
  std::vector<HomeSuggestion> recommended;
};

// kMalformed for what is no answer to home.get; at most kMostSuggestions of each kind are taken.
inline constexpr std::size_t kMostSuggestions = 100;
Result<HomeSnapshot> parse_home(const nlohmann::json& result);

// Thread-safe; nothing waits for the network. Older servers, which know no such question, suggest nothing.
class HomeFeed {
 public:
  // `wake` is called (on any thread) when the snapshot has changed; must only wake. `link` outlives the feed.
  HomeFeed(ServerLink& link, std::function<void()> wake);
  ~HomeFeed();
  HomeFeed(const HomeFeed&) = delete;
  HomeFeed& operator=(const HomeFeed&) = delete;

  // While the library is seen and somebody is signed in: asks what is due. Returns when to be called again.
  std::int64_t update(std::int64_t now_ns);

  // Ask again as soon as it is seen.
  void refresh();
  // Another server or person.
  void clear();

  std::shared_ptr<const HomeSnapshot> snapshot() const;

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
  ServerLink& link_;
};

}  // namespace zoe::player
