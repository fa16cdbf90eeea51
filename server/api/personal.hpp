// What the handlers of personal methods share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "server/api/api.hpp"
#include "server/library/media_entry.hpp"
#include "server/store/history_store.hpp"

namespace zoe::server {

inline constexpr std::size_t kMostMediaId = 64;

// True for who has an account.
bool is_person(const Identity& identity);

// The number of the person who asks; the access check has seen that they have an account.
Result<PersonId> person_of(const Call& call);

// Whether there is such a media but not for who asks: then nothing may tell of it, not even what they did with it
// before.
bool is_hidden(const Call& call, const std::string& media);

// The media named by `params.media`. kNotFound.
Result<MediaEntryPtr> media_of(const Call& call);

// Adds `progress`, `is_favourite` and `stars` to views of media, for who has an account. Where the database cannot be
// asked they are left out: the library is there all the same.
void add_personal(const Call& call, nlohmann::json& items);

// The event to the person's other connections.
void tell(const Call& call, std::string_view what, std::string_view media = {});

nlohmann::json progress_view(const Progress& progress);

// A view of the media, or what is remembered of one that the library does not have (any more).
nlohmann::json media_or_title(const Call& call, const std::string& media, const std::string& title);

}  // namespace zoe::server
