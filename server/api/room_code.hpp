// The code that an invitation to a room is.
#pragma once

#include <string>

#include "engine/core/result.hpp"

namespace zoe::server {

// 60 random bits, in letters and digits without those that are mistaken for each other.
Result<std::string> new_room_code();
// However it is typed.
std::string plain_room_code(const std::string& typed);
std::string shown_room_code(const std::string& code);

}  // namespace zoe::server
