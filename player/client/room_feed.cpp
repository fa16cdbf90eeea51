#include "player/client/room_feed.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/room_feed_shared.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kReportEveryNs = kNsPerS;
constexpr std::int64_t kLongAgoNs = 3600 * kNsPerS;
constexpr std::int64_t kSoonNs = 10 * kNsPerMs;

}  // namespace

RoomFeed::RoomFeed(ServerLink& link, Playback& playback, const Clock& clock, Options options,
                   std::function<void()> wake)
    : link_(link),
      playback_(playback),
      clock_(clock),
      options_(std::move(options)),
      shared_(std::make_shared<Shared>()),
      rooms_(link, "rooms.list", parse_rooms, wake),
      clock_keeper_(link) {
  {
    const MutexLock lock(shared_->mutex);
    shared_->wake = std::move(wake);
  }
  link_.listen("room.", [shared = shared_, &its_clock = clock_](std::string_view event, const json& body) {
    shared->on_event(event, body, its_clock.now_ns());
  });
}

RoomFeed::~RoomFeed() {
  link_.listen("room.", nullptr);
  const MutexLock lock(shared_->mutex);
  shared_->is_over = true;
  shared_->wake = nullptr;
}

// --- What the viewer does

void RoomFeed::enter(const std::string& params) {
  std::uint64_t ticket = 0;
  const std::uint64_t epoch = link_.epoch();
  {
    const MutexLock lock(shared_->mutex);
    shared_->epoch = epoch;
    ticket = ++shared_->ticket;
    shared_->is_joining = shared_->now.is_busy = true;
  }
  link_.request("rooms.join", params, [shared = shared_, ticket, &its_clock = clock_](Result<json>& result) {
    shared->on_joined(ticket, result, its_clock.now_ns());
  });
}

void RoomFeed::create(const std::string& name, const std::vector<std::string>& media, bool is_private) {
  json params{{"name", name}, {"is_private", is_private}};
  if (!media.empty()) params["media"] = media;
  leave();
  {
    const MutexLock lock(shared_->mutex);
    shared_->now.is_busy = true;
  }
  rooms_.refresh();
  // The feed may be gone when the answer comes; the link is not, since it answers.
  link_.request("rooms.create", net::to_text(params),
                [shared = shared_, &link = link_, &its_clock = clock_, epoch = link_.epoch()](Result<json>& result) {
                  std::uint64_t ticket = 0;
                  std::string room;
                  {
                    const MutexLock lock(shared->mutex);
                    if (shared->is_over) return;
                    if (!result) {
                      shared->now.is_busy = false;
                      shared->note(shown_text(result.error()));
                      return shared->stir();
                    }
                    ticket = ++shared->ticket;
                    shared->epoch = epoch;
                    const auto id = result->find("room");
                    if (id != result->end() && id->is_string()) room = id->get<std::string>();
                  }
                  link.request("rooms.join", net::to_text(json{{"room", room}}),
                               [shared, ticket, &its_clock](Result<json>& joined) {
                                 shared->on_joined(ticket, joined, its_clock.now_ns());
                               });
                });
}

void RoomFeed::join(const std::string& room) {
  leave();
  enter(net::to_text(json{{"room", room}}));
}

void RoomFeed::join_by_code(const std::string& code) {
  leave();
  {
    const MutexLock lock(shared_->mutex);
    shared_->code = code;
  }
  enter(net::to_text(json{{"code", code}}));
}

void RoomFeed::leave() {
  if (is_in_room()) ask("rooms.leave", json::object());
  const MutexLock lock(shared_->mutex);
  shared_->forget();
  shared_->stir();
}

bool RoomFeed::is_in_room() const {
  const MutexLock lock(shared_->mutex);
  return shared_->now.now.has_value();
}

void RoomFeed::ask(const std::string& method, json params, net::Completion done) {
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->room.empty() || shared_->seat.empty()) return;
    params["room"] = shared_->room;
    params["seat"] = shared_->seat;
  }
  if (!done) {
    done = [shared = shared_](Result<json>& result) {
      if (result) return;
      const MutexLock lock(shared->mutex);
      shared->note(shown_text(result.error()));
      shared->stir();
    };
  }
  link_.request(method, net::to_text(params), std::move(done));
}

