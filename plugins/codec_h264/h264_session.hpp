// Turns pictures into H.264 packets by x264.
#pragma once

#include <memory>

#include "engine/media/convert.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/plugin/sdk/codec.hpp"
#include "engine/plugin/sdk/rendition_name.hpp"

namespace zoe::plugins {

struct EncoderSettings {
  std::string preset = "veryfast";  // x264's
  int threads = 0;                  // 0: by the picture's size
};

// The most that a rendition of that size comes to, in bits per second. It follows the pixels by the power of 3/4, as
// the ladders that streaming services publish do, through 3.2 Mbit/s for 720p30.
std::int64_t most_bit_rate(int width, int height, zoe_rational frame_rate);

class H264Session final : public sdk::CodecSession {
 public:
  // `output` is the rendition's track. kUnsupported where this FFmpeg has no x264.
  static Result<std::unique_ptr<H264Session>> create(const sdk::Host& host, const sdk::PictureSettings& settings,
                                                     const EncoderSettings& encoder, const zoe_track& output);

  Result<sdk::Flow> send_frame(const zoe_frame& frame, bool is_segment_start) override;
  Status flush() override;
  Result<sdk::Flow> receive_packet(zoe_packet& out) override;
  Bytes extradata() const override;

 private:
  H264Session(const sdk::Host& host, const zoe_track& output);

  const sdk::Host host_;
  const int width_;
  const int height_;
  const media::ColorInfo color_;
  media::AvPtr<AVCodecContext> encoder_;
  media::AvPtr<AVPacket> packet_;
  media::PictureConverter converter_;
  std::int64_t last_pts_ = media::kNoTimestamp;
};

}  // namespace zoe::plugins
