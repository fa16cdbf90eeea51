#include "engine/media/subtitles.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "engine/media/demuxer.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/media/stream_info.hpp"
#include "engine/media/text_encoding.hpp"

namespace zoe::media {
namespace {

constexpr std::chrono::seconds kMostReading{60};
constexpr std::int64_t kUnknownDurationUs = 5'000'000;  // shown until the next one, but no longer
constexpr std::size_t kMostEventBytes = 64 << 10;
constexpr std::size_t kMostFonts = 64;

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

// One track's packets to events.
class EventDecoder {
 public:
  static Result<EventDecoder> open(const AVCodecParameters& parameters, AVRational time_base) {
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    const std::string name = avcodec_get_name(parameters.codec_id);
    if (!codec || !is_text_subtitle(name))
      return fail(Errc::kUnsupported, "subtitles of the kind " + name + " are no text");
    EventDecoder decoder;
    decoder.context_.reset(avcodec_alloc_context3(codec));
    if (!decoder.context_) return fail(Errc::kNoMemory, "no memory to read subtitles");
    int code = avcodec_parameters_to_context(decoder.context_.get(), &parameters);
    decoder.context_->pkt_timebase = time_base;
    if (code >= 0) code = avcodec_open2(decoder.context_.get(), codec, nullptr);
    if (code < 0) return fail(av_error("read subtitles", code));
    decoder.time_base_ = Rational::make(time_base.num, time_base.den);
    return decoder;
  }

