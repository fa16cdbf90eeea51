// Passwords, tokens and codes, by libsodium. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.hpp"
#include "plugins/auth_sql/options.hpp"

namespace zoe::plugins::auth_sql {

// Before anything else here. kInternal when the library finds no source of randomness.
Status init_secrets();

// An Argon2id hash with its salt and cost, as text. About 95 ms and 64 MiB at the default cost. kNoMemory.
Result<std::string> hash_password(std::string_view password, const HashCost& cost);

// Takes as long as making `hash` did, whatever the answer.
bool is_password_of(const std::string& hash, std::string_view password);

// A well-formed hash of no known password, at once: comparing with it costs as much as with a real one.
std::string make_nobodys_hash(const HashCost& cost);

// True when `hash` was made at another cost.
bool is_hash_outdated(const std::string& hash, const HashCost& cost);

// 256 random bits as 43 characters of [A-Za-z0-9_-].
std::string make_token();
bool is_token(std::string_view text);

// What of a token is stored: BLAKE2b-256 as 64 hexadecimal digits. A token has more entropy than could be searched, so
// no salt and no slow hash.
std::string digest_token(std::string_view token);

// 80 random bits for a person to type: "7KQF-…" in four groups of four of Crockford's base 32, which has neither I nor
// L, O or U.
std::string make_code();

// The bare 16 characters of a code, however it was typed: upper or lower case, with or without hyphens, O for 0, I or L
// for 1. Empty when it is none.
std::string normalise_code(std::string_view typed);

// Equal, found out in a time that does not depend on where they differ.
bool is_equal_secret(std::string_view a, std::string_view b);

}  // namespace zoe::plugins::auth_sql
