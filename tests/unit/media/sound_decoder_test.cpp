#include "engine/media/sound_decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/media/probe.hpp"
#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::media {
namespace {

constexpr int kRate = 48'000;

// Three seconds of sound that clicks every half second and begins with the picture.
std::string clicks(const std::string& container, const std::vector<std::string>& codec, int rate = kRate) {
  std::vector<std::string> arguments{
      "-f",   "lavfi", "-i",   "color=gray:s=32x32:r=25:d=3",
      "-f",   "lavfi", "-i",   "aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t,0.5),0.05)':s=" + std::to_string(rate) + ":d=3",
      "-map", "0:v",   "-map", "1:a",
      "-c:v", "mpeg4", "-g",   "25",
      "-c:a"};
  arguments.insert(arguments.end(), codec.begin(), codec.end());
  arguments.insert(arguments.end(), {"-fflags", "+bitexact", "{out}"});
  return test::make_media("clicks", container, arguments);
}

struct Sound {
  explicit Sound(const std::string& path) {
    const MediaInfo info = probe(path).value();
    const auto is_sound = [](const TrackInfo& each) { return each.kind == TrackKind::kAudio; };
    track = *std::find_if(info.tracks.begin(), info.tracks.end(), is_sound);
    index = TrackIndex::build(path, track).value();
    reader = SourceReader::open(path, track, index).value();
    // Where a container cannot say a time below 0, the pictures begin as much later as the encoder of sound needs.
    const TrackIndexPtr pictures = TrackIndex::build(path, *info.best_video()).value();
    origin_us = ticks_to_us(pictures->start_pts(), pictures->time_base());
  }

  // The samples of the media's first `seconds`, from the picture's time 0.
  std::vector<float> decode(double seconds, int rate = kRate) {
    auto decoder = SoundDecoder::create(track, rate, 1).value();
    std::vector<SoundBlock> blocks;
    for (std::uint32_t i = 0; i < index->segments().size(); ++i) {
      const Status read =
          reader->read_segment(i, [&](const PacketView& packet) { return decoder->decode(packet, blocks); });
      EXPECT_TRUE(read);
    }
    EXPECT_TRUE(decoder->drain(blocks));
    EXPECT_EQ(decoder->errors(), 0U);
    count = blocks.size();
    std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
    for (const SoundBlock& block : blocks) {
      for (std::int64_t i = 0; i < block.frames(); ++i) {
        const std::int64_t at = block.place + i - origin_us * rate / 1'000'000;
        if (at >= 0 && at < static_cast<std::int64_t>(samples.size()))
          samples[static_cast<std::size_t>(at)] = block.samples[static_cast<std::size_t>(i)];
      }
    }
    return samples;
  }

  TrackInfo track;
  TrackIndexPtr index;
  std::unique_ptr<SourceReader> reader;
  std::int64_t origin_us = 0;
  std::size_t count = 0;  // blocks
};

// Where the clicks begin, in seconds.
std::vector<double> onsets(const std::vector<float>& samples, int rate = kRate) {
  std::vector<double> found;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (std::abs(samples[i]) < 0.2F) continue;
    found.push_back(static_cast<double>(i) / rate);
    i += static_cast<std::size_t>(rate / 5);
  }
  return found;
}

// Whatever an encoder puts before its first sample, and however a container says so.
TEST(SoundDecoder, EverySampleLiesWhereItBelongs) {
  struct Case {
    const char* container;
    std::vector<std::string> codec;
  };
  for (const Case& each :
       {Case{"mp4", {"aac", "-b:a", "96k"}}, Case{"mkv", {"aac", "-b:a", "96k"}}, Case{"mp4", {"libopus"}},
        Case{"mkv", {"flac"}}, Case{"avi", {"pcm_s16le"}}, Case{"ts", {"mp2"}}, Case{"mkv", {"ac3"}}}) {
    Sound sound(clicks(each.container, each.codec));
    const std::vector<double> found = onsets(sound.decode(3));
    ASSERT_EQ(found.size(), 6U) << each.container << " " << each.codec[0];
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_NEAR(found[i], 0.5 * static_cast<double>(i), 0.003) << each.container << " " << each.codec[0];
    EXPECT_LE(sound.count, 2U) << "no gap but that behind the encoder's run-in";
  }
}

TEST(SoundDecoder, ResamplesInPlace) {
  Sound sound(clicks("mkv", {"flac"}, 44'100));
  for (const int rate : {44'100, 48'000, 22'050}) {
    const std::vector<double> found = onsets(sound.decode(3, rate), rate);
    ASSERT_EQ(found.size(), 6U) << rate;
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], 0.5 * static_cast<double>(i), 0.001) << rate;
  }
}

TEST(SoundDecoder, PacketsThatAreMissingLeaveAGapAndNothingMoves) {
  Sound sound(clicks("mkv", {"flac"}));
  auto decoder = SoundDecoder::create(sound.track, kRate, 2).value();
  std::vector<SoundBlock> blocks;
  int number = 0;
  ASSERT_TRUE(sound.reader->read_segment(0, [&](const PacketView& packet) {
    const bool is_lost = number >= 10 && number < 14;
    ++number;
    return is_lost ? Status() : decoder->decode(packet, blocks);
  }));
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].place, 0);
  EXPECT_EQ(blocks[1].place % 4608, 0) << "FLAC's packets at 48 kHz";
  EXPECT_EQ((blocks[1].place - blocks[0].end()) / 4608, 4);
}

TEST(SoundDecoder, DamageIsCountedAndPassedOver) {
  Sound sound(clicks("mp4", {"aac", "-b:a", "96k"}));
  auto decoder = SoundDecoder::create(sound.track, kRate, 2).value();
  std::vector<SoundBlock> blocks;
  const std::vector<std::uint8_t> junk(500, 0xA5);
  const std::vector<std::uint8_t> padded(600, 0xA5);
  for (int i = 0; i < 20; ++i) {
    const PacketRecord record{.size_bytes = 500, .pts = i * 1024, .dts = i * 1024, .duration = 1024};
    EXPECT_TRUE(decoder->decode({record, Bytes(padded.data(), 500)}, blocks));
  }
  EXPECT_GT(decoder->errors(), 0U);
}

TEST(SoundDecoder, RefusesWhatIsNoSound) {
  TrackInfo track;
  track.codec = "h264";
  track.time_base = {1, 1000};
  EXPECT_EQ(SoundDecoder::create(track, kRate, 2).error().code, Errc::kUnsupported);
  track.codec = "no such codec";
  EXPECT_EQ(SoundDecoder::create(track, kRate, 2).error().code, Errc::kUnsupported);
  track.codec = "flac";
  EXPECT_EQ(SoundDecoder::create(track, 0, 2).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(SoundDecoder::create(track, kRate, 99).error().code, Errc::kInvalidArgument);
}

}  // namespace
}  // namespace zoe::media
