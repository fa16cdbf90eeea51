#include "server/library/root_names.hpp"

#include <set>

#include "server/library/utf8_text.hpp"

namespace zoe::server {

std::vector<std::string> name_roots(const std::vector<std::string>& folders,
                                    const std::map<std::string, std::string>& wanted) {
  std::set<std::string> taken;
  for (const auto& [path, name] : wanted) taken.insert(name);
  std::vector<std::string> names;
  for (const std::string& folder : folders) {
    if (const auto found = wanted.find(folder); found != wanted.end()) {
      names.push_back(found->second);
      continue;
    }
    std::string base = printable_utf8(folder.substr(folder.find_last_of('/') + 1));
    if (base.empty()) base = "Videos";
    std::string name = base;
    for (int number = 2; !taken.insert(name).second; ++number) name = base + " " + std::to_string(number);
    names.push_back(name);
  }
  return names;
}

}  // namespace zoe::server
