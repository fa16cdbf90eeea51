// What the viewer does on a channel.
#include <algorithm>
#include <utility>

#include "player/client/channel_feed_shared.hpp"

namespace zoe::player {

void ChannelFeed::tune_in(std::uint64_t channel) {
  const MutexLock lock(shared_->mutex);
  shared_->forget();
  shared_->channel = channel;
  shared_->is_live = true;
  shared_->is_stale = true;
  shared_->ask_at_ns = 0;
  shared_->stir();
}

void ChannelFeed::tune_in_named(const std::string& name) {
  wanted_name_ = name;
  channels_.refresh();
}

void ChannelFeed::leave() {
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->channel == 0) return;
    shared_->forget();
    shared_->stir();
  }
  playback_.unfollow();
}

bool ChannelFeed::is_tuned() const {
  const MutexLock lock(shared_->mutex);
  return shared_->channel != 0;
}

void ChannelFeed::go_live() {
  const MutexLock lock(shared_->mutex);
  if (shared_->channel == 0 || std::exchange(shared_->is_live, true)) return;
  shared_->is_to_follow = true;
  shared_->stir();
}

// From where live is now.
void ChannelFeed::go_on_alone() {
  const std::int64_t now_ns = clock_.now_ns();
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_live || !shared_->is_known()) return;
    shared_->is_live = shared_->is_to_follow = false;
    shared_->own_us = shared_->live_us(now_ns);
    shared_->is_paused = false;
    shared_->rate = {1, 1};
    shared_->stir();
  }
  playback_.unfollow();
}

void ChannelFeed::play() {
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->is_live) return;
  }
  playback_.play();
}

void ChannelFeed::pause() {
  go_on_alone();
  playback_.pause();
}

void ChannelFeed::toggle_pause() {
  bool is_live = false;
  {
    const MutexLock lock(shared_->mutex);
    is_live = shared_->is_live;
  }
  is_live ? pause() : playback_.toggle_pause();
}

void ChannelFeed::step(int count) {
  go_on_alone();
  playback_.step(count);
}

// Nothing is ahead of live.
void ChannelFeed::set_rate(Rational rate) {
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->is_live && rate.to_double() >= 1) return;
  }
  go_on_alone();
  playback_.set_rate(rate);
}

void ChannelFeed::seek(std::int64_t position_us) {
  std::int64_t since_us = 0;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_known() || shared_->number < 0) return;
    const ChannelState& state = *shared_->state;
    // Within what plays; its last moment rather than the next one's first.
    since_us = state.programme.begins_us(shared_->number) +
               std::clamp<std::int64_t>(position_us, 0, state.item(shared_->number).duration_us - 1);
  }
  go_to(since_us);
}

void ChannelFeed::seek_by(std::int64_t delta_us) {
  std::int64_t from_us = 0;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_known()) return;
    from_us = shared_->is_live ? shared_->live_us(clock_.now_ns()) : shared_->own_us;
  }
  go_to(from_us + std::clamp(delta_us, -Programme::kMostUs, Programme::kMostUs));
}

void ChannelFeed::go_in_list(int step) {
  std::int64_t to_us = 0;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_known() || shared_->number < 0) return;
    to_us = shared_->state->programme.begins_us(std::max<std::int64_t>(shared_->number + step, 0));
  }
  go_to(to_us);
}

void ChannelFeed::go_to(std::int64_t since_us) {
  std::int64_t number = 0;
  std::int64_t position_us = 0;
  bool is_paused = false;
  Rational rate{1, 1};
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_known()) return;
    since_us = std::max<std::int64_t>(since_us, 0);
    if (since_us + kNearLiveUs < shared_->live_us(clock_.now_ns())) {
      const Programme::Place place = shared_->state->programme.at(since_us);
      number = place.number;
      position_us = place.position_us;
      is_paused = !shared_->is_live && shared_->is_paused;
      rate = shared_->is_live ? Rational{1, 1} : shared_->rate;
    } else {
      number = -1;
    }
  }
  if (number < 0) return go_live();
  go_on_alone();
  show(number, position_us, rate, is_paused);
}

void ChannelFeed::show(std::int64_t number, std::int64_t position_us, Rational rate, bool is_paused) {
  const int step = rate.is_negative() ? -1 : 1;
  OpenMedia open{.media = {},
                 .title = {},
                 .rendition = options_.rendition,
                 .position_us = position_us,
                 .rate = rate,
                 .is_paused = is_paused};
  bool is_open = false;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_known()) return;
    const ChannelState& state = *shared_->state;
    const auto is_there = [&] {
      return number >= 0 && state.programme.begins_us(number) <= shared_->live_us(clock_.now_ns());
    };
    for (std::size_t tries = 0; is_there() && state.item(number).media.empty() && tries < state.items.size(); ++tries) {
      number += step;
      open.position_us = step < 0 && number >= 0 ? state.item(number).duration_us : 0;
    }
    if (is_there() && !state.item(number).media.empty()) {
      const ChannelItem& item = state.item(number);
      open.media = item.media;
      open.title = item.title;
      is_open = item.media == shared_->media;
      shared_->number = number;
      shared_->media = item.media;
      shared_->own_us = state.programme.begins_us(number) + open.position_us;
      shared_->stir();
    }
  }
  if (open.media.empty()) return step > 0 ? go_live() : void();
  if (!is_open) return playback_.open(open);
  playback_.seek(open.position_us);
  if (!is_paused) playback_.play();
}

void ChannelFeed::clear() {
  channels_.clear();
  wanted_name_.clear();
  const MutexLock lock(shared_->mutex);
  shared_->forget();
}

}  // namespace zoe::player
