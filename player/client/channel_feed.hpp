// The channel that the viewer is tuned in to: live with everybody, or on their own within what has been.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/threads.hpp"
#include "player/client/channel_messages.hpp"
#include "player/client/clock_keeper.hpp"
#include "player/client/query.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// What is known now.
struct ChannelSnapshot {
  Answer<std::vector<ChannelLine>> channels;
  bool is_busy = false;  // a channel is being looked up
  bool is_tuned = false;
  bool is_live = false;
  std::uint64_t channel = 0;
  std::string name;
  std::int64_t behind_us = 0;  // how far behind live; 0 where that is where one is
  std::int64_t on_us = -1;     // where live is in the video that plays; -1: in another one
  std::string next;            // the title of what follows on the channel
};

// `update`, `snapshot` and tune_in_named: main thread; what else acts: any thread. Nothing waits for the network. Live,
// playback follows the channel's timeline as it would a room's, from one video to the next. Whoever pauses or goes
// elsewhere plays on their own from then on, also from one video to the next, and is live again when they have caught
// up or say so.
class ChannelFeed {
 public:
  struct Options {
    std::string rendition = "copy";
    std::int64_t list_every_ns = 5 * kNsPerS;
  };
  // All of it outlives the feed. `wake` (any thread) must only wake.
  ChannelFeed(ServerLink& link, Playback& playback, const Clock& clock, Options options, std::function<void()> wake);
  ~ChannelFeed();
  ChannelFeed(const ChannelFeed&) = delete;
  ChannelFeed& operator=(const ChannelFeed&) = delete;

  // Returns when to be called again. `is_list_wanted`: the list of channels is looked at.
  std::int64_t update(bool is_list_wanted, std::int64_t now_ns);
  ChannelSnapshot snapshot(std::int64_t now_ns) const;
  // Whether the snapshot has changed since this was asked last.
  bool has_news();
  // What went wrong or ended since; sentences for a person.
  std::vector<std::string> take_messages();

  void tune_in(std::uint64_t channel);
  // The first one whose name contains this.
  void tune_in_named(const std::string& name);
  // What plays goes on, and is followed no more.
  void leave();
  bool is_tuned() const;

  // The controls. Away from live they are the viewer's own.
  void go_live();
  void play();
  void pause();
  void toggle_pause();
  void step(int count);
  void set_rate(Rational rate);
  void seek(std::int64_t position_us);  // in the video that plays
  void seek_by(std::int64_t delta_us);  // in the channel, across videos
  void go_in_list(int step);            // to the begin of the video before, or of the next one, as far as it has been

  void refresh_list() { channels_.refresh(); }
  // Another server or person.
  void clear();

 private:
  struct Shared;
  void look_for_name();
  void keep_asking(std::int64_t now_ns);
  void keep_clock(std::int64_t now_ns);
  // Returns when something follows.
  std::int64_t keep_live(std::int64_t now_ns);
  void keep_own();
  void go_on_alone();
  void go_to(std::int64_t since_us);
  // A showing, or from there on in that direction the first one that is for this viewer.
  void show(std::int64_t number, std::int64_t position_us, Rational rate, bool is_paused);

  ServerLink& link_;
  Playback& playback_;
  const Clock& clock_;
  const Options options_;
  const std::shared_ptr<Shared> shared_;
  Query<std::vector<ChannelLine>> channels_;

  // Main thread.
  ClockKeeper clock_keeper_;
  std::string wanted_name_;
  PlayState state_ = PlayState::kIdle;  // as seen last
};

}  // namespace zoe::player
