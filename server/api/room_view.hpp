// Rooms as members are shown them: of a video that somebody may not see, only that there is one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "server/api/identity.hpp"
#include "server/store/room_store.hpp"
#include "server/streams/room.hpp"

namespace zoe::server {

class Library;
class RootAccess;

// A room's state at one moment, for looking at without a lock. Immutable.
struct RoomSnapshot {
  std::string id;
  RoomSettings settings;
  AccountKey owner;
  std::string owner_name;
  std::vector<RoomEntry> entries;
  std::uint64_t entry = 0;  // that holds now
  std::vector<RoomTimeline> timelines;
  std::optional<RoomPreparation> preparation;
  std::vector<std::uint64_t> waiting_for;
  Rational rate{1, 1};
  bool is_paused = true;
  std::uint64_t revision = 0;
  std::int64_t now_ns = 0;
  std::size_t members = 0;
};
using RoomSnapshotPtr = std::shared_ptr<const RoomSnapshot>;

// To whom an event goes: the client of that number, or all connections of a session of somebody's.
struct RoomAddress {
  std::uint64_t client = 0;
  bool is_whole_session = false;
  IdentityPtr identity;
};

// Something that is to be told to some: an event that is the same for all, or a state that each is shown their own way.
struct RoomTelling {
  std::vector<RoomAddress> to;
  std::string event;
  std::string media;  // not empty: only for those who may see that video
  RoomSnapshotPtr state;
};

class RoomViewer {
 public:
  RoomViewer(const Library& library, const RootAccess& access) : library_(library), access_(access) {}

  nlohmann::json state(const RoomSnapshot& room, const Identity& who) const;
  // A line of rooms.list.
  nlohmann::json line(const RoomSnapshot& room, const Identity& who) const;
  bool may_see(const Identity& who, const std::string& media) const;

 private:
  nlohmann::json entry_view(const RoomEntry& entry, const Identity& who) const;

  const Library& library_;
  const RootAccess& access_;
};

nlohmann::json members_view(const Room& room);
nlohmann::json message_view(const RoomMessage& message);

const char* policy_name(RoomPolicy policy);               // "everyone", "owner", "named"
const char* patience_name(RoomPatience patience);         // "wait", "leave_behind"
const char* drawing_name(RoomDrawing drawing);            // "everyone", "commanders"
const char* owner_leaves_name(OwnerLeaves owner_leaves);  // "pass_on", "keep", "close"

}  // namespace zoe::server
