// Sound from packets to the order of play: forwards, backwards, from any place, round a loop.
#include "player/playback/sound_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/media/probe.hpp"
#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "engine/net/media_run.hpp"
#include "engine/net/wire.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::player {
namespace {

constexpr int kRate = 48'000;

struct Recipe {
  std::string container = "mkv";
  std::vector<std::string> codec{"flac"};
  double sound_s = 7;
  double sound_from_s = 0;
  std::string wave = "0.7*sin(2*PI*(200+40*t)*t)";  // every moment sounds different
};

std::string make(const Recipe& recipe) {
  std::vector<std::string> arguments{
      "-f",         "lavfi",
      "-i",         "color=gray:s=32x32:r=25:d=7",
      "-itsoffset", std::to_string(recipe.sound_from_s),
      "-f",         "lavfi",
      "-i",         "aevalsrc='" + recipe.wave + "':s=48000:d=" + std::to_string(recipe.sound_s),
      "-map",       "0:v",
      "-map",       "1:a",
      "-c:v",       "mpeg4",
      "-g",         "25",
      "-c:a"};
  arguments.insert(arguments.end(), recipe.codec.begin(), recipe.codec.end());
  arguments.insert(arguments.end(), {"-fflags", "+bitexact", "{out}"});
  return test::make_media("line", recipe.container, arguments);
}

// Every packet of a clip's sound in a store, and a reader on it.
struct Clip {
  explicit Clip(const Recipe& recipe) : path(make(recipe)) {
    const media::MediaInfo info = media::probe(path).value();
    const media::TrackInfo video = *info.best_video();
    const auto is_sound = [](const media::TrackInfo& each) { return each.kind == media::TrackKind::kAudio; };
    track = *std::find_if(info.tracks.begin(), info.tracks.end(), is_sound);
    const media::TrackIndexPtr pictures = media::TrackIndex::build(path, video).value();
    index = media::TrackIndex::build(path, track).value();
    track.start = index->start_pts();
    setting = {.time_base = track.time_base,
               .origin_us = media::ticks_to_us(pictures->start_pts(), pictures->time_base()),
               .start_pts = track.start,
               .lap_us = media::ticks_to_us(pictures->end_pts() - pictures->start_pts(), pictures->time_base()),
               .segments = static_cast<std::uint32_t>(index->segments().size())};
    store.select("clip");
    const auto reader = media::SourceReader::open(path, track, index).value();
    for (std::uint32_t i = 0; i < setting.segments; ++i) hold(*reader, i);
  }

  void hold(media::SourceReader& reader, std::uint32_t segment) {
    std::vector<std::uint8_t> body(net::kRunHeaderBytes);
    std::uint32_t count = 0;
    const Status read = reader.read_segment(segment, [&](const media::PacketView& packet) {
      media::PacketRecord record = packet.record;
      record.ordinal = count++;
      const std::size_t at = body.size();
      body.resize(at + media::kPacketRecordBytes);
      media::store_record(body.data() + at, record);
      body.insert(body.end(), packet.data.begin(), packet.data.end());
      return Status();
    });
    ASSERT_TRUE(read);
    net::store_run_header(body.data(), {segment, 0, count});
    auto shared = std::make_shared<net::Body>();
    ASSERT_TRUE(shared->append(body, body.size()));
    net::Message message{{.length = static_cast<std::uint32_t>(body.size()),
                          .kind = net::Kind::kMedia,
                          .flags = net::kRunSegmentStart | net::kRunSegmentEnd,
                          .stream = 1,
                          .serial = 1},
                         std::move(shared)};
    ASSERT_TRUE(store.add(net::parse_media(message).value()));
  }

  std::uint32_t segment_at(std::int64_t time_us) const {
    return index->find_segment(media::us_to_ticks(time_us + setting.origin_us, track.time_base));
  }

