#include "server/library/embedded_subtitles.hpp"

#include <utility>

#include "server/library/crash_guard.hpp"

namespace zoe::server {
namespace {

constexpr std::uint64_t kMagic = 0x31425553'45'4F5Aull;  // "ZOESUB1"

std::string key_of(const MediaEntry& entry, int stream_index, media::Fonts fonts) {
  return entry.version() + "/" + std::to_string(stream_index) + (fonts == media::Fonts::kRead ? "f/" : "/") +
         entry.path;
}

Result<std::string> read_out(const MediaEntry& entry, const media::TrackInfo& track, media::Fonts fonts) {
  const media::TrackInfo* video = entry.info.best_video();
  const std::int64_t origin_us = video ? media::ticks_to_us(video->start, video->time_base) : 0;
  if (media::is_picture_subtitle(track.codec)) {
    ZOE_TRY(const std::vector<std::uint8_t> file, media::extract_subtitle_pictures(entry.path, track, origin_us));
    return std::string(as_text(file));
  }
  ZOE_TRY(const media::SubtitleScript script, media::read_subtitle_track(entry.path, track, origin_us, fonts));
  return media::to_ass(script);
}

}  // namespace

std::string_view subtitle_format_of(const media::TrackInfo& track) {
  return media::is_picture_subtitle(track.codec) ? media::kPictureFormat : "ass";
}

std::vector<const media::TrackInfo*> embedded_subtitles(const MediaEntry& entry) {
  std::vector<const media::TrackInfo*> tracks;
  for (const media::TrackInfo& track : entry.info.tracks)
    if (track.kind == media::TrackKind::kSubtitle && media::can_show_subtitle(track.codec)) tracks.push_back(&track);
  return tracks;
}

EmbeddedSubtitles::EmbeddedSubtitles(EmbeddedSubtitlesConfig config)
    : disk_({.folder = std::move(config.folder),
             .extension = ".sub",
             .magic = kMagic,
             .most_file_bytes = media::kMostSubtitleBytes * 4 + media::kMostFontBytes * 2,
             .most_bytes = config.most_bytes}) {}

Result<std::string> EmbeddedSubtitles::read(const MediaEntry& entry, const media::TrackInfo& track,
                                            media::Fonts fonts) {
  const std::string key = key_of(entry, track.stream_index, fonts);
  const MutexLock lock(reading_);
  if (disk_.is_on()) {
    if (const auto stored = disk_.load(key)) return std::string(as_text(stored->body()));
  }
  ZOE_CHECK(open_media_file(entry));
  const CrashGuard guard(entry);
  ZOE_TRY(std::string text, read_out(entry, track, fonts));
  // Without it the next one waits longer, and that is all.
  if (disk_.is_on())
    static_cast<void>(disk_.save(key, Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())));
  return text;
}

}  // namespace zoe::server
