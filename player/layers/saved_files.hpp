// Names for what the viewer saves.
#pragma once

#include <string>
#include <string_view>

namespace zoe::player {

// What every file system takes of a title, cut to a sensible length.
std::string file_name_of(const std::string& title);

// "FOLDER/NAME.EXT", or with a number behind the name where that is there already. `extension` begins with its dot.
std::string free_path(const std::string& folder, const std::string& name, std::string_view extension);

}  // namespace zoe::player
