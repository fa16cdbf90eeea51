// Rooms as the player knows them. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/timeline.hpp"

namespace zoe::player {

// A video of a room's playlist.
struct RoomEntry {
  std::uint64_t entry = 0;  // names it in the room
  std::string media;        // empty: not for this viewer
  std::string title;
  std::int64_t duration_us = 0;
};

// A line of the list of rooms.
struct RoomLine {
  std::string room;
  std::string name;
  std::string owner;
  std::string showing;  // the title of what is watched, where it may be known
  bool is_own = false;
  bool is_private = false;
  std::int64_t members = 0;
};

struct RoomMember {
  std::uint64_t member = 0;
  std::string name;
  bool is_owner = false;
  bool may_command = false;
  bool may_draw = false;
  bool is_here = true;
  bool is_ready = false;
  bool is_buffering = false;
  std::int64_t skew_us = 0;  // how far ahead of the timeline
};

struct RoomMessage {
  std::uint64_t message = 0;
  std::string name;
  std::string text;
  std::int64_t utc_ns = 0;
};

struct RoomReaction {
  std::string name;
  std::string reaction;
  std::int64_t at_ns = 0;  // when it was heard of
};

// From `timeline.from_ns` of the server's clock on, for that entry.
struct RoomTimeline {
  Timeline timeline;
  std::uint64_t entry = 0;
};

// A jump that comes: the frame to have ready.
struct RoomJump {
  std::uint64_t number = 0;
  std::uint64_t entry = 0;
  std::int64_t position_us = 0;
};

struct RoomState {
  std::string room;
  std::string name;
  std::string owner;
  bool is_own = false;
  bool is_private = false;
  std::string policy;        // who commands: everyone, owner, named
  std::string patience;      // wait, leave_behind
  std::string drawing;       // who draws: everyone, commanders; empty: an older server, which knows no drawing
  std::string owner_leaves;  // pass_on, keep, close
  std::uint64_t revision = 0;
  std::vector<RoomTimeline> timelines;
  std::optional<RoomJump> jump;
  std::vector<std::uint64_t> waiting_for;  // members
  std::vector<RoomEntry> entries;
  std::uint64_t entry = 0;
  Rational rate{1, 1};
  bool is_paused = true;  // what is wanted, whoever is waited for

  const RoomEntry* find(std::uint64_t number) const {
    for (const RoomEntry& each : entries)
      if (each.entry == number) return &each;
    return nullptr;
  }
};

// What one may do on the frame at which the room stands.
struct RoomPlace {
  std::uint64_t member = 0;  // one's own number; 0: in no room
  bool may_draw = false;
  bool is_paused = true;
  std::string media;  // that is watched; empty: none, or not for this viewer
};

struct RoomJoined {
  std::string seat;
  std::uint64_t member = 0;
  RoomState state;
  std::vector<RoomMember> members;
  std::vector<RoomMessage> messages;
};

}  // namespace zoe::player
