#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/media_view.hpp"
#include "server/api/personal.hpp"
#include "server/library/library.hpp"
#include "server/library/utf8_text.hpp"
#include "server/streams/stream_service.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostSearch = 256;
constexpr std::size_t kMostId = 64;
constexpr std::size_t kMostPlace = 2048;
constexpr std::size_t kMostFolders = 1000;
constexpr std::size_t kMostProblems = 500;
constexpr std::size_t kMostProblemText = 1024;

Result<SortBy> read_sort(const Params& params) {
  ZOE_TRY(const std::string name, params.text("sort", 16, "title"));
  if (name == "title") return SortBy::kTitle;
  if (name == "duration") return SortBy::kDuration;
  if (name == "added") return SortBy::kAdded;
  if (name == "size") return SortBy::kSize;
  return fail(Errc::kInvalidArgument, "params.sort: must be \"title\", \"duration\", \"added\" or \"size\"");
}

Result<LibraryQuery> read_query(const Params& params) {
  LibraryQuery query;
  ZOE_TRY(query.search, params.text("search", kMostSearch, ""));
  ZOE_TRY(query.sort, read_sort(params));
  ZOE_TRY(query.root, params.text("root", kMostPlace, ""));
  ZOE_TRY(query.folder, params.text("folder", kMostPlace, ""));
  ZOE_TRY(const bool is_descending, params.boolean("is_descending", false));
  query.order = is_descending ? SortOrder::kDescending : SortOrder::kAscending;
  ZOE_TRY(const std::int64_t offset, params.integer("offset", 0, std::numeric_limits<std::int64_t>::max(), 0));
  query.offset = static_cast<std::size_t>(offset);
  ZOE_TRY(const std::int64_t limit, params.integer("limit", 1, 500, 100));
  query.limit = static_cast<std::size_t>(limit);
  return query;
}

}  // namespace

Answer library_list(const Call& call) {
  ZOE_TRY(const LibraryQuery query, read_query(call.params));
  const LibraryPage page = call.library().list(query);
  json items = json::array();
  for (const MediaEntryPtr& entry : page.items) items.push_back(media_view(*entry));
  add_personal(call, items);
  ScanState scan = call.services.whole_library.scan_state();
  // How many files there are is told to who may see them.
  if (!call.library().sees_all()) scan.done = scan.total = scan.pictures_left = 0;
  return json{{"items", std::move(items)},
              {"total", page.total},
              {"scan",
               {{"is_running", scan.is_running},
                {"done", scan.done},
                {"total", scan.total},
                {"pictures_left", scan.pictures_left}}}};
}

Answer library_get(const Call& call) {
  ZOE_TRY(const std::string id, call.params.text("media", kMostId));
  const MediaEntryPtr entry = call.library().find(id);
  if (!entry) return fail(Errc::kNotFound, "there is no media \"" + id + "\"");
  json view = media_view(*entry);
  json one = json::array({std::move(view)});
  add_personal(call, one);
  view = std::move(one[0]);
  view["tracks"] = tracks_view(entry->info);
  view["chapters"] = chapters_view(entry->info);
  view["subtitles"] = subtitles_view(*entry);
  view["preview"] = preview_view(*entry, call.services.whole_library.artwork());
  json renditions = json::array();
  if (const media::TrackInfo* track = entry->info.best_video()) {
    view["video_track"] = track->stream_index;
    for (const RenditionInfo& rendition : call.services.streams.renditions(*track))
      renditions.push_back({{"name", rendition.name},
                            {"codec", rendition.codec},
                            {"width", rendition.width},
                            {"height", rendition.height},
                            {"bit_rate", rendition.bit_rate}});
  }
  view["renditions"] = std::move(renditions);
  return view;
}

Answer library_roots(const Call& call) {
  json roots = json::array();
  for (const auto& [name, count] : call.library().roots()) roots.push_back({{"root", name}, {"media", count}});
  return json{{"roots", std::move(roots)}};
}

Answer library_folders(const Call& call) {
  ZOE_TRY(const std::string root, call.params.text("root", kMostPlace));
  ZOE_TRY(const std::string folder, call.params.text("folder", kMostPlace, ""));
  json folders = json::array();
  for (const FolderCount& each : call.library().folders(root, folder)) {
    if (folders.size() >= kMostFolders) break;
    folders.push_back({{"name", cut_utf8(each.name, kMostPlace)}, {"folder", each.folder}, {"media", each.media}});
  }
  return json{{"folders", std::move(folders)}};
}

Answer library_problems(const Call& call) {
  const auto problems = call.services.whole_library.problems();
  json list = json::array();
  for (const LibraryProblem& problem : problems) {
    if (list.size() >= kMostProblems) break;
    list.push_back(
        {{"path", cut_utf8(problem.path, kMostProblemText)}, {"message", cut_utf8(problem.message, kMostProblemText)}});
  }
  return json{{"problems", std::move(list)}, {"total", problems.size()}};
}

}  // namespace zoe::server::handlers