  // What is played from `time_us` on, until it ends or for `most_s`; left channel.
  std::vector<float> play(std::int64_t time_us, Direction direction, double most_s = 60, bool is_looping = false) {
    SoundReader reader(media::SoundDecoder::create(track, kRate, 2).value(), setting);
    const std::int64_t from_us =
        direction == Direction::kForward ? std::max<std::int64_t>(0, time_us - 250'000) : time_us;
    reader.start(time_us, direction, {0, segment_at(from_us)}, is_looping);
    std::vector<float> both;
    const auto most = static_cast<std::int64_t>(most_s * kRate);
    while (static_cast<std::int64_t>(both.size() / 2) < most) {
      if (reader.line().has_more()) {
        reader.line().take(std::min<std::int64_t>(4096, most - static_cast<std::int64_t>(both.size() / 2)), both);
        continue;
      }
      const SoundReader::Look look = reader.look(store);
      if (look != SoundReader::Look::kReady) break;
      EXPECT_TRUE(reader.read());
    }
    std::vector<float> left;
    for (std::size_t i = 0; i < both.size(); i += 2) left.push_back(both[i]);
    return left;
  }

  const std::string path;
  media::TrackInfo track;
  media::TrackIndexPtr index;
  SoundReader::Setting setting;
  PacketStore store{std::size_t{64} << 20};
};

double furthest_apart(const std::vector<float>& a, const std::vector<float>& b) {
  double most = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return most;
}

TEST(SoundReader, PlaysFromAnySampleExactly) {
  Clip clip({});
  const std::vector<float> all = clip.play(0, Direction::kForward);
  ASSERT_EQ(all.size(), std::size_t{7} * kRate);
  for (const std::int64_t from_us : {1'000'000, 1'999'990, 2'304'321, 6'900'000}) {
    const std::vector<float> part = clip.play(from_us, Direction::kForward);
    const auto place = static_cast<std::size_t>(from_us * kRate / 1'000'000);
    ASSERT_EQ(part.size(), all.size() - place) << from_us;
    EXPECT_EQ(furthest_apart(part, {all.begin() + static_cast<std::ptrdiff_t>(place), all.end()}), 0) << from_us;
  }
}

TEST(SoundReader, BackwardsIsForwardsReversed) {
  struct Case {
    Recipe recipe;
    double tolerance;  // where decoders come to themselves by and by
  };
  for (const Case& each :
       {Case{{}, 0}, Case{{"mp4", {"aac", "-b:a", "128k"}}, 1e-4}, Case{{"mp4", {"libopus", "-b:a", "96k"}}, 0.02},
        Case{{"mkv", {"libmp3lame", "-b:a", "128k"}}, 1e-4}}) {
    SCOPED_TRACE(each.recipe.container + " " + each.recipe.codec[0]);
    Clip clip(each.recipe);
    const std::vector<float> there = clip.play(0, Direction::kForward);
    std::vector<float> back = clip.play(clip.setting.lap_us, Direction::kBackward);
    ASSERT_NEAR(static_cast<double>(back.size()), static_cast<double>(there.size()), 1);
    std::reverse(back.begin(), back.end());
    EXPECT_LE(furthest_apart(there, back), each.tolerance);
    std::vector<float> half = clip.play(3'300'000, Direction::kBackward);
    ASSERT_EQ(half.size(), 3'300'000ULL * kRate / 1'000'000);
    std::reverse(half.begin(), half.end());
    EXPECT_LE(furthest_apart(there, half), each.tolerance);
  }
}

TEST(SoundReader, ALoopGoesRoundWithoutAGap) {
  Clip clip({});
  const std::vector<float> all = clip.play(0, Direction::kForward);
  const std::vector<float> round = clip.play(6'000'000, Direction::kForward, 10, true);
  ASSERT_EQ(round.size(), std::size_t{10} * kRate);
  for (std::size_t i = 0; i < round.size(); ++i)
    ASSERT_EQ(round[i], all[(i + std::size_t{6} * kRate) % all.size()]) << i;
  const std::vector<float> back = clip.play(1'000'000, Direction::kBackward, 10, true);
  ASSERT_EQ(back.size(), std::size_t{10} * kRate);
  for (std::size_t i = 0; i < back.size(); ++i)
    ASSERT_EQ(back[i], all[(all.size() * 2 + kRate - 1 - i) % all.size()]) << i;
}

TEST(SoundReader, SoundThatBeginsLateOrEndsEarlyIsSilentThere) {
  Recipe recipe;
  recipe.sound_from_s = 2.5;
  recipe.sound_s = 2;
  Clip clip(recipe);
  const std::vector<float> all = clip.play(0, Direction::kForward);
  const auto is_silent = [](const std::vector<float>& line, double from_s, double to_s) {
    const auto at = [&](double s) { return line.begin() + static_cast<std::ptrdiff_t>(s * kRate); };
    return std::all_of(at(from_s), at(to_s), [](float value) { return value == 0; });
  };
  ASSERT_EQ(all.size(), std::size_t{7} * kRate) << "as long as the picture";
  EXPECT_TRUE(is_silent(all, 0, 2.499));
  EXPECT_FALSE(is_silent(all, 2.5, 2.51));
  EXPECT_FALSE(is_silent(all, 4.49, 4.499));
  EXPECT_TRUE(is_silent(all, 4.51, 7));
  std::vector<float> back = clip.play(7'000'000, Direction::kBackward);
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(furthest_apart(all, back), 0);
  const std::vector<float> behind = clip.play(5'500'000, Direction::kForward);
  EXPECT_TRUE(is_silent(behind, 0, 1.4));
}

TEST(SoundReader, SoundLongerThanThePictureEndsWithIt) {
  Recipe recipe;
  recipe.sound_s = 9;
  Clip clip(recipe);
  EXPECT_EQ(clip.play(0, Direction::kForward).size(), std::size_t{7} * kRate);
  const std::vector<float> round = clip.play(6'900'000, Direction::kForward, 0.2, true);
  const std::vector<float> start = clip.play(0, Direction::kForward, 0.1);
  EXPECT_EQ(furthest_apart({round.begin() + kRate / 10, round.end()}, start), 0);
}

TEST(SoundReader, WaitsForWhatIsMissing) {
  Clip clip({});
  PacketStore empty(1 << 20);
  empty.select("clip");
  SoundReader reader(media::SoundDecoder::create(clip.track, kRate, 2).value(), clip.setting);
  reader.start(0, Direction::kForward, {0, 0}, false);
  EXPECT_EQ(reader.look(empty), SoundReader::Look::kWaiting);
  EXPECT_EQ(reader.look(clip.store), SoundReader::Look::kReady);
}

}  // namespace
}  // namespace zoe::player
