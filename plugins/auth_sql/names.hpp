// What people may call themselves, and what their passwords may be. Everything here takes bytes from strangers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::plugins::auth_sql {

inline constexpr std::size_t kLongestNameBytes = 64;
inline constexpr std::size_t kShortestPassword = 8;  // in characters (code points)
inline constexpr std::size_t kLongestPassword = 256;
inline constexpr std::size_t kLongestPasswordBytes = 4 * kLongestPassword;

// A name as it is shown, and the key by which it is unique.
struct Name {
  std::string shown;
  std::string key;
};

// Trims white space (Unicode's). The rest is 1 to 64 bytes of valid UTF-8 without characters that cannot be seen:
// control characters, line separators, marks of direction, zero-width spaces, noncharacters.
//
// The key is the name with simple case folding of Latin (up to Extended-A, and Extended Additional), Greek, Cyrillic,
// Armenian and full-width letters, so "Zoë" and "ZOË" are one name. It does no normalisation: composed and decomposed
// forms of a letter are two names, and so are "straße" and "STRASSE". kInvalidArgument.
Result<Name> parse_name(std::string_view raw);

// 8 to 256 characters of valid UTF-8, and none of those that are guessed first (common_passwords.hpp). `name_key`: of
// the account; may be empty where it is not known. kInvalidArgument.
Status check_password(std::string_view password, std::string_view name_key);

// What a client calls itself, fit to be shown: at most 64 bytes of valid UTF-8 without what a name may not hold either.
std::string clean_label(std::string_view raw);

}  // namespace zoe::plugins::auth_sql
