#include "engine/media/packet_inspector.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/media/bit_reader.hpp"
#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

// The start codes 00 00 01 xx of MPEG streams: calls `each(code, what follows)` until it returns false.
template <typename Each>
void for_each_start_code(Bytes data, Each&& each) {
  for (std::size_t i = 0; i + 3 < data.size(); ++i) {
    if (data[i] != 0 || data[i + 1] != 0 || data[i + 2] != 1) continue;
    if (!each(data[i + 3], data.subspan(i + 4))) return;
    i += 3;
  }
}

// NAL units, by length prefixes of `length_bytes` or, where that is 0, by start codes: calls `each(unit)` until it
// returns false. A unit found by start code extends to the end of the packet, which is enough to read its beginning.
template <typename Each>
void for_each_nal(Bytes data, int length_bytes, Each&& each) {
  if (length_bytes == 0) {
    for (std::size_t i = 0; i + 3 < data.size(); ++i) {
      if (data[i] != 0 || data[i + 1] != 0 || data[i + 2] != 1) continue;
      if (!each(data.subspan(i + 3))) return;
      i += 2;
    }
    return;
  }
  while (data.size() > static_cast<std::size_t>(length_bytes)) {
    std::size_t length = 0;
    for (int i = 0; i < length_bytes; ++i) length = (length << 8) | data[static_cast<std::size_t>(i)];
    data = data.subspan(static_cast<std::size_t>(length_bytes));
    length = std::min(length, data.size());
    if (length > 0 && !each(data.first(length))) return;
    data = data.subspan(length);
  }
}

// A packet of headers, or of a piece that the parser cut off: nothing comes out, and nothing can begin there.
constexpr PacketFacts kNoPicture{.is_hidden = true, .is_key = false};

// FFmpeg's parser, for what takes parameter sets to know.
class HeaderParser {
 public:
  explicit HeaderParser(const AVCodecParameters& parameters)
      : parser_(av_parser_init(parameters.codec_id)), context_(avcodec_alloc_context3(nullptr)) {
    if (!context_ || avcodec_parameters_to_context(context_.get(), &parameters) < 0) parser_.reset();
    if (parser_) parser_->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  }

  // Null where FFmpeg has none for the codec.
  const AVCodecParserContext* parse(Bytes data) {
    if (!parser_) return nullptr;
    std::uint8_t* out = nullptr;
    int out_size = 0;
    av_parser_parse2(parser_.get(), context_.get(), &out, &out_size, data.data(), static_cast<int>(data.size()),
                     AV_NOPTS_VALUE, AV_NOPTS_VALUE, -1);
    return parser_.get();
  }

 private:
  AvPtr<AVCodecParserContext> parser_;
  AvPtr<AVCodecContext> context_;
};

PictureType type_of(int av_type) {
  switch (av_type) {
    case AV_PICTURE_TYPE_I:
    case AV_PICTURE_TYPE_SI:
      return PictureType::kIntra;
    case AV_PICTURE_TYPE_P:
    case AV_PICTURE_TYPE_SP:
    case AV_PICTURE_TYPE_S:
      return PictureType::kPredicted;
    case AV_PICTURE_TYPE_B:
    case AV_PICTURE_TYPE_BI:
      return PictureType::kBidirectional;
    default:
      return PictureType::kUnknown;
  }
}

// ---- MPEG-1 and MPEG-2 (ISO/IEC 13818-2, 6.2.2.6 and 6.2.3)

