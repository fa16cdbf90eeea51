// The program's mark: a zoetrope's drum from above, slits all round, one of them lit.
#pragma once

#include "engine/ui/ui.hpp"

namespace zoe::player {

void draw_mark(ui::Ui& ui, ImVec2 center, float radius);

// The mark and the name beside it, in the middle of `box`'s height. Returns the width used.
float draw_brand(ui::Ui& ui, const ui::Box& box);

}  // namespace zoe::player
