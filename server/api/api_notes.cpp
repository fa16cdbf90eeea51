// Drawings on videos: made in rooms, kept with the video.
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/memory_file.hpp"
#include "server/api/note_shape.hpp"
#include "server/api/personal.hpp"
#include "server/api/rooms.hpp"
#include "server/store/note_store.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostId = 64;
constexpr std::int64_t kMostTime = std::int64_t{1} << 47;
constexpr std::int64_t kMostNumber = (std::int64_t{1} << 53) - 1;

json note_view(const Note& note) {
  json view = {{"note", note.id},
               {"media", note.media},
               {"time_us", note.time_us},
               {"name", note.name},
               {"created_utc_ns", note.created_utc_ns}};
  // It was checked when it came, and has been in a database since.
  json shape = json::parse(note.shape, nullptr, false);
  view["shape"] = shape.is_discarded() ? json::object() : std::move(shape);
  return view;
}

// What has left the library, is not for who asks, or never was there: all the same.
Result<MediaEntryPtr> find_media(const Call& call, const std::string& media) {
  MediaEntryPtr entry = call.library().find(media);
  if (!entry) return fail(Errc::kNotFound, "there is no media \"" + media + "\"");
  return entry;
}

bool may_delete(const Call& call, const Note& note) {
  if (call.identity->role == ZOE_ROLE_ADMIN) return true;
  const AccountKey asker{call.identity->provider, call.identity->user_id};
  if (asker.user_id == 0) return false;
  return note.account == asker || call.services.rooms.is_owner(note.room, asker);
}

Result<Rooms::Seat> read_seat(const Call& call) {
  ZOE_TRY(std::string room, call.params.text("room", kMostId));
  ZOE_TRY(std::string seat, call.params.text("seat", kMostId));
  return Rooms::Seat{std::move(room), std::move(seat)};
}

}  // namespace

Answer rooms_draw(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(const json given, call.params.value("shape"));
  ZOE_TRY(const json shape, read_shape(given));
  const Rooms::Asker asker{call.session, call.identity};
  ZOE_TRY(const Rooms::Drawer drawer, call.services.rooms.draw(asker, seat));
  const MediaEntryPtr media = call.library().find(drawer.media);
  if (!media) return fail(Errc::kNotFound, "this video is not for you");
  const std::int64_t most = media->info.duration_us > 0 ? media->info.duration_us : kMostTime;
  ZOE_TRY(const std::int64_t time, call.params.integer("time_us", 0, most));
  Note note{.media = drawer.media,
            .time_us = time,
            .room = seat.room,
            .account = {},
            .name = drawer.name,
            .shape = net::to_text(shape),
            .created_utc_ns = call.services.clock.utc_ns()};
  if (call.identity->user_id != 0) note.account = {call.identity->provider, call.identity->user_id};
  ZOE_TRY(note.id, call.services.store.notes().add(note));
  call.services.rooms.tell_of_video(drawer.media,
                                    {{"event", "room.note"}, {"member", drawer.member}, {"note", note_view(note)}});
  return json{{"note", note.id}};
}

Answer rooms_point(const Call& call) {
  ZOE_TRY(const Rooms::Seat seat, read_seat(call));
  ZOE_TRY(const auto x, call.params.real_if_any("x", 0, 1));
  ZOE_TRY(const auto y, call.params.real_if_any("y", 0, 1));
  if (x.has_value() != y.has_value())
    return fail(Errc::kInvalidArgument, "params.x, params.y: say both, or none where the pointer is put away");
  std::optional<Rooms::Place> place;
  if (x) place = Rooms::Place{*x, *y};
  return call.services.rooms.point({call.session, call.identity}, seat, place);
}

Answer notes_list(const Call& call) {
  ZOE_TRY(const std::string media, call.params.text("media", kMostMediaId));
  ZOE_CHECK(find_media(call, media));
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, kMostNumber, 0));
  ZOE_TRY(const std::int64_t limit, call.params.integer("limit", 1, 200, 100));
  ZOE_TRY(const NotePage page,
          call.services.store.notes().list(media, static_cast<std::size_t>(offset), static_cast<std::size_t>(limit)));
  json notes = json::array();
  for (const Note& each : page.notes) {
    json view = note_view(each);
    view["may_delete"] = may_delete(call, each);
    notes.push_back(std::move(view));
  }
  return json{{"notes", std::move(notes)}, {"total", page.total}};
}

Answer notes_delete(const Call& call) {
  ZOE_TRY(const std::int64_t id, call.params.integer("note", 1, kMostNumber));
  ZOE_TRY(const auto note, call.services.store.notes().find(id));
  // Of a video that is not for them nobody learns what was drawn on it.
  if (!note || !call.library().find(note->media)) return fail(Errc::kNotFound, "there is no such drawing");
  if (!may_delete(call, *note))
    return fail(Errc::kDenied, "whoever drew it, the owner of the room where that was, and administrators delete it");
  ZOE_CHECK(call.services.store.notes().remove(id));
  call.services.rooms.tell_of_video(note->media,
                                    {{"event", "room.note_deleted"}, {"media", note->media}, {"note", id}});
  return json::object();
}

Answer notes_export(const Call& call) {
  ZOE_TRY(const std::string media, call.params.text("media", kMostMediaId));
  ZOE_TRY(const std::int64_t chunk_bytes, call.params.integer("chunk_bytes", 512, 1 << 20, 8192));
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, 0, 0));
  ZOE_TRY(const MediaEntryPtr entry, find_media(call, media));
  ZOE_TRY(const NotePage page, call.services.store.notes().list(media, 0, NoteStore::kMostOfMedia));
  json notes = json::array();
  for (const Note& each : page.notes) notes.push_back(note_view(each));
  const json all = {{"media", media},
                    {"title", entry->title},
                    {"exported_utc_ns", call.services.clock.utc_ns()},
                    {"notes", std::move(notes)}};
  const std::string text = all.dump(2, ' ', false, json::error_handler_t::replace);
  ZOE_TRY(UniqueFd fd, memory_file(text));
  ZOE_TRY(const auto reservation, call.session.reserve_file());
  ZOE_CHECK(call.session.add_file(reservation, std::move(fd), text.size()));
  return json{{"file", reservation.handle},
              {"size_bytes", text.size()},
              {"name", "drawings.json"},
              {"version", std::to_string(call.services.clock.utc_ns())},
              {"content_type", "application/json"},
              {"offset", offset},
              {"chunk_bytes", chunk_bytes}};
}

}  // namespace zoe::server::handlers
