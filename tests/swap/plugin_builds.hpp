// Two builds of each plugin, so that a swap can be told from none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zoe::test {

// Every plugin file of a folder, by name; what is added to the build later is among them by itself.
std::vector<std::string> plugin_files(const std::string& folder);

// A copy of the library's bytes whose version text reads otherwise. Throws std::runtime_error where it cannot be found.
// `from` and `to` are equally long.
std::string with_version(std::string library, std::string_view from, std::string_view to);

// Another version of the same length: "1.0.0" becomes "1.0.9".
std::string another_version(std::string version);

// Puts the bytes there as an operator should: written beside it, then renamed.
void drop_in(const std::string& folder, const std::string& file_name, const std::string& bytes);

}  // namespace zoe::test
