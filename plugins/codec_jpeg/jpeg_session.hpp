// Turns pictures into JPEG packets, one each.
#pragma once

#include <memory>
#include <optional>

#include "engine/media/convert.hpp"
#include "engine/media/jpeg.hpp"
#include "engine/plugin/sdk/codec.hpp"
#include "plugins/codec_jpeg/rendition_name.hpp"

namespace zoe::plugins {

class JpegSession final : public sdk::CodecSession {
 public:
  // `color` is what the rendition says its samples mean: pictures that mean something else are converted.
  static Result<std::unique_ptr<JpegSession>> create(const sdk::Host& host, const JpegSettings& settings,
                                                     const media::ColorInfo& color);

  Result<sdk::Flow> send_frame(const zoe_frame& frame, bool is_segment_start) override;
  Status flush() override;
  Result<sdk::Flow> receive_packet(zoe_packet& out) override;

 private:
  JpegSession(const sdk::Host& host, const JpegSettings& settings, const media::ColorInfo& color)
      : host_(host), settings_(settings), color_(color) {}

  Status encode(const media::PictureView& picture, const zoe_frame& frame);

  const sdk::Host host_;
  const JpegSettings settings_;
  const media::ColorInfo color_;
  std::unique_ptr<media::JpegEncoder> encoder_;
  media::PictureConverter converter_;
  std::optional<zoe_packet> made_;
  sdk::BufferRef buffer_;  // of the packet that was made
  bool is_flushed_ = false;
};

// A picture of the ABI as the media room sees it. kInvalidArgument for one that does not fit together.
Result<media::PictureView> view_of(const zoe_frame& frame);

media::ColorInfo color_of(const zoe_color& color);

}  // namespace zoe::plugins
