#include "plugins/auth_sql/names.hpp"

#include <algorithm>
#include <array>

#include "engine/plugin/sdk/status.hpp"
#include "plugins/auth_sql/common_passwords.hpp"
#include "plugins/auth_sql/utf8.hpp"

namespace zoe::plugins::auth_sql {
namespace {

// Before trimming; more than this is not looked at.
constexpr std::size_t kLongestRawName = 256;

struct Range {
  char32_t first;
  char32_t last;
};

// Sorted. C0 and C1 controls with DEL, soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width space,
// marks of direction, line and paragraph separators, embeddings, word joiner to deprecated format characters, byte
// order mark, interlinear annotation, tags. Zero-width joiner and non-joiner stay: Persian and Indic names need them.
constexpr std::array<Range, 13> kUnseen{{{0x00, 0x1F},
                                         {0x7F, 0x9F},
                                         {0xAD, 0xAD},
                                         {0x61C, 0x61C},
                                         {0x180E, 0x180E},
                                         {0x200B, 0x200B},
                                         {0x200E, 0x200F},
                                         {0x2028, 0x202E},
                                         {0x2060, 0x206F},
                                         {0xFDD0, 0xFDEF},
                                         {0xFEFF, 0xFEFF},
                                         {0xFFF9, 0xFFFB},
                                         {0xE0000, 0xE007F}}};

bool is_unseen(char32_t point) {
  if ((point & 0xFFFEU) == 0xFFFEU) return true;  // the last two of each plane are noncharacters
  return std::ranges::any_of(kUnseen, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

// White_Space=yes of Unicode.
bool is_space(char32_t point) {
  return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 || point == 0x202F ||
         point == 0x205F || point == 0x3000;
}

std::u32string_view trim(std::u32string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Every `step`-th code point from first to last folds to itself plus `delta`: the statuses C and S of Unicode's
// CaseFolding.txt for the blocks that `parse_name` names.
struct Fold {
  char32_t first;
  char32_t last;
  std::uint8_t step;
  std::int16_t delta;
};
constexpr std::array kFolds = std::to_array<Fold>({
    {0x41, 0x5A, 1, 32},        {0xB5, 0xB5, 1, 775},    {0xC0, 0xD6, 1, 32},        {0xD8, 0xDE, 1, 32},
    {0x100, 0x12E, 2, 1},       {0x132, 0x136, 2, 1},    {0x139, 0x147, 2, 1},       {0x14A, 0x176, 2, 1},
    {0x178, 0x178, 1, -121},    {0x179, 0x17D, 2, 1},    {0x17F, 0x17F, 1, -268},    {0x370, 0x372, 2, 1},
    {0x376, 0x376, 1, 1},       {0x37F, 0x37F, 1, 116},  {0x386, 0x386, 1, 38},      {0x388, 0x38A, 1, 37},
    {0x38C, 0x38C, 1, 64},      {0x38E, 0x38F, 1, 63},   {0x391, 0x3A1, 1, 32},      {0x3A3, 0x3AB, 1, 32},
    {0x3C2, 0x3C2, 1, 1},       {0x3CF, 0x3CF, 1, 8},    {0x3D0, 0x3D0, 1, -30},     {0x3D1, 0x3D1, 1, -25},
    {0x3D5, 0x3D5, 1, -15},     {0x3D6, 0x3D6, 1, -22},  {0x3D8, 0x3EE, 2, 1},       {0x3F0, 0x3F0, 1, -54},
    {0x3F1, 0x3F1, 1, -48},     {0x3F4, 0x3F4, 1, -60},  {0x3F5, 0x3F5, 1, -64},     {0x3F7, 0x3F7, 1, 1},
    {0x3F9, 0x3F9, 1, -7},      {0x3FA, 0x3FA, 1, 1},    {0x3FD, 0x3FF, 1, -130},    {0x400, 0x40F, 1, 80},
    {0x410, 0x42F, 1, 32},      {0x460, 0x480, 2, 1},    {0x48A, 0x4BE, 2, 1},       {0x4C0, 0x4C0, 1, 15},
    {0x4C1, 0x4CD, 2, 1},       {0x4D0, 0x52E, 2, 1},    {0x531, 0x556, 1, 48},      {0x1E00, 0x1E94, 2, 1},
    {0x1E9B, 0x1E9B, 1, -58},   {0x1EA0, 0x1EFE, 2, 1},  {0x2126, 0x2126, 1, -7517}, {0x212A, 0x212A, 1, -8383},
    {0x212B, 0x212B, 1, -8262}, {0xFF21, 0xFF3A, 1, 32},
});

char32_t fold(char32_t point) {
  for (const Fold& rule : kFolds) {
    if (point < rule.first) break;  // they are sorted
    if (point <= rule.last && (point - rule.first) % rule.step == 0)
      return static_cast<char32_t>(static_cast<std::int32_t>(point) + rule.delta);
  }
  return point;
}

tl::unexpected<Error> bad(std::string message) { return fail(Errc::kInvalidArgument, std::move(message)); }

}  // namespace

Result<Name> parse_name(std::string_view raw) {
  constexpr const char* kTooLong = "the name is too long: at most 64 bytes (64 plain letters)";
  if (raw.size() > kLongestRawName) return bad(kTooLong);
  const auto points = decode_utf8(raw);
  if (!points) return bad("the name is not valid UTF-8 text");
  const std::u32string_view trimmed = trim(*points);
  if (trimmed.empty()) return bad("the name is empty");
  if (std::ranges::any_of(trimmed, is_unseen)) return bad("the name holds characters that cannot be seen");
  Name name{.shown = encode_utf8(trimmed), .key = {}};
  if (name.shown.size() > kLongestNameBytes) return bad(kTooLong);
  std::u32string folded(trimmed);
  std::ranges::transform(folded, folded.begin(), fold);
  name.key = encode_utf8(folded);
  return name;
}

Status check_password(std::string_view password, std::string_view name_key) {
  const auto points =
      password.size() <= kLongestPasswordBytes ? decode_utf8(password) : std::u32string(kLongestPassword + 1, U'x');
  if (!points) return bad("the password is not valid UTF-8 text");
  if (points->size() < kShortestPassword) return bad("the password is too short: at least 8 characters");
  if (points->size() > kLongestPassword) return bad("the password is too long: at most 256 characters");
  if (const std::string_view why = why_common(password, name_key); !why.empty())
    return bad("the password is " + std::string(why) + ": choose one that nobody would guess, such as a few words");
  return {};
}

std::string clean_label(std::string_view raw) {
  auto points = decode_utf8(sdk::cut_utf8(raw, kLongestRawName));
  if (!points) return "(unreadable)";
  std::erase_if(*points, is_unseen);
  return std::string(sdk::cut_utf8(encode_utf8(trim(*points)), kLongestNameBytes));
}

}  // namespace zoe::plugins::auth_sql
