#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/memory_file.hpp"
#include "server/library/embedded_subtitles.hpp"
#include "server/library/library.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostId = 64;
constexpr std::size_t kMostPath = 4096;
constexpr std::int64_t kMostSubtitles = 1000;

std::string file_name(const std::string& path) { return printable_utf8(path.substr(path.find_last_of('/') + 1)); }

Result<MediaEntryPtr> find_media(const Call& call, const std::string& id) {
  MediaEntryPtr entry = call.library().find(id);
  if (!entry) return fail(Errc::kNotFound, "there is no media \"" + id + "\"");
  return entry;
}

// By id, or by its path inside its root: the first that the asker may see, in the order of the listing.
Result<MediaEntryPtr> find_file(const Call& call) {
  if (!call.params.has("path")) {
    ZOE_TRY(const std::string id, call.params.text("media", kMostId));
    return find_media(call, id);
  }
  ZOE_TRY(const std::string path, call.params.text("path", kMostPath));
  MediaEntryPtr entry = call.library().find_path(path);
  if (!entry) return fail(Errc::kNotFound, "there is no video of that path");
  return entry;
}

// The whole of a small file follows the answer.
Answer hand_over(const Call& call, UniqueFd fd, std::uint64_t size_bytes, const std::string& name,
                 const std::string& version) {
  ZOE_TRY(const std::int64_t chunk_bytes, call.params.integer("chunk_bytes", 512, 1 << 20, 8192));
  ZOE_TRY(const auto reservation, call.session.reserve_file());
  ZOE_CHECK(call.session.add_file(reservation, std::move(fd), size_bytes));
  return json{
      {"file", reservation.handle}, {"size_bytes", size_bytes}, {"name", name}, {"version", version}, {"offset", 0},
      {"chunk_bytes", chunk_bytes}};
}

}  // namespace

Answer file_open(const Call& call) {
  ZOE_TRY(const MediaEntryPtr entry, find_file(call));
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, std::numeric_limits<std::int64_t>::max(), 0));
  ZOE_TRY(const std::int64_t chunk_bytes, call.params.integer("chunk_bytes", 512, 1 << 20, 8192));
  if (static_cast<std::uint64_t>(offset) > entry->size_bytes)
    return fail(Errc::kInvalidArgument, "params.offset: " + std::to_string(offset) + " lies behind the end, " +
                                            std::to_string(entry->size_bytes));
  ZOE_TRY(UniqueFd fd, open_media_file(*entry));
  ZOE_TRY(const auto reservation, call.session.reserve_file());
  ZOE_CHECK(call.session.add_file(reservation, std::move(fd), entry->size_bytes));
  return json{{"file", reservation.handle},
              {"size_bytes", entry->size_bytes},
              {"name", file_name(entry->path)},
              {"version", entry->version()},
              {"offset", offset},
              {"chunk_bytes", chunk_bytes}};
}

Answer library_artwork(const Call& call) {
  ZOE_TRY(const std::string id, call.params.text("media", kMostId));
  ZOE_TRY(const std::string kind, call.params.text("kind", 16));
  ZOE_TRY(const std::int64_t sheet, call.params.integer("sheet", 0, PreviewLayout::kMostTiles, 0));
  ZOE_TRY(const MediaEntryPtr entry, find_media(call, id));
  const ArtworkStore& artwork = call.services.whole_library.artwork();
  if (kind == "poster") {
    ZOE_TRY(ArtworkFile file, artwork.open_poster(entry->artwork_key));
    return hand_over(call, std::move(file.fd), file.size_bytes, "poster.jpg", entry->artwork_key);
  }
  if (kind != "preview") return fail(Errc::kInvalidArgument, "params.kind: must be \"poster\" or \"preview\"");
  ZOE_TRY(ArtworkFile file, artwork.open_sheet(entry->artwork_key, static_cast<int>(sheet)));
  return hand_over(call, std::move(file.fd), file.size_bytes, "preview-" + std::to_string(sheet) + ".jpg",
                   entry->artwork_key);
}

// The files beside the video come first, then what is inside it.
Answer library_subtitle(const Call& call) {
  ZOE_TRY(const std::string id, call.params.text("media", kMostId));
  ZOE_TRY(const std::int64_t wanted, call.params.integer("subtitle", 0, kMostSubtitles));
  ZOE_TRY(const bool has_fonts, call.params.boolean("fonts", false));
  ZOE_TRY(const MediaEntryPtr entry, find_media(call, id));
  const std::vector<const media::TrackInfo*> embedded = embedded_subtitles(*entry);
  const auto index = static_cast<std::size_t>(wanted);
  const std::size_t sidecars = entry->subtitles.size();
  if (index >= sidecars + embedded.size())
    return fail(Errc::kNotFound, "it has " + std::to_string(sidecars + embedded.size()) + " subtitles, from 0 on");
  if (index < sidecars) {
    const SidecarSubtitle& subtitle = entry->subtitles[index];
    ZOE_TRY(UniqueFd fd, open_sidecar(subtitle));
    return hand_over(call, std::move(fd), subtitle.size_bytes, file_name(subtitle.path),
                     std::to_string(subtitle.size_bytes) + "-" + std::to_string(subtitle.mtime_ns));
  }
  const media::TrackInfo& track = *embedded[index - sidecars];
  ZOE_TRY(const std::string text, call.services.whole_library.subtitles().read(
                                      *entry, track, has_fonts ? media::Fonts::kRead : media::Fonts::kLeaveOut));
  ZOE_TRY(UniqueFd fd, memory_file(text));
  return hand_over(call, std::move(fd), text.size(),
                   "track-" + std::to_string(track.stream_index) + "." + std::string(subtitle_format_of(track)),
                   entry->version());
}

Answer file_close(const Call& call) {
  ZOE_TRY(const std::uint32_t handle, call.params.number32("file"));
  ZOE_CHECK(call.session.close_file(handle));
  return json::object();
}

}  // namespace zoe::server::handlers
