// The library as somebody may see it: what they may not see does not exist. Handlers know no other.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/api/root_access.hpp"
#include "server/library/library.hpp"

namespace zoe::server {

// For the length of a request; borrows all it is made of.
class VisibleLibrary {
 public:
  VisibleLibrary(const Library& library, const RootAccess& access, const Identity& identity)
      : library_(library), access_(access), identity_(identity) {}

  // Null where there is none, and where it may not be seen.
  MediaEntryPtr find(const std::string& id) const {
    MediaEntryPtr entry = library_.find(id);
    return entry && access_.may_see(identity_, entry->root) ? entry : nullptr;
  }

  // By the path inside the root, or that behind the root's name.
  MediaEntryPtr find_path(const std::string& path) const {
    return library_.find_path(path, [this](const std::string& root) { return access_.may_see(identity_, root); });
  }

  LibraryPage list(LibraryQuery query) const {
    query.is_visible = [this](const std::string& root) { return access_.may_see(identity_, root); };
    return library_.list(query);
  }

  // The roots and how many media each holds.
  std::vector<std::pair<std::string, std::size_t>> roots() const {
    auto roots = library_.roots();
    std::erase_if(roots, [this](const auto& each) { return !access_.may_see(identity_, each.first); });
    return roots;
  }

  // Empty where the root may not be seen.
  std::vector<FolderCount> folders(const std::string& root, const std::string& folder) const {
    return access_.may_see(identity_, root) ? library_.folders(root, folder) : std::vector<FolderCount>();
  }

  bool sees_all() const { return roots().size() == library_.roots().size(); }

 private:
  const Library& library_;
  const RootAccess& access_;
  const Identity& identity_;
};

}  // namespace zoe::server
