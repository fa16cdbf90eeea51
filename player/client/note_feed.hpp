// The drawings on the video that is shown: as the server keeps them, as a room tells of them, and one's own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "player/client/note_types.hpp"
#include "player/client/room_feed.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// Main thread, but for what the link tells it. Nothing waits for the network. Asks for all of a video's drawings when
// it is shown, after a change and once a minute; in between it hears of each from the room. What one draws oneself is
// shown at once and goes again where the server refuses it.
class NoteFeed {
 public:
  // All of it outlives the feed. `wake` (any thread) must only wake.
  NoteFeed(ServerLink& link, RoomFeed& room, const Clock& clock, std::function<void()> wake);
  ~NoteFeed();
  NoteFeed(const NoteFeed&) = delete;
  NoteFeed& operator=(const NoteFeed&) = delete;

  struct Needs {
    std::string media;            // whose drawings are wanted; empty: none
    bool may_delete_own = false;  // one has an account
  };
  // Returns when to be called again.
  std::int64_t update(const Needs& needs, std::int64_t now_ns);
  // Changes whenever the snapshot or the pointers do.
  std::uint64_t revision() const;
  NotesSnapshot snapshot() const;
  // Where the others point.
  std::vector<NotePointer> pointers(std::int64_t now_ns) const;
  bool is_anybody_pointing() const;
  // What came of things since, and what went wrong.
  struct Outcome {
    bool is_done = false;
    std::string message;  // a sentence for a person
  };
  std::vector<Outcome> take_outcomes();

  // On the frame at `time_us` of the video that is shown.
  void draw(std::int64_t time_us, NoteShape shape);
  void remove(std::uint64_t note);
  // All of the video's as JSON into a file of its own.
  void save(const std::string& path);
  // Takes one's own newest back. False where there is none.
  bool undo();

  // Another server or person.
  void clear();

 private:
  struct Shared;

  ServerLink& link_;
  RoomFeed& room_;
  const Clock& clock_;
  const std::shared_ptr<Shared> shared_;
  std::uint64_t link_epoch_ = 0;
};

}  // namespace zoe::player
