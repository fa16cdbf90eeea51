// Favourites, ratings and playlists of people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"

namespace zoe::server {

struct Favourite {
  std::string media;
  std::string title;
  std::int64_t added_utc_ns = 0;
};

struct Rating {
  std::string media;
  std::string title;
  int stars = 0;  // 1 to 5
  std::int64_t utc_ns = 0;
};

enum class Sharing { kPrivate = 1, kNamed, kEveryone };

struct PlaylistInfo {
  std::int64_t id = 0;
  PersonId owner = 0;
  std::string owner_name;
  std::string name;
  Sharing sharing = Sharing::kPrivate;
  bool may_edit = false;  // the person that asked
  std::int64_t entries = 0;
  std::int64_t updated_utc_ns = 0;
  std::int64_t revision = 0;  // rises with each change
};

struct PlaylistEntry {
  std::int64_t id = 0;  // stays when it is moved
  std::string media;    // a media may be listed more than once
  std::string title;
};

struct PlaylistShare {
  PersonId person = 0;
  std::string name;
  bool may_edit = false;
};

struct Playlist {
  PlaylistInfo info;
  std::vector<PlaylistEntry> entries;  // in order
  std::vector<PlaylistShare> shares;   // empty for who is not its owner
};

// As Store. A playlist that somebody may not see is kNotFound; one that they may see but not change is kDenied.
class CollectionStore {
 public:
  static constexpr std::size_t kMostFavourites = 10'000;
  static constexpr std::size_t kMostPlaylists = 500;
  static constexpr std::size_t kMostEntries = 5'000;

  explicit CollectionStore(Database& database) : database_(database) {}

  // Adding what is there and removing what is not are fine. kTooLarge.
  Status add_favourite(PersonId person, const std::string& media, const std::string& title, std::int64_t now_utc_ns);
  Status remove_favourite(PersonId person, const std::string& media);
  Result<std::vector<Favourite>> favourites(PersonId person);  // newest first

  // 0 stars: no rating.
  Status rate(PersonId person, const std::string& media, const std::string& title, int stars, std::int64_t now_utc_ns);
  Result<std::vector<Rating>> ratings(PersonId person);

  // Own ones and those that others share, by name.
  Result<std::vector<PlaylistInfo>> playlists(PersonId person);
  Result<Playlist> playlist(PersonId person, std::int64_t id);
  // kConflict where the person has one of that name; kTooLarge.
  Result<PlaylistInfo> create_playlist(PersonId person, const std::string& name, std::int64_t now_utc_ns);
  Status rename_playlist(PersonId person, std::int64_t id, const std::string& name, std::int64_t now_utc_ns);
  Status delete_playlist(PersonId person, std::int64_t id);
  Status share_playlist(PersonId person, std::int64_t id, Sharing sharing, std::int64_t now_utc_ns);
  Status share_with(PersonId person, std::int64_t id, PersonId with, bool may_edit, std::int64_t now_utc_ns);
  Status unshare_with(PersonId person, std::int64_t id, PersonId with, std::int64_t now_utc_ns);

  // The changes of its entries answer with the playlist's new revision. `at`: index before which; beyond the end: at
  // the end. kTooLarge, kNotFound.
  struct NewEntry {
    std::string media;
    std::string title;
  };
  Result<std::int64_t> add_entries(PersonId person, std::int64_t id, const std::vector<NewEntry>& entries,
                                   std::size_t at, std::int64_t now_utc_ns);
  Result<std::int64_t> remove_entries(PersonId person, std::int64_t id, const std::vector<std::int64_t>& entries,
                                      std::int64_t now_utc_ns);
  Result<std::int64_t> move_entry(PersonId person, std::int64_t id, std::int64_t entry, std::size_t to,
                                  std::int64_t now_utc_ns);

 private:
  Database& database_;
};

}  // namespace zoe::server
