#include "engine/media/packet_window.hpp"

#include <algorithm>

namespace zoe::media {
namespace {

// Reading on over this many packets costs less than a seek.
constexpr std::uint32_t kMostSkipped = 64;
// A seek may land this many packets before the place, besides those that the index knows in between.
constexpr std::uint64_t kMostAstray = 1000;

}  // namespace

Result<std::unique_ptr<PacketWindow>> PacketWindow::open(const std::string& path, const TrackInfo& track,
                                                         TrackIndexPtr index, std::stop_token stop) {
  std::unique_ptr<PacketWindow> window(new PacketWindow(path, track, std::move(index)));
  window->stop_ = std::move(stop);
  ZOE_TRY(window->source_, PacketSource::open(path, track, PacketSource::Purpose::kRead, window->stop_));
  return window;
}

void PacketWindow::set_stop(std::stop_token stop) {
  stop_ = std::move(stop);
  if (source_) source_->demuxer().set_stop(stop_);
}

Error PacketWindow::changed() const {
  return Error{Errc::kUnavailable, path_ + " is no longer the file that was indexed, or cannot be read any more"};
}

void PacketWindow::forget() {
  window_.clear();
  is_placed_ = false;
}

bool PacketWindow::matches(const AVPacket& packet, std::uint32_t ordinal) const {
  const IndexedPacket& expected = index_->packets()[ordinal];
  return static_cast<std::uint32_t>(packet.size) == expected.size_bytes && packet_checksum(packet) == expected.checksum;
}

bool PacketWindow::is_in_reach(std::uint32_t ordinal) const {
  return is_placed_ && ordinal >= first_ && ordinal <= first_ + window_.size() + kMostSkipped;
}

Status PacketWindow::go_to(std::uint32_t segment) {
  const std::uint32_t ordinal = index_->segments()[segment].preroll_packet;
  if (is_in_reach(ordinal)) {
    while (first_ + window_.size() < ordinal) {
      ZOE_TRY(const bool is_read, read_next());
      if (!is_read) break;
      release(ordinal);
    }
    if (first_ + window_.size() >= ordinal) {
      release(ordinal);
      return {};
    }
  }
  if (segment == 0 && source_->is_fresh()) {
    ZOE_TRY(const bool is_found, scan_for(ordinal, kMostAstray));
    if (is_found) return {};
  }
  // The segment's own place, then ever earlier ones.
  for (std::uint32_t back = 0; back <= segment; back = back == 0 ? 1 : back * 4) {
    ZOE_TRY(const bool is_found, try_from(segment - back, ordinal));
    if (is_found) return {};
  }
  ZOE_CHECK(reopen());
  ZOE_TRY(const bool is_found, scan_for(ordinal, UINT64_MAX));
  if (!is_found) return fail(changed());
  return {};
}

// Seeks to where segment `place` begins and looks for packet `ordinal` from there.
Result<bool> PacketWindow::try_from(std::uint32_t place, std::uint32_t ordinal) {
  const CopySegment& from = index_->segments()[place];
  const std::uint64_t most = ordinal - from.preroll_packet + kMostAstray;
  if (from.seek_position >= 0 && source_->seeks_by_position() && source_->seek_position(from.seek_position)) {
    ZOE_TRY(const bool is_found, scan_for(ordinal, most));
    if (is_found) return true;
  }
  if (!source_->seek_time(from.seek_time)) return false;
  return scan_for(ordinal, most);
}

Result<bool> PacketWindow::scan_for(std::uint32_t ordinal, std::uint64_t most_packets) {
  forget();
  for (std::uint64_t i = 0; i < most_packets; ++i) {
    AvPtr<AVPacket> packet = new_av_packet();
    ZOE_TRY(const bool is_read, source_->read(*packet));
    if (!is_read) return false;
    if (!matches(*packet, ordinal)) continue;
    first_ = ordinal;
    window_.push_back(std::move(packet));
    is_placed_ = true;
    // Equal packets exist: the one that follows tells more.
    if (ordinal + 1 == index_->packets().size()) return true;
    ZOE_TRY(const bool is_right, read_next());
    if (is_right) return true;
    forget();
  }
  return false;
}

// False where the file does not go on as indexed; the window is then lost.
Result<bool> PacketWindow::read_next() {
  const std::uint32_t ordinal = first_ + static_cast<std::uint32_t>(window_.size());
  if (ordinal >= index_->packets().size()) return false;
  AvPtr<AVPacket> packet = new_av_packet();
  ZOE_TRY(const bool is_read, source_->read(*packet));
  if (!is_read || !matches(*packet, ordinal)) {
    forget();
    return false;
  }
  window_.push_back(std::move(packet));
  return true;
}

Status PacketWindow::reopen() {
  forget();
  source_.reset();
  auto opened = PacketSource::open(path_, track_, PacketSource::Purpose::kExamine, stop_);
  if (!opened) return fail(std::move(opened).error());
  source_ = std::move(*opened);
  return {};
}

Result<const AVPacket*> PacketWindow::packet(std::uint32_t ordinal) {
  while (is_placed_ && first_ + window_.size() <= ordinal) {
    ZOE_TRY(const bool is_read, read_next());
    if (!is_read) return fail(changed());
  }
  if (!is_placed_ || ordinal < first_) return fail(changed());
  return window_[ordinal - first_].get();
}

void PacketWindow::release(std::uint32_t ordinal) {
  while (!window_.empty() && first_ < ordinal) {
    window_.pop_front();
    ++first_;
  }
}

}  // namespace zoe::media
