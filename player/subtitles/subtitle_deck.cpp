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

int wished_subtitles(const std::vector<SubtitleInfo>& list, std::string_view wish, std::string_view sound) {
  const auto index_of = [&](auto&& is_it) {
    const auto found = std::find_if(list.begin(), list.end(), is_it);
    return found == list.end() ? -1 : static_cast<int>(found - list.begin());
  };
  if (wish == "off") return -1;
  const std::string wanted = media::language_code(wish);
  const std::string heard = media::language_code(sound);
  // One whose language nobody tells may be meant for whatever is heard.
  const auto is_heard = [&](const SubtitleInfo& each) {
    return heard.empty() || each.language.empty() || media::language_code(each.language) == heard;
  };
  const bool is_understood = wanted.empty() || wanted == heard;
  const int forced = index_of([&](const SubtitleInfo& each) { return each.is_forced && is_heard(each); });
  if (is_understood && forced >= 0) return forced;
  if (wanted.empty()) return index_of([](const SubtitleInfo& each) { return each.is_default && !each.is_forced; });
  const auto is_wanted = [&](const SubtitleInfo& each) { return media::language_code(each.language) == wanted; };
  const int whole = index_of([&](const SubtitleInfo& each) { return is_wanted(each) && !each.is_forced; });
  return whole >= 0 ? whole : index_of(is_wanted);
}

std::string SubtitleDeck::follow(const std::string& media, const std::vector<SubtitleInfo>* list, std::string_view wish,
                                 std::string_view sound) {
  bool is_changed = std::exchange(feed_revision_, feed_.revision()) != feed_.revision();
  if (media != media_) {
    is_changed = true;
    media_ = media;
    list_.clear();
    is_listed_ = false;
    chosen_ = {-1, -1};
    is_viewers_ = false;
    has_failed_ = {};
    delay_us_ = 0;
  }
  // What is heard may be known later than the list, and may be changed.
  const bool is_heard_anew = list && std::exchange(sound_, sound) != sound;
  // A list that changes while it plays keeps what was chosen as far as it is there.
  if (list && (!is_listed_ || list_ != *list || is_heard_anew)) {
    list_ = *list;
    const bool is_first = !std::exchange(is_listed_, true);
    if (is_first || (is_heard_anew && !is_viewers_)) chosen_[0] = wished_subtitles(list_, wish, sound);
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
  is_viewers_ = is_viewers_ || slot == SubtitleSlot::kMain;
  chosen_[place] = std::clamp(index, -1, static_cast<int>(list_.size()) - 1);
  has_failed_[place] = false;
  show();
}

void SubtitleDeck::choose_next(SubtitleSlot slot) {
  const int next = chosen(slot) + 1;
  choose(slot, next < static_cast<int>(list_.size()) ? next : -1);
}

std::optional<std::string> SubtitleDeck::choice() const {
  if (!is_viewers_) return std::nullopt;
  const int index = chosen(SubtitleSlot::kMain);
  return index < 0 ? std::string("off") : list_[static_cast<std::size_t>(index)].language;
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
