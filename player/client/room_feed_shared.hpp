// Of RoomFeed alone: what its threads share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/threads.hpp"
#include "player/client/room_feed.hpp"

namespace zoe::player {

inline constexpr std::int64_t kMostRoomPositionUs = std::int64_t{1} << 47;
inline constexpr std::size_t kMostNotes = 16;
inline constexpr std::int64_t kReactionNs = 4 * kNsPerS;  // that one is shown

// What the network's thread and the main one share. Requests that are under way keep it.
struct RoomFeed::Shared {
  mutable Mutex mutex;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  RoomSnapshot now ZOE_GUARDED_BY(mutex);
  std::string seat ZOE_GUARDED_BY(mutex);
  std::string code ZOE_GUARDED_BY(mutex);          // by which one came in
  std::string room ZOE_GUARDED_BY(mutex);          // that one means to sit in; empty: none
  std::uint64_t ticket ZOE_GUARDED_BY(mutex) = 0;  // of what one means: older answers count no more
  bool is_joining ZOE_GUARDED_BY(mutex) = false;
  bool is_away ZOE_GUARDED_BY(mutex) = false;  // the connection that the seat was taken on has gone
  std::int64_t join_at_ns ZOE_GUARDED_BY(mutex) = 0;
  std::uint64_t epoch ZOE_GUARDED_BY(mutex) = 0;  // of the connection that a seat was asked for on
  std::vector<std::string> notes ZOE_GUARDED_BY(mutex);
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  bool has_news ZOE_GUARDED_BY(mutex) = false;
  std::optional<net::ClockEstimate> estimate ZOE_GUARDED_BY(mutex);

  void stir() ZOE_REQUIRES(mutex) {
    has_news = true;
    if (wake) wake();
  }
  void note(std::string text) ZOE_REQUIRES(mutex) {
    if (notes.size() < kMostNotes) notes.push_back(std::move(text));
  }
  void forget() ZOE_REQUIRES(mutex) {
    ++ticket;
    seat.clear();
    code.clear();
    room.clear();
    is_joining = false;
    const Answer<std::vector<RoomLine>> rooms = now.rooms;
    now = {};
    now.rooms = rooms;
  }

  // Where the room is; there must be one.
  std::int64_t position_us(std::int64_t now_ns) const ZOE_REQUIRES(mutex) {
    if (!estimate) return now.now->timelines.front().timeline.media_us;
    const std::int64_t server_ns = estimate->server_ns(now_ns);
    const RoomTimeline* holds = &now.now->timelines.front();
    for (const RoomTimeline& each : now.now->timelines)
      if (each.timeline.from_ns <= server_ns) holds = &each;
    const RoomEntry* entry = now.now->find(holds->entry);
    const std::int64_t end = entry != nullptr && entry->duration_us > 0 ? entry->duration_us : kMostRoomPositionUs;
    return std::clamp<std::int64_t>(holds->timeline.position_us(server_ns), 0, end);
  }

  void on_joined(std::uint64_t its_ticket, const Result<nlohmann::json>& result, std::int64_t now_ns);
  void on_event(std::string_view event, const nlohmann::json& body, std::int64_t now_ns);
};

}  // namespace zoe::player
