// Invitations to a room as text: a code, or a link that holds one and says where.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

struct Invitation {
  std::optional<ServerAddress> server;  // of a link
  std::string code;
};

inline constexpr std::string_view kRoomLinkScheme = "zoetrope://";

// "zoetrope://HOST:PORT/room/CODE".
std::string to_room_link(const ServerAddress& server, std::string_view code);

// A link, or anything else of up to 64 bytes as a code (what is one, the server knows). kInvalidArgument.
Result<Invitation> parse_invitation(std::string_view text);

}  // namespace zoe::player
