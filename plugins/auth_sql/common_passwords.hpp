// Passwords that whoever guesses tries first.
#pragma once

#include <string_view>

namespace zoe::plugins::auth_sql {

// Why `password` (valid UTF-8) is one of them, in words that follow "the password is "; empty where it is not:
//
// - what many people take, in any case, also with digits and signs behind it ("password", "Football2024!");
// - the name of the account (its key, as parse_name folds it), likewise;
// - one short piece again and again ("abcabcabc"), or a run along the alphabet, the digits or the keyboard, either way
//   ("12345678", "qwertyuiop").
std::string_view why_common(std::string_view password, std::string_view name_key);

}  // namespace zoe::plugins::auth_sql
