// Titles in the order and the letter forms in which they are drawn from left to right.
#pragma once

#include <string>
#include <string_view>

namespace zoe::ui {

// True when the text holds right-to-left letters or marks that steer direction.
bool needs_shaping(std::string_view utf8);

// One line in visual order: the bidirectional algorithm (UAX #9) applied, Arabic letters joined by their presentation
// forms, control characters left out or shown as a space. Text that needs none of it comes back as it is, but for
// control characters. What stands in double quotation marks is isolated: a right-to-left name in a message leaves the
// message's own order alone. At most the first 1024 code points are kept. Any thread.
std::string shape_line(std::string_view utf8);

}  // namespace zoe::ui
