#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/media/decoder.hpp"
#include "tests/plugins/jpeg_pictures.hpp"

namespace zoe {
namespace {

using media::PixelFormat;
using test::CodecDriver;
using test::mean;
using test::ramp;
using test::to_abi;
using testing::ElementsAre;
using testing::HasSubstr;

struct Packet {
  zoe_packet record{};
  std::vector<std::uint8_t> data;
};

class CodecH264 : public testing::Test {
 protected:
  CodecDriver h264() { return CodecDriver(host_, "codec_h264"); }

  static void receive(CodecDriver& codec, zoe_codec_session* session, std::vector<Packet>& out) {
    zoe_packet packet = test::empty_packet();
    while (codec.codec().receive_packet(session, &packet, codec.error()) == ZOE_OK) {
      const auto buffer = plugin::Buffer::adopt(packet.buffer);
      out.push_back({packet, std::vector<std::uint8_t>(packet.data, packet.data + packet.size)});
      packet = test::empty_packet();
    }
  }

  // One segment: `count` pictures from `first_pts` on, 3000 ticks apart.
  std::vector<Packet> segment(CodecDriver& codec, const zoe_track& track, std::string_view name,
                              const media::Frame& picture, int count, std::int64_t first_pts) {
    const auto session = codec.open(track, name);
    const zoe_str header = codec.codec().extradata(session.get());
    header_.assign(header.data, header.data + header.size);
    std::vector<Packet> out;
    for (int i = 0; i < count; ++i) {
      zoe_frame frame = to_abi(picture);
      frame.pts = first_pts + 3000 * i;
      EXPECT_EQ(codec.codec().send_frame(session.get(), &frame, i == 0, codec.error()), ZOE_OK) << codec.message();
      receive(codec, session.get(), out);
    }
    EXPECT_EQ(codec.codec().flush(session.get(), codec.error()), ZOE_OK);
    receive(codec, session.get(), out);
    zoe_packet none = test::empty_packet();
    EXPECT_EQ(codec.codec().receive_packet(session.get(), &none, codec.error()), ZOE_END);
    return out;
  }

