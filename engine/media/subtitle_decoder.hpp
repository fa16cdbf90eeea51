// The packets of one subtitle track to what is shown: FFmpeg's decoders of text and of pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/subtitles.hpp"

namespace zoe::media {

struct CanvasSize {
  int width = 0;
  int height = 0;
};

// One thread at a time.
class SubtitleDecoder {
 public:
  // `video`: of the picture that they lie on, for pictures that do not say how large their canvas is; 0 where nobody
  // knows. kUnsupported.
  static Result<SubtitleDecoder> open(const AVCodecParameters& parameters, AVRational time_base, CanvasSize video);

  // What makes no sense is passed over. kTooLarge.
  Status take(AVPacket& packet, std::int64_t origin_us, SubtitleScript& script);

  // When all packets were taken: the header, and how long what does not say so is shown.
  void finish(SubtitleScript& script);

 private:
  Status take_text(const AVSubtitle& subtitle, std::int64_t start_us, std::int64_t duration_us, SubtitleScript& script);
  Status take_pictures(const AVSubtitle& subtitle, std::int64_t start_us, std::int64_t duration_us,
                       SubtitleScript& script);
  void finish_pictures(SubtitleScript& script);
  CanvasSize canvas() const;

  AvPtr<AVCodecContext> context_;
  Rational time_base_{1, 1};
  CanvasSize video_;
  bool is_text_ = false;
  std::size_t bytes_ = 0;
  // Of all pictures, those that show nothing among them: each ends what was shown before it.
  std::vector<std::int64_t> starts_us_;
};

}  // namespace zoe::media
