#include "player/client/library_feed.hpp"

#include <algorithm>
#include <utility>

#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kEveryNs = 60 * kNsPerS;
constexpr std::int64_t kPreviewNs = 5 * kNsPerS;  // while there is none
constexpr std::int64_t kLookNs = kNsPerS;         // while the roots are on their way

}  // namespace

LibraryFeed::LibraryFeed(ServerLink& link, const std::function<void()>& wake)
    : roots_(link, "library.roots", parse_roots, wake),
      folders_(link, "library.folders", parse_folders, wake),
      details_(link, "library.get", parse_details, wake) {}

std::int64_t LibraryFeed::update_folders(const std::string& root, const std::string& folder, std::int64_t now_ns) {
  const std::int64_t roots_at_ns = roots_.keep_fresh({}, now_ns, kEveryNs);
  root_ = root;
  folder_ = folder;
  if (root_.empty()) {
    const auto roots = roots_.answer();
    if (!roots.value || roots.value->size() != 1) return std::min(roots_at_ns, now_ns + kLookNs);
    root_ = roots.value->front().root;
  }
  const std::int64_t folders_at_ns =
      folders_.keep_fresh(text_params({{"root", root_}, {"folder", folder_}}), now_ns, kEveryNs);
  return std::min(roots_at_ns, folders_at_ns);
}

std::int64_t LibraryFeed::update_details(const std::string& media, std::int64_t now_ns) {
  // A server makes the preview of a new video in its own time, and tells nobody when it is there.
  const auto known = details_.answer().value;
  if (known && known->media == media && !known->preview && now_ns >= preview_at_ns_) details_.refresh();
  if (now_ns >= preview_at_ns_) preview_at_ns_ = now_ns + kPreviewNs;
  return std::min(details_.keep_fresh(text_params({{"media", media}}), now_ns, kEveryNs), preview_at_ns_);
}

void LibraryFeed::refresh() {
  roots_.refresh();
  folders_.refresh();
  details_.refresh();
}

void LibraryFeed::clear() {
  roots_.clear();
  folders_.clear();
  details_.clear();
}

LibrarySnapshot LibraryFeed::snapshot() const {
  return {.roots = roots_.answer(),
          .folders = folders_.answer(),
          .root = root_,
          .folder = folder_,
          .details = details_.answer()};
}

}  // namespace zoe::player
