// The target of a request: "/watch/Cup%20final.mp4?x=1" as its parts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe::transport_http {

struct Target {
  std::vector<std::string> path;             // decoded, without empty parts at the end: {"watch", "Cup final.mp4"}
  std::map<std::string, std::string> query;  // decoded; of a name that is repeated the last one counts

  // The parts from number `from` on, joined by "/".
  std::string rest(std::size_t from) const;
};

// kMalformed: no path, a percent sign without two digits behind it, bytes that are no UTF-8, NUL or another control
// character, a part that is "." or "..", or one that holds a slash or backslash once decoded. kTooLarge.
Result<Target> parse_target(std::string_view text);

}  // namespace zoe::transport_http
