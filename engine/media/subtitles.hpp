// Subtitles of every format in one form. Texts are the header and the events of Advanced SubStation Alpha, which libass
// draws and which WebVTT is written from; pictures stay pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/media/subtitle_pictures.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

inline constexpr std::size_t kMostSubtitleBytes = std::size_t{16} << 20;  // of a file, and of a script's texts in all
inline constexpr std::size_t kMostSubtitleEvents = 200'000;
inline constexpr std::size_t kMostFontBytes = std::size_t{32} << 20;  // of all fonts of a script

struct SubtitleEvent {
  std::int64_t start_us = 0;
  std::int64_t duration_us = 0;
  // "ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text": what follows the times of a Dialogue line.
  std::string text;
};

struct SubtitleFont {
  std::string name;
  std::vector<std::uint8_t> data;
};

struct SubtitleScript {
  std::string header;                          // [Script Info] and styles; may hold [Fonts]
  bool is_styled = false;                      // the styles are the author's own
  std::vector<SubtitleEvent> events;           // by start
  std::vector<SubtitleFont> fonts;             // attached to the container
  std::vector<SubtitlePictureEvent> pictures;  // by start; where there are some, there are no events

  bool is_empty() const { return events.empty() && pictures.empty(); }
};

// A track of pictures alone in a Matroska file: what `extract_subtitle_pictures` makes and `parse_subtitles` reads.
inline constexpr std::string_view kPictureFormat = "mks";

// Whether tracks of this codec (FFmpeg's name) are text.
bool is_text_subtitle(std::string_view codec);
// Text, or pictures that can be shown.
bool can_show_subtitle(std::string_view codec);

// A subtitle file. `format` is its ending in lower case: "srt", "vtt", "ass", "ssa" or kPictureFormat; kUnsupported for
// others. What makes no sense is passed over, kMalformed where nothing is left. kTooLarge beyond the bounds above,
// kTimeout beyond a minute.
Result<SubtitleScript> parse_subtitles(Bytes file, std::string_view format);

enum class Fonts { kLeaveOut = 1, kRead };

// The subtitles inside a media file: reads the file once. Times count from `origin_us` of the container's (the first
// frame of the video). kUnsupported where they cannot be shown, kTimeout beyond a minute, kTooLarge, else as Demuxer.
Result<SubtitleScript> read_subtitle_track(const std::string& path, const TrackInfo& track, std::int64_t origin_us,
                                           Fonts fonts, std::stop_token stop = {});

// The pictures of such a track, not decoded, as a file that `parse_subtitles` reads as kPictureFormat: at most
// kMostSubtitlePictureBytes. Reads the file once; fails as read_subtitle_track.
Result<std::vector<std::uint8_t>> extract_subtitle_pictures(const std::string& path, const TrackInfo& track,
                                                            std::int64_t origin_us, std::stop_token stop = {});

// Texts as a file that `parse_subtitles` reads as "ass", with the fonts in it.
std::string to_ass(const SubtitleScript& script);

// Bold, italic, underlined and whether it stands at the top are kept; drawings are left out.
std::string to_webvtt(const SubtitleScript& script);

}  // namespace zoe::media
