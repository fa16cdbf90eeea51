#include <algorithm>
#include <limits>
#include <map>
#include <string_view>

#include "player/subtitles/subtitle_drawer.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max() / 4;
constexpr std::int64_t kStillMs = 4;  // before and behind: less than a frame of 120 a second

// Whether what is drawn changes while the event lasts: fades, moves, transforms, karaoke and scrolling effects.
bool is_moving(std::string_view text) {
  for (const std::string_view tag : {"\\t(", "\\move", "\\fad", "\\k", "\\K"})
    if (text.find(tag) != std::string_view::npos) return true;
  // The eighth field: ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text
  for (int field = 0; field < 7; ++field) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) return false;
    text.remove_prefix(comma + 1);
  }
  return text.starts_with("Banner") || text.starts_with("Scroll") || text.starts_with("Karaoke");
}

}  // namespace

SubtitleTimes::SubtitleTimes(const std::vector<media::SubtitleEvent>& events,
                             const std::vector<media::SubtitlePictureEvent>& pictures) {
  struct Change {
    int shown = 0;
    int moving = 0;
  };
  std::map<std::int64_t, Change> changes;
  const auto add = [&changes](std::int64_t start_us, std::int64_t duration_us, int moving) {
    const std::int64_t from = subtitle_ms(start_us);
    const std::int64_t to = from + std::max<std::int64_t>(subtitle_ms(duration_us), 0);
    if (to <= from) return;
    changes[from].shown += 1;
    changes[from].moving += moving;
    changes[to].shown -= 1;
    changes[to].moving -= moving;
  };
  for (const media::SubtitleEvent& event : events)
    add(event.start_us, event.duration_us, is_moving(event.text) ? 1 : 0);
  for (const media::SubtitlePictureEvent& event : pictures) add(event.start_us, event.duration_us, 0);
  Stretch now;
  for (const auto& [ms, change] : changes) {
    now.from_ms = ms;
    now.shown += change.shown;
    now.moving += change.moving;
    stretches_.push_back(now);
  }
}

const SubtitleTimes::Stretch* SubtitleTimes::stretch_at(std::int64_t ms) const {
  const auto next = std::upper_bound(stretches_.begin(), stretches_.end(), ms,
                                     [](std::int64_t at, const Stretch& each) { return at < each.from_ms; });
  return next == stretches_.begin() ? nullptr : &*std::prev(next);
}

SubtitleSpan SubtitleTimes::span_at(std::int64_t ms) const {
  const Stretch* stretch = stretch_at(ms);
  SubtitleSpan span{stretch ? stretch->from_ms : -kEver, kEver};
  const Stretch* next = stretch ? stretch + 1 : stretches_.data();
  if (next != stretches_.data() + stretches_.size()) span.to_ms = next->from_ms;
  if (!stretch || stretch->moving == 0) return span;
  return {std::max(span.from_ms, ms - kStillMs), std::min(span.to_ms, ms + kStillMs)};
}

bool SubtitleTimes::is_empty_at(std::int64_t ms) const {
  const Stretch* stretch = stretch_at(ms);
  return !stretch || stretch->shown == 0;
}

}  // namespace zoe::player
