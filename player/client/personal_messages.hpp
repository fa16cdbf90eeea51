// The control API's answers about a person's own things, checked; and the questions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/personal_types.hpp"
#include "player/client/query.hpp"

namespace zoe::player {

inline constexpr std::size_t kMostFavourites = 10'000;
inline constexpr std::size_t kMostPlaylists = 5000;
inline constexpr std::size_t kMostPlaylistEntries = 20'000;
inline constexpr std::size_t kMostShares = 1000;
inline constexpr std::size_t kMostViewings = 500;  // of a page
inline constexpr std::size_t kMostSessions = 1000;

// All: kMalformed names what is missing or of another type or size.
Result<std::vector<LibraryItem>> parse_favourites(const nlohmann::json& result);
Result<PlaylistInfo> parse_playlist_info(const nlohmann::json& object);
Result<std::vector<PlaylistInfo>> parse_playlists(const nlohmann::json& result);
Result<PlaylistDetails> parse_playlist(const nlohmann::json& result);
Result<Page<Viewing>> parse_history(const nlohmann::json& result);
Result<std::vector<SessionInfo>> parse_sessions(const nlohmann::json& result);
// What cannot be understood of a setting is as if it were not set: another program may have put it there.
Result<ViewerSettings> parse_settings(const nlohmann::json& result);

const char* method_of(PersonalVerb verb);
std::string params_of(const PersonalCommand& command);

}  // namespace zoe::player
