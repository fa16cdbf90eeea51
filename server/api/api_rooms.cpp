// Rooms: watching together.
#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/personal.hpp"
#include "server/api/rooms.hpp"
#include "server/library/utf8_text.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostName = 100;
constexpr std::size_t kMostTitle = 120;  // of an entry, so that a state fits into an event
constexpr std::size_t kMostId = 64;
constexpr std::int64_t kMostPosition = std::int64_t{1} << 47;
constexpr std::int64_t kMostNumber = (std::int64_t{1} << 53) - 1;
constexpr std::array<std::string_view, 6> kReactions{"like", "love", "laugh", "wow", "sad", "clap"};

Rooms::Asker asker_of(const Call& call) { return {call.session, call.identity}; }

Result<std::string> read_room(const Call& call) { return call.params.text("room", kMostId); }

Result<Rooms::Seat> read_seat(const Call& call) {
  ZOE_TRY(std::string room, read_room(call));
  ZOE_TRY(std::string seat, call.params.text("seat", kMostId));
  return Rooms::Seat{std::move(room), std::move(seat)};
}

template <typename Value>
using Names = std::initializer_list<std::pair<std::string_view, Value>>;

// The value of a name among those there are.
template <typename Value>
Result<std::optional<Value>> read_choice(const Call& call, std::string_view name, Names<Value> names) {
  if (!call.params.has(name)) return std::optional<Value>();
  ZOE_TRY(const std::string text, call.params.text(name, 16));
  std::string all;
  for (const auto& [each, value] : names) {
    if (text == each) return std::optional<Value>(value);
    all += (all.empty() ? "\"" : ", \"") + std::string(each) + "\"";
  }
  return fail(Errc::kInvalidArgument, "params." + std::string(name) + ": must be one of " + all);
}

Result<std::string> read_name(const Call& call) {
  ZOE_TRY(const std::string name, call.params.text("name", kMostName));
  std::string shown = printable_utf8(name);
  if (shown.find_first_not_of(' ') == std::string::npos)
    return fail(Errc::kInvalidArgument, "params.name: a room has a name");
  return shown;
}

// What the request says of the settings, put over those that there are.
Result<std::function<void(RoomSettings&)>> read_settings(const Call& call) {
  std::optional<std::string> name;
  if (call.params.has("name")) {
    ZOE_TRY(name, read_name(call));
  }
  ZOE_TRY(const auto is_private, call.params.boolean_if_any("is_private"));
  ZOE_TRY(const auto policy,
          read_choice<RoomPolicy>(
              call, "policy",
              {{"everyone", RoomPolicy::kEveryone}, {"owner", RoomPolicy::kOwner}, {"named", RoomPolicy::kNamed}}));
  ZOE_TRY(const auto patience,
          read_choice<RoomPatience>(call, "patience",
                                    {{"wait", RoomPatience::kWait}, {"leave_behind", RoomPatience::kLeaveBehind}}));
  ZOE_TRY(const auto drawing,
          read_choice<RoomDrawing>(call, "drawing",
                                   {{"everyone", RoomDrawing::kEveryone}, {"commanders", RoomDrawing::kCommanders}}));
  ZOE_TRY(const auto owner_leaves,
          read_choice<OwnerLeaves>(
              call, "owner_leaves",
              {{"pass_on", OwnerLeaves::kPassOn}, {"keep", OwnerLeaves::kKeep}, {"close", OwnerLeaves::kClose}}));
  std::optional<std::vector<AccountKey>> named;
  if (call.params.has("named")) {
    ZOE_TRY(const auto names, call.params.texts("named", Room::kMostNamed, 256));
    named.emplace();
    for (const std::string& each : names) {
      ZOE_TRY(const auto person, call.services.store.people().find_named(call.identity->provider, each));
      if (!person) return fail(Errc::kNotFound, "nobody called \"" + each + "\" has used this server yet");
      named->push_back(person->account);
    }
  }
  return [=](RoomSettings& settings) {
    if (name) settings.name = *name;
    if (is_private) settings.is_private = *is_private;
    if (policy) settings.policy = *policy;
    if (patience) settings.patience = *patience;
    if (drawing) settings.drawing = *drawing;
    if (owner_leaves) settings.owner_leaves = *owner_leaves;
    if (named) settings.named = *named;
  };
}

Result<std::vector<RoomEntry>> read_media(const Call& call) {
  std::vector<RoomEntry> entries;
  if (!call.params.has("media")) return entries;
  ZOE_TRY(const auto ids, call.params.texts("media", Room::kMostEntries, kMostMediaId));
  for (const std::string& each : ids) {
    const MediaEntryPtr entry = call.library().find(each);
    if (!entry) return fail(Errc::kNotFound, "there is no media \"" + each + "\"");
    const media::TrackInfo* track = entry->info.best_video();
    const Rational rate = track != nullptr ? track->frame_rate : Rational{0, 1};
    entries.push_back({0, entry->id, std::string(cut_utf8(entry->title, kMostTitle)), entry->info.duration_us,
                       rate.num > 0 ? std::int64_t{1'000'000} * rate.den / rate.num : 0});
  }
  return entries;
}

}  // namespace

Answer rooms_create(const Call& call) {
  ZOE_CHECK(read_name(call));
  ZOE_TRY(const auto change, read_settings(call));
  ZOE_TRY(std::vector<RoomEntry> entries, read_media(call));
  RoomSettings settings;
  change(settings);
  return call.services.rooms.create(asker_of(call), std::move(settings), std::move(entries));
}

Answer rooms_list(const Call& call) { return call.services.rooms.list(asker_of(call)); }

