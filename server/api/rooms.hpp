// The rooms of the server: who sits in which, what they are told, and what is kept.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "server/api/identity.hpp"
#include "server/api/room_keeper.hpp"
#include "server/api/room_view.hpp"
#include "server/streams/room.hpp"

namespace zoe::server {

class Library;
class RootAccess;
class Session;
class Store;

struct RoomMail {
  RoomAddress to;
  std::string event;
};

struct RoomsServices {
  const Library& library;
  const RootAccess& access;
  Store& store;
  const Clock& clock;
  Log& log;
  // Sends the events, in their order. No lock of the rooms is held.
  std::function<void(const std::vector<RoomMail>&)> deliver;
  // The numbers of the clients that are connected; called about once a second while somebody is in a room.
  std::function<std::set<std::uint64_t>()> connected;
};

// Thread-safe. One lock over all rooms, held for moments: nothing is sent, asked or written under it. A thread of its
// own brings about what time brings (Room::tick), and tells members of each other at most twice a second.
//
// A member is known by its seat, a secret of 128 bits that joining gives, and by its account: so it is one member on
// whatever connections its requests come, and takes its place again after its connection was lost.
class Rooms {
 public:
  static constexpr std::size_t kMost = 1000;
  static constexpr std::size_t kMostOfOne = 16;
  static constexpr std::size_t kMostMessages = 100;
  static constexpr std::size_t kMostText = 500;

  explicit Rooms(RoomsServices services);
  ~Rooms();
  Rooms(const Rooms&) = delete;
  Rooms& operator=(const Rooms&) = delete;

  // Takes up what the store has. Once, before requests.
  Status load();

  struct Asker {
    const Session& session;
    const IdentityPtr& identity;

    AccountKey account() const { return {identity->provider, identity->user_id}; }
  };

  // All of them return what the request answers (docs/protocol.md). kNotFound for a room that is not there or, being
  // private, not for the one who asks; kDenied; kTooLarge; kUnavailable for who asks too often.
  Result<nlohmann::json> create(const Asker& asker, RoomSettings settings, std::vector<RoomEntry> entries);
  nlohmann::json list(const Asker& asker);
  Result<nlohmann::json> get(const Asker& asker, const std::string& room);
  struct JoinWish {
    std::string room;  // or
    std::string code;
    std::string seat;  // that was held before
    bool is_whole_session = false;
  };
  Result<nlohmann::json> join(const Asker& asker, const JoinWish& wish);

  // For those who sit in it.
  struct Seat {
    std::string room;
    std::string seat;
  };
  Result<nlohmann::json> leave(const Asker& asker, const Seat& seat);
  Result<nlohmann::json> command(const Asker& asker, const Seat& seat, const RoomCommand& command);
  Result<nlohmann::json> report(const Asker& asker, const Seat& seat, const RoomReport& report);
  Result<nlohmann::json> set_ready(const Asker& asker, const Seat& seat, bool is_ready);
  Result<nlohmann::json> chat(const Asker& asker, const Seat& seat, const std::string& text);
  Result<nlohmann::json> react(const Asker& asker, const Seat& seat, const std::string& reaction);
  Result<nlohmann::json> add(const Asker& asker, const Seat& seat, std::vector<RoomEntry> entries);
  Result<nlohmann::json> remove(const Asker& asker, const Seat& seat, std::uint64_t entry);

  // Drawing. Who may, now, on which video: kConflict unless the room stands.
  struct Drawer {
    std::string media;
    std::string name;
    std::uint64_t member = 0;
  };
  Result<Drawer> draw(const Asker& asker, const Seat& seat);
  // To those in the rooms that watch that video who may see it.
  void tell_of_video(const std::string& media, nlohmann::json event);
  // A pointer that all see and nobody keeps; without a place it is put away.
  struct Place {
    double x = 0;
    double y = 0;
  };
  Result<nlohmann::json> point(const Asker& asker, const Seat& seat, std::optional<Place> place);
  bool is_owner(const std::string& room, const AccountKey& account);

  // For its owner, and administrators.
  Result<nlohmann::json> invite(const Asker& asker, const std::string& room, bool is_renewed);
  Result<nlohmann::json> change(const Asker& asker, const std::string& room,
                                const std::function<void(RoomSettings&)>& change);
  Result<nlohmann::json> allow(const Asker& asker, const std::string& room, std::uint64_t member, bool may_command);
  Result<nlohmann::json> hand_over(const Asker& asker, const std::string& room, std::uint64_t member);
  Result<nlohmann::json> close(const Asker& asker, const std::string& room);

  // The account is gone, and its rooms with it.
  void forget(const AccountKey& account);

  // What people may see, or the library, has changed: everybody is shown their room anew.
  void show_anew();

  // For tests: what time brings, now; and waits until all is written down.
  void look_now() { turn(); }
  void flush() { keeper_.flush(); }

 private:
  // How often a member may do something: so many at once, and then one each time.
  struct Budget {
    double left = 0;
    std::int64_t at_ns = 0;
  };
  enum Kind : std::size_t { kCommands, kReports, kMessages, kReactions, kDrawings, kPoints, kKinds };
  struct Listener {
    RoomAddress to;
    std::array<Budget, kKinds> budgets{};
  };
  // A room and what is round it.
  struct Held {
    std::string id;
    std::string code;
    std::string owner_name;
    Room room;
    std::deque<RoomMessage> messages{};
    std::uint64_t last_message = 0;
    std::map<std::uint64_t, Listener> listeners{};  // by member
    std::int64_t used_utc_ns = 0;
    std::uint64_t told_revision = 0;
    std::uint64_t told_members = 0;
    std::int64_t members_told_ns = 0;
  };
  using Outbox = std::vector<RoomTelling>;

  static Error no_room(const std::string& id);
  Result<Held*> find(const std::string& id) ZOE_REQUIRES(mutex_);
  Result<Held*> find_own(const Asker& asker, const std::string& id) ZOE_REQUIRES(mutex_);
  struct Sitting {
    Held& held;
    std::uint64_t member;
  };
  Result<Sitting> sit(const Asker& asker, const Seat& seat, Kind kind) ZOE_REQUIRES(mutex_);
  Status spend(Listener& listener, Kind kind) const ZOE_REQUIRES(mutex_);
  RoomSnapshotPtr snapshot_of(const Held& held) const ZOE_REQUIRES(mutex_);
  SavedRoom saved(const Held& held) const ZOE_REQUIRES(mutex_);
  // What has changed goes to the members and into the store.
  void tell_changes(Held& held, Outbox& out) ZOE_REQUIRES(mutex_);
  void tell_members(Held& held, Outbox& out) ZOE_REQUIRES(mutex_);
  void tell_all(const Held& held, const nlohmann::json& event, Outbox& out) ZOE_REQUIRES(mutex_);
  void end(const std::string& id, const std::string& why, Outbox& out) ZOE_REQUIRES(mutex_);
  void look_at(Held& held, const std::set<std::uint64_t>* connected, Outbox& out) ZOE_REQUIRES(mutex_);
  void send(const Outbox& out) const;
  void run(const std::stop_token& stop);
  bool turn();

  const RoomsServices services_;
  RoomKeeper keeper_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::map<std::string, std::unique_ptr<Held>> rooms_ ZOE_GUARDED_BY(mutex_);
  std::int64_t looked_ns_ ZOE_GUARDED_BY(mutex_) = 0;  // when it was last asked who is connected
  std::jthread thread_;
};

}  // namespace zoe::server
