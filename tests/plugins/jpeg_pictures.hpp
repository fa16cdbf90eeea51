// Pictures for codec plugins that send JPEG, and what comes back of them. Thread: the test's.
#pragma once

#include <memory>
#include <string_view>

#include <gtest/gtest.h>

#include "engine/media/jpeg.hpp"
#include "tests/plugins/codec_driver.hpp"

namespace zoe::test {

// A picture whose planes rise along x and y, so that a plane taken for another, a wrong stride or a wrong range shows.
inline std::shared_ptr<media::Frame> ramp(const media::PixelFormat& format, int width, int height,
                                          const media::ColorInfo& color) {
  auto frame = media::Frame::create(format, width, height);
  EXPECT_TRUE(frame);
  const int top = 1 << format.bit_depth;
  for (int p = 0; p < format.planes; ++p) {
    const media::PlaneView plane = (*frame)->plane(p);
    for (int y = 0; y < plane.height; ++y) {
      std::uint8_t* row = (*frame)->writable_plane(p) + static_cast<std::ptrdiff_t>(plane.stride) * y;
      for (int x = 0; x < plane.width * plane.components; ++x) {
        const int component = plane.components == 2 ? 1 + x % 2 : p;
        const int column = x / plane.components;
        const double share = component == 0   ? 0.2 + 0.6 * column / plane.width
                             : component == 1 ? 0.3 + 0.4 * y / plane.height
                                              : 0.7 - 0.4 * column / plane.width;
        const int value = static_cast<int>(share * top) << format.bit_shift;
        if (plane.bytes_per_sample == 1) {
          row[x] = static_cast<std::uint8_t>(value);
        } else {
          store_le(row + 2 * x, static_cast<std::uint16_t>(value));
        }
      }
    }
  }
  (*frame)->set_color(color);
  (*frame)->set_time(900, 30);
  return *frame;
}

inline zoe_frame to_abi(const media::Frame& frame) {
  const media::PixelFormat& format = frame.format();
  zoe_frame out{};
  out.struct_size = sizeof out;
  out.layout = static_cast<std::uint32_t>(format.layout);
  out.width = frame.width();
  out.height = frame.height();
  out.planes = format.planes;
  out.bit_depth = format.bit_depth;
  out.bit_shift = format.bit_shift;
  out.chroma_shift_x = format.chroma_shift_x;
  out.chroma_shift_y = format.chroma_shift_y;
  out.color = {frame.color().primaries, frame.color().transfer, frame.color().matrix,
               static_cast<std::uint8_t>(frame.color().is_full_range ? 1 : 0)};
  out.pts = frame.pts();
  out.duration = frame.duration();
  for (int i = 0; i < format.planes; ++i) {
    out.data[i] = frame.plane(i).data;
    out.stride[i] = frame.plane(i).stride;
  }
  return out;
}

// What comes out of the plugin for one picture, decoded.
struct Coded {
  std::shared_ptr<media::Frame> picture;
  zoe_packet packet{};
  std::size_t bytes = 0;
};

inline Coded encode(CodecDriver& codec, const zoe_track& track, std::string_view name, const zoe_frame& frame) {
  Coded coded;
  const auto session = codec.open(track, name);
  EXPECT_EQ(codec.codec().send_frame(session.get(), &frame, 1, codec.error()), ZOE_OK) << codec.message();
  coded.packet = test::empty_packet();
  EXPECT_EQ(codec.codec().receive_packet(session.get(), &coded.packet, codec.error()), ZOE_OK) << codec.message();
  const auto buffer = plugin::Buffer::adopt(coded.packet.buffer);
  coded.bytes = coded.packet.size;
  const auto decoder = media::JpegDecoder::create();
  bool is_damaged = true;
  const auto picture = (*decoder)->decode({coded.packet.data, coded.packet.size}, is_damaged);
  EXPECT_TRUE(picture);
  EXPECT_FALSE(is_damaged);
  if (picture) coded.picture = *picture;
  return coded;
}

// The mean of the columns from x0 up to x1.
inline double mean(const media::PlaneView& plane, int x0, int x1) {
  double sum = 0;
  for (int y = 0; y < plane.height; ++y)
    for (int x = x0; x < x1; ++x) sum += plane.data[static_cast<std::ptrdiff_t>(plane.stride) * y + x];
  return sum / (static_cast<double>(plane.height) * (x1 - x0));
}

inline double mean(const media::PlaneView& plane) { return mean(plane, 0, plane.width); }

}  // namespace zoe::test
