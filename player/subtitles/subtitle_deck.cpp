#include "player/subtitles/subtitle_deck.hpp"

#include <algorithm>
#include <utility>

#include "engine/media/languages.hpp"

namespace zoe::player {

std::string subtitle_name(const SubtitleInfo& info) {
  const std::string language = info.language.empty() ? std::string() : media::language_name(info.language);
  std::string name = info.title;
  if (name.empty()) {
    name = language.empty() ? "Subtitles " + std::to_string(info.subtitle + 1) : language;
  } else if (!language.empty() && name != language) {
    name += " (" + language + ")";
  }
  if (info.is_for_deaf) name += ", for the deaf";
  if (info.is_forced) name += ", forced";
  return name;
}

int wished_subtitles(const std::vector<SubtitleInfo>& list, std::string_view wish) {
  const auto index_of = [&](auto&& is_it) {
    const auto found = std::find_if(list.begin(), list.end(), is_it);
    return found == list.end() ? -1 : static_cast<int>(found - list.begin());
  };
  if (wish == "off") return -1;
  const std::string wanted = media::language_code(wish);
  if (wanted.empty()) {
    const int forced = index_of([](const SubtitleInfo& each) { return each.is_forced; });
    return forced >= 0 ? forced : index_of([](const SubtitleInfo& each) { return each.is_default; });
  }
  const auto is_wanted = [&](const SubtitleInfo& each) { return media::language_code(each.language) == wanted; };
  const int whole = index_of([&](const SubtitleInfo& each) { return is_wanted(each) && !each.is_forced; });
  return whole >= 0 ? whole : index_of(is_wanted);
}

std::string SubtitleDeck::follow(const std::string& media, const std::vector<SubtitleInfo>* list,
                                 std::string_view wish) {
  bool is_changed = std::exchange(feed_revision_, feed_.revision()) != feed_.revision();
  if (media != media_) {
    is_changed = true;
    media_ = media;
    list_.clear();
    is_listed_ = false;
    chosen_ = {-1, -1};
    has_failed_ = {};
    delay_us_ = 0;
  }
  // A list that changes while it plays keeps what was chosen as far as it is there.
  if (list && (!is_listed_ || list_ != *list)) {
    list_ = *list;
    if (!std::exchange(is_listed_, true)) chosen_[0] = wished_subtitles(list_, wish);
    for (int& index : chosen_)
      if (index >= static_cast<int>(list_.size())) index = -1;
    is_changed = true;
  }
  if (is_changed) show();
  return std::exchange(failure_, {});
}

void SubtitleDeck::show() {
  SubtitlePainter::Look look{.scripts = {}, .size = size_, .delay_us = delay_us_};
  is_loading_ = false;
  for (std::size_t slot = 0; slot < chosen_.size(); ++slot) {
    if (chosen_[slot] < 0 || media_.empty()) continue;
    const SubtitleInfo& info = list_[static_cast<std::size_t>(chosen_[slot])];
    const SubtitleFeed::State state = feed_.get(media_, info);
    look.scripts[slot] = state.script;
    is_loading_ = is_loading_ || state.is_loading;
    if (!state.error.empty() && !std::exchange(has_failed_[slot], true))
      failure_ = "\u201C" + subtitle_name(info) + "\u201D cannot be shown: " + state.error;
  }
  painter_.set_look(std::move(look));
}

void SubtitleDeck::choose(SubtitleSlot slot, int index) {
  const auto place = static_cast<std::size_t>(slot);
  chosen_[place] = std::clamp(index, -1, static_cast<int>(list_.size()) - 1);
  has_failed_[place] = false;
  show();
}

void SubtitleDeck::choose_next(SubtitleSlot slot) {
  const int next = chosen(slot) + 1;
  choose(slot, next < static_cast<int>(list_.size()) ? next : -1);
}

std::string SubtitleDeck::text(SubtitleSlot slot) const {
  if (list_.empty()) return "No subtitles here";
  const int index = chosen(slot);
  const bool is_main = slot == SubtitleSlot::kMain;
  if (index < 0) return is_main ? "Subtitles off" : "Second subtitles off";
  return subtitle_name(list_[static_cast<std::size_t>(index)]) + (is_main ? "" : " at the top");
}

void SubtitleDeck::set_size(double size) {
  size_ = std::clamp(size, kLeastSubtitleSize, kMostSubtitleSize);
  show();
}

void SubtitleDeck::set_delay(std::int64_t delay_us) {
  delay_us_ = std::clamp(delay_us, -kMostDelayUs, kMostDelayUs);
  show();
}

}  // namespace zoe::player
