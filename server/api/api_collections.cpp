// Favourites, ratings and playlists of the person who asks.
#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/personal.hpp"
#include "server/library/library.hpp"
#include "server/store/collection_store.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostName = 200;
constexpr std::size_t kMostAdded = 500;
constexpr std::int64_t kMostNumber = std::numeric_limits<std::int64_t>::max();

Result<std::int64_t> read_playlist(const Call& call) { return call.params.integer("playlist", 1, kMostNumber); }

const char* sharing_name(Sharing sharing) {
  switch (sharing) {
    case Sharing::kPrivate:
      return "private";
    case Sharing::kNamed:
      return "named";
    case Sharing::kEveryone:
      return "everyone";
  }
  return "private";
}

Result<Sharing> read_sharing(const Call& call) {
  ZOE_TRY(const std::string name, call.params.text("sharing", 16));
  for (const Sharing sharing : {Sharing::kPrivate, Sharing::kNamed, Sharing::kEveryone})
    if (name == sharing_name(sharing)) return sharing;
  return fail(Errc::kInvalidArgument, "params.sharing: must be \"private\", \"named\" or \"everyone\"");
}

json info_view(const PlaylistInfo& info, PersonId me) {
  return {{"playlist", info.id},
          {"name", info.name},
          {"owner", info.owner_name},
          {"is_own", info.owner == me},
          {"sharing", sharing_name(info.sharing)},
          {"may_edit", info.may_edit},
          {"entries", info.entries},
          {"updated_utc_ns", info.updated_utc_ns},
          {"revision", info.revision}};
}

// Somebody of the same account plugin, by name.
Result<Person> read_person(const Call& call) {
  ZOE_TRY(const std::string name, call.params.text("user", 256));
  ZOE_TRY(const auto found, call.services.store.people().find_named(call.identity->provider, name));
  if (!found) return fail(Errc::kNotFound, "nobody called \"" + name + "\" has used this server yet");
  return *found;
}

Answer revised(const Call& call, const Result<std::int64_t>& revision) {
  if (!revision) return fail(revision.error());
  tell(call, "playlists");
  return json{{"revision", *revision}};
}

Answer done(const Call& call, const Status& status) {
  if (!status) return fail(status.error());
  tell(call, "playlists");
  return json::object();
}

}  // namespace

Answer favourites_list(const Call& call) {
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const auto favourites, call.services.store.collections().favourites(person));
  json items = json::array();
  for (const Favourite& each : favourites)
    if (!is_hidden(call, each.media)) items.push_back(media_or_title(call, each.media, each.title));
  // In pages that progress_of takes.
  for (std::size_t from = 0; from < items.size(); from += 500) {
    json page = json::array();
    const std::size_t to = std::min(items.size(), from + 500);
    for (std::size_t i = from; i < to; ++i) page.push_back(std::move(items[i]));
    add_personal(call, page);
    for (std::size_t i = from; i < to; ++i) items[i] = std::move(page[i - from]);
  }
  return json{{"items", std::move(items)}};
}

Answer favourites_add(const Call& call) {
  ZOE_TRY(const MediaEntryPtr entry, media_of(call));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(
      call.services.store.collections().add_favourite(person, entry->id, entry->title, call.services.clock.utc_ns()));
  tell(call, "favourites", entry->id);
  return json::object();
}

Answer favourites_remove(const Call& call) {
  ZOE_TRY(const std::string media, call.params.text("media", kMostMediaId));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.collections().remove_favourite(person, media));
  tell(call, "favourites", media);
  return json::object();
}

Answer ratings_set(const Call& call) {
  ZOE_TRY(const MediaEntryPtr entry, media_of(call));
  ZOE_TRY(const std::int64_t stars, call.params.integer("stars", 0, 5));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.collections().rate(person, entry->id, entry->title, static_cast<int>(stars),
                                                   call.services.clock.utc_ns()));
  tell(call, "ratings", entry->id);
  return json::object();
}

