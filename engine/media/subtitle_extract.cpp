// A track of pictures out of a media file into a file of its own.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "engine/media/subtitle_track.hpp"
#include "engine/media/subtitles.hpp"

namespace zoe::media {
namespace {

constexpr AVRational kMilliseconds{1, 1000};  // Matroska's

// A Matroska file in memory.
class PictureFile {
 public:
  static Result<PictureFile> create(const AVCodecParameters& parameters, CanvasSize video) {
    PictureFile file;
    AVFormatContext* made = nullptr;
    int code = avformat_alloc_output_context2(&made, nullptr, "matroska", nullptr);
    if (code < 0) return fail(av_error("write Matroska", code));
    file.context_.reset(made);
    AVStream* stream = avformat_new_stream(made, nullptr);
    if (!stream) return fail(Errc::kNoMemory, "no memory to write Matroska");
    code = avcodec_parameters_copy(stream->codecpar, &parameters);
    if (code >= 0) code = say_size(*stream->codecpar, video);
    if (code >= 0) code = avio_open_dyn_buf(&made->pb);
    if (code < 0) return fail(av_error("write Matroska", code));
    stream->codecpar->codec_tag = 0;
    stream->time_base = kMilliseconds;
    made->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    made->flags |= AVFMT_FLAG_BITEXACT;
    code = avformat_write_header(made, nullptr);
    if (code < 0) return fail(av_error("write Matroska", code));
    return file;
  }

  // Takes the packet.
  Status add(AVPacket& packet, std::int64_t start_us, AVRational time_base) {
    bytes_ += static_cast<std::size_t>(packet.size);
    if (bytes_ > kMostSubtitlePictureBytes) return fail(Errc::kTooLarge, "there are more subtitles than can be shown");
    // What was shown before the video begins is shown from its beginning on; times of decoding only rise.
    const std::int64_t ms = std::max<std::int64_t>((start_us + 500) / 1000, 0);
    newest_ms_ = std::max(newest_ms_, ms);
    packet.pts = ms;
    packet.dts = newest_ms_;
    packet.duration = av_rescale_q(packet.duration, time_base, kMilliseconds);
    packet.stream_index = 0;
    packet.pos = -1;
    if (const int code = av_write_frame(context_.get(), &packet); code == AVERROR(ENOMEM))
      return fail(av_error("write Matroska", code));
    return {};
  }

  Result<std::vector<std::uint8_t>> finish() {
    const int code = av_write_trailer(context_.get());
    std::uint8_t* bytes = nullptr;
    const int size = avio_close_dyn_buf(std::exchange(context_->pb, nullptr), &bytes);
    const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(bytes, av_free);
    if (code < 0) return fail(av_error("write Matroska", code));
    if (static_cast<std::size_t>(size) > kMostSubtitlePictureBytes)
      return fail(Errc::kTooLarge, "there are more subtitles than can be shown");
    return std::vector<std::uint8_t>(bytes, bytes + size);
  }

 private:
  struct Closer {
    void operator()(AVFormatContext* context) const {
      if (context->pb) {
        std::uint8_t* bytes = nullptr;
        avio_close_dyn_buf(context->pb, &bytes);
        av_free(bytes);
      }
      avformat_free_context(context);
    }
  };

  // VobSub is placed on a canvas that its header names; where that says nothing it is the video's, which is not in the
  // file that is written.
  static int say_size(AVCodecParameters& parameters, CanvasSize video) {
    if (parameters.codec_id != AV_CODEC_ID_DVD_SUBTITLE || video.width <= 0 || video.height <= 0) return 0;
    const std::string old(reinterpret_cast<const char*>(parameters.extradata),
                          static_cast<std::size_t>(std::max(parameters.extradata_size, 0)));
    if (old.find("size:") != std::string::npos) return 0;
    const std::string text = "size: " + std::to_string(video.width) + "x" + std::to_string(video.height) + "\n" + old;
    auto* data = static_cast<std::uint8_t*>(av_mallocz(text.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (!data) return AVERROR(ENOMEM);
    std::memcpy(data, text.data(), text.size());
    av_freep(&parameters.extradata);
    parameters.extradata = data;
    parameters.extradata_size = static_cast<int>(text.size());
    return 0;
  }

  std::unique_ptr<AVFormatContext, Closer> context_;
  std::size_t bytes_ = 0;
  std::int64_t newest_ms_ = 0;
};

}  // namespace

Result<std::vector<std::uint8_t>> extract_subtitle_pictures(const std::string& path, const TrackInfo& track,
                                                            std::int64_t origin_us, std::stop_token stop) {
  if (track.kind != TrackKind::kSubtitle || !is_picture_subtitle(track.codec))
    return fail(Errc::kUnsupported, path + ": track " + std::to_string(track.stream_index) + " is no pictures");
  ZOE_TRY(const std::unique_ptr<Demuxer> demuxer, open_subtitle_track(path, track, std::move(stop)));
  const AVStream* stream = demuxer->stream(track.stream_index);
  ZOE_TRY(PictureFile file, PictureFile::create(*stream->codecpar, video_size_of(demuxer->context())));
  const Rational time_base = Rational::make(stream->time_base.num, stream->time_base.den);
  const AvPtr<AVPacket> packet = new_av_packet();
  for (;;) {
    ZOE_TRY(const bool is_read, demuxer->read(*packet));
    if (!is_read) break;
    if (packet->pts == AV_NOPTS_VALUE || packet->size <= 0) continue;
    ZOE_CHECK(file.add(*packet, ticks_to_us(packet->pts, time_base) - origin_us, stream->time_base));
  }
  return file.finish();
}

}  // namespace zoe::media