class Mpeg12Inspector final : public PacketInspector {
 public:
  PacketFacts inspect(Bytes data, bool) override {
    PacketFacts facts = kNoPicture;
    for_each_start_code(data, [&](std::uint8_t code, Bytes rest) {
      BitReader bits(rest);
      if (code == 0xB8) {
        bits.skip(25);  // time_code
        facts.is_leading_closed = bits.bit() != 0;
      } else if (code == 0x00) {
        bits.skip(10);  // temporal_reference
        constexpr std::array<PictureType, 4> kTypes{PictureType::kUnknown, PictureType::kIntra, PictureType::kPredicted,
                                                    PictureType::kBidirectional};
        const std::uint32_t type = bits.bits(3);
        facts.type = type < kTypes.size() ? kTypes[type] : PictureType::kUnknown;
        facts.is_hidden = false;
        facts.is_key.reset();
        return false;
      }
      return true;
    });
    return facts;
  }
};

// ---- MPEG-4 Part 2 (ISO/IEC 14496-2, 6.2.3 and 6.2.5)

class Mpeg4Inspector final : public PacketInspector {
 public:
  explicit Mpeg4Inspector(Bytes header) { read(header); }

  PacketFacts inspect(Bytes data, bool) override { return read(data); }

 private:
  PacketFacts read(Bytes data) {
    PacketFacts facts = kNoPicture;
    for_each_start_code(data, [&](std::uint8_t code, Bytes rest) {
      if (code >= 0x20 && code <= 0x2F) read_layer(BitReader(rest));
      if (code != 0xB6) return true;
      read_picture(BitReader(rest), facts);
      return false;
    });
    return facts;
  }

  // Up to vop_time_increment_resolution, which says how many bits a picture's time takes.
  void read_layer(BitReader bits) {
    bits.skip(1 + 8);  // random_accessible_vol, video_object_type_indication
    std::uint32_t version = 1;
    if (bits.bit() != 0) {
      version = bits.bits(4);
      bits.skip(3);
    }
    if (bits.bits(4) == 15) bits.skip(16);  // extended_PAR
    if (bits.bit() != 0) {                  // vol_control_parameters
      bits.skip(2 + 1);
      if (bits.bit() != 0) bits.skip(79);  // vbv_parameters with their markers
    }
    const std::uint32_t shape = bits.bits(2);
    if (shape == 3 && version != 1) bits.skip(4);
    bits.skip(1);
    const std::uint32_t resolution = bits.bits(16);
    if (!bits.is_ok() || resolution == 0) return;
    time_bits_ = 1;
    while (time_bits_ < 16 && (resolution - 1) >> time_bits_ != 0) ++time_bits_;
  }

  void read_picture(BitReader bits, PacketFacts& facts) const {
    constexpr std::array<PictureType, 4> kTypes{PictureType::kIntra, PictureType::kPredicted,
                                                PictureType::kBidirectional, PictureType::kPredicted};
    facts.type = kTypes[bits.bits(2)];
    facts.is_key = facts.type == PictureType::kIntra;
    facts.is_hidden = false;
    if (time_bits_ == 0) return;
    while (bits.bit() != 0) continue;  // modulo_time_base
    bits.skip(1 + time_bits_ + 1);
    const bool is_coded = bits.bit() != 0;
    facts.is_hidden = bits.is_ok() && !is_coded;
  }

  int time_bits_ = 0;  // 0: not known
};

// ---- H.264 (ITU-T H.264, 7.3.2.3.1 and D.1.8)

constexpr std::uint8_t kH264Slice = 1;
constexpr std::uint8_t kH264Idr = 5;
constexpr std::uint8_t kH264Sei = 6;

// The recovery point's count in an SEI unit, whose header byte is `unit`'s first.
std::optional<std::uint32_t> recovery_count(Bytes unit) {
  constexpr std::size_t kMostBytes = 4096;
  std::vector<std::uint8_t> payload;  // without emulation prevention bytes
  unit = unit.first(std::min(unit.size(), kMostBytes));
  for (std::size_t i = 1; i < unit.size(); ++i) {
    if (i >= 3 && unit[i] == 3 && unit[i - 1] == 0 && unit[i - 2] == 0) continue;
    payload.push_back(unit[i]);
  }
  std::size_t at = 0;
  const auto number = [&] {
    std::uint32_t value = 0;
    while (at < payload.size() && payload[at] == 0xFF) value += payload[at++];
    return at < payload.size() ? value + payload[at++] : value;
  };
  while (at + 2 < payload.size()) {
    const std::uint32_t type = number();
    const std::uint32_t size = number();
    if (at > payload.size()) break;
    const Bytes message = Bytes(payload).subspan(at, std::min<std::size_t>(size, payload.size() - at));
    if (type == 6) {
      BitReader bits(message);
      const std::uint32_t count = bits.exp_golomb();
      if (bits.is_ok()) return count;
      return std::nullopt;
    }
    at += message.size();
  }
  return std::nullopt;
}

