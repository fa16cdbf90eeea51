#include "player/panels/notes_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/seek_bar.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/chapters.hpp"
#include "player/panels/format.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

constexpr float kWidth = 380;
constexpr float kHead = 52;
constexpr float kRow = 52;

std::string_view icon_of(NoteKind kind) {
  switch (kind) {
    case NoteKind::kArrow:
      return ui::icon::kLongArrow;
    case NoteKind::kEllipse:
      return ui::icon::kCircle;
    case NoteKind::kText:
      return ui::icon::kLetters;
    default:
      return ui::icon::kPencil;
  }
}

Color color_of_note(const Note& note) {
  const std::uint32_t rgb = note.shape.color;
  return {static_cast<std::uint8_t>(rgb >> 16U & 0xFFU), static_cast<std::uint8_t>(rgb >> 8U & 0xFFU),
          static_cast<std::uint8_t>(rgb & 0xFFU), 255};
}

}  // namespace

std::string note_text(const Note& note) {
  switch (note.shape.kind) {
    case NoteKind::kArrow:
      return "Arrow";
    case NoteKind::kEllipse:
      return "Ellipse";
    case NoteKind::kText:
      return note.shape.text;
    default:
      return note.shape.points.size() > 2 ? "Drawn by hand" : "Line";
  }
}

float NotesPanel::wanted_width(Ui& ui) { return ui.px(kWidth) + ui.px(ui.theme().space.m); }

void NotesPanel::draw(const PanelContext& context, float top, float bottom, float openness) {
  Ui& ui = context.ui;
  const float margin = ui.px(ui.theme().space.m);
  const float width = std::min(ui.px(kWidth), ui.screen().w - 2 * margin);
  const float slid = std::round((1.0F - openness) * (width + margin));
  box_ = {ui.screen().right() - margin - width + slid, top, width, std::max(bottom - top, 0.0F)};
  const ui::Panel panel(ui, "notes", box_, {.alpha = openness});
  if (!panel.is_open()) return;
  Box rest = box_.inset(ui.px(16), 0);
  draw_head(context, rest.cut_top(ui.px(kHead)));
  ui.fill({rest.x, rest.y, rest.w, ui.px(1)}, ui.palette().line);
  rest.cut_top(ui.px(8));
  rest.cut_bottom(ui.px(12));
  draw_list(context, rest);
}

void NotesPanel::draw_head(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const DrawingsScene& scene = context.scene.drawings;
  row.w += ui.px(8);
  if (cut_icon_button(ui, row, "notes.close",
                      {.icon = ui::icon::kClose, .tip = "Close", .shortcut = context.keys.drawings}))
    context.requests.drawing.toggle_list = true;
  const bool has_any = !scene.known.notes->empty();
  if (cut_icon_button(ui, row, "notes.export",
                      {.icon = ui::icon::kDownload,
                       .tip = "Save all of them as a JSON file",
                       .enabled = has_any ? ui::Enabled::kYes : ui::Enabled::kNo}))
    context.requests.drawing.save = true;
  if (cut_icon_button(ui, row, "notes.shown",
                      {.icon = scene.are_shown ? ui::icon::kEye : ui::icon::kEyeSlash,
                       .tip = scene.are_shown ? "Not on the picture" : "On the picture",
                       .is_on = scene.are_shown}))
    context.requests.drawing.toggle_shown = true;
  if (scene.may_draw &&
      cut_icon_button(
          ui, row, "notes.draw",
          {.icon = ui::icon::kBrush, .tip = "Draw", .shortcut = context.keys.draw, .is_on = scene.tools.is_open})) {
    context.requests.drawing.tools = scene.tools;
    context.requests.drawing.tools->is_open = !scene.tools.is_open;
  }
  const auto count = static_cast<std::int64_t>(scene.known.notes->size());
  ui.mark("notes", row, std::to_string(count));
  Box text = row.centered(row.w, ui.line_height(TextStyle::kStrong) + ui.line_height(TextStyle::kCaption));
  ui.label(text.cut_top(ui.line_height(TextStyle::kStrong)), TextStyle::kStrong, ui.palette().text, "Drawings");
  ui.label(text, TextStyle::kCaption, ui.palette().text_muted, counted(count, "on this video", "on this video"));
}

void NotesPanel::draw_list(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const DrawingsScene& scene = context.scene.drawings;
  const std::vector<Note>& notes = *scene.known.notes;
  if (notes.empty()) {
    const std::string& error = scene.known.error;
    const std::string_view text =
        !error.empty()          ? std::string_view(error)
        : !scene.known.is_known ? "Looking for drawings\u2026"
        : scene.may_draw        ? "Nothing is drawn on this video yet. Pause, and draw on the picture: all in the "
                                  "room see it, and it is kept with the video."
                                : "Nothing is drawn on this video yet. One draws in a room, on a frame that "
                                  "stands; it is kept with the video.";
    ui.mark("notes.none", area, text);
    ui.paragraph({area.x, area.y + ui.px(8)}, area.w, TextStyle::kBody, ui.palette().text_muted, text, 6);
    return;
  }
  ui::ScrollArea scroll(ui, "notes-list", {area.x - ui.px(8), area.y, area.w + ui.px(16), area.h});
  const float height = ui.px(kRow);
  // One row more than can be seen on either side, so that the keyboard finds it.
  const float above = (scroll.view().y - scroll.origin().y) / height - 1;
  const auto first = static_cast<std::size_t>(std::max(above, 0.0F));
  const auto shown = static_cast<std::size_t>(scroll.view().h / height) + 4;
  for (std::size_t i = first; i < std::min(first + shown, notes.size()); ++i)
    draw_note(context, {scroll.origin().x, scroll.origin().y + static_cast<float>(i) * height, scroll.width(), height},
              notes[i], i);
  scroll.set_height(static_cast<float>(notes.size()) * height);
}

