// The base of codecs whose renditions differ by quality and size, and are named as rendition_name.hpp says.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/plugin/sdk/codec.hpp"
#include "engine/plugin/sdk/rendition_name.hpp"

namespace zoe::sdk {

// Takes pictures, reads the names and recommends the ladder; what a rendition is made of is the derived class's.
class PictureCodec : public CodecPlugin {
 public:
  static constexpr std::size_t kMostRungs = 5;

  // `rules` and what it views live as long as the library; `quality` is that of a name without one.
  PictureCodec(const Host& host, const NameRules& rules, int quality)
      : CodecPlugin(host, ZOE_CODEC_INPUT_FRAMES, rules.family.data()), rules_(rules), quality_(quality) {}

  Result<zoe_rendition> resolve(const zoe_track& source, std::string_view name) override {
    ZOE_TRY(const PictureSettings settings, settings_of(name));
    return rendition_of(source, settings);
  }

  // The source's size, then the sizes below it.
  std::vector<zoe_rendition> ladder(const zoe_track& source) override {
    std::vector<zoe_rendition> rungs;
    const auto add = [&](const PictureSettings& settings) {
      if (auto rung = rendition_of(source, settings)) rungs.push_back(*std::move(rung));
    };
    add({.quality = quality_});
    for (const int lines : rung_lines()) {
      if (lines < std::min(source.width, source.height) && rungs.size() < kMostRungs)
        add({.quality = quality_, .lines = lines});
    }
    return rungs;
  }

 protected:
  Result<PictureSettings> settings_of(std::string_view name) const {
    return parse_rendition_name(name, rules_, quality_);
  }
  int quality() const { return quality_; }

  // [any] The rendition of these settings, its name made of them. kUnsupported with words for the viewer.
  virtual Result<zoe_rendition> rendition_of(const zoe_track& source, PictureSettings settings) const = 0;

 private:
  const NameRules& rules_;
  const int quality_;
};

}  // namespace zoe::sdk
