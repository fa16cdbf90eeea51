// The renditions "h264": what every browser and television decodes, in sizes up to the source's. Each segment is
// encoded on its own and begins with a key frame, and all sizes share the host's time grid, so that a viewer changes
// between them at any segment without a seam.
//   [plugins.codec_h264] quality = 23        x264's constant rate factor: less is better and larger
//                        preset = "veryfast"
//                        threads = 0         of one encoder; 0: by the picture's size
#include <algorithm>
#include <array>

#include "engine/media/tone_map.hpp"
#include "engine/plugin/sdk/picture_codec.hpp"
#include "engine/plugin/sdk/settings.hpp"
#include "plugins/codec_h264/h264_session.hpp"

namespace zoe::plugins {
namespace {

constexpr sdk::NameRules kNames{.family = "h264", .shown = "H.264", .least_quality = 10, .most_quality = 45};
constexpr int kDefaultQuality = 23;
constexpr int kMostSide = 8192;
constexpr std::uint8_t kRgbMatrix = 0;
constexpr std::array<std::string_view, 7> kPresets{"ultrafast", "superfast", "veryfast", "faster",
                                                   "fast",      "medium",    "slow"};

class H264Codec final : public sdk::PictureCodec {
 public:
  static Result<std::unique_ptr<H264Codec>> create(const sdk::Host& host) {
    ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "codec_h264"));
    ZOE_TRY(const std::int64_t quality,
            settings.integer("quality", kDefaultQuality, kNames.least_quality, kNames.most_quality));
    EncoderSettings encoder;
    ZOE_TRY(encoder.preset, settings.string("preset", encoder.preset));
    ZOE_TRY(const std::int64_t threads, settings.integer("threads", 0, 0, 16));
    encoder.threads = static_cast<int>(threads);
    ZOE_CHECK(settings.check_unknown());
    if (std::find(kPresets.begin(), kPresets.end(), encoder.preset) == kPresets.end())
      return fail(Errc::kInvalidArgument,
                  "[plugins.codec_h264] preset must be one of ultrafast, superfast, veryfast, faster, fast, medium and "
                  "slow");
    return std::make_unique<H264Codec>(host, static_cast<int>(quality), std::move(encoder));
  }

  H264Codec(const sdk::Host& host, int quality, EncoderSettings encoder)
      : PictureCodec(host, kNames, quality), encoder_(std::move(encoder)) {}

  Result<std::unique_ptr<sdk::CodecSession>> open(const zoe_track&, const zoe_rendition& rendition) override {
    ZOE_TRY(const sdk::PictureSettings settings, settings_of(sdk::view_of(rendition.name)));
    return H264Session::create(host(), settings, encoder_, rendition.output);
  }

  // A grey picture becomes a key packet.
  Status self_test() override {
    zoe_track source{};
    source.struct_size = sizeof source;
    source.kind = ZOE_TRACK_VIDEO;
    source.width = source.height = kTestSide;
    source.time_base = {1, 1000};
    source.frame_rate = {25, 1};
    source.sample_aspect_ratio = {1, 1};
    source.color = {1, 1, 1, 0};
    ZOE_TRY(const zoe_rendition rendition, rendition_of(source, {.quality = quality()}));
    ZOE_TRY(const auto session, open(source, rendition));
    std::array<std::uint8_t, std::size_t{kTestSide} * kTestSide * 3 / 2> samples{};
    samples.fill(128);
    zoe_frame frame{};
    frame.struct_size = sizeof frame;
    frame.layout = ZOE_LAYOUT_PLANAR;
    frame.width = frame.height = kTestSide;
    frame.planes = 3;
    frame.color = source.color;
    frame.bit_depth = 8;
    frame.chroma_shift_x = frame.chroma_shift_y = 1;
    const std::uint8_t* chroma = samples.data() + std::size_t{kTestSide} * kTestSide;
    frame.data[0] = samples.data();
    frame.data[1] = chroma;
    frame.data[2] = chroma + std::size_t{kTestSide} * kTestSide / 4;
    frame.stride[0] = kTestSide;
    frame.stride[1] = frame.stride[2] = kTestSide / 2;
    ZOE_TRY(const sdk::Flow taken, session->send_frame(frame, true));
    ZOE_CHECK(session->flush());
    zoe_packet packet{};
    ZOE_TRY(const sdk::Flow given, session->receive_packet(packet));
    const bool is_packet = taken == sdk::Flow::kDone && given == sdk::Flow::kDone;
    const sdk::BufferRef buffer = sdk::BufferRef::adopt(host(), is_packet ? packet.buffer : nullptr);
    if (!is_packet || (packet.flags & ZOE_PACKET_KEY) == 0 || session->extradata().empty())
      return fail(Errc::kInternal, "x264 makes no key frame out of the first picture");
    return {};
  }

 private:
  static constexpr int kTestSide = 64;

  Result<zoe_rendition> rendition_of(const zoe_track& source, sdk::PictureSettings settings) const override {
    if (source.kind != ZOE_TRACK_VIDEO) return fail(Errc::kUnsupported, "only video tracks can be sent as H.264");
    if (source.width < 2 || source.height < 2 || source.width > kMostSide || source.height > kMostSide)
      return fail(Errc::kUnsupported, "H.264 is made of pictures from 2x2 to 8192x8192, and these have " +
                                          std::to_string(source.width) + "x" + std::to_string(source.height));
    const sdk::PictureSize full{source.width, source.height};
    sdk::PictureSize size = sdk::reduced_size(full, settings.lines);
    if (size == full) settings.lines = 0;
    size = {size.width & ~1, size.height & ~1};  // half as many samples of colour
    zoe_rendition rendition{};
    rendition.struct_size = sizeof rendition;
    rendition.flags = ZOE_CODEC_COSTLY;
    sdk::copy_text(rendition.name, sdk::rendition_name(settings, kNames));
    zoe_track& output = rendition.output;
    output = source;
    output.struct_size = sizeof output;
    sdk::copy_text(output.codec, "h264");
    output.width = size.width;
    output.height = size.height;
    output.extradata = nullptr;
    output.extradata_size = 0;
    output.profile = output.level = -99;
    output.bit_rate = most_bit_rate(size.width, size.height, source.frame_rate);
    output.codec_tag = 0;
    output.bits_per_coded_sample = 0;
    sdk::copy_text(output.pixel_format, "");
    constexpr std::uint8_t kUnspecified = 2;
    media::ColorInfo color{source.color.primaries, source.color.transfer, source.color.matrix, false};
    if (color.matrix == kRgbMatrix) color.matrix = kUnspecified;
    color = media::sdr_color(media::guess_unspecified(color, source.width, source.height));
    output.color = {color.primaries, color.transfer, color.matrix, 0};
    return rendition;
  }

  const EncoderSettings encoder_;
};

}  // namespace
}  // namespace zoe::plugins

ZOE_DEFINE_PLUGIN(zoe::plugins::H264Codec, "codec_h264", "H.264 pictures by x264", "1.0.0")
