#include "player/panels/media_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/artwork.hpp"
#include "player/panels/downloads_page.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

constexpr float kCardWidth = 232;  // at least
constexpr Color kPlate{0, 0, 0, 165};
constexpr Color kOnPlate{255, 255, 255, 255};

// FNV-1a: the same video has the same tint everywhere.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

Color hsv(float hue, float saturation, float value) {
  ImVec4 rgb{0, 0, 0, 1};
  ImGui::ColorConvertHSVtoRGB(hue, saturation, value, rgb.x, rgb.y, rgb.z);
  const auto byte = [](float v) { return static_cast<std::uint8_t>(std::lround(v * 255)); };
  return {byte(rgb.x), byte(rgb.y), byte(rgb.z), 255};
}

void draw_tint(Ui& ui, const Box& box, std::string_view key, float rounding) {
  const std::uint32_t hash = hash_of(key);
  const float hue = static_cast<float>(hash % 360) / 360.0F;
  const Color above = hsv(hue, 0.42F, 0.34F);
  const Color below = hsv(std::fmod(hue + 0.08F, 1.0F), 0.5F, 0.17F);
  // Corners of their own, since a gradient has none: the ends are rounded, the middle is a gradient.
  Box middle = box;
  ui.list().AddRectFilled(box.min(), {box.right(), box.y + 2 * rounding}, ui.color(above), rounding,
                          ImDrawFlags_RoundCornersTop);
  ui.list().AddRectFilled({box.x, box.bottom() - 2 * rounding}, box.max(), ui.color(below), rounding,
                          ImDrawFlags_RoundCornersBottom);
  middle.cut_top(rounding);
  middle.cut_bottom(rounding);
  ui.list().AddRectFilledMultiColor(middle.min(), middle.max(), ui.color(above), ui.color(above), ui.color(below),
                                    ui.color(below));
}

// The holes along a strip of film.
void draw_holes(Ui& ui, const Box& box, float side) {
  constexpr Color kHole{0, 0, 0, 70};
  const float pitch = side * 2.1F;
  const int count = static_cast<int>((box.w - side) / pitch);
  const float start = box.x + (box.w - static_cast<float>(count) * pitch + pitch - side) / 2;
  for (int i = 0; i < count; ++i) {
    const float x = std::round(start + static_cast<float>(i) * pitch);
    ui.fill({x, box.y + side * 0.7F, side, side * 0.8F}, kHole, side * 0.2F);
    ui.fill({x, box.bottom() - side * 1.5F, side, side * 0.8F}, kHole, side * 0.2F);
  }
}

// The poster over its tint. A picture that is much narrower than its box is shown whole, in the middle of it.
bool draw_poster(const PanelContext& context, const Box& box, const LibraryItem& item, float rounding) {
  Ui& ui = context.ui;
  const auto part = context.artwork.poster(item);
  if (!part) return false;
  const float alpha = ui.follow(ImGui::GetID("poster"), 1, ui.theme().duration_ms.slow, 0);
  if (part->aspect < 1.1F) {
    ui.fill(box, Color{0, 0, 0, 120}.with_alpha(alpha), rounding);
    draw_picture(ui, box.centered(std::round(box.h * part->aspect), box.h), *part, 0, alpha);
  } else {
    draw_picture(ui, box, *part, rounding, alpha);
  }
  return true;
}

void draw_play_mark(Ui& ui, ImVec2 middle, bool is_card, float alpha) {
  const float radius = ui.px(is_card ? 22 : 13);
  ui.list().AddCircleFilled(middle, radius, ui.color(ui.palette().accent.with_alpha(alpha)), 32);
  const float nudge = ui.px(1);  // a triangle's middle looks left of its box's
  ui.icon(Box{middle.x - radius + nudge, middle.y - radius, 2 * radius, 2 * radius},
          is_card ? TextStyle::kIconLarge : TextStyle::kIcon, ui.palette().on_accent.with_alpha(alpha),
          ui::icon::kPlay);
}

void draw_progress(Ui& ui, const Box& box, const LibraryItem& item, bool is_card) {
  const float margin = ui.px(is_card ? 8 : 4);
  if (item.duration_us > 0 && item.progress_us > 0 && !item.is_watched) {
    const float height = ui.px(is_card ? 4 : 3);
    const Box track{box.x + margin, box.bottom() - height - margin / 2, box.w - 2 * margin, height};
    const double share = static_cast<double>(item.progress_us) / static_cast<double>(item.duration_us);
    ui.fill(track, Color{255, 255, 255, 70}, height / 2);
    ui.fill({track.x, track.y, std::max(track.w * static_cast<float>(std::min(share, 1.0)), height), height},
            ui.palette().accent, height / 2);
  }
  if (!item.is_watched) return;
  const float side = ui.px(is_card ? 22 : 16);
  const Box mark{box.x + margin, box.bottom() - margin - side, side, side};
  ui.fill(mark, kPlate, side / 2);
  ui.icon(mark, TextStyle::kIcon, ui.palette().good, ui::icon::kCheck);
}

}  // namespace

