// Languages by the names that people give them in file names.
#pragma once

#include <string>
#include <string_view>

namespace zoe::server {

// The ISO 639-2 code ("ger" and "deu" both mean German: "deu" is given) of an ISO 639-1 or 639-2 code or an English
// name, whatever its case; a region behind it ("pt-BR") is passed over. Empty for anything else.
std::string language_code(std::string_view word);

}  // namespace zoe::server
