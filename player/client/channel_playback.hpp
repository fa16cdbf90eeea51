// Playback as panels, keys and scripts use it: on a channel, what they ask for is asked of it.
#pragma once

#include "player/client/channel_feed.hpp"
#include "player/playback/forwarding_playback.hpp"

namespace zoe::player {

// As Playback. What it is given outlives it.
class ChannelPlayback final : public ForwardingPlayback {
 public:
  ChannelPlayback(Playback& playback, ChannelFeed& channel) : ForwardingPlayback(playback), channel_(channel) {}

  // Something else than the channel.
  void open(const OpenMedia& media) override {
    channel_.leave();
    playback_.open(media);
  }
  void close() override {
    channel_.leave();
    playback_.close();
  }
  void play() override { channel_.is_tuned() ? channel_.play() : playback_.play(); }
  void pause() override { channel_.is_tuned() ? channel_.pause() : playback_.pause(); }
  void toggle_pause() override { channel_.is_tuned() ? channel_.toggle_pause() : playback_.toggle_pause(); }
  void set_rate(Rational rate) override { channel_.is_tuned() ? channel_.set_rate(rate) : playback_.set_rate(rate); }
  void seek(std::int64_t position_us) override {
    channel_.is_tuned() ? channel_.seek(position_us) : playback_.seek(position_us);
  }
  void seek_by(std::int64_t delta_us) override {
    channel_.is_tuned() ? channel_.seek_by(delta_us) : playback_.seek_by(delta_us);
  }
  void step(int count) override { channel_.is_tuned() ? channel_.step(count) : playback_.step(count); }
  // The channel goes round by itself.
  void set_looping(bool is_looping) override {
    if (!channel_.is_tuned()) playback_.set_looping(is_looping);
  }

 private:
  ChannelFeed& channel_;
};

}  // namespace zoe::player
