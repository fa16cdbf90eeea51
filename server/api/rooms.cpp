#include "server/api/rooms.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/api/room_code.hpp"
#include "server/api/secret_text.hpp"
#include "server/api/session.hpp"
#include "server/library/utf8_text.hpp"
#include "server/store/store.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSeatBytes = 16;
constexpr std::size_t kMostName = 64;
constexpr std::int64_t kUnusedNs = std::int64_t{30} * 86'400 * kNsPerS;

}  // namespace

Rooms::Rooms(RoomsServices services)
    : services_(std::move(services)),
      keeper_(services_.store, services_.log),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Rooms::~Rooms() {
  thread_.request_stop();
  {
    const MutexLock lock(mutex_);
    changed_.notify_all();
  }
  thread_.join();
  // As they are at the very end, so that they go on from there.
  const MutexLock lock(mutex_);
  for (const auto& [id, held] : rooms_) keeper_.save(saved(*held));
}

Status Rooms::load() {
  const std::int64_t utc = services_.clock.utc_ns();
  ZOE_TRY(std::vector<SavedRoom> all, services_.store.rooms().load(utc - kUnusedNs));
  const MutexLock lock(mutex_);
  for (SavedRoom& each : all) {
    if (rooms_.size() >= kMost) break;
    auto held = std::make_unique<Held>(
        Held{each.id, each.code, each.owner_name,
             Room(std::move(each.settings), each.owner, std::move(each.place), services_.clock.now_ns(), utc)});
    held->messages.assign(std::make_move_iterator(each.messages.begin()), std::make_move_iterator(each.messages.end()));
    if (!held->messages.empty()) held->last_message = held->messages.back().message;
    held->used_utc_ns = each.used_utc_ns;
    held->told_revision = held->room.revision();
    rooms_.emplace(each.id, std::move(held));
  }
  changed_.notify_all();
  return {};
}

Error Rooms::no_room(const std::string& id) {
  return {Errc::kNotFound, "there is no room \"" + id + "\", or not for you without its code"};
}

Result<Rooms::Held*> Rooms::find(const std::string& id) {
  const auto found = rooms_.find(id);
  if (found == rooms_.end()) return fail(no_room(id));
  return found->second.get();
}

Result<Rooms::Held*> Rooms::find_own(const Asker& asker, const std::string& id) {
  ZOE_TRY(Held * held, find(id));
  const bool is_own = asker.identity->user_id != 0 && held->room.owner() == asker.account();
  if (is_own || asker.identity->role == ZOE_ROLE_ADMIN) return held;
  if (held->room.settings().is_private) return fail(no_room(id));
  return fail(Errc::kDenied, "only the room's owner may do that");
}

Result<Rooms::Sitting> Rooms::sit(const Asker& asker, const Seat& seat, Kind kind) {
  ZOE_TRY(Held * held, find(seat.room));
  const RoomMember* member = held->room.find_seat(seat.seat);
  if (member == nullptr || member->account != asker.account()) {
    if (held->room.settings().is_private) return fail(no_room(seat.room));
    return fail(Errc::kDenied, "you do not sit in this room: join it");
  }
  const std::uint64_t number = member->member;
  Listener& listener = held->listeners[number];
  ZOE_CHECK(spend(listener, kind));
  listener.to.identity = asker.identity;
  held->room.heard(number, services_.clock.now_ns());
  return Sitting{*held, number};
}

Status Rooms::spend(Listener& listener, Kind kind) const {
  struct Rule {
    double at_once;
    double per_second;
  };
  static constexpr std::array<Rule, kKinds> kRules{Rule{20, 10}, Rule{40, 20}, Rule{5, 1},
                                                   Rule{8, 3},   Rule{20, 5},  Rule{60, 30}};
  Budget& budget = listener.budgets[kind];
  const std::int64_t now = services_.clock.now_ns();
  const double passed_s = budget.at_ns == 0 ? 1e6 : static_cast<double>(now - budget.at_ns) / 1e9;
  budget.left = std::min(kRules[kind].at_once, budget.left + passed_s * kRules[kind].per_second);
  budget.at_ns = now;
  if (budget.left < 1) return fail(Errc::kUnavailable, "that was too often: wait a moment");
  budget.left -= 1;
  return {};
}

// --- Rooms

