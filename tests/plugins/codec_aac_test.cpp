#include <cmath>
#include <cstring>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/media/ffmpeg.hpp"
#include "tests/plugins/codec_driver.hpp"

namespace zoe {
namespace {

using test::CodecDriver;
using testing::HasSubstr;

constexpr int kRate = 48'000;
constexpr int kPacketSamples = 1200;                  // no multiple of AAC's frame
constexpr int kSegmentSamples = 80 * kPacketSamples;  // two seconds
constexpr int kMargin = 12;                           // packets
constexpr double kTone = 441.0;

double tone_at(std::int64_t sample) {
  return 0.5 * std::sin(2 * std::numbers::pi * kTone * static_cast<double>(sample) / kRate);
}

zoe_track pcm_track() {
  zoe_track track{};
  track.struct_size = sizeof track;
  track.kind = ZOE_TRACK_AUDIO;
  abi::copy_text(track.codec, "pcm_s16le");
  track.time_base = {1, kRate};
  track.frame_rate = {0, 1};
  track.sample_aspect_ratio = {1, 1};
  track.sample_rate = kRate;
  track.channels = 2;
  return track;
}

class CodecAac : public testing::Test {
 protected:
  struct Coded {
    std::int64_t pts = 0;
    std::vector<std::uint8_t> data;
  };