void NotesPanel::draw_note(const PanelContext& context, Box row, const Note& note, std::size_t index) {
  Ui& ui = context.ui;
  const PlaybackSnapshot& playback = context.scene.playback;
  const bool is_here = note.time_us >= playback.position_us &&
                       note.time_us < playback.position_us + std::max<std::int64_t>(playback.frame_us, 1);
  const std::string name = fmt::format("notes.{}", index);
  const std::string remove = name + ".delete";
  row = row.inset(0, ui.px(1));
  Box inner = row.inset(ui.px(8), 0);
  // Before the row, so that a press on it is its own.
  const bool is_removed =
      note.may_delete && cut_icon_button(ui, inner, remove.c_str(), {.icon = ui::icon::kTrash, .tip = "Delete it"});
  const ui::Press press = draw_row_ground(ui, name.c_str(), {row.x, row.y, inner.right() - row.x, row.h}, is_here);
  ui.mark(name, inner, note_text(note));
  ui.icon(inner.cut_left(ui.px(24)), TextStyle::kIcon, color_of_note(note), icon_of(note.shape.kind));
  inner.cut_left(ui.px(8));
  const std::string time = time_text(note.time_us, TimeStyle::kMilliseconds);
  const Box right = inner.cut_right(ui.text_width(TextStyle::kCaption, time) + ui.px(2));
  inner.cut_right(ui.px(8));
  Box text = inner.centered(inner.w, ui.line_height(TextStyle::kBody) + ui.line_height(TextStyle::kCaption));
  ui.label({right.x, text.y, right.w, ui.line_height(TextStyle::kBody)}, TextStyle::kCaption,
           is_here ? ui.palette().accent : ui.palette().text_muted, time, ui::Align::kRight);
  ui.label(text.cut_top(ui.line_height(TextStyle::kBody)), TextStyle::kBody, ui.palette().text, note_text(note));
  // Name and age apart, so that neither turns the other around.
  const std::string when = ago_text(note.created_utc_ns, context.scene.utc_ns);
  const float width = ui.text_width(TextStyle::kCaption, when);
  const Box age = text.cut_right(std::min(width, text.w));
  ui.label(age, TextStyle::kCaption, ui.palette().text_faint, when, ui::Align::kRight);
  text.cut_right(ui.px(8));
  ui.label(text, TextStyle::kCaption, ui.palette().text_faint, note.name);
  if (is_removed)
    context.requests.drawing.remove = note.note;
  else if (press.is_clicked)
    context.playback.seek(note.time_us);
}

bool draw_note_marks(const PanelContext& context, const Box& bar) {
  constexpr float kMark = 14;
  constexpr std::size_t kMostTipLetters = 60;
  Ui& ui = context.ui;
  const NotesSnapshot& known = context.scene.drawings.known;
  const PlaybackSnapshot& playback = context.scene.playback;
  if (playback.duration_us <= 0 || known.media != playback.media) return false;
  const std::vector<Note>& notes = *known.notes;
  const float side = ui.px(kMark);
  bool is_on_mark = false;
  int index = 0;
  for (std::size_t first = 0; first < notes.size();) {
    const float x = ui::seek_bar_x(ui, bar, playback.duration_us, notes[first].time_us);
    std::size_t end = first + 1;
    while (end < notes.size() && ui::seek_bar_x(ui, bar, playback.duration_us, notes[end].time_us) - x < side) ++end;
    const Note& note = notes[first];
    const Box box{std::round(x - side / 2), std::round(bar.center().y + ui.px(5)), side, side};
    const std::string name = fmt::format("seek.note.{}", index++);
    ui.mark(name, box, note_text(note));
    const ui::Press press = ui::pressable(ui, name.c_str(), box);
    // A drop that points at its time, in the drawing's colour.
    const Color color = color_of_note(note);
    const float radius = ui.px(press.is_hovered ? 6 : 5);
    const ImVec2 middle{std::round(x), box.y + ui.px(8)};
    ui.list().AddTriangleFilled({middle.x - radius + ui.px(1), middle.y - ui.px(2)}, {middle.x, box.y - ui.px(1)},
                                {middle.x + radius - ui.px(1), middle.y - ui.px(2)}, ui.color(color));
    ui.list().AddCircleFilled(middle, radius, ui.color(color), 20);
    if (end - first > 1) ui.list().AddCircleFilled(middle, ui.px(2), ui.color({0, 0, 0, 200}), 12);
    if (press.is_hovered) {
      const auto more = static_cast<std::int64_t>(end - first) - 1;
      std::string text = fmt::format("{} \u00B7 \u201C{}\u201D", time_text(note.time_us),
                                     cut_letters(note_text(note), kMostTipLetters));
      if (more > 0) text += fmt::format(" and {} more", more);
      ui.tip(box, text);
    }
    if (press.is_clicked) context.playback.seek(note.time_us);
    is_on_mark = is_on_mark || press.is_hovered;
    first = end;
  }
  return is_on_mark;
}

}  // namespace zoe::player
