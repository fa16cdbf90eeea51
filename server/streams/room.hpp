// A room: one timeline for many streams, and who holds it up. Pure logic over times that it is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/result.hpp"
#include "engine/core/timeline.hpp"
#include "server/store/people_store.hpp"

namespace zoe::server {

enum class RoomPolicy { kEveryone = 1, kOwner, kNamed };  // who may move the timeline; the owner always
enum class RoomPatience { kWait = 1, kLeaveBehind };      // towards members whose buffer is dry
enum class RoomDrawing { kEveryone = 1, kCommanders };    // who draws on the paused frame
enum class OwnerLeaves { kPassOn = 1, kKeep, kClose };    // what becomes of the room then

struct RoomSettings {
  std::string name;
  bool is_private = false;  // only by its code
  RoomPolicy policy = RoomPolicy::kEveryone;
  RoomPatience patience = RoomPatience::kWait;
  RoomDrawing drawing = RoomDrawing::kEveryone;
  OwnerLeaves owner_leaves = OwnerLeaves::kPassOn;
  std::vector<AccountKey> named;  // with kNamed
};

struct RoomEntry {
  std::uint64_t entry = 0;  // names it in the room
  std::string media;
  std::string title;
  std::int64_t duration_us = 0;  // 0: not known
  std::int64_t frame_us = 0;     // how long a frame lasts, as its track says
};

struct RoomMember {
  std::uint64_t member = 0;
  std::string seat;  // the secret by which the member's requests are known
  std::string name;
  AccountKey account;  // user_id 0: a guest
  std::int64_t joined_ns = 0;
  std::int64_t heard_ns = 0;
  bool is_here = true;  // heard of lately
  bool is_ready = false;
  bool is_named = false;  // by the owner, as long as they sit here; accounts are in the settings as well
  bool is_buffering = false;
  bool is_left_behind = false;    // was waited for long enough; counts again once it plays
  std::int64_t buffering_ns = 0;  // since when
  std::uint64_t prepared = 0;     // the preparation that it has the frame of
  std::int64_t skew_us = 0;       // ahead of the timeline, as it says
  std::int64_t round_trip_ns = 0;
};

// What a member says of itself, about once a second and whenever it changes.
struct RoomReport {
  bool is_buffering = false;
  std::uint64_t prepared = 0;
  std::int64_t skew_us = 0;
  std::int64_t round_trip_ns = 0;
};

struct RoomCommand {
  enum class What { kPlay = 1, kPause, kSeek, kRate, kStep, kNext, kPrevious, kEntry };
  What what = What::kPlay;
  std::int64_t position_us = 0;  // kSeek
  Rational rate{1, 1};           // kRate; not zero
  int count = 0;                 // kStep: frames, negative backwards
  // kStep: a time inside the frame that is meant, where the sender knows it (frames of uneven length).
  std::optional<std::int64_t> frame_at_us;
  std::uint64_t entry = 0;  // kEntry
};

// A jump: members get the frame decoded without showing it; when they have it, or have had their time, all show it at
// one moment.
struct RoomPreparation {
  std::uint64_t number = 0;
  std::size_t entry = 0;  // index
  std::int64_t position_us = 0;
  std::int64_t until_ns = 0;
};

// The timeline of an entry, from its moment on.
struct RoomTimeline {
  Timeline timeline;
  std::uint64_t entry = 0;
};

// Where a room is, apart from who is in it: what outlives the server.
struct RoomPlace {
  std::vector<RoomEntry> entries;
  std::size_t entry = 0;  // index
  std::int64_t position_us = 0;
  Rational rate{1, 1};
  bool is_paused = true;
  std::int64_t utc_ns = 0;  // when that was so
};

// Not thread-safe. Members are few (kMostMembers), so all of it is loops.
//
// A command takes effect at a moment that lies ahead by the slowest member's round trip and some, and never before the
// command that was given before it. What a jump needs (seek, another video) is prepared first: the room stands on one
// frame meanwhile. Positions are held within the media.
class Room {
 public:
  static constexpr std::size_t kMostMembers = 200;
  static constexpr std::size_t kMostEntries = 200;
  static constexpr std::size_t kMostNamed = 50;
  static constexpr std::int64_t kLeastLeadNs = 120 * kNsPerMs;
  static constexpr std::int64_t kMostLeadNs = kNsPerS;
  static constexpr std::int64_t kAwayNs = 10 * kNsPerS;   // unheard for so long: not here
  static constexpr std::int64_t kGoneNs = 120 * kNsPerS;  // and then no member any more
  static constexpr std::int64_t kLongestWaitNs = 20 * kNsPerS;
  static constexpr std::int64_t kLongestDownNs = 60 * kNsPerS;

  // A new room, or one that is taken up again after the server was away: a timeline that ran has run on meanwhile,
  // unless that was longer than kLongestDownNs.
  Room(RoomSettings settings, AccountKey owner, RoomPlace place, std::int64_t now_ns, std::int64_t utc_ns);

