// Passwords that a person types, or a script pipes in.
#pragma once

#include <string>

#include "engine/core/result.hpp"

namespace zoe::server {

// From a terminal: asked for twice, without showing what is typed. Else the first line of the standard input.
// kInvalidArgument where both differ, or nothing comes.
Result<std::string> read_new_password(const std::string& whose);

}  // namespace zoe::server