void RoomFeed::command(json params) {
  if (!is_in_room()) return;
  playback_.expect_room();
  ask("rooms.command", std::move(params), [shared = shared_](Result<json>& result) {
    if (result) return;
    const MutexLock lock(shared->mutex);
    shared->note(shown_text(result.error()));
    // Told to playback anew, so that it waits no longer for what does not come.
    if (shared->now.now) ++shared->now.now->revision;
    shared->stir();
  });
}

void RoomFeed::play() { command({{"what", "play"}}); }
void RoomFeed::pause() { command({{"what", "pause"}}); }
void RoomFeed::next() { command({{"what", "next"}}); }
void RoomFeed::previous() { command({{"what", "previous"}}); }
void RoomFeed::set_rate(Rational rate) { command({{"what", "rate"}, {"rate", rate.to_string()}}); }
void RoomFeed::step(int count) { command({{"what", "step"}, {"count", std::clamp(count, -300, 300)}}); }
void RoomFeed::go_to(std::uint64_t entry) { command({{"what", "entry"}, {"entry", entry}}); }

void RoomFeed::seek(std::int64_t position_us) {
  command({{"what", "seek"}, {"position_us", std::clamp<std::int64_t>(position_us, 0, kMostRoomPositionUs)}});
}

void RoomFeed::seek_by(std::int64_t delta_us) {
  std::int64_t from = 0;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->now.now) return;
    const RoomState& state = *shared_->now.now;
    from = state.jump ? state.jump->position_us : shared_->position_us(clock_.now_ns());
  }
  seek(from + std::clamp(delta_us, -kMostRoomPositionUs, kMostRoomPositionUs));
}

bool RoomFeed::is_paused() const {
  const MutexLock lock(shared_->mutex);
  return !shared_->now.now || shared_->now.now->is_paused;
}

void RoomFeed::watch(const std::string& media) {
  json place = json::object();
  {
    const MutexLock lock(shared_->mutex);
    place = {{"room", shared_->room}, {"seat", shared_->seat}, {"what", "entry"}};
  }
  ask("rooms.add", {{"media", {media}}},
      [shared = shared_, &link = link_, place = std::move(place)](Result<json>& result) {
        if (!result) {
          const MutexLock lock(shared->mutex);
          shared->note(shown_text(result.error()));
          return shared->stir();
        }
        const auto entries = result->find("entries");
        if (entries == result->end() || !entries->is_array() || entries->empty()) return;
        json go = place;
        go["entry"] = entries->front();
        link.request("rooms.command", net::to_text(go), {});
      });
}

void RoomFeed::clear() {
  rooms_.clear();
  const MutexLock lock(shared_->mutex);
  shared_->forget();
}

bool RoomFeed::has_news() {
  const MutexLock lock(shared_->mutex);
  return std::exchange(shared_->has_news, false);
}

std::vector<std::string> RoomFeed::take_messages() {
  const MutexLock lock(shared_->mutex);
  return std::exchange(shared_->notes, {});
}

// --- What goes on by itself

RoomSnapshot RoomFeed::snapshot(std::int64_t now_ns) const {
  RoomSnapshot now;
  {
    const MutexLock lock(shared_->mutex);
    now = shared_->now;
    now.is_away = shared_->is_away;
    if (now.now && shared_->estimate) now.position_us = shared_->position_us(now_ns);
    if (shared_->estimate) now.round_trip_us = shared_->estimate->round_trip_ns / kNsPerUs;
  }
  now.rooms = rooms_.answer();
  std::erase_if(now.reactions, [&](const RoomReaction& each) { return now_ns - each.at_ns > kReactionNs; });
  return now;
}

std::int64_t RoomFeed::update(bool is_list_wanted, std::int64_t now_ns) {
  std::int64_t at_ns = INT64_MAX;
  if (is_list_wanted) at_ns = rooms_.keep_fresh({}, now_ns, options_.list_every_ns);
  keep_place(now_ns);
  if (!is_in_room()) {
    if (!open_room_.empty()) {
      playback_.unfollow();
      open_room_.clear();
      open_entry_ = 0;
      applied_revision_ = 0;
    }
    return at_ns;
  }
  keep_clock(now_ns);
  at_ns = std::min(at_ns, keep_timeline(now_ns));
  report(now_ns);
  return std::min({at_ns, clock_keeper_.next_ns(), report_at_ns_});
}

