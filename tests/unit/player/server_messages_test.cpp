#include "player/client/server_messages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace zoe::player {
namespace {

using nlohmann::json;

json opened() {
  return json::parse(R"({"stream": 7, "serial": 3, "rendition": "copy", "segments": 12, "duration_us": 5000000,
    "start_us": 0, "track": {"codec": "h264", "width": 640, "height": 360, "time_base": [1, 90000],
    "frame_rate": [30000, 1001], "sample_aspect_ratio": [4, 3], "rotation_degrees": 90,
    "color": {"primaries": 1, "transfer": 1, "matrix": 1, "is_full_range": true}, "bit_depth": 10, "start": 1800,
    "duration": 450000, "profile": 100, "level": 31, "extradata": "AQIDBA=="}})");
}

TEST(ServerMessages, ReadsAStream) {
  const auto info = parse_stream_info(opened());
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->stream, 7U);
  EXPECT_EQ(info->segments, 12U);
  EXPECT_EQ(info->track.codec, "h264");
  EXPECT_EQ(info->track.time_base, (Rational{1, 90000}));
  EXPECT_EQ(info->track.sample_aspect_ratio, (Rational{4, 3}));
  EXPECT_EQ(info->track.rotation_degrees, 90);
  EXPECT_TRUE(info->track.color.is_full_range);
  EXPECT_EQ(info->track.bit_depth, 10);
  EXPECT_EQ(info->track.start, 1800);
  EXPECT_EQ(info->track.extradata, (std::vector<std::uint8_t>{1, 2, 3, 4}));
}

TEST(ServerMessages, ReadsAStreamOfSound) {
  json sound = opened();
  sound["track"].merge_patch({{"codec", "aac"}, {"width", 0}, {"height", 0}, {"frame_rate", {0, 1}}});
  sound["track"].merge_patch({{"sample_rate", 44100}, {"channels", 6}});
  const auto info = parse_stream_info(sound);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->track.kind, media::TrackKind::kAudio);
  EXPECT_EQ(info->track.sample_rate, 44'100);
  EXPECT_EQ(info->track.channels, 6);
  sound["track"]["channels"] = 1000;
  EXPECT_FALSE(parse_stream_info(sound));
}

TEST(ServerMessages, ReadsTheTracksOfSound) {
  const auto sounds = parse_sounds(json::parse(R"({"tracks": [
    {"track": 0, "kind": "video", "codec": "h264"},
    {"track": 1, "kind": "audio", "codec": "aac", "language": "eng", "title": "", "is_default": true, "channels": 2},
    {"track": 3, "kind": "audio", "codec": "opus", "language": "", "title": "Director", "is_default": false,
     "channels": 6}]})"));
  ASSERT_TRUE(sounds) << sounds.error().message;
  ASSERT_EQ(sounds->size(), 2U);
  EXPECT_EQ((*sounds)[0], (SoundTrack{1, "eng", "", "aac", 2, true}));
  EXPECT_EQ((*sounds)[1], (SoundTrack{3, "", "Director", "opus", 6, false}));
  EXPECT_FALSE(parse_sounds(json::object()));
  EXPECT_FALSE(parse_sounds(json::parse(R"({"tracks": [{"kind": "audio", "track": "one"}]})")));
}

TEST(ServerMessages, RefusesStreamsThatCannotBe) {
  const std::vector<std::pair<std::string, json>> changes = {
      {"/stream", 0},
      {"/segments", 0},
      {"/segments", "many"},
      {"/track/width", 0},
      {"/track/width", 99999},
      {"/track/codec", nullptr},
      {"/track/time_base", {1, 0}},
      {"/track/time_base", {0, 1}},
      {"/track/time_base", 5},
      {"/track/extradata", "??"},
      {"/track/extradata", "AQI"},
      {"/track/rotation_degrees", 45},
      {"/track", 5},
      {"/duration_us", -1},
      {"/track/color/matrix", 300.5},
      {"/track/bit_depth", 99},
  };
  for (const auto& [where, value] : changes) {
    json changed = opened();
    changed[json::json_pointer(where)] = value;
    const auto info = parse_stream_info(changed);
    ASSERT_FALSE(info) << where;
    EXPECT_EQ(info.error().code, Errc::kMalformed);
  }
  EXPECT_FALSE(parse_stream_info(json::array()));
  json without = opened();
  without["track"].erase("start");
  EXPECT_NE(parse_stream_info(without).error().message.find("track.start is missing"), std::string::npos);
}

