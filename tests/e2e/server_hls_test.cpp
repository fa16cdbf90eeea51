// HLS from the real server: what its playlists name is fetched, put together and decoded, and every frame read by its
// number.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/media/probe.hpp"
#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/web_media.hpp"
#include "tests/support/frame_number.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ServerHls : public testing::Test {
 protected:
  void serve(const std::string& clip, const std::string& name) {
    fs::create_directories(films);
    fs::copy_file(clip, films + "/" + name);
    server = std::make_unique<ServerProcess>(ServerOptions{.folders = {films}, .data_folder = dir.file("data")});
    port = server->web_port();
    client.emplace(port);
    media = only_media(*client);
    ASSERT_FALSE(media.empty());
  }

  HttpReply get(const std::string& what) { return client->get("/hls/" + media + "/" + what, kGuest); }

  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  // The addresses of a playlist: lines that are no tags.
  static std::vector<std::string> addresses(const std::string& playlist) {
    std::vector<std::string> out;
    for (const std::string& line : lines(playlist))
      if (!line.empty() && line[0] != '#') out.push_back(line);
    return out;
  }
  static std::vector<std::string> tags(const std::string& playlist, const std::string& tag) {
    std::vector<std::string> out;
    for (const std::string& line : lines(playlist))
      if (line.starts_with(tag)) out.push_back(line);
    return out;
  }
  static std::string quoted(const std::string& line, const std::string& name) {
    const auto at = line.find(name + "=\"");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 2;
    return line.substr(begin, line.find('"', begin) - begin);
  }

  // Header and segments of the rendition whose playlist is at `address`, as one file.
  std::string whole(const std::string& address) {
    const std::string playlist = get(address).body;
    const std::string folder = address.substr(0, address.find('/') + 1);
    std::string bytes = get(folder + quoted(tags(playlist, "#EXT-X-MAP").at(0), "URI")).body;
    for (const std::string& segment : addresses(playlist)) {
      const HttpReply reply = get(folder + segment);
      EXPECT_EQ(reply.status, 200) << segment << reply.body.substr(0, 200);
      bytes += reply.body;
    }
    return bytes;
  }

  struct Shown {
    std::uint32_t number = 0;
    std::int64_t us = 0;
  };
  // The frames of an MP4, in the order in which they are shown.
  std::vector<Shown> frames_of(const std::string& bytes) {
    const std::string path = dir.write("whole.mp4", bytes);
    const media::MediaInfo info = media::probe(path).value();
    const media::TrackInfo* track = info.best_video();
    std::vector<Shown> shown;
    if (!track) return shown;
    const auto index = media::TrackIndex::build(path, *track).value();
    const auto reader = media::SourceReader::open(path, *track, index).value();
    const Status status = reader->decode_range(index->start_pts(), index->end_pts(), [&](const media::FramePtr& frame) {
      const media::PlaneView luma = frame->plane(0);
      const auto number = read_frame_number(luma.data, luma.stride, luma.width, luma.height, frame->format().bit_depth);
      EXPECT_TRUE(number) << "frame " << shown.size();
      shown.push_back({number.value_or(9999), media::ticks_to_us(frame->pts(), index->time_base())});
      return Status();
    });
    EXPECT_TRUE(status) << status.error().message;
    EXPECT_EQ(reader->decode_errors(), 0U);
    return shown;
  }

  // By the first one's time: FFmpeg counts from when decoding begins, which B-frames put before it.
  static void expect_all_in_order(const std::vector<Shown>& shown, std::uint32_t count, double fps) {
    ASSERT_EQ(shown.size(), count);
    for (std::uint32_t i = 0; i < count; ++i) {
      ASSERT_EQ(shown[i].number, i);
      ASSERT_NEAR(static_cast<double>(shown[i].us - shown[0].us), i * 1e6 / fps, 2000) << i;
    }
  }

  // How long the sound of a clip is, without what its encoder needed to begin.
  static double seconds_of_sound(const std::string& clip) {
    const media::MediaInfo info = media::probe(clip).value();
    const auto sound = std::find_if(info.tracks.begin(), info.tracks.end(),
                                    [](const auto& track) { return track.kind == media::TrackKind::kAudio; });
    EXPECT_NE(sound, info.tracks.end());
    if (sound == info.tracks.end()) return 0;
    const auto index = media::TrackIndex::build(clip, *sound).value();
    return static_cast<double>(media::ticks_to_us(index->end_pts() - index->start_pts(), index->time_base())) / 1e6;
  }
  // AAC that goes on from frame to frame for so long.
  static void expect_unbroken_sound(const std::string& path, double seconds, double tolerance_us = 50) {
    const media::MediaInfo info = media::probe(path).value();
    ASSERT_EQ(info.tracks.size(), 1U);
    EXPECT_EQ(info.tracks[0].codec, "aac");
    const auto index = media::TrackIndex::build(path, info.tracks[0]).value();
    const auto packets = index->packets();
    constexpr double kFrameSeconds = 1024.0 / 48'000;
    EXPECT_NEAR(static_cast<double>(packets.size()) * kFrameSeconds, seconds, 3 * kFrameSeconds);
    const auto to_us = [&](std::int64_t pts) { return media::ticks_to_us(pts, index->time_base()); };
    for (std::size_t i = 1; i < packets.size(); ++i)
      ASSERT_NEAR(static_cast<double>(to_us(packets[i].pts - packets[i - 1].pts)), kFrameSeconds * 1e6, tolerance_us)
          << i;
  }

  TempDir dir;
  const std::string films = dir.file("films");
  std::unique_ptr<ServerProcess> server;
  std::optional<HttpClient> client;
  std::uint16_t port = 0;
  std::string media;
};

