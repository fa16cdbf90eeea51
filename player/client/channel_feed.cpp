#include "player/client/channel_feed.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/channel_feed_shared.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kRetryNs = kNsPerS;
constexpr std::int64_t kOwnEveryNs = 200 * kNsPerMs;

}  // namespace

void ChannelFeed::Shared::on_answer(std::uint64_t its_ticket, const Result<json>& result, std::int64_t now_ns) {
  auto parsed = result ? parse_channel(*result) : Result<ChannelState>(fail(result.error()));
  const MutexLock lock(mutex);
  if (is_over || its_ticket != ticket) return;
  is_asking = false;
  if (parsed) {
    state = std::make_shared<const ChannelState>(std::move(*parsed));
    is_to_follow = true;
    return stir();
  }
  const Errc code = parsed.error().code;
  if (code == Errc::kUnavailable || code == Errc::kTimeout || code == Errc::kUnauthenticated ||
      code == Errc::kCancelled) {
    is_stale = true;
    ask_at_ns = now_ns + kRetryNs;
    return stir();
  }
  note(state && code == Errc::kNotFound ? "The channel " + state->name + " is over." : shown_text(parsed.error()));
  forget();
  stir();
}

ChannelFeed::ChannelFeed(ServerLink& link, Playback& playback, const Clock& clock, Options options,
                         std::function<void()> wake)
    : link_(link),
      playback_(playback),
      clock_(clock),
      options_(std::move(options)),
      shared_(std::make_shared<Shared>()),
      channels_(link, "channels.list", parse_channels, wake),
      clock_keeper_(link) {
  {
    const MutexLock lock(shared_->mutex);
    shared_->wake = std::move(wake);
  }
  // The query outlives the listener, which is taken away in the destructor.
  link_.listen("channels.", [shared = shared_, this](std::string_view, const json&) {
    channels_.refresh();
    const MutexLock lock(shared->mutex);
    shared->is_stale = shared->channel != 0;
    shared->ask_at_ns = 0;
    shared->stir();
  });
}

ChannelFeed::~ChannelFeed() {
  link_.listen("channels.", nullptr);
  const MutexLock lock(shared_->mutex);
  shared_->is_over = true;
  shared_->wake = nullptr;
}

std::int64_t ChannelFeed::update(bool is_list_wanted, std::int64_t now_ns) {
  std::int64_t at_ns = INT64_MAX;
  if (is_list_wanted || !wanted_name_.empty()) at_ns = channels_.keep_fresh({}, now_ns, options_.list_every_ns);
  look_for_name();
  bool is_live = false;
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->channel == 0) return at_ns;
    is_live = shared_->is_live;
  }
  keep_asking(now_ns);
  keep_clock(now_ns);
  at_ns = std::min(at_ns, clock_keeper_.next_ns());
  if (is_live) return std::min(at_ns, keep_live(now_ns));
  keep_own();
  return std::min(at_ns, now_ns + kOwnEveryNs);
}

void ChannelFeed::look_for_name() {
  if (wanted_name_.empty()) return;
  const Answer<std::vector<ChannelLine>> answer = channels_.answer();
  if (answer.is_loading || (answer.value == nullptr && answer.error.empty())) return;
  const std::string name = std::exchange(wanted_name_, {});
  if (answer.value != nullptr)
    for (const ChannelLine& each : *answer.value)
      if (each.name.find(name) != std::string::npos) return tune_in(each.channel);
  const MutexLock lock(shared_->mutex);
  shared_->note(answer.value == nullptr ? answer.error : "No channel is called \u201C" + name + "\u201D.");
  shared_->stir();
}

void ChannelFeed::keep_asking(std::int64_t now_ns) {
  std::uint64_t ticket = 0;
  std::uint64_t channel = 0;
  const std::uint64_t epoch = link_.epoch();
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->channel == 0 || !link_.is_ready()) return;
    const bool is_new = shared_->epoch != epoch;
    if (!is_new && (!shared_->is_stale || shared_->is_asking || now_ns < shared_->ask_at_ns)) return;
    shared_->epoch = epoch;
    shared_->is_asking = true;
    shared_->is_stale = false;
    ticket = ++shared_->ticket;
    channel = shared_->channel;
  }
  link_.request("channels.get", net::to_text(json{{"channel", channel}}),
                [shared = shared_, ticket, &its_clock = clock_](Result<json>& result) {
                  shared->on_answer(ticket, result, its_clock.now_ns());
                });
}

