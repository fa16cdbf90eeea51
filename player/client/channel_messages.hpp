// What the server says of channels, checked.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/channel_types.hpp"

namespace zoe::player {

// Of channels.list and channels.get. kMalformed for what is not as docs/protocol.md says.
Result<std::vector<ChannelLine>> parse_channels(const nlohmann::json& result);
Result<ChannelState> parse_channel(const nlohmann::json& result);

}  // namespace zoe::player