Answer playlists_list(const Call& call) {
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const auto infos, call.services.store.collections().playlists(person));
  const bool sees_all = call.library().sees_all();
  json playlists = json::array();
  for (const PlaylistInfo& each : infos) {
    playlists.push_back(info_view(each, person));
    if (sees_all) continue;
    // How many there are would tell of those that must not be known of.
    ZOE_TRY(const Playlist playlist, call.services.store.collections().playlist(person, each.id));
    playlists.back()["entries"] =
        std::count_if(playlist.entries.begin(), playlist.entries.end(),
                      [&](const PlaylistEntry& entry) { return !is_hidden(call, entry.media); });
  }
  return json{{"playlists", std::move(playlists)}};
}

Answer playlists_get(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const Playlist playlist, call.services.store.collections().playlist(person, id));
  json view = info_view(playlist.info, person);
  json entries = json::array();
  for (const PlaylistEntry& each : playlist.entries)
    if (!is_hidden(call, each.media))
      entries.push_back({{"entry", each.id},
                         {"media", each.media},
                         {"title", each.title},
                         {"is_available", call.library().find(each.media) != nullptr}});
  json shares = json::array();
  for (const PlaylistShare& each : playlist.shares)
    shares.push_back({{"user", each.name}, {"may_edit", each.may_edit}});
  view["entries"] = std::move(entries);
  view["shares"] = std::move(shares);
  return view;
}

Answer playlists_create(const Call& call) {
  ZOE_TRY(const std::string name, call.params.text("name", kMostName));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const PlaylistInfo info,
          call.services.store.collections().create_playlist(person, name, call.services.clock.utc_ns()));
  tell(call, "playlists");
  return info_view(info, person);
}

Answer playlists_rename(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const std::string name, call.params.text("name", kMostName));
  ZOE_TRY(const PersonId person, person_of(call));
  return done(call, call.services.store.collections().rename_playlist(person, id, name, call.services.clock.utc_ns()));
}

Answer playlists_delete(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const PersonId person, person_of(call));
  return done(call, call.services.store.collections().delete_playlist(person, id));
}

Answer playlists_add(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const auto media, call.params.texts("media", kMostAdded, kMostMediaId));
  ZOE_TRY(const std::int64_t at, call.params.integer("at", 0, kMostNumber, kMostNumber));
  std::vector<CollectionStore::NewEntry> entries;
  for (const std::string& each : media) {
    const MediaEntryPtr entry = call.library().find(each);
    if (!entry) return fail(Errc::kNotFound, "there is no media \"" + each + "\"");
    entries.push_back({entry->id, entry->title});
  }
  ZOE_TRY(const PersonId person, person_of(call));
  return revised(call, call.services.store.collections().add_entries(person, id, entries, static_cast<std::size_t>(at),
                                                                     call.services.clock.utc_ns()));
}

Answer playlists_remove(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const auto entries, call.params.integers("entries", kMostAdded, 1, kMostNumber));
  ZOE_TRY(const PersonId person, person_of(call));
  return revised(call,
                 call.services.store.collections().remove_entries(person, id, entries, call.services.clock.utc_ns()));
}

Answer playlists_move(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const std::int64_t entry, call.params.integer("entry", 1, kMostNumber));
  ZOE_TRY(const std::int64_t to, call.params.integer("to", 0, kMostNumber));
  ZOE_TRY(const PersonId person, person_of(call));
  return revised(call, call.services.store.collections().move_entry(person, id, entry, static_cast<std::size_t>(to),
                                                                    call.services.clock.utc_ns()));
}

Answer playlists_share(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const Sharing sharing, read_sharing(call));
  ZOE_TRY(const PersonId person, person_of(call));
  return done(call,
              call.services.store.collections().share_playlist(person, id, sharing, call.services.clock.utc_ns()));
}

Answer playlists_share_with(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const bool may_edit, call.params.boolean("may_edit", false));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const Person with, read_person(call));
  return done(
      call, call.services.store.collections().share_with(person, id, with.id, may_edit, call.services.clock.utc_ns()));
}

Answer playlists_unshare_with(const Call& call) {
  ZOE_TRY(const std::int64_t id, read_playlist(call));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const Person with, read_person(call));
  return done(call, call.services.store.collections().unshare_with(person, id, with.id, call.services.clock.utc_ns()));
}

}  // namespace zoe::server::handlers
