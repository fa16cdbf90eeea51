#include "server/streams/room.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace zoe::server {
namespace {

// Beside the round trip: for threads that are woken late, and clocks that are known to within a few milliseconds.
constexpr std::int64_t kMarginNs = 80 * kNsPerMs;
// How many commands may lie ahead; of more, the newest takes the place of the one before it.
constexpr std::size_t kMostTimelines = 8;
// A preparation is given up to so much; members that need longer come later.
constexpr std::int64_t kPrepareNs = 3 * kNsPerS;
constexpr std::int64_t kPrepareBrieflyNs = 700 * kNsPerMs;
// A buffer that fills again at once is nobody's concern.
constexpr std::int64_t kBufferingNs = 250 * kNsPerMs;
constexpr std::int64_t kUnknownFrameUs = 40'000;
constexpr double kMostRate = 16;
constexpr std::int64_t kMostPositionUs = std::int64_t{1} << 47;  // four years

}  // namespace

Room::Room(RoomSettings settings, AccountKey owner, RoomPlace place, std::int64_t now_ns, std::int64_t utc_ns)
    : settings_(std::move(settings)), owner_(std::move(owner)), entries_(std::move(place.entries)) {
  for (RoomEntry& each : entries_) each.entry = ++last_entry_;
  entry_ = place.entry < entries_.size() ? place.entry : 0;
  // It comes from a database.
  if (!place.rate.is_zero() && std::abs(place.rate.to_double()) <= kMostRate) rate_ = place.rate;
  const std::int64_t away_ns = utc_ns - place.utc_ns;
  const bool has_run_on = !entries_.empty() && !place.is_paused && away_ns >= 0 && away_ns <= kLongestDownNs;
  is_paused_ = !has_run_on;
  std::int64_t position = std::clamp<std::int64_t>(place.position_us, 0, kMostPositionUs);
  if (has_run_on) position += scale(away_ns, rate_) / kNsPerUs;
  timelines_.push_back(
      {{now_ns, held_within(entry_, position), rate_, is_paused_}, entries_.empty() ? 0 : entries_[entry_].entry});
}

// --- The playlist

Result<std::vector<std::uint64_t>> Room::add_entries(std::vector<RoomEntry> entries, std::int64_t now_ns) {
  if (entries_.size() + entries.size() > kMostEntries)
    return fail(Errc::kTooLarge, fmt::format("a room's playlist has at most {} videos", kMostEntries));
  const bool was_empty = entries_.empty();
  std::vector<std::uint64_t> numbers;
  for (RoomEntry& each : entries) {
    each.entry = ++last_entry_;
    numbers.push_back(each.entry);
    entries_.push_back(std::move(each));
  }
  ++revision_;
  if (was_empty && !entries_.empty()) jump(0, first_position(0), now_ns);
  return numbers;
}

Status Room::remove_entry(std::uint64_t entry, std::int64_t now_ns) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [entry](const RoomEntry& each) { return each.entry == entry; });
  if (found == entries_.end()) return fail(Errc::kNotFound, fmt::format("there is no entry {} in this room", entry));
  const auto index = static_cast<std::size_t>(found - entries_.begin());
  if (index == entry_ || (preparation_ && preparation_->entry == index))
    return fail(Errc::kConflict, "this video is being watched: go to another one first");
  entries_.erase(found);
  if (index < entry_) --entry_;
  if (preparation_ && index < preparation_->entry) --preparation_->entry;
  ++revision_;
  tick(now_ns);
  return {};
}

RoomPlace Room::place(std::int64_t now_ns, std::int64_t utc_ns) const {
  RoomPlace place{entries_, entry_, last().media_us, rate_, is_paused_, utc_ns};
  if (preparation_) {
    place.entry = preparation_->entry;
    place.position_us = preparation_->position_us;
  } else if (!last().is_paused) {
    place.position_us = held_within(entry_, last().position_us(now_ns));
    // Where it begins to run only in a moment, that is when that will be so.
    place.utc_ns += std::max<std::int64_t>(0, last().from_ns - now_ns);
  }
  return place;
}

// --- The timeline

std::int64_t Room::lead_ns() const {
  std::int64_t longest = 0;
  for (const RoomMember& each : members_)
    if (each.is_here) longest = std::max(longest, each.round_trip_ns);
  return std::clamp(longest + kMarginNs, kLeastLeadNs, kMostLeadNs);
}

