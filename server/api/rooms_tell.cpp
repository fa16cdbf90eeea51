// What members of rooms hear, and what time brings.
#include <algorithm>
#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/api/rooms.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::int64_t kMembersEveryNs = 500 * kNsPerMs;
constexpr std::chrono::milliseconds kBeat{50};  // while somebody is in a room

std::vector<std::uint64_t> numbers_of(const Room& room) {
  std::vector<std::uint64_t> numbers;
  for (const RoomMember& each : room.members()) numbers.push_back(each.member);
  return numbers;
}

}  // namespace

RoomSnapshotPtr Rooms::snapshot_of(const Held& held) const {
  auto snapshot = std::make_shared<RoomSnapshot>();
  const Room& room = held.room;
  snapshot->id = held.id;
  snapshot->settings = room.settings();
  snapshot->owner = room.owner();
  snapshot->owner_name = held.owner_name;
  snapshot->entries = room.entries();
  if (room.entry() != nullptr) snapshot->entry = room.entry()->entry;
  snapshot->timelines.assign(room.timelines().begin(), room.timelines().end());
  snapshot->preparation = room.preparation();
  snapshot->waiting_for = room.awaited();
  snapshot->rate = room.rate();
  snapshot->is_paused = room.is_paused();
  snapshot->revision = room.revision();
  snapshot->now_ns = services_.clock.now_ns();
  snapshot->members = room.members().size();
  return snapshot;
}

SavedRoom Rooms::saved(const Held& held) const {
  SavedRoom room{held.id, held.code, held.room.owner(), held.owner_name, held.room.settings(), {}, {}, 0};
  room.place = held.room.place(services_.clock.now_ns(), services_.clock.utc_ns());
  room.messages.assign(held.messages.begin(), held.messages.end());
  room.used_utc_ns = held.used_utc_ns;
  return room;
}

void Rooms::tell_changes(Held& held, Outbox& out) {
  if (held.told_revision == held.room.revision()) return;
  held.told_revision = held.room.revision();
  for (const RoomMember& each : held.room.members())
    if (held.room.is_owner(each)) held.owner_name = each.name;
  RoomTelling telling;
  for (const auto& [member, listener] : held.listeners) telling.to.push_back(listener.to);
  telling.state = snapshot_of(held);
  out.push_back(std::move(telling));
  keeper_.save(saved(held));
}

void Rooms::tell_members(Held& held, Outbox& out) {
  held.told_members = held.room.members_revision();
  held.members_told_ns = services_.clock.now_ns();
  tell_all(held, {{"event", "room.members"}, {"room", held.id}, {"members", members_view(held.room)}}, out);
}

void Rooms::tell_all(const Held& held, const json& event, Outbox& out) {
  RoomTelling telling;
  for (const auto& [member, listener] : held.listeners) telling.to.push_back(listener.to);
  telling.event = net::to_text(event);
  out.push_back(std::move(telling));
}

void Rooms::end(const std::string& id, const std::string& why, Outbox& out) {
  const auto found = rooms_.find(id);
  if (found == rooms_.end()) return;
  tell_all(*found->second, {{"event", "room.closed"}, {"room", id}, {"message", "The room is closed: " + why + "."}},
           out);
  keeper_.remove(id);
  rooms_.erase(found);
}

void Rooms::send(const Outbox& out) const {
  if (out.empty() || !services_.deliver) return;
  const RoomViewer viewer(services_.library, services_.access);
  std::vector<RoomMail> mail;
  for (const RoomTelling& telling : out)
    for (const RoomAddress& each : telling.to) {
      if (!telling.media.empty() && !viewer.may_see(*each.identity, telling.media)) continue;
      if (!telling.state) {
        mail.push_back({each, telling.event});
        continue;
      }
      json event = viewer.state(*telling.state, *each.identity);
      event["event"] = "room.state";
      mail.push_back({each, net::to_text(event)});
    }
  services_.deliver(mail);
}

void Rooms::show_anew() {
  const MutexLock lock(mutex_);
  for (const auto& [id, held] : rooms_) held->told_revision = 0;
  changed_.notify_all();
}

void Rooms::look_at(Held& held, const std::set<std::uint64_t>* connected, Outbox& out) {
  const std::int64_t now = services_.clock.now_ns();
  if (connected != nullptr)
    for (const auto& [member, listener] : held.listeners)
      if (!listener.to.is_whole_session && !connected->contains(listener.to.client)) held.room.lost(member, now);
  held.room.tick(now);
  const std::vector<std::uint64_t> left = numbers_of(held.room);
  std::erase_if(held.listeners,
                [&](const auto& each) { return std::find(left.begin(), left.end(), each.first) == left.end(); });
  tell_changes(held, out);
  if (held.told_members != held.room.members_revision() && now - held.members_told_ns >= kMembersEveryNs)
    tell_members(held, out);
}

// True while there is somebody to look after.
bool Rooms::turn() {
  std::optional<std::set<std::uint64_t>> connected;
  const std::int64_t now = services_.clock.now_ns();
  bool is_to_ask = false;
  {
    const MutexLock lock(mutex_);
    const bool is_anybody_here =
        std::any_of(rooms_.begin(), rooms_.end(), [](const auto& each) { return !each.second->listeners.empty(); });
    is_to_ask = is_anybody_here && services_.connected && now - looked_ns_ >= kNsPerS;
    if (is_to_ask) looked_ns_ = now;
  }
  if (is_to_ask) connected = services_.connected();
  Outbox out;
  bool is_busy = false;
  {
    const MutexLock lock(mutex_);
    std::vector<std::string> closing;
    for (const auto& [id, held] : rooms_) {
      look_at(*held, connected ? &*connected : nullptr, out);
      is_busy = is_busy || !held->room.members().empty() || !held->room.timelines().back().timeline.is_paused;
      if (held->room.is_closing()) closing.push_back(id);
    }
    for (const std::string& id : closing) end(id, "its owner has left", out);
  }
  send(out);
  return is_busy;
}

void Rooms::run(const std::stop_token& stop) {
  set_thread_name("rooms");
  while (!stop.stop_requested()) {
    const bool is_busy = turn();
    const MutexLock lock(mutex_);
    if (stop.stop_requested()) return;
    if (is_busy) {
      changed_.wait_for(mutex_, kBeat);
    } else {
      changed_.wait(mutex_);
    }
  }
}

}  // namespace zoe::server
