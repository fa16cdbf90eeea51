// A snapshot of the library that can be searched and sorted.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/library/library.hpp"

namespace zoe::server {

// An entry with what searching and sorting need, made once.
struct ListedMedia {
  explicit ListedMedia(MediaEntryPtr media);

  MediaEntryPtr entry;
  std::string search_text;  // case folded: title and path
  std::string title_key;
};
using ListedMediaPtr = std::shared_ptr<const ListedMedia>;

// Immutable; any thread.
class Listing {
 public:
  Listing() = default;
  // Ids must differ.
  explicit Listing(std::vector<ListedMediaPtr> items);

  MediaEntryPtr find(const std::string& id) const;
  LibraryPage page(const LibraryQuery& query) const;
  // As Library::folders.
  std::vector<FolderCount> folders(const std::string& root, const std::string& folder) const;
  const std::vector<ListedMediaPtr>& items() const { return items_; }  // by title, then by path

 private:
  std::vector<ListedMediaPtr> items_;
  std::unordered_map<std::string_view, const ListedMedia*> by_id_;  // keys lie in the entries
};

}  // namespace zoe::server