std::int64_t Room::next_moment(std::int64_t now_ns) const { return std::max(now_ns + lead_ns(), last().from_ns); }

std::int64_t Room::held_within(std::size_t entry, std::int64_t position_us) const {
  if (entry >= entries_.size()) return 0;
  const std::int64_t duration = entries_[entry].duration_us;
  return std::clamp<std::int64_t>(position_us, 0, duration > 0 ? duration - 1 : kMostPositionUs);
}

std::int64_t Room::first_position(std::size_t entry) const {
  return rate_.is_negative() ? held_within(entry, entries_[entry].duration_us) : 0;
}

void Room::prune(std::int64_t now_ns) {
  while (timelines_.size() > 1 && timelines_[1].timeline.from_ns <= now_ns) timelines_.pop_front();
}

void Room::push(std::int64_t from_ns, std::int64_t media_us, bool is_paused) {
  if (timelines_.size() > 1 && (timelines_.size() >= kMostTimelines || last().from_ns >= from_ns))
    timelines_.pop_back();
  timelines_.push_back({{from_ns, held_within(entry_, media_us), rate_, is_paused}, entries_[entry_].entry});
  ++revision_;
}

void Room::stand(std::int64_t now_ns) {
  if (last().is_paused) return;
  const std::int64_t from = next_moment(now_ns);
  push(from, last().position_us(from), true);
}

void Room::go(std::int64_t now_ns) {
  if (is_paused_ || is_held_ || preparation_) return;
  const std::int64_t from = next_moment(now_ns);
  push(from, last().position_us(from), false);
}

void Room::jump(std::size_t entry, std::int64_t position_us, std::int64_t now_ns) {
  stand(now_ns);
  is_held_ = false;
  const std::int64_t patience = settings_.patience == RoomPatience::kWait ? kPrepareNs : kPrepareBrieflyNs;
  preparation_ = RoomPreparation{++last_preparation_, entry, held_within(entry, position_us),
                                 std::max(now_ns, last().from_ns) + patience};
  ++revision_;
  tick(now_ns);
}

void Room::land(std::int64_t now_ns) {
  for (RoomMember& each : members_)
    if (each.prepared < preparation_->number) each.is_left_behind = true;
  const std::int64_t position = preparation_->position_us;
  entry_ = preparation_->entry;
  preparation_.reset();
  push(next_moment(now_ns), position, is_paused_);
}

Result<std::int64_t> Room::command(const RoomCommand& command, std::int64_t now_ns) {
  using What = RoomCommand::What;
  if (entries_.empty()) return fail(Errc::kConflict, "there is no video in this room yet: add one");
  prune(now_ns);
  switch (command.what) {
    case What::kPlay: {
      is_paused_ = false;
      ++revision_;
      const std::int64_t duration = entries_[entry_].duration_us;
      const bool is_at_end =
          rate_.is_negative() ? last().media_us <= 0 : duration > 0 && last().media_us >= duration - 1;
      if (last().is_paused && is_at_end && !preparation_) {
        jump(entry_, first_position(entry_), now_ns);
      } else if (last().is_paused) {
        go(now_ns);
      }
      break;
    }
    case What::kPause:
      is_paused_ = true;
      is_held_ = false;
      ++revision_;
      stand(now_ns);
      break;
    case What::kSeek:
      jump(preparation_ ? preparation_->entry : entry_, command.position_us, now_ns);
      break;
    case What::kRate: {
      if (command.rate.is_zero()) return fail(Errc::kInvalidArgument, "a rate is not 0");
      rate_ = command.rate;
      ++revision_;
      if (!last().is_paused) {
        const std::int64_t from = next_moment(now_ns);
        push(from, last().position_us(from), false);
      }
      break;
    }
    case What::kStep:
      ZOE_CHECK(step(command, now_ns));
      break;
    case What::kNext:
      ZOE_CHECK(go_to(static_cast<std::ptrdiff_t>(entry_) + 1, now_ns));
      break;
    case What::kPrevious:
      ZOE_CHECK(go_to(static_cast<std::ptrdiff_t>(entry_) - 1, now_ns));
      break;
    case What::kEntry: {
      const auto found = std::find_if(entries_.begin(), entries_.end(),
                                      [&](const RoomEntry& each) { return each.entry == command.entry; });
      if (found == entries_.end())
        return fail(Errc::kNotFound, fmt::format("there is no entry {} in this room", command.entry));
      ZOE_CHECK(go_to(found - entries_.begin(), now_ns));
      break;
    }
  }
  return std::max(now_ns, last().from_ns);
}

