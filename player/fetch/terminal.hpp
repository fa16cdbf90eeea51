// What a program without a window knows of its terminal.
#pragma once

#include <string>

#include "engine/core/result.hpp"

namespace zoe::player {

// Standard error goes to a person.
bool is_watched();

// Of the terminal behind standard error; 80 where that cannot be told.
int terminal_columns();

// A line of the input, without its end: typed after `prompt` and not shown where the input is a terminal.
// kInvalidArgument where there is none, kCancelled after Ctrl-C.
Result<std::string> read_password(const std::string& prompt);

}  // namespace zoe::player
