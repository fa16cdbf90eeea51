#include "player/client/personal_messages.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/json_fields.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::size_t kMostName = 1024;
constexpr std::size_t kMostMedia = 256;
constexpr std::size_t kMostLanguage = 16;
constexpr std::size_t kMostRate = 32;

constexpr const char* kSharings[] = {"private", "named", "everyone"};

std::uint64_t id_of(Fields& fields, const char* key) {
  return static_cast<std::uint64_t>(fields.integer(key, 0, INT64_MAX));
}

// A media of which the server may know no more than that it was there.
Result<LibraryItem> parse_item_or_title(const json& object) {
  const bool is_gone = object.is_object() && object.value("is_available", json(true)) == json(false);
  if (!is_gone) return parse_library_item(object);
  Fields fields(object, "media");
  LibraryItem item;
  item.media = fields.text("media", kMostMedia);
  item.title = fields.text("title");
  item.is_available = false;
  if (!fields.is_ok()) return fail(fields.error());
  return item;
}

// The media of an entry or a viewing: told by id and title, with more where the server tells more.
LibraryItem named_item(Fields& fields, const json& object) {
  LibraryItem item;
  item.media = fields.text("media", kMostMedia);
  item.title = fields.text("title");
  item.is_available = fields.boolean("is_available");
  item.poster = fields.text_or_none("poster", 128);
  if (object.is_object() && object.contains("duration_us"))
    item.duration_us = fields.integer("duration_us", 0, INT64_MAX);
  return item;
}

Result<PlaylistEntry> parse_entry(const json& object) {
  Fields fields(object, "entry");
  PlaylistEntry entry{.entry = id_of(fields, "entry"), .item = named_item(fields, object)};
  if (!fields.is_ok()) return fail(fields.error());
  return entry;
}

Result<PlaylistShare> parse_share(const json& object) {
  Fields fields(object, "share");
  PlaylistShare share{.user = fields.text("user", kMostName), .may_edit = fields.boolean("may_edit")};
  if (!fields.is_ok()) return fail(fields.error());
  return share;
}

Result<Viewing> parse_viewing(const json& object) {
  Fields fields(object, "viewing");
  Viewing viewing{.viewing = id_of(fields, "viewing"),
                  .item = named_item(fields, object),
                  .client = fields.text_or_none("client", kMostName),
                  .began_utc_ns = fields.integer("began_utc_ns", INT64_MIN, INT64_MAX),
                  .ended_utc_ns = fields.integer("ended_utc_ns", INT64_MIN, INT64_MAX),
                  .from_us = fields.integer("from_us", 0, INT64_MAX),
                  .to_us = fields.integer("to_us", 0, INT64_MAX)};
  if (!fields.is_ok()) return fail(fields.error());
  return viewing;
}

Result<SessionInfo> parse_session(const json& object) {
  Fields fields(object, "session");
  SessionInfo session{.session = id_of(fields, "session_id"),
                      .client = fields.text_or_none("client", kMostName),
                      .created_utc_ns = fields.integer("created_utc_ns", INT64_MIN, INT64_MAX),
                      .last_used_utc_ns = fields.integer("last_used_utc_ns", INT64_MIN, INT64_MAX),
                      .is_current = fields.boolean("is_current")};
  if (!fields.is_ok()) return fail(fields.error());
  return session;
}

std::string text_setting(const json& settings, const char* key, std::size_t most) {
  const auto found = settings.find(key);
  if (found == settings.end() || !found->is_string() || found->get_ref<const std::string&>().size() > most) return {};
  return found->get<std::string>();
}

}  // namespace

Result<std::vector<LibraryItem>> parse_favourites(const json& result) {
  return parse_list<LibraryItem>(result, "favourites.list", "items", kMostFavourites, parse_item_or_title);
}

Result<PlaylistInfo> parse_playlist_info(const json& object) {
  Fields fields(object, "playlist");
  PlaylistInfo info{.playlist = id_of(fields, "playlist"),
                    .name = fields.text("name", kMostName),
                    .owner = fields.text("owner", kMostName),
                    .is_own = fields.boolean("is_own"),
                    .may_edit = fields.boolean("may_edit"),
                    .updated_utc_ns = fields.integer("updated_utc_ns", INT64_MIN, INT64_MAX)};
  const std::string sharing = fields.text("sharing", 16);
  // What a newer server may know besides is shown as what it is closest to.
  info.sharing = sharing == kSharings[0]   ? Sharing::kPrivate
                 : sharing == kSharings[2] ? Sharing::kEveryone
                                           : Sharing::kNamed;
  // playlists.get has the entries themselves in its place.
  if (object.is_object() && object.contains("entries") && object["entries"].is_number())
    info.entries = fields.integer("entries", 0, INT64_MAX);
  if (!fields.is_ok()) return fail(fields.error());
  return info;
}

Result<std::vector<PlaylistInfo>> parse_playlists(const json& result) {
  return parse_list<PlaylistInfo>(result, "playlists.list", "playlists", kMostPlaylists, parse_playlist_info);
}