bool draw_thumbnail(const PanelContext& context, const Box& box, const LibraryItem& item, CardLook look, float warmth,
                    bool is_current) {
  Ui& ui = context.ui;
  const bool is_card = look == CardLook::kCard;
  const float rounding = ui.px(is_card ? ui.theme().radius.medium : ui.theme().radius.small);
  draw_tint(ui, box, item.media, rounding);
  const bool has_poster = draw_poster(context, box, item, rounding);
  if (!item.is_available) {
    ui.fill(box, Color{0, 0, 0, 150}, rounding);
    ui.icon(box, is_card ? TextStyle::kIconLarge : TextStyle::kIcon, Color{255, 255, 255, 140}, ui::icon::kUnlink);
    return has_poster;
  }
  if (!has_poster) draw_holes(ui, box, ui.px(is_card ? 7 : 4));
  const float margin = ui.px(is_card ? 8 : 4);
  if (warmth > 0 || is_current)
    draw_play_mark(ui, box.center(), is_card, is_current ? 1.0F : warmth);
  else if (!has_poster)
    ui.icon(box, is_card ? TextStyle::kIconLarge : TextStyle::kIcon, Color{255, 255, 255, 90}, ui::icon::kFilm);
  draw_progress(ui, box, item, is_card);
  if (!is_card) return has_poster;
  if (item.duration_us > 0) {
    const std::string length = duration_text(item.duration_us);
    ui::badge(ui,
              {box.right() - margin - ui::badge_width(ui, length), box.bottom() - 1.5F * margin - ui::badge_height(ui)},
              length, kPlate, kOnPlate);
  }
  float x = box.x + margin;
  const std::string resolution = resolution_text(item.width, item.height);
  if (!resolution.empty()) x += ui::badge(ui, {x, box.y + margin}, resolution, kPlate, kOnPlate).x + ui.px(4);
  if (item.is_hdr) ui::badge(ui, {x, box.y + margin}, "HDR", ui.palette().accent, ui.palette().on_accent);
  return has_poster;
}

CardGrid CardGrid::of(Ui& ui, float width) {
  CardGrid grid{.gap = ui.px(20)};
  grid.columns = std::max(1, static_cast<int>((width + grid.gap) / (ui.px(kCardWidth) + grid.gap)));
  const auto columns = static_cast<float>(grid.columns);
  grid.card_width = std::floor((width - grid.gap * (columns - 1)) / columns);
  grid.card_height = std::round(grid.card_width * 9 / 16) + ui.px(68);
  return grid;
}

Box CardGrid::box(ImVec2 origin, int index) const {
  return {origin.x + static_cast<float>(index % columns) * (card_width + gap),
          origin.y + static_cast<float>(index / columns) * step(), card_width, card_height};
}

CardGrid::Range CardGrid::seen(int count, float top, const Box& view) const {
  const int rows = (count + columns - 1) / columns;
  const int first = static_cast<int>(std::floor((view.y - top) / step())) - 1;
  const int last = static_cast<int>(std::floor((view.bottom() - top) / step())) + 2;
  return {.first = std::min(std::clamp(first, 0, rows) * columns, count),
          .last = std::min(std::clamp(last, 0, rows) * columns, count),
          .height = static_cast<float>(rows) * step()};
}

