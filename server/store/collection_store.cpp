// Favourites and ratings; playlists are in playlist_store.cpp.
#include "server/store/collection_store.hpp"

#include <fmt/format.h>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {

Status CollectionStore::add_favourite(PersonId person, const std::string& media, const std::string& title,
                                      std::int64_t now_utc_ns) {
  ZOE_CHECK(check_text(media, "the media"));
  ZOE_CHECK(check_text(title, "the title"));
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    const long long now = now_utc_ns;
    long long others = 0;
    sql << "select count(*) from favourites where person = :person and media <> :media", soci::use(id),
        soci::use(media), soci::into(others);
    if (others >= static_cast<long long>(kMostFavourites))
      return fail(Errc::kTooLarge, fmt::format("a person has at most {} favourites", kMostFavourites));
    sql << "insert into favourites (person, media, title, added_ns) values (:person, :media, :title, :now) "
           "on conflict (person, media) do update set title = excluded.title",
        soci::use(id), soci::use(media), soci::use(title), soci::use(now);
    return {};
  });
}

Status CollectionStore::remove_favourite(PersonId person, const std::string& media) {
  ZOE_CHECK(check_text(media, "the media"));
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    sql << "delete from favourites where person = :person and media = :media", soci::use(id), soci::use(media);
    return {};
  });
}

Result<std::vector<Favourite>> CollectionStore::favourites(PersonId person) {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<Favourite>> {
    const long long id = person;
    Favourite row;
    long long added = 0;
    soci::statement statement = (sql.prepare << "select media, title, added_ns from favourites where person = :person "
                                                "order by added_ns desc, media",
                                 soci::use(id), soci::into(row.media), soci::into(row.title), soci::into(added));
    std::vector<Favourite> all;
    statement.execute();
    while (statement.fetch()) all.push_back({row.media, row.title, added});
    return all;
  });
}

Status CollectionStore::rate(PersonId person, const std::string& media, const std::string& title, int stars,
                             std::int64_t now_utc_ns) {
  ZOE_CHECK(check_text(media, "the media"));
  ZOE_CHECK(check_text(title, "the title"));
  if (stars < 0 || stars > 5) return fail(Errc::kInvalidArgument, "a rating has 1 to 5 stars, or 0 for none");
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    const long long now = now_utc_ns;
    if (stars == 0)
      sql << "delete from ratings where person = :person and media = :media", soci::use(id), soci::use(media);
    else
      sql << "insert into ratings (person, media, title, stars, rated_ns) "
             "values (:person, :media, :title, :stars, :now) on conflict (person, media) do update set "
             "title = excluded.title, stars = excluded.stars, rated_ns = excluded.rated_ns",
          soci::use(id), soci::use(media), soci::use(title), soci::use(stars), soci::use(now);
    return {};
  });
}

Result<std::vector<Rating>> CollectionStore::ratings(PersonId person) {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<Rating>> {
    const long long id = person;
    Rating row;
    long long rated = 0;
    soci::statement statement =
        (sql.prepare << "select media, title, stars, rated_ns from ratings where person = :person "
                        "order by rated_ns desc, media",
         soci::use(id), soci::into(row.media), soci::into(row.title), soci::into(row.stars), soci::into(rated));
    std::vector<Rating> all;
    statement.execute();
    while (statement.fetch()) all.push_back({row.media, row.title, row.stars, rated});
    return all;
  });
}

}  // namespace zoe::server
