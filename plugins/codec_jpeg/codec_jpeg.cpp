// The renditions "jpeg": every picture a JPEG of its own, so that each can be left out, or shown first, at no cost.
// With "jfif" in the name the samples are what every viewer of JPEG files takes them for.
//   [plugins.codec_jpeg] quality = 80
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/plugin/sdk/picture_codec.hpp"
#include "engine/plugin/sdk/settings.hpp"
#include "plugins/codec_jpeg/jpeg_session.hpp"

namespace zoe::plugins {
namespace {

constexpr sdk::NameRules kNames{.family = "jpeg", .shown = "JPEG", .has_jfif = true};
constexpr std::uint8_t kJfifMatrix = 5;  // ITU-R BT.601, of 625 lines as of 525 (JFIF 1.02, "Color space")
constexpr int kDefaultQuality = 80;

// What film comes to, in bits per pixel: 0.9 at quality 80, and a third less for each 30 below.
double bits_per_pixel(int quality) { return 0.9 * std::pow(1.5, (quality - 80) / 30.0); }

double frames_per_second(const zoe_track& source) {
  const zoe_rational rate = source.frame_rate;
  return rate.num > 0 && rate.den > 0 ? std::clamp(static_cast<double>(rate.num) / rate.den, 1.0, 240.0) : 25.0;
}

class JpegCodec final : public sdk::PictureCodec {
 public:
  static Result<std::unique_ptr<JpegCodec>> create(const sdk::Host& host) {
    ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "codec_jpeg"));
    ZOE_TRY(const std::int64_t quality, settings.integer("quality", kDefaultQuality, 1, 100));
    ZOE_CHECK(settings.check_unknown());
    return std::make_unique<JpegCodec>(host, static_cast<int>(quality));
  }

  JpegCodec(const sdk::Host& host, int quality) : PictureCodec(host, kNames, quality) {}

  // The source's size, then less quality, then less of both.
  std::vector<zoe_rendition> ladder(const zoe_track& source) override {
    std::vector<zoe_rendition> rungs;
    const auto add = [&](const sdk::PictureSettings& settings) {
      if (auto rung = rendition_of(source, settings)) rungs.push_back(*std::move(rung));
    };
    const int lower = std::max(1, quality() * 3 / 4);
    add({.quality = quality()});
    if (lower < quality()) add({.quality = lower});
    for (const int lines : sdk::rung_lines())
      if (lines < std::min(source.width, source.height)) add({.quality = lower, .lines = lines});
    return rungs;
  }

  Result<std::unique_ptr<sdk::CodecSession>> open(const zoe_track&, const zoe_rendition& rendition) override {
    ZOE_TRY(const sdk::PictureSettings settings, settings_of(sdk::view_of(rendition.name)));
    return JpegSession::create(host(), settings, rendition.output);
  }

  // A picture there and back.
  Status self_test() override {
    constexpr std::size_t kSide = 32;
    std::array<std::uint8_t, kSide * kSide> grey{};
    grey.fill(77);
    const media::PictureView picture{.format = {.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0},
                                     .width = kSide,
                                     .height = kSide,
                                     .data = {grey.data()},
                                     .stride = {kSide}};
    ZOE_TRY(const std::unique_ptr<media::JpegEncoder> encoder, media::JpegEncoder::create());
    ZOE_TRY(const std::size_t most, media::JpegEncoder::most_bytes(picture.format, kSide, kSide));
    ZOE_TRY(const sdk::BufferRef buffer, sdk::BufferRef::alloc(host(), most));
    ZOE_TRY(const std::size_t size, encoder->encode(picture, quality(), {buffer.data(), buffer.size()}));
    ZOE_TRY(const std::unique_ptr<media::JpegDecoder> decoder, media::JpegDecoder::create());
    bool is_damaged = false;
    ZOE_TRY(const std::shared_ptr<media::Frame> back, decoder->decode(buffer.bytes().first(size), is_damaged));
    const int value = back->plane(0).data[static_cast<std::ptrdiff_t>(back->plane(0).stride) * 5 + 7];
    if (is_damaged || back->width() != kSide || value < 75 || value > 79)
      return fail(Errc::kInternal, "libjpeg-turbo does not give back the picture it was given");
    return {};
  }

 private:
  Result<zoe_rendition> rendition_of(const zoe_track& source, sdk::PictureSettings settings) const override {
    const sdk::PictureSize full{source.width, source.height};
    const sdk::PictureSize size = sdk::reduced_size(full, settings.lines);
    if (size == full) settings.lines = 0;
    zoe_rendition rendition{};
    rendition.struct_size = sizeof rendition;
    rendition.flags = ZOE_CODEC_INTRA_ONLY;
    sdk::copy_text(rendition.name, sdk::rendition_name(settings, kNames));
    ZOE_TRY(rendition.output, sdk::jpeg_track(source, size.width, size.height));
    rendition.output.bit_rate = std::llround(static_cast<double>(size.width) * size.height * frames_per_second(source) *
                                             bits_per_pixel(settings.quality));
    if (settings.is_jfif) {
      rendition.output.color.matrix = kJfifMatrix;
      rendition.output.color.is_full_range = 1;
    }
    return rendition;
  }
};

}  // namespace
}  // namespace zoe::plugins

ZOE_DEFINE_PLUGIN(zoe::plugins::JpegCodec, "codec_jpeg", "JPEG pictures", "1.0.0")
