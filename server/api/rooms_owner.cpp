// What a room's owner decides.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/api/room_code.hpp"
#include "server/api/rooms.hpp"
#include "server/store/store.hpp"

namespace zoe::server {

using nlohmann::json;

Result<json> Rooms::invite(const Asker& asker, const std::string& room, bool is_renewed) {
  ZOE_TRY(std::string code, new_room_code());
  const MutexLock lock(mutex_);
  ZOE_TRY(Held * held, find_own(asker, room));
  if (is_renewed) {
    held->code = std::move(code);
    keeper_.save(saved(*held));
  }
  return json{{"room", held->id}, {"code", shown_room_code(held->code)}};
}

Result<json> Rooms::change(const Asker& asker, const std::string& room,
                           const std::function<void(RoomSettings&)>& change) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(Held * held, find_own(asker, room));
    RoomSettings settings = held->room.settings();
    change(settings);
    held->room.set_settings(std::move(settings));
    held->room.tick(services_.clock.now_ns());
    tell_changes(*held, out);
    tell_members(*held, out);
  }
  send(out);
  return json::object();
}

Result<json> Rooms::allow(const Asker& asker, const std::string& room, std::uint64_t member, bool may_command) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(Held * held, find_own(asker, room));
    ZOE_CHECK(held->room.allow(member, may_command));
    tell_changes(*held, out);
    tell_members(*held, out);
  }
  send(out);
  return json::object();
}

Result<json> Rooms::hand_over(const Asker& asker, const std::string& room, std::uint64_t member) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(Held * held, find_own(asker, room));
    const RoomMember* heir = held->room.find(member);
    if (heir == nullptr) return fail(Errc::kNotFound, fmt::format("member {} is not in this room", member));
    if (heir->account.user_id == 0) return fail(Errc::kDenied, "a guest cannot own a room");
    held->room.set_owner(heir->account);
    tell_changes(*held, out);
    tell_members(*held, out);
  }
  send(out);
  return json::object();
}

Result<json> Rooms::close(const Asker& asker, const std::string& room) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Held* held, find_own(asker, room));
    end(held->id, "it was closed", out);
  }
  send(out);
  return json::object();
}

void Rooms::forget(const AccountKey& account) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    std::vector<std::string> theirs;
    for (const auto& [id, held] : rooms_)
      if (held->room.owner() == account) theirs.push_back(id);
    for (const std::string& id : theirs) end(id, "its owner has gone", out);
  }
  send(out);
  keeper_.flush();
  // What was being written just then may have entered the person again.
  if (const Status gone = services_.store.people().forget(account); !gone)
    services_.log.error("rooms", "{}", gone.error().message);
}

}  // namespace zoe::server
