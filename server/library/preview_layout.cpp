#include "server/library/preview_layout.hpp"

#include <nlohmann/json.hpp>

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostTileSide = 512;
constexpr std::int64_t kLongestInterval = std::int64_t{1'000'000} * 86'400;

}  // namespace

json preview_to_json(const PreviewLayout& layout) {
  return {{"interval_us", layout.interval_us},
          {"tile_width", layout.tile_width},
          {"tile_height", layout.tile_height},
          {"tiles", layout.tiles}};
}

Result<PreviewLayout> preview_from_json(const json& value) {
  const auto number = [&](const char* name, std::int64_t most) -> std::int64_t {
    const auto found = value.is_object() ? value.find(name) : value.end();
    if (found == value.end() || !found->is_number_integer()) return 0;
    const auto read = found->get<std::int64_t>();
    return read >= 1 && read <= most ? read : 0;
  };
  PreviewLayout layout{.interval_us = number("interval_us", kLongestInterval),
                       .tile_width = static_cast<int>(number("tile_width", kMostTileSide)),
                       .tile_height = static_cast<int>(number("tile_height", kMostTileSide)),
                       .tiles = static_cast<int>(number("tiles", PreviewLayout::kMostTiles))};
  if (layout.interval_us == 0 || layout.tile_width == 0 || layout.tile_height == 0 || layout.tiles == 0)
    return fail(Errc::kMalformed, "a preview's layout has a number that is missing or out of bounds");
  return layout;
}

}  // namespace zoe::server
