#include "engine/media/scaler.hpp"

extern "C" {
#include <libavutil/opt.h>
}

namespace zoe::media {
namespace {

// swscale names the coefficients of a matrix by its own numbers, which equal H.273's where it knows them.
const int* coefficients(int matrix, int height) {
  if (matrix == AVCOL_SPC_UNSPECIFIED || matrix == AVCOL_SPC_RGB)
    matrix = height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
  if (matrix == AVCOL_SPC_BT2020_CL) matrix = SWS_CS_BT2020;
  return sws_getCoefficients(matrix);
}

}  // namespace

Status Scaler::set_up(const ScalerSide& from, const ScalerSide& to, int flags) {
  if (context_ && from_ == from && to_ == to && flags_ == flags) return {};
  from_ = from;
  to_ = to;
  flags_ = flags;
  context_.reset(sws_alloc_context());
  if (!context_) return fail(Errc::kNoMemory, "no memory to convert pictures");
  av_opt_set_int(context_.get(), "srcw", from.width, 0);
  av_opt_set_int(context_.get(), "srch", from.height, 0);
  av_opt_set_int(context_.get(), "src_format", from.format, 0);
  av_opt_set_int(context_.get(), "dstw", to.width, 0);
  av_opt_set_int(context_.get(), "dsth", to.height, 0);
  av_opt_set_int(context_.get(), "dst_format", to.format, 0);
  av_opt_set_int(context_.get(), "sws_flags", flags, 0);
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(context_.get(), coefficients(from.matrix, from.height), from.is_full_range ? 1 : 0,
                           coefficients(to.matrix, to.height), to.is_full_range ? 1 : 0, 0, kOne, kOne);
  if (const int code = sws_init_context(context_.get(), nullptr, nullptr); code < 0) {
    context_.reset();
    return fail(av_error("convert pictures", code));
  }
  return {};
}

Status Scaler::run(const std::uint8_t* const* from, const int* from_stride, std::uint8_t* const* to,
                   const int* to_stride) {
  const int rows = sws_scale(context_.get(), from, from_stride, 0, from_.height, to, to_stride);
  if (rows < 0) return fail(av_error("convert a picture", rows));
  return {};
}

}  // namespace zoe::media