// Takes the seat again on a new connection.
void RoomFeed::keep_place(std::int64_t now_ns) {
  std::string params;
  const std::uint64_t epoch = link_.epoch();
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->seat.empty() && std::exchange(shared_->epoch, epoch) != epoch) {
      shared_->is_away = true;
      shared_->is_joining = false;
    }
    if (!shared_->is_away || shared_->seat.empty() || shared_->is_joining || !link_.is_ready()) return;
    if (now_ns < shared_->join_at_ns) return;
    json wish{{"seat", shared_->seat}};
    wish[shared_->code.empty() ? "room" : "code"] = shared_->code.empty() ? shared_->room : shared_->code;
    params = net::to_text(wish);
  }
  enter(params);
}

void RoomFeed::keep_clock(std::int64_t now_ns) {
  const auto estimate = clock_keeper_.update(now_ns);
  if (!estimate) return;
  if (!open_room_.empty()) playback_.set_room_clock(*estimate);
  const MutexLock lock(shared_->mutex);
  shared_->estimate = estimate;
}

void RoomFeed::open_entry(const RoomState& state, std::uint64_t entry, std::int64_t position_us) {
  if (state.room != open_room_) told_prepared_ = 0;
  open_room_ = state.room;
  open_entry_ = entry;
  playback_.unfollow();
  const RoomEntry* video = state.find(entry);
  if (video == nullptr || video->media.empty()) return playback_.close();
  playback_.open({.media = video->media,
                  .title = video->title,
                  .rendition = options_.rendition,
                  .position_us = position_us,
                  .rate = state.rate,
                  .is_paused = true});
}

std::int64_t RoomFeed::keep_timeline(std::int64_t now_ns) {
  RoomState state;
  net::ClockEstimate estimate;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->now.now || !shared_->estimate) return INT64_MAX;
    state = *shared_->now.now;
    estimate = *shared_->estimate;
  }
  const std::int64_t server_ns = estimate.server_ns(now_ns);
  const RoomTimeline& last = state.timelines.back();
  // Another video is opened once the room stands on the last frame of this one.
  const bool is_jump_due = state.jump && server_ns >= last.timeline.from_ns;
  const std::int64_t again_ns = state.jump && !is_jump_due ? now_ns + kSoonNs : INT64_MAX;
  const std::uint64_t entry = is_jump_due ? state.jump->entry : last.entry;
  const bool is_same = state.room == open_room_ && entry == open_entry_;
  if (is_same && applied_revision_ == state.revision) return again_ns;
  if (!is_same) open_entry(state, entry, is_jump_due ? state.jump->position_us : last.timeline.position_us(server_ns));
  applied_revision_ = state.revision;
  const RoomEntry* video = state.find(entry);
  const bool is_playable = video != nullptr && !video->media.empty();
  excused_ = !is_playable && state.jump ? state.jump->number : 0;
  if (!is_playable) return again_ns;
  RoomTimelines room;
  for (const RoomTimeline& each : state.timelines)
    if (each.entry == entry) room.timelines.push_back(each.timeline);
  // In a video whose time is yet to come one stands where it will begin.
  const std::int64_t begins_us = room.timelines.empty() ? state.jump->position_us : room.timelines.front().media_us;
  if (room.timelines.size() < state.timelines.size())
    room.timelines.insert(room.timelines.begin(), {server_ns - kLongAgoNs, begins_us, state.rate, true});
  if (state.jump && state.jump->entry == entry)
    room.preparation = RoomTimelines::Preparation{state.jump->number, state.jump->position_us};
  playback_.follow(std::move(room));
  playback_.set_room_clock(estimate);
  return again_ns;
}

void RoomFeed::report(std::int64_t now_ns) {
  const PlaybackSnapshot::Room& room = playback_.snapshot().room;
  const std::uint64_t prepared = room.is_following ? room.prepared : excused_;
  const bool is_news = room.is_buffering != told_buffering_ || prepared != told_prepared_;
  if (!is_news && now_ns < report_at_ns_) return;
  std::int64_t round_trip_us = 0;
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->estimate) round_trip_us = shared_->estimate->round_trip_ns / kNsPerUs;
  }
  told_buffering_ = room.is_buffering;
  told_prepared_ = prepared;
  report_at_ns_ = now_ns + kReportEveryNs;
  ask("rooms.report",
      {{"is_buffering", room.is_buffering},
       {"prepared", prepared},
       {"skew_us", room.skew_us},
       {"round_trip_us", round_trip_us}},
      [](Result<json>&) {});
}

}  // namespace zoe::player
