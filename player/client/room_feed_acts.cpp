// What the viewer does in a room besides its controls: talking, drawing, and what its owner decides.
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/note_messages.hpp"
#include "player/client/room_feed_shared.hpp"

namespace zoe::player {

using nlohmann::json;

void RoomFeed::say(const std::string& text) { ask("rooms.chat", {{"text", text}}); }
void RoomFeed::react(const std::string& reaction) { ask("rooms.react", {{"reaction", reaction}}); }
void RoomFeed::set_ready(bool is_ready) { ask("rooms.ready", {{"is_ready", is_ready}}); }

// --- Drawing

RoomPlace RoomFeed::place() const {
  const MutexLock lock(shared_->mutex);
  if (!shared_->now.now) return {};
  const RoomState& state = *shared_->now.now;
  const RoomEntry* entry = state.find(state.entry);
  const RoomMember* self = shared_->now.self();
  return {.member = shared_->now.member,
          .may_draw = self != nullptr && self->may_draw,
          .is_paused = state.is_paused,
          .media = entry != nullptr ? entry->media : std::string()};
}

void RoomFeed::draw(std::int64_t time_us, const NoteShape& shape, std::function<void(Result<std::uint64_t>)> done) {
  json params = {{"time_us", time_us}, {"shape", shape_json(shape)}};
  {
    const MutexLock lock(shared_->mutex);
    params["room"] = shared_->room;
    params["seat"] = shared_->seat;
  }
  link_.request("rooms.draw", net::to_text(params), [done = std::move(done)](Result<json>& result) {
    if (!result) return done(fail(result.error()));
    const auto note = result->find("note");
    if (note == result->end() || !note->is_number_integer() || *note <= 0)
      return done(fail(Errc::kMalformed, "The server's answer cannot be understood: no number of the drawing."));
    done(note->get<std::uint64_t>());
  });
}

// Of so many a second one that gets lost is no loss: what goes wrong with it is not told.
void RoomFeed::point(std::optional<NotePoint> at) {
  json params = json::object();
  if (at) params = {{"x", at->x}, {"y", at->y}};
  ask("rooms.point", std::move(params), [](Result<json>&) {});
}

// --- What its owner decides

void RoomFeed::change(const std::string& key, const std::string& value) { ask("rooms.change", {{key, value}}); }
void RoomFeed::set_private(bool is_private) { ask("rooms.change", {{"is_private", is_private}}); }
void RoomFeed::hand_over(std::uint64_t member) { ask("rooms.hand_over", {{"member", member}}); }
void RoomFeed::close_room() { ask("rooms.close", json::object()); }
void RoomFeed::remove_entry(std::uint64_t entry) { ask("rooms.remove", {{"entry", entry}}); }

void RoomFeed::allow(std::uint64_t member, bool may_command) {
  ask("rooms.allow", {{"member", member}, {"may_command", may_command}});
}

void RoomFeed::ask_code() { ask_for_code(json::object()); }
void RoomFeed::renew_code() { ask_for_code({{"is_renewed", true}}); }

void RoomFeed::ask_for_code(json params) {
  ask("rooms.invite", std::move(params), [shared = shared_](Result<json>& result) {
    const MutexLock lock(shared->mutex);
    const auto code = result ? result->find("code") : json::iterator();
    if (!result) {
      shared->note(shown_text(result.error()));
    } else if (code != result->end() && code->is_string()) {
      shared->now.code = code->get<std::string>().substr(0, 64);
    }
    shared->stir();
  });
}

}  // namespace zoe::player
