// The folders of the person at this machine.
#pragma once

#include <string>

namespace zoe::player {

// Where what the player saves for its viewer goes: $XDG_DOWNLOAD_DIR, ~/Downloads where there is one, else the home.
std::string user_download_folder();

}  // namespace zoe::player
