// Rooms in which people watch together, as they are taken up again when the server starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"
#include "server/streams/room.hpp"

namespace zoe::server {

struct RoomMessage {
  std::uint64_t message = 0;  // counts up in its room
  std::uint64_t member = 0;   // who wrote it, as long as they are there; not kept
  std::string name;
  std::string text;
  std::int64_t utc_ns = 0;
};

struct SavedRoom {
  std::string id;
  std::string code;  // of the invitation
  AccountKey owner;
  std::string owner_name;
  RoomSettings settings;
  RoomPlace place;
  std::vector<RoomMessage> messages;  // oldest first
  std::int64_t used_utc_ns = 0;
};

// As Store.
class RoomStore {
 public:
  explicit RoomStore(Database& database) : database_(database) {}

  // Takes the place of what there is of that id.
  Status save(const SavedRoom& room);
  Status remove(const std::string& id);
  // Of an unknown kind (a newer server wrote it) or with a rate that is none, a setting is its cautious one. Without
  // those that nobody has used since `not_before_utc_ns`, which are removed.
  Result<std::vector<SavedRoom>> load(std::int64_t not_before_utc_ns);

 private:
  Database& database_;
};

}  // namespace zoe::server