Result<json> Rooms::create(const Asker& asker, RoomSettings settings, std::vector<RoomEntry> entries) {
  if (entries.size() > Room::kMostEntries)
    return fail(Errc::kTooLarge, fmt::format("a room's playlist has at most {} videos", Room::kMostEntries));
  ZOE_TRY(std::string id, random_text(kIdBytes));
  ZOE_TRY(std::string code, new_room_code());
  const AccountKey owner = asker.account();
  RoomSnapshotPtr snapshot;
  {
    const MutexLock lock(mutex_);
    const auto own = std::count_if(rooms_.begin(), rooms_.end(),
                                   [&](const auto& each) { return each.second->room.owner() == owner; });
    if (own >= static_cast<std::ptrdiff_t>(kMostOfOne) || rooms_.size() >= kMost)
      return fail(Errc::kTooLarge,
                  fmt::format("a person has at most {} rooms, and a server {}: close one first", kMostOfOne, kMost));
    RoomPlace place{.entries = std::move(entries)};
    auto held = std::make_unique<Held>(
        Held{id, code, asker.identity->name,
             Room(std::move(settings), owner, std::move(place), services_.clock.now_ns(), services_.clock.utc_ns())});
    held->used_utc_ns = services_.clock.utc_ns();
    held->told_revision = held->room.revision();
    snapshot = snapshot_of(*held);
    keeper_.save(saved(*held));
    rooms_.emplace(id, std::move(held));
  }
  json view = RoomViewer(services_.library, services_.access).state(*snapshot, *asker.identity);
  view["code"] = shown_room_code(code);
  return view;
}

json Rooms::list(const Asker& asker) {
  std::vector<RoomSnapshotPtr> seen;
  {
    const MutexLock lock(mutex_);
    for (const auto& [id, held] : rooms_) {
      const bool is_own = asker.identity->user_id != 0 && held->room.owner() == asker.account();
      if (!held->room.settings().is_private || is_own) seen.push_back(snapshot_of(*held));
    }
  }
  const RoomViewer viewer(services_.library, services_.access);
  json rooms = json::array();
  for (const RoomSnapshotPtr& each : seen) rooms.push_back(viewer.line(*each, *asker.identity));
  std::sort(rooms.begin(), rooms.end(), [](const json& a, const json& b) {
    return std::pair(a.at("name"), a.at("room")) < std::pair(b.at("name"), b.at("room"));
  });
  return {{"rooms", std::move(rooms)}};
}

Result<json> Rooms::get(const Asker& asker, const std::string& room) {
  RoomSnapshotPtr snapshot;
  json members;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(Held * held, find(room));
    if (held->room.settings().is_private) ZOE_CHECK(find_own(asker, room));
    snapshot = snapshot_of(*held);
    members = members_view(held->room);
  }
  json view = RoomViewer(services_.library, services_.access).state(*snapshot, *asker.identity);
  view["members"] = std::move(members);
  return view;
}

Result<json> Rooms::join(const Asker& asker, const JoinWish& wish) {
  ZOE_TRY(std::string new_seat, random_text(kSeatBytes));
  Outbox out;
  RoomSnapshotPtr snapshot;
  json view;
  {
    const MutexLock lock(mutex_);
    Held* held = nullptr;
    const std::string code = plain_room_code(wish.code);
    for (const auto& [id, each] : rooms_)
      if (wish.code.empty() ? id == wish.room : each->code == code) held = each.get();
    const std::string asked = wish.code.empty() ? wish.room : "with that code";
    if (held == nullptr) return fail(no_room(asked));
    const RoomMember* before = held->room.find_seat(wish.seat);
    if (before != nullptr && before->account != asker.account()) before = nullptr;
    if (wish.code.empty() && before == nullptr && held->room.settings().is_private)
      ZOE_CHECK(find_own(asker, wish.room));
    RoomMember member;
    member.seat = before != nullptr ? before->seat : new_seat;
    member.name = std::string(cut_utf8(asker.identity->name, kMostName));
    member.account = asker.account();
    const std::string seat = member.seat;
    ZOE_TRY(const std::uint64_t number, held->room.join(std::move(member), services_.clock.now_ns()));
    held->listeners[number].to = {asker.session.facts().number, wish.is_whole_session, asker.identity};
    held->used_utc_ns = services_.clock.utc_ns();
    held->room.tick(services_.clock.now_ns());
    tell_changes(*held, out);
    tell_members(*held, out);
    snapshot = snapshot_of(*held);
    json messages = json::array();
    for (const RoomMessage& each : held->messages) messages.push_back(message_view(each));
    view = {
        {"seat", seat}, {"member", number}, {"members", members_view(held->room)}, {"messages", std::move(messages)}};
    changed_.notify_all();
  }
  view["state"] = RoomViewer(services_.library, services_.access).state(*snapshot, *asker.identity);
  send(out);
  return view;
}