// The small buttons are pressed before the card is, and drawn after it.
void draw_media_card(const PanelContext& context, const Box& box, const LibraryItem& item, const CardText& text) {
  Ui& ui = context.ui;
  ui.mark(text.name, box, item.title);
  ImGui::PushID(text.name.c_str());
  Box rest = box;
  const Box thumb = rest.cut_top(std::round(box.w * 9 / 16));
  const float side = ui.px(ui.theme().control.compact);
  const Box heart{thumb.right() - side - ui.px(6), thumb.y + ui.px(6), side, side};
  const bool may_keep = context.scene.link.principal.role != Role::kGuest;
  const bool has_menu = may_keep || context.scene.downloads.is_possible;
  const Box more{may_keep ? heart.x - side - ui.px(4) : heart.x, heart.y, side, side};
  // Not by the keyboard: that has the menu.
  const auto small = [&](const char* id, const Box& place, bool is_there) {
    const bool is_over = is_there && ImGui::IsMouseHoveringRect(place.min(), place.max());
    return is_over ? ui::pressable(ui, id, place, ui::Enabled::kYes, ui::Focus::kNo) : ui::Press{};
  };
  const ui::Press more_press = small("more", more, has_menu);
  const ui::Press heart_press = small("heart", heart, may_keep);
  const ui::Press press = ui::pressable(ui, "card", box, ui::Enabled::kYes, ui::Focus::kOwnRing);
  const ImGuiID id = ImGui::GetID("card");
  const bool is_over_small = more_press.is_hovered || heart_press.is_hovered;
  const bool is_on = press.is_hovered || is_over_small || ui.is_focused(id) || ui::is_menu_open("media-menu");
  const float warm = ui.follow(ImGui::GetID("warm"), is_on ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  const bool has_poster = draw_thumbnail(context, thumb, item, CardLook::kCard, is_over_small ? 0 : warm,
                                         item.media == context.scene.playback.media);
  ui.mark(text.name + ".poster", thumb, has_poster ? "shown" : "");
  if (warm > 0) ui.outline(thumb, ui.palette().accent.with_alpha(warm), ui.px(ui.theme().radius.medium), 2);
  const auto draw_small = [&](const Box& place, const ui::Press& its, std::string_view icon, Color color,
                              std::string_view tip) {
    ui.fill(place, its.is_hovered ? Color{0, 0, 0, 220} : kPlate, side / 2);
    ui.icon(place, TextStyle::kIcon, color, icon);
    if (its.is_hovered) ui.tip(place, tip);
  };
  if (may_keep && (item.is_favourite || warm > 0)) {
    draw_small(heart, heart_press, item.is_favourite ? ui::icon::kHeart : ui::icon::kHeartEmpty,
               item.is_favourite ? ui.palette().accent : kOnPlate,
               item.is_favourite ? "Not a favourite any more" : "Favourite");
    ui.mark(text.name + ".favourite", heart, item.is_favourite ? "yes" : "no");
  }
  if (has_menu && warm > 0 && item.is_available) {
    draw_small(more, more_press, ui::icon::kMore, kOnPlate, "More");
    ui.mark(text.name + ".more", more);
  }
  const bool is_right_click = press.is_hovered && ImGui::IsMouseReleased(ImGuiMouseButton_Right);
  if (has_menu && item.is_available && (more_press.is_clicked || is_right_click || ui.is_menu_wanted(id)))
    ui::open_menu("media-menu");
  draw_media_menu(context, more, item);
  ImGui::PopID();
  rest.cut_top(ui.px(10));
  const Box title = rest.cut_top(ui.line_height(TextStyle::kStrong));
  const bool is_cut = ui.label(title, TextStyle::kStrong, ui.palette().text, item.title);
  rest.cut_top(ui.px(4));
  const Box below = rest.cut_top(ui.line_height(TextStyle::kCaption));
  const bool is_caption_cut = ui.label(below, TextStyle::kCaption, ui.palette().text_faint, text.caption);
  if (press.is_hovered && (is_cut || is_caption_cut)) ui.tip(title, is_cut ? item.title : text.caption);
  if (!item.is_available) ui.label(below, TextStyle::kCaption, ui.palette().text_faint, "Not in the library any more");
  if (heart_press.is_clicked) context.requests.toggle_favourite = item;
  if (press.is_clicked && item.is_available) context.requests.open = item;
}

namespace {

// For who has an account.
void draw_keeping(const PanelContext& context, ui::Menu& menu, const LibraryItem& item) {
  if (menu.item({.text = item.is_favourite ? "Not a favourite any more" : "Make it a favourite",
                 .icon = item.is_favourite ? ui::icon::kHeart : ui::icon::kHeartEmpty}))
    context.requests.toggle_favourite = item;
  if (menu.item({.text = "Add to a playlist", .icon = ui::icon::kListOl})) context.requests.add_to_playlist = item;
  if (menu.item({.text = item.is_watched ? "Not seen yet" : "Seen it",
                 .icon = item.is_watched ? ui::icon::kEyeSlash : ui::icon::kEye}))
    context.requests.commands.push_back(
        {.verb = PersonalVerb::kSetWatched, .media = item.media, .is_on = !item.is_watched});
}

}  // namespace

void draw_media_menu(const PanelContext& context, const Box& anchor, const LibraryItem& item) {
  Ui& ui = context.ui;
  const bool may_keep = context.scene.link.principal.role != Role::kGuest;
  const bool may_download = context.scene.downloads.is_possible;
  ui::Menu menu(ui, "media-menu", anchor, ui.px(248), 2 + (may_keep ? 3 : 0) + (may_download ? 1 : 0), item.title);
  if (!menu.is_open()) return;
  if (menu.item({.text = item.resume_us > 0 ? "Play on" : "Play", .icon = ui::icon::kPlay}))
    context.requests.open = item;
  if (menu.item({.text = "Play from the start", .icon = ui::icon::kReplay})) {
    context.requests.open = item;
    context.requests.open->resume_us = 0;
  }
  if (may_keep) draw_keeping(context, menu, item);
  if (!may_download) return;
  const std::string tip = download_tip(find_download(context.scene.downloads.list, item.media));
  if (menu.item({.text = tip, .icon = ui::icon::kDownload})) context.requests.download = item;
}

}  // namespace zoe::player
