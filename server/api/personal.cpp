#include "server/api/personal.hpp"

#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "server/api/media_view.hpp"
#include "server/api/resume_rules.hpp"
#include "server/library/library.hpp"
#include "server/store/collection_store.hpp"
#include "server/store/store.hpp"

namespace zoe::server {

using nlohmann::json;

bool is_person(const Identity& identity) { return identity.user_id != 0 && !identity.ticket; }

Result<PersonId> person_of(const Call& call) {
  const Identity& who = *call.identity;
  return call.services.store.people().enter({who.provider, who.user_id}, who.name, call.services.clock.utc_ns());
}

bool is_hidden(const Call& call, const std::string& media) {
  const MediaEntryPtr entry = call.services.whole_library.find(media);
  return entry && !call.services.access.may_see(*call.identity, entry->root);
}

Result<MediaEntryPtr> media_of(const Call& call) {
  ZOE_TRY(const std::string id, call.params.text("media", kMostMediaId));
  MediaEntryPtr entry = call.library().find(id);
  if (!entry) return fail(Errc::kNotFound, "there is no media \"" + id + "\"");
  return entry;
}

void tell(const Call& call, std::string_view what, std::string_view media) {
  if (call.services.tell_person) call.services.tell_person(call.session, personal_changed_event(what, media));
}

json progress_view(const Progress& progress) {
  return {{"position_us", progress.position_us},
          {"is_watched", progress.is_watched},
          {"updated_utc_ns", progress.updated_utc_ns},
          {"resume_us", resume_position(progress.position_us, progress.duration_us, progress.is_watched)}};
}

json media_or_title(const Call& call, const std::string& media, const std::string& title) {
  if (const MediaEntryPtr entry = call.library().find(media)) return media_view(*entry);
  return {{"media", media}, {"title", title}, {"is_available", false}};
}

void add_personal(const Call& call, json& items) {
  if (!call.identity || !is_person(*call.identity) || items.empty()) return;
  const auto known = call.services.store.people().find({call.identity->provider, call.identity->user_id});
  if (!known || !*known) return;
  const PersonId person = (*known)->id;
  std::unordered_map<std::string, json*> by_media;
  std::vector<std::string> names;
  for (json& item : items) {
    const std::string media = item.at("media").get<std::string>();
    if (by_media.emplace(media, &item).second) names.push_back(media);
  }
  if (const auto progress = call.services.store.history().progress_of(person, names))
    for (const Progress& each : *progress) (*by_media.at(each.media))["progress"] = progress_view(each);
  if (const auto favourites = call.services.store.collections().favourites(person))
    for (const Favourite& each : *favourites)
      if (const auto found = by_media.find(each.media); found != by_media.end())
        (*found->second)["is_favourite"] = true;
  if (const auto ratings = call.services.store.collections().ratings(person))
    for (const Rating& each : *ratings)
      if (const auto found = by_media.find(each.media); found != by_media.end()) (*found->second)["stars"] = each.stars;
}

}  // namespace zoe::server
