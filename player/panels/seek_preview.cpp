// What hangs over the seek bar: the time under the pointer, its chapter, and the picture there.
#include <algorithm>
#include <cmath>
#include <string>

#include "engine/ui/widgets.hpp"
#include "player/panels/chapters.hpp"
#include "player/panels/format.hpp"
#include "player/panels/transport_bar.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kPreviewWidth = 240;  // at most
constexpr float kPreviewHeight = 150;
constexpr std::size_t kMostTitle = 40;  // letters

}  // namespace

void TransportBar::draw_hover_time(const PanelContext& context, const Box& bar, std::int64_t time_us) {
  Ui& ui = context.ui;
  const TimeStyle style =
      context.scene.playback.duration_us < 60'000'000 ? TimeStyle::kMilliseconds : TimeStyle::kSeconds;
  std::string text = time_text(time_us, style);
  if (const media::Chapter* chapter = chapter_at(context.scene.chapters, time_us))
    if (!chapter->title.empty()) text += " \u00B7 " + cut_letters(chapter->title, kMostTitle);
  const float width = ui.text_width(TextStyle::kStrong, text) + 2 * ui.px(10);
  const float mouse = ImGui::GetIO().MousePos.x;
  const auto beside_mouse = [&](float wide) {
    return std::clamp(std::round(mouse - wide / 2), bar.x, std::max(bar.right() - wide, bar.x));
  };
  const ui::DrawOn above(ui, *ImGui::GetForegroundDrawList());
  const ui::Color ground = ui::blend(ui.palette().raised, ui.palette().ground);
  const auto& details = context.scene.folders.details.value;
  const bool has_preview =
      details && details->media == context.scene.playback.media && details->preview && ui.screen().h > ui.px(400);
  if (!has_preview) {
    const Box bubble{beside_mouse(width), box_.y - ui.px(36), width, ui.px(28)};
    ui.mark("seek.time", bubble, text);
    ui.fill(bubble, ground, ui.px(6));
    ui.outline(bubble, ui.palette().line_strong, ui.px(6));
    ui.label(bubble, TextStyle::kStrong, ui.palette().text, text, ui::Align::kCenter);
    return;
  }
  const PreviewInfo& info = *details->preview;
  // As large as it was made, but no wider than looks well here.
  const float aspect = static_cast<float>(info.tile_width) / static_cast<float>(info.tile_height);
  const float picture_width = std::round(std::min(ui.px(kPreviewWidth), ui.px(kPreviewHeight) * aspect));
  const float picture_height = std::round(picture_width / aspect);
  const float wide = std::max(picture_width, width) + 2 * ui.px(4);
  const float high = picture_height + ui.px(28) + ui.px(4);
  Box card{beside_mouse(wide), box_.y - high - ui.px(8), wide, high};
  const float rounding = ui.px(ui.theme().radius.medium);
  ui.shadow(card, rounding);
  ui.fill(card, ground, rounding);
  ui.outline(card, ui.palette().line_strong, rounding);
  Box rest = card.inset(ui.px(4), 0);
  rest.cut_top(ui.px(4));
  const Box picture = rest.cut_top(picture_height).centered(picture_width, picture_height);
  const auto part = context.artwork.preview(details->media, info, time_us);
  ui.mark("seek.preview", picture, part ? "shown" : "loading");
  if (part)
    draw_picture(ui, picture, *part, ui.px(ui.theme().radius.small));
  else
    ui.fill(picture, ui.palette().field, ui.px(ui.theme().radius.small));
  ui.mark("seek.time", rest, text);
  ui.label(rest, TextStyle::kStrong, ui.palette().text, text, ui::Align::kCenter);
}

}  // namespace zoe::player
