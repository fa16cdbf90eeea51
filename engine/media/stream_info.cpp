#include "engine/media/stream_info.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/media/text_encoding.hpp"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

namespace zoe::media {
namespace {

constexpr std::size_t kMostLanguageBytes = 16;
constexpr std::size_t kMostTitleBytes = 400;

Rational rational_of(AVRational value, Rational fallback) {
  if (value.num <= 0 || value.den <= 0) return fallback;
  return Rational::make(value.num, value.den);
}

std::string tag_of(const AVDictionary* tags, const char* key, std::size_t most_bytes) {
  const AVDictionaryEntry* entry = av_dict_get(tags, key, nullptr, 0);
  return entry ? clean_text(entry->value, most_bytes) : std::string();
}

// The display matrix turns counter-clockwise; we say how far to turn clockwise, to the nearest right angle.
int rotation_of(const AVStream& stream) {
  std::size_t size = 0;
  const std::uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (!data || size < 9 * sizeof(std::int32_t)) return 0;
  std::int32_t matrix[9];
  std::memcpy(matrix, data, sizeof matrix);
  const double angle = av_display_rotation_get(matrix);
  if (std::isnan(angle)) return 0;
  const long quarters = std::lround(-angle / 90.0) % 4;
  return static_cast<int>((quarters + 4) % 4) * 90;
}

void set_video(TrackInfo& track, AVFormatContext& context, AVStream& stream) {
  const AVCodecParameters& parameters = *stream.codecpar;
  track.width = parameters.width;
  track.height = parameters.height;
  track.frame_rate = rational_of(av_guess_frame_rate(&context, &stream, nullptr), {0, 1});
  track.sample_aspect_ratio = rational_of(av_guess_sample_aspect_ratio(&context, &stream, nullptr), {1, 1});
  track.rotation_degrees = rotation_of(stream);
  track.color.primaries = static_cast<std::uint8_t>(parameters.color_primaries);
  track.color.transfer = static_cast<std::uint8_t>(parameters.color_trc);
  track.color.matrix = static_cast<std::uint8_t>(parameters.color_space);
  track.color.is_full_range = parameters.color_range == AVCOL_RANGE_JPEG;
  track.bits_per_coded_sample = parameters.bits_per_coded_sample;
  if (const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(parameters.format))) {
    const std::string_view name = desc->name;
    track.pixel_format = name;
    track.bit_depth = std::min(desc->comp[0].depth, 16);  // floating point is shown as 16 bits
    if (name.starts_with("yuvj")) track.color.is_full_range = true;
    if ((desc->flags & AV_PIX_FMT_FLAG_RGB) != 0) {
      track.color.matrix = AVCOL_SPC_RGB;
      if (parameters.color_range == AVCOL_RANGE_UNSPECIFIED) track.color.is_full_range = true;
    }
  }
}

bool is_in_bounds(const TrackInfo& track, const AVCodecParameters& parameters, const ProbeLimits& limits) {
  if (parameters.extradata_size < 0 ||
      static_cast<std::size_t>(parameters.extradata_size) > limits.most_extradata_bytes)
    return false;
  if (track.kind != TrackKind::kVideo) return true;
  return track.width > 0 && track.height > 0 && track.width <= limits.most_width &&
         track.height <= limits.most_height &&
         static_cast<std::int64_t>(track.width) * track.height <= limits.most_pixels;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t most_bytes) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const bool is_control = length == 1 && (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7f);
    const std::string_view piece = is_control ? " " : length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    if (clean.size() + piece.size() > most_bytes) break;
    clean += piece;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  const std::size_t first = clean.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return clean.substr(first, clean.find_last_not_of(' ') - first + 1);
}

