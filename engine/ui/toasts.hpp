// Messages that come, stay a moment and go.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "engine/ui/ui.hpp"

namespace zoe::ui {

enum class ToastKind : std::uint8_t { kNote = 1, kGood, kWarning, kError };

// Main thread. At most four at a time, the oldest goes first; the same text again only stays longer.
class Toasts {
 public:
  void add(ToastKind kind, std::string text);
  // A short word about what a key just did, in the middle above: replaces the one before.
  void flash(std::string_view icon, std::string text);

  // Below `top`, in the middle of the screen.
  void draw(Ui& ui, float top);

  bool is_empty() const { return toasts_.empty() && flash_.text.empty() && flash_.icon.empty(); }

 private:
  struct Toast {
    ToastKind kind = ToastKind::kNote;
    std::string text;
    std::int64_t until_ns = 0;  // 0: not drawn yet
    std::uint32_t id = 0;
  };
  struct Flash {
    std::string_view icon;
    std::string text;
    std::int64_t until_ns = 0;
  };
  float draw_toast(Ui& ui, Toast& toast, float top);
  void draw_flash(Ui& ui);

  std::deque<Toast> toasts_;
  Flash flash_;
  std::uint32_t next_id_ = 1;
};

}  // namespace zoe::ui
