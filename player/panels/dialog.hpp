// Questions in front of everything: a sentence, perhaps fields to fill in, and two buttons.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ui/panel.hpp"
#include "engine/ui/ui.hpp"
#include "engine/ui/widgets.hpp"

namespace zoe::player {

struct PanelRequests;

// Dims what lies behind and holds the keyboard while it lives. The content goes into `inner()`.
class Modal {
 public:
  // `height` is that of the content.
  Modal(ui::Ui& ui, const char* id, float width, float height, bool is_fresh);
  ~Modal();
  Modal(const Modal&) = delete;
  Modal& operator=(const Modal&) = delete;

  static float inner_width(ui::Ui& ui, float width);
  ui::Box& inner() { return inner_; }
  // Pressed beside it.
  bool is_left() const { return is_left_; }

 private:
  struct Scrim {
    Scrim(ui::Ui& ui, const char* id, bool is_fresh, bool& is_left);
  };
  ui::Ui& ui_;
  bool is_left_ = false;
  Scrim scrim_;
  ui::Panel panel_;
  ui::Box inner_;
};

struct DialogField {
  std::string hint;
  std::string_view icon = {};
  ui::FieldKind kind = ui::FieldKind::kText;
  std::string value;
  std::string must_be = {};  // what has to be typed; empty: anything but nothing
  std::size_t most_bytes = 256;
};

struct Dialog {
  std::string title;
  std::string text;
  std::string confirm;
  bool is_dangerous = false;
  std::vector<DialogField> fields;
  std::optional<std::string> check = {};  // the text of a box to tick, off at first
  struct Answers {
    std::vector<std::string> values;
    bool is_checked = false;
  };
  std::function<void(PanelRequests&, const Answers&)> done;
};

// Main thread. One dialog at a time; its controls are "dialog.confirm", "dialog.cancel", "dialog.field.N",
// "dialog.check".
class DialogHost {
 public:
  void ask(Dialog dialog);
  bool is_open() const { return dialog_.has_value(); }
  // Esc; false where none is open.
  bool close();
  void draw(ui::Ui& ui, PanelRequests& requests);

 private:
  bool is_complete() const;
  bool draw_fields(ui::Ui& ui, ui::Box& rest);

  std::optional<Dialog> dialog_;
  bool is_checked_ = false;
  bool is_fresh_ = false;
};

}  // namespace zoe::player
