#include "player/client/media_names.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "player/client/download_names.hpp"

namespace zoe::player {
namespace {

constexpr std::size_t kMostCompared = 96;  // bytes of a name

std::string folded(std::string_view text) {
  std::string result(text.substr(0, kMostCompared));
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// Letters to be changed, put in or left out (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row.back();
}

// 0 is best; SIZE_MAX: nothing like it.
std::size_t unlikeness(std::string_view name, std::string_view wanted) {
  if (name.empty() || wanted.empty()) return SIZE_MAX;
  if (name.find(wanted) != std::string_view::npos) return name.size() - wanted.size();
  const std::size_t changes = distance(name, wanted);
  // A third of the letters at most; more make another name.
  if (changes * 3 <= std::max(name.size(), wanted.size())) return 1000 + changes;
  if (wanted.find(name) != std::string_view::npos) return 2000 + wanted.size() - name.size();
  return SIZE_MAX;
}

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem(); }

}  // namespace

std::vector<const LibraryItem*> find_items(std::span<const LibraryItem> items, std::string_view wanted) {
  std::vector<const LibraryItem*> found;
  const auto look = [&](auto&& is_it) {
    for (const LibraryItem& item : items)
      if (is_it(item)) found.push_back(&item);
    return !found.empty();
  };
  if (look([&](const LibraryItem& it) { return it.media == wanted; })) return found;
  if (look([&](const LibraryItem& it) { return it.title == wanted; })) return found;
  if (look([&](const LibraryItem& it) { return it.path == wanted || full_path(it) == wanted; })) return found;
  look([&](const LibraryItem& it) { return last_part(it.path) == wanted || stem_of(it.path) == wanted; });
  return found;
}

const LibraryItem* find_item(const LibraryListing& listing, const std::string& wanted) {
  if (listing.items.empty()) return nullptr;
  if (wanted.empty()) return &listing.items.front();
  const auto found = find_items(listing.items, wanted);
  return found.empty() ? nullptr : found.front();
}

std::string full_path(const LibraryItem& item) { return item.root.empty() ? item.path : item.root + '/' + item.path; }

std::vector<const LibraryItem*> close_matches(std::span<const LibraryItem> items, std::string_view wanted,
                                              std::size_t most) {
  const std::string name = folded(last_part(wanted));
  const std::string stem = folded(stem_of(std::string(last_part(wanted))));
  std::vector<std::pair<std::size_t, const LibraryItem*>> ranked;
  for (const LibraryItem& item : items) {
    const std::size_t unlike =
        std::min({unlikeness(folded(item.title), name), unlikeness(folded(last_part(item.path)), name),
                  unlikeness(folded(stem_of(item.path)), stem)});
    if (unlike != SIZE_MAX) ranked.emplace_back(unlike, &item);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const LibraryItem*> best;
  for (std::size_t i = 0; i < std::min(most, ranked.size()); ++i) best.push_back(ranked[i].second);
  return best;
}

}  // namespace zoe::player