void ChannelFeed::keep_clock(std::int64_t now_ns) {
  const auto estimate = clock_keeper_.update(now_ns);
  if (!estimate) return;
  bool is_following = false;
  {
    const MutexLock lock(shared_->mutex);
    shared_->estimate = estimate;
    is_following = shared_->is_live && shared_->number >= 0;
  }
  if (is_following) playback_.set_room_clock(*estimate);
}

std::int64_t ChannelFeed::keep_live(std::int64_t now_ns) {
  OpenMedia open;
  RoomTimelines timeline;
  net::ClockEstimate estimate;
  bool is_open = false;
  std::int64_t ends_ns = INT64_MAX;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_known()) return INT64_MAX;
    const ChannelState& state = *shared_->state;
    estimate = *shared_->estimate;
    const Programme::Place place = state.programme.at(shared_->live_us(now_ns));
    ends_ns =
        now_ns + std::max<std::int64_t>(state.begins_ns_of(place.number + 1) - estimate.server_ns(now_ns), kNsPerMs);
    if (place.number == shared_->number && !shared_->is_to_follow) return ends_ns;
    const ChannelItem& item = state.item(place.number);
    is_open = !item.media.empty() && item.media == shared_->media;
    open = {.media = item.media,
            .title = item.title,
            .rendition = options_.rendition,
            .position_us = place.position_us,
            .is_paused = true,
            .sound_language = {}};
    timeline.timelines.push_back({state.begins_ns_of(place.number), 0, {1, 1}, false});
    shared_->number = place.number;
    shared_->media = item.media;
    shared_->is_to_follow = false;
    shared_->has_news = true;
  }
  if (open.media.empty()) {
    playback_.unfollow();
    playback_.close();
    return ends_ns;
  }
  if (!is_open) {
    playback_.unfollow();
    playback_.open(open);
  }
  playback_.follow(std::move(timeline));
  playback_.set_room_clock(estimate);
  return ends_ns;
}

void ChannelFeed::keep_own() {
  const PlaybackSnapshot& now = playback_.snapshot();
  const bool has_ended = now.state == PlayState::kEnded && std::exchange(state_, now.state) != PlayState::kEnded;
  state_ = now.state;
  bool has_caught_up = false;
  std::int64_t number = 0;
  std::int64_t end_us = 0;  // of the one that follows, where it is to begin
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->is_known() || shared_->number < 0 || now.media != shared_->media) return;
    const ChannelState& state = *shared_->state;
    shared_->own_us =
        state.programme.begins_us(shared_->number) + (now.is_seeking ? now.seek_target_us : now.position_us);
    shared_->is_paused = now.is_paused;
    shared_->rate = now.rate;
    has_caught_up = !now.is_paused && now.rate.to_double() > 1 &&
                    shared_->own_us + kNearLiveUs >= shared_->live_us(clock_.now_ns());
    number = shared_->number + (now.rate.is_negative() ? -1 : 1);
    if (number >= 0 && now.rate.is_negative()) end_us = state.item(number).duration_us;
  }
  if (has_caught_up) return go_live();
  if (has_ended && number >= 0) show(number, end_us, now.rate, false);
}

ChannelSnapshot ChannelFeed::snapshot(std::int64_t now_ns) const {
  ChannelSnapshot now;
  {
    const MutexLock lock(shared_->mutex);
    now.is_tuned = shared_->channel != 0;
    now.is_busy = now.is_tuned && shared_->state == nullptr;
    now.channel = shared_->channel;
    now.is_live = shared_->is_live;
    if (shared_->is_known()) {
      const ChannelState& state = *shared_->state;
      const std::int64_t live_us = shared_->live_us(now_ns);
      const Programme::Place live = state.programme.at(live_us);
      now.name = state.name;
      now.next = state.item(live.number + 1).title;
      if (!now.is_live) now.behind_us = std::max<std::int64_t>(live_us - shared_->own_us, 0);
      if (live.number == shared_->number) now.on_us = live.position_us;
    }
  }
  now.channels = channels_.answer();
  return now;
}

bool ChannelFeed::has_news() {
  const MutexLock lock(shared_->mutex);
  return std::exchange(shared_->has_news, false);
}

std::vector<std::string> ChannelFeed::take_messages() {
  const MutexLock lock(shared_->mutex);
  return std::exchange(shared_->notes, {});
}

}  // namespace zoe::player