class H264Inspector final : public PacketInspector {
 public:
  explicit H264Inspector(const AVCodecParameters& parameters) : parser_(parameters) {
    if (parameters.extradata_size >= 7 && parameters.extradata[0] == 1)
      length_bytes_ = (parameters.extradata[4] & 3) + 1;
  }

  PacketFacts inspect(Bytes data, bool is_key) override {
    PacketFacts facts;
    bool has_picture = false;
    for_each_nal(data, length_bytes_, [&](Bytes unit) {
      const std::uint8_t type = unit[0] & 0x1F;
      if (type == kH264Idr) facts.starts_order = true;
      if (type == kH264Sei && is_key)
        facts.recovery_references = recovery_count(unit).value_or(facts.recovery_references);
      has_picture = type >= kH264Slice && type <= kH264Idr;
      if (has_picture) facts.is_reference = (unit[0] & 0x60) != 0;
      return !has_picture;
    });
    if (!has_picture) return kNoPicture;
    if (facts.starts_order) facts.recovery_references = 0;
    if (const AVCodecParserContext* parsed = parser_.parse(data)) {
      facts.type = type_of(parsed->pict_type);
      facts.order = parsed->output_picture_number;
      facts.is_hidden = is_second_field(*parsed);
    }
    return facts;
  }

 private:
  // A frame whose fields come in two packets gives one picture, with the first one's time.
  bool is_second_field(const AVCodecParserContext& parsed) {
    const int structure = parsed.picture_structure;
    const bool is_field = structure == AV_PICTURE_STRUCTURE_TOP_FIELD || structure == AV_PICTURE_STRUCTURE_BOTTOM_FIELD;
    const bool completes = is_field && open_field_ != 0 && structure != open_field_ &&
                           (parsed.field_order == AV_FIELD_TT || parsed.field_order == AV_FIELD_BB);
    open_field_ = is_field && !completes ? structure : 0;
    return completes;
  }

  HeaderParser parser_;
  int length_bytes_ = 0;
  int open_field_ = 0;
};

// ---- HEVC (ITU-T H.265, table 7-1)

class HevcInspector final : public PacketInspector {
 public:
  explicit HevcInspector(const AVCodecParameters& parameters) : parser_(parameters) {
    const bool is_hvcc = parameters.extradata_size >= 23 &&
                         (parameters.extradata[0] != 0 || parameters.extradata[1] != 0 || parameters.extradata[2] > 1);
    if (is_hvcc) length_bytes_ = (parameters.extradata[21] & 3) + 1;
  }

  PacketFacts inspect(Bytes data, bool) override {
    PacketFacts facts;
    bool has_picture = false;
    for_each_nal(data, length_bytes_, [&](Bytes unit) {
      const int type = (unit[0] >> 1) & 0x3F;
      if (type >= 32) return true;                       // parameter sets, SEI and the like
      facts.is_leading_closed = type == 6 || type == 7;  // RADL
      facts.starts_order = type >= 16 && type <= 20;     // BLA and IDR
      has_picture = true;
      return false;
    });
    if (!has_picture) return kNoPicture;
    if (const AVCodecParserContext* parsed = parser_.parse(data)) {
      facts.type = type_of(parsed->pict_type);
      facts.order = parsed->output_picture_number;
    }
    return facts;
  }

