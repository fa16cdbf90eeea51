#include "engine/plugin/sdk/picture.hpp"

namespace zoe::sdk {
namespace {

constexpr int kMostSide = 16'384;
constexpr int kMostShift = 4;

}  // namespace

media::ColorInfo color_of(const zoe_color& color) {
  return {color.primaries, color.transfer, color.matrix, color.is_full_range != 0};
}

Result<media::PictureView> picture_of(const zoe_frame& frame) {
  const bool is_planar = frame.layout == ZOE_LAYOUT_PLANAR && (frame.planes == 1 || frame.planes == 3);
  const bool is_semi_planar = frame.layout == ZOE_LAYOUT_SEMI_PLANAR && frame.planes == 2;
  if ((!is_planar && !is_semi_planar) || frame.bit_depth < 8 || frame.bit_depth > 16 || frame.width < 1 ||
      frame.height < 1 || frame.width > kMostSide || frame.height > kMostSide || frame.chroma_shift_x > kMostShift ||
      frame.chroma_shift_y > kMostShift)
    return fail(Errc::kInvalidArgument, "a picture in a format that is none");
  media::PictureView view;
  view.format = {.layout = is_planar ? media::PlaneLayout::kPlanar : media::PlaneLayout::kSemiPlanar,
                 .planes = frame.planes,
                 .bit_depth = frame.bit_depth,
                 .bit_shift = frame.bit_shift,
                 .chroma_shift_x = frame.chroma_shift_x,
                 .chroma_shift_y = frame.chroma_shift_y};
  view.width = frame.width;
  view.height = frame.height;
  for (int i = 0; i < frame.planes; ++i) {
    const auto at = static_cast<std::size_t>(i);
    view.data[at] = frame.data[i];
    view.stride[at] = frame.stride[i];
    if (!frame.data[i] || frame.stride[i] < 0 || static_cast<std::size_t>(frame.stride[i]) < view.plane(i).row_bytes())
      return fail(Errc::kInvalidArgument, "a picture whose planes do not hold its size");
  }
  return view;
}

}  // namespace zoe::sdk
