// What the pages of the browser share: states that are not the usual one, headings, rows of buttons.
#pragma once

#include <string>
#include <string_view>

#include "engine/ui/ui.hpp"
#include "engine/ui/widgets.hpp"

namespace zoe::player {

// A turning ring with a line below it.
void draw_loading(ui::Ui& ui, const ui::Box& area, std::string_view text);

// A button in the middle of the top of `below`, as draw_notice returns it.
bool notice_button(ui::Ui& ui, const ui::Box& below, std::string_view text, std::string_view icon = {});

// What stands in a page that has nothing to show: it is loading, or it failed (then true when the viewer wants another
// try).
enum class PageState : std::uint8_t { kReady = 1, kShownInstead, kRetryWanted };
PageState draw_page_state(ui::Ui& ui, const ui::Box& area, bool has_value, const std::string& error,
                          std::string_view loading_text);

// A title over a part of a page; cuts it off `rest`.
void draw_heading(ui::Ui& ui, ui::Box& rest, std::string_view text);

// The ground of a row that warms under the pointer or the keyboard; returns the press.
ui::Press draw_row_ground(ui::Ui& ui, const char* id, const ui::Box& box, bool is_current = false);

// Cuts a button as wide as its text off the right of `row`, with a gap; true when it was pressed. Its landmark is
// `name`.
bool cut_button(ui::Ui& ui, ui::Box& row, const char* name, const ui::Button& what);
bool cut_icon_button(ui::Ui& ui, ui::Box& row, const char* name, const ui::IconButton& what);

// "1 video", "12 videos", with thin spaces between thousands.
std::string counted(std::int64_t count, std::string_view one, std::string_view many);

}  // namespace zoe::player
