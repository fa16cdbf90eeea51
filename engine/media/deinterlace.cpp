#include "engine/media/deinterlace.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

constexpr int kComb = 6;  // of 8 bits: what a line may lie outside of its neighbours, which is noise and no comb

// The lines around one of the other field: `above` and `below` are of the first field, `before` and `after` are this
// field's own, two lines away.
template <typename Sample>
struct Lines {
  const Sample* above;
  const Sample* below;
  const Sample* before;
  const Sample* after;
  const Sample* here;
};

// Along the edge: of the three ways through the place the one whose ends are most alike. `step` is how far the next
// sample of the same component is.
template <typename Sample>
int along_edge(const Lines<Sample>& lines, int x, int width, int step) {
  const int above = lines.above[x];
  const int below = lines.below[x];
  int made = (above + below + 1) / 2;
  // A slanted way must be clearly better: in noise the straight one is right.
  int best = std::abs(above - below) - std::abs(above - below) / 4;
  if (x < step || x + step >= width) return made;
  for (const int to : {-step, step}) {
    const int ends = std::abs(lines.above[x + to] - lines.below[x - to]);
    if (ends >= best) continue;
    best = ends;
    made = (lines.above[x + to] + lines.below[x - to] + 1) / 2;
  }
  return made;
}

// A comb: the line lies outside of what is above and below it, and is much more like its own field two lines away than
// like them. A thin line that stands still is like neither.
template <typename Sample>
bool is_comb(const Lines<Sample>& lines, int x, int most_noise) {
  const int here = lines.here[x];
  const int above = lines.above[x];
  const int below = lines.below[x];
  const int outside = std::max(std::min(above, below) - here, here - std::max(above, below));
  if (outside <= most_noise) return false;
  const int own = std::min(std::abs(here - lines.before[x]), std::abs(here - lines.after[x]));
  return 2 * own < outside;
}

template <typename Sample>
void make_line(const Lines<Sample>& lines, Sample* out, int width, int step, int most_noise) {
  for (int x = 0; x < width; ++x)
    out[x] = is_comb(lines, x, most_noise) ? static_cast<Sample>(along_edge(lines, x, width, step)) : lines.here[x];
}

template <typename Sample>
void make_plane(const PlaneView& from, std::uint8_t* to, int to_stride, int first_line, int most_noise) {
  const auto row = [&](int y) {
    return reinterpret_cast<const Sample*>(from.data + static_cast<std::ptrdiff_t>(y) * from.stride);
  };
  const int width = from.width * from.components;
  for (int y = 0; y < from.height; ++y) {
    std::uint8_t* out = to + static_cast<std::ptrdiff_t>(y) * to_stride;
    if (y % 2 == first_line || from.height < 2) {
      std::memcpy(out, row(y), from.row_bytes());
      continue;
    }
    // At the edges the nearest line of the right field stands for the one that is missing.
    const int above = y > 0 ? y - 1 : y + 1;
    const int below = y + 1 < from.height ? y + 1 : y - 1;
    const int before = y > 1 ? y - 2 : y;
    const int after = y + 2 < from.height ? y + 2 : y;
    // Where the field has no line farther on, this one would be like itself.
    const Lines<Sample> lines{row(above), row(below), row(before == y ? after : before),
                              row(after == y ? before : after), row(y)};
    make_line(lines, reinterpret_cast<Sample*>(out), width, from.components, most_noise);
  }
}

}  // namespace

bool is_interlaced(const Frame& frame) { return frame.av()->interlaced_frame != 0; }

Result<FramePtr> deinterlace(const Frame& frame) {
  AvPtr<AVFrame> made = new_av_frame();
  made->format = frame.av()->format;
  made->width = frame.width();
  made->height = frame.height();
  if (const int code = av_frame_get_buffer(made.get(), 0); code < 0)
    return fail(av_error("no memory for a picture", code));
  if (const int code = av_frame_copy_props(made.get(), frame.av()); code < 0)
    return fail(av_error("no memory for a picture", code));
  made->interlaced_frame = 0;
  ZOE_TRY(std::shared_ptr<Frame> out, Frame::adopt(made.release()));
  out->set_color(frame.color());
  out->set_time(frame.pts(), frame.duration());
  const PixelFormat& format = frame.format();
  const int most_noise = kComb << (format.bit_depth - 8 + format.bit_shift);
  const int first_line = is_interlaced(frame) && frame.av()->top_field_first == 0 ? 1 : 0;
  for (int i = 0; i < format.planes; ++i) {
    const PlaneView plane = frame.plane(i);
    const int stride = out->plane(i).stride;
    if (plane.bytes_per_sample == 1)
      make_plane<std::uint8_t>(plane, out->writable_plane(i), stride, first_line, most_noise);
    else
      make_plane<std::uint16_t>(plane, out->writable_plane(i), stride, first_line, most_noise);
  }
  return out;
}

}  // namespace zoe::media