Answer rooms_get(const Call& call) {
  ZOE_TRY(const std::string room, read_room(call));
  return call.services.rooms.get(asker_of(call), room);
}

Answer rooms_join(const Call& call) {
  Rooms::JoinWish wish;
  ZOE_TRY(wish.room, call.params.text("room", kMostId, ""));
  ZOE_TRY(wish.code, call.params.text("code", kMostId, ""));
  ZOE_TRY(wish.seat, call.params.text("seat", kMostId, ""));
  ZOE_TRY(wish.is_whole_session, call.params.boolean("is_whole_session", false));
  if (wish.room.empty() == wish.code.empty())
    return fail(Errc::kInvalidArgument, "params.room, params.code: say one of them");
  return call.services.rooms.join(asker_of(call), wish);
}

Answer rooms_leave(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  return call.services.rooms.leave(asker_of(call), seat);
}

Answer rooms_command(const Call& call) {
  using What = RoomCommand::What;
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(const auto what, read_choice<What>(call, "what",
                                             {{"play", What::kPlay},
                                              {"pause", What::kPause},
                                              {"seek", What::kSeek},
                                              {"rate", What::kRate},
                                              {"step", What::kStep},
                                              {"next", What::kNext},
                                              {"previous", What::kPrevious},
                                              {"entry", What::kEntry}}));
  if (!what) return fail(Errc::kInvalidArgument, "params.what: is missing");
  RoomCommand command{.what = *what};
  if (*what == What::kSeek) {
    ZOE_TRY(command.position_us, call.params.integer("position_us", 0, kMostPosition));
  } else if (*what == What::kRate) {
    ZOE_TRY(const auto rate, call.params.rate_if_any("rate"));
    if (!rate) return fail(Errc::kInvalidArgument, "params.rate: is missing");
    command.rate = *rate;
  } else if (*what == What::kStep) {
    ZOE_TRY(const std::int64_t count, call.params.integer("count", -300, 300));
    command.count = static_cast<int>(count);
    ZOE_TRY(command.frame_at_us, call.params.integer_if_any("position_us", 0, kMostPosition));
  } else if (*what == What::kEntry) {
    ZOE_TRY(const std::int64_t entry, call.params.integer("entry", 1, kMostNumber));
    command.entry = static_cast<std::uint64_t>(entry);
  }
  return call.services.rooms.command(asker_of(call), seat, command);
}

Answer rooms_report(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  RoomReport report;
  ZOE_TRY(report.is_buffering, call.params.boolean("is_buffering", false));
  ZOE_TRY(const std::int64_t prepared, call.params.integer("prepared", 0, kMostNumber, 0));
  report.prepared = static_cast<std::uint64_t>(prepared);
  ZOE_TRY(report.skew_us, call.params.integer("skew_us", -kMostPosition, kMostPosition, 0));
  ZOE_TRY(const std::int64_t round_trip_us, call.params.integer("round_trip_us", 0, 3'600'000'000, 0));
  report.round_trip_ns = round_trip_us * kNsPerUs;
  return call.services.rooms.report(asker_of(call), seat, report);
}

Answer rooms_ready(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(const bool is_ready, call.params.boolean("is_ready"));
  return call.services.rooms.set_ready(asker_of(call), seat, is_ready);
}

Answer rooms_chat(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(const std::string text, call.params.text("text", Rooms::kMostText));
  return call.services.rooms.chat(asker_of(call), seat, text);
}

Answer rooms_react(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(const std::string reaction, call.params.text("reaction", 16));
  if (std::find(kReactions.begin(), kReactions.end(), reaction) == kReactions.end())
    return fail(Errc::kInvalidArgument, "params.reaction: must be like, love, laugh, wow, sad or clap");
  return call.services.rooms.react(asker_of(call), seat, reaction);
}

Answer rooms_add(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(std::vector<RoomEntry> entries, read_media(call));
  if (entries.empty()) return fail(Errc::kInvalidArgument, "params.media: is missing");
  return call.services.rooms.add(asker_of(call), seat, std::move(entries));
}

Answer rooms_remove(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(const std::int64_t entry, call.params.integer("entry", 1, kMostNumber));
  return call.services.rooms.remove(asker_of(call), seat, static_cast<std::uint64_t>(entry));
}

Answer rooms_invite(const Call& call) {
  ZOE_TRY(const std::string room, read_room(call));
  ZOE_TRY(const bool is_renewed, call.params.boolean("is_renewed", false));
  return call.services.rooms.invite(asker_of(call), room, is_renewed);
}

Answer rooms_change(const Call& call) {
  ZOE_TRY(const std::string room, read_room(call));
  ZOE_TRY(const auto change, read_settings(call));
  return call.services.rooms.change(asker_of(call), room, change);
}

Answer rooms_hand_over(const Call& call) {
  ZOE_TRY(const std::string room, read_room(call));
  ZOE_TRY(const std::int64_t member, call.params.integer("member", 1, kMostNumber));
  return call.services.rooms.hand_over(asker_of(call), room, static_cast<std::uint64_t>(member));
}

Answer rooms_allow(const Call& call) {
  ZOE_TRY(const std::string room, read_room(call));
  ZOE_TRY(const std::int64_t member, call.params.integer("member", 1, kMostNumber));
  ZOE_TRY(const bool may_command, call.params.boolean("may_command"));
  return call.services.rooms.allow(asker_of(call), room, static_cast<std::uint64_t>(member), may_command);
}

Answer rooms_close(const Call& call) {
  ZOE_TRY(const std::string room, read_room(call));
  return call.services.rooms.close(asker_of(call), room);
}

}  // namespace zoe::server::handlers
