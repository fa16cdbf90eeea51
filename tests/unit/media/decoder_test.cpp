#include "engine/media/decoder.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "engine/media/convert.hpp"
#include "tests/support/frame_number.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/unit/media/exact_frames.hpp"

namespace zoe::media {
namespace {

using test::ClipSpec;
using test::make_clip;
using test::VideoCodec;

std::unique_ptr<Decoder> decoder_for(const TrackInfo& track, const DecoderOptions& options = {}) {
  auto decoder = Decoder::create(track, options);
  EXPECT_TRUE(decoder) << (decoder ? "" : decoder.error().message);
  return decoder ? std::move(*decoder) : nullptr;
}

std::vector<OwnedPacket> packets_of(const Opened& clip, std::uint32_t segment = 0) {
  const auto reader = SourceReader::open(clip.path, clip.track, clip.index);
  EXPECT_TRUE(reader);
  return read_packets(**reader, segment);
}

TEST(Decoder, FramesCarryTheirNumbersInOrder) {
  for (const VideoCodec codec : {VideoCodec::kH264, VideoCodec::kHevc, VideoCodec::kVp9, VideoCodec::kMpeg2}) {
    ClipSpec spec{.codec = codec, .frames = 30, .gop = 30};
    spec.container = codec == VideoCodec::kVp9 ? "webm" : "mkv";
    spec.bframes = codec == VideoCodec::kVp9 ? 0 : 2;
    const Opened clip = open_clip(make_clip(spec));
    const auto decoder = decoder_for(clip.track);
    const auto frames = decode_packets(*decoder, packets_of(clip));
    ASSERT_EQ(frames.size(), 30U);
    for (std::uint32_t i = 0; i < frames.size(); ++i) {
      const PlaneView luma = frames[i]->plane(0);
      EXPECT_EQ(test::read_frame_number(luma.data, luma.stride, luma.width, luma.height), i);
    }
    EXPECT_EQ(decoder->errors(), 0U);
  }
}

TEST(Decoder, ItsStatesAreWhatTheHeaderSays) {
  const Opened clip = open_clip(make_clip({.frames = 15}));
  const auto packets = packets_of(clip);
  const auto decoder = decoder_for(clip.track);
  FramePtr frame;
  EXPECT_EQ(decoder->receive(frame), DecodeState::kAgain);
  ASSERT_TRUE(decoder->send(packets[0].view()));
  while (*decoder->receive(frame) == DecodeState::kFrame) continue;
  ASSERT_TRUE(decoder->drain());
  ASSERT_TRUE(decoder->drain()) << "twice does no harm";
  EXPECT_EQ(decoder->send(packets[0].view()).error().code, Errc::kConflict);
  while (*decoder->receive(frame) == DecodeState::kFrame) continue;
  EXPECT_EQ(decoder->receive(frame), DecodeState::kEnd);
  EXPECT_EQ(decoder->receive(frame), DecodeState::kEnd);
  decoder->flush();
  EXPECT_EQ(decode_packets(*decoder, packets).size(), 15U);
  decoder->flush();
  ASSERT_TRUE(decoder->drain()) << "with nothing in it";
  EXPECT_EQ(decoder->receive(frame), DecodeState::kEnd);
}

TEST(Decoder, AFlushInTheMiddleLeavesNothingBehind) {
  ClipSpec spec{.frames = 60, .gop = 30, .bframes = 3};
  const Opened clip = open_clip(make_clip(spec));
  const auto decoder = decoder_for(clip.track, {.threads = 3});
  const auto first = packets_of(clip, 0);
  const auto second = packets_of(clip, 1);
  const auto expected = decode_packets(*decoder, second);
  for (std::size_t i = 0; i < 9; ++i) {
    ASSERT_TRUE(decoder->send(first[i].view()));
    FramePtr frame;
    while (*decoder->receive(frame) == DecodeState::kFrame) continue;
  }
  decoder->flush();
  const auto again = decode_packets(*decoder, second);
  ASSERT_EQ(again.size(), expected.size());
  for (std::size_t i = 0; i < again.size(); ++i) EXPECT_EQ(again[i]->hash(), expected[i]->hash());
}

TEST(Decoder, FramesOfDiscardedPacketsNeverComeOut) {
  for (const VideoCodec codec : {VideoCodec::kH264, VideoCodec::kAv1, VideoCodec::kVp9, VideoCodec::kMjpeg}) {
    ClipSpec spec{.codec = codec, .frames = 20, .gop = 20};
    spec.container = "mkv";
    const Opened clip = open_clip(make_clip(spec));
    auto packets = packets_of(clip);
    ASSERT_GE(packets.size(), 15U);
    for (std::size_t i = 0; i < packets.size(); i += 3) packets[i].record.flags |= kPacketDiscard;
    const auto decoder = decoder_for(clip.track);
    const auto frames = decode_packets(*decoder, packets);
    EXPECT_EQ(frames.size(), packets.size() - (packets.size() + 2) / 3) << clip.track.codec;
    for (const FramePtr& frame : frames)
      for (std::size_t i = 0; i < packets.size(); i += 3) EXPECT_NE(frame->pts(), packets[i].record.pts);
  }
}

TEST(Decoder, DamagedPacketsCostAFrameNotTheDecoder) {
  std::mt19937 random(3);
  for (const VideoCodec codec :
       {VideoCodec::kH264, VideoCodec::kHevc, VideoCodec::kMpeg2, VideoCodec::kMpeg4, VideoCodec::kVp8,
        VideoCodec::kVp9, VideoCodec::kAv1, VideoCodec::kMjpeg, VideoCodec::kFfv1}) {
    ClipSpec spec{.codec = codec, .frames = 30, .gop = 15};
    spec.container = "mkv";
    const Opened clip = open_clip(make_clip(spec));
    const auto good = packets_of(clip);
    auto bad = good;
    for (std::size_t i = 1; i < bad.size(); i += 2)
      for (int k = 0; k < 20 && bad[i].record.size_bytes > 0; ++k)
        bad[i].data[random() % bad[i].record.size_bytes] ^= static_cast<std::uint8_t>(1 + random() % 255);
    bad[2].record.size_bytes = std::min<std::uint32_t>(bad[2].record.size_bytes, 3);
    bad[4].record.size_bytes = 0;
    for (const int threads : {1, 3}) {
      const auto decoder = decoder_for(clip.track, {.threads = threads});
      const auto frames = decode_packets(*decoder, bad);
      std::int64_t last = kNoTimestamp;
      for (const FramePtr& frame : frames) {
        EXPECT_GT(frame->pts(), last);
        last = frame->pts();
      }
      EXPECT_EQ(decode_packets(*decoder, good).size(), clip.index->segments()[0].frame_count)
          << clip.track.codec << " is well again after a flush";
    }
  }
}

TEST(Decoder, TimesRiseWhateverThePacketsSay) {
  const Opened clip = open_clip(make_clip({.frames = 15, .gop = 15, .bframes = 2}));
  auto packets = packets_of(clip);
  const auto rising = [&](const std::vector<FramePtr>& frames) {
    EXPECT_EQ(frames.size(), 15U);
    for (std::size_t i = 1; i < frames.size(); ++i) EXPECT_GT(frames[i]->pts(), frames[i - 1]->pts());
  };
  const auto decoder = decoder_for(clip.track);
  auto same = packets;
  for (OwnedPacket& packet : same) packet.record.pts = 1000;
  rising(decode_packets(*decoder, same));
  auto none = packets;
  for (OwnedPacket& packet : none) packet.record.pts = packet.record.dts = kNoTimestamp;
  rising(decode_packets(*decoder, none));
  auto falling = packets;
  for (OwnedPacket& packet : falling) packet.record.pts = -packet.record.pts;
  rising(decode_packets(*decoder, falling));
}

TEST(Decoder, SkippingLeavesKeyFramesOrReferences) {
  ClipSpec spec{.frames = 45, .gop = 15, .bframes = 2};
  const Opened clip = open_clip(make_clip(spec));
  std::vector<OwnedPacket> packets;
  for (std::uint32_t s = 0; s < clip.index->segments().size(); ++s)
    for (OwnedPacket& packet : packets_of(clip, s)) packets.push_back(std::move(packet));
  const auto decoder = decoder_for(clip.track, {.skip = DecodeSkip::kNonKey});
  EXPECT_EQ(decode_packets(*decoder, packets).size(), 3U);
  decoder->set_skip(DecodeSkip::kNonReference);
  const std::size_t references = decode_packets(*decoder, packets).size();
  EXPECT_GT(references, 3U);
  EXPECT_LT(references, 45U);
  decoder->set_skip(DecodeSkip::kNone);
  EXPECT_EQ(decode_packets(*decoder, packets).size(), 45U);
}

TEST(Decoder, ColourIsTheStreamsElseTheTracks) {
  ClipSpec spec{.frames = 5};
  spec.color_space = "bt709";
  spec.color_range = "pc";
  const Opened marked = open_clip(make_clip(spec));
  TrackInfo track = marked.track;
  track.color = {9, 9, 9, false};
  const auto packets = packets_of(marked);
  EXPECT_EQ(decode_packets(*decoder_for(track), packets)[0]->color(), (ColorInfo{1, 1, 1, true}));

  const Opened plain = open_clip(make_clip({.frames = 5}));
  track = plain.track;
  track.color = {1, 13, 6, true};
  EXPECT_EQ(decode_packets(*decoder_for(track), packets_of(plain))[0]->color(), (ColorInfo{1, 13, 6, true}));

  ClipSpec jpeg{.codec = VideoCodec::kMjpeg, .frames = 5, .gop = 1, .container = "avi"};
  const Opened pictures = open_clip(make_clip(jpeg));
  track = pictures.track;
  track.color = {1, 1, 1, false};
  EXPECT_EQ(decode_packets(*decoder_for(track), packets_of(pictures))[0]->color(), track.color)
      << "a JPEG says nothing of its samples' meaning";
}

TEST(Decoder, MotionJpegIsDecoded) {
  ClipSpec spec{.codec = VideoCodec::kMjpeg, .frames = 5, .gop = 1, .container = "avi"};
  spec.width = 322;
  spec.height = 242;
  const Opened clip = open_clip(make_clip(spec));
  const auto frames = decode_packets(*decoder_for(clip.track), packets_of(clip));
  ASSERT_EQ(frames.size(), 5U);
  for (std::uint32_t i = 0; i < 5; ++i) {
    EXPECT_EQ(frames[i]->width(), 322);
    EXPECT_EQ(frames[i]->height(), 242);
    const PlaneView luma = frames[i]->plane(0);
    EXPECT_EQ(test::read_frame_number(luma.data, luma.stride, luma.width, luma.height), i);
  }
}

TEST(Decoder, InterlacedMotionJpegIsWhole) {
  // Two pictures of half the height in each packet.
  const std::string path = test::make_media("interlaced", "avi",
                                            {"-f", "lavfi", "-i", "testsrc2=s=320x240:r=10:d=1", "-c:v", "mjpeg",
                                             "-q:v", "3", "-pix_fmt", "yuvj422p", "{out}"});
  const Opened clip = open_clip(path);
  std::vector<OwnedPacket> packets = packets_of(clip);
  TrackInfo track = clip.track;
  track.height *= 2;
  for (OwnedPacket& packet : packets) {
    const std::vector<std::uint8_t> field(packet.data.begin(), packet.data.begin() + packet.record.size_bytes);
    packet.data.insert(packet.data.begin(), field.begin(), field.end());
    packet.record.size_bytes *= 2;
  }
  const auto frames = decode_packets(*decoder_for(track), packets);
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames[0]->height(), 480);
}

TEST(Decoder, SaysWhatItCannotDecode) {
  const auto code_of = [](const TrackInfo& track) {
    const auto decoder = Decoder::create(track);
    EXPECT_FALSE(decoder);
    return decoder ? Errc::kInternal : decoder.error().code;
  };
  EXPECT_EQ(code_of({.codec = "no_such_codec", .width = 16, .height = 16}), Errc::kUnsupported);
  EXPECT_EQ(code_of({.codec = "", .width = 16, .height = 16}), Errc::kUnsupported);
  EXPECT_EQ(code_of({.codec = "aac", .width = 16, .height = 16}), Errc::kUnsupported);
  EXPECT_EQ(code_of({.codec = "h264", .width = 100'000, .height = 16}), Errc::kInvalidArgument);
  EXPECT_EQ(code_of({.codec = "h264", .width = -1, .height = 16}), Errc::kInvalidArgument);
  TrackInfo junk{.codec = "h264", .width = 16, .height = 16};
  junk.extradata.assign(1000, 0xA5);
  const auto decoder = Decoder::create(junk);
  if (decoder) {
    EXPECT_EQ(decode_packets(**decoder, {}).size(), 0U);
  }
}

TEST(Decoder, PicturesMayChangeTheirSizeOnTheWay) {
  const Opened small = open_clip(make_clip({.width = 160, .height = 120, .frames = 5, .container = "ts"}));
  const Opened large = open_clip(make_clip({.width = 320, .height = 240, .frames = 5, .container = "ts"}));
  const auto decoder = decoder_for(small.track);
  EXPECT_EQ(decode_packets(*decoder, packets_of(small))[0]->width(), 160);
  const auto frames = decode_packets(*decoder, packets_of(large));
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[4]->width(), 320);
}

}  // namespace
}  // namespace zoe::media
