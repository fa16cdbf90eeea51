// Who sits in a room, and whose it is.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "server/streams/room.hpp"

namespace zoe::server {

RoomMember* Room::member_of(std::uint64_t member) {
  for (RoomMember& each : members_)
    if (each.member == member) return &each;
  return nullptr;
}

const RoomMember* Room::find(std::uint64_t member) const {
  for (const RoomMember& each : members_)
    if (each.member == member) return &each;
  return nullptr;
}

const RoomMember* Room::find_seat(const std::string& seat) const {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const RoomMember& each) { return each.seat == seat; });
  return found == members_.end() || seat.empty() ? nullptr : &*found;
}

Result<std::uint64_t> Room::join(RoomMember member, std::int64_t now_ns) {
  ++members_revision_;
  if (const RoomMember* held = find_seat(member.seat)) {
    heard(held->member, now_ns);
    return held->member;
  }
  if (members_.size() >= kMostMembers)
    return fail(Errc::kTooLarge, fmt::format("{} are in this room, as many as may be", kMostMembers));
  member.member = ++last_member_;
  member.joined_ns = member.heard_ns = now_ns;
  members_.push_back(std::move(member));
  return last_member_;
}

void Room::leave(std::uint64_t member, std::int64_t now_ns) {
  const RoomMember* leaving = find(member);
  if (leaving == nullptr) return;
  const bool was_owner = is_owner(*leaving);
  std::erase_if(members_, [member](const RoomMember& each) { return each.member == member; });
  ++members_revision_;
  const bool is_elsewhere =
      std::any_of(members_.begin(), members_.end(), [this](const RoomMember& each) { return is_owner(each); });
  if (was_owner && !is_elsewhere) pass_on();
  tick(now_ns);
}

// Whoever has been here longest and has an account; where there is nobody, it stays whose it was.
void Room::pass_on() {
  if (settings_.owner_leaves == OwnerLeaves::kKeep) return;
  if (settings_.owner_leaves == OwnerLeaves::kClose) {
    is_closing_ = true;
    return;
  }
  const auto heir = std::find_if(members_.begin(), members_.end(),
                                 [](const RoomMember& each) { return each.is_here && each.account.user_id != 0; });
  if (heir != members_.end()) set_owner(heir->account);
}

void Room::report(std::uint64_t member, const RoomReport& report, std::int64_t now_ns) {
  heard(member, now_ns);
  RoomMember* found = member_of(member);
  if (found == nullptr) return;
  if (report.is_buffering && !found->is_buffering) found->buffering_ns = now_ns;
  if (report.is_buffering != found->is_buffering || report.skew_us != found->skew_us) ++members_revision_;
  found->is_buffering = report.is_buffering;
  if (!report.is_buffering) found->is_left_behind = false;
  found->prepared = std::min(report.prepared, last_preparation_);
  found->skew_us = report.skew_us;
  found->round_trip_ns = std::clamp<std::int64_t>(report.round_trip_ns, 0, kMostLeadNs);
  tick(now_ns);
}

void Room::set_ready(std::uint64_t member, bool is_ready, std::int64_t now_ns) {
  heard(member, now_ns);
  RoomMember* found = member_of(member);
  if (found == nullptr || found->is_ready == is_ready) return;
  found->is_ready = is_ready;
  ++members_revision_;
}

void Room::lost(std::uint64_t member, std::int64_t now_ns) {
  RoomMember* found = member_of(member);
  if (found == nullptr || !found->is_here) return;
  found->heard_ns = std::min(found->heard_ns, now_ns - kAwayNs - 1);
  tick(now_ns);
}

void Room::heard(std::uint64_t member, std::int64_t now_ns) {
  RoomMember* found = member_of(member);
  if (found == nullptr) return;
  found->heard_ns = now_ns;
  if (found->is_here) return;
  found->is_here = true;
  ++members_revision_;
}

bool Room::may_command(const RoomMember& member) const {
  if (is_owner(member) || settings_.policy == RoomPolicy::kEveryone) return true;
  if (settings_.policy != RoomPolicy::kNamed) return false;
  if (member.account.user_id == 0) return member.is_named;
  return std::find(settings_.named.begin(), settings_.named.end(), member.account) != settings_.named.end();
}

Status Room::allow(std::uint64_t member, bool may_command) {
  RoomMember* found = member_of(member);
  if (found == nullptr) return fail(Errc::kNotFound, fmt::format("member {} is not in this room", member));
  std::vector<AccountKey>& named = settings_.named;
  if (found->account.user_id != 0) {
    std::erase(named, found->account);
    if (may_command && named.size() >= kMostNamed)
      return fail(Errc::kTooLarge, fmt::format("a room's owner names at most {}", kMostNamed));
    if (may_command) named.push_back(found->account);
  }
  found->is_named = may_command;
  ++revision_;
  ++members_revision_;
  return {};
}

void Room::set_settings(RoomSettings settings) {
  settings_ = std::move(settings);
  ++revision_;
}

void Room::set_owner(AccountKey owner) {
  owner_ = std::move(owner);
  ++revision_;
  ++members_revision_;
}

void Room::look_at_members(std::int64_t now_ns) {
  std::vector<std::uint64_t> gone;
  for (RoomMember& each : members_) {
    const std::int64_t silent = now_ns - each.heard_ns;
    if (silent > kGoneNs) gone.push_back(each.member);
    if (silent <= kAwayNs || !each.is_here) continue;
    each.is_here = false;
    each.is_buffering = false;
    ++members_revision_;
  }
  for (const std::uint64_t member : gone) leave(member, now_ns);
}

}  // namespace zoe::server
