#include "player/layers/telestration.hpp"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/draw_bar.hpp"

namespace zoe::player {
namespace {

// A room takes 30 places a second; fewer look as smooth.
constexpr std::int64_t kPointEveryNs = kNsPerS / 20;
// Where the pointer rests, often enough that it stays to be seen.
constexpr std::int64_t kStillHereNs = kNsPerS;
constexpr float kFieldWidth = 260;

constexpr std::array<DrawTool, kDrawToolCount> kTools{DrawTool::kPointer, DrawTool::kPen,     DrawTool::kLine,
                                                      DrawTool::kArrow,   DrawTool::kEllipse, DrawTool::kText,
                                                      DrawTool::kEraser};

void cut_to(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not in the middle of a letter
  text.resize(end);
}

}  // namespace

std::int64_t Telestration::update(const View& view, std::int64_t now_ns, bool& is_dirty) {
  const bool was_drawn = needs_glass();
  const bool has_moved = view.frame_us != view_.frame_us || view.stands != view_.stands || view.media != view_.media ||
                         !(view.picture == view_.picture);
  view_ = view;
  place_ = room_.place();
  if (!place_.may_draw && tools_.is_open) {
    tools_.is_open = false;
    is_dirty = true;
  }
  if (!tools_.is_open) put_pointer_away();
  if (!may_draw_now() && (hand_.is_drawing() || writing_)) {
    hand_.cancel();
    writing_.reset();
    is_dirty = true;
  }
  const std::int64_t at_ns = std::min(
      notes_.update({.media = view.media, .may_delete_own = view.may_delete_own}, now_ns), keep_pointer(now_ns));
  if (std::exchange(revision_, notes_.revision()) != notes_.revision()) {
    known_ = notes_.snapshot();
    is_dirty = true;
  }
  if (has_moved && (was_drawn || needs_glass())) is_dirty = true;
  return at_ns;
}

std::span<const Note> Telestration::shown() const {
  if (!view_.stands || known_.media.empty() || known_.media != view_.media) return {};
  const auto [first, end] = notes_on(*known_.notes, view_.frame_us, view_.frame_length_us);
  return std::span(*known_.notes).subspan(first, end - first);
}

// --- Input

bool Telestration::on_press(ui::Ui& ui, float x, float y, ui::Toasts& toasts) {
  cursor_ = {x, y};
  if (writing_) {
    finish_writing();
    return true;
  }
  if (!tools_.is_open || tools_.tool == DrawTool::kPointer || !place_.is_paused) return false;
  const auto at = place_at(view_.picture, {x, y});
  if (!may_draw_now() || !at) return true;  // the frame is on its way, or that was beside the picture
  if (tools_.tool == DrawTool::kEraser) {
    erase_at(ui, x, y, toasts);
  } else if (tools_.tool == DrawTool::kText) {
    writing_ = Writing{.at = *at, .text = {}};
  } else {
    const auto height = static_cast<float>(std::max(view_.picture.height, 1));
    hand_.begin(tools_, *at, static_cast<float>(view_.picture.width) / height);
  }
  return true;
}

void Telestration::on_move(float x, float y) {
  cursor_ = {x, y};
  if (hand_.is_drawing()) return hand_.move(nearest_place(view_.picture, cursor_));
  if (!tools_.is_open || tools_.tool != DrawTool::kPointer || !place_.may_draw) return;
  pointer_ = place_at(view_.picture, cursor_);
}

void Telestration::on_release() {
  if (auto shape = hand_.end()) put(std::move(*shape));
}

bool Telestration::on_key(const app::KeyEvent& event) {
  if (event.key != app::Key::kEscape || event.action != app::KeyAction::kDown) return false;
  if (hand_.is_drawing()) {
    hand_.cancel();
    return true;
  }
  if (std::exchange(writing_, std::nullopt)) return true;
  if (!tools_.is_open) return false;
  tools_.is_open = false;
  return true;
}

bool Telestration::act(Action action, ui::Toasts& toasts) {
  DrawTools tools = tools_;
  if (action == Action::kToggleDrawing) {
    if (!place_.may_draw) {
      toasts.flash(ui::icon::kBrush, place_.member == 0 ? "One draws in a room" : "Here others draw");
      return true;
    }
    tools.is_open = !tools.is_open;
    choose(tools);
    return true;
  }
  if (action == Action::kUndoDrawing) {
    if (!notes_.undo()) toasts.flash(ui::icon::kUndo, "Nothing of yours to take back");
    return true;
  }
  if (!tools_.is_open) return false;
  if (action == Action::kDrawColor) {
    tools.color = (tools.color + 1) % kDrawColors.size();
  } else if (action == Action::kDrawWidth) {
    tools.width = (tools.width + 1) % kDrawWidths.size();
  } else if (action >= Action::kDrawPointer && action <= Action::kDrawEraser) {
    tools.tool = kTools[static_cast<std::size_t>(action) - static_cast<std::size_t>(Action::kDrawPointer)];
  } else {
    return false;
  }
  choose(tools);
  return true;
}

void Telestration::carry_out(const DrawingRequests& requests) {
  if (requests.tools) choose(*requests.tools);
  if (requests.toggle_shown) are_shown_ = !are_shown_;
  if (requests.undo) notes_.undo();
  if (requests.remove != 0) notes_.remove(requests.remove);
}

void Telestration::choose(const DrawTools& tools) {
  if (tools.tool != tools_.tool || !tools.is_open) {
    hand_.cancel();
    finish_writing();
    put_pointer_away();
  }
  if (tools.is_open) are_shown_ = true;
  tools_ = tools;
}

void Telestration::erase_at(ui::Ui& ui, float x, float y, ui::Toasts& toasts) {
  const std::span<const Note> notes = shown();
  const std::uint64_t number = NoteLayer::note_at(ui, notes, view_.picture, x, y);
  const auto note = std::find_if(notes.begin(), notes.end(), [&](const Note& each) { return each.note == number; });
  if (number == 0 || note == notes.end()) return;
  if (!note->may_delete)
    return toasts.flash(ui::icon::kEraser, "Whoever drew it with an account, and the room's owner, delete it");
  notes_.remove(number);
}

// In the middle of the frame, so that nobody's rounding makes another one of it.
void Telestration::put(NoteShape shape) {
  const std::int64_t middle_us = view_.frame_us + view_.frame_length_us / 2;
  notes_.draw(view_.duration_us > 0 ? std::min(middle_us, view_.duration_us) : middle_us, std::move(shape));
}

// --- The pointer

void Telestration::put_pointer_away() {
  pointer_.reset();
  if (std::exchange(told_pointer_, std::nullopt)) room_.point(std::nullopt);
}

std::int64_t Telestration::keep_pointer(std::int64_t now_ns) {
  if (!pointer_) {
    if (told_pointer_) put_pointer_away();
    return INT64_MAX;
  }
  const std::int64_t due_ns = told_ns_ + (told_pointer_ == pointer_ ? kStillHereNs : kPointEveryNs);
  if (now_ns < due_ns) return due_ns;
  told_ns_ = now_ns;
  told_pointer_ = pointer_;
  room_.point(pointer_);
  return now_ns + kStillHereNs;
}

// --- Words

NoteShape Telestration::written() const {
  return {.kind = NoteKind::kText,
          .color = color_of(tools_),
          .width = width_of(tools_) / 2,  // letters are twelve times as high
          .points = {writing_->at},
          .text = writing_->text};
}

void Telestration::finish_writing() {
  if (!writing_) return;
  NoteShape shape = written();
  writing_.reset();
  if (shape.text.find_first_not_of(' ') != std::string::npos && may_draw_now()) put(std::move(shape));
}

// Below what is being written, or above it where there is no room below.
void Telestration::draw_field(const PanelContext& context, float bottom) {
  ui::Ui& ui = context.ui;
  const ScreenPoint at = on_screen(view_.picture, writing_->at);
  const float letters = letter_height(written(), view_.picture);
  const float gap = ui.px(8);
  const float width = ui.px(kFieldWidth);
  const float height = ui.px(ui.theme().control.height) + 2 * ui.px(6);
  const float below = at.y + letters + gap;
  ui::Box box{std::clamp(std::round(at.x), gap, std::max(ui.screen().right() - width - gap, gap)),
              std::round(below + height <= bottom ? below : std::max(at.y - gap - height, gap)), width, height};
  const ui::Panel panel(ui, "draw-words", box, {.ground = ui::Ground::kSolid, .is_in_front = true});
  if (!panel.is_open()) return;
  const ui::Box field = box.inset(ui.px(6));
  ui.mark("draw.words", field, writing_->text);
  const auto typed =
      ui::text_field(ui, "words", field, writing_->text,
                     {.hint = "Write, then Enter", .wants_focus = std::exchange(writing_->is_fresh, false)});
  cut_to(writing_->text, kMostNoteText);
  if (typed.is_submitted) finish_writing();
}

// --- What is seen

bool Telestration::needs_glass() const {
  if (view_.media.empty() || view_.picture.width <= 0) return false;
  return hand_.is_drawing() || writing_ || pointer_ || notes_.is_anybody_pointing() || (are_shown_ && !shown().empty());
}

void Telestration::draw_glass(ui::Ui& ui, std::int64_t now_ns) {
  if (!needs_glass()) return;
  const std::span<const Note> notes = are_shown_ ? shown() : std::span<const Note>();
  const std::vector<NotePointer> pointers = notes_.pointers(now_ns);
  const bool is_erasing = tools_.is_open && tools_.tool == DrawTool::kEraser;
  const std::optional<NoteShape> sketch = writing_ ? std::optional(written()) : hand_.shape();
  layer_.draw(ui, {.notes = notes,
                   .sketch = sketch,
                   .pointers = pointers,
                   .own_pointer = pointer_,
                   .pointer_color = color_of(tools_),
                   .aimed_note = is_erasing ? NoteLayer::note_at(ui, notes, view_.picture, cursor_.x, cursor_.y)
                                            : std::uint64_t{0},
                   .picture = view_.picture});
}

void Telestration::mark(ui::Ui& ui) const {
  const ui::DrawOn under_all(ui, *ImGui::GetBackgroundDrawList());  // outside of every panel
  ui.mark("drawings", ui.screen(), std::to_string(are_shown_ ? shown().size() : 0));
}

void Telestration::draw_panels(const PanelContext& context, float left, float right, float bottom) {
  const float alpha =
      context.ui.follow(ImHashStr("draw-bar"), tools_.is_open ? 1.0F : 0.0F, context.ui.theme().duration_ms.fast, 0);
  if (alpha > 0) draw_draw_bar(context, left, right, bottom, alpha);
  if (writing_) draw_field(context, bottom);
}

DrawingsScene Telestration::scene(bool is_list_open) const {
  return {.known = known_,
          .tools = tools_,
          .may_draw = place_.may_draw,
          .is_list_open = is_list_open,
          .are_shown = are_shown_,
          .on_frame = shown().size()};
}

void Telestration::clear() {
  hand_.cancel();
  writing_.reset();
  tools_.is_open = false;
  pointer_.reset();
  told_pointer_.reset();
  notes_.clear();
}

}  // namespace zoe::player
