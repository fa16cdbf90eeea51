// Of NoteFeed alone: what its threads share.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/core/worker_pool.hpp"
#include "player/client/note_feed.hpp"
#include "player/client/note_messages.hpp"

namespace zoe::player {

inline constexpr std::int64_t kPointerNs = 3 * kNsPerS;  // that one is shown after it was heard of

// Requests that are under way keep it. What it holds is bounded: kMostVideoNotes drawings, kMostPointers pointers, as
// many pending ones as a room lets somebody draw in the time of a request.
struct NoteFeed::Shared {
  static constexpr std::size_t kMostPointers = 32;
  static constexpr std::size_t kMostPending = 64;
  static constexpr std::size_t kMostOutcomes = 16;
  static constexpr std::int64_t kPage = 200;

  mutable Mutex mutex;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::uint64_t revision ZOE_GUARDED_BY(mutex) = 1;
  std::uint64_t ticket ZOE_GUARDED_BY(mutex) =
      1;  // of the video and the reading of its list: older answers count no more
  NotesSnapshot now ZOE_GUARDED_BY(mutex);
  std::map<std::uint64_t, Note> notes ZOE_GUARDED_BY(mutex);    // by number
  std::map<std::uint64_t, Note> pending ZOE_GUARDED_BY(mutex);  // by a number of our own
  std::uint64_t next_pending ZOE_GUARDED_BY(mutex) = 1;
  std::vector<std::uint64_t> own ZOE_GUARDED_BY(mutex);  // drawn here, the newest last
  std::vector<NotePointer> pointers ZOE_GUARDED_BY(mutex);
  std::vector<Outcome> outcomes ZOE_GUARDED_BY(mutex);
  bool may_delete_own ZOE_GUARDED_BY(mutex) = false;
  // While the list is read:
  bool is_reading ZOE_GUARDED_BY(mutex) = false;
  std::set<std::uint64_t> told ZOE_GUARDED_BY(mutex);  // by the list, or by an event meanwhile
  std::set<std::uint64_t> gone ZOE_GUARDED_BY(mutex);  // deleted meanwhile
  std::int64_t due_ns ZOE_GUARDED_BY(mutex) = 0;       // when it is to be read

  // The last reference may go on the pool's own thread, which cannot join itself: the feed stops it before.
  WorkerPool disk{"drawings", 1, 4};

  void stir() ZOE_REQUIRES(mutex);
  // Makes the snapshot anew.
  void publish() ZOE_REQUIRES(mutex);
  void tell(bool is_done, std::string message) ZOE_REQUIRES(mutex);
  void complain(std::string message) ZOE_REQUIRES(mutex) { tell(false, std::move(message)); }
  // Nothing of a video that is not shown any more.
  void forget() ZOE_REQUIRES(mutex);
  void add(Note note) ZOE_REQUIRES(mutex);
  void erase(std::uint64_t note) ZOE_REQUIRES(mutex);
  std::uint64_t own_newest() const ZOE_REQUIRES(mutex);  // that can be taken back; 0: none

  void on_event(std::string_view event, const nlohmann::json& body, std::uint64_t self, std::int64_t now_ns);
  // A page that began at `offset`; the offset of the next one, or -1.
  std::int64_t on_page(std::uint64_t its_ticket, std::int64_t offset, const Result<nlohmann::json>& result,
                       std::int64_t now_ns);
  void on_drawn(std::uint64_t its_pending, Result<std::uint64_t> note, std::int64_t now_ns);
  // Asks for the page at `offset` and then for those behind it. The link outlives what it answers.
  static void read(ServerLink& link, const Clock& clock, std::shared_ptr<Shared> shared, const std::string& media,
                   std::uint64_t its_ticket, std::int64_t offset);
};

}  // namespace zoe::player