std::optional<TrackInfo> track_of(AVFormatContext& context, AVStream& stream, const ProbeLimits& limits) {
  const AVCodecParameters& parameters = *stream.codecpar;
  TrackInfo track;
  switch (parameters.codec_type) {
    case AVMEDIA_TYPE_VIDEO:
      track.kind = TrackKind::kVideo;
      break;
    case AVMEDIA_TYPE_AUDIO:
      track.kind = TrackKind::kAudio;
      break;
    case AVMEDIA_TYPE_SUBTITLE:
      track.kind = TrackKind::kSubtitle;
      break;
    default:
      return std::nullopt;
  }
  if (parameters.codec_id == AV_CODEC_ID_NONE || stream.time_base.num <= 0 || stream.time_base.den <= 0)
    return std::nullopt;
  track.stream_index = stream.index;
  track.codec = avcodec_get_name(parameters.codec_id);
  track.codec_tag = parameters.codec_tag;
  track.time_base = Rational::make(stream.time_base.num, stream.time_base.den);
  if (track.kind == TrackKind::kVideo) set_video(track, context, stream);
  if (track.kind == TrackKind::kAudio) {
    track.sample_rate = parameters.sample_rate;
    track.channels = parameters.ch_layout.nb_channels;
  }
  if (!is_in_bounds(track, parameters, limits)) return std::nullopt;

  if (stream.start_time != AV_NOPTS_VALUE) track.start = stream.start_time;
  if (stream.duration > 0) {
    track.duration = stream.duration;
  } else if (context.duration > 0) {
    track.duration = us_to_ticks(context.duration, track.time_base);
  }
  if (parameters.extradata_size > 0)
    track.extradata.assign(parameters.extradata, parameters.extradata + parameters.extradata_size);
  track.profile = parameters.profile;
  track.level = parameters.level;
  track.bit_rate = std::max<std::int64_t>(parameters.bit_rate, 0);
  track.language = tag_of(stream.metadata, "language", kMostLanguageBytes);
  if (track.language == "und") track.language.clear();
  track.title = tag_of(stream.metadata, "title", kMostTitleBytes);
  track.is_default = (stream.disposition & AV_DISPOSITION_DEFAULT) != 0;
  track.is_attached_picture =
      (stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0;
  return track;
}

Result<AvPtr<AVCodecParameters>> parameters_of(const TrackInfo& track) {
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get_by_name(track.codec.c_str());
  if (!descriptor) return fail(Errc::kUnsupported, "codec \"" + clean_text(track.codec, 40) + "\" is not known here");
  AvPtr<AVCodecParameters> parameters(avcodec_parameters_alloc());
  if (!parameters) return fail(Errc::kNoMemory, "no memory to decode");
  parameters->codec_type = descriptor->type;
  parameters->codec_id = descriptor->id;
  parameters->codec_tag = track.codec_tag;
  parameters->width = track.width;
  parameters->height = track.height;
  parameters->profile = track.profile;
  parameters->level = track.level;
  parameters->bit_rate = track.bit_rate;
  parameters->bits_per_coded_sample = track.bits_per_coded_sample;
  parameters->sample_rate = track.sample_rate;
  if (descriptor->type == AVMEDIA_TYPE_AUDIO && track.channels > 0)
    av_channel_layout_default(&parameters->ch_layout, track.channels);
  parameters->format = track.pixel_format.empty() ? AV_PIX_FMT_NONE : av_get_pix_fmt(track.pixel_format.c_str());
  if (!track.extradata.empty()) {
    constexpr std::size_t kMost = std::size_t{64} << 20;
    if (track.extradata.size() > kMost) return fail(Errc::kTooLarge, "a codec header of more than 64 MiB");
    parameters->extradata =
        static_cast<std::uint8_t*>(av_mallocz(track.extradata.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (!parameters->extradata) return fail(Errc::kNoMemory, "no memory to decode");
    std::memcpy(parameters->extradata, track.extradata.data(), track.extradata.size());
    parameters->extradata_size = static_cast<int>(track.extradata.size());
  }
  return parameters;
}

Result<AvPtr<AVBSFContext>> unpacking_filter(const AVCodecParameters& parameters, Rational time_base) {
  AvPtr<AVBSFContext> filter;
  if (parameters.codec_id != AV_CODEC_ID_MPEG4) return filter;
  const AVBitStreamFilter* kind = av_bsf_get_by_name("mpeg4_unpack_bframes");
  AVBSFContext* made = nullptr;
  if (!kind || av_bsf_alloc(kind, &made) < 0) return fail(Errc::kNoMemory, "no memory to read MPEG-4 video");
  filter.reset(made);
  int code = avcodec_parameters_copy(filter->par_in, &parameters);
  filter->time_base_in = {time_base.num, time_base.den};
  if (code >= 0) code = av_bsf_init(filter.get());
  if (code < 0) return fail(av_error("read MPEG-4 video", code));
  return filter;
}

}  // namespace zoe::media
