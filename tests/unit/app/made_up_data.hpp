// What a server and a playback might say: for drawing the panels in every state.
#pragma once

#include <cmath>

#include "player/client/server_link.hpp"
#include "player/playback/playback.hpp"

namespace zoe::test {

inline player::LinkSnapshot connected_link() {
  player::LinkSnapshot link;
  link.state = player::LinkState::kSignInNeeded;
  link.address = "studio.lan";
  link.server_name = "Studio";
  link.server_version = "0.1.0";
  link.is_encrypted = true;
  link.key_pin = "3f2a91bc77d0e85a1c4b6f9920d3a8e5b7c6154f8e2d90a1b3c4d5e6f7089a1b";
  link.auth.can_log_in = true;
  link.auth.can_register = true;
  return link;
}

inline player::LinkSnapshot signed_in_link() {
  player::LinkSnapshot link = connected_link();
  link.state = player::LinkState::kSignedIn;
  link.principal = {.name = "Ada", .role = player::Role::kAdmin};
  return link;
}

inline player::LibraryItem library_item(std::string title, std::int64_t seconds, int width, int height,
                                        std::string codec, double megabytes, Rational frame_rate = {30, 1}) {
  player::LibraryItem item;
  item.media = title;
  item.title = std::move(title);
  item.duration_us = seconds * 1'000'000;
  item.width = width;
  item.height = height;
  item.codec = std::move(codec);
  item.size_bytes = static_cast<std::int64_t>(megabytes * 1e6);
  item.frame_rate = frame_rate;
  return item;
}

inline player::LibraryListing full_library() {
  player::LibraryListing library;
  library.items = {
      library_item("Autumn training, first half", 2714, 1920, 1080, "h264", 1840),
      library_item("Autumn training, second half", 2802, 1920, 1080, "h264", 1902),
      library_item("Big Buck Bunny", 596, 1280, 720, "h264", 158, {24, 1}),
      library_item("\u5C71\u306E\u671D \u2013 \u590F\u306E\u8A18\u9332", 184, 3840, 2160, "hevc", 912, {60000, 1001}),
      library_item("\u05D4\u05DE\u05E9\u05D7\u05E7 \u05D4\u05D2\u05D3\u05D5\u05DC 2024", 5400, 1280, 720, "mpeg4", 700,
                   {25, 1}),
      library_item("\u0627\u0644\u062A\u062F\u0631\u064A\u0628 \u0627\u0644\u0623\u0648\u0644", 95, 720, 576,
                   "mpeg2video", 61, {25, 1}),
      library_item(
          "A very long name that somebody gave a file and that goes on and on until nobody reads it any more.final.v2",
          42, 640, 480, "vp9", 8.4),
      library_item("\u0423\u0442\u0440\u043E \u0432 \u0433\u043E\u0440\u0430\u0445", 312, 1920, 1080, "av1", 96,
                   {24000, 1001}),
      library_item("High-speed camera 3", 12, 1920, 1080, "mjpeg", 410, {240, 1}),
      library_item("Lab bench, run 17", 3601, 2560, 1440, "hevc", 2210, {50, 1}),
      library_item("\u0395\u03BB\u03BB\u03B7\u03BD\u03B9\u03BA\u03AC \u03C4\u03BF\u03C0\u03AF\u03B1", 1280, 1920, 800,
                   "h264", 640, {25, 1}),
      library_item("Portrait, phone", 23, 1080, 1920, "h264", 31),
  };
  library.items[3].is_hdr = true;
  for (std::size_t i = 0; i < library.items.size(); ++i)
    if (i != 4 && i != 9) library.items[i].poster = "1";
  library.total = static_cast<std::int64_t>(library.items.size());
  return library;
}

// Thirty frames a second, twelve minutes, somewhere in the middle.
inline player::PlaybackSnapshot playing_snapshot() {
  player::PlaybackSnapshot playback;
  playback.revision = 1;
  playback.state = player::PlayState::kPlaying;
  playback.media = "Big Buck Bunny";
  playback.title = "Big Buck Bunny";
  playback.rendition = "copy";
  playback.track.width = 1280;
  playback.track.height = 720;
  playback.track.codec = "h264";
  playback.duration_us = 596'000'000;
  playback.position_us = 223'480'000;
  playback.frame_us = 33'333;
  playback.segments = 298;
  for (std::uint32_t i = 105; i < 117; ++i)
    playback.packets.segments.push_back({.segment = i,
                                         .span = {i * 2'000'000LL, (i + 1) * 2'000'000LL},
                                         .packets = 60,
                                         .bytes = 520'000,
                                         .is_complete = true});
  playback.packets.held = {{210'000'000, 234'000'000}};
  playback.packets.bytes = 6'240'000;
  playback.packets.budget_bytes = 256U << 20;
  playback.packets.ahead_us = 10'520'000;
  for (int i = 0; i < 214; ++i)
    playback.ring.places.push_back(
        {.time_us = playback.position_us + (i - 62) * 33'333LL, .segment = 111, .is_key = i % 60 == 0});
  playback.ring.playhead = 62;
  playback.ring.ahead = 151;
  playback.ring.behind = 62;
  playback.ring.bytes = 214ULL * 1'382'400;
  playback.ring.budget_bytes = 1ULL << 30;
  playback.ring.held = {playback.position_us - 62 * 33'333LL, playback.position_us + 151 * 33'333LL};
  playback.network.is_connected = true;
  playback.network.bytes_per_second = 262'000;
  playback.network.round_trip_us = 640;
  playback.network.received_bytes = 58'400'000;
  playback.counters.shown = 6'702;
  playback.decode_fps = 268;
  playback.shown_fps = 30.0;
  for (int i = 0; i < 300; ++i)
    playback.recent.push_back(
        {.time_us = i * 33'333LL, .interval_ms = 33.3F + std::sin(static_cast<float>(i) * 1.7F) * 1.4F});
  playback.last_seek_ms = 84;
  playback.start_to_first_frame_ms = 312;
  return playback;
}

}  // namespace zoe::test
