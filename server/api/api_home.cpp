// What to watch now: what was begun, what is recommended, what is new.
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/media_view.hpp"
#include "server/api/personal.hpp"
#include "server/api/recommendations.hpp"
#include "server/api/resume_rules.hpp"
#include "server/library/library.hpp"
#include "server/store/collection_store.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostLookedAt = 200;

// What the person who asks has done; nothing for a guest.
struct Past {
  std::vector<Progress> progress;  // newest first
  std::vector<Favourite> favourites;
  std::vector<WatchSignal> signals;
};

Result<Past> past_of(const Call& call) {
  Past past;
  if (!is_person(*call.identity)) return past;
  ZOE_TRY(const PersonId person, person_of(call));
  Store& store = call.services.store;
  ZOE_TRY(past.progress, store.history().recent(person, HistoryStore::Which::kAll, 10'000));
  ZOE_TRY(past.favourites, store.collections().favourites(person));
  ZOE_TRY(const auto ratings, store.collections().ratings(person));
  std::map<std::string, WatchedPart> parts;
  for (const Progress& each : past.progress)
    parts[each.media] = {person, each.media, each.position_us,   each.duration_us, each.is_watched,
                         0,      false,      each.updated_utc_ns};
  const auto part_of = [&](const std::string& media, std::int64_t utc_ns) -> WatchedPart& {
    return parts.try_emplace(media, WatchedPart{.person = person, .media = media, .updated_utc_ns = utc_ns})
        .first->second;
  };
  for (const Favourite& each : past.favourites) part_of(each.media, each.added_utc_ns).is_favourite = true;
  for (const Rating& each : ratings) part_of(each.media, each.utc_ns).stars = each.stars;
  for (const auto& [media, part] : parts) past.signals.push_back(signal_of(part));
  return past;
}

// What was begun and not finished; behind each media that was finished, the next of its folder.
json continued(const Call& call, const Past& past, const RecommendModel& model, std::size_t limit) {
  std::set<std::string> told;
  std::set<std::string> watched;
  for (const Progress& each : past.progress)
    if (each.is_watched) watched.insert(each.media);
  json items = json::array();
  const auto add = [&](const std::string& media) {
    const MediaEntryPtr entry = call.library().find(media);
    if (entry && told.insert(media).second) items.push_back(media_view(*entry));
  };
  for (std::size_t i = 0; i < std::min(past.progress.size(), kMostLookedAt) && items.size() < limit; ++i) {
    const Progress& each = past.progress[i];
    if (!each.is_watched) {
      if (resume_position(each.position_us, each.duration_us, false) > 0) add(each.media);
      continue;
    }
    const std::string next = model.next_in_folder(each.media);
    const bool is_begun = std::any_of(past.progress.begin(), past.progress.end(),
                                      [&](const Progress& other) { return other.media == next; });
    if (!next.empty() && !watched.contains(next) && !is_begun) add(next);
  }
  return items;
}

std::string title_of_media(const Call& call, const std::string& media) {
  const MediaEntryPtr entry = call.library().find(media);
  return entry ? entry->title : std::string();
}

json reason_view(const Call& call, const Recommendation& recommendation) {
  const std::string title = title_of_media(call, recommendation.because);
  json reason;
  switch (recommendation.kind) {
    case ReasonKind::kBecauseWatched:
      reason = {{"kind", "because_watched"}, {"text", fmt::format("Because you watched \u201C{}\u201D", title)}};
      break;
    case ReasonKind::kNextInFolder:
      reason = {{"kind", "next_in_folder"}, {"text", fmt::format("Next after \u201C{}\u201D", title)}};
      break;
    case ReasonKind::kOthersWatched:
      reason = {{"kind", "others_watched"},
                {"text", fmt::format("Others who watched \u201C{}\u201D watched this", title)}};
      break;
    case ReasonKind::kPopular:
      reason = {{"kind", "popular"}, {"text", "Popular on this server"}};
      break;
    case ReasonKind::kNew:
      reason = {{"kind", "new"}, {"text", "New in the library"}};
      break;
  }
  if (!recommendation.because.empty()) {
    reason["media"] = recommendation.because;
    reason["title"] = title;
  }
  return reason;
}

json recommended(const Call& call, const std::vector<Recommendation>& recommendations) {
  json media = json::array();
  json all = json::array();
  for (const Recommendation& each : recommendations) {
    const MediaEntryPtr entry = call.library().find(each.media);
    if (!entry) continue;
    media.push_back(media_view(*entry));
    all.push_back({{"reason", reason_view(call, each)}});
  }
  add_personal(call, media);
  for (std::size_t i = 0; i < all.size(); ++i) all[i]["media"] = std::move(media[i]);
  return all;
}

RecommendModel::Visible visible(const Call& call) {
  return [library = call.library()](const std::string& media) { return library.find(media) != nullptr; };
}

}  // namespace

Answer home_get(const Call& call) {
  ZOE_TRY(const std::int64_t limit_param, call.params.integer("limit", 1, 100, 20));
  const auto limit = static_cast<std::size_t>(limit_param);
  ZOE_TRY(const Past past, past_of(call));
  const auto model = call.services.recommendations.model();
  json recent = json::array();
  const LibraryPage newest =
      call.library().list({.sort = SortBy::kAdded, .order = SortOrder::kDescending, .limit = limit});
  for (const MediaEntryPtr& each : newest.items) recent.push_back(media_view(*each));
  json favourites = json::array();
  for (const Favourite& each : past.favourites)
    if (const MediaEntryPtr entry = call.library().find(each.media); entry && favourites.size() < limit)
      favourites.push_back(media_view(*entry));
  json begun = continued(call, past, *model, limit);
  add_personal(call, begun);
  add_personal(call, recent);
  add_personal(call, favourites);
  return json{{"continue", std::move(begun)},
              {"recommended", recommended(call, model->recommend(past.signals, visible(call), limit))},
              {"recent", std::move(recent)},
              {"favourites", std::move(favourites)}};
}

Answer recommendations_get(const Call& call) {
  ZOE_TRY(const std::int64_t limit_param, call.params.integer("limit", 1, 100, 20));
  const auto limit = static_cast<std::size_t>(limit_param);
  ZOE_TRY(const Past past, past_of(call));
  const auto model = call.services.recommendations.model();
  if (!call.params.has("media"))
    return json{{"recommended", recommended(call, model->recommend(past.signals, visible(call), limit))}};
  ZOE_TRY(const MediaEntryPtr entry, media_of(call));
  return json{{"recommended", recommended(call, model->following(entry->id, past.signals, visible(call), limit))}};
}

}  // namespace zoe::server::handlers
