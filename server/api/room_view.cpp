#include "server/api/room_view.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "server/api/root_access.hpp"
#include "server/library/library.hpp"

namespace zoe::server {

using nlohmann::json;

const char* policy_name(RoomPolicy policy) {
  switch (policy) {
    case RoomPolicy::kEveryone:
      return "everyone";
    case RoomPolicy::kOwner:
      return "owner";
    case RoomPolicy::kNamed:
      return "named";
  }
  return "owner";
}

const char* patience_name(RoomPatience patience) { return patience == RoomPatience::kWait ? "wait" : "leave_behind"; }

const char* drawing_name(RoomDrawing drawing) { return drawing == RoomDrawing::kEveryone ? "everyone" : "commanders"; }

const char* owner_leaves_name(OwnerLeaves owner_leaves) {
  switch (owner_leaves) {
    case OwnerLeaves::kPassOn:
      return "pass_on";
    case OwnerLeaves::kKeep:
      return "keep";
    case OwnerLeaves::kClose:
      return "close";
  }
  return "keep";
}

bool RoomViewer::may_see(const Identity& who, const std::string& media) const {
  const MediaEntryPtr entry = library_.find(media);
  return entry && access_.may_see(who, entry->root);
}

json RoomViewer::entry_view(const RoomEntry& entry, const Identity& who) const {
  if (!may_see(who, entry.media)) return {{"entry", entry.entry}, {"is_hidden", true}};
  return {{"entry", entry.entry},
          {"media", entry.media},
          {"title", entry.title},
          {"duration_us", entry.duration_us},
          {"frame_us", entry.frame_us}};
}

json RoomViewer::state(const RoomSnapshot& room, const Identity& who) const {
  json entries = json::array();
  for (const RoomEntry& each : room.entries) entries.push_back(entry_view(each, who));
  json timelines = json::array();
  for (const RoomTimeline& each : room.timelines)
    timelines.push_back({{"from_ns", each.timeline.from_ns},
                         {"media_us", each.timeline.media_us},
                         {"rate", each.timeline.rate.to_string()},
                         {"is_paused", each.timeline.is_paused},
                         {"entry", each.entry}});
  json view = {{"room", room.id},
               {"name", room.settings.name},
               {"owner", room.owner_name},
               {"is_own", who.user_id != 0 && room.owner == AccountKey{who.provider, who.user_id}},
               {"is_private", room.settings.is_private},
               {"policy", policy_name(room.settings.policy)},
               {"patience", patience_name(room.settings.patience)},
               {"drawing", drawing_name(room.settings.drawing)},
               {"owner_leaves", owner_leaves_name(room.settings.owner_leaves)},
               {"revision", room.revision},
               {"server_ns", room.now_ns},
               {"timelines", std::move(timelines)},
               {"rate", room.rate.to_string()},
               {"is_paused", room.is_paused},
               {"waiting_for", room.waiting_for},
               {"entries", std::move(entries)},
               {"entry", room.entry}};
  if (room.preparation)
    view["prepare"] = {{"number", room.preparation->number},
                       {"entry", room.entries[room.preparation->entry].entry},
                       {"position_us", room.preparation->position_us}};
  return view;
}

json RoomViewer::line(const RoomSnapshot& room, const Identity& who) const {
  json view = {{"room", room.id},
               {"name", room.settings.name},
               {"owner", room.owner_name},
               {"is_own", who.user_id != 0 && room.owner == AccountKey{who.provider, who.user_id}},
               {"is_private", room.settings.is_private},
               {"members", room.members}};
  const auto found = std::find_if(room.entries.begin(), room.entries.end(),
                                  [&](const RoomEntry& each) { return each.entry == room.entry; });
  if (found != room.entries.end()) view["showing"] = entry_view(*found, who);
  return view;
}

json members_view(const Room& room) {
  json members = json::array();
  for (const RoomMember& each : room.members())
    members.push_back({{"member", each.member},
                       {"name", each.name},
                       {"is_owner", room.is_owner(each)},
                       {"may_command", room.may_command(each)},
                       {"may_draw", room.may_draw(each)},
                       {"is_here", each.is_here},
                       {"is_ready", each.is_ready},
                       {"is_buffering", each.is_buffering},
                       {"skew_us", each.skew_us},
                       {"round_trip_us", each.round_trip_ns / kNsPerUs}});
  return members;
}

json message_view(const RoomMessage& message) {
  return {{"message", message.message},
          {"member", message.member},
          {"name", message.name},
          {"text", message.text},
          {"utc_ns", message.utc_ns}};
}

}  // namespace zoe::server
