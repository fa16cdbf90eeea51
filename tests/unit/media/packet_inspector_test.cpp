#include "engine/media/packet_inspector.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/stream_info.hpp"

namespace zoe::media {
namespace {

using Data = std::vector<std::uint8_t>;

std::unique_ptr<PacketInspector> inspector(const char* codec, const Data& header = {}) {
  TrackInfo track;
  track.codec = codec;
  track.extradata = header;
  const auto parameters = parameters_of(track);
  EXPECT_TRUE(parameters);
  auto made = PacketInspector::create(**parameters);
  EXPECT_TRUE(made);
  return std::move(*made);
}

PacketFacts inspect(PacketInspector& by, Data data, bool is_key = false) {
  const std::size_t size = data.size();
  data.resize(size + AV_INPUT_BUFFER_PADDING_SIZE);
  return by.inspect(Bytes(data).first(size), is_key);
}

TEST(PacketInspector, Mpeg2ReadsTypesAndClosedGroups) {
  const auto mpeg2 = inspector("mpeg2video");
  const auto picture = [](std::uint8_t type) {
    return Data{0, 0, 1, 0x00, 0x00, static_cast<std::uint8_t>(type << 3), 0xFF, 0xF8};
  };
  EXPECT_EQ(inspect(*mpeg2, picture(1)).type, PictureType::kIntra);
  EXPECT_EQ(inspect(*mpeg2, picture(2)).type, PictureType::kPredicted);
  EXPECT_EQ(inspect(*mpeg2, picture(3)).type, PictureType::kBidirectional);
  EXPECT_FALSE(inspect(*mpeg2, picture(3)).is_hidden);
  for (const bool is_closed : {false, true}) {
    Data group{0, 0, 1, 0xB8, 0x00, 0x08, 0x00, static_cast<std::uint8_t>(is_closed ? 0x40 : 0x00)};
    const Data intra = picture(1);
    group.insert(group.end(), intra.begin(), intra.end());
    EXPECT_EQ(inspect(*mpeg2, group, true).is_leading_closed, is_closed);
  }
  const PacketFacts piece = inspect(*mpeg2, {0, 0, 1, 0x05, 1, 2, 3}, true);
  EXPECT_TRUE(piece.is_hidden) << "slices without a picture header";
  EXPECT_EQ(piece.is_key, false);
}

TEST(PacketInspector, Mpeg4KnowsPicturesThatAreNotCoded) {
  // VOL: random access 0, type 1, no verid, aspect 1, no control, rectangular, marker, 30 ticks a second: 5 bits of
  // time. 0 00000001 0 0001 0 00 1 0000000000011110 1 ...
  const Data header{0, 0, 1, 0x20, 0b00000000, 0b10'0001'0'0, 0b0'1'000000, 0b00000111, 0b10'1'00000};
  const auto mpeg4 = inspector("mpeg4", header);
  const auto picture = [](int type, bool is_coded) {
    // type, no second passed, marker, time 7 (00111), marker, coded
    const unsigned bits = static_cast<unsigned>(type) << 14 | 0U << 13 | 1U << 12 | 7U << 7 | 1U << 6 |
                          static_cast<unsigned>(is_coded) << 5;
    return Data{0, 0, 1, 0xB6, static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits), 0x7F};
  };
  EXPECT_EQ(inspect(*mpeg4, picture(0, true)).type, PictureType::kIntra);
  EXPECT_EQ(inspect(*mpeg4, picture(0, true)).is_key, true);
  EXPECT_EQ(inspect(*mpeg4, picture(2, true)).type, PictureType::kBidirectional);
  EXPECT_EQ(inspect(*mpeg4, picture(2, true), true).is_key, false) << "whatever the container says";
  EXPECT_FALSE(inspect(*mpeg4, picture(1, true)).is_hidden);
  EXPECT_TRUE(inspect(*mpeg4, picture(1, false)).is_hidden);
}

TEST(PacketInspector, H264FindsRecoveryPointsBehindBothKindsOfFraming) {
  // SEI 6 (recovery point), 1 byte: ue(5) = 00110, exact match, ...; then a slice that is no IDR.
  const Data sei{0x06, 0x06, 0x01, 0b00110'1'0'0, 0x80};
  const Data slice{0x41, 0x9A, 0x00};
  Data by_start_code;
  Data by_length;
  for (const Data& unit : {sei, slice}) {
    by_start_code.insert(by_start_code.end(), {0, 0, 1});
    by_start_code.insert(by_start_code.end(), unit.begin(), unit.end());
    by_length.insert(by_length.end(), {0, 0, 0, static_cast<std::uint8_t>(unit.size())});
    by_length.insert(by_length.end(), unit.begin(), unit.end());
  }
  const auto annex_b = inspector("h264");
  EXPECT_EQ(inspect(*annex_b, by_start_code, true).recovery_references, 5U);
  EXPECT_EQ(inspect(*annex_b, by_start_code, false).recovery_references, 0U) << "only of key frames";
  const auto avc = inspector("h264", {1, 100, 0, 30, 0xFF, 0xE0, 0});
  EXPECT_EQ(inspect(*avc, by_length, true).recovery_references, 5U);
  EXPECT_TRUE(inspect(*avc, by_length, true).is_reference);

  Data idr = by_start_code;
  idr[idr.size() - slice.size()] = 0x65;
  const PacketFacts facts = inspect(*annex_b, idr, true);
  EXPECT_EQ(facts.recovery_references, 0U);
  EXPECT_TRUE(facts.starts_order);
  EXPECT_TRUE(inspect(*annex_b, {0, 0, 1, 0x67, 1, 2}, true).is_hidden) << "parameter sets alone";
}

TEST(PacketInspector, HevcTellsLeadingPicturesApart) {
  const auto hevc = inspector("hevc");
  const auto unit = [](int type) { return Data{0, 0, 1, static_cast<std::uint8_t>(type << 1), 1, 0x80, 0x00}; };
  EXPECT_TRUE(inspect(*hevc, unit(6)).is_leading_closed);   // RADL_N
  EXPECT_TRUE(inspect(*hevc, unit(7)).is_leading_closed);   // RADL_R
  EXPECT_FALSE(inspect(*hevc, unit(8)).is_leading_closed);  // RASL_N
  EXPECT_TRUE(inspect(*hevc, unit(19)).starts_order);       // IDR_W_RADL
  EXPECT_FALSE(inspect(*hevc, unit(21)).starts_order);      // CRA
  EXPECT_TRUE(inspect(*hevc, unit(33)).is_hidden) << "a parameter set alone";
}

TEST(PacketInspector, VpxKnowsFramesThatAreNotShown) {
  const auto vp8 = inspector("vp8");
  EXPECT_FALSE(inspect(*vp8, {0x10, 0, 0}).is_hidden);
  EXPECT_TRUE(inspect(*vp8, {0x01, 0, 0}).is_hidden);

  const auto vp9 = inspector("vp9");
  const std::uint8_t shown = 0b10'0'0'0'1'1'0;
  const std::uint8_t hidden = 0b10'0'0'0'1'0'0;
  const std::uint8_t repeated = 0b10'0'0'1'000;
  EXPECT_FALSE(inspect(*vp9, {shown, 0}).is_hidden);
  EXPECT_TRUE(inspect(*vp9, {hidden, 0}).is_hidden);
  EXPECT_FALSE(inspect(*vp9, {repeated, 0}).is_hidden);
  const std::uint8_t marker = 0b110'00'001;  // two frames, sizes of one byte
  EXPECT_FALSE(inspect(*vp9, {hidden, 0, shown, 0, marker, 2, 2, marker}).is_hidden);
  EXPECT_TRUE(inspect(*vp9, {hidden, 0, hidden, 0, marker, 2, 2, marker}).is_hidden);
  EXPECT_TRUE(inspect(*vp9, {hidden, 0, shown, 0, marker, 200, 2, marker}).is_hidden) << "sizes that do not fit";
}

TEST(PacketInspector, AnyBytesGiveSomeFacts) {
  for (const char* codec :
       {"mpeg1video", "mpeg2video", "mpeg4", "h264", "hevc", "vp8", "vp9", "vc1", "av1", "prores"}) {
    const auto by = inspector(codec);
    inspect(*by, {});
    inspect(*by, {0});
    inspect(*by, Data(100, 0xFF), true);
    inspect(*by, Data(100, 0x00), true);
    inspect(*by, {0, 0, 1}, true);
    inspect(*by, {0, 0, 1, 6, 255, 255, 255, 255, 255, 255}, true);
  }
}

}  // namespace
}  // namespace zoe::media
