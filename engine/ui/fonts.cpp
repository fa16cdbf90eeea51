#include "engine/ui/fonts.hpp"

#include <imgui.h>
#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/ui/freetype_handles.hpp"
#include "engine/ui/icons.hpp"
#include "engine/ui/utf8.hpp"

namespace zoe::ui {
namespace {

constexpr std::size_t kMostFontBytes = 96U << 20;
constexpr char32_t kMostCodePoint = 0xFFFF;  // ImGui's letters have 16 bits

using Letters = std::bitset<kMostCodePoint + 1>;

// A typeface in memory.
struct Face {
  std::string path;
  int index = 0;
  std::shared_ptr<const std::vector<std::uint8_t>> bytes;
  FtFace face;

  bool has(char32_t letter) const { return FT_Get_Char_Index(face.get(), letter) != 0; }

  // ImGui sizes a font by the height from ascender to descender, designers by the em.
  float height_per_em() const {
    return static_cast<float>(face->ascender - face->descender) / static_cast<float>(face->units_per_EM);
  }

  // Unhinted, in pixels.
  float advance(char32_t letter) const {
    if (FT_Load_Glyph(face.get(), FT_Get_Char_Index(face.get(), letter), FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0)
      return 0;
    return static_cast<float>(face->glyph->linearHoriAdvance) / 65536.0F;
  }
};

std::vector<ImWchar> ranges_of(const std::vector<char32_t>& sorted) {
  std::vector<ImWchar> ranges;
  for (const char32_t letter : sorted) {
    const auto value = static_cast<ImWchar>(letter);
    if (!ranges.empty() && ranges.back() + 1 == value) {
      ranges.back() = value;
      continue;
    }
    ranges.push_back(value);
    ranges.push_back(value);
  }
  ranges.push_back(0);
  return ranges;
}

const char* file_of_weight(int weight) {
  if (weight >= 700) return "Inter-Bold.otf";
  if (weight >= 600) return "Inter-SemiBold.otf";
  if (weight >= 500) return "Inter-Medium.otf";
  return "Inter-Regular.otf";
}

bool is_icon_style(std::size_t style) {
  return style == static_cast<std::size_t>(TextStyle::kIcon) ||
         style == static_cast<std::size_t>(TextStyle::kIconLarge);
}

// What the interface itself says.
void add_first_letters(Letters& letters) {
  for (char32_t c = 0x20; c < 0x7F; ++c) letters.set(c);
  for (const char32_t c : std::u32string_view(U"\u00B7\u00BC\u00BD\u00D7\u2013\u201C\u201D\u2026\u2212\uFFFD"))
    letters.set(c);
}

enum class Advance : std::uint8_t { kExact = 1, kWhole };

// Letter spacing in em that Inter's designer gives for a size in pixels (rsms.me/inter/dynmetrics).
float tracking(float em_px) { return -0.0223F + 0.185F * std::exp(-0.1745F * em_px); }

// The rasteriser rounds advances up, which sets text too wide. Text that our own code draws keeps the exact advance and
// rounds each letter's place; text that ImGui draws gets whole advances.
void correct_advances(ImFont& font, const Face& face, float em_px, float scale, Advance how) {
  FT_Set_Char_Size(face.face.get(), 0, static_cast<FT_F26Dot6>(std::lround(em_px * 64)), 72, 72);
  const float spacing = tracking(em_px / scale) * em_px;
  for (ImFontGlyph& glyph : font.Glyphs) {
    if (!face.has(glyph.Codepoint)) continue;
    const float exact = face.advance(glyph.Codepoint) + spacing;
    glyph.AdvanceX = how == Advance::kWhole ? std::round(exact) : exact;
  }
  font.BuildLookupTable();
}

}  // namespace

struct Fonts::Impl {
  Theme theme;
  std::string folder;
  float scale = 1;
  Letters letters;
  FtLibrary library;
  std::map<std::string, std::shared_ptr<const std::vector<std::uint8_t>>> files;
  std::map<std::pair<std::string, int>, Face> faces;
  FontFinder finder;
  std::vector<std::vector<ImWchar>> ranges;  // must live until the atlas is built

  Result<const Face*> face(const std::string& path, int index) {
    const auto key = std::make_pair(path, index);
    if (const auto found = faces.find(key); found != faces.end()) return &found->second;
    auto& bytes = files[path];
    if (!bytes) {
      ZOE_TRY(auto read, read_file(path, kMostFontBytes));
      bytes = std::make_shared<const std::vector<std::uint8_t>>(std::move(read));
    }
    FT_Face opened = nullptr;
    if (FT_New_Memory_Face(library.get(), bytes->data(), static_cast<FT_Long>(bytes->size()), index, &opened) != 0)
      return fail(Errc::kMalformed, path + ": not a font that FreeType reads");
    Face face{.path = path, .index = index, .bytes = bytes, .face = FtFace(opened)};
    if (opened->units_per_EM == 0 || opened->ascender <= opened->descender)
      return fail(Errc::kMalformed, path + ": not a scalable font");
    return &faces.emplace(key, std::move(face)).first->second;
  }

