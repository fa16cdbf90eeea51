// swscale's own setup, for what converts pictures.
#pragma once

#include "engine/core/result.hpp"
#include "engine/media/ffmpeg.hpp"

namespace zoe::media {

// One side of a conversion. Matrices: H.273 code points.
struct ScalerSide {
  AVPixelFormat format = AV_PIX_FMT_NONE;
  int width = 0;
  int height = 0;
  int matrix = AVCOL_SPC_UNSPECIFIED;
  bool is_full_range = false;

  friend bool operator==(const ScalerSide&, const ScalerSide&) = default;
};

// A context of swscale's, made anew when what it converts is another kind. One thread at a time.
class Scaler {
 public:
  // `flags`: SWS_*. kNoMemory, kUnsupported.
  Status set_up(const ScalerSide& from, const ScalerSide& to, int flags);

  // After set_up. kInternal.
  Status run(const std::uint8_t* const* from, const int* from_stride, std::uint8_t* const* to, const int* to_stride);

 private:
  ScalerSide from_;
  ScalerSide to_;
  int flags_ = 0;
  AvPtr<SwsContext> context_;
};

}  // namespace zoe::media