  // What makes no sense is passed over. kTooLarge.
  Status take(AVPacket& packet, std::int64_t origin_us, SubtitleScript& script) {
    if (packet.pts == AV_NOPTS_VALUE || packet.size <= 0) return {};
    SubtitleOwner subtitle;
    int is_there = 0;
    if (avcodec_decode_subtitle2(context_.get(), &subtitle.value, &is_there, &packet) < 0 || is_there == 0) return {};
    const std::int64_t start_us = ticks_to_us(packet.pts, time_base_) - origin_us;
    const std::int64_t duration_us = packet.duration > 0 ? ticks_to_us(packet.duration, time_base_) : 0;
    for (unsigned i = 0; i < subtitle.value.num_rects; ++i) {
      const AVSubtitleRect& rect = *subtitle.value.rects[i];
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

  // The author's own header, where the format has one.
  void finish(SubtitleScript& script) const {
    script.is_styled = context_->codec_id == AV_CODEC_ID_ASS || context_->codec_id == AV_CODEC_ID_SSA;
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

 private:
  AvPtr<AVCodecContext> context_;
  Rational time_base_{1, 1};
  std::size_t bytes_ = 0;
};

// A text in memory as FFmpeg reads it.
struct TextInput {
  std::string_view text;
  std::size_t offset = 0;

  static int read(void* opaque, std::uint8_t* data, int size) {
    auto& input = *static_cast<TextInput*>(opaque);
    const std::size_t count = std::min(input.text.size() - input.offset, static_cast<std::size_t>(std::max(size, 0)));
    if (count == 0) return AVERROR_EOF;
    std::copy_n(input.text.begin() + static_cast<std::ptrdiff_t>(input.offset), count, data);
    input.offset += count;
    return static_cast<int>(count);
  }

  static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
    auto& input = *static_cast<TextInput*>(opaque);
    const auto size = static_cast<std::int64_t>(input.text.size());
    if ((whence & AVSEEK_SIZE) != 0) return size;
    const int from = whence & ~AVSEEK_FORCE;
    if (from != SEEK_SET && from != SEEK_CUR) return AVERROR(EINVAL);
    const std::int64_t target = from == SEEK_CUR ? static_cast<std::int64_t>(input.offset) + offset : offset;
    if (target < 0 || target > size) return AVERROR(EINVAL);
    input.offset = static_cast<std::size_t>(target);
    return target;
  }
};

const char* demuxer_of(std::string_view format) {
  if (format == "srt") return "srt";
  if (format == "vtt") return "webvtt";
  if (format == "ass" || format == "ssa") return "ass";
  return nullptr;
}

bool is_font(std::string_view mime, std::string_view name) {
  constexpr std::array<std::string_view, 4> kEndings{".ttf", ".otf", ".ttc", ".otc"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  const bool is_by_name =
      std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return lower.ends_with(ending); });
  return is_by_name || mime.starts_with("font/") || mime.find("font") != std::string_view::npos ||
         mime.find("truetype") != std::string_view::npos;
}

std::vector<SubtitleFont> fonts_of(const AVFormatContext& context) {
  std::vector<SubtitleFont> fonts;
  std::size_t bytes = 0;
  for (unsigned i = 0; i < context.nb_streams && fonts.size() < kMostFonts; ++i) {
    const AVStream& stream = *context.streams[i];
    if (stream.codecpar->codec_type != AVMEDIA_TYPE_ATTACHMENT || stream.codecpar->extradata_size <= 0) continue;
    const auto tag = [&](const char* key) {
      const AVDictionaryEntry* entry = av_dict_get(stream.metadata, key, nullptr, 0);
      return entry ? clean_text(entry->value, 255) : std::string();
    };
    const std::string name = tag("filename");
    if (!is_font(tag("mimetype"), name)) continue;
    const auto size = static_cast<std::size_t>(stream.codecpar->extradata_size);
    if (bytes + size > kMostFontBytes) continue;
    bytes += size;
    fonts.push_back({name, {stream.codecpar->extradata, stream.codecpar->extradata + size}});
  }
  return fonts;
}

}  // namespace

bool is_text_subtitle(std::string_view codec) {
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get_by_name(std::string(codec).c_str());
  return descriptor && descriptor->type == AVMEDIA_TYPE_SUBTITLE && (descriptor->props & AV_CODEC_PROP_TEXT_SUB) != 0;
}

Result<SubtitleScript> parse_subtitles(Bytes file, std::string_view format) {
  quiet_ffmpeg();
  const char* name = demuxer_of(format);
  if (!name) return fail(Errc::kUnsupported, "\"" + std::string(format) + "\" is no format of subtitles that is read");
  if (file.size() > kMostSubtitleBytes + kMostFontBytes * 2)
    return fail(Errc::kTooLarge, "a file of " + std::to_string(file.size()) + " bytes is no subtitles");
  const std::string text = to_utf8(file);
  TextInput input{text};
  constexpr int kBufferBytes = 32 << 10;
  const AvPtr<AVIOContext> io = new_av_io(kBufferBytes, &input, TextInput::read, TextInput::seek);
  AVFormatContext* opened = avformat_alloc_context();
  if (!opened) return fail(Errc::kNoMemory, "no memory to read subtitles");
  opened->pb = io.get();
  opened->flags |= AVFMT_FLAG_CUSTOM_IO;
  // Frees the context when it fails.
  if (const int code = avformat_open_input(&opened, "", av_find_input_format(name), nullptr); code < 0)
    return fail(Errc::kMalformed, "these are no subtitles: " + av_error("read", code).message);
  const AvPtr<AVFormatContext> context(opened);
  if (context->nb_streams == 0) return fail(Errc::kMalformed, "there are no subtitles in this file");
  const AVStream& stream = *context->streams[0];
  ZOE_TRY(EventDecoder decoder, EventDecoder::open(*stream.codecpar, stream.time_base));
  SubtitleScript script;
  const AvPtr<AVPacket> packet = new_av_packet();
  while (av_read_frame(context.get(), packet.get()) >= 0) {
    const Status taken = decoder.take(*packet, 0, script);
    av_packet_unref(packet.get());
    ZOE_CHECK(taken);
  }
  decoder.finish(script);
  if (script.events.empty()) return fail(Errc::kMalformed, "there are no subtitles in this file");
  return script;
}

Result<SubtitleScript> read_subtitle_track(const std::string& path, const TrackInfo& track, std::int64_t origin_us,
                                           Fonts fonts, std::stop_token stop) {
  if (track.kind != TrackKind::kSubtitle || !is_text_subtitle(track.codec))
    return fail(Errc::kUnsupported, path + ": track " + std::to_string(track.stream_index) + " is no text");
  ZOE_TRY(const std::unique_ptr<Demuxer> demuxer, Demuxer::open(path, ProbeLimits{}, std::move(stop)));
  AVStream* stream = demuxer->stream(track.stream_index);
  // Some containers announce a stream only as they are read.
  if (!stream) ZOE_CHECK(demuxer->find_streams());
  stream = demuxer->stream(track.stream_index);
  if (!stream || stream->codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE)
    return fail(Errc::kMalformed, path + ": track " + std::to_string(track.stream_index) + " is no longer subtitles");
  ZOE_TRY(EventDecoder decoder, EventDecoder::open(*stream->codecpar, stream->time_base));
  SubtitleScript script;
  if (fonts == Fonts::kRead) script.fonts = fonts_of(demuxer->context());
  demuxer->select(track.stream_index);
  demuxer->set_deadline(std::chrono::steady_clock::now() + kMostReading);
  const AvPtr<AVPacket> packet = new_av_packet();
  for (;;) {
    ZOE_TRY(const bool is_read, demuxer->read(*packet));
    if (!is_read) break;
    ZOE_CHECK(decoder.take(*packet, origin_us, script));
  }
  decoder.finish(script);
  return script;
}

}  // namespace zoe::media
