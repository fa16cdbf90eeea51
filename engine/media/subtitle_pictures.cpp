#include "engine/media/subtitle_pictures.hpp"

#include <algorithm>

namespace zoe::media {

std::vector<std::uint8_t> encode_runs(const std::uint8_t* indices, int stride, int width, int height) {
  constexpr int kMostRun = 255;
  std::vector<std::uint8_t> runs;
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = indices + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = 0; x < width;) {
      int count = 1;
      while (count < kMostRun && x + count < width && row[x + count] == row[x]) ++count;
      // Three bytes for a run, or one for each pixel.
      if (row[x] != 0 && count < 3) {
        runs.insert(runs.end(), static_cast<std::size_t>(count), row[x]);
      } else {
        runs.insert(runs.end(), {0, static_cast<std::uint8_t>(count), row[x]});
      }
      x += count;
    }
  }
  return runs;
}

std::vector<std::uint8_t> decode_runs(Bytes runs, int width, int height) {
  std::vector<std::uint8_t> indices(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  std::size_t at = 0;
  for (std::size_t i = 0; i < runs.size() && at < indices.size();) {
    if (runs[i] != 0) {
      indices[at++] = runs[i++];
      continue;
    }
    if (i + 2 >= runs.size()) break;
    const std::size_t count = std::min<std::size_t>(runs[i + 1], indices.size() - at);
    std::fill_n(indices.begin() + static_cast<std::ptrdiff_t>(at), count, runs[i + 2]);
    at += count;
    i += 3;
  }
  return indices;
}

bool is_picture_subtitle(std::string_view codec) {
  return codec == "hdmv_pgs_subtitle" || codec == "dvd_subtitle" || codec == "dvb_subtitle";
}

}  // namespace zoe::media