 private:
  HeaderParser parser_;
  int length_bytes_ = 0;
};

// ---- VP8 (RFC 6386, 9.1) and VP9 (VP9 bitstream specification, 6.2 and annex B)

class Vp8Inspector final : public PacketInspector {
 public:
  PacketFacts inspect(Bytes data, bool) override {
    PacketFacts facts;
    if (data.empty()) return facts;
    facts.type = (data[0] & 1) == 0 ? PictureType::kIntra : PictureType::kPredicted;
    facts.is_hidden = ((data[0] >> 4) & 1) == 0;
    return facts;
  }
};

class Vp9Inspector final : public PacketInspector {
 public:
  PacketFacts inspect(Bytes data, bool) override {
    PacketFacts facts;
    if (data.empty()) return facts;
    facts.is_hidden = !is_any_shown(data);
    return facts;
  }

 private:
  static bool is_shown(Bytes frame) {
    BitReader bits(frame);
    bits.skip(2);
    const std::uint32_t profile = bits.bit() | bits.bit() << 1;
    if (profile == 3) bits.skip(1);
    if (bits.bit() != 0) return true;  // show_existing_frame
    bits.skip(1);
    return bits.bit() != 0;
  }

  static bool is_any_shown(Bytes data) {
    const std::uint8_t marker = data.back();
    const std::size_t length_bytes = 1U + ((marker >> 3) & 3U);
    const std::size_t frames = 1U + (marker & 7U);
    const std::size_t index_bytes = 2 + frames * length_bytes;
    if ((marker & 0xE0) != 0xC0 || data.size() < index_bytes || data[data.size() - index_bytes] != marker)
      return is_shown(data);
    const Bytes index = data.last(index_bytes).subspan(1);
    std::size_t offset = 0;
    for (std::size_t i = 0; i < frames; ++i) {
      std::size_t size = 0;
      for (std::size_t j = 0; j < length_bytes; ++j) size |= std::size_t{index[i * length_bytes + j]} << (8 * j);
      if (size == 0 || size > data.size() - index_bytes - offset) break;
      if (is_shown(data.subspan(offset, size))) return true;
      offset += size;
    }
    return false;
  }
};

// ---- others

class ParserInspector final : public PacketInspector {
 public:
  explicit ParserInspector(const AVCodecParameters& parameters) : parser_(parameters) {}

  PacketFacts inspect(Bytes data, bool) override {
    PacketFacts facts;
    if (const AVCodecParserContext* parsed = parser_.parse(data)) facts.type = type_of(parsed->pict_type);
    return facts;
  }

 private:
  HeaderParser parser_;
};

class NoInspector final : public PacketInspector {
 public:
  PacketFacts inspect(Bytes, bool) override { return {}; }
};

}  // namespace

Result<std::unique_ptr<PacketInspector>> PacketInspector::create(const AVCodecParameters& parameters) {
  quiet_ffmpeg();
  switch (parameters.codec_id) {
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
      return std::make_unique<Mpeg12Inspector>();
    case AV_CODEC_ID_MPEG4:
      return std::make_unique<Mpeg4Inspector>(
          Bytes(parameters.extradata, static_cast<std::size_t>(std::max(parameters.extradata_size, 0))));
    case AV_CODEC_ID_H264:
      return std::make_unique<H264Inspector>(parameters);
    case AV_CODEC_ID_HEVC:
      return std::make_unique<HevcInspector>(parameters);
    case AV_CODEC_ID_VP8:
      return std::make_unique<Vp8Inspector>();
    case AV_CODEC_ID_VP9:
      return std::make_unique<Vp9Inspector>();
    case AV_CODEC_ID_VC1:
    case AV_CODEC_ID_WMV3:
    case AV_CODEC_ID_CAVS:
      return std::make_unique<ParserInspector>(parameters);
    default:
      return std::make_unique<NoInspector>();
  }
}

}  // namespace zoe::media
