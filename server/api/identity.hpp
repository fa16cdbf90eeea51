// Who a client is, as an auth plugin said.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/plugin/abi/auth.h"

namespace zoe::server {

struct MediaTicket;

// Immutable; any thread. A change (another role, a new sign-in) makes a new one.
struct Identity {
  std::string provider;    // id of the auth plugin that vouches for it
  std::uint32_t role = 0;  // ZOE_ROLE_...
  std::uint64_t user_id = 0;
  std::uint64_t session_id = 0;
  std::int64_t expires_utc_ns = INT64_MAX;
  std::string name;
  std::string token;  // asks the plugin again whether the session still holds; empty for a guest
  std::shared_ptr<const MediaTicket> ticket;  // not null: it came with that, and may see that media and nothing else

  zoe_principal principal() const;

  friend bool operator==(const Identity&, const Identity&) = default;
};

using IdentityPtr = std::shared_ptr<const Identity>;

// "guest", "member", "admin"; "unknown" for anything else.
const char* role_name(std::uint32_t role);

}  // namespace zoe::server
