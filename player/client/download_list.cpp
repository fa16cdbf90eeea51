#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/download_names.hpp"
#include "player/client/download_types.hpp"
#include "player/client/json_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kMostPath = 16'384;

constexpr std::array<std::pair<DownloadStage, std::string_view>, 4> kStages{{
    {DownloadStage::kQueued, "queued"},
    {DownloadStage::kPaused, "paused"},
    {DownloadStage::kFailed, "failed"},
    {DownloadStage::kDone, "done"},
}};

std::string_view stage_text(DownloadStage stage) {
  for (const auto& [each, name] : kStages)
    if (each == stage) return name;
  return "queued";
}

json to_json(const SavedDownload& each) {
  return {{"server", each.source.server},  {"media", each.source.media},      {"root", each.source.root},
          {"path", each.source.path},      {"title", each.source.title},      {"address", each.address},
          {"folder", each.folder},         {"wanted_name", each.wanted_name}, {"name", each.name},
          {"size_bytes", each.size_bytes}, {"stage", stage_text(each.stage)}, {"note", each.note}};
}

Result<SavedDownload> parse_download(const json& object) {
  Fields fields(object, "download");
  SavedDownload saved;
  saved.source = {.server = fields.text("server", 1024),
                  .media = fields.text("media", 256),
                  .root = fields.text("root"),
                  .path = fields.text("path", kMostPath),
                  .title = fields.text("title")};
  saved.address = fields.text("address", 1024);
  saved.folder = fields.text("folder");
  saved.wanted_name = fields.text("wanted_name", kMostPath);
  saved.name = fields.text("name", 256);
  saved.size_bytes = static_cast<std::uint64_t>(fields.integer("size_bytes", 0, INT64_MAX));
  saved.note = fields.text("note", 1024);
  const std::string stage = fields.text("stage", 16);
  const auto* found =
      std::find_if(kStages.begin(), kStages.end(), [&](const auto& each) { return each.second == stage; });
  if (found == kStages.end()) fields.complain("stage", "is unknown");
  // It becomes part of paths.
  if (!saved.name.empty() && saved.name != safe_file_name(saved.name)) fields.complain("name", "is no file name");
  if (saved.folder.empty() || saved.folder.find('\0') != std::string::npos) fields.complain("folder", "is no folder");
  if (!fields.is_ok()) return fail(fields.error());
  saved.stage = found->first;
  return saved;
}

}  // namespace

std::string to_text(const DownloadList& list) {
  json downloads = json::array();
  for (const SavedDownload& each : list.downloads) downloads.push_back(to_json(each));
  const json root = {{"format", kFormat},
                     {"folder", list.folder},
                     {"most_at_once", list.most_at_once},
                     {"downloads", std::move(downloads)}};
  return root.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<DownloadList> parse_download_list(Bytes text) {
  ZOE_TRY(const json root, net::parse_json_object(as_text(text), kMostListBytes));
  Fields fields(root, "downloads");
  DownloadList list;
  fields.integer("format", kFormat, kFormat);
  list.folder = fields.text("folder");
  list.most_at_once = static_cast<int>(fields.integer("most_at_once", 1, kMostAtOnce));
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(list.downloads, parse_list<SavedDownload>(root, "downloads", "downloads", kMostDownloads, parse_download));
  return list;
}

}  // namespace zoe::player
