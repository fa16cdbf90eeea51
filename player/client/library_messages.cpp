#include "player/client/library_messages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "player/client/json_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPath = 16'384;
constexpr std::size_t kMostVersion = 128;
constexpr std::size_t kMostName = 1024;  // of a track or a chapter
constexpr std::int64_t kMostTileSide = 1024;
constexpr std::int64_t kMostTilesAcross = 256;
constexpr std::int64_t kMostSheets = 100'000;
constexpr std::int64_t kMostIntervalUs = 3'600'000'000;

Result<LibraryRoot> parse_root(const json& object) {
  Fields fields(object, "root");
  LibraryRoot root{.root = fields.text("root"), .media = fields.integer("media", 0, INT64_MAX)};
  if (!fields.is_ok()) return fail(fields.error());
  return root;
}

Result<LibraryFolder> parse_folder(const json& object) {
  Fields fields(object, "folder");
  LibraryFolder folder{.name = fields.text("name"),
                       .folder = fields.text("folder", kMostPath),
                       .media = fields.integer("media", 0, INT64_MAX)};
  if (folder.folder.empty()) fields.complain("folder", "is empty");
  if (!fields.is_ok()) return fail(fields.error());
  return folder;
}

Result<PreviewInfo> parse_preview(const json& object) {
  Fields fields(object, "preview");
  const auto count = [&](const char* key, std::int64_t most) { return static_cast<int>(fields.integer(key, 1, most)); };
  PreviewInfo info;
  info.version = fields.text("version", kMostVersion);
  info.interval_us = fields.integer("interval_us", 1000, kMostIntervalUs);
  info.tile_width = count("tile_width", kMostTileSide);
  info.tile_height = count("tile_height", kMostTileSide);
  info.columns = count("columns", kMostTilesAcross);
  info.rows = count("rows", kMostTilesAcross);
  info.sheets = count("sheets", kMostSheets);
  info.tiles = count("tiles", kMostSheets * kMostTilesAcross);
  if (std::int64_t{info.tiles} > std::int64_t{info.sheets} * info.columns * info.rows)
    fields.complain("tiles", "are more than the sheets hold");
  if (!fields.is_ok()) return fail(fields.error());
  return info;
}

Result<SubtitleInfo> parse_subtitle(const json& object) {
  Fields fields(object, "subtitle");
  SubtitleInfo info;
  info.subtitle = static_cast<int>(fields.integer("subtitle", 0, 10'000));
  info.language = fields.text("language", kMostName);
  info.title = fields.text("title", kMostName);
  info.format = fields.text("format", kMostVersion);
  info.is_forced = fields.boolean("is_forced");
  info.is_for_deaf = fields.boolean("is_for_deaf");
  // Which older servers do not tell.
  if (object.is_object() && object.contains("is_default")) info.is_default = fields.boolean("is_default");
  if (!fields.is_ok()) return fail(fields.error());
  return info;
}

Result<media::Chapter> parse_chapter(const json& object) {
  Fields fields(object, "chapter");
  media::Chapter chapter{.start_us = fields.integer("start_us", INT64_MIN, INT64_MAX),
                         .end_us = fields.integer("end_us", INT64_MIN, INT64_MAX),
                         .title = fields.text("title", kMostName)};
  if (!fields.is_ok()) return fail(fields.error());
  return chapter;
}

}  // namespace

PreviewInfo::Place PreviewInfo::place_of(std::int64_t time_us) const {
  const std::int64_t nearest =
      (std::max<std::int64_t>(time_us, 0) + interval_us / 2) / std::max<std::int64_t>(interval_us, 1);
  const int tile = static_cast<int>(std::min<std::int64_t>(nearest, std::max(tiles - 1, 0)));
  const int in_sheet = std::max(columns * rows, 1);
  const int rest = tile % in_sheet;
  return {.sheet = tile / in_sheet, .column = rest % std::max(columns, 1), .row = rest / std::max(columns, 1)};
}

Result<std::vector<LibraryRoot>> parse_roots(const json& result) {
  return parse_list<LibraryRoot>(result, "library.roots", "roots", kMostRoots, parse_root);
}

Result<std::vector<LibraryFolder>> parse_folders(const json& result) {
  return parse_list<LibraryFolder>(result, "library.folders", "folders", kMostFolders, parse_folder);
}

Result<MediaDetails> parse_details(const json& result) {
  Fields fields(result, "library.get");
  MediaDetails details{.media = fields.text("media", 256),
                       .title = fields.text_or_none("title", kMostFieldText),
                       .root = fields.text_or_none("root", kMostFieldText),
                       .path = fields.text_or_none("path", kMostPath)};
  if (!fields.is_ok()) return fail(fields.error());
  if (const auto preview = result.find("preview"); preview != result.end() && !preview->is_null()) {
    ZOE_TRY(details.preview, parse_preview(*preview));
  }
  if (result.contains("subtitles")) {
    ZOE_TRY(details.subtitles,
            parse_list<SubtitleInfo>(result, "library.get", "subtitles", kMostSubtitles, parse_subtitle));
  }
  if (result.contains("chapters")) {
    ZOE_TRY(details.chapters,
            parse_list<media::Chapter>(result, "library.get", "chapters", kMostChapters, parse_chapter));
    std::stable_sort(details.chapters.begin(), details.chapters.end(),
                     [](const media::Chapter& a, const media::Chapter& b) { return a.start_us < b.start_us; });
  }
  return details;
}

}  // namespace zoe::player
