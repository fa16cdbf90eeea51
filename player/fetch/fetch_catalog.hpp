// The server's library as a command line looks at it: asked once, and waited for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// The answer to one question; blocks until it has come, which the connection bounds.
Result<nlohmann::json> ask_and_wait(ServerLink& link, std::string_view method, std::string params);

inline constexpr std::size_t kMostCatalog = 20'000;

// What the search finds, page by page; all for an empty one. At most kMostCatalog.
Result<std::vector<LibraryItem>> list_all(ServerLink& link, const std::string& search);

// The one that `wanted` names (find_items). kNotFound tells what is called nearly so, kConflict between which to
// choose.
Result<LibraryItem> look_up(ServerLink& link, const std::string& wanted);

}  // namespace zoe::player
