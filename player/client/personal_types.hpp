// What belongs to the person who is signed in: playlists, history, sessions, settings; and what they can do with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/rational.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

enum class Sharing : std::uint8_t { kPrivate = 0, kNamed, kEveryone };

struct PlaylistInfo {
  std::uint64_t playlist = 0;
  std::string name;
  std::string owner;
  bool is_own = false;
  bool may_edit = false;
  Sharing sharing = Sharing::kPrivate;
  std::int64_t entries = 0;
  std::int64_t updated_utc_ns = 0;
};

struct PlaylistEntry {
  std::uint64_t entry = 0;
  LibraryItem item;  // what is known of it: at least media, title and is_available
};

struct PlaylistShare {
  std::string user;
  bool may_edit = false;
};

struct PlaylistDetails {
  PlaylistInfo info;
  std::vector<PlaylistEntry> entries;
  std::vector<PlaylistShare> shares;  // told to its owner only
};

struct Viewing {
  std::uint64_t viewing = 0;
  LibraryItem item;  // as an entry's
  std::string client;
  std::int64_t began_utc_ns = 0;
  std::int64_t ended_utc_ns = 0;
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
};

struct SessionInfo {
  std::uint64_t session = 0;
  std::string client;
  std::int64_t created_utc_ns = 0;
  std::int64_t last_used_utc_ns = 0;
  bool is_current = false;
};

// Keys of `settings.get`: "subtitle_language", "audio_language" (ISO 639, "off" for no subtitles, "" for no wish) and
// "default_speed" (a rate as text).
struct ViewerSettings {
  std::string subtitle_language;
  std::string audio_language;
  Rational default_speed{1, 1};
};

enum class PersonalVerb : std::uint8_t {
  kCreatePlaylist = 1,  // `name`; with `media`: that becomes its first entry
  kRenamePlaylist,      // `playlist`, `name`
  kDeletePlaylist,      // `playlist`
  kAddToPlaylist,       // `playlist`, `media`
  kRemoveEntry,         // `playlist`, `number`
  kMoveEntry,           // `playlist`, `number`, `to`: its index, counted without it
  kShare,               // `playlist`, `sharing`
  kShareWith,           // `playlist`, `name`, `is_on`: may edit
  kUnshareWith,         // `playlist`, `name`
  kRemoveViewing,       // `number`
  kClearHistory,
  kSetFavourite,    // `media`, `is_on`
  kSetWatched,      // `media`, `is_on`
  kChangePassword,  // `secret`, `new_secret`
  kRevokeSession,   // `number`
  kSetSetting,      // `name`, `text`
  kExport,          // into a file of `text`, a folder
  kDeleteAccount,   // `secret`
};

struct PersonalCommand {
  PersonalVerb verb = PersonalVerb::kCreatePlaylist;
  std::uint64_t playlist = 0;
  std::uint64_t number = 0;
  std::int64_t to = 0;
  std::string name;
  std::string media;
  std::string text;
  std::string secret;
  std::string new_secret;
  Sharing sharing = Sharing::kPrivate;
  bool is_on = false;
};

// What came of a command.
struct PersonalOutcome {
  PersonalVerb verb = PersonalVerb::kCreatePlaylist;
  bool is_done = false;
  std::string message;  // a sentence for the viewer; empty where what they see says it
  std::uint64_t playlist = 0;
};

}  // namespace zoe::player
