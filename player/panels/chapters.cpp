#include "player/panels/chapters.hpp"

#include <algorithm>

namespace zoe::player {
namespace {

constexpr std::int64_t kFirstSecondsUs = 2'000'000;

}  // namespace

const media::Chapter* chapter_at(std::span<const media::Chapter> chapters, std::int64_t time_us) {
  const auto next = std::upper_bound(chapters.begin(), chapters.end(), time_us,
                                     [](std::int64_t at, const media::Chapter& each) { return at < each.start_us; });
  return next == chapters.begin() ? nullptr : &*std::prev(next);
}

std::int64_t chapter_from(std::span<const media::Chapter> chapters, std::int64_t time_us, int direction) {
  const media::Chapter* here = chapter_at(chapters, time_us);
  const auto index = here == nullptr ? -1 : here - chapters.data();
  if (direction > 0)
    return index + 1 < static_cast<std::ptrdiff_t>(chapters.size())
               ? chapters[static_cast<std::size_t>(index + 1)].start_us
               : -1;
  if (here == nullptr) return -1;
  if (time_us - here->start_us >= kFirstSecondsUs || index == 0) return here->start_us;
  return chapters[static_cast<std::size_t>(index - 1)].start_us;
}

std::string cut_letters(std::string_view text, std::size_t most) {
  std::size_t letters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && letters++ == most) return std::string(text.substr(0, i)) + "\u2026";
  }
  return std::string(text);
}

}  // namespace zoe::player