Result<PlaylistDetails> parse_playlist(const json& result) {
  PlaylistDetails details;
  ZOE_TRY(details.info, parse_playlist_info(result));
  ZOE_TRY(details.entries,
          parse_list<PlaylistEntry>(result, "playlists.get", "entries", kMostPlaylistEntries, parse_entry));
  details.info.entries = static_cast<std::int64_t>(details.entries.size());
  if (result.contains("shares")) {
    ZOE_TRY(details.shares, parse_list<PlaylistShare>(result, "playlists.get", "shares", kMostShares, parse_share));
  }
  return details;
}

Result<Page<Viewing>> parse_history(const json& result) {
  Fields fields(result, "history.list");
  Page<Viewing> page{.total = fields.integer("total", 0, INT64_MAX)};
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(page.items, parse_list<Viewing>(result, "history.list", "viewings", kMostViewings, parse_viewing));
  return page;
}

Result<std::vector<SessionInfo>> parse_sessions(const json& result) {
  return parse_list<SessionInfo>(result, "auth.sessions", "sessions", kMostSessions, parse_session);
}

Result<ViewerSettings> parse_settings(const json& result) {
  Fields fields(result, "settings.get");
  const json* settings = fields.find("settings");
  if (settings != nullptr && !settings->is_object()) fields.complain("settings", "is not an object");
  if (!fields.is_ok()) return fail(fields.error());
  ViewerSettings read{.subtitle_language = text_setting(*settings, "subtitle_language", kMostLanguage),
                      .audio_language = text_setting(*settings, "audio_language", kMostLanguage)};
  const auto speed = Rational::parse(text_setting(*settings, "default_speed", kMostRate));
  if (speed && !speed->is_zero() && speed->abs().to_double() <= 16) read.default_speed = *speed;
  return read;
}

const char* method_of(PersonalVerb verb) {
  switch (verb) {
    case PersonalVerb::kCreatePlaylist:
      return "playlists.create";
    case PersonalVerb::kRenamePlaylist:
      return "playlists.rename";
    case PersonalVerb::kDeletePlaylist:
      return "playlists.delete";
    case PersonalVerb::kAddToPlaylist:
      return "playlists.add";
    case PersonalVerb::kRemoveEntry:
      return "playlists.remove";
    case PersonalVerb::kMoveEntry:
      return "playlists.move";
    case PersonalVerb::kShare:
      return "playlists.share";
    case PersonalVerb::kShareWith:
      return "playlists.share_with";
    case PersonalVerb::kUnshareWith:
      return "playlists.unshare_with";
    case PersonalVerb::kRemoveViewing:
      return "history.remove";
    case PersonalVerb::kClearHistory:
      return "history.clear";
    case PersonalVerb::kSetFavourite:
      return "favourites.add";
    case PersonalVerb::kSetWatched:
      return "watched.set";
    case PersonalVerb::kChangePassword:
      return "auth.change_password";
    case PersonalVerb::kRevokeSession:
      return "auth.revoke";
    case PersonalVerb::kSetSetting:
      return "settings.set";
    case PersonalVerb::kExport:
      return "account.export";
    case PersonalVerb::kDeleteAccount:
      return "account.delete";
  }
  return "";
}

std::string params_of(const PersonalCommand& command) {
  const json playlist = command.playlist;
  switch (command.verb) {
    case PersonalVerb::kCreatePlaylist:
      return net::to_text({{"name", command.name}});
    case PersonalVerb::kRenamePlaylist:
      return net::to_text({{"playlist", playlist}, {"name", command.name}});
    case PersonalVerb::kDeletePlaylist:
      return net::to_text({{"playlist", playlist}});
    case PersonalVerb::kAddToPlaylist:
      return net::to_text({{"playlist", playlist}, {"media", json::array({command.media})}});
    case PersonalVerb::kRemoveEntry:
      return net::to_text({{"playlist", playlist}, {"entries", json::array({command.number})}});
    case PersonalVerb::kMoveEntry:
      return net::to_text({{"playlist", playlist}, {"entry", command.number}, {"to", command.to}});
    case PersonalVerb::kShare:
      return net::to_text({{"playlist", playlist}, {"sharing", kSharings[static_cast<std::size_t>(command.sharing)]}});
    case PersonalVerb::kShareWith:
      return net::to_text({{"playlist", playlist}, {"user", command.name}, {"may_edit", command.is_on}});
    case PersonalVerb::kUnshareWith:
      return net::to_text({{"playlist", playlist}, {"user", command.name}});
    case PersonalVerb::kRemoveViewing:
      return net::to_text({{"viewing", command.number}});
    case PersonalVerb::kSetFavourite:
      return net::to_text({{"media", command.media}});
    case PersonalVerb::kSetWatched:
      return net::to_text({{"media", command.media}, {"is_watched", command.is_on}});
    case PersonalVerb::kChangePassword:
      return net::to_text({{"old", command.secret}, {"new", command.new_secret}});
    case PersonalVerb::kRevokeSession:
      return net::to_text({{"session_id", command.number}});
    case PersonalVerb::kSetSetting:
      return net::to_text({{"key", command.name}, {"value", command.text}});
    case PersonalVerb::kDeleteAccount:
      return net::to_text({{"password", command.secret}});
    case PersonalVerb::kClearHistory:
    case PersonalVerb::kExport:
      break;
  }
  return {};
}

}  // namespace zoe::player