// --- Members

Result<json> Rooms::leave(const Asker& asker, const Seat& seat) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kCommands));
    Held& held = sitting.held;
    held.listeners.erase(sitting.member);
    held.room.leave(sitting.member, services_.clock.now_ns());
    if (held.room.is_closing()) {
      end(held.id, "its owner has left", out);
    } else {
      tell_changes(held, out);
      tell_members(held, out);
    }
  }
  send(out);
  return json::object();
}

Result<json> Rooms::command(const Asker& asker, const Seat& seat, const RoomCommand& command) {
  Outbox out;
  json answer;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kCommands));
    Held& held = sitting.held;
    if (!held.room.may_command(*held.room.find(sitting.member)))
      return fail(Errc::kDenied, "whoever owns this room has kept its controls to themselves and those they named");
    ZOE_TRY(const std::int64_t at_ns, held.room.command(command, services_.clock.now_ns()));
    tell_changes(held, out);
    answer = {{"at_ns", at_ns}, {"revision", held.room.revision()}};
    changed_.notify_all();
  }
  send(out);
  return answer;
}

Result<json> Rooms::report(const Asker& asker, const Seat& seat, const RoomReport& report) {
  Outbox out;
  json answer;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kReports));
    sitting.held.room.report(sitting.member, report, services_.clock.now_ns());
    tell_changes(sitting.held, out);
    answer = {{"revision", sitting.held.room.revision()}, {"server_ns", services_.clock.now_ns()}};
  }
  send(out);
  return answer;
}

Result<json> Rooms::set_ready(const Asker& asker, const Seat& seat, bool is_ready) {
  const MutexLock lock(mutex_);
  ZOE_TRY(const Sitting sitting, sit(asker, seat, kCommands));
  sitting.held.room.set_ready(sitting.member, is_ready, services_.clock.now_ns());
  return json::object();
}

Result<json> Rooms::chat(const Asker& asker, const Seat& seat, const std::string& text) {
  const std::string shown = printable_utf8(text);
  if (shown.find_first_not_of(' ') == std::string::npos)
    return fail(Errc::kInvalidArgument, "params.text: there is nothing in it");
  Outbox out;
  json answer;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kMessages));
    Held& held = sitting.held;
    held.messages.push_back({++held.last_message, sitting.member, held.room.find(sitting.member)->name,
                             std::string(cut_utf8(shown, kMostText)), services_.clock.utc_ns()});
    if (held.messages.size() > kMostMessages) held.messages.pop_front();
    answer = {{"message", held.last_message}};
    tell_all(held, {{"event", "room.chat"}, {"room", held.id}, {"message", message_view(held.messages.back())}}, out);
    keeper_.save(saved(held));
  }
  send(out);
  return answer;
}

Result<json> Rooms::react(const Asker& asker, const Seat& seat, const std::string& reaction) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kReactions));
    const Held& held = sitting.held;
    tell_all(held,
             {{"event", "room.reaction"},
              {"room", held.id},
              {"member", sitting.member},
              {"name", held.room.find(sitting.member)->name},
              {"reaction", reaction}},
             out);
  }
  send(out);
  return json::object();
}

Result<json> Rooms::add(const Asker& asker, const Seat& seat, std::vector<RoomEntry> entries) {
  Outbox out;
  std::vector<std::uint64_t> numbers;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kCommands));
    Held& held = sitting.held;
    if (!held.room.may_command(*held.room.find(sitting.member)))
      return fail(Errc::kDenied, "only those who may control this room add to its playlist");
    ZOE_TRY(numbers, held.room.add_entries(std::move(entries), services_.clock.now_ns()));
    tell_changes(held, out);
  }
  send(out);
  return json{{"entries", numbers}};
}

Result<json> Rooms::remove(const Asker& asker, const Seat& seat, std::uint64_t entry) {
  Outbox out;
  {
    const MutexLock lock(mutex_);
    ZOE_TRY(const Sitting sitting, sit(asker, seat, kCommands));
    Held& held = sitting.held;
    if (!held.room.may_command(*held.room.find(sitting.member)))
      return fail(Errc::kDenied, "only those who may control this room change its playlist");
    ZOE_CHECK(held.room.remove_entry(entry, services_.clock.now_ns()));
    tell_changes(held, out);
  }
  send(out);
  return json::object();
}

}  // namespace zoe::server
