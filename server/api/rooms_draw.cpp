// Drawing in rooms: who may, and who sees it.
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/api/rooms.hpp"

namespace zoe::server {

using nlohmann::json;

Result<Rooms::Drawer> Rooms::draw(const Asker& asker, const Seat& seat) {
  const MutexLock lock(mutex_);
  ZOE_TRY(const Sitting sitting, sit(asker, seat, kDrawings));
  const Room& room = sitting.held.room;
  const RoomMember& member = *room.find(sitting.member);
  if (!room.may_draw(member))
    return fail(Errc::kDenied, "whoever owns this room lets only those draw who may control it");
  if (room.entry() == nullptr) return fail(Errc::kConflict, "there is no video in this room yet");
  if (!room.is_paused()) return fail(Errc::kConflict, "one draws on a frame that stands: pause first");
  return Drawer{room.entry()->media, member.name, sitting.member};
}

void Rooms::tell_of_video(const std::string& media, json event) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    for (const auto& [id, held] : rooms_) {
      if (held->listeners.empty() || held->room.entry() == nullptr || held->room.entry()->media != media) continue;
      event["room"] = id;
      tell_all(*held, event, out);
      out.back().media = media;
    }
  }
  send(out);
}

Result<json> Rooms::point(const Asker& asker, const Seat& seat, std::optional<Place> place) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kPoints));
    const Held& held = sitting.held;
    const RoomMember& member = *held.room.find(sitting.member);
    if (!held.room.may_draw(member))
      return fail(Errc::kDenied, "whoever owns this room lets only those point who may control it");
    json event = {{"event", "room.pointer"}, {"room", held.id}, {"member", sitting.member}, {"name", member.name}};
    if (place) {
      event["x"] = place->x;
      event["y"] = place->y;
    }
    tell_all(held, event, out);
  }
  send(out);
  return json::object();
}

bool Rooms::is_owner(const std::string& room, const AccountKey& account) {
  const MutexLock lock(mutex_);
  const auto found = rooms_.find(room);
  return account.user_id != 0 && found != rooms_.end() && found->second->room.owner() == account;
}

}  // namespace zoe::server
