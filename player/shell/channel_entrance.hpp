// Tunes in to the channel that the command line names.
#pragma once

#include <string>
#include <utility>

#include "engine/app/layer.hpp"
#include "player/client/channel_feed.hpp"

namespace zoe::player {

// Main thread. Draws nothing: as soon as somebody is signed in, it asks for the channel of that name, once.
class ChannelEntrance final : public app::Layer {
 public:
  ChannelEntrance(ServerLink& link, ChannelFeed& channel, std::string name)
      : link_(link), channel_(channel), name_(std::move(name)) {}

  app::Wish on_update(const app::UpdateContext&) override {
    if (!name_.empty() && link_.is_ready()) channel_.tune_in_named(std::exchange(name_, {}));
    return {};
  }
  void on_render(const app::RenderContext&) override {}

 private:
  ServerLink& link_;
  ChannelFeed& channel_;
  std::string name_;
};

}  // namespace zoe::player