  std::vector<media::FramePtr> decode(const zoe_rendition& rendition, const std::vector<Packet>& packets) {
    media::TrackInfo track;
    track.codec = rendition.output.codec;
    track.width = rendition.output.width;
    track.height = rendition.output.height;
    track.time_base = {1, 90'000};
    track.extradata.assign(header_.begin(), header_.end());
    const auto decoder = media::Decoder::create(track).value();
    std::vector<media::FramePtr> frames;
    const auto take = [&] {
      media::FramePtr frame;
      while (decoder->receive(frame).value() == media::DecodeState::kFrame) frames.push_back(frame);
    };
    for (const Packet& packet : packets) {
      std::vector<std::uint8_t> padded = packet.data;
      padded.resize(packet.data.size() + 64);
      const media::PacketView view{{.size_bytes = static_cast<std::uint32_t>(packet.data.size()),
                                    .pts = packet.record.pts,
                                    .dts = packet.record.dts},
                                   Bytes(padded).first(packet.data.size())};
      EXPECT_TRUE(decoder->send(view));
      take();
    }
    EXPECT_TRUE(decoder->drain());
    take();
    EXPECT_EQ(decoder->errors(), 0U);
    return frames;
  }

  test::TestHost host_;
  std::string header_;
};

TEST_F(CodecH264, ReadsNamesAndWritesThemInOneWay) {
  CodecDriver codec = h264();
  const zoe_track track = test::video_track(1920, 1080);
  EXPECT_STREQ(codec.codec().family, "h264");
  EXPECT_EQ(codec.resolved_name(track, "h264"), "h264@q23");
  EXPECT_EQ(codec.resolved_name(track, "h264@720p"), "h264@q23,720p");
  EXPECT_EQ(codec.resolved_name(track, "h264@2160p,q30"), "h264@q30") << "never enlarged";
  for (const char* bad : {"h265", "h264@", "h264@q9", "h264@q46", "h264@721p", "h264@q23,q23"})
    EXPECT_THAT(codec.resolved_name(track, bad), HasSubstr("no H.264 rendition")) << bad;
  EXPECT_THAT(codec.resolved_name(test::video_track(9000, 100), "h264"), HasSubstr("8192"));
}

TEST_F(CodecH264, PassesItsOwnTest) {
  CodecDriver codec(host_, "codec_h264");
  EXPECT_EQ(codec.self_test(), ZOE_OK) << codec.message();
}

TEST_F(CodecH264, LadderNeverGoesAboveTheSourceAndItsRatesFall) {
  CodecDriver codec = h264();
  std::vector<std::string> names;
  std::int64_t rate = INT64_MAX;
  for (const zoe_rendition& rung : codec.ladder(test::video_track(1280, 720))) {
    names.emplace_back(rung.name);
    EXPECT_LE(rung.output.width, 1280);
    EXPECT_LT(rung.output.bit_rate, rate);
    EXPECT_EQ(rung.flags, std::uint32_t{ZOE_CODEC_COSTLY});
    rate = rung.output.bit_rate;
  }
  EXPECT_THAT(names, ElementsAre("h264@q23", "h264@q23,480p", "h264@q23,360p", "h264@q23,240p"));
  EXPECT_EQ(codec.ladder(test::video_track(1280, 720))[0].output.bit_rate, 3'200'000);
}

TEST_F(CodecH264, EachSegmentIsAClosedGroupThatDecodesAloneWithOneHeader) {
  CodecDriver codec = h264();
  const zoe_track track = test::video_track(160, 120);
  zoe_rendition rendition{};
  ASSERT_EQ(codec.resolve(track, "h264", rendition), ZOE_OK);
  const auto picture = ramp({}, 160, 120, {1, 1, 1, false});
  const std::vector<Packet> first = segment(codec, track, "h264", *picture, 20, 0);
  const std::string header = header_;
  const std::vector<Packet> second = segment(codec, track, "h264", *picture, 20, 60'000);
  EXPECT_EQ(header_, header) << "one decoder goes from segment to segment";
  EXPECT_FALSE(header.empty());
  for (const auto& packets : {first, second}) {
    ASSERT_EQ(packets.size(), 20U);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      EXPECT_EQ((packets[i].record.flags & ZOE_PACKET_KEY) != 0, i == 0) << i;
      EXPECT_EQ(packets[i].record.pts, packets[i].record.dts) << "nothing is reordered";
    }
    const auto frames = decode(rendition, packets);
    ASSERT_EQ(frames.size(), 20U);
    for (int plane = 0; plane < 3; ++plane)
      EXPECT_NEAR(mean(frames.back()->plane(plane)), mean(picture->plane(plane)), 2);
  }
}

TEST_F(CodecH264, TakesEveryLayoutOfPicturesAndOddSizes) {
  CodecDriver codec = h264();
  const PixelFormat formats[] = {
      {},
      {.layout = media::PlaneLayout::kSemiPlanar, .planes = 2},
      {.bit_depth = 10},
      {.layout = media::PlaneLayout::kSemiPlanar, .planes = 2, .bit_depth = 10, .bit_shift = 6},
      {.chroma_shift_x = 0, .chroma_shift_y = 0}};
  for (const PixelFormat& format : formats) {
    zoe_track track = test::video_track(161, 119);
    zoe_rendition rendition{};
    ASSERT_EQ(codec.resolve(track, "h264", rendition), ZOE_OK);
    EXPECT_EQ(rendition.output.width, 160);
    EXPECT_EQ(rendition.output.height, 118);
    const auto picture = ramp(format, 161, 119, {1, 1, 1, false});
    const auto frames = decode(rendition, segment(codec, track, "h264", *picture, 3, 0));
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[0]->width(), 160);
    EXPECT_NEAR(mean(frames[0]->plane(0)), 0.5 * 256, 6) << int{format.bit_depth};
  }
}

TEST_F(CodecH264, FullRangeBecomesLimited) {
  CodecDriver codec = h264();
  zoe_track track = test::video_track(64, 64);
  track.color = {1, 1, 1, 1};
  zoe_rendition rendition{};
  ASSERT_EQ(codec.resolve(track, "h264", rendition), ZOE_OK);
  EXPECT_EQ(rendition.output.color.is_full_range, 0);
  auto white = media::Frame::create({}, 64, 64).value();
  for (int p = 0; p < 3; ++p)
    std::memset(white->writable_plane(p), p == 0 ? 255 : 128,
                static_cast<std::size_t>(white->plane(p).stride) * static_cast<std::size_t>(white->plane(p).height));
  white->set_color({1, 1, 1, true});
  const auto frames = decode(rendition, segment(codec, track, "h264", *white, 1, 0));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_NEAR(mean(frames[0]->plane(0)), 235, 2);
}

TEST_F(CodecH264, RefusesSettingsThatAreNone) {
  const auto words = [&](const char* settings) {
    host_.set_settings("codec_h264", settings);
    return host_.load_error(test::plugin_file("codec_h264")).message;
  };
  EXPECT_THAT(words(R"({"quality": 5})"), HasSubstr("quality"));
  EXPECT_THAT(words(R"({"preset": "placebo"})"), HasSubstr("preset"));
  EXPECT_THAT(words(R"({"presett": "fast"})"), HasSubstr("presett"));
}

}  // namespace
}  // namespace zoe
