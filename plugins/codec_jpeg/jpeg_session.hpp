// Turns pictures into JPEG packets, one each.
#pragma once

#include <memory>
#include <utility>

#include "engine/plugin/sdk/jpeg.hpp"
#include "engine/plugin/sdk/rendition_name.hpp"

namespace zoe::plugins {

class JpegSession final : public sdk::IntraSession {
 public:
  // `output` is the rendition's track.
  static Result<std::unique_ptr<JpegSession>> create(const sdk::Host& host, const sdk::PictureSettings& settings,
                                                     const zoe_track& output) {
    using Matrix = sdk::JpegMaker::Matrix;
    const Matrix matrix = settings.is_jfif ? Matrix::kOfOutput : Matrix::kOfSource;
    ZOE_TRY(std::unique_ptr<sdk::JpegMaker> maker, sdk::JpegMaker::create(host, output, settings.quality, matrix));
    return std::unique_ptr<JpegSession>(new JpegSession(host, settings, std::move(maker)));
  }

 protected:
  Result<sdk::CodedPicture> encode(const zoe_frame& frame) override {
    const sdk::PictureSize size = sdk::reduced_size({frame.width, frame.height}, settings_.lines);
    ZOE_TRY(sdk::CodedPicture coded, maker_->encode(frame, size.width, size.height));
    host_.count("frames_total");
    host_.count("bytes_total", coded.size_bytes);
    return coded;
  }

 private:
  JpegSession(const sdk::Host& host, const sdk::PictureSettings& settings, std::unique_ptr<sdk::JpegMaker> maker)
      : host_(host), settings_(settings), maker_(std::move(maker)) {}

  const sdk::Host host_;
  const sdk::PictureSettings settings_;
  const std::unique_ptr<sdk::JpegMaker> maker_;
};

}  // namespace zoe::plugins
