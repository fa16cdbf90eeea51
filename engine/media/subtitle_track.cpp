#include "engine/media/subtitle_track.hpp"

#include <utility>

namespace zoe::media {

Result<std::unique_ptr<Demuxer>> open_subtitle_track(const std::string& path, const TrackInfo& track,
                                                     std::stop_token stop) {
  ZOE_TRY(std::unique_ptr<Demuxer> demuxer, Demuxer::open(path, ProbeLimits{}, std::move(stop)));
  // Some containers announce a stream only as they are read.
  if (!demuxer->stream(track.stream_index)) ZOE_CHECK(demuxer->find_streams());
  const AVStream* stream = demuxer->stream(track.stream_index);
  if (!stream || stream->codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE)
    return fail(Errc::kMalformed, path + ": track " + std::to_string(track.stream_index) + " is no longer subtitles");
  demuxer->select(track.stream_index);
  demuxer->set_deadline(std::chrono::steady_clock::now() + kMostSubtitleReading);
  return demuxer;
}

CanvasSize video_size_of(const AVFormatContext& context) {
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVCodecParameters& parameters = *context.streams[i]->codecpar;
    if (parameters.codec_type == AVMEDIA_TYPE_VIDEO && parameters.width > 0 && parameters.height > 0)
      return {parameters.width, parameters.height};
  }
  return {};
}

}  // namespace zoe::media
