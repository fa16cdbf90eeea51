#include "player/client/room_feed_shared.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::size_t kMostMessages = 200;
constexpr std::int64_t kRetryNs = kNsPerS;

}  // namespace

void RoomFeed::Shared::on_joined(std::uint64_t its_ticket, const Result<json>& result, std::int64_t now_ns) {
  Result<RoomJoined> joined = result ? parse_joined(*result) : Result<RoomJoined>(fail(result.error()));
  const MutexLock lock(mutex);
  if (is_over || its_ticket != ticket) return;
  is_joining = false;
  now.is_busy = false;
  if (!joined) {
    const Errc code_of = joined.error().code;
    const bool is_to_be_tried = seat.empty() == false && (code_of == Errc::kUnavailable || code_of == Errc::kTimeout ||
                                                          code_of == Errc::kUnauthenticated);
    if (is_to_be_tried) {
      join_at_ns = now_ns + kRetryNs;
    } else {
      note(shown_text(joined.error()));
      forget();
    }
    return stir();
  }
  is_away = false;
  seat = joined->seat;
  room = joined->state.room;
  now.member = joined->member;
  now.now = std::move(joined->state);
  now.members = std::move(joined->members);
  now.messages = std::move(joined->messages);
  stir();
}

void RoomFeed::Shared::on_event(std::string_view event, const json& body, std::int64_t now_ns) {
  if (!event.starts_with("room.")) return;
  const MutexLock lock(mutex);
  const auto id = body.find("room");
  if (is_over || !now.now || id == body.end() || *id != now.now->room) return;
  if (event == "room.state") {
    if (auto state = parse_room_state(body); state && state->revision >= now.now->revision) now.now = std::move(*state);
  } else if (event == "room.members") {
    if (auto members = parse_members(body)) now.members = std::move(*members);
  } else if (event == "room.chat") {
    const auto message = body.find("message");
    auto parsed = message == body.end() ? fail(Errc::kMalformed, "") : parse_message(*message);
    if (parsed) now.messages.push_back(std::move(*parsed));
    if (now.messages.size() > kMostMessages) now.messages.erase(now.messages.begin());
  } else if (event == "room.reaction") {
    const auto text = [&](const char* key) {
      const auto found = body.find(key);
      return found != body.end() && found->is_string() ? found->get<std::string>().substr(0, 64) : std::string();
    };
    std::erase_if(now.reactions, [&](const RoomReaction& each) { return now_ns - each.at_ns > kReactionNs; });
    if (now.reactions.size() < 32) now.reactions.push_back({text("name"), text("reaction"), now_ns});
  } else if (event == "room.closed") {
    const auto message = body.find("message");
    note(message != body.end() && message->is_string() ? message->get<std::string>().substr(0, 200)
                                                       : std::string("The room is closed."));
    forget();
  }
  stir();
}

}  // namespace zoe::player
