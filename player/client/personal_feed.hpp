// The person's own things as the pages show them, and what is done with them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/worker_pool.hpp"
#include "player/client/paged_query.hpp"
#include "player/client/personal_messages.hpp"
#include "player/client/personal_types.hpp"

namespace zoe::player {

// What is known now. Immutable parts, cheap to copy.
struct PersonalSnapshot {
  Answer<std::vector<LibraryItem>> favourites;
  Answer<std::vector<PlaylistInfo>> playlists;
  Answer<PlaylistDetails> playlist;  // the one that is looked at
  Listed<Viewing> history;
  Answer<std::vector<SessionInfo>> sessions;
  Answer<ViewerSettings> settings;
  bool is_busy = false;  // a command is under way
};

// What is looked at, and therefore asked for.
struct PersonalNeeds {
  bool favourites = false;
  bool playlists = false;
  std::uint64_t playlist = 0;  // 0: none
  bool history = false;
  bool sessions = false;
};

// Main thread but for what Query does; nothing waits for the network or the disk. Asks for what is looked at when it is
// a minute old, after every command and when the server says that something changed.
class PersonalFeed {
 public:
  static constexpr std::size_t kMostExportBytes = 256U << 20;

  // `wake` is called (on any thread) when something has changed; must only wake. `link` and `clock` outlive the feed.
  PersonalFeed(ServerLink& link, const Clock& clock, const std::function<void()>& wake);
  ~PersonalFeed();
  PersonalFeed(const PersonalFeed&) = delete;
  PersonalFeed& operator=(const PersonalFeed&) = delete;

  // While somebody with an account is signed in. Returns when to be called again.
  std::int64_t update(const PersonalNeeds& needs, std::int64_t now_ns);
  void load_more_history() { history_.more(); }

  // Moving and removing entries shows at once; the rest when the server has done it.
  void run(const PersonalCommand& command);
  // Of the commands that have ended since.
  std::vector<PersonalOutcome> take_outcomes();

  void refresh();
  // Another server or person.
  void clear();

  PersonalSnapshot snapshot() const;
  Answer<ViewerSettings> settings() const { return settings_.answer(); }

 private:
  struct Shared;
  void foresee(const PersonalCommand& command);
  void create_playlist(const PersonalCommand& command, std::uint64_t epoch);
  void export_all(const PersonalCommand& command, std::uint64_t epoch);

  ServerLink& link_;
  const Clock& clock_;
  const std::shared_ptr<Shared> shared_;
  Query<std::vector<LibraryItem>> favourites_;
  Query<std::vector<PlaylistInfo>> playlists_;
  Query<PlaylistDetails> playlist_;
  PagedQuery<Viewing> history_;
  Query<std::vector<SessionInfo>> sessions_;
  Query<ViewerSettings> settings_;
  std::uint64_t seen_changes_ = 0;
};

}  // namespace zoe::player
