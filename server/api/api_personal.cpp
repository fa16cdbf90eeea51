// Positions, history and settings of the person who asks.
#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/memory_file.hpp"
#include "server/api/personal.hpp"
#include "server/api/resume_rules.hpp"
#include "server/library/library.hpp"
#include "server/store/collection_store.hpp"
#include "server/store/settings_store.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostClient = 64;
constexpr std::size_t kMostKey = 64;
constexpr std::int64_t kMostPosition = std::int64_t{1} << 50;
constexpr std::size_t kMostExported = 1'000'000;

// When something happened: as the client says, but never in the future, where a wrong clock would win for ever.
Result<std::int64_t> read_time(const Call& call) {
  const std::int64_t now = call.services.clock.utc_ns();
  ZOE_TRY(const std::int64_t at, call.params.integer("utc_ns", 0, std::numeric_limits<std::int64_t>::max(), now));
  return std::min(at, now);
}

json viewing_view(const Call& call, const Viewing& viewing) {
  return {{"viewing", viewing.id},
          {"media", viewing.media},
          {"title", viewing.title},
          {"is_available", call.library().find(viewing.media) != nullptr},
          {"client", viewing.client},
          {"began_utc_ns", viewing.began_utc_ns},
          {"ended_utc_ns", viewing.ended_utc_ns},
          {"from_us", viewing.from_us},
          {"to_us", viewing.to_us},
          {"duration_us", viewing.duration_us}};
}

json setting_value(const PersonalSetting& setting) {
  json value = json::parse(setting.json, nullptr, false);
  return value.is_discarded() ? json() : value;
}

Result<json> export_of(const Call& call, PersonId person) {
  Store& store = call.services.store;
  json all = {{"name", call.identity->name},
              {"role", role_name(call.identity->role)},
              {"exported_utc_ns", call.services.clock.utc_ns()},
              {"progress", json::array()},
              {"history", json::array()},
              {"favourites", json::array()},
              {"ratings", json::array()},
              {"playlists", json::array()},
              {"settings", json::object()}};
  ZOE_TRY(const auto progress, store.history().recent(person, HistoryStore::Which::kAll, kMostExported));
  for (const Progress& each : progress) {
    if (is_hidden(call, each.media)) continue;
    json view = progress_view(each);
    view["media"] = each.media;
    view["title"] = each.title;
    view["duration_us"] = each.duration_us;
    all["progress"].push_back(std::move(view));
  }
  ZOE_TRY(const auto viewings, store.history().viewings(person, 0, kMostExported));
  for (const Viewing& each : viewings.items)
    if (!is_hidden(call, each.media)) all["history"].push_back(viewing_view(call, each));
  ZOE_TRY(const auto favourites, store.collections().favourites(person));
  for (const Favourite& each : favourites)
    if (!is_hidden(call, each.media))
      all["favourites"].push_back({{"media", each.media}, {"title", each.title}, {"added_utc_ns", each.added_utc_ns}});
  ZOE_TRY(const auto ratings, store.collections().ratings(person));
  for (const Rating& each : ratings)
    if (!is_hidden(call, each.media))
      all["ratings"].push_back(
          {{"media", each.media}, {"title", each.title}, {"stars", each.stars}, {"rated_utc_ns", each.utc_ns}});
  ZOE_TRY(const auto playlists, store.collections().playlists(person));
  for (const PlaylistInfo& info : playlists) {
    if (info.owner != person) continue;
    ZOE_TRY(const Playlist playlist, store.collections().playlist(person, info.id));
    json entries = json::array();
    for (const PlaylistEntry& each : playlist.entries)
      if (!is_hidden(call, each.media)) entries.push_back({{"media", each.media}, {"title", each.title}});
    all["playlists"].push_back({{"name", info.name}, {"entries", std::move(entries)}});
  }
  ZOE_TRY(const auto settings, store.settings().all(person));
  for (const PersonalSetting& each : settings) all["settings"][each.key] = setting_value(each);
  return all;
}

}  // namespace

