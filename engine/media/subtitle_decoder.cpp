#include "engine/media/subtitle_decoder.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engine/media/text_encoding.hpp"

namespace zoe::media {
namespace {

constexpr std::int64_t kUnknownDurationUs = 5'000'000;        // shown until the next one, but no longer
constexpr std::int64_t kMostPictureUs = 24 * 3600'000'000LL;  // a sign may stand for a whole scene
constexpr std::size_t kMostEventBytes = 64 << 10;
constexpr int kMostPlace = 1 << 15;

// The size that FFmpeg's decoders place plain subtitles in, with a style that is easy to read on any picture.
constexpr std::string_view kPlainHeader =
    "[Script Info]\n"
    "ScriptType: v4.00+\n"
    "PlayResX: 384\n"
    "PlayResY: 288\n"
    "WrapStyle: 0\n"
    "ScaledBorderAndShadow: yes\n"
    "\n"
    "[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
    "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, "
    "MarginV, Encoding\n"
    "Style: Default,Inter,17,&H00FFFFFF,&H00FFFFFF,&H20000000,&H80000000,-1,0,0,0,100,100,0,0,1,1,0.5,2,16,16,14,1\n"
    "\n"
    "[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";

struct SubtitleOwner {
  AVSubtitle value{};
  ~SubtitleOwner() { avsubtitle_free(&value); }
};

// FFmpeg's palettes are native 32-bit words of A, R, G, B, not premultiplied.
std::array<std::uint8_t, 4> premultiplied(std::uint32_t argb) {
  const std::uint32_t alpha = argb >> 24;
  const auto scaled = [alpha](std::uint32_t value) {
    return static_cast<std::uint8_t>(((value & 0xFFU) * alpha + 127) / 255);
  };
  return {scaled(argb >> 16), scaled(argb >> 8), scaled(argb), static_cast<std::uint8_t>(alpha)};
}

bool is_in_bounds(const AVSubtitleRect& rect) {
  return rect.type == SUBTITLE_BITMAP && rect.w > 0 && rect.h > 0 && rect.w <= kMostPlace && rect.h <= kMostPlace &&
         static_cast<std::int64_t>(rect.w) * rect.h <= kMostSubtitlePixels && rect.x >= -kMostPlace &&
         rect.x <= kMostPlace && rect.y >= -kMostPlace && rect.y <= kMostPlace && rect.data[0] && rect.data[1] &&
         rect.linesize[0] >= rect.w && rect.nb_colors > 0 && rect.nb_colors <= 256;
}

SubtitlePiece piece_of(const AVSubtitleRect& rect) {
  SubtitlePiece piece{.x = rect.x, .y = rect.y, .width = rect.w, .height = rect.h, .palette = {}, .runs = {}};
  const auto* palette = reinterpret_cast<const std::uint32_t*>(rect.data[1]);
  for (int i = 0; i < rect.nb_colors; ++i) piece.palette.push_back(premultiplied(palette[i]));
  piece.runs = encode_runs(rect.data[0], rect.linesize[0], rect.w, rect.h);
  return piece;
}

}  // namespace

Result<SubtitleDecoder> SubtitleDecoder::open(const AVCodecParameters& parameters, AVRational time_base,
                                              CanvasSize video) {
  const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
  const std::string name = avcodec_get_name(parameters.codec_id);
  if (!codec || (!is_text_subtitle(name) && !is_picture_subtitle(name)))
    return fail(Errc::kUnsupported, "subtitles of the kind " + name + " cannot be shown");
  SubtitleDecoder decoder;
  decoder.is_text_ = is_text_subtitle(name);
  decoder.video_ = video;
  decoder.context_.reset(avcodec_alloc_context3(codec));
  if (!decoder.context_) return fail(Errc::kNoMemory, "no memory to read subtitles");
  int code = avcodec_parameters_to_context(decoder.context_.get(), &parameters);
  decoder.context_->pkt_timebase = time_base;
  decoder.context_->max_pixels = kMostSubtitlePixels;
  if (code >= 0) code = avcodec_open2(decoder.context_.get(), codec, nullptr);
  if (code < 0) return fail(av_error("read subtitles", code));
  decoder.time_base_ = Rational::make(time_base.num, time_base.den);
  return decoder;
}

Status SubtitleDecoder::take(AVPacket& packet, std::int64_t origin_us, SubtitleScript& script) {
  if (packet.pts == AV_NOPTS_VALUE || packet.size <= 0) return {};
  SubtitleOwner subtitle;
  int is_there = 0;
  if (avcodec_decode_subtitle2(context_.get(), &subtitle.value, &is_there, &packet) < 0 || is_there == 0) return {};
  const std::int64_t packet_us = ticks_to_us(packet.pts, time_base_);
  const std::int64_t duration_us = packet.duration > 0 ? ticks_to_us(packet.duration, time_base_) : 0;
  if (is_text_) return take_text(subtitle.value, packet_us - origin_us, duration_us, script);
  // A picture may be put together from several packets: its time is that of the one that says so.
  const bool has_time = subtitle.value.pts != AV_NOPTS_VALUE;
  return take_pictures(subtitle.value, (has_time ? subtitle.value.pts : packet_us) - origin_us, duration_us, script);
}

Status SubtitleDecoder::take_text(const AVSubtitle& subtitle, std::int64_t start_us, std::int64_t duration_us,
                                  SubtitleScript& script) {
  for (unsigned i = 0; i < subtitle.num_rects; ++i) {
    const AVSubtitleRect& rect = *subtitle.rects[i];
    if (rect.type != SUBTITLE_ASS || !rect.ass) continue;
    std::string text(rect.ass);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    if (text.size() > kMostEventBytes) continue;
    bytes_ += text.size();
    if (bytes_ > kMostSubtitleBytes || script.events.size() >= kMostSubtitleEvents)
      return fail(Errc::kTooLarge, "there are more subtitles than can be shown");
    script.events.push_back({start_us, duration_us, std::move(text)});
  }
  return {};
}

CanvasSize SubtitleDecoder::canvas() const {
  if (context_->width > 0 && context_->height > 0) return {context_->width, context_->height};
  // ETSI EN 300 743, section 7.2.1: without a display definition a DVB canvas is 720 by 576.
  const bool is_of_video = context_->codec_id == AV_CODEC_ID_DVD_SUBTITLE && video_.width > 0 && video_.height > 0;
  return is_of_video ? video_ : CanvasSize{720, 576};
}

Status SubtitleDecoder::take_pictures(const AVSubtitle& subtitle, std::int64_t start_us, std::int64_t duration_us,
                                      SubtitleScript& script) {
  constexpr std::uint32_t kEver = std::numeric_limits<std::uint32_t>::max();
  const std::int64_t first_us = start_us + std::int64_t{subtitle.start_display_time} * 1000;
  if (subtitle.end_display_time != kEver && subtitle.end_display_time > subtitle.start_display_time)
    duration_us = std::int64_t{subtitle.end_display_time - subtitle.start_display_time} * 1000;
  starts_us_.push_back(first_us);
  const CanvasSize size = canvas();
  SubtitlePictureEvent event{.start_us = first_us,
                             .duration_us = duration_us,
                             .canvas_width = size.width,
                             .canvas_height = size.height,
                             .is_square = context_->codec_id == AV_CODEC_ID_HDMV_PGS_SUBTITLE,
                             .pieces = {}};
  for (unsigned i = 0; i < subtitle.num_rects && event.pieces.size() < kMostSubtitlePieces; ++i) {
    const AVSubtitleRect& rect = *subtitle.rects[i];
    if (!is_in_bounds(rect)) continue;
    event.pieces.push_back(piece_of(rect));
    bytes_ += event.pieces.back().size_bytes();
  }
  if (bytes_ > kMostSubtitlePictureBytes || starts_us_.size() > kMostSubtitleEvents)
    return fail(Errc::kTooLarge, "there are more subtitles than can be shown");
  if (!event.pieces.empty()) script.pictures.push_back(std::move(event));
  return {};
}

void SubtitleDecoder::finish(SubtitleScript& script) {
  if (!is_text_) return finish_pictures(script);
  script.is_styled = context_->codec_id == AV_CODEC_ID_ASS || context_->codec_id == AV_CODEC_ID_SSA;
  // The author's own header, where the format has one.
  if (script.is_styled && context_->subtitle_header_size > 0)
    script.header = to_utf8({context_->subtitle_header, static_cast<std::size_t>(context_->subtitle_header_size)});
  if (!script.is_styled) script.header = kPlainHeader;
  std::stable_sort(script.events.begin(), script.events.end(),
                   [](const SubtitleEvent& a, const SubtitleEvent& b) { return a.start_us < b.start_us; });
  for (std::size_t i = 0; i < script.events.size(); ++i) {
    SubtitleEvent& event = script.events[i];
    if (event.duration_us > 0) continue;
    event.duration_us = kUnknownDurationUs;
    if (i + 1 < script.events.size() && script.events[i + 1].start_us > event.start_us)
      event.duration_us = std::min(event.duration_us, script.events[i + 1].start_us - event.start_us);
  }
}

void SubtitleDecoder::finish_pictures(SubtitleScript& script) {
  std::sort(starts_us_.begin(), starts_us_.end());
  std::stable_sort(
      script.pictures.begin(), script.pictures.end(),
      [](const SubtitlePictureEvent& a, const SubtitlePictureEvent& b) { return a.start_us < b.start_us; });
  for (SubtitlePictureEvent& event : script.pictures) {
    const auto next = std::upper_bound(starts_us_.begin(), starts_us_.end(), event.start_us);
    const bool is_last = next == starts_us_.end();
    if (event.duration_us <= 0) event.duration_us = is_last ? kUnknownDurationUs : kMostPictureUs;
    if (!is_last) event.duration_us = std::min(event.duration_us, *next - event.start_us);
  }
}

}  // namespace zoe::media
