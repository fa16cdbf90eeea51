// What a server might tell of somebody's own things.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "tests/unit/app/player_stage.hpp"

namespace zoe::test {

inline nlohmann::json wire_media(const player::LibraryItem& item) {
  return {{"media", item.media},
          {"title", item.title},
          {"path", item.title},
          {"poster", item.poster},
          {"size_bytes", item.size_bytes},
          {"duration_us", item.duration_us},
          {"width", item.width},
          {"height", item.height},
          {"codec", item.codec},
          {"frame_rate", {item.frame_rate.num, item.frame_rate.den}},
          {"added_utc_ns", 1},
          {"has_audio", true},
          {"is_hdr", item.is_hdr},
          {"is_favourite", true}};
}

// What the made-up clock says.
inline constexpr std::int64_t kNowUtcNs = 1'700'000'000LL * kNsPerS;

// Answers all questions about what is somebody's own; an empty object for what asks for nothing.
inline void answer_as_person(PlayerStage& stage, std::string_view method, const std::string& params,
                             const net::Completion& done) {
  using nlohmann::json;
  const auto& items = stage.link.listing->items;
  const auto playlist = [](int id, const char* name, const char* owner, const char* sharing, int entries) {
    const bool is_own = std::string(owner) == "Ada";
    return json{{"playlist", id},     {"name", name},       {"owner", owner},     {"is_own", is_own},
                {"sharing", sharing}, {"may_edit", is_own}, {"entries", entries}, {"updated_utc_ns", kNowUtcNs},
                {"revision", 1}};
  };
  Result<json> answer = json::object();
  if (method == "favourites.list") {
    json list = json::array();
    for (std::size_t i = 0; i < items.size(); i += 2) list.push_back(wire_media(items[i]));
    list.push_back({{"media", "gone"}, {"title", "The one that was deleted"}, {"is_available", false}});
    answer = json{{"items", std::move(list)}};
  } else if (method == "playlists.list") {
    answer =
        json{{"playlists",
              {playlist(1, "Training, autumn", "Ada", "named", 7),
               playlist(2, "\u590F\u306E\u8A18\u9332", "Ada", "private", 1),
               playlist(3, "A playlist whose name is longer than any card that could hold it", "Ada", "everyone", 112),
               playlist(4, "Best of the club", "Grace", "everyone", 23)}}};
  } else if (method == "playlists.get") {
    answer = playlist(1, "Training, autumn", "Ada", "named", 7);
    json entries = json::array();
    for (std::size_t i = 0; i < 7; ++i)
      entries.push_back({{"entry", i + 1},
                         {"media", items[i].media},
                         {"title", items[i].title},
                         {"is_available", i != 2},
                         {"poster", items[i].poster},
                         {"duration_us", items[i].duration_us}});
    (*answer)["entries"] = std::move(entries);
    (*answer)["shares"] =
        json::array({{{"user", "Grace"}, {"may_edit", true}},
                     {{"user", "Somebody with a name that is really much too long for this"}, {"may_edit", false}}});
  } else if (method == "history.list") {
    json list = json::array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::int64_t hours = static_cast<std::int64_t>(i) * 9;
      list.push_back({{"viewing", 100 - i},
                      {"media", items[i].media},
                      {"title", items[i].title},
                      {"is_available", i != 5},
                      {"client", i % 3 == 0 ? "web" : "zoetrope"},
                      {"began_utc_ns", kNowUtcNs - hours * 3600 * kNsPerS},
                      {"ended_utc_ns", kNowUtcNs - hours * 3600 * kNsPerS + 600 * kNsPerS},
                      {"from_us", 0},
                      {"to_us", items[i].duration_us / 3},
                      {"duration_us", items[i].duration_us},
                      {"poster", items[i].poster}});
    }
    const auto total = list.size();
    answer = json{{"viewings", std::move(list)}, {"total", total}};
  } else if (method == "auth.sessions") {
    const auto session = [](int id, const char* client, int hours, bool is_current) {
      return json{{"session_id", id},
                  {"client", client},
                  {"created_utc_ns", kNowUtcNs - 40 * 86'400 * kNsPerS},
                  {"last_used_utc_ns", kNowUtcNs - hours * 3600 * kNsPerS},
                  {"expires_utc_ns", kNowUtcNs + 86'400 * kNsPerS},
                  {"is_current", is_current}};
    };
    answer =
        json{{"sessions",
              {session(1, "zoetrope", 0, true), session(2, "Firefox on Linux", 3, false), session(3, "", 90, false)}}};
  } else if (method == "settings.get") {
    answer = json{{"settings", {{"subtitle_language", "de"}, {"default_speed", "5/4"}, {"web.theme", "dark"}}}};
  } else if (method == "playlists.create") {
    answer = playlist(9, nlohmann::json::parse(params).at("name").get<std::string>().c_str(), "Ada", "private", 0);
  }
  done(answer);
}

}  // namespace zoe::test
