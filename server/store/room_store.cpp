#include "server/store/room_store.hpp"

#include <bit>
#include <map>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

Status check_texts(const SavedRoom& room) {
  for (const std::string* text : {&room.id, &room.code, &room.owner.provider, &room.owner_name, &room.settings.name})
    ZOE_CHECK(check_text(*text, "a room"));
  for (const RoomEntry& each : room.place.entries)
    for (const std::string* text : {&each.media, &each.title}) ZOE_CHECK(check_text(*text, "a room's video"));
  for (const RoomMessage& each : room.messages)
    for (const std::string* text : {&each.name, &each.text}) ZOE_CHECK(check_text(*text, "a room's message"));
  return {};
}

// The owner's number, made where there is none yet: an heir may have left nothing else in the store.
long long owner_of(soci::session& sql, const SavedRoom& room) {
  const auto user = std::bit_cast<long long>(room.owner.user_id);
  const long long now = room.used_utc_ns;
  sql << "insert into people (provider, user_id, name, created_ns) values (:provider, :user, :name, :now) "
         "on conflict (provider, user_id) do nothing",
      soci::use(room.owner.provider), soci::use(user), soci::use(room.owner_name), soci::use(now);
  long long id = 0;
  sql << "select id from people where provider = :provider and user_id = :user", soci::use(room.owner.provider),
      soci::use(user), soci::into(id);
  return id;
}

void insert_room(soci::session& sql, const SavedRoom& room) {
  const long long owner = owner_of(sql, room);
  const int is_private = room.settings.is_private ? 1 : 0;
  const int policy = static_cast<int>(room.settings.policy);
  const int patience = static_cast<int>(room.settings.patience);
  const int drawing = static_cast<int>(room.settings.drawing);
  const int owner_leaves = static_cast<int>(room.settings.owner_leaves);
  const auto entry = static_cast<long long>(room.place.entry);
  const long long position = room.place.position_us;
  const std::string rate = room.place.rate.to_string();
  const int is_paused = room.place.is_paused ? 1 : 0;
  const long long at = room.place.utc_ns;
  const long long used = room.used_utc_ns;
  sql << "insert into rooms (id, owner, name, code, is_private, policy, patience, drawing, owner_leaves, entry, "
         "position_us, rate, is_paused, at_ns, used_ns) values (:id, :owner, :name, :code, :private, :policy, "
         ":patience, :drawing, :leaves, :entry, :position, :rate, :paused, :at, :used)",
      soci::use(room.id), soci::use(owner), soci::use(room.settings.name), soci::use(room.code), soci::use(is_private),
      soci::use(policy), soci::use(patience), soci::use(drawing), soci::use(owner_leaves), soci::use(entry),
      soci::use(position), soci::use(rate), soci::use(is_paused), soci::use(at), soci::use(used);
}

void insert_lists(soci::session& sql, const SavedRoom& room) {
  long long place = 0;
  for (const RoomEntry& each : room.place.entries) {
    const long long duration = each.duration_us;
    const long long frame = each.frame_us;
    sql << "insert into room_entries (room, place, media, title, duration_us, frame_us) "
           "values (:room, :place, :media, :title, :duration, :frame)",
        soci::use(room.id), soci::use(place), soci::use(each.media), soci::use(each.title), soci::use(duration),
        soci::use(frame);
    ++place;
  }
  for (const AccountKey& each : room.settings.named) {
    const auto user = std::bit_cast<long long>(each.user_id);
    sql << "insert into room_named (room, provider, user_id) values (:room, :provider, :user) "
           "on conflict (room, provider, user_id) do nothing",
        soci::use(room.id), soci::use(each.provider), soci::use(user);
  }
  for (const RoomMessage& each : room.messages) {
    const auto message = static_cast<long long>(each.message);
    const long long at = each.utc_ns;
    sql << "insert into room_messages (room, message, at_ns, name, text) values (:room, :message, :at, :name, :text)",
        soci::use(room.id), soci::use(message), soci::use(at), soci::use(each.name), soci::use(each.text);
  }
}

using RoomsById = std::map<std::string, SavedRoom>;

