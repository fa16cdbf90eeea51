// The library's folders, and what is known of the media that plays.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/core/clock.hpp"
#include "player/client/library_messages.hpp"
#include "player/client/query.hpp"

namespace zoe::player {

// Borrowed parts of one frame.
struct LibrarySnapshot {
  Answer<std::vector<LibraryRoot>> roots;
  Answer<std::vector<LibraryFolder>> folders;  // of `folder` in `root`
  std::string root;
  std::string folder;
  Answer<MediaDetails> details;  // of the media that plays
};

// Main thread but for what Query does. Asks only what is looked at. Older servers know no folders: none are shown then.
class LibraryFeed {
 public:
  LibraryFeed(ServerLink& link, const std::function<void()>& wake);

  // While the library is seen: `root` is empty above the roots, and with a single root stands for that one. Return when
  // to be called again.
  std::int64_t update_folders(const std::string& root, const std::string& folder, std::int64_t now_ns);
  std::int64_t update_details(const std::string& media, std::int64_t now_ns);

  // The library has changed.
  void refresh();
  // Another server or person.
  void clear();

  LibrarySnapshot snapshot() const;
  // Of the media asked for last; null while nothing is known.
  std::shared_ptr<const MediaDetails> details() const { return details_.value(); }

 private:
  Query<std::vector<LibraryRoot>> roots_;
  Query<std::vector<LibraryFolder>> folders_;
  Query<MediaDetails> details_;
  std::string root_;
  std::string folder_;
  std::int64_t preview_at_ns_ = 0;  // when to look for one again
};

}  // namespace zoe::player
