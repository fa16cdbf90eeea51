// What the server says of rooms.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/room_types.hpp"

namespace zoe::player {

// All: kMalformed names what is missing or of another type or size. Times and rates are within what the player can
// reckon with.
Result<std::vector<RoomLine>> parse_rooms(const nlohmann::json& result);
Result<RoomJoined> parse_joined(const nlohmann::json& result);
Result<RoomState> parse_room_state(const nlohmann::json& event);
Result<std::vector<RoomMember>> parse_members(const nlohmann::json& event);
Result<RoomMessage> parse_message(const nlohmann::json& message);

}  // namespace zoe::player