TEST_F(ServerHls, TheSourceAsItIsAndASmallerSizeShowEveryFrameOnce) {
  const std::string clip =
      make_clip({.width = 640, .height = 480, .frames = 300, .gop = 30, .bframes = 2, .audio = AudioCodec::kAac});
  serve(clip, "film.mp4");
  const HttpReply master = get("master.m3u8");
  EXPECT_EQ(master.status, 200);
  EXPECT_EQ(master.header("content-type"), "application/vnd.apple.mpegurl");
  const auto variants = addresses(master.body);
  ASSERT_EQ(variants.size(), 4U) << master.body;
  EXPECT_THAT(variants[0], HasSubstr(",copy/"));
  EXPECT_THAT(master.body, HasSubstr("CODECS=\"avc1.64"));
  EXPECT_THAT(master.body, HasSubstr("mp4a.40.2"));
  EXPECT_THAT(tags(master.body, "#EXT-X-STREAM-INF").at(0), HasSubstr("RESOLUTION=640x480"));
  expect_all_in_order(frames_of(whole(variants[0])), 300, 30);
  EXPECT_THAT(variants.back(), HasSubstr("240p"));
  expect_all_in_order(frames_of(whole(variants.back())), 300, 30);

  const auto sound = tags(master.body, "#EXT-X-MEDIA:TYPE=AUDIO");
  ASSERT_EQ(sound.size(), 1U);
  EXPECT_THAT(sound[0], HasSubstr(",copy/"));
  expect_unbroken_sound(dir.write("sound.mp4", whole(quoted(sound[0], "URI"))), seconds_of_sound(clip));
}

TEST_F(ServerHls, WhatBrowsersCannotDecodeIsEncodedInSizesThatAreCutAlike) {
  const std::string clip = make_clip({.codec = VideoCodec::kMpeg2,
                                      .width = 640,
                                      .height = 480,
                                      .fps_num = 25,
                                      .frames = 150,
                                      .container = "ts",
                                      .audio = AudioCodec::kMp2});
  serve(clip, "old.ts");
  const std::string master = get("master.m3u8").body;
  const auto variants = addresses(master);
  ASSERT_EQ(variants.size(), 3U) << master;
  EXPECT_THAT(master, Not(HasSubstr(",copy/")));
  std::vector<std::vector<std::string>> cuts;
  for (const std::string& variant : variants) cuts.push_back(tags(get(variant).body, "#EXTINF"));
  EXPECT_EQ(cuts[0].size(), 3U);
  EXPECT_EQ(cuts[0], cuts[1]);
  EXPECT_EQ(cuts[0], cuts[2]);
  // The end first: nothing before it has been encoded.
  const std::string folder = variants[0].substr(0, variants[0].find('/') + 1);
  const auto segments = addresses(get(variants[0]).body);
  const std::string header = get(folder + quoted(tags(get(variants[0]).body, "#EXT-X-MAP").at(0), "URI")).body;
  const auto last = frames_of(header + get(folder + segments[2]).body);
  ASSERT_EQ(last.size(), 50U);
  EXPECT_EQ(last.front().number, 100U);
  expect_all_in_order(frames_of(whole(variants[0])), 150, 25);
  // A viewer who changes between sizes at a border goes on with the next frame.
  const std::string other = variants[1].substr(0, variants[1].find('/') + 1);
  const auto smaller = addresses(get(variants[1]).body);
  const std::string header_of_it = get(other + quoted(tags(get(variants[1]).body, "#EXT-X-MAP").at(0), "URI")).body;
  EXPECT_EQ(frames_of(header_of_it + get(other + smaller[1]).body).front().number, 50U);
  EXPECT_EQ(get(folder + segments[1]).header("cache-control"), "private, max-age=31536000, immutable");

  const auto sound = tags(master, "#EXT-X-MEDIA:TYPE=AUDIO");
  ASSERT_EQ(sound.size(), 1U);
  EXPECT_THAT(sound[0], HasSubstr("aac@"));
  expect_unbroken_sound(dir.write("sound.mp4", whole(quoted(sound[0], "URI"))), seconds_of_sound(clip));
}

