#include "player/subtitles/subtitle_regions.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace zoe::player {
namespace {

struct Area {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  bool is_empty() const { return right <= left || bottom <= top; }
  bool overlaps(const Area& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
  Area joined(const Area& other) const {
    return {std::min(left, other.left), std::min(top, other.top), std::max(right, other.right),
            std::max(bottom, other.bottom)};
  }
};

constexpr int kApart = 48;  // pixels: what is nearer becomes one region

Area area_of(const ASS_Image& image, const SubtitleGeometry& geometry) {
  return {std::max(image.dst_x, 0), std::max(image.dst_y, 0), std::min(image.dst_x + image.w, geometry.width),
          std::min(image.dst_y + image.h, geometry.height)};
}

Area grown(const Area& area) {
  return {area.left - kApart, area.top - kApart, area.right + kApart, area.bottom + kApart};
}

// Joins the area into the list; what it then touches, too.
void add_area(std::vector<Area>& areas, Area area) {
  for (std::size_t i = 0; i < areas.size();) {
    if (!grown(area).overlaps(areas[i])) {
      ++i;
      continue;
    }
    area = area.joined(areas[i]);
    areas[i] = areas.back();
    areas.pop_back();
    i = 0;
  }
  if (areas.size() < kMostRegions) {
    areas.push_back(area);
    return;
  }
  Area all = area;
  for (const Area& each : areas) all = all.joined(each);
  areas.assign(1, all);
}

// (a * b) / 255, rounded.
std::uint32_t scaled(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t product = a * b + 128;
  return (product + (product >> 8)) >> 8;
}

void draw_mask(const ASS_Image& image, SubtitleRegion& region) {
  // libass keeps the colour as R, G, B and how much shines through.
  const std::uint32_t red = image.color >> 24;
  const std::uint32_t green = (image.color >> 16) & 0xFFU;
  const std::uint32_t blue = (image.color >> 8) & 0xFFU;
  const std::uint32_t opacity = 255U - (image.color & 0xFFU);
  if (opacity == 0) return;
  const int left = std::max(image.dst_x, region.x);
  const int right = std::min(image.dst_x + image.w, region.x + region.width);
  const int top = std::max(image.dst_y, region.y);
  const int bottom = std::min(image.dst_y + image.h, region.y + region.height);
  for (int y = top; y < bottom; ++y) {
    const unsigned char* mask =
        image.bitmap + static_cast<std::ptrdiff_t>(y - image.dst_y) * image.stride - image.dst_x;
    std::uint8_t* out = region.rgba.data() +
                        (static_cast<std::size_t>(y - region.y) * static_cast<std::size_t>(region.width)) * 4 -
                        static_cast<std::ptrdiff_t>(region.x) * 4;
    for (int x = left; x < right; ++x) {
      const std::uint32_t alpha = scaled(mask[x], opacity);
      if (alpha == 0) continue;
      std::uint8_t* pixel = out + static_cast<std::ptrdiff_t>(x) * 4;
      const std::uint32_t rest = 255U - alpha;
      pixel[0] = static_cast<std::uint8_t>(scaled(red, alpha) + scaled(pixel[0], rest));
      pixel[1] = static_cast<std::uint8_t>(scaled(green, alpha) + scaled(pixel[1], rest));
      pixel[2] = static_cast<std::uint8_t>(scaled(blue, alpha) + scaled(pixel[2], rest));
      pixel[3] = static_cast<std::uint8_t>(alpha + scaled(pixel[3], rest));
    }
  }
}

void draw_picture(const SubtitleRegion& picture, SubtitleRegion& region) {
  const int left = std::max(picture.x, region.x);
  const int right = std::min(picture.x + picture.width, region.x + region.width);
  const int top = std::max(picture.y, region.y);
  const int bottom = std::min(picture.y + picture.height, region.y + region.height);
  const auto at = [](const SubtitleRegion& each, int x, int y) {
    return (static_cast<std::size_t>(y - each.y) * static_cast<std::size_t>(each.width) +
            static_cast<std::size_t>(x - each.x)) *
           4;
  };
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const std::uint8_t* from = &picture.rgba[at(picture, x, y)];
      std::uint8_t* to = &region.rgba[at(region, x, y)];
      const std::uint32_t rest = 255U - from[3];
      for (std::size_t c = 0; c < 4; ++c)
        to[c] = static_cast<std::uint8_t>(std::min(from[c] + scaled(to[c], rest), 255U));
    }
  }
}

}  // namespace

std::vector<SubtitleRegion> compose_regions(const std::vector<const ASS_Image*>& lists,
                                            const std::vector<SubtitleRegion>& pictures,
                                            const SubtitleGeometry& geometry) {
  std::vector<Area> areas;
  for (const ASS_Image* list : lists)
    for (const ASS_Image* image = list; image != nullptr; image = image->next)
      if (const Area area = area_of(*image, geometry); !area.is_empty()) add_area(areas, area);
  for (const SubtitleRegion& picture : pictures)
    add_area(areas, {picture.x, picture.y, picture.x + picture.width, picture.y + picture.height});
  std::vector<SubtitleRegion> regions;
  for (const Area& area : areas) {
    SubtitleRegion region{area.left, area.top, area.right - area.left, area.bottom - area.top, {}};
    region.rgba.resize(static_cast<std::size_t>(region.width) * static_cast<std::size_t>(region.height) * 4);
    for (const ASS_Image* list : lists)
      for (const ASS_Image* image = list; image != nullptr; image = image->next) draw_mask(*image, region);
    for (const SubtitleRegion& picture : pictures) draw_picture(picture, region);
    regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace zoe::player
