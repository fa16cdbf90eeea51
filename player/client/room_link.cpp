#include "player/client/room_link.hpp"

namespace zoe::player {
namespace {

constexpr std::string_view kRoom = "/room/";
constexpr std::size_t kMostCode = 64;

}  // namespace

std::string to_room_link(const ServerAddress& server, std::string_view code) {
  return std::string(kRoomLinkScheme) + server.to_string() + std::string(kRoom) + std::string(code);
}

Result<Invitation> parse_invitation(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const auto bad = [&](const char* why) {
    return fail(Errc::kInvalidArgument, "\"" + std::string(text.substr(0, 100)) + "\" is no invitation: " + why);
  };
  Invitation invitation;
  if (text.starts_with(kRoomLinkScheme)) {
    const std::string_view rest = text.substr(kRoomLinkScheme.size());
    const std::size_t at = rest.find('/');
    if (at == std::string_view::npos || !rest.substr(at).starts_with(kRoom))
      return bad("a link is zoetrope://HOST:PORT/room/CODE");
    ZOE_TRY(invitation.server, ServerAddress::parse(rest.substr(0, at)));
    text = rest.substr(at + kRoom.size());
  }
  if (text.empty()) return bad("it has no code");
  if (text.size() > kMostCode) return bad("it is too long");
  invitation.code = std::string(text);
  return invitation;
}

}  // namespace zoe::player