  void send(CodecDriver& codec, zoe_codec_session* session, std::int64_t packet, std::uint32_t flags) {
    std::vector<std::uint8_t> bytes;
    for (std::int64_t i = packet * kPacketSamples; i < (packet + 1) * kPacketSamples; ++i)
      for (int c = 0; c < 2; ++c) {
        const auto value = static_cast<std::int16_t>(std::lround(tone_at(i) * 32'767));
        bytes.push_back(static_cast<std::uint8_t>(value & 0xFF));
        bytes.push_back(static_cast<std::uint8_t>((value >> 8) & 0xFF));
      }
    zoe_packet out = test::empty_packet();
    out.flags = flags | ZOE_PACKET_KEY;
    out.pts = out.dts = packet * kPacketSamples;
    out.duration = kPacketSamples;
    out.data = bytes.data();
    out.size = bytes.size();
    ASSERT_EQ(codec.codec().send_packet(session, &out, codec.error()), ZOE_OK) << codec.message();
  }

  // The segment as the server has it made: its packets between some of its neighbours'.
  std::vector<Coded> segment(CodecDriver& codec, int index) {
    const auto session = codec.open(pcm_track(), "aac");
    const zoe_str header = codec.codec().extradata(session.get());
    header_.assign(header.data, header.data + header.size);
    const std::int64_t first = std::int64_t{index} * (kSegmentSamples / kPacketSamples);
    const std::int64_t end = first + kSegmentSamples / kPacketSamples;
    for (std::int64_t i = std::max<std::int64_t>(first - kMargin, 0); i < end + kMargin; ++i)
      send(codec, session.get(), i, i < first || i >= end ? std::uint32_t{ZOE_PACKET_DISCARD} : 0U);
    EXPECT_EQ(codec.codec().flush(session.get(), codec.error()), ZOE_OK);
    std::vector<Coded> out;
    zoe_packet packet = test::empty_packet();
    while (codec.codec().receive_packet(session.get(), &packet, codec.error()) == ZOE_OK) {
      const auto buffer = plugin::Buffer::adopt(packet.buffer);
      out.push_back({packet.pts, std::vector<std::uint8_t>(packet.data, packet.data + packet.size)});
      packet = test::empty_packet();
    }
    return out;
  }

  // What a decoder that goes on from packet to packet plays: samples of the first channel from the first pts on.
  std::vector<float> play(const std::vector<Coded>& packets) {
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_AAC);
    const media::AvPtr<AVCodecContext> decoder(avcodec_alloc_context3(codec));
    decoder->extradata = static_cast<std::uint8_t*>(av_mallocz(header_.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::memcpy(decoder->extradata, header_.data(), header_.size());
    decoder->extradata_size = static_cast<int>(header_.size());
    EXPECT_EQ(avcodec_open2(decoder.get(), codec, nullptr), 0);
    const auto packet = media::new_av_packet();
    const auto frame = media::new_av_frame();
    std::vector<float> samples;
    for (const Coded& each : packets) {
      EXPECT_EQ(av_new_packet(packet.get(), static_cast<int>(each.data.size())), 0);
      std::memcpy(packet->data, each.data.data(), each.data.size());
      EXPECT_EQ(avcodec_send_packet(decoder.get(), packet.get()), 0);
      av_packet_unref(packet.get());
      while (avcodec_receive_frame(decoder.get(), frame.get()) == 0) {
        const auto* data = reinterpret_cast<const float*>(frame->extended_data[0]);
        samples.insert(samples.end(), data, data + frame->nb_samples);
      }
    }
    return samples;
  }

  test::TestHost host_;
  std::string header_;
};

TEST_F(CodecAac, ReadsNamesAndKeepsToWhatPlayersTake) {
  CodecDriver codec(host_, "codec_aac");
  zoe_track track = pcm_track();
  EXPECT_EQ(codec.resolved_name(track, "aac"), "aac@160k");
  EXPECT_EQ(codec.resolved_name(track, "aac@96k"), "aac@96k");
  for (const char* bad : {"aac@", "aac@96", "aac@31k", "aac@321k", "aac@-1k", "aac@96kk", "aacs"})
    EXPECT_THAT(codec.resolved_name(track, bad), HasSubstr("no AAC rendition")) << bad;
  track.channels = 6;
  track.sample_rate = 96'000;
  zoe_rendition rendition{};
  ASSERT_EQ(codec.resolve(track, "aac", rendition), ZOE_OK);
  EXPECT_EQ(rendition.output.channels, 2);
  EXPECT_EQ(rendition.output.sample_rate, 48'000);
  track.channels = 1;
  EXPECT_EQ(codec.resolved_name(track, "aac"), "aac@80k");
  EXPECT_THAT(codec.resolved_name(test::video_track(64, 64), "aac"), HasSubstr("sound"));
}

TEST_F(CodecAac, SegmentsThatAreMadeApartPlayAsOneTrack) {
  CodecDriver codec(host_, "codec_aac");
  std::vector<Coded> all;
  std::string header;
  for (int index = 0; index < 4; ++index) {
    const std::vector<Coded> made = segment(codec, index);
    ASSERT_FALSE(made.empty());
    EXPECT_TRUE(header.empty() || header == header_);
    header = header_;
    EXPECT_GE(made.front().pts, std::int64_t{index} * kSegmentSamples);
    EXPECT_LT(made.back().pts, std::int64_t{index + 1} * kSegmentSamples);
    all.insert(all.end(), made.begin(), made.end());
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    ASSERT_EQ(all[i].pts, all.front().pts + static_cast<std::int64_t>(i) * 1024) << "no frame twice, none missing";
  const std::vector<float> heard = play(all);
  ASSERT_EQ(heard.size(), all.size() * 1024);
  // Against the tone itself, at its own place; the first frame has no neighbour to overlap.
  double worst = 0;
  std::size_t worst_at = 0;
  for (std::size_t i = 4096; i + 4096 < heard.size(); ++i) {
    const double error = std::abs(heard[i] - tone_at(all.front().pts + static_cast<std::int64_t>(i)));
    if (error > worst) {
      worst = error;
      worst_at = i;
    }
  }
  EXPECT_LT(worst, 0.02) << "at sample " << worst_at << " of segments of " << kSegmentSamples;
}

TEST_F(CodecAac, DamagedSoundBecomesSilenceOfItsLength) {
  CodecDriver codec(host_, "codec_aac");
  const auto session = codec.open(pcm_track(), "aac");
  for (std::int64_t i = 0; i < 80; ++i)
    if (i < 30 || i >= 50) send(codec, session.get(), i, 0);
  ASSERT_EQ(codec.codec().flush(session.get(), codec.error()), ZOE_OK);
  int count = 0;
  zoe_packet packet = test::empty_packet();
  while (codec.codec().receive_packet(session.get(), &packet, codec.error()) == ZOE_OK) {
    plugin::Buffer::release(packet.buffer);
    packet = test::empty_packet();
    ++count;
  }
  EXPECT_EQ(count, (80 * kPacketSamples + 1023) / 1024);
}

}  // namespace
}  // namespace zoe
