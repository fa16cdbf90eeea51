#include "engine/ui/font_finder.hpp"

#include <fontconfig/fontconfig.h>

#include <map>

namespace zoe::ui {
namespace {

struct ConfigDeleter {
  void operator()(FcConfig* config) const { FcConfigDestroy(config); }
};
struct PatternDeleter {
  void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
};
struct CharSetDeleter {
  void operator()(FcCharSet* set) const { FcCharSetDestroy(set); }
};
using Config = std::unique_ptr<FcConfig, ConfigDeleter>;
using Pattern = std::unique_ptr<FcPattern, PatternDeleter>;
using CharSet = std::unique_ptr<FcCharSet, CharSetDeleter>;

const FcChar8* as_fc(const char* text) { return reinterpret_cast<const FcChar8*>(text); }

Pattern wish_for(char32_t code_point) {
  const CharSet wanted(FcCharSetCreate());
  FcCharSetAddChar(wanted.get(), code_point);
  Pattern pattern(FcPatternCreate());
  FcPatternAddCharSet(pattern.get(), FC_CHARSET, wanted.get());
  FcPatternAddString(pattern.get(), FC_FAMILY, as_fc("Noto Sans"));
  FcPatternAddString(pattern.get(), FC_FAMILY, as_fc("sans-serif"));
  FcPatternAddInteger(pattern.get(), FC_WEIGHT, FC_WEIGHT_REGULAR);
  FcPatternAddBool(pattern.get(), FC_SCALABLE, FcTrue);
  FcPatternAddBool(pattern.get(), FC_OUTLINE, FcTrue);
  FcPatternAddBool(pattern.get(), FC_COLOR, FcFalse);
  return pattern;
}

}  // namespace

struct FontFinder::Impl {
  // A font that was an answer before, with the letters that it has.
  struct Known {
    FontFile file;
    CharSet letters;
  };

  Config config;
  bool is_started = false;
  std::vector<Known> known;
  std::map<char32_t, std::optional<FontFile>> answers;

  std::optional<FontFile> ask(char32_t code_point) {
    if (!is_started) {
      is_started = true;
      config.reset(FcInitLoadConfigAndFonts());
    }
    if (!config) return std::nullopt;
    for (const Known& font : known)
      if (FcCharSetHasChar(font.letters.get(), code_point) != 0) return font.file;
    const Pattern pattern = wish_for(code_point);
    FcConfigSubstitute(config.get(), pattern.get(), FcMatchPattern);
    FcDefaultSubstitute(pattern.get());
    FcResult result = FcResultNoMatch;
    const Pattern best(FcFontMatch(config.get(), pattern.get(), &result));
    if (!best || result != FcResultMatch) return std::nullopt;
    FcChar8* path = nullptr;
    int face = 0;
    FcCharSet* letters = nullptr;
    if (FcPatternGetString(best.get(), FC_FILE, 0, &path) != FcResultMatch ||
        FcPatternGetCharSet(best.get(), FC_CHARSET, 0, &letters) != FcResultMatch ||
        FcCharSetHasChar(letters, code_point) == 0)
      return std::nullopt;
    if (FcPatternGetInteger(best.get(), FC_INDEX, 0, &face) != FcResultMatch) face = 0;
    // The upper half of the index names an instance of a variable font, which the rasteriser takes at its default.
    FontFile file{.path = reinterpret_cast<const char*>(path), .face = face & 0xFFFF};
    known.push_back({.file = file, .letters = CharSet(FcCharSetCopy(letters))});
    return file;
  }
};

FontFinder::FontFinder() : impl_(std::make_unique<Impl>()) {}

FontFinder::~FontFinder() = default;

std::optional<FontFile> FontFinder::find(char32_t code_point) {
  const auto found = impl_->answers.find(code_point);
  if (found != impl_->answers.end()) return found->second;
  auto answer = impl_->ask(code_point);
  impl_->answers.emplace(code_point, answer);
  return answer;
}

}  // namespace zoe::ui
