// Of ChannelFeed alone: what its threads share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "player/client/channel_feed.hpp"

namespace zoe::player {

// So near to live is live: what is behind by less nobody means to be.
inline constexpr std::int64_t kNearLiveUs = 500'000;
inline constexpr std::size_t kMostChannelNotes = 16;

// What the network's thread, those that act and the main one share. Requests that are under way keep it.
struct ChannelFeed::Shared {
  mutable Mutex mutex;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  bool has_news ZOE_GUARDED_BY(mutex) = false;
  std::vector<std::string> notes ZOE_GUARDED_BY(mutex);

  std::uint64_t channel ZOE_GUARDED_BY(mutex) = 0;  // that one means to watch; 0: none
  std::uint64_t ticket ZOE_GUARDED_BY(mutex) = 0;   // of the newest question; older answers count no more
  std::uint64_t epoch ZOE_GUARDED_BY(mutex) = 0;    // of the connection on which that was asked
  bool is_asking ZOE_GUARDED_BY(mutex) = false;
  bool is_stale ZOE_GUARDED_BY(mutex) = false;  // to be asked again
  std::int64_t ask_at_ns ZOE_GUARDED_BY(mutex) = 0;
  std::shared_ptr<const ChannelState> state ZOE_GUARDED_BY(mutex);
  std::optional<net::ClockEstimate> estimate ZOE_GUARDED_BY(mutex);

  bool is_live ZOE_GUARDED_BY(mutex) = true;
  bool is_to_follow ZOE_GUARDED_BY(mutex) = false;  // live, and playback has not been told yet
  std::int64_t number ZOE_GUARDED_BY(mutex) = -1;   // of the showing that is open; -1: none
  std::string media ZOE_GUARDED_BY(mutex);          // of that
  std::int64_t own_us ZOE_GUARDED_BY(mutex) = 0;    // where one is in the channel, away from live
  bool is_paused ZOE_GUARDED_BY(mutex) = false;
  Rational rate ZOE_GUARDED_BY(mutex){1, 1};

  void stir() ZOE_REQUIRES(mutex) {
    has_news = true;
    if (wake) wake();
  }
  void note(std::string text) ZOE_REQUIRES(mutex) {
    if (notes.size() < kMostChannelNotes) notes.push_back(std::move(text));
  }
  void forget() ZOE_REQUIRES(mutex) {
    ++ticket;
    channel = 0;
    is_asking = is_stale = is_to_follow = false;
    state = nullptr;
    number = -1;
    media.clear();
  }
  // How long the channel has been there. There must be a state and a clock.
  std::int64_t live_us(std::int64_t now_ns) const ZOE_REQUIRES(mutex) {
    return std::max<std::int64_t>(state->since_us(estimate->server_ns(now_ns)), 0);
  }
  bool is_known() const ZOE_REQUIRES(mutex) { return state != nullptr && estimate.has_value(); }

  void on_answer(std::uint64_t its_ticket, const Result<nlohmann::json>& result, std::int64_t now_ns);
};

}  // namespace zoe::player
