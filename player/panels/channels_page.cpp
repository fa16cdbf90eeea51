#include "player/panels/channels_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ui/icons.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/format.hpp"
#include "player/panels/page_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kRow = 76;

// What is on, how far that is, and what follows.
void draw_channel(const PanelContext& context, Box row, const ChannelLine& channel, int index) {
  Ui& ui = context.ui;
  const bool is_watched = context.scene.channel.is_tuned && context.scene.channel.channel == channel.channel;
  ImGui::PushID(index);
  const ui::Press press = draw_row_ground(ui, "channel", row, is_watched);
  ImGui::PopID();
  ui.mark(fmt::format("channels.{}", index), row, channel.name);
  Box inner = row.inset(ui.px(16), ui.px(10));
  ui.icon(inner.cut_left(ui.px(24)), TextStyle::kIcon, is_watched ? ui.palette().accent : ui.palette().text_muted,
          ui::icon::kSignal);
  inner.cut_left(ui.px(12));
  const std::string left = time_text(std::max<std::int64_t>(channel.duration_us - channel.position_us, 0)) + " left";
  ui.label(inner.cut_right(ui.text_width(TextStyle::kCaption, left)), TextStyle::kCaption, ui.palette().text_faint,
           left);
  inner.cut_right(ui.px(16));
  Box bar = inner.cut_bottom(ui.px(3));
  Box text = inner.centered(inner.w, ui.line_height(TextStyle::kBody) + ui.px(2) + ui.line_height(TextStyle::kCaption));
  ui.label(text.cut_top(ui.line_height(TextStyle::kBody)), TextStyle::kBody, ui.palette().text, channel.name);
  text.cut_top(ui.px(2));
  const std::string on = channel.showing.empty() ? "Nothing for you at the moment" : channel.showing;
  ui.label(text, TextStyle::kCaption, ui.palette().text_muted,
           channel.next.empty() ? on : fmt::format("{} \u00B7 then {}", on, channel.next));
  ui.fill(bar, ui.palette().track, ui.px(1.5F));
  const auto share = static_cast<float>(static_cast<double>(channel.position_us) /
                                        static_cast<double>(std::max<std::int64_t>(channel.duration_us, 1)));
  bar.w *= std::clamp(share, 0.0F, 1.0F);
  ui.fill(bar, ui.palette().accent, ui.px(1.5F));
  if (press.is_clicked) context.requests.tune_in = channel.channel;
}

}  // namespace

void draw_channels_page(const PanelContext& context, Box area) {
  Ui& ui = context.ui;
  const Answer<std::vector<ChannelLine>>& channels = context.scene.channel.channels;
  const PageState state =
      draw_page_state(ui, area, channels.value != nullptr, channels.error, "Asking for the channels");
  if (state == PageState::kRetryWanted) context.channel.refresh_list();
  if (state != PageState::kReady) return;
  if (channels.value->empty()) {
    ui.mark("channels.empty", area);
    ui.paragraph(
        {area.x, area.y + ui.px(48)}, area.w, TextStyle::kBody, ui.palette().text_faint,
        "This server has no channel. Its administrators can make one: a list of videos that is shown for ever, "
        "to everybody at once.",
        4, ui::Align::kCenter);
    return;
  }
  ui::ScrollArea scroll(ui, "channels", area);
  float y = scroll.origin().y;
  int index = 0;
  for (const ChannelLine& each : *channels.value) {
    draw_channel(context, {scroll.origin().x, y, scroll.width(), ui.px(kRow)}, each, index++);
    y += ui.px(kRow) + ui.px(8);
  }
  scroll.set_height(y - scroll.origin().y);
}

}  // namespace zoe::player
