// Which subtitles are shown: what there is, what was chosen, and how they look.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "player/client/library_messages.hpp"
#include "player/client/subtitle_feed.hpp"
#include "player/subtitles/subtitle_painter.hpp"

namespace zoe::player {

// The second ones lie at the top of the picture.
enum class SubtitleSlot : std::uint8_t { kMain = 0, kSecond = 1 };

// "German, for the deaf", "Commentary (English)"; "Subtitles 2" where nothing is known.
std::string subtitle_name(const SubtitleInfo& info);

// What the viewer's wish ("de", "off", empty: none) picks of the list, -1 for none. `sound`: the language that is
// heard, empty where it is not known.
//
// Where there is no wish, or what is heard is the wished language, the forced ones of that language do: they tell what
// is said in others. Without such the whole wished ones; without a wish what the file marks as its default.
int wished_subtitles(const std::vector<SubtitleInfo>& list, std::string_view wish, std::string_view sound);

// Main thread.
class SubtitleDeck {
 public:
  static constexpr std::int64_t kDelayStepUs = 100'000;
  static constexpr std::int64_t kMostDelayUs = 600'000'000;

  // Both outlive it.
  SubtitleDeck(SubtitleFeed& feed, SubtitlePainter& painter) : feed_(feed), painter_(painter) {}

  // Once in a while: what plays (empty: nothing), what it has (null: not known yet), the viewer's wish, and the
  // language that is heard. Returns what went wrong since, as a sentence; mostly empty.
  std::string follow(const std::string& media, const std::vector<SubtitleInfo>* list, std::string_view wish,
                     std::string_view sound);

  const std::vector<SubtitleInfo>& list() const { return list_; }
  // Index in the list, -1: none.
  int chosen(SubtitleSlot slot) const { return chosen_[static_cast<std::size_t>(slot)]; }
  void choose(SubtitleSlot slot, int index);
  // The next one of the list, behind the last one none.
  void choose_next(SubtitleSlot slot);
  // The language of the main ones where they were chosen by hand, "off" for none; nothing where nobody chose.
  std::optional<std::string> choice() const;
  // What a key says of it: its name, "Subtitles off", "No subtitles here".
  std::string text(SubtitleSlot slot) const;
  bool is_loading() const { return is_loading_; }

  double size() const { return size_; }
  void set_size(double size);
  std::int64_t delay_us() const { return delay_us_; }
  void set_delay(std::int64_t delay_us);

 private:
  void show();

  SubtitleFeed& feed_;
  SubtitlePainter& painter_;
  std::string media_;
  std::vector<SubtitleInfo> list_;
  bool is_listed_ = false;   // the list is known, and the wish was heeded
  bool is_viewers_ = false;  // the main ones were chosen by hand
  std::string sound_;        // the language that is heard
  std::array<int, 2> chosen_{-1, -1};
  std::array<bool, 2> has_failed_{};
  double size_ = 1;
  std::int64_t delay_us_ = 0;
  bool is_loading_ = false;
  std::uint64_t feed_revision_ = 0;
  std::string failure_;
};

}  // namespace zoe::player
