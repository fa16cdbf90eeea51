#include "plugins/transport_http/hls_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "plugins/transport_http/codec_text.hpp"

namespace zoe::transport_http {
namespace {

constexpr std::int64_t kUsPerS = 1'000'000;
constexpr std::int64_t kUnknownSoundRate = 192'000;

// A quoted string may hold neither quotes nor line breaks.
std::string quoted(std::string text) {
  std::erase_if(text, [](char c) { return c == '"' || c == '\n' || c == '\r'; });
  return '"' + text + '"';
}

std::int64_t rate_of(const HlsSound& sound) {
  return sound.plan.track.bit_rate > 0 ? sound.plan.track.bit_rate : kUnknownSoundRate;
}

std::string sound_lines(const std::vector<HlsSound>& sounds, const std::string& suffix) {
  std::string text;
  for (const HlsSound& sound : sounds) {
    text += "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=" + quoted(sound.name);
    if (!sound.language.empty()) text += ",LANGUAGE=" + quoted(sound.language);
    text += fmt::format(",DEFAULT={},AUTOSELECT=YES,CHANNELS=\"{}\",URI={}\n", sound.is_default ? "YES" : "NO",
                        std::max(sound.plan.track.channels, 1),
                        quoted(hls_name(sound.track, sound.plan.rendition) + "/index.m3u8" + suffix));
  }
  return text;
}

std::string subtitle_lines(const std::vector<HlsSubtitle>& subtitles, const std::string& suffix) {
  std::string text;
  for (const HlsSubtitle& subtitle : subtitles) {
    text += "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"words\",NAME=" + quoted(subtitle.name);
    if (!subtitle.language.empty()) text += ",LANGUAGE=" + quoted(subtitle.language);
    text += fmt::format(",DEFAULT=NO,AUTOSELECT=YES,FORCED={},URI={}\n", subtitle.is_forced ? "YES" : "NO",
                        quoted(fmt::format("subtitles-{}.m3u8{}", subtitle.index, suffix)));
  }
  return text;
}

}  // namespace

std::string hls_name(int track, const std::string& rendition) { return fmt::format("{},{}", track, rendition); }

std::string multivariant_playlist(const std::vector<HlsVariant>& variants, const std::vector<HlsSound>& sounds,
                                  const std::vector<HlsSubtitle>& subtitles, const std::string& suffix) {
  std::string text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  text += sound_lines(sounds, suffix) + subtitle_lines(subtitles, suffix);
  std::int64_t sound_rate = 0;
  for (const HlsSound& sound : sounds) sound_rate = std::max(sound_rate, rate_of(sound));
  for (const HlsVariant& variant : variants) {
    const media::TrackInfo& track = variant.plan.track;
    std::string codecs = codec_text(track);
    for (const HlsSound& sound : sounds) {
      const std::string codec = codec_text(sound.plan.track);
      if (codecs.find(codec) == std::string::npos) codecs += "," + codec;
    }
    text += fmt::format("#EXT-X-STREAM-INF:BANDWIDTH={},RESOLUTION={}x{},CODECS={}", variant.bit_rate + sound_rate,
                        track.width, track.height, quoted(codecs));
    if (track.frame_rate.num > 0)
      text += fmt::format(",FRAME-RATE={:.3f}", static_cast<double>(track.frame_rate.num) / track.frame_rate.den);
    if (!sounds.empty()) text += ",AUDIO=\"sound\"";
    if (!subtitles.empty()) text += ",SUBTITLES=\"words\"";
    text += "\n" + hls_name(variant.track, variant.plan.rendition) + "/index.m3u8" + suffix + "\n";
  }
  return text;
}

std::string media_playlist(const SegmentPlan& plan, const std::string& suffix) {
  const auto target = (plan.longest_us() + std::max<std::int64_t>(plan.offset_us, 0) + kUsPerS - 1) / kUsPerS;
  std::string text = fmt::format(
      "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-PLAYLIST-TYPE:VOD\n"
      "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4{}\"\n",
      std::max<std::int64_t>(target, 1), suffix);
  constexpr std::size_t kLineBytes = 48;
  text.reserve(text.size() + plan.starts_us.size() * (kLineBytes + suffix.size()));
  for (std::uint32_t i = 0; i < plan.segments(); ++i) {
    // A track that begins behind the video's has its first segment begin with it.
    const std::int64_t begin = i == 0 && plan.offset_us > 0 ? -plan.offset_us : plan.starts_us[i];
    fmt::format_to(std::back_inserter(text), "#EXTINF:{:.6f},\n{}.m4s{}\n",
                   static_cast<double>(plan.end_us(i) - begin) / static_cast<double>(kUsPerS), i, suffix);
  }
  return text + "#EXT-X-ENDLIST\n";
}

std::string subtitle_playlist(const std::string& address, std::int64_t duration_us) {
  const double seconds = static_cast<double>(duration_us) / static_cast<double>(kUsPerS);
  return fmt::format(
      "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{:.6f},\n{}\n"
      "#EXT-X-ENDLIST\n",
      static_cast<std::int64_t>(std::ceil(seconds)), seconds, address);
}

}  // namespace zoe::transport_http
