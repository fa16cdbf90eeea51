#include "engine/media/subtitles.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/memory_input.hpp"
#include "engine/media/stream_info.hpp"
#include "engine/media/subtitle_track.hpp"
#include "engine/media/text_encoding.hpp"

namespace zoe::media {
namespace {

constexpr std::size_t kMostFonts = 64;

const char* demuxer_of(std::string_view format) {
  if (format == "srt") return "srt";
  if (format == "vtt") return "webvtt";
  if (format == "ass" || format == "ssa") return "ass";
  if (format == kPictureFormat) return "matroska";
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

bool can_show_subtitle(std::string_view codec) { return is_text_subtitle(codec) || is_picture_subtitle(codec); }

Result<SubtitleScript> parse_subtitles(Bytes file, std::string_view format) {
  quiet_ffmpeg();
  const char* name = demuxer_of(format);
  if (!name) return fail(Errc::kUnsupported, "\"" + std::string(format) + "\" is no format of subtitles that is read");
  const bool are_pictures = format == kPictureFormat;
  if (file.size() > (are_pictures ? kMostSubtitlePictureBytes : kMostSubtitleBytes + kMostFontBytes * 2))
    return fail(Errc::kTooLarge, "a file of " + std::to_string(file.size()) + " bytes is no subtitles");
  const std::string text = are_pictures ? std::string() : to_utf8(file);
  MemoryInput input{are_pictures ? file : as_bytes(text)};
  constexpr int kBufferBytes = 32 << 10;
  const AvPtr<AVIOContext> io = new_av_io(kBufferBytes, &input, MemoryInput::read, MemoryInput::seek);
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
  if (are_pictures != is_picture_subtitle(avcodec_get_name(stream.codecpar->codec_id)))
    return fail(Errc::kMalformed, "these are no subtitles of the kind that they are said to be");
  ZOE_TRY(SubtitleDecoder decoder, SubtitleDecoder::open(*stream.codecpar, stream.time_base, {}));
  SubtitleScript script;
  const AvPtr<AVPacket> packet = new_av_packet();
  const auto deadline = std::chrono::steady_clock::now() + kMostSubtitleReading;
  while (av_read_frame(context.get(), packet.get()) >= 0) {
    const bool is_its = packet->stream_index == 0;
    const Status taken = is_its ? decoder.take(*packet, 0, script) : Status{};
    av_packet_unref(packet.get());
    ZOE_CHECK(taken);
    if (std::chrono::steady_clock::now() > deadline)
      return fail(Errc::kTimeout, "reading the subtitles takes too long");
  }
  decoder.finish(script);
  if (script.is_empty()) return fail(Errc::kMalformed, "there are no subtitles in this file");
  return script;
}

Result<SubtitleScript> read_subtitle_track(const std::string& path, const TrackInfo& track, std::int64_t origin_us,
                                           Fonts fonts, std::stop_token stop) {
  if (track.kind != TrackKind::kSubtitle || !can_show_subtitle(track.codec))
    return fail(Errc::kUnsupported, path + ": track " + std::to_string(track.stream_index) + " cannot be shown");
  ZOE_TRY(const std::unique_ptr<Demuxer> demuxer, open_subtitle_track(path, track, std::move(stop)));
  AVStream* stream = demuxer->stream(track.stream_index);
  ZOE_TRY(SubtitleDecoder decoder,
          SubtitleDecoder::open(*stream->codecpar, stream->time_base, video_size_of(demuxer->context())));
  SubtitleScript script;
  if (fonts == Fonts::kRead) script.fonts = fonts_of(demuxer->context());
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
