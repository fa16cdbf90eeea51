// The control API's answers as the player's types, checked: a server may say anything.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// All: kMalformed names what is missing or of another type or size.
struct ServerInfo {
  std::string name;
  std::string version;
  bool can_log_in = false;
  bool can_register = false;
  bool is_guest = false;
  bool code_makes_admin = false;
  bool needs_invite = false;
};
Result<ServerInfo> parse_server_info(const nlohmann::json& result);

struct SignedIn {
  std::string token;  // empty for guests and after auth.resume
  Principal principal;
};
Result<SignedIn> parse_signed_in(const nlohmann::json& result);

struct LibraryPage {
  std::vector<LibraryItem> items;
  std::int64_t total = 0;
  bool is_scanning = false;
  std::int64_t scan_done = 0;
  std::int64_t scan_total = 0;
};
Result<LibraryItem> parse_library_item(const nlohmann::json& object);
Result<LibraryPage> parse_library_page(const nlohmann::json& result);

Result<StreamInfo> parse_stream_info(const nlohmann::json& result);
// Of "library.get": the tracks of sound, at most kMostSounds.
inline constexpr std::size_t kMostSounds = 64;
Result<std::vector<SoundTrack>> parse_sounds(const nlohmann::json& result);
// Of "library.get": the renditions of the pictures, at most kMostRenditions.
inline constexpr std::size_t kMostRenditions = 64;
Result<std::vector<RenditionOffer>> parse_renditions(const nlohmann::json& result);
Result<SeekReply> parse_seek_reply(const nlohmann::json& result);

// The event "stream.failed".
struct StreamFailure {
  std::uint32_t stream = 0;
  std::uint32_t serial = 0;
  Error error;
};
Result<StreamFailure> parse_stream_failure(const nlohmann::json& event);

// Parameters as the text of a JSON object.
std::string open_params(const StreamRequest& request);
std::string seek_params(const SeekRequest& request);
std::string rate_params(std::uint32_t stream, Rational rate, int max_fps);
std::string loop_params(std::uint32_t stream, bool is_looping);
std::string close_params(std::uint32_t stream);
std::string library_params(const LibraryQuery& query, std::int64_t offset, std::int64_t limit);
std::string close_file_params(std::uint32_t file);
// `params` (the text of a JSON object, or nothing) with how the file is to be sent.
std::string file_params(const std::string& params, std::uint32_t chunk_bytes, std::uint64_t credit_bytes);
// The same for a part of it from `offset` on, of which nothing is to come before it is granted.
std::string transfer_params(const std::string& params, std::uint64_t offset, std::uint32_t chunk_bytes);
// Those that are empty are left out.
std::string text_params(std::initializer_list<std::pair<std::string_view, std::string_view>> texts);

}  // namespace zoe::player