Status Room::go_to(std::ptrdiff_t index, std::int64_t now_ns) {
  if (index < 0 || index >= static_cast<std::ptrdiff_t>(entries_.size()))
    return fail(Errc::kConflict, "there is no further video in this room's playlist");
  jump(static_cast<std::size_t>(index), first_position(static_cast<std::size_t>(index)), now_ns);
  return {};
}

// To the middle of the frame, so that rounding makes it nobody's neighbour.
Status Room::step(const RoomCommand& command, std::int64_t now_ns) {
  is_paused_ = true;
  is_held_ = false;
  const std::int64_t from = next_moment(now_ns);
  const std::int64_t base = preparation_ ? preparation_->position_us : last().position_us(from);
  const std::int64_t frame_us = entries_[entry_].frame_us > 0 ? entries_[entry_].frame_us : kUnknownFrameUs;
  std::int64_t target = (base / frame_us + command.count) * frame_us + frame_us / 2;
  if (command.frame_at_us) target = *command.frame_at_us;
  if (preparation_) {
    jump(preparation_->entry, target, now_ns);
  } else {
    push(from, target, true);
  }
  return {};
}

// --- What time brings

bool Room::tick(std::int64_t now_ns) {
  prune(now_ns);
  look_at_members(now_ns);
  look_at_preparation(now_ns);
  look_at_buffers(now_ns);
  look_at_end(now_ns);
  return !members_.empty() || !last().is_paused || preparation_;
}

void Room::look_at_preparation(std::int64_t now_ns) {
  if (!preparation_ || now_ns < last().from_ns) return;
  const bool is_all = std::all_of(members_.begin(), members_.end(), [this](const RoomMember& each) {
    return !each.is_here || each.is_left_behind || each.prepared >= preparation_->number;
  });
  if (is_all || now_ns >= preparation_->until_ns) land(now_ns);
}

bool Room::is_awaited(const RoomMember& member) const {
  return member.is_here && member.is_buffering && !member.is_left_behind;
}

std::vector<std::uint64_t> Room::awaited() const {
  std::vector<std::uint64_t> all;
  for (const RoomMember& each : members_)
    if (is_held_ && is_awaited(each)) all.push_back(each.member);
  return all;
}

void Room::look_at_buffers(std::int64_t now_ns) {
  if (settings_.patience == RoomPatience::kLeaveBehind || is_paused_ || preparation_) {
    if (std::exchange(is_held_, false)) go(now_ns);
    return;
  }
  if (is_held_ && now_ns - held_ns_ > kLongestWaitNs)
    for (RoomMember& each : members_) each.is_left_behind = each.is_left_behind || each.is_buffering;
  const bool is_one_dry = std::any_of(members_.begin(), members_.end(), [&](const RoomMember& each) {
    return is_awaited(each) && (is_held_ || now_ns - each.buffering_ns >= kBufferingNs);
  });
  if (is_one_dry == is_held_) return;
  is_held_ = is_one_dry;
  held_ns_ = now_ns;
  ++revision_;
  if (is_held_) {
    stand(now_ns);
  } else {
    go(now_ns);
  }
}

void Room::look_at_end(std::int64_t now_ns) {
  const Timeline& running = last();
  if (running.is_paused || preparation_ || now_ns < running.from_ns) return;
  const std::int64_t duration = entries_[entry_].duration_us;
  const std::int64_t position = running.position_us(now_ns);
  const bool is_over = running.rate.is_negative() ? position <= 0 : duration > 0 && position >= duration;
  if (!is_over) return;
  const bool has_next = !running.rate.is_negative() && entry_ + 1 < entries_.size();
  // Everybody stands on the last frame by themselves already.
  push(now_ns, position, true);
  prune(now_ns);
  if (has_next) return jump(entry_ + 1, 0, now_ns);
  is_paused_ = true;
}

}  // namespace zoe::server
