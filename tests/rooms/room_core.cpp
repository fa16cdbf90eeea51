#include "tests/rooms/room_core.hpp"

#include <utility>

namespace zoe::rooms {

Result<render::WriteState> NotingScreen::write(const media::Frame&, const render::Presentation&,
                                               const render::FrameTag& tag, render::WritePolicy) {
  const std::int64_t now = clock_.now_ns();
  playback_->on_presented(tag, now);
  const MutexLock lock(mutex_);
  shown_.push_back({now, tag.pts_us});
  return render::WriteState::kWritten;
}

std::vector<Shown> NotingScreen::shown() const {
  const MutexLock lock(mutex_);
  return shown_;
}

std::int64_t NotingScreen::newest_us() const {
  const MutexLock lock(mutex_);
  return shown_.empty() ? -1 : shown_.back().pts_us;
}

RoomCore::RoomCore(const Way& way, const Clock& clock) : clock_(clock), screen_(clock) {
  link_ = player::ServerLink::create({}, clock, Log::null());
  link_->connect(way.server);
  if (way.user.empty())
    link_->enter_as_guest();
  else if (way.is_new_account)
    link_->register_account(way.user, way.password, way.code, player::Remember::kNo);
  else
    link_->log_in(way.user, way.password, player::Remember::kNo);
  player::PlaybackOptions options;
  options.ring_frames = 90;
  options.ring_bytes = 64ULL << 20;
  options.packet_bytes = 16ULL << 20;
  options.decoder_threads = 1;
  playback_ = player::Playback::create(options, *link_, screen_, clock, Log::null());
  screen_.attach(playback_.get());
  feed_ = std::make_unique<player::RoomFeed>(*link_, *playback_, clock, player::RoomFeed::Options{}, [] {});
}

RoomCore::~RoomCore() {
  feed_.reset();
  playback_.reset();
}

bool RoomCore::is_at_rest() {
  const player::PlaybackSnapshot& now = playback_->snapshot();
  return now.room.is_following && now.state == player::PlayState::kPaused && now.is_settled;
}

bool RoomCore::is_playing() {
  const player::PlaybackSnapshot& now = playback_->snapshot();
  return now.room.is_following && now.state == player::PlayState::kPlaying;
}

std::string RoomCore::problem() {
  const player::LinkSnapshot link = link_->snapshot();
  if (!link.error.empty()) return link.error;
  std::string all;
  for (const std::string& each : feed_->take_messages()) all += each + " ";
  return all + playback_->snapshot().error;
}

}  // namespace zoe::rooms
