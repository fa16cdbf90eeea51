#include "server/library/media_filter.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace zoe::server {
namespace {

constexpr std::size_t kLongestExtension = 12;

constexpr std::string_view kOther[] = {
    // text, subtitles, programs, documents
    "ass", "c", "cfg", "conf", "cpp", "css", "csv", "cue", "db", "doc", "docx", "exe", "go", "h", "hpp", "htm", "html",
    "idx", "ini", "js", "json", "log", "lrc", "lua", "m3u", "m3u8", "md", "nfo", "odt", "pdf", "pls", "py", "rs", "rtf",
    "sfv", "sh", "smi", "so", "sqlite", "srt", "ssa", "sub", "sup", "toml", "torrent", "txt", "url", "vtt", "xml",
    "yaml", "yml",
    // pictures
    "avif", "bmp", "gif", "heic", "heif", "ico", "jpeg", "jpg", "jxl", "png", "psd", "svg", "tga", "tif", "tiff",
    "webp",
    // archives, and files that are still being fetched
    "7z", "bz2", "crdownload", "gz", "iso", "part", "rar", "tar", "tgz", "tmp", "xz", "zip", "zst", "aria2"};

constexpr std::string_view kVideo[] = {"3g2",  "3gp",  "asf",  "av1",  "avi", "divx", "dv",  "f4v", "flv",
                                       "h264", "hevc", "ivf",  "m1v",  "m2t", "m2ts", "m2v", "m4v", "mjpg",
                                       "mkv",  "mov",  "mp4",  "mpeg", "mpg", "mts",  "mxf", "ogm", "ogv",
                                       "qt",   "rm",   "rmvb", "ts",   "vob", "webm", "wmv"};

// FFmpeg's names of demuxers whose "video" is none; those of picture files end in "_pipe".
constexpr std::string_view kNoVideos[] = {
    "adf", "apng",  "bin",     "concat", "dash", "ffmetadata", "gif", "hls", "ico", "idf", "image2", "image2pipe",
    "imf", "lavfi", "libcaca", "mpjpeg", "rtp",  "rtsp",       "sap", "sdp", "svg", "tty", "webvtt", "xbin"};

std::string lower_extension(std::string_view name) {
  const auto dot = name.find_last_of('.');
  if (dot == std::string_view::npos || name.size() - dot - 1 > kLongestExtension) return {};
  std::string out(name.substr(dot + 1));
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

bool is_in(std::span<const std::string_view> list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

bool may_be_media(std::string_view file_name) {
  return !file_name.ends_with('~') && !is_in(kOther, lower_extension(file_name));
}

bool claims_to_be_video(std::string_view file_name) { return is_in(kVideo, lower_extension(file_name)); }

Status check_is_video(const media::MediaInfo& info) {
  // Some names are lists of what one demuxer reads ("mov,mp4,m4a,…"); all that are refused stand alone or first.
  const std::string_view container = std::string_view(info.container).substr(0, info.container.find(','));
  if (container.ends_with("_pipe") || is_in(kNoVideos, container))
    return fail(Errc::kUnsupported, "this is no video but " + std::string(container));
  if (info.best_video() != nullptr) return {};
  const bool has_sound = std::any_of(info.tracks.begin(), info.tracks.end(), [](const media::TrackInfo& track) {
    return track.kind == media::TrackKind::kAudio;
  });
  return fail(Errc::kUnsupported, has_sound ? "it holds sound but no video" : "it holds no video track");
}

}  // namespace zoe::server
