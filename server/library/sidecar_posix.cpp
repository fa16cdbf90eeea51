#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "engine/core/clock.hpp"
#include "engine/media/sidecar_name.hpp"
#include "server/library/media_filter.hpp"
#include "server/library/sidecar.hpp"

namespace zoe::server {
namespace {

constexpr std::array<std::string_view, 4> kFormats = {"srt", "vtt", "ass", "ssa"};

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string_view stem_of(std::string_view name) {
  const auto dot = name.find_last_of('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

struct Place {
  std::string_view folder;  // without its last slash
  std::string_view name;

  friend auto operator<=>(const Place&, const Place&) = default;
};

Place place_of(std::string_view path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

// Where the videos of a subtitle file lie: its folder, or the one above a folder for subtitles.
std::string_view home_of(std::string_view folder) {
  const Place place = place_of(folder);
  const std::string name = lower_ascii(place.name);
  return name == "subs" || name == "subtitles" ? place.folder : folder;
}

bool has_subtitle_ending(std::string_view name) {
  const std::string ending = lower_ascii(name.substr(stem_of(name).size()));
  return std::any_of(kFormats.begin(), kFormats.end(), [&](std::string_view format) {
    return ending.size() == format.size() + 1 && ending.ends_with(format);
  });
}

// The video whose stem is the longest beginning of the subtitle's, up to one of its dots.
const FoundFile* owner_of(const std::map<Place, const FoundFile*>& videos, std::string_view folder,
                          std::string_view stem) {
  while (!stem.empty()) {
    if (const auto video = videos.find(Place{folder, stem}); video != videos.end()) return video->second;
    const auto dot = stem.find_last_of('.');
    stem = dot == std::string_view::npos ? std::string_view() : stem.substr(0, dot);
  }
  return nullptr;
}

}  // namespace

bool read_sidecar_name(std::string_view name, std::string_view video_name, SidecarSubtitle& out) {
  media::SidecarName read;
  if (!media::read_sidecar_name(name, video_name, read)) return false;
  out.format = std::move(read.format);
  out.language = std::move(read.language);
  out.title = std::move(read.title);
  out.is_forced = read.is_forced;
  out.is_for_deaf = read.is_for_deaf;
  return true;
}

std::map<std::string, std::vector<SidecarSubtitle>> find_sidecars(const std::vector<FoundFile>& files) {
  std::vector<const FoundFile*> subtitles;
  std::set<std::string_view> homes;
  for (const FoundFile& file : files) {
    const Place place = place_of(file.path);
    if (!has_subtitle_ending(place.name) || file.size_bytes > kMostSidecarBytes) continue;
    subtitles.push_back(&file);
    homes.insert(home_of(place.folder));
  }
  std::map<Place, const FoundFile*> videos;  // by folder and stem
  for (const FoundFile& file : files) {
    const Place place = place_of(file.path);
    if (homes.contains(place.folder) && may_be_media(place.name))
      videos.try_emplace(Place{place.folder, stem_of(place.name)}, &file);
  }
  std::map<std::string, std::vector<SidecarSubtitle>> found;
  for (const FoundFile* subtitle : subtitles) {
    const Place place = place_of(subtitle->path);
    const FoundFile* video = owner_of(videos, home_of(place.folder), stem_of(place.name));
    if (!video) continue;
    auto& list = found[video->path];
    if (list.size() >= kMostSidecars) continue;
    SidecarSubtitle read{.path = subtitle->path, .size_bytes = subtitle->size_bytes, .mtime_ns = subtitle->mtime_ns};
    static_cast<void>(read_sidecar_name(place.name, place_of(video->path).name, read));
    list.push_back(std::move(read));
  }
  return found;
}

Result<UniqueFd> open_sidecar(const SidecarSubtitle& subtitle) {
  UniqueFd fd(::open(subtitle.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd) return fail(errno_error("open the subtitle file", errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(errno_error("look at the subtitle file", errno));
  const std::int64_t mtime_ns = info.st_mtim.tv_sec * kNsPerS + info.st_mtim.tv_nsec;
  if (!S_ISREG(info.st_mode) || static_cast<std::uint64_t>(info.st_size) != subtitle.size_bytes ||
      mtime_ns != subtitle.mtime_ns)
    return fail(Errc::kNotFound, "the subtitle file has changed; look at the media again");
  return fd;
}

}  // namespace zoe::server