Answer progress_report(const Call& call) {
  ZOE_TRY(const MediaEntryPtr entry, media_of(call));
  ZOE_TRY(std::int64_t position, call.params.integer("position_us", 0, kMostPosition));
  ZOE_TRY(const bool is_ended, call.params.boolean("is_ended", false));
  ZOE_TRY(const std::string client, call.params.text("client", kMostClient, call.session.facts().program));
  ZOE_TRY(const std::int64_t at, read_time(call));
  const std::int64_t duration = entry->info.duration_us;
  if (duration > 0) position = std::min(position, duration);
  ZOE_TRY(const PersonId person, person_of(call));
  ProgressReport report{.media = entry->id,
                        .title = entry->title,
                        .position_us = position,
                        .duration_us = duration,
                        .is_watched = {},
                        .utc_ns = at,
                        .client = client};
  if (is_ended || is_at_its_end(position, duration)) report.is_watched = true;
  ZOE_TRY(const Progress now, call.services.store.history().report(person, report));
  tell(call, "progress", entry->id);
  return progress_view(now);
}

Answer progress_get(const Call& call) {
  ZOE_TRY(const MediaEntryPtr entry, media_of(call));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const std::optional<Progress> progress, call.services.store.history().progress(person, entry->id));
  return progress_view(progress.value_or(Progress()));
}

// Of what has left the library too.
Answer progress_clear(const Call& call) {
  ZOE_TRY(const std::string media, call.params.text("media", kMostMediaId));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.history().clear_progress(person, media));
  tell(call, "progress", media);
  return json::object();
}

Answer watched_set(const Call& call) {
  ZOE_TRY(const MediaEntryPtr entry, media_of(call));
  ZOE_TRY(const bool is_watched, call.params.boolean("is_watched"));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.history().set_watched(person, entry->id, entry->title, is_watched,
                                                      call.services.clock.utc_ns()));
  tell(call, "progress", entry->id);
  return json::object();
}

Answer history_list(const Call& call) {
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, std::numeric_limits<std::int64_t>::max(), 0));
  ZOE_TRY(const std::int64_t limit, call.params.integer("limit", 1, 500, 50));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const ViewingPage page, call.services.store.history().viewings(person, static_cast<std::size_t>(offset),
                                                                         static_cast<std::size_t>(limit)));
  json viewings = json::array();
  for (const Viewing& each : page.items)
    if (!is_hidden(call, each.media)) viewings.push_back(viewing_view(call, each));
  return json{{"viewings", std::move(viewings)}, {"total", page.total}};
}

Answer history_remove(const Call& call) {
  ZOE_TRY(const std::int64_t viewing, call.params.integer("viewing", 1, std::numeric_limits<std::int64_t>::max()));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.history().remove_viewing(person, viewing));
  tell(call, "history");
  return json::object();
}

Answer history_clear(const Call& call) {
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.history().clear(person));
  tell(call, "history");
  return json::object();
}

Answer settings_get(const Call& call) {
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const auto all, call.services.store.settings().all(person));
  json settings = json::object();
  for (const PersonalSetting& each : all) settings[each.key] = setting_value(each);
  return json{{"settings", std::move(settings)}};
}

Answer settings_set(const Call& call) {
  ZOE_TRY(const std::string key, call.params.text("key", kMostKey));
  ZOE_TRY(const json value, call.params.value("value"));
  ZOE_TRY(const std::int64_t at, read_time(call));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.settings().put(person, {key, net::to_text(value), at}));
  tell(call, "settings");
  return json::object();
}

Answer settings_remove(const Call& call) {
  ZOE_TRY(const std::string key, call.params.text("key", kMostKey));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_CHECK(call.services.store.settings().remove(person, key));
  tell(call, "settings");
  return json::object();
}

Answer account_export(const Call& call) {
  ZOE_TRY(const std::int64_t chunk_bytes, call.params.integer("chunk_bytes", 512, 1 << 20, 8192));
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, 0, 0));
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const json all, export_of(call, person));
  const std::string text = all.dump(2, ' ', false, json::error_handler_t::replace);
  ZOE_TRY(UniqueFd fd, memory_file(text));
  ZOE_TRY(const auto reservation, call.session.reserve_file());
  ZOE_CHECK(call.session.add_file(reservation, std::move(fd), text.size()));
  return json{{"file", reservation.handle},         {"size_bytes", text.size()},
              {"name", "zoetrope-export.json"},     {"version", std::to_string(call.services.clock.utc_ns())},
              {"content_type", "application/json"}, {"offset", offset},
              {"chunk_bytes", chunk_bytes}};
}

}  // namespace zoe::server::handlers
