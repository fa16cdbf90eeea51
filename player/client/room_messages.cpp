#include "player/client/room_messages.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "player/client/json_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostNumber = (std::int64_t{1} << 53) - 1;
constexpr std::int64_t kMostUs = std::int64_t{1} << 47;
constexpr std::int64_t kMostNs = std::int64_t{1} << 60;
constexpr std::size_t kMostRooms = 1000;
constexpr std::size_t kMostEntries = 500;
constexpr std::size_t kMostMembers = 500;
constexpr std::size_t kMostMessages = 200;
constexpr std::size_t kMostTimelines = 16;
constexpr std::size_t kMostShort = 256;
constexpr std::size_t kMostText = 2000;
constexpr double kMostRate = 16;
constexpr double kLeastRate = 0.01;

std::uint64_t number(Fields& fields, const char* key) {
  return static_cast<std::uint64_t>(fields.integer(key, 0, kMostNumber));
}

Rational rate_of(Fields& fields, const char* key) {
  const auto rate = Rational::parse(fields.text(key, 32));
  const double size = rate ? std::abs(rate->to_double()) : 0;
  if (size < kLeastRate || size > kMostRate) fields.complain(key, "is not a rate");
  return rate && size >= kLeastRate && size <= kMostRate ? *rate : Rational{1, 1};
}

// What an older server does not tell is false.
bool flag_if_any(const json& value, const char* key) {
  return value.is_object() && value.value(key, json(false)) == json(true);
}

template <typename T>
Result<T> checked(const Fields& fields, T value) {
  if (!fields.is_ok()) return fail(fields.error());
  return value;
}

Result<RoomEntry> parse_entry(const json& value) {
  Fields fields(value, "entry");
  RoomEntry entry{.entry = number(fields, "entry"), .media = {}, .title = {}};
  if (flag_if_any(value, "is_hidden")) return checked(fields, entry);
  entry.media = fields.text("media", kMostShort);
  entry.title = fields.text("title", kMostShort * 4);
  entry.duration_us = fields.integer("duration_us", 0, kMostUs);
  return checked(fields, std::move(entry));
}

Result<RoomTimeline> parse_timeline(const json& value) {
  Fields fields(value, "timeline");
  RoomTimeline timeline;
  timeline.timeline.from_ns = fields.integer("from_ns", -kMostNs, kMostNs);
  timeline.timeline.media_us = fields.integer("media_us", 0, kMostUs);
  timeline.timeline.rate = rate_of(fields, "rate");
  timeline.timeline.is_paused = fields.boolean("is_paused");
  timeline.entry = number(fields, "entry");
  return checked(fields, timeline);
}

Result<RoomMember> parse_member(const json& value) {
  Fields fields(value, "member");
  return checked(fields, RoomMember{.member = number(fields, "member"),
                                    .name = fields.text("name", kMostShort),
                                    .is_owner = fields.boolean("is_owner"),
                                    .may_command = fields.boolean("may_command"),
                                    .may_draw = flag_if_any(value, "may_draw"),
                                    .is_here = fields.boolean("is_here"),
                                    .is_ready = fields.boolean("is_ready"),
                                    .is_buffering = fields.boolean("is_buffering"),
                                    .skew_us = fields.integer("skew_us", -kMostUs, kMostUs)});
}

Result<RoomLine> parse_line(const json& value) {
  Fields fields(value, "room");
  RoomLine line{.room = fields.text("room", kMostShort),
                .name = fields.text("name", kMostShort),
                .owner = fields.text("owner", kMostShort),
                .showing = {},
                .is_own = fields.boolean("is_own"),
                .is_private = fields.boolean("is_private"),
                .members = fields.integer("members", 0, kMostNumber)};
  if (value.is_object() && value.contains("showing")) {
    ZOE_TRY(const RoomEntry entry, parse_entry(value["showing"]));
    line.showing = entry.title;
  }
  return checked(fields, std::move(line));
}

}  // namespace

Result<std::vector<RoomLine>> parse_rooms(const json& result) {
  return parse_list<RoomLine>(result, "rooms", "rooms", kMostRooms, parse_line);
}

Result<RoomState> parse_room_state(const json& event) {
  Fields fields(event, "room");
  RoomState state;
  state.room = fields.text("room", kMostShort);
  state.name = fields.text("name", kMostShort);
  state.owner = fields.text("owner", kMostShort);
  state.is_own = fields.boolean("is_own");
  state.is_private = fields.boolean("is_private");
  state.policy = fields.text("policy", kMostShort);
  state.patience = fields.text("patience", kMostShort);
  state.drawing = fields.text_or_none("drawing", kMostShort);
  state.owner_leaves = fields.text_or_none("owner_leaves", kMostShort);
  state.revision = number(fields, "revision");
  state.entry = number(fields, "entry");
  state.rate = rate_of(fields, "rate");
  state.is_paused = fields.boolean("is_paused");
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(state.timelines, parse_list<RoomTimeline>(event, "room", "timelines", kMostTimelines, parse_timeline));
  ZOE_TRY(state.entries, parse_list<RoomEntry>(event, "room", "entries", kMostEntries, parse_entry));
  if (state.timelines.empty()) return fail(Errc::kMalformed, "The server's answer cannot be understood: no timeline.");
  if (const auto waiting = event.find("waiting_for"); waiting != event.end() && waiting->is_array())
    for (const json& each : *waiting)
      if (each.is_number_unsigned() && state.waiting_for.size() < kMostMembers)
        state.waiting_for.push_back(each.get<std::uint64_t>());
  if (const auto jump = event.find("prepare"); jump != event.end()) {
    Fields inner(*jump, "prepare");
    state.jump = RoomJump{number(inner, "number"), number(inner, "entry"), inner.integer("position_us", 0, kMostUs)};
    if (!inner.is_ok()) return fail(inner.error());
  }
  return state;
}

Result<std::vector<RoomMember>> parse_members(const json& event) {
  return parse_list<RoomMember>(event, "members", "members", kMostMembers, parse_member);
}

Result<RoomMessage> parse_message(const json& message) {
  Fields fields(message, "message");
  return checked(fields, RoomMessage{.message = number(fields, "message"),
                                     .name = fields.text("name", kMostShort),
                                     .text = fields.text("text", kMostText),
                                     .utc_ns = fields.integer("utc_ns", INT64_MIN, INT64_MAX)});
}

Result<RoomJoined> parse_joined(const json& result) {
  Fields fields(result, "rooms.join");
  RoomJoined joined{.seat = fields.text("seat", kMostShort), .member = number(fields, "member"), .state = {}};
  const json* state = fields.find("state");
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(joined.state, parse_room_state(*state));
  ZOE_TRY(joined.members, parse_members(result));
  ZOE_TRY(joined.messages, parse_list<RoomMessage>(result, "rooms.join", "messages", kMostMessages, parse_message));
  return joined;
}

}  // namespace zoe::player
