#include "server/library/listing.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  const std::string folded = fold_case(printable_utf8(text));
  std::size_t from = 0;
  while (from < folded.size()) {
    const auto end = std::min(folded.find(' ', from), folded.size());
    if (end > from) words.push_back(folded.substr(from, end - from));
    from = end + 1;
  }
  return words;
}

bool matches(const ListedMedia& item, const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(),
                     [&](const std::string& word) { return item.search_text.find(word) != std::string::npos; });
}

// -1, 0 or 1, by the key alone.
int compare(const MediaEntry& a, const MediaEntry& b, SortBy key) {
  const auto order = [](auto left, auto right) { return left < right ? -1 : left > right ? 1 : 0; };
  switch (key) {
    case SortBy::kDuration:
      return order(a.info.duration_us, b.info.duration_us);
    case SortBy::kAdded:
      return order(a.added_utc_ns, b.added_utc_ns);
    case SortBy::kSize:
      return order(a.size_bytes, b.size_bytes);
    case SortBy::kTitle:
      break;
  }
  return 0;
}

}  // namespace

ListedMedia::ListedMedia(MediaEntryPtr media)
    : entry(std::move(media)),
      search_text(fold_case(entry->title + "\n" + entry->relative_path)),
      title_key(sort_key(entry->title)) {}

Listing::Listing(std::vector<ListedMediaPtr> items) : items_(std::move(items)) {
  std::sort(items_.begin(), items_.end(), [](const ListedMediaPtr& a, const ListedMediaPtr& b) {
    if (const int by_title = a->title_key.compare(b->title_key); by_title != 0) return by_title < 0;
    return a->entry->path < b->entry->path;
  });
  by_id_.reserve(items_.size());
  for (const ListedMediaPtr& item : items_) by_id_.emplace(item->entry->id, item.get());
}

MediaEntryPtr Listing::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second->entry;
}

LibraryPage Listing::page(const LibraryQuery& query) const {
  std::vector<const ListedMedia*> found;
  const auto words = words_of(query.search);
  found.reserve(items_.size());
  const std::string below = query.folder.empty() ? std::string() : query.folder + "/";
  std::map<std::string, bool> seen;  // roots, each asked about once
  const auto is_visible = [&](const std::string& root) {
    if (!query.is_visible) return true;
    const auto [place, is_new] = seen.try_emplace(root, false);
    if (is_new) place->second = query.is_visible(root);
    return place->second;
  };
  for (const ListedMediaPtr& item : items_) {
    const MediaEntry& entry = *item->entry;
    const bool is_asked_for =
        (query.root.empty() || entry.root == query.root) && entry.relative_path.starts_with(below);
    if (is_asked_for && is_visible(entry.root) && matches(*item, words)) found.push_back(item.get());
  }

  const bool is_descending = query.order == SortOrder::kDescending;
  if (query.sort == SortBy::kTitle) {
    if (is_descending) std::reverse(found.begin(), found.end());
  } else {
    // Equal ones stay in the order of their titles either way.
    std::stable_sort(found.begin(), found.end(), [&](const ListedMedia* a, const ListedMedia* b) {
      const int order = compare(*a->entry, *b->entry, query.sort);
      return is_descending ? order > 0 : order < 0;
    });
  }

  LibraryPage page;
  page.total = found.size();
  const std::size_t from = std::min(query.offset, found.size());
  const std::size_t count = std::min(query.limit, found.size() - from);
  page.items.reserve(count);
  for (std::size_t i = from; i < from + count; ++i) page.items.push_back(found[i]->entry);
  return page;
}

std::vector<FolderCount> Listing::folders(const std::string& root, const std::string& folder) const {
  const std::string below = folder.empty() ? std::string() : folder + "/";
  std::map<std::string, FolderCount> found;  // by what sorts names as people do
  for (const ListedMediaPtr& item : items_) {
    const MediaEntry& entry = *item->entry;
    if (entry.root != root || !entry.relative_path.starts_with(below)) continue;
    const auto end = entry.relative_path.find('/', below.size());
    if (end == std::string::npos) continue;
    const std::string name = entry.relative_path.substr(below.size(), end - below.size());
    FolderCount& count = found[sort_key(name) + '\0' + name];
    if (count.media++ > 0) continue;
    count.name = name;
    count.folder = below + name;
  }
  std::vector<FolderCount> list;
  list.reserve(found.size());
  for (auto& [key, count] : found) list.push_back(std::move(count));
  return list;
}

}  // namespace zoe::server
