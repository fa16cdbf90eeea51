// The player's place in a room: what the room says, and what the viewer does there.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "player/client/clock_keeper.hpp"
#include "player/client/note_types.hpp"
#include "player/client/query.hpp"
#include "player/client/room_messages.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// What is known now.
struct RoomSnapshot {
  Answer<std::vector<RoomLine>> rooms;
  bool is_busy = false;          // a room is being made or entered
  std::optional<RoomState> now;  // the room that one sits in
  bool is_away = false;          // the connection was lost, and the seat is not taken again yet
  std::uint64_t member = 0;      // one's own number
  std::vector<RoomMember> members;
  std::vector<RoomMessage> messages;    // oldest first
  std::vector<RoomReaction> reactions;  // of the last seconds
  std::string code;                     // of the invitation, once asked for
  std::int64_t position_us = -1;        // the room's cursor; -1: not known
  std::int64_t skew_us = 0;             // one's own
  std::int64_t round_trip_us = 0;

  const RoomMember* self() const {
    for (const RoomMember& each : members)
      if (each.member == member) return &each;
    return nullptr;
  }
  bool may_command() const { return self() != nullptr && self()->may_command; }
};

// `update` and `snapshot`: main thread; what acts: any thread. Nothing waits for the network. While one sits in a room
// it opens what the room watches, tells playback the room's timeline and clock, reports once a second how things are,
// and takes the seat again after the connection was lost.
class RoomFeed {
 public:
  struct Options {
    std::string rendition = "copy";
    std::int64_t list_every_ns = 10 * kNsPerS;
  };
  // All of it outlives the feed. `wake` (any thread) must only wake.
  RoomFeed(ServerLink& link, Playback& playback, const Clock& clock, Options options, std::function<void()> wake);
  ~RoomFeed();
  RoomFeed(const RoomFeed&) = delete;
  RoomFeed& operator=(const RoomFeed&) = delete;

  // Returns when to be called again. `is_list_wanted`: the list of rooms is looked at.
  std::int64_t update(bool is_list_wanted, std::int64_t now_ns);
  RoomSnapshot snapshot(std::int64_t now_ns) const;
  // Whether the snapshot has changed since this was asked last.
  bool has_news();
  // What went wrong or ended since; sentences for a person.
  std::vector<std::string> take_messages();

  // Makes a room of these videos and enters it.
  void create(const std::string& name, const std::vector<std::string>& media, bool is_private);
  void join(const std::string& room);
  void join_by_code(const std::string& code);
  void leave();
  bool is_in_room() const;

  // The room's controls. Whether one may is the server's affair.
  void play();
  void pause();
  void next();
  void previous();
  void seek(std::int64_t position_us);
  // From the room's place.
  void seek_by(std::int64_t delta_us);
  bool is_paused() const;  // what is wanted there
  void set_rate(Rational rate);
  void step(int count);
  void go_to(std::uint64_t entry);
  // Puts the video into the playlist and goes there.
  void watch(const std::string& media);

  void say(const std::string& text);
  void react(const std::string& reaction);
  void set_ready(bool is_ready);

  // Puts a drawing on the frame at `time_us`; `done` gets its number, or why the server does not take it.
  RoomPlace place() const;
  void draw(std::int64_t time_us, const NoteShape& shape, std::function<void(Result<std::uint64_t>)> done);
  // Where one points, for all to see; nothing: not any more.
  void point(std::optional<NotePoint> at);

  // What the room's owner decides (whether one is, the server knows).
  void ask_code();
  void renew_code();                                              // the old one is void
  void change(const std::string& key, const std::string& value);  // of the room's settings
  void set_private(bool is_private);
  void allow(std::uint64_t member, bool may_command);
  void hand_over(std::uint64_t member);
  void close_room();
  void remove_entry(std::uint64_t entry);

  void refresh_list() { rooms_.refresh(); }

  // Another server or person.
  void clear();

 private:
  struct Shared;
  void enter(const std::string& params);
  // `params` without room and seat. Nothing happens outside a room. Without `done`, what goes wrong is told.
  void command(nlohmann::json params);
  void ask(const std::string& method, nlohmann::json params, net::Completion done = {});
  void ask_for_code(nlohmann::json params);
  void keep_place(std::int64_t now_ns);
  void keep_clock(std::int64_t now_ns);
  // Returns when to be called again.
  std::int64_t keep_timeline(std::int64_t now_ns);
  void open_entry(const RoomState& state, std::uint64_t entry, std::int64_t position_us);
  void report(std::int64_t now_ns);

  ServerLink& link_;
  Playback& playback_;
  const Clock& clock_;
  const Options options_;
  const std::shared_ptr<Shared> shared_;
  Query<std::vector<RoomLine>> rooms_;

  // Main thread.
  std::uint64_t applied_revision_ = 0;
  std::uint64_t open_entry_ = 0;  // of the video that playback has; 0: none of the room's
  std::string open_room_;
  ClockKeeper clock_keeper_;
  std::int64_t report_at_ns_ = 0;
  bool told_buffering_ = false;
  std::uint64_t told_prepared_ = 0;
  std::uint64_t excused_ = 0;  // a jump into a video that is not for this viewer: nobody waits
};

}  // namespace zoe::player
