#include "server/library/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "engine/core/file.hpp"

namespace zoe::server {
namespace {

constexpr media::PixelFormat kYuv420{};
constexpr media::ColorInfo kJfif{.primaries = 1, .transfer = 1, .matrix = 6, .is_full_range = true};

int even(double size) { return std::max(2, static_cast<int>(std::lround(size / 2)) * 2); }

// Clockwise by a quarter or half turn. `to` has the turned size.
void turn_plane(const media::PlaneView& from, std::uint8_t* to, int to_stride, int degrees) {
  for (int y = 0; y < from.height; ++y) {
    for (int x = 0; x < from.width; ++x) {
      int to_x = x;
      int to_y = y;
      if (degrees == 90) {
        to_x = from.height - 1 - y;
        to_y = x;
      } else if (degrees == 180) {
        to_x = from.width - 1 - x;
        to_y = from.height - 1 - y;
      } else {
        to_x = y;
        to_y = from.width - 1 - x;
      }
      to[static_cast<std::ptrdiff_t>(to_y) * to_stride + to_x] =
          from.data[static_cast<std::ptrdiff_t>(y) * from.stride + x];
    }
  }
}

Result<media::FramePtr> turn(const media::Frame& picture, int degrees) {
  const bool is_quarter = degrees == 90 || degrees == 270;
  const int width = is_quarter ? picture.height() : picture.width();
  const int height = is_quarter ? picture.width() : picture.height();
  ZOE_TRY(auto turned, media::Frame::create(kYuv420, width, height));
  for (int i = 0; i < 3; ++i) turn_plane(picture.plane(i), turned->writable_plane(i), turned->plane(i).stride, degrees);
  turned->set_color(picture.color());
  return media::FramePtr(std::move(turned));
}

}  // namespace

PictureSize fit_into(const media::TrackInfo& track, PictureSize box) {
  const double width = std::max(1, track.display_width());
  const double height = std::max(1, track.display_height());
  const double scale = std::min({box.width / width, box.height / height, 1.0});
  return {std::min(even(width * scale), box.width), std::min(even(height * scale), box.height)};
}

Result<media::FramePtr> PictureMaker::shrink(const media::Frame& frame, const media::TrackInfo& track,
                                             PictureSize size) {
  const int degrees = track.rotation_degrees;
  const bool is_quarter = degrees == 90 || degrees == 270;
  const media::PictureConverter::Target target{.format = kYuv420,
                                               .width = is_quarter ? size.height : size.width,
                                               .height = is_quarter ? size.width : size.height,
                                               .color = kJfif};
  const auto color = media::guess_unspecified(frame.color(), frame.width(), frame.height());
  ZOE_TRY(const media::FramePtr small, converter_.convert(frame.view(), color, target));
  if (degrees == 0) return small;
  return turn(*small, degrees);
}

Status PictureMaker::write_jpeg(const media::Frame& picture, int quality, const std::string& file) {
  if (!encoder_) {
    ZOE_TRY(encoder_, media::JpegEncoder::create());
  }
  ZOE_TRY(const std::size_t most, media::JpegEncoder::most_bytes(kYuv420, picture.width(), picture.height()));
  std::vector<std::uint8_t> bytes(most);
  ZOE_TRY(const std::size_t used, encoder_->encode(picture.view(), quality, bytes));
  return write_cache_file(file, Bytes(bytes).first(used));
}

double interest_of(const media::Frame& picture) {
  const media::PlaneView luma = picture.plane(0);
  std::array<std::uint32_t, 256> counts{};
  for (int y = 0; y < luma.height; ++y) {
    const std::uint8_t* row = luma.data + static_cast<std::ptrdiff_t>(y) * luma.stride;
    for (int x = 0; x < luma.width; ++x) ++counts[row[x]];
  }
  const double total = static_cast<double>(luma.width) * luma.height;
  double bits = 0;
  double mean = 0;
  for (std::size_t value = 0; value < counts.size(); ++value) {
    if (counts[value] == 0) continue;
    const double share = counts[value] / total;
    bits -= share * std::log2(share);
    mean += share * static_cast<double>(value) / 255;
  }
  // Titles on black and white flashes have some entropy, too.
  constexpr double kDark = 0.12;
  constexpr double kBright = 0.88;
  const double light = mean < kDark ? mean / kDark : mean > kBright ? (1 - mean) / (1 - kBright) : 1;
  return bits * light;
}

}  // namespace zoe::server
