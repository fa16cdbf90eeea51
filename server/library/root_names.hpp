// What the library's folders are called.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace zoe::server {

// A name for each folder, all distinct: the one that was wanted for its path, else the path's last part as valid UTF-8,
// with a number behind it where an earlier one has that name ("Videos", "Videos 2").
std::vector<std::string> name_roots(const std::vector<std::string>& folders,
                                    const std::map<std::string, std::string>& wanted = {});

}  // namespace zoe::server
