#include "player/panels/subtitle_menu.hpp"

#include <fmt/format.h>

#include <string>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"

namespace zoe::player {
namespace {

constexpr float kWidth = 320;
constexpr double kSizeStep = 1.1;

std::string delay_text(std::int64_t delay_us) {
  return delay_us == 0 ? std::string("in step") : fmt::format("{:+.1f} s", static_cast<double>(delay_us) / 1e6);
}

void draw_list(const PanelContext& context, ui::Menu& menu, SubtitleSlot slot) {
  SubtitleDeck& deck = context.subtitles;
  if (menu.item({.text = "None", .is_chosen = deck.chosen(slot) < 0})) deck.choose(slot, -1);
  for (int i = 0; i < static_cast<int>(deck.list().size()); ++i) {
    const SubtitleInfo& info = deck.list()[static_cast<std::size_t>(i)];
    if (menu.item({.text = subtitle_name(info), .is_chosen = deck.chosen(slot) == i})) deck.choose(slot, i);
  }
}

}  // namespace

void draw_subtitle_menu(const PanelContext& context, const ui::Box& button, const ui::Box& anchor) {
  ui::Ui& ui = context.ui;
  SubtitleDeck& deck = context.subtitles;
  const bool is_on = deck.chosen(SubtitleSlot::kMain) >= 0 || deck.chosen(SubtitleSlot::kSecond) >= 0;
  ui.mark("subtitles", button, deck.text(SubtitleSlot::kMain));
  if (ui::icon_button(
          ui, "subtitles", button,
          {.icon = ui::icon::kWords, .tip = "Subtitles", .shortcut = context.keys.subtitles, .is_on = is_on}))
    ui::open_menu("subtitle-menu");
  constexpr int kSettings = 5;
  const int tracks = static_cast<int>(deck.list().size()) + 1;
  bool opens_second = false;
  if (ui::Menu menu(ui, "subtitle-menu", anchor, ui.px(kWidth), tracks + kSettings, "Subtitles"); menu.is_open()) {
    draw_list(context, menu, SubtitleSlot::kMain);
    const int second = deck.chosen(SubtitleSlot::kSecond);
    const std::string name =
        second < 0 ? std::string("none") : subtitle_name(deck.list()[static_cast<std::size_t>(second)]);
    opens_second = menu.item({.text = "At the top", .detail = name, .icon = ui::icon::kArrowUp});
    if (menu.item({.text = "Larger", .detail = context.keys.subtitles_larger, .icon = ui::icon::kPlus}))
      deck.set_size(deck.size() * kSizeStep);
    if (menu.item({.text = "Smaller", .detail = context.keys.subtitles_smaller, .icon = ui::icon::kMinus}))
      deck.set_size(deck.size() / kSizeStep);
    const std::string delay = delay_text(deck.delay_us());
    if (menu.item({.text = "Earlier", .detail = delay, .icon = ui::icon::kClock}))
      deck.set_delay(deck.delay_us() - SubtitleDeck::kDelayStepUs);
    if (menu.item({.text = "Later", .detail = delay, .icon = ui::icon::kClock}))
      deck.set_delay(deck.delay_us() + SubtitleDeck::kDelayStepUs);
  }
  if (opens_second) ui::open_menu("second-subtitle-menu");
  ui::Menu second(ui, "second-subtitle-menu", anchor, ui.px(kWidth), tracks, "Subtitles at the top");
  if (second.is_open()) draw_list(context, second, SubtitleSlot::kSecond);
}

}  // namespace zoe::player
