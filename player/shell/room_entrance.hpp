// Enters the room that the command line names.
#pragma once

#include <string>
#include <utility>

#include "engine/app/layer.hpp"
#include "player/client/room_feed.hpp"

namespace zoe::player {

// Main thread. Draws nothing: as soon as somebody is signed in, it asks for the room of that code, once.
class RoomEntrance final : public app::Layer {
 public:
  RoomEntrance(ServerLink& link, RoomFeed& room, std::string code) : link_(link), room_(room), code_(std::move(code)) {}

  app::Wish on_update(const app::UpdateContext&) override {
    if (!code_.empty() && link_.is_ready()) room_.join_by_code(std::exchange(code_, {}));
    return {};
  }
  void on_render(const app::RenderContext&) override {}

 private:
  ServerLink& link_;
  RoomFeed& room_;
  std::string code_;
};

}  // namespace zoe::player
