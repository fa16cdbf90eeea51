// The sheet of keys.
#pragma once

#include <string>
#include <vector>

#include "engine/ui/ui.hpp"
#include "player/layers/actions.hpp"

namespace zoe::player {

// Main thread. In front of everything; `alpha` 0 draws nothing. True when it was pressed, to be closed.
bool draw_key_sheet(ui::Ui& ui, const std::vector<KeyHelp>& helps, float alpha);

}  // namespace zoe::player
