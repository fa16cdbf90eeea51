#include "server/streams/reader_park.hpp"

#include <utility>

namespace zoe::server {

std::unique_ptr<media::SourceReader> ReaderPark::take(const std::string& track, std::int64_t first_pts,
                                                      std::int64_t last_pts) {
  MutexLock lock(mutex_);
  Place best = parked_.end();
  Place oldest = parked_.end();
  std::size_t of_track = 0;
  for (Place place = parked_.begin(); place != parked_.end(); ++place) {
    if (place->track != track) continue;
    ++of_track;
    oldest = place;
    const bool is_useful =
        place->position != media::kNoTimestamp && place->position >= first_pts && place->position <= last_pts;
    if (is_useful && (best == parked_.end() || place->position > best->position)) best = place;
  }
  if (best != parked_.end()) return take_out(best);
  return of_track > 1 ? take_out(oldest) : nullptr;
}

std::unique_ptr<media::SourceReader> ReaderPark::take_any(const std::string& track) {
  MutexLock lock(mutex_);
  Place found = parked_.end();
  for (Place place = parked_.begin(); place != parked_.end(); ++place) {
    if (place->track != track) continue;
    found = place;
    if (place->position == media::kNoTimestamp) break;  // one without a decoder that someone could want
  }
  return found == parked_.end() ? nullptr : take_out(found);
}

std::unique_ptr<media::SourceReader> ReaderPark::take_out(Place place) {
  std::unique_ptr<media::SourceReader> reader = std::move(place->reader);
  bytes_ -= place->bytes;
  parked_.erase(place);
  return reader;
}

void ReaderPark::put(const std::string& track, std::unique_ptr<media::SourceReader> reader, std::size_t bytes) {
  std::list<Parked> gone;  // closed without the lock
  const std::int64_t position = reader->decode_position();
  MutexLock lock(mutex_);
  parked_.push_front({track, std::move(reader), position, bytes});
  bytes_ += bytes;
  while (!parked_.empty() && (parked_.size() > most_readers_ || bytes_ > most_bytes_)) {
    bytes_ -= parked_.back().bytes;
    gone.splice(gone.begin(), parked_, std::prev(parked_.end()));
  }
  lock.unlock();
}

void ReaderPark::clear() {
  std::list<Parked> gone;
  MutexLock lock(mutex_);
  gone.swap(parked_);
  bytes_ = 0;
  lock.unlock();
}

std::size_t ReaderPark::size() const {
  MutexLock lock(mutex_);
  return parked_.size();
}

}  // namespace zoe::server
