#include "player/playback/packet_store.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "engine/media/track.hpp"

namespace zoe::player {
namespace {

// `fresh` may take the place of `held`: it serves whatever `held` serves, or `held` is of no use without its rest.
bool may_replace(const PacketSegment& fresh, const PacketSegment& held) {
  // Cut off by the end of a connection: as much of it again, or all.
  if (held.is_abandoned && !held.is_finished && held.is_from_start && fresh.is_from_start && !fresh.is_subset)
    return fresh.is_finished || fresh.packets.size() >= held.packets.size();
  if (held.is_abandoned && !held.is_finished) return true;
  if (held.is_subset && !fresh.is_subset) return fresh.is_from_start;
  // Of two that begin inside, as after seeks of what needs no key frame, the one that begins earlier.
  if (!held.is_from_start && !fresh.is_from_start && !fresh.is_subset) return fresh.first_ordinal < held.first_ordinal;
  return fresh.is_from_start && (fresh.is_finished || !held.is_from_start);
}

// Far from where sums with other times could overflow: a server may send anything.
constexpr std::int64_t kMostTicks = std::int64_t{1} << 60;

void bound_times(net::RunPacket& packet) {
  const auto is_sane = [](std::int64_t ticks) { return ticks > -kMostTicks && ticks < kMostTicks; };
  if (!is_sane(packet.pts)) packet.pts = net::kNoTimestamp;
  if (!is_sane(packet.dts)) packet.dts = net::kNoTimestamp;
}

void take_times(PacketSegment& segment, const net::RunPacket& packet) {
  segment.duration_ticks += packet.duration;
  if ((packet.flags & net::kRecordDiscard) != 0) return;
  ++segment.shown_packets;
  if (packet.pts == net::kNoTimestamp) return;
  const bool is_first = segment.first_pts == media::kNoTimestamp;
  segment.first_pts = is_first ? packet.pts : std::min(segment.first_pts, packet.pts);
  if (is_first || packet.pts >= segment.last_pts) {
    segment.last_pts = packet.pts;
    segment.end_pts = packet.pts + static_cast<std::int64_t>(packet.duration);
  }
}

}  // namespace

void PacketStore::select(const std::string& key) {
  if (key == key_) return;
  abandon_arriving();
  key_ = key;
}

void PacketStore::clear_selected() {
  abandon_arriving();
  for (auto entry = entries_.lower_bound({key_, 0}); entry != entries_.end() && entry->first.first == key_;) {
    const auto next = std::next(entry);
    erase(entry);
    entry = next;
  }
}

Status PacketStore::add(net::MediaRun&& run) {
  if ((run.flags & net::kRunSegmentStart) != 0 || !arriving_ || arriving_->index != run.segment) begin(run);
  PacketSegment& segment = *arriving_;
  if (!segment.packets.empty() && !run.packets.empty() && run.first_ordinal <= segment.packets.back().ordinal) {
    abandon_arriving();
    return fail(Errc::kMalformed,
                fmt::format("the server sent packet {} of segment {} twice", run.first_ordinal, run.segment));
  }
  segment.is_subset |= (run.flags & net::kRunSubset) != 0;
  for (net::RunPacket& packet : run.packets) {
    bound_times(packet);
    take_times(segment, packet);
  }
  segment.packets.insert(segment.packets.end(), run.packets.begin(), run.packets.end());
  const std::size_t bytes = run.body ? run.body->size() : 0;
  segment.bytes += bytes;
  segment.bodies.push_back(std::move(run.body));
  const bool is_listed = peek(segment.index) == arriving_.get();
  if (is_listed) bytes_ += bytes;
  if ((run.flags & net::kRunSegmentEnd) != 0) {
    segment.is_finished = true;
    segment.is_abandoned = true;
    if (!is_listed) install();
    arriving_.reset();
  } else if (const PacketSegment* held = peek(segment.index);
             !is_listed && held != nullptr && held->is_abandoned && !held->is_finished) {
    install();
  }
  evict();
  return {};
}

void PacketStore::begin(const net::MediaRun& run) {
  abandon_arriving();
  arriving_ = std::make_shared<PacketSegment>();
  arriving_->index = run.segment;
  arriving_->track = track_;
  arriving_->first_ordinal = run.first_ordinal;
  arriving_->is_from_start = (run.flags & net::kRunSegmentStart) != 0 && run.first_ordinal == 0;
  arriving_->is_subset = (run.flags & net::kRunSubset) != 0;
  install();
}

void PacketStore::install() {
  const Key key{key_, arriving_->index};
  const auto held = entries_.find(key);
  if (held != entries_.end()) {
    if (!may_replace(*arriving_, *held->second.segment)) return;
    erase(held);
  }
  uses_.push_front(key);
  entries_.emplace(key, Entry{arriving_, uses_.begin()});
  bytes_ += arriving_->bytes;
}

void PacketStore::abandon_arriving() {
  if (!arriving_) return;
  arriving_->is_abandoned = true;
  const auto held = entries_.find({key_, arriving_->index});
  if (held != entries_.end() && held->second.segment == arriving_) erase(held);
  arriving_.reset();
}

void PacketStore::suspend_arriving() {
  if (!arriving_) return;
  if (peek(arriving_->index) != arriving_.get() || arriving_->packets.empty()) return abandon_arriving();
  arriving_->is_abandoned = true;
  arriving_.reset();
}

void PacketStore::forget_behind(std::uint32_t segment, std::int64_t pts) {
  const auto held = entries_.find({key_, segment});
  if (held == entries_.end() || held->second.segment == arriving_) return;
  if (held->second.segment->is_from_start || holds_from(segment, pts, Need::kSubset)) return;
  erase(held);
  if (arriving_ && arriving_->index == segment) install();
}

PacketSegmentPtr PacketStore::find(std::uint32_t segment) {
  const auto entry = entries_.find({key_, segment});
  if (entry == entries_.end()) return nullptr;
  uses_.splice(uses_.begin(), uses_, entry->second.use);
  return entry->second.segment;
}

const PacketSegment* PacketStore::peek(std::uint32_t segment) const {
  const auto entry = entries_.find({key_, segment});
  return entry == entries_.end() ? nullptr : entry->second.segment.get();
}

bool PacketStore::holds(std::uint32_t segment, Need need) const {
  const PacketSegment* held = peek(segment);
  return held != nullptr && held->is_from_start && held->is_finished && (need == Need::kSubset || !held->is_subset);
}

bool PacketStore::holds_from(std::uint32_t segment, std::int64_t pts, Need need) const {
  const PacketSegment* held = peek(segment);
  if (held == nullptr || (need == Need::kEvery && held->is_subset)) return false;
  return held->is_from_start || (held->first_pts != media::kNoTimestamp && held->first_pts <= pts);
}

std::optional<std::uint32_t> PacketStore::segment_at(std::int64_t position_us, Rational time_base,
                                                     std::int64_t start) const {
  const auto to_us = [&](std::int64_t pts) { return media::ticks_to_us(pts - start, time_base); };
  std::optional<std::uint32_t> found;
  visit([&](const PacketSegment& segment) {
    const bool has_times = segment.is_whole() && segment.first_pts != media::kNoTimestamp;
    const std::int64_t end_pts = std::max(segment.end_pts, segment.last_pts + 1);
    if (has_times && to_us(segment.first_pts) <= position_us && position_us < to_us(end_pts)) found = segment.index;
  });
  return found;
}

void PacketStore::evict() {
  auto oldest = uses_.end();
  while (bytes_ > most_bytes_ && oldest != uses_.begin()) {
    if (--oldest == uses_.begin()) return;  // a segment larger than the budget plays, too
    const auto entry = entries_.find(*oldest);
    if (entry->second.segment == arriving_) continue;
    ++oldest;  // erase() invalidates the place of the entry that goes
    erase(entry);
  }
}

void PacketStore::erase(std::map<Key, Entry>::iterator entry) {
  bytes_ -= entry->second.segment->bytes;
  uses_.erase(entry->second.use);
  entries_.erase(entry);
}

}  // namespace zoe::player
