#include "player/local/local_media.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/media/probe.hpp"
#include "engine/media/sidecar_name.hpp"
#include "engine/media/stream_info.hpp"
#include "engine/media/subtitles.hpp"

namespace zoe::player {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScheme = "file:";
constexpr std::size_t kMostSidecars = 64;
constexpr std::size_t kMostEntries = 100'000;  // looked at in a folder

// By their endings: a folder may hold anything, and looking into each file would take too long.
bool is_video_name(const fs::path& path) {
  constexpr std::array<std::string_view, 22> kEndings{".mp4", ".m4v",  ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg",
                                                      ".ts",  ".m2ts", ".mts", ".wmv", ".flv",  ".ogv", ".ogm", ".3gp",
                                                      ".vob", ".mxf",  ".y4m", ".mj2", ".m2v",  ".divx"};
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

Error not_read(const std::string& path, const std::error_code& code) {
  const bool is_missing = code == std::errc::no_such_file_or_directory;
  return {is_missing ? Errc::kNotFound : Errc::kIo, path + ": " + code.message()};
}

void add_sidecars(const fs::path& video, std::vector<LocalSubtitle>& out) {
  std::vector<LocalSubtitle> found;
  for (const fs::path& folder :
       {video.parent_path(), video.parent_path() / "Subs", video.parent_path() / "Subtitles"}) {
    std::error_code code;
    std::size_t seen = 0;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
      if (++seen > kMostEntries || found.size() >= kMostSidecars) break;
      media::SidecarName name;
      if (!media::read_sidecar_name(entry->path().filename().string(), video.filename().string(), name)) continue;
      found.push_back({.info = {.language = name.language,
                                .title = name.title,
                                .format = name.format,
                                .is_forced = name.is_forced,
                                .is_for_deaf = name.is_for_deaf},
                       .path = entry->path().string(),
                       .track = {}});
    }
  }
  std::sort(found.begin(), found.end(), [](const LocalSubtitle& a, const LocalSubtitle& b) { return a.path < b.path; });
  for (LocalSubtitle& each : found) out.push_back(std::move(each));
}

void add_tracks(const media::MediaInfo& info, std::vector<LocalSubtitle>& out) {
  for (const media::TrackInfo& track : info.tracks) {
    if (track.kind != media::TrackKind::kSubtitle || !media::can_show_subtitle(track.codec)) continue;
    const bool are_pictures = media::is_picture_subtitle(track.codec);
    out.push_back({.info = {.language = track.language,
                            .title = track.title,
                            .format = are_pictures ? std::string(media::kPictureFormat) : "ass",
                            .is_default = track.is_default},
                   .path = {},
                   .track = track});
  }
}

}  // namespace

std::string local_media_of(const std::string& path) {
  std::error_code code;
  const fs::path absolute = fs::absolute(path, code);
  return std::string(kScheme) + (code ? path : absolute.lexically_normal().string());
}

bool is_local_media(std::string_view media) { return media.starts_with(kScheme); }

std::string local_path_of(std::string_view media) { return std::string(media.substr(kScheme.size())); }

LibraryItem local_item_of(const std::string& path) {
  const std::string media = local_media_of(path);
  return {
      .media = media, .title = media::clean_text(fs::path(path).stem().string(), 1024), .path = local_path_of(media)};
}

Result<LocalMedia> examine_local(const std::string& path, std::stop_token stop) {
  ZOE_TRY(const media::MediaInfo info, media::probe(path, {}, std::move(stop)));
  const media::TrackInfo* video = info.best_video();
  if (!video) return fail(Errc::kUnsupported, path + " holds no video");
  LocalMedia local;
  local.item = local_item_of(path);
  if (!info.title.empty()) local.item.title = info.title;
  local.item.duration_us = info.duration_us;
  local.origin_us = media::ticks_to_us(video->start, video->time_base);
  add_sidecars(path, local.subtitles);
  add_tracks(info, local.subtitles);
  local.details.media = local.item.media;
  for (std::size_t i = 0; i < local.subtitles.size(); ++i) {
    local.subtitles[i].info.subtitle = static_cast<int>(i);
    local.details.subtitles.push_back(local.subtitles[i].info);
  }
  local.details.chapters = info.chapters;
  return local;
}

Result<std::vector<std::string>> local_files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (code || !fs::exists(status))
      return fail(code ? not_read(path, code) : Error{Errc::kNotFound, path + ": there is no such file"});
    if (!fs::is_directory(status)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    std::size_t seen = 0;
    for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
      if (++seen > kMostEntries) break;
      std::error_code ignored;
      if (is_video_name(entry->path()) && entry->is_regular_file(ignored)) inside.push_back(entry->path().string());
    }
    if (code) return fail(not_read(path, code));
    if (inside.empty()) return fail(Errc::kUnsupported, path + ": there is no video in this folder");
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  if (files.size() > kMostLocalFiles) files.resize(kMostLocalFiles);
  return files;
}

}  // namespace zoe::player
