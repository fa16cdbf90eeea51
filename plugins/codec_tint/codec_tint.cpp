// The renditions "tint": JPEG pictures with a tint of colour, and the time of each in a corner.
//   [plugins.codec_tint] tint = "warm", quality = 80
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin/sdk/jpeg.hpp"
#include "engine/plugin/sdk/settings.hpp"

namespace {

namespace media = zoe::media;
namespace sdk = zoe::sdk;
using zoe::Errc;
using zoe::Result;
using zoe::Status;

// ---- What a rendition's name asks for

// The colour that every pixel is brought half way to, as its U and V (128 is no colour).
struct Tint {
  std::string_view name;
  std::uint8_t u;
  std::uint8_t v;
};
constexpr std::array kTints{Tint{"warm", 96, 156}, Tint{"blue", 188, 108}, Tint{"green", 96, 96}};

struct Look {
  Tint tint;
  int quality = 80;  // 1 to 100
};

// Takes one word of a name over into `look`: a tint, or a quality such as "q80".
bool apply(std::string_view word, Look& look) {
  const auto tint = std::ranges::find(kTints, word, &Tint::name);
  if (tint != kTints.end()) {
    look.tint = *tint;
    return true;
  }
  if (!word.starts_with('q')) return false;
  const auto [end, error] = std::from_chars(word.data() + 1, word.data() + word.size(), look.quality);
  return error == std::errc() && end == word.data() + word.size() && look.quality >= 1 && look.quality <= 100;
}

// "tint", "tint@blue", "tint@q60,blue"; what the name leaves open stays as it is in `look`.
Result<Look> parse(std::string_view name, Look look) {
  const std::string_view family = name.substr(0, name.find('@'));
  std::string_view rest = name.substr(family.size());
  bool is_good = family == "tint";
  while (is_good && !rest.empty()) {
    rest.remove_prefix(1);  // '@', then ','
    const std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(word.size());
    is_good = apply(word, look);
  }
  if (is_good) return look;
  return zoe::fail(Errc::kInvalidArgument, "\"" + std::string(sdk::cut_utf8(name, 64)) +
                                               "\" is no tint: say for example \"tint@blue\" or \"tint@q60,warm\"");
}

// The one way to write it: the segment cache's key.
std::string name_of(const Look& look) {
  return "tint@q" + std::to_string(look.quality) + "," + std::string(look.tint.name);
}

// ---- What is done to a picture

void tint_plane(media::Frame& picture, int index, int target) {
  const media::PlaneView plane = picture.plane(index);
  std::uint8_t* row = picture.writable_plane(index);
  for (int y = 0; y < plane.height; ++y, row += plane.stride)
    for (int x = 0; x < plane.width; ++x) row[x] = static_cast<std::uint8_t>((row[x] + target + 1) / 2);
}

// The characters "0" to "9", ":" and "." in 3 columns and 5 rows: the first row in the highest bits.
constexpr std::array<unsigned, 12> kGlyphs{0b111'101'101'101'111, 0b010'110'010'010'111, 0b111'001'111'100'111,
                                           0b111'001'011'001'111, 0b101'101'111'001'001, 0b111'100'111'001'111,
                                           0b111'100'111'101'111, 0b111'001'010'010'010, 0b111'101'111'101'111,
                                           0b111'101'111'001'111, 0b000'010'000'010'000, 0b000'000'000'000'010};

std::string time_text(double seconds) {
  const auto hundredths = static_cast<long>(std::clamp(seconds, 0.0, 359'999.0) * 100);
  return fmt::format("{}:{:02}:{:02}.{:02}", hundredths / 360'000, hundredths / 6'000 % 60, hundredths / 100 % 60,
                     hundredths % 100);
}

// Writes `text` into the brightness of the lower left corner; a picture with no room for it is left as it is.
void draw_text(media::Frame& picture, std::string_view text) {
  constexpr int kBright = 235;
  constexpr int kDark = 16;
  const media::PlaneView plane = picture.plane(0);
  const int dot = std::max(1, plane.height / 120);
  const int columns = 4 * static_cast<int>(text.size()) + 1;
  const int top = plane.height - 7 * dot;
  if (columns * dot > plane.width || top < 0) return;
  for (int y = 0; y < 7 * dot; ++y) {
    std::uint8_t* row = picture.writable_plane(0) + static_cast<std::ptrdiff_t>(plane.stride) * (top + y);
    for (int x = 0; x < columns * dot; ++x) {
      const int column = x / dot - 1;
      const int line = y / dot - 1;
      const bool is_inside = column >= 0 && column % 4 < 3 && line >= 0 && line < 5;
      const char letter = is_inside ? text[static_cast<std::size_t>(column / 4)] : '.';
      const std::size_t glyph = letter == '.' ? 11 : static_cast<std::size_t>(letter - '0');
      const bool is_set = is_inside && (kGlyphs[glyph] >> (14 - line * 3 - column % 4) & 1U) != 0;
      row[x] = static_cast<std::uint8_t>(is_set ? kBright : kDark);
    }
  }
}

// ---- One run of segments

class TintSession final : public sdk::IntraSession {
 public:
  TintSession(std::unique_ptr<sdk::JpegMaker> maker, const Look& look, const zoe_track& source)
      : maker_(std::move(maker)),
        tint_(look.tint),
        start_(static_cast<double>(source.start)),
        tick_s_(static_cast<double>(source.time_base.num) / source.time_base.den) {}

 protected:
  Result<sdk::CodedPicture> encode(const zoe_frame& frame) override {
    ZOE_TRY(const std::shared_ptr<media::Frame> picture, maker_->copy(frame));
    tint_plane(*picture, 1, tint_.u);
    tint_plane(*picture, 2, tint_.v);
    draw_text(*picture, time_text((static_cast<double>(frame.pts) - start_) * tick_s_));
    return maker_->encode(picture->view());
  }

 private:
  const std::unique_ptr<sdk::JpegMaker> maker_;
  const Tint tint_;
  const double start_;   // ticks
  const double tick_s_;  // seconds
};

// ---- The plugin

class TintCodec final : public sdk::CodecPlugin {
 public:
  static Result<std::unique_ptr<TintCodec>> create(const sdk::Host& host) {
    ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "codec_tint"));
    Look look{.tint = kTints[0]};
    ZOE_TRY(const std::string tint, settings.string("tint", look.tint.name));
    ZOE_TRY(const std::int64_t quality, settings.integer("quality", look.quality, 1, 100));
    ZOE_CHECK(settings.check_unknown());  // a misspelt setting is an error, not a silent default
    look.quality = static_cast<int>(quality);
    ZOE_TRY(look, parse("tint@" + tint, look));
    return std::make_unique<TintCodec>(host, look);
  }

  TintCodec(const sdk::Host& host, const Look& look)
      : CodecPlugin(host, ZOE_CODEC_INPUT_FRAMES, "tint"), default_look_(look) {}

  Result<zoe_rendition> resolve(const zoe_track& source, std::string_view name) override {
    ZOE_TRY(const Look look, parse(name, default_look_));
    zoe_rendition rendition{};
    rendition.struct_size = sizeof rendition;
    rendition.flags = ZOE_CODEC_INTRA_ONLY;
    sdk::copy_text(rendition.name, name_of(look));
    ZOE_TRY(rendition.output, sdk::jpeg_track(source, source.width, source.height));
    return rendition;
  }

  // It is sent to those who ask for it by name, and recommended to nobody.
  std::vector<zoe_rendition> ladder(const zoe_track&) override { return {}; }

  Result<std::unique_ptr<sdk::CodecSession>> open(const zoe_track& source, const zoe_rendition& rendition) override {
    ZOE_TRY(const Look look, parse(sdk::view_of(rendition.name), default_look_));
    ZOE_TRY(std::unique_ptr<sdk::JpegMaker> maker, sdk::JpegMaker::create(host(), rendition.output, look.quality));
    return std::make_unique<TintSession>(std::move(maker), look, source);
  }

  Status self_test() override;

 private:
  const Look default_look_;
};

// ---- What is tried before it serves

// A grey picture goes through a session, and comes back blue.
Status TintCodec::self_test() {
  constexpr int kSide = 64;
  const std::vector<std::uint8_t> grey(std::size_t{kSide} * kSide, 128);
  zoe_track track{};
  track.struct_size = sizeof track;
  track.kind = ZOE_TRACK_VIDEO;
  track.width = track.height = kSide;
  track.time_base = {1, 1'000};
  track.color = {1, 1, 1, 0};
  zoe_frame frame{};
  frame.struct_size = sizeof frame;
  frame.layout = ZOE_LAYOUT_PLANAR;
  frame.width = frame.height = frame.stride[0] = kSide;
  frame.planes = 1;
  frame.bit_depth = 8;
  frame.color = track.color;
  frame.data[0] = grey.data();

  ZOE_TRY(const zoe_rendition rendition, resolve(track, "tint@blue"));
  ZOE_TRY(const std::unique_ptr<sdk::CodecSession> session, open(track, rendition));
  zoe_packet packet{};
  ZOE_CHECK(session->send_frame(frame, true));
  ZOE_TRY(const sdk::Flow flow, session->receive_packet(packet));
  if (flow != sdk::Flow::kDone) return zoe::fail(Errc::kInternal, "no packet came of a picture");
  const sdk::BufferRef buffer = sdk::BufferRef::adopt(host(), packet.buffer);
  ZOE_TRY(const std::unique_ptr<media::JpegDecoder> decoder, media::JpegDecoder::create());
  bool is_damaged = false;
  ZOE_TRY(const std::shared_ptr<media::Frame> back, decoder->decode({packet.data, packet.size}, is_damaged));
  const int u = back->plane(1).data[0];
  const int wanted = (128 + kTints[1].u) / 2;
  if (is_damaged || std::abs(u - wanted) > 2)
    return zoe::fail(Errc::kInternal, fmt::format("a grey picture came back with U = {}, not {}", u, wanted));
  return {};
}

}  // namespace

ZOE_DEFINE_PLUGIN(TintCodec, "codec_tint", "Tinted pictures", "1.0.0")