  // --- members
  // kTooLarge when it is full. A seat that is given and still held is taken again.
  Result<std::uint64_t> join(RoomMember member, std::int64_t now_ns);
  void leave(std::uint64_t member, std::int64_t now_ns);
  void report(std::uint64_t member, const RoomReport& report, std::int64_t now_ns);
  void set_ready(std::uint64_t member, bool is_ready, std::int64_t now_ns);
  void heard(std::uint64_t member, std::int64_t now_ns);
  // Its connection has ended; it keeps its place for a while.
  void lost(std::uint64_t member, std::int64_t now_ns);
  const RoomMember* find(std::uint64_t member) const;
  const RoomMember* find_seat(const std::string& seat) const;
  const std::vector<RoomMember>& members() const { return members_; }
  bool is_owner(const RoomMember& member) const { return member.account.user_id != 0 && member.account == owner_; }
  bool may_command(const RoomMember& member) const;
  bool may_draw(const RoomMember& member) const {
    return settings_.drawing == RoomDrawing::kEveryone || may_command(member);
  }

  // --- the timeline
  // kConflict where there is nothing to play, or nothing follows; kInvalidArgument; kNotFound for an entry. The moment
  // from which it holds; for jumps the earliest one.
  Result<std::int64_t> command(const RoomCommand& command, std::int64_t now_ns);
  // What time alone brings about: ends of videos and of waits, members that fell silent. True while the room is to be
  // looked at again soon.
  bool tick(std::int64_t now_ns);

  // --- the playlist and the settings
  // Their numbers.
  Result<std::vector<std::uint64_t>> add_entries(std::vector<RoomEntry> entries, std::int64_t now_ns);
  Status remove_entry(std::uint64_t entry, std::int64_t now_ns);
  // With RoomPolicy::kNamed: whether the member may command. Of accounts at most kMostNamed are remembered (kTooLarge).
  Status allow(std::uint64_t member, bool may_command);
  void set_settings(RoomSettings settings);
  void set_owner(AccountKey owner);
  // True once its owner has left a room that then closes.
  bool is_closing() const { return is_closing_; }

  const RoomSettings& settings() const { return settings_; }
  const AccountKey& owner() const { return owner_; }
  const std::vector<RoomEntry>& entries() const { return entries_; }
  const RoomEntry* entry() const { return entries_.empty() ? nullptr : &entries_[entry_]; }
  // The first one holds now, the others from their moments on.
  const std::deque<RoomTimeline>& timelines() const { return timelines_; }
  const std::optional<RoomPreparation>& preparation() const { return preparation_; }
  bool is_held() const { return is_held_; }
  std::vector<std::uint64_t> awaited() const;  // the members that the room waits for
  Rational rate() const { return rate_; }
  bool is_paused() const { return is_paused_; }  // what is wanted, whoever is waited for
  RoomPlace place(std::int64_t now_ns, std::int64_t utc_ns) const;

  // Counts what members have to hear of: the timeline, the playlist and the settings; and the members.
  std::uint64_t revision() const { return revision_; }
  std::uint64_t members_revision() const { return members_revision_; }

 private:
  RoomMember* member_of(std::uint64_t member);
  std::int64_t lead_ns() const;
  std::int64_t next_moment(std::int64_t now_ns) const;
  std::int64_t held_within(std::size_t entry, std::int64_t position_us) const;
  std::int64_t first_position(std::size_t entry) const;
  // The timeline that holds once all is done that was commanded.
  const Timeline& last() const { return timelines_.back().timeline; }
  void prune(std::int64_t now_ns);
  void push(std::int64_t from_ns, std::int64_t media_us, bool is_paused);
  void stand(std::int64_t now_ns);
  void go(std::int64_t now_ns);
  void jump(std::size_t entry, std::int64_t position_us, std::int64_t now_ns);
  void land(std::int64_t now_ns);
  Status step(const RoomCommand& command, std::int64_t now_ns);
  Status go_to(std::ptrdiff_t index, std::int64_t now_ns);
  bool is_awaited(const RoomMember& member) const;
  void look_at_members(std::int64_t now_ns);
  void look_at_end(std::int64_t now_ns);
  void look_at_preparation(std::int64_t now_ns);
  void look_at_buffers(std::int64_t now_ns);
  void pass_on();

  RoomSettings settings_;
  AccountKey owner_;
  std::vector<RoomEntry> entries_;
  std::size_t entry_ = 0;
  std::uint64_t last_entry_ = 0;
  std::vector<RoomMember> members_;  // in the order in which they joined
  std::uint64_t last_member_ = 0;

  std::deque<RoomTimeline> timelines_;  // never empty
  std::optional<RoomPreparation> preparation_;
  std::uint64_t last_preparation_ = 0;
  Rational rate_{1, 1};
  bool is_paused_ = true;
  bool is_held_ = false;  // for members that buffer
  std::int64_t held_ns_ = 0;
  bool is_closing_ = false;
  std::uint64_t revision_ = 1;
  std::uint64_t members_revision_ = 1;
};

}  // namespace zoe::server
