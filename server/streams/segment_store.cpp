#include "server/streams/segment_store.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace zoe::server {
namespace {

// What an entry costs besides the packets: the segment, its tables, the map's node.
constexpr std::size_t kEntryBytes = 1024;

}  // namespace

std::size_t SegmentStore::KeyHash::operator()(const SegmentKey& key) const {
  return std::hash<std::string>()(*key.rendition) * 31 + key.index;
}

SegmentStore::SegmentStore(std::size_t budget_bytes, Metrics& metrics)
    : budget_bytes_(budget_bytes),
      hits_(metrics.counter("segment_store_hits_total")),
      misses_(metrics.counter("segment_store_misses_total")),
      makes_(metrics.counter("segment_store_makes_total")),
      evictions_(metrics.counter("segment_store_evictions_total")),
      bytes_gauge_(metrics.gauge("segment_store_bytes")),
      segments_gauge_(metrics.gauge("segment_store_segments")) {}

SegmentStore::~SegmentStore() = default;

bool SegmentStore::has_interest(const Entry& entry) {
  return std::any_of(entry.interests.begin(), entry.interests.end(),
                     [](const std::weak_ptr<const void>& interest) { return !interest.expired(); });
}

void SegmentStore::add_interest(Entry& entry, const InterestToken& interest) {
  std::erase_if(entry.interests, [&interest](const std::weak_ptr<const void>& known) {
    return known.expired() || (!known.owner_before(interest) && !interest.owner_before(known));
  });
  entry.interests.push_back(interest);
}

SegmentStore::Found SegmentStore::get(const SegmentKey& key, Urgency urgency, const InterestToken& interest) {
  MutexLock lock(mutex_);
  const auto [found, is_new] = entries_.try_emplace(key);
  Entry& entry = found->second;
  if (is_new) {
    misses_.add();
    entry.segment = std::make_shared<media::Segment>(key.index);
    entry.urgency = urgency;
    entry.place = recent_.insert(recent_.begin(), key);
    segments_gauge_.set(static_cast<std::int64_t>(entries_.size()));
    add_interest(entry, interest);
    return {entry.segment, true};
  }
  hits_.add();
  recent_.splice(recent_.begin(), recent_, entry.place);
  if (entry.state == State::kDone) return {entry.segment, false};
  add_interest(entry, interest);
  const bool is_raised = entry.state == State::kWaiting && urgency > entry.urgency;
  if (is_raised) entry.urgency = urgency;
  return {entry.segment, is_raised};
}

media::SegmentPtr SegmentStore::peek(const SegmentKey& key) const {
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second.segment;
}

std::shared_ptr<media::Segment> SegmentStore::claim(const SegmentKey& key, Claim how) {
  std::shared_ptr<media::Segment> cancelled;
  {
    MutexLock lock(mutex_);
    auto found = entries_.find(key);
    if (found == entries_.end()) {
      if (how != Claim::kCreate) return nullptr;
      found = entries_.try_emplace(key).first;
      found->second.segment = std::make_shared<media::Segment>(key.index);
      found->second.place = recent_.insert(recent_.begin(), key);
      segments_gauge_.set(static_cast<std::int64_t>(entries_.size()));
    }
    Entry& entry = found->second;
    if (entry.state != State::kWaiting) return nullptr;
    if (how == Claim::kCreate || has_interest(entry)) {
      entry.state = State::kMaking;
      makes_.add();
      return entry.segment;
    }
    cancelled = entry.segment;
    erase(found);
  }
  cancelled->fail({Errc::kCancelled, "nobody waits for this segment any more"});
  return nullptr;
}

void SegmentStore::done(const SegmentKey& key) {
  std::vector<std::shared_ptr<media::Segment>> gone;  // freed without the lock
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  const media::Segment::State state = entry.segment->state();
  if (state.error || !state.is_finished) {
    gone.push_back(entry.segment);
    erase(found);
  } else {
    entry.state = State::kDone;
    entry.interests = {};
    entry.bytes = state.bytes + kEntryBytes;
    bytes_ += entry.bytes;
    evict(gone);
    bytes_gauge_.set(static_cast<std::int64_t>(bytes_));
  }
  lock.unlock();
}

void SegmentStore::abandon(const SegmentKey& key, const Error& error) {
  std::shared_ptr<media::Segment> segment;
  {
    MutexLock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.state != State::kWaiting) return;
    segment = found->second.segment;
    erase(found);
  }
  segment->fail(error);
}

std::optional<Urgency> SegmentStore::waiting(const SegmentKey& key) const {
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.state != State::kWaiting || !has_interest(found->second)) return {};
  return found->second.urgency;
}

bool SegmentStore::is_wanted(const SegmentKey& key) const {
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  return found != entries_.end() && has_interest(found->second);
}

bool SegmentStore::has_room() const {
  MutexLock lock(mutex_);
  return bytes_ <= budget_bytes_;
}

// A segment that only the store holds cannot gain another owner meanwhile: it would have to come through here.
void SegmentStore::evict(std::vector<std::shared_ptr<media::Segment>>& gone) {
  auto place = recent_.end();
  while (bytes_ > budget_bytes_ && place != recent_.begin()) {
    --place;
    const auto found = entries_.find(*place);
    const Entry& entry = found->second;
    if (entry.state != State::kDone || entry.segment.use_count() > 1) continue;
    gone.push_back(entry.segment);
    evictions_.add();
    ++place;  // stays valid: erase takes the node before it
    erase(found);
  }
}

void SegmentStore::erase(Map::iterator entry) {
  bytes_ -= entry->second.bytes;
  recent_.erase(entry->second.place);
  entries_.erase(entry);
  segments_gauge_.set(static_cast<std::int64_t>(entries_.size()));
}

SegmentStore::Stats SegmentStore::stats() const {
  MutexLock lock(mutex_);
  return {entries_.size(), bytes_, budget_bytes_, hits_.value(), misses_.value(), makes_.value(), evictions_.value()};
}

}  // namespace zoe::server
