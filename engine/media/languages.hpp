// Languages by the names that people give them in file names.
#pragma once

#include <string>
#include <string_view>

namespace zoe::media {

// The ISO 639-2 code ("ger" and "deu" both mean German: "deu" is given) of an ISO 639-1 or 639-2 code or an English
// name, whatever its case; a region behind it ("pt-BR") is passed over. Empty for anything else.
std::string language_code(std::string_view word);

// The English name of a code that `language_code` understands ("German"), else the word as it is.
std::string language_name(std::string_view word);

}  // namespace zoe::media