TEST(ServerMessages, ReadsWhetherAnInviteIsNeeded) {
  const auto read = [](const char* more) {
    return parse_server_info(json::parse(std::string(R"({"name": "a", "version": "1", "auth": {"can_log_in": true,
      "can_register": true, "is_guest": false, "code_makes_admin": false)") +
                                         more + "}}"));
  };
  EXPECT_FALSE(read("")->needs_invite) << "an older server";
  EXPECT_TRUE(read(R"(, "needs_invite": true)")->needs_invite);
  EXPECT_FALSE(read(R"(, "needs_invite": false)")->needs_invite);
  EXPECT_FALSE(read(R"(, "needs_invite": 5)"));
}

TEST(ServerMessages, ReadsALibraryPage) {
  const auto page = parse_library_page(json::parse(
      R"({"items": [{"media": "m1", "title": "Final", "path": "a/final.mp4", "size_bytes": 10, "duration_us": 20,
      "width": 1920, "height": 1080, "codec": "h264", "frame_rate": [25, 1], "added_utc_ns": 1700000000000000000,
      "has_audio": true, "is_hdr": false}], "total": 5, "scan": {"is_running": true, "done": 2, "total": 9}})"));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->items.at(0).title, "Final");
  EXPECT_EQ(page->items.at(0).frame_rate, (Rational{25, 1}));
  EXPECT_EQ(page->total, 5);
  EXPECT_TRUE(page->is_scanning);
  EXPECT_EQ(page->scan_total, 9);
  EXPECT_FALSE(parse_library_page(json::parse(R"({"items": 5, "total": 5, "scan": {}})")));
  EXPECT_FALSE(parse_library_page(json::parse(R"({"items": [5], "total": 5,
      "scan": {"is_running": true, "done": 2, "total": 9}})")));
}

TEST(ServerMessages, ReadsWhoSignedIn) {
  const auto signed_in = parse_signed_in(
      json::parse(R"({"token": "t", "principal": {"name": "ann", "role": "admin", "user_id": 1, "session_id": 2}})"));
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(signed_in->token, "t");
  EXPECT_EQ(signed_in->principal.role, Role::kAdmin);
  EXPECT_FALSE(parse_signed_in(json::parse("{}")));
  EXPECT_FALSE(parse_signed_in(json::parse("7")));
}

TEST(ServerMessages, ReadsServerInfo) {
  const auto info = parse_server_info(json::parse(
      R"({"name": "attic", "version": "0.1.0", "auth": {"can_log_in": true, "can_register": false, "is_guest": true,
      "code_makes_admin": false}})"));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->name, "attic");
  EXPECT_TRUE(info->can_log_in && info->is_guest);
  EXPECT_FALSE(info->can_register || info->code_makes_admin);
}

TEST(ServerMessages, WritesRequests) {
  const json open = json::parse(open_params({.media = "m", .rate = {1, 2}, .is_looping = true, .serial = 4}));
  EXPECT_EQ(open["rate"], "1/2");
  EXPECT_EQ(open["serial"], 4);
  EXPECT_FALSE(open.contains("max_fps"));
  const json seek = json::parse(seek_params({.stream = 2, .serial = 9, .segment = 5, .rate = {-1, 1}}));
  EXPECT_EQ(seek["segment"], 5);
  EXPECT_EQ(seek["rate"], "-1");
  EXPECT_FALSE(seek.contains("position_us"));
  const json far = json::parse(seek_params({.stream = 2, .serial = 9, .position_us = INT64_MAX}));
  EXPECT_EQ(far["position_us"], 9007199254740991);
  EXPECT_EQ(json::parse(text_params({{"name", "ann"}, {"code", ""}})), json({{"name", "ann"}}));
}

TEST(ServerAddress, ReadsHostsAndPorts) {
  EXPECT_EQ(ServerAddress::parse("media.local")->port, kDefaultPort);
  EXPECT_EQ(*ServerAddress::parse(" 10.0.0.7:80 "), (ServerAddress{"10.0.0.7", 80}));
  EXPECT_EQ(ServerAddress::parse("a-b_c:7341")->to_string(), "a-b_c:7341");
  EXPECT_EQ(ServerAddress::parse("host:7340")->to_string(), "host");
  for (const std::string_view bad : {"", " ", ":80", "host:", "host:0", "host:65536", "host:8x", "a b", "http://host",
                                     "fe80::1", "ho/st", "host:80:90"}) {
    const auto address = ServerAddress::parse(bad);
    ASSERT_FALSE(address) << bad;
    EXPECT_NE(address.error().message.find("HOST:PORT"), std::string::npos);
  }
}

}  // namespace
}  // namespace zoe::player
