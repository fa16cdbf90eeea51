#include "player/client/personal_messages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace zoe::player {
namespace {

using nlohmann::json;

json playlist() {
  return json::parse(R"({"playlist": 3, "name": "Cup", "owner": "ann", "is_own": true, "sharing": "named",
    "may_edit": true, "updated_utc_ns": 5, "revision": 2,
    "entries": [{"entry": 9, "media": "m", "title": "Final", "is_available": true},
                {"entry": 4, "media": "n", "title": "Semi", "is_available": false}],
    "shares": [{"user": "ben", "may_edit": false}]})");
}

TEST(PersonalMessages, ReadsAPlaylist) {
  const auto read = parse_playlist(playlist());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->info.playlist, 3U);
  EXPECT_EQ(read->info.sharing, Sharing::kNamed);
  EXPECT_EQ(read->info.entries, 2);
  ASSERT_EQ(read->entries.size(), 2U);
  EXPECT_EQ(read->entries[0].item.title, "Final");
  EXPECT_FALSE(read->entries[1].item.is_available);
  ASSERT_EQ(read->shares.size(), 1U);
  EXPECT_EQ(read->shares[0].user, "ben");
}

TEST(PersonalMessages, RefusesPlaylistsThatCannotBe) {
  const std::vector<std::pair<std::string, json>> changes = {
      {"/playlist", -1},
      {"/playlist", "3"},
      {"/name", 5},
      {"/owner", nullptr},
      {"/is_own", 1},
      {"/sharing", 1},
      {"/entries", 7},
      {"/entries/0", nullptr},
      {"/entries/0/entry", -4},
      {"/entries/0/media", 1.5},
      {"/entries/1/is_available", "no"},
      {"/shares", "ben"},
      {"/shares/0/user", 1},
      {"/name", std::string(5000, 'x')},
  };
  for (const auto& [where, value] : changes) {
    json changed = playlist();
    changed[json::json_pointer(where)] = value;
    const auto read = parse_playlist(changed);
    ASSERT_FALSE(read) << where;
    EXPECT_EQ(read.error().code, Errc::kMalformed);
  }
  EXPECT_FALSE(parse_playlist(json::array()));
  EXPECT_FALSE(parse_playlists(json{{"playlists", 5}}));
}

TEST(PersonalMessages, AFavouriteMayHaveLeftTheLibrary) {
  const auto read =
      parse_favourites(json::parse(R"({"items": [{"media": "m", "title": "Gone", "is_available": false}]})"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->front().is_available);
  EXPECT_FALSE(parse_favourites(json::parse(R"({"items": [{"media": "m", "title": "Gone"}]})"))) << "not all is told";
  EXPECT_FALSE(parse_favourites(json::parse(R"({"items": [{"media": 5, "title": "Gone", "is_available": false}]})")));
}

TEST(PersonalMessages, ReadsHistoryAndSessions) {
  const auto page = parse_history(json::parse(
      R"({"total": 90, "viewings": [{"viewing": 8, "media": "m", "title": "Final", "is_available": true,
      "client": "web", "began_utc_ns": 1, "ended_utc_ns": 2, "from_us": 3, "to_us": 4, "duration_us": 5}]})"));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->total, 90);
  EXPECT_EQ(page->items.front().item.duration_us, 5);
  EXPECT_FALSE(parse_history(json::parse(R"({"total": -1, "viewings": []})")));
  EXPECT_FALSE(parse_history(json::parse(R"({"total": 1, "viewings": [{"viewing": 8}]})")));
  const auto sessions = parse_sessions(json::parse(
      R"({"sessions": [{"session_id": 2, "client": "web", "created_utc_ns": 1, "last_used_utc_ns": 2,
      "expires_utc_ns": 3, "is_current": true}]})"));
  ASSERT_TRUE(sessions);
  EXPECT_TRUE(sessions->front().is_current);
  EXPECT_FALSE(parse_sessions(json::parse(R"({"sessions": [{"session_id": "2"}]})")));
}

// Another program may have put anything there.
TEST(PersonalMessages, SettingsThatAreNoneAreNotSet) {
  const auto read = [](const char* text) { return *parse_settings(json::parse(text)); };
  EXPECT_EQ(read(R"({"settings": {"subtitle_language": "de", "default_speed": "3/2"}})").subtitle_language, "de");
  EXPECT_EQ(read(R"({"settings": {"default_speed": "3/2"}})").default_speed, (Rational{3, 2}));
  for (const char* speed : {"0", "99", "-17", "fast", "1/0", ""})
    EXPECT_EQ(read(json{{"settings", {{"default_speed", speed}}}}.dump().c_str()).default_speed, (Rational{1, 1}));
  EXPECT_EQ(read(R"({"settings": {"default_speed": 2, "audio_language": ["en"]}})").audio_language, "");
  EXPECT_EQ(read(R"({"settings": {"audio_language": "a language whose name is too long"}})").audio_language, "");
  EXPECT_FALSE(parse_settings(json::parse(R"({"settings": []})")));
  EXPECT_FALSE(parse_settings(json::parse(R"({})")));
}

TEST(PersonalMessages, AsksAsTheProtocolSays) {
  const auto asked = [](const PersonalCommand& command) { return json::parse(params_of(command)); };
  EXPECT_EQ(asked({.verb = PersonalVerb::kMoveEntry, .playlist = 3, .number = 9, .to = 1}),
            (json{{"playlist", 3}, {"entry", 9}, {"to", 1}}));
  EXPECT_EQ(asked({.verb = PersonalVerb::kRemoveEntry, .playlist = 3, .number = 9}),
            (json{{"playlist", 3}, {"entries", {9}}}));
  EXPECT_EQ(asked({.verb = PersonalVerb::kAddToPlaylist, .playlist = 3, .media = "m"}),
            (json{{"playlist", 3}, {"media", {"m"}}}));
  EXPECT_EQ(asked({.verb = PersonalVerb::kShare, .playlist = 3, .sharing = Sharing::kEveryone}),
            (json{{"playlist", 3}, {"sharing", "everyone"}}));
  EXPECT_EQ(asked({.verb = PersonalVerb::kChangePassword, .secret = "a", .new_secret = "b"}),
            (json{{"old", "a"}, {"new", "b"}}));
  EXPECT_EQ(asked({.verb = PersonalVerb::kDeleteAccount, .secret = "a"}), (json{{"password", "a"}}));
  EXPECT_STREQ(method_of(PersonalVerb::kDeleteAccount), "account.delete");
}

}  // namespace
}  // namespace zoe::player