  Result<const Face*> own_face(const std::string& file) { return face(folder + "/" + file, 0); }

  // The letters that `own` lacks, by the installed font that has them.
  std::map<const Face*, std::vector<char32_t>> borrowed(const Face& own, const std::vector<char32_t>& wanted) {
    std::map<const Face*, std::vector<char32_t>> result;
    for (const char32_t letter : wanted) {
      if (own.has(letter)) continue;
      const auto file = finder.find(letter);
      if (!file) continue;
      const auto lender = face(file->path, file->face);
      if (lender && (*lender)->has(letter)) result[*lender].push_back(letter);
    }
    return result;
  }

  ImFont* add(ImFontAtlas& atlas, const Face& face, float em_px, const std::vector<char32_t>& wanted, bool is_merged) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.FontNo = face.index;
    config.MergeMode = is_merged;
    config.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    config.EllipsisChar = 0x2026;
    ranges.push_back(ranges_of(wanted));
    return atlas.AddFontFromMemoryTTF(const_cast<std::uint8_t*>(face.bytes->data()),
                                      static_cast<int>(face.bytes->size()), em_px * face.height_per_em(), &config,
                                      ranges.back().data());
  }

  std::vector<char32_t> wanted_letters() const {
    std::vector<char32_t> wanted;
    for (char32_t c = 0; c <= kMostCodePoint; ++c)
      if (letters.test(c)) wanted.push_back(c);
    return wanted;
  }
};

Result<std::unique_ptr<Fonts>> Fonts::create(const Theme& theme, const std::string& asset_folder) {
  auto impl = std::make_unique<Impl>();
  impl->theme = theme;
  impl->folder = asset_folder + "/fonts";
  FT_Library library = nullptr;
  if (FT_Init_FreeType(&library) != 0) return fail(Errc::kInternal, "FreeType does not start");
  impl->library.reset(library);
  for (std::size_t style = 0; style < kTextStyles; ++style) {
    const char* file = is_icon_style(style) ? "FontAwesome.otf" : file_of_weight(theme.type[style].weight);
    if (auto face = impl->own_face(file); !face)
      return fail(std::move(face).error().with("a typeface is missing (Debian: fonts-inter, fonts-font-awesome)"));
  }
  add_first_letters(impl->letters);
  return std::unique_ptr<Fonts>(new Fonts(std::move(impl)));
}

Fonts::Fonts(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Fonts::~Fonts() = default;

void Fonts::set_scale(float scale) {
  if (std::exchange(impl_->scale, scale) != scale) is_stale_ = true;
}

void Fonts::need(std::string_view utf8) {
  while (!utf8.empty()) {
    const char32_t letter = take_code_point(utf8);
    if (letter > kMostCodePoint || letter < 0x20 || impl_->letters.test(letter)) continue;
    if (letter >= 0xE000 && letter < 0xF900) continue;  // private use: the icons' own
    impl_->letters.set(letter);
    is_stale_ = true;
  }
}

Status Fonts::rebuild(ImFontAtlas& atlas) {
  Impl& self = *impl_;
  atlas.Clear();
  self.ranges.clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.Flags |= ImFontAtlasFlags_NoMouseCursors;
  atlas.TexGlyphPadding = 1;
  const std::vector<char32_t> wanted = self.wanted_letters();
  std::vector<char32_t> icons;
  for (std::string_view text : icon::kAll) icons.push_back(take_code_point(text));
  std::sort(icons.begin(), icons.end());

  struct Added {
    ImFont* font;
    const Face* face;
    float em_px;
    Advance advance;
  };
  std::vector<Added> added;
  const auto em_of = [&](TextStyle style) { return std::round(self.theme.token(style).size * self.scale); };
  const auto add_text = [&](TextStyle style, Advance advance) -> Result<ImFont*> {
    ZOE_TRY(const Face* face, self.own_face(file_of_weight(self.theme.token(style).weight)));
    const float em_px = em_of(style);
    ImFont* font = self.add(atlas, *face, em_px, wanted, false);
    for (const auto& [lender, letters] : self.borrowed(*face, wanted)) self.add(atlas, *lender, em_px, letters, true);
    added.push_back({font, face, em_px, advance});
    return font;
  };
  for (std::size_t i = 0; i < kTextStyles; ++i) {
    const auto style = static_cast<TextStyle>(i);
    if (is_icon_style(i)) {
      ZOE_TRY(const Face* face, self.own_face("FontAwesome.otf"));
      fonts_[i] = self.add(atlas, *face, em_of(style), icons, false);
      continue;
    }
    ZOE_TRY(fonts_[i], add_text(style, Advance::kExact));
  }
  ZOE_TRY(field_, add_text(TextStyle::kBody, Advance::kWhole));
  if (!atlas.Build()) return fail(Errc::kInternal, "the glyph atlas could not be built");
  for (const Added& each : added) correct_advances(*each.font, *each.face, each.em_px, self.scale, each.advance);
  is_stale_ = false;
  return {};
}

}  // namespace zoe::ui