// AVI tells times of sound in whole frames of it, here 24 ms, while AAC's are 21.3 ms long.
TEST_F(ServerHls, SoundWithCoarseTimesIsWholeAndEven) {
  const std::string clip = make_clip(
      {.codec = VideoCodec::kMpeg2, .fps_num = 25, .frames = 200, .container = "avi", .audio = AudioCodec::kMp3});
  serve(clip, "old.avi");
  const auto sound = tags(get("master.m3u8").body, "#EXT-X-MEDIA:TYPE=AUDIO");
  ASSERT_EQ(sound.size(), 1U);
  EXPECT_THAT(sound[0], HasSubstr("aac@"));
  expect_unbroken_sound(dir.write("sound.mp4", whole(quoted(sound[0], "URI"))), seconds_of_sound(clip), 2000);
}

TEST_F(ServerHls, AnOpenGroupIsEncodedBecauseItsSegmentsLeanOnEachOther) {
  serve(make_clip({.frames = 120, .gop = 30, .bframes = 2, .is_open_gop = true}), "open.mp4");
  const std::string master = get("master.m3u8").body;
  EXPECT_THAT(master, Not(HasSubstr(",copy/")));
  expect_all_in_order(frames_of(whole(addresses(master).at(0))), 120, 30);
}

// Encoders and the web transport itself are swapped between the segments: the viewer sees and hears all of it.
TEST_F(ServerHls, PlaysOnWhileItsPluginsAreSwapped) {
  const std::string clip = make_clip(
      {.codec = VideoCodec::kMpeg2, .fps_num = 25, .frames = 300, .container = "ts", .audio = AudioCodec::kMp2});
  serve(clip, "old.ts");
  const std::string master = get("master.m3u8").body;
  const std::string picture = addresses(master).at(0);
  const std::string sound = quoted(tags(master, "#EXT-X-MEDIA:TYPE=AUDIO").at(0), "URI");
  const auto swap = [&](const std::string& plugin) {
    const RunResult swapped = run({program("zoetrope-server"), "plugins", "swap", plugin, "--data", dir.file("data")});
    EXPECT_TRUE(swapped.ok()) << plugin << swapped.err;
    client.emplace(port);  // the old generation of the transport has ended the connection that waited
  };
  const auto piecewise = [&](const std::string& address) {
    const std::string playlist = get(address).body;
    const std::string folder = address.substr(0, address.find('/') + 1);
    std::string bytes = get(folder + quoted(tags(playlist, "#EXT-X-MAP").at(0), "URI")).body;
    int count = 0;
    for (const std::string& segment : addresses(playlist)) {
      const char* const plugins[] = {"codec_h264", "codec_aac", "transport_http"};
      swap(plugins[count++ % 3]);
      bytes += get(folder + segment).body;
    }
    return bytes;
  };
  expect_all_in_order(frames_of(piecewise(picture)), 300, 25);
  expect_unbroken_sound(dir.write("sound.mp4", piecewise(sound)), seconds_of_sound(clip));
}

TEST_F(ServerHls, RefusesStrangersAndWhatIsNotThere) {
  serve(make_clip({.frames = 60}), "film.mp4");
  EXPECT_EQ(client->get("/hls/" + media + "/master.m3u8").status, 401);
  EXPECT_EQ(client->get("/hls/" + media + "/0,copy/0.m4s").status, 401);
  for (const char* what : {"none.m3u8", "0,copy/none", "0,copy/9999.m4s", "0,copy/-1.m4s", "0,copy/0.m4s/x",
                           "x,copy/0.m4s", "copy/0.m4s", "99999999999,copy/0.m4s", "subtitles-x.m3u8"})
    EXPECT_EQ(get(what).status, 404) << what;
  EXPECT_EQ(get("7,copy/index.m3u8").status, 404);
  EXPECT_EQ(get("0,nonsense/index.m3u8").status, 501);
  EXPECT_EQ(get("0,h264@9999p/index.m3u8").status, 400);
  EXPECT_EQ(get("0,copy/0.m4s?v=another").status, 404) << "the playlist of another file";
  EXPECT_EQ(client->get("/hls/0123456789abcdef0123456789abcdef/master.m3u8", kGuest).status, 404);
  EXPECT_EQ(get("0,copy/0.m4s").status, 200);
}

}  // namespace
}  // namespace zoe::test
