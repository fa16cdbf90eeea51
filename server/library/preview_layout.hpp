// How the small pictures of a media lie on its preview sheets.
#pragma once

#include <cstdint>

#include "engine/core/result.hpp"

#include <nlohmann/json_fwd.hpp>

namespace zoe::server {

// Tile n shows the picture at n * interval_us; sheet s holds the tiles from s * columns * rows on, row by row. All
// sheets but the last are full; the last has no empty rows.
struct PreviewLayout {
  static constexpr int kColumns = 10;
  static constexpr int kRows = 10;
  static constexpr int kMostTiles = 400;

  std::int64_t interval_us = 0;
  int tile_width = 0;
  int tile_height = 0;
  int tiles = 0;

  int sheets() const { return (tiles + kColumns * kRows - 1) / (kColumns * kRows); }
};

nlohmann::json preview_to_json(const PreviewLayout& layout);

// kMalformed for numbers out of bounds.
Result<PreviewLayout> preview_from_json(const nlohmann::json& value);

}  // namespace zoe::server
