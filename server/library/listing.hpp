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
  const std::vector<ListedMediaPtr>& items() const { return items_; }  // by title, then by path

 private:
  std::vector<ListedMediaPtr> items_;
  std::unordered_map<std::string_view, const ListedMedia*> by_id_;  // keys lie in the entries
};

// The media's title: its tag where that says something, else the file's name without its ending. Valid UTF-8.
std::string title_of(std::string_view tag, std::string_view file_name);

}  // namespace zoe::server
