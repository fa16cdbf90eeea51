// Channels as the player knows them. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/programme.hpp"

namespace zoe::player {

// A line of the list of channels.
struct ChannelLine {
  std::uint64_t channel = 0;
  std::string name;
  std::string showing;  // the title of what is on; empty: not for this viewer
  std::string next;     // and of what follows
  std::int64_t position_us = 0;
  std::int64_t duration_us = 0;
};

// A video of a channel's list.
struct ChannelItem {
  std::string media;  // empty: not for this viewer
  std::string title;
  std::int64_t duration_us = 0;
};

// A channel that one watches.
struct ChannelState {
  std::uint64_t channel = 0;
  std::string name;
  std::int64_t begins_ns = 0;  // on the server's monotonic clock
  std::vector<ChannelItem> items;
  Programme programme;  // of these

  const ChannelItem& item(std::int64_t number) const { return items[programme.item_of(number)]; }
  // How long the channel has been there.
  std::int64_t since_us(std::int64_t server_ns) const { return (server_ns - begins_ns) / 1000; }
  std::int64_t begins_ns_of(std::int64_t number) const { return begins_ns + programme.begins_us(number) * 1000; }
};

}  // namespace zoe::player