RoomsById read_rooms(soci::session& sql) {
  RoomsById rooms;
  SavedRoom row;
  std::string rate;
  int is_private = 0;
  int policy = 0;
  int patience = 0;
  int drawing = 0;
  int owner_leaves = 0;
  int is_paused = 0;
  long long user = 0;
  long long entry = 0;
  long long position = 0;
  long long at = 0;
  long long used = 0;
  soci::statement all =
      (sql.prepare << "select rooms.id, people.provider, people.user_id, people.name, rooms.name, code, is_private, "
                      "policy, patience, drawing, owner_leaves, entry, position_us, rate, is_paused, at_ns, used_ns "
                      "from rooms join people on people.id = rooms.owner where people.is_leaving = 0",
       soci::into(row.id), soci::into(row.owner.provider), soci::into(user), soci::into(row.owner_name),
       soci::into(row.settings.name), soci::into(row.code), soci::into(is_private), soci::into(policy),
       soci::into(patience), soci::into(drawing), soci::into(owner_leaves), soci::into(entry), soci::into(position),
       soci::into(rate), soci::into(is_paused), soci::into(at), soci::into(used));
  all.execute();
  while (all.fetch()) {
    SavedRoom room = row;
    room.owner.user_id = std::bit_cast<std::uint64_t>(user);
    room.settings.is_private = is_private != 0;
    room.settings.policy = policy == static_cast<int>(RoomPolicy::kEveryone) ? RoomPolicy::kEveryone
                           : policy == static_cast<int>(RoomPolicy::kNamed)  ? RoomPolicy::kNamed
                                                                             : RoomPolicy::kOwner;
    room.settings.patience =
        patience == static_cast<int>(RoomPatience::kWait) ? RoomPatience::kWait : RoomPatience::kLeaveBehind;
    room.settings.drawing =
        drawing == static_cast<int>(RoomDrawing::kEveryone) ? RoomDrawing::kEveryone : RoomDrawing::kCommanders;
    room.settings.owner_leaves = owner_leaves == static_cast<int>(OwnerLeaves::kPassOn)  ? OwnerLeaves::kPassOn
                                 : owner_leaves == static_cast<int>(OwnerLeaves::kClose) ? OwnerLeaves::kClose
                                                                                         : OwnerLeaves::kKeep;
    room.place.entry = entry >= 0 ? static_cast<std::size_t>(entry) : 0;
    room.place.position_us = position;
    room.place.rate = Rational::parse(rate).value_or(Rational{1, 1});
    room.place.is_paused = is_paused != 0;
    room.place.utc_ns = at;
    room.used_utc_ns = used;
    rooms.emplace(room.id, std::move(room));
  }
  return rooms;
}

void read_lists(soci::session& sql, RoomsById& rooms) {
  std::string id;
  RoomEntry entry;
  long long duration = 0;
  long long frame = 0;
  soci::statement entries =
      (sql.prepare << "select room, media, title, duration_us, frame_us from room_entries order by room, place",
       soci::into(id), soci::into(entry.media), soci::into(entry.title), soci::into(duration), soci::into(frame));
  entries.execute();
  while (entries.fetch())
    if (const auto found = rooms.find(id); found != rooms.end())
      found->second.place.entries.push_back({0, entry.media, entry.title, duration, frame});
  AccountKey account;
  long long user = 0;
  soci::statement named = (sql.prepare << "select room, provider, user_id from room_named", soci::into(id),
                           soci::into(account.provider), soci::into(user));
  named.execute();
  while (named.fetch())
    if (const auto found = rooms.find(id); found != rooms.end())
      found->second.settings.named.push_back({account.provider, std::bit_cast<std::uint64_t>(user)});
  RoomMessage message;
  long long number = 0;
  long long at = 0;
  soci::statement messages =
      (sql.prepare << "select room, message, at_ns, name, text from room_messages order by room, message",
       soci::into(id), soci::into(number), soci::into(at), soci::into(message.name), soci::into(message.text));
  messages.execute();
  while (messages.fetch())
    if (const auto found = rooms.find(id); found != rooms.end())
      found->second.messages.push_back({static_cast<std::uint64_t>(number), 0, message.name, message.text, at});
}

}  // namespace

Status RoomStore::save(const SavedRoom& room) {
  ZOE_CHECK(check_texts(room));
  return database_.write([&](soci::session& sql) -> Status {
    sql << "delete from rooms where id = :id", soci::use(room.id);
    insert_room(sql, room);
    insert_lists(sql, room);
    return {};
  });
}

Status RoomStore::remove(const std::string& id) {
  ZOE_CHECK(check_text(id, "a room"));
  return database_.write([&](soci::session& sql) -> Status {
    sql << "delete from rooms where id = :id", soci::use(id);
    return {};
  });
}

Result<std::vector<SavedRoom>> RoomStore::load(std::int64_t not_before_utc_ns) {
  ZOE_CHECK(database_.write([&](soci::session& sql) -> Status {
    const long long before = not_before_utc_ns;
    sql << "delete from rooms where used_ns < :before", soci::use(before);
    return {};
  }));
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<SavedRoom>> {
    RoomsById rooms = read_rooms(sql);
    read_lists(sql, rooms);
    std::vector<SavedRoom> all;
    for (auto& [id, room] : rooms) all.push_back(std::move(room));
    return all;
  });
}

}  // namespace zoe::server
