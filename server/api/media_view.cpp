#include "server/api/media_view.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/net/base64.hpp"
#include "server/library/embedded_subtitles.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

// With these an answer of 500 items stays below the protocol's 4 MiB whatever the names are.
constexpr std::size_t kMostPathBytes = 2048;
constexpr std::size_t kMostTrackTextBytes = 256;
constexpr std::size_t kMostChapters = 2000;

std::string bounded(std::string_view text, std::size_t most_bytes) {
  return std::string(cut_utf8(printable_utf8(text), most_bytes));
}

json fraction(Rational value) { return json::array({value.num, value.den}); }

bool has_audio(const media::MediaInfo& info) {
  return std::any_of(info.tracks.begin(), info.tracks.end(),
                     [](const media::TrackInfo& track) { return track.kind == media::TrackKind::kAudio; });
}

// ITU-T H.273: 16 is PQ (SMPTE ST 2084), 18 is HLG (ARIB STD-B67).
bool is_hdr(const media::TrackInfo& track) { return track.color.transfer == 16 || track.color.transfer == 18; }

const char* kind_name(media::TrackKind kind) {
  switch (kind) {
    case media::TrackKind::kVideo:
      return "video";
    case media::TrackKind::kAudio:
      return "audio";
    case media::TrackKind::kSubtitle:
      return "subtitle";
  }
  return "unknown";
}

json track_view(const media::TrackInfo& track) {
  json view = {{"track", track.stream_index},
               {"kind", kind_name(track.kind)},
               {"codec", track.codec},
               {"language", bounded(track.language, kMostTrackTextBytes)},
               {"title", bounded(track.title, kMostTrackTextBytes)},
               {"bit_rate", track.bit_rate},
               {"is_default", track.is_default}};
  if (track.kind == media::TrackKind::kVideo) {
    view["width"] = track.display_width();
    view["height"] = track.display_height();
    view["frame_rate"] = fraction(track.frame_rate);
    view["bit_depth"] = track.bit_depth;
    view["is_hdr"] = is_hdr(track);
    view["is_attached_picture"] = track.is_attached_picture;
  } else if (track.kind == media::TrackKind::kAudio) {
    view["sample_rate"] = track.sample_rate;
    view["channels"] = track.channels;
  }
  return view;
}

}  // namespace

json media_view(const MediaEntry& entry) {
  json view = {{"media", entry.id},
               {"title", entry.title},
               {"root", entry.root},
               {"path", cut_utf8(entry.relative_path, kMostPathBytes)},
               {"size_bytes", entry.size_bytes},
               {"duration_us", entry.info.duration_us},
               {"added_utc_ns", entry.added_utc_ns},
               {"folder", cut_utf8(entry.folder(), kMostPathBytes)},
               {"has_audio", has_audio(entry.info)}};
  if (entry.has_poster) view["poster"] = entry.artwork_key;
  // Every listed media has a video track.
  const media::TrackInfo* track = entry.info.best_video();
  static const media::TrackInfo kNone;
  if (!track) track = &kNone;
  view["width"] = track->display_width();
  view["height"] = track->display_height();
  view["codec"] = track->codec;
  view["frame_rate"] = fraction(track->frame_rate);
  view["is_hdr"] = is_hdr(*track);
  return view;
}

json tracks_view(const media::MediaInfo& info) {
  json views = json::array();
  for (const media::TrackInfo& track : info.tracks) views.push_back(track_view(track));
  return views;
}

json subtitles_view(const MediaEntry& entry) {
  json views = json::array();
  for (const SidecarSubtitle& subtitle : entry.subtitles)
    views.push_back({{"subtitle", views.size()},
                     {"language", subtitle.language},
                     {"title", subtitle.title},
                     {"format", subtitle.format},
                     {"is_forced", subtitle.is_forced},
                     {"is_for_deaf", subtitle.is_for_deaf},
                     {"is_default", false}});
  for (const media::TrackInfo* track : embedded_subtitles(entry))
    views.push_back({{"subtitle", views.size()},
                     {"language", bounded(track->language, kMostTrackTextBytes)},
                     {"title", bounded(track->title, kMostTrackTextBytes)},
                     {"format", subtitle_format_of(*track)},
                     {"is_forced", false},  // which is told of files only
                     {"is_for_deaf", false},
                     {"is_default", track->is_default},
                     {"track", track->stream_index}});
  return views;
}

json preview_view(const MediaEntry& entry, const ArtworkStore& artwork) {
  const auto layout = artwork.preview(entry.artwork_key);
  if (!layout) return nullptr;
  json view = preview_to_json(*layout);
  view["version"] = entry.artwork_key;
  view["columns"] = PreviewLayout::kColumns;
  view["rows"] = PreviewLayout::kRows;
  view["sheets"] = layout->sheets();
  return view;
}

json chapters_view(const media::MediaInfo& info) {
  json views = json::array();
  for (const media::Chapter& chapter : info.chapters) {
    if (views.size() >= kMostChapters) break;
    views.push_back({{"start_us", chapter.start_us},
                     {"end_us", chapter.end_us},
                     {"title", bounded(chapter.title, kMostTrackTextBytes)}});
  }
  return views;
}

json stream_track_view(const media::TrackInfo& track) {
  json view = {{"codec", track.codec},
               {"width", track.width},
               {"height", track.height},
               {"time_base", fraction(track.time_base)},
               {"frame_rate", fraction(track.frame_rate)},
               {"sample_aspect_ratio", fraction(track.sample_aspect_ratio)},
               {"rotation_degrees", track.rotation_degrees},
               {"color",
                {{"primaries", track.color.primaries},
                 {"transfer", track.color.transfer},
                 {"matrix", track.color.matrix},
                 {"is_full_range", track.color.is_full_range}}},
               {"bit_depth", track.bit_depth},
               {"start", track.start},
               {"duration", track.duration},
               {"profile", track.profile},
               {"level", track.level},
               {"bit_rate", track.bit_rate},
               {"extradata", net::to_base64(track.extradata)}};
  if (track.sample_rate != 0) view["sample_rate"] = track.sample_rate;
  if (track.channels != 0) view["channels"] = track.channels;
  if (track.codec_tag != 0) view["codec_tag"] = track.codec_tag;
  if (track.bits_per_coded_sample != 0) view["bits_per_coded_sample"] = track.bits_per_coded_sample;
  if (!track.pixel_format.empty()) view["pixel_format"] = track.pixel_format;
  return view;
}

}  // namespace zoe::server
