// Where people are in what they watch, and what they have watched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"

namespace zoe::server {

// Where somebody is in a media. The title stays when the media has left the library.
struct Progress {
  std::string media;
  std::string title;
  std::int64_t position_us = 0;
  std::int64_t duration_us = 0;
  bool is_watched = false;
  std::int64_t updated_utc_ns = 0;
};

// What a client says of a viewing.
struct ProgressReport {
  std::string media;
  std::string title;
  std::int64_t position_us = 0;
  std::int64_t duration_us = 0;
  // Where it says something about it: has the media been watched to its end now? Empty leaves the mark as it is.
  std::optional<bool> is_watched;
  std::int64_t utc_ns = 0;  // when that was so; never later than the server's own time
  std::string client;       // program and device, for people
};

// One sitting: reports of one person, media and client with less than half an hour between them.
struct Viewing {
  std::int64_t id = 0;
  std::string media;
  std::string title;
  std::string client;
  std::int64_t began_utc_ns = 0;
  std::int64_t ended_utc_ns = 0;  // the newest report
  std::int64_t from_us = 0;       // position at its beginning
  std::int64_t to_us = 0;         // and at the newest report
  std::int64_t duration_us = 0;
};

// What recommendations are computed from.
struct WatchedPart {
  PersonId person = 0;
  std::string media;
  std::int64_t position_us = 0;
  std::int64_t duration_us = 0;
  bool is_watched = false;
  int stars = 0;  // 0: not rated
  bool is_favourite = false;
  std::int64_t updated_utc_ns = 0;
};

struct ViewingPage {
  std::vector<Viewing> items;  // newest first
  std::int64_t total = 0;
};

// As Store.
class HistoryStore {
 public:
  static constexpr std::int64_t kSittingGapNs = 30LL * 60 * 1'000'000'000;

  explicit HistoryStore(Database& database) : database_(database) {}

  // Of two reports about one media the later by `utc_ns` wins, in whatever order they come; a stale one still counts
  // towards its sitting. Answers with the progress that holds now.
  Result<Progress> report(PersonId person, const ProgressReport& report);

  Result<std::optional<Progress>> progress(PersonId person, const std::string& media);
  // Those of the named media that there are; at most 500 names.
  Result<std::vector<Progress>> progress_of(PersonId person, const std::vector<std::string>& media);
  // Newest first. `only_unfinished`: neither watched nor at position 0.
  enum class Which { kAll = 1, kUnfinished };
  Result<std::vector<Progress>> recent(PersonId person, Which which, std::size_t limit);

  // Marks it without a viewing; the position goes back to 0.
  Status set_watched(PersonId person, const std::string& media, const std::string& title, bool is_watched,
                     std::int64_t now_utc_ns);
  // Forgets the position: gone from what is continued.
  Status clear_progress(PersonId person, const std::string& media);

  Result<ViewingPage> viewings(PersonId person, std::size_t offset, std::size_t limit);
  // kNotFound where the person has none of that number.
  Status remove_viewing(PersonId person, std::int64_t viewing);
  // All viewings and positions; watched marks too.
  Status clear(PersonId person);

  // Of everybody, one row for each person and media that has progress, a rating or a favourite; newest first.
  Result<std::vector<WatchedPart>> everything(std::size_t most_rows);

 private:
  Database& database_;
};

}  // namespace zoe::server
