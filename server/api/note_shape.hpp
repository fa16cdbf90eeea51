// A drawing, as it comes from a client and goes to all of them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"

namespace zoe::server {

// Reads `shape` part by part and makes it anew of what it understood, so that nothing else gets into the store or to
// other clients: kind, colour, width, points, text; places are fractions of the picture, rounded to a ten-thousandth.
// kInvalidArgument names the part.
Result<nlohmann::json> read_shape(const nlohmann::json& shape);

}  // namespace zoe::server
