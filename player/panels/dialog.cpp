#include "player/panels/dialog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "player/panels/panel_context.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kWidth = 460;
constexpr float kPadding = 24;

Box modal_box(Ui& ui, float width, float height) {
  const Box screen = ui.screen().inset(ui.px(16));
  const float wide = std::min(ui.px(width), screen.w);
  return screen.centered(wide, std::min(height + 2 * ui.px(kPadding), screen.h));
}

}  // namespace

Modal::Scrim::Scrim(Ui& ui, const char* id, bool is_fresh, bool& is_left) {
  const std::string name = std::string(id) + "-scrim";
  const ui::Panel scrim(ui, name.c_str(), ui.screen(), {.ground = ui::Ground::kNone, .is_in_front = is_fresh});
  ui.fill(ui.screen(), ui.palette().scrim);
  is_left = ImGui::IsWindowHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !is_fresh;
}

Modal::Modal(Ui& ui, const char* id, float width, float height, bool is_fresh)
    : ui_(ui),
      scrim_(ui, id, is_fresh, is_left_),
      panel_(ui, id, modal_box(ui, width, height), {.ground = ui::Ground::kSolid, .is_in_front = is_fresh}),
      inner_(panel_.box().inset(ui.px(kPadding))) {
  ui_.keep_focus_here();
  ui_.set_focus_scope(true);
}

Modal::~Modal() { ui_.set_focus_scope(false); }

float Modal::inner_width(Ui& ui, float width) {
  return std::min(ui.px(width), ui.screen().w - 2 * ui.px(16)) - 2 * ui.px(kPadding);
}

void DialogHost::ask(Dialog dialog) {
  dialog_ = std::move(dialog);
  is_checked_ = false;
  is_fresh_ = true;
}

bool DialogHost::close() {
  if (dialog_)
    for (DialogField& field : dialog_->fields) std::fill(field.value.begin(), field.value.end(), '\0');  // passwords
  return std::exchange(dialog_, std::nullopt).has_value();
}

bool DialogHost::is_complete() const {
  return std::all_of(dialog_->fields.begin(), dialog_->fields.end(), [](const DialogField& field) {
    return field.must_be.empty() ? !field.value.empty() : field.value == field.must_be;
  });
}

bool DialogHost::draw_fields(Ui& ui, Box& rest) {
  bool is_submitted = false;
  for (std::size_t i = 0; i < dialog_->fields.size(); ++i) {
    DialogField& field = dialog_->fields[i];
    const Box place = rest.cut_top(ui.px(ui.theme().control.height));
    const std::string name = fmt::format("dialog.field.{}", i);
    ui.mark(name, place, field.kind == ui::FieldKind::kPassword ? "" : field.value);
    const auto result = ui::text_field(
        ui, name.c_str(), place, field.value,
        {.hint = field.hint, .icon = field.icon, .kind = field.kind, .wants_focus = is_fresh_ && i == 0});
    if (field.value.size() > field.most_bytes) field.value.resize(field.most_bytes);
    is_submitted = is_submitted || result.is_submitted;
    rest.cut_top(ui.px(12));
  }
  return is_submitted;
}

void DialogHost::draw(Ui& ui, PanelRequests& requests) {
  if (!dialog_) return;
  const float inner = Modal::inner_width(ui, kWidth);
  const float control = ui.px(ui.theme().control.height);
  const float title = ui.paragraph_height(inner, TextStyle::kTitle, dialog_->title, 2);
  const float text =
      dialog_->text.empty() ? 0 : ui.paragraph_height(inner, TextStyle::kBody, dialog_->text, 8) + ui.px(20);
  const float fields = static_cast<float>(dialog_->fields.size()) * (control + ui.px(12));
  const float check = dialog_->check ? ui.px(20 + 16) : 0;
  Modal modal(ui, "dialog", kWidth, title + ui.px(12) + text + fields + check + ui.px(8) + control, is_fresh_);
  Box& rest = modal.inner();
  ui.mark("dialog", rest, dialog_->title);
  ui.paragraph(rest.cut_top(title).min(), inner, TextStyle::kTitle, ui.palette().text, dialog_->title, 2);
  rest.cut_top(ui.px(12));
  if (text > 0)
    ui.paragraph(rest.cut_top(text).min(), inner, TextStyle::kBody, ui.palette().text_muted, dialog_->text, 8);
  const bool is_submitted = draw_fields(ui, rest);
  if (dialog_->check) {
    const Box place = rest.cut_top(ui.px(20));
    ui.mark("dialog.check", place, is_checked_ ? "on" : "off");
    ui::checkbox(ui, "check", place, *dialog_->check, is_checked_);
    rest.cut_top(ui.px(16));
  }
  rest.cut_top(ui.px(8));
  const bool can_confirm = is_complete();
  Box row = rest.cut_top(control);
  const ui::Button confirm{.text = dialog_->confirm,
                           .kind = dialog_->is_dangerous ? ui::ButtonKind::kDanger : ui::ButtonKind::kPrimary,
                           .enabled = can_confirm ? ui::Enabled::kYes : ui::Enabled::kNo};
  const Box yes = row.cut_right(std::max(ui::button_width(ui, confirm), ui.px(112)));
  row.cut_right(ui.px(8));
  const Box no = row.cut_right(ui.px(96));
  ui.mark("dialog.confirm", yes, can_confirm ? "ready" : "");
  ui.mark("dialog.cancel", no);
  const bool is_cancelled = ui::button(ui, "cancel", no, {.text = "Cancel"}) || modal.is_left();
  const bool is_confirmed = ui::button(ui, "confirm", yes, confirm) || (is_submitted && can_confirm);
  is_fresh_ = false;
  if (is_confirmed) {
    Dialog::Answers answers{.values = {}, .is_checked = is_checked_};
    for (const DialogField& field : dialog_->fields) answers.values.push_back(field.value);
    const auto done = dialog_->done;
    close();
    if (done) done(requests, answers);
  } else if (is_cancelled) {
    close();
  }
}

}  // namespace zoe::player
