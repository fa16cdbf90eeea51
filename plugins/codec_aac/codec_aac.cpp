// The renditions "aac": a track's sound as AAC-LC in stereo or mono, which every browser and player decodes.
//   [plugins.codec_aac] bit_rate = 160000   of stereo, in bits per second; mono has half
#include <algorithm>
#include <array>
#include <charconv>

#include "engine/plugin/sdk/settings.hpp"
#include "plugins/codec_aac/aac_session.hpp"

namespace zoe::plugins {
namespace {

constexpr std::string_view kFamily = "aac";
constexpr int kLeastKbit = 32;
constexpr int kMostKbit = 320;
constexpr int kUsualRate = 48'000;
constexpr std::array<int, 9> kRates{48'000, 44'100, 32'000, 24'000, 22'050, 16'000, 12'000, 11'025, 8'000};

class AacCodec final : public sdk::CodecPlugin {
 public:
  static Result<std::unique_ptr<AacCodec>> create(const sdk::Host& host) {
    ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "codec_aac"));
    ZOE_TRY(const std::int64_t bit_rate,
            settings.integer("bit_rate", 160'000, kLeastKbit * 1000, std::int64_t{kMostKbit} * 1000));
    ZOE_CHECK(settings.check_unknown());
    return std::make_unique<AacCodec>(host, static_cast<int>(bit_rate / 1000));
  }

  AacCodec(const sdk::Host& host, int kbit) : CodecPlugin(host, ZOE_CODEC_INPUT_PACKETS, "aac"), kbit_(kbit) {}

  Result<zoe_rendition> resolve(const zoe_track& source, std::string_view name) override {
    if (source.kind != ZOE_TRACK_AUDIO) return fail(Errc::kUnsupported, "only sound can be sent as AAC");
    if (source.sample_rate <= 0 || source.channels <= 0)
      return fail(Errc::kUnsupported, "the file does not say how its sound is sampled");
    const int channels = std::min(source.channels, 2);
    ZOE_TRY(const int kbit, kbit_of(name, std::max(kbit_ / (channels == 1 ? 2 : 1), kLeastKbit)));
    zoe_rendition rendition{};
    rendition.struct_size = sizeof rendition;
    rendition.flags = ZOE_CODEC_COSTLY | ZOE_CODEC_OVERLAPS;
    sdk::copy_text(rendition.name, std::string(kFamily) + "@" + std::to_string(kbit) + "k");
    zoe_track& output = rendition.output;
    output = source;
    output.struct_size = sizeof output;
    sdk::copy_text(output.codec, kFamily);
    output.extradata = nullptr;
    output.extradata_size = 0;
    output.profile = FF_PROFILE_AAC_LOW;
    output.level = -99;
    output.bit_rate = std::int64_t{kbit} * 1000;
    output.codec_tag = 0;
    output.bits_per_coded_sample = 0;
    output.channels = channels;
    const bool is_known = std::find(kRates.begin(), kRates.end(), source.sample_rate) != kRates.end();
    output.sample_rate = is_known ? source.sample_rate : kUsualRate;
    return rendition;
  }

  std::vector<zoe_rendition> ladder(const zoe_track& source) override {
    auto rendition = resolve(source, kFamily);
    if (!rendition) return {};
    return {*rendition};
  }

  Result<std::unique_ptr<sdk::CodecSession>> open(const zoe_track& source, const zoe_rendition& rendition) override {
    return AacSession::create(host(), {static_cast<int>(rendition.output.bit_rate)}, source, rendition.output);
  }

 private:
  static Result<int> kbit_of(std::string_view name, int fallback) {
    if (name == kFamily) return fallback;
    std::string_view rest = name;
    int kbit = 0;
    if (rest.starts_with("aac@") && rest.ends_with('k')) {
      rest = rest.substr(4, rest.size() - 5);
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), kbit);
      if (error == std::errc() && end == rest.data() + rest.size() && kbit >= kLeastKbit && kbit <= kMostKbit)
        return kbit;
    }
    return fail(Errc::kInvalidArgument, "\"" + std::string(name.substr(0, 80)) +
                                            "\" is no AAC rendition: it is aac@ and a rate from 32k to 320k (for "
                                            "example \"aac@128k\")");
  }

  const int kbit_;
};

}  // namespace
}  // namespace zoe::plugins

ZOE_DEFINE_PLUGIN(zoe::plugins::AacCodec, "codec_aac", "AAC sound by FFmpeg", "1.0.0")
