// The playlists of CollectionStore.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "server/store/collection_store.hpp"
#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostNameBytes = 200;

Error missing(std::int64_t id) { return {Errc::kNotFound, fmt::format("there is no playlist {}", id)}; }

Status check_name(const std::string& name) {
  ZOE_CHECK(check_text(name, "the playlist's name"));
  if (name.empty() || name.size() > kMostNameBytes)
    return fail(Errc::kInvalidArgument, fmt::format("a playlist's name has 1 to {} bytes", kMostNameBytes));
  return {};
}

// What the person that asks sees of each playlist that they may see.
constexpr const char* kInfo =
    "select l.id, l.owner, o.name, l.name, l.sharing, l.revision, l.updated_ns, "
    "(select count(*) from playlist_entries e where e.playlist = l.id), coalesce(s.may_edit, 0) "
    "from playlists l join people o on o.id = l.owner "
    "left join playlist_shares s on s.playlist = l.id and s.person = :me1 and l.sharing <> 1 "
    "where (l.owner = :me2 or l.sharing = 3 or (l.sharing = 2 and s.person is not null)) ";

class InfoRow {
 public:
  template <typename Statement>
  void add_to(Statement& statement) {
    statement.exchange(soci::into(id_));
    statement.exchange(soci::into(owner_));
    statement.exchange(soci::into(owner_name_));
    statement.exchange(soci::into(name_));
    statement.exchange(soci::into(sharing_));
    statement.exchange(soci::into(revision_));
    statement.exchange(soci::into(updated_));
    statement.exchange(soci::into(entries_));
    statement.exchange(soci::into(may_edit_));
  }
  PlaylistInfo info(PersonId me) const {
    return {.id = id_,
            .owner = owner_,
            .owner_name = owner_name_,
            .name = name_,
            .sharing = static_cast<Sharing>(sharing_),
            .may_edit = owner_ == me || may_edit_ != 0,
            .entries = entries_,
            .updated_utc_ns = updated_,
            .revision = revision_};
  }

 private:
  long long id_ = 0;
  long long owner_ = 0;
  std::string owner_name_;
  std::string name_;
  int sharing_ = 0;
  long long revision_ = 0;
  long long updated_ = 0;
  long long entries_ = 0;
  int may_edit_ = 0;
};

std::vector<PlaylistInfo> read_infos(soci::session& sql, PersonId person, std::int64_t only) {
  const long long me = person;
  const long long id = only;
  InfoRow row;
  soci::statement statement(sql);
  row.add_to(statement);
  statement.exchange(soci::use(me));
  statement.exchange(soci::use(me));
  if (only != 0) statement.exchange(soci::use(id));
  statement.alloc();
  statement.prepare(std::string(kInfo) + (only != 0 ? "and l.id = :id" : "order by l.name, l.id"));
  statement.define_and_bind();
  statement.execute();
  std::vector<PlaylistInfo> infos;
  while (statement.fetch()) infos.push_back(row.info(person));
  return infos;
}

Result<PlaylistInfo> read_info(soci::session& sql, PersonId person, std::int64_t id) {
  const std::vector<PlaylistInfo> infos = read_infos(sql, person, id > 0 ? id : -1);
  if (infos.empty()) return fail(missing(id));
  return infos.front();
}

Result<PlaylistInfo> own(soci::session& sql, PersonId person, std::int64_t id) {
  ZOE_TRY(PlaylistInfo info, read_info(sql, person, id));
  if (info.owner != person)
    return fail(Errc::kDenied,
                fmt::format("\"{}\" is {}'s playlist: only they can do that", info.name, info.owner_name));
  return info;
}

Result<PlaylistInfo> editable(soci::session& sql, PersonId person, std::int64_t id) {
  ZOE_TRY(PlaylistInfo info, read_info(sql, person, id));
  if (!info.may_edit)
    return fail(Errc::kDenied,
                fmt::format("\"{}\" may be watched but not changed: ask {}", info.name, info.owner_name));
  return info;
}

std::int64_t touch(soci::session& sql, std::int64_t playlist, std::int64_t now_utc_ns) {
  const long long id = playlist;
  const long long now = now_utc_ns;
  long long revision = 0;
  sql << "update playlists set revision = revision + 1, updated_ns = :now where id = :id returning revision",
      soci::use(now), soci::use(id), soci::into(revision);
  return revision;
}

Status check_name_is_free(soci::session& sql, PersonId person, const std::string& name, std::int64_t but) {
  const long long me = person;
  const long long id = but;
  long long found = 0;
  sql << "select count(*) from playlists where owner = :me and name = :name and id <> :id", soci::use(me),
      soci::use(name), soci::use(id), soci::into(found);
  if (found > 0) return fail(Errc::kConflict, "you have a playlist \"" + name + "\" already: choose another name");
  return {};
}

struct Place {
  std::int64_t id = 0;
  std::int64_t place = 0;
};

std::vector<Place> read_places(soci::session& sql, std::int64_t playlist) {
  const long long id = playlist;
  long long entry = 0;
  long long place = 0;
  soci::statement statement =
      (sql.prepare << "select id, place from playlist_entries where playlist = :id order by place, id", soci::use(id),
       soci::into(entry), soci::into(place));
  statement.execute();
  std::vector<Place> places;
  while (statement.fetch()) places.push_back({entry, place});
  return places;
}

// The place before that of the entry at `index`, with `count` free ones from it on; those behind it move up.
std::int64_t make_room(soci::session& sql, std::int64_t playlist, const std::vector<Place>& places, std::size_t index,
                       std::size_t count) {
  if (index >= places.size()) return places.empty() ? 0 : places.back().place + 1;
  const long long id = playlist;
  const long long from = places[index].place;
  const auto by = static_cast<long long>(count);
  sql << "update playlist_entries set place = place + :by where playlist = :id and place >= :from", soci::use(by),
      soci::use(id), soci::use(from);
  return from;
}

}  // namespace

Result<std::vector<PlaylistInfo>> CollectionStore::playlists(PersonId person) {
  return database_.read_value(
      [&](soci::session& sql) -> Result<std::vector<PlaylistInfo>> { return read_infos(sql, person, 0); });
}

Result<Playlist> CollectionStore::playlist(PersonId person, std::int64_t id) {
  return database_.read_value([&](soci::session& sql) -> Result<Playlist> {
    Playlist playlist;
    ZOE_TRY(playlist.info, read_info(sql, person, id));
    const long long number = id;
    PlaylistEntry entry;
    long long entry_id = 0;
    soci::statement entries =
        (sql.prepare << "select id, media, title from playlist_entries where playlist = :id "
                        "order by place, id",
         soci::use(number), soci::into(entry_id), soci::into(entry.media), soci::into(entry.title));
    entries.execute();
    while (entries.fetch()) playlist.entries.push_back({entry_id, entry.media, entry.title});
    if (playlist.info.owner != person) return playlist;
    std::string name;
    long long with = 0;
    int may_edit = 0;
    soci::statement shares = (sql.prepare << "select s.person, p.name, s.may_edit from playlist_shares s "
                                             "join people p on p.id = s.person where s.playlist = :id order by p.name",
                              soci::use(number), soci::into(with), soci::into(name), soci::into(may_edit));
    shares.execute();
    while (shares.fetch()) playlist.shares.push_back({with, name, may_edit != 0});
    return playlist;
  });
}

Result<PlaylistInfo> CollectionStore::create_playlist(PersonId person, const std::string& name,
                                                      std::int64_t now_utc_ns) {
  ZOE_CHECK(check_name(name));
  return database_.write_value([&](soci::session& sql) -> Result<PlaylistInfo> {
    const long long me = person;
    const long long now = now_utc_ns;
    ZOE_CHECK(check_name_is_free(sql, person, name, 0));
    long long count = 0;
    sql << "select count(*) from playlists where owner = :me", soci::use(me), soci::into(count);
    if (count >= static_cast<long long>(kMostPlaylists))
      return fail(Errc::kTooLarge, fmt::format("a person has at most {} playlists", kMostPlaylists));
    long long id = 0;
    sql << "insert into playlists (owner, name, sharing, revision, updated_ns) values (:me, :name, 1, 1, :now) "
           "returning id",
        soci::use(me), soci::use(name), soci::use(now), soci::into(id);
    return read_info(sql, person, id);
  });
}

Status CollectionStore::rename_playlist(PersonId person, std::int64_t id, const std::string& name,
                                        std::int64_t now_utc_ns) {
  ZOE_CHECK(check_name(name));
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(own(sql, person, id));
    ZOE_CHECK(check_name_is_free(sql, person, name, id));
    const long long number = id;
    sql << "update playlists set name = :name where id = :id", soci::use(name), soci::use(number);
    touch(sql, id, now_utc_ns);
    return {};
  });
}

Status CollectionStore::delete_playlist(PersonId person, std::int64_t id) {
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(own(sql, person, id));
    const long long number = id;
    sql << "delete from playlists where id = :id", soci::use(number);
    return {};
  });
}

Status CollectionStore::share_playlist(PersonId person, std::int64_t id, Sharing sharing, std::int64_t now_utc_ns) {
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(own(sql, person, id));
    const long long number = id;
    const int how = static_cast<int>(sharing);
    sql << "update playlists set sharing = :how where id = :id", soci::use(how), soci::use(number);
    touch(sql, id, now_utc_ns);
    return {};
  });
}

Status CollectionStore::share_with(PersonId person, std::int64_t id, PersonId with, bool may_edit,
                                   std::int64_t now_utc_ns) {
  if (with == person) return fail(Errc::kInvalidArgument, "it is your own playlist");
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(own(sql, person, id));
    const long long number = id;
    const long long other = with;
    const int edit = may_edit ? 1 : 0;
    sql << "insert into playlist_shares (playlist, person, may_edit) values (:id, :other, :edit) "
           "on conflict (playlist, person) do update set may_edit = excluded.may_edit",
        soci::use(number), soci::use(other), soci::use(edit);
    touch(sql, id, now_utc_ns);
    return {};
  });
}

Status CollectionStore::unshare_with(PersonId person, std::int64_t id, PersonId with, std::int64_t now_utc_ns) {
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(own(sql, person, id));
    const long long number = id;
    const long long other = with;
    sql << "delete from playlist_shares where playlist = :id and person = :other", soci::use(number), soci::use(other);
    touch(sql, id, now_utc_ns);
    return {};
  });
}

Result<std::int64_t> CollectionStore::add_entries(PersonId person, std::int64_t id,
                                                  const std::vector<NewEntry>& entries, std::size_t at,
                                                  std::int64_t now_utc_ns) {
  for (const NewEntry& each : entries) {
    ZOE_CHECK(check_text(each.media, "the media"));
    ZOE_CHECK(check_text(each.title, "the title"));
  }
  return database_.write_value([&](soci::session& sql) -> Result<std::int64_t> {
    ZOE_CHECK(editable(sql, person, id));
    const std::vector<Place> places = read_places(sql, id);
    if (places.size() + entries.size() > kMostEntries)
      return fail(Errc::kTooLarge, fmt::format("a playlist has at most {} entries", kMostEntries));
    const long long number = id;
    long long place = make_room(sql, id, places, at, entries.size());
    for (const NewEntry& each : entries) {
      sql << "insert into playlist_entries (playlist, place, media, title) values (:id, :place, :media, :title)",
          soci::use(number), soci::use(place), soci::use(each.media), soci::use(each.title);
      ++place;
    }
    return touch(sql, id, now_utc_ns);
  });
}

Result<std::int64_t> CollectionStore::remove_entries(PersonId person, std::int64_t id,
                                                     const std::vector<std::int64_t>& entries,
                                                     std::int64_t now_utc_ns) {
  return database_.write_value([&](soci::session& sql) -> Result<std::int64_t> {
    ZOE_CHECK(editable(sql, person, id));
    const long long number = id;
    for (const std::int64_t each : entries) {
      const long long entry = each;
      long long found = 0;
      sql << "delete from playlist_entries where playlist = :id and id = :entry returning id", soci::use(number),
          soci::use(entry), soci::into(found);
      if (!sql.got_data()) return fail(Errc::kNotFound, fmt::format("the playlist has no entry {}", each));
    }
    return touch(sql, id, now_utc_ns);
  });
}

Result<std::int64_t> CollectionStore::move_entry(PersonId person, std::int64_t id, std::int64_t entry, std::size_t to,
                                                 std::int64_t now_utc_ns) {
  return database_.write_value([&](soci::session& sql) -> Result<std::int64_t> {
    ZOE_CHECK(editable(sql, person, id));
    std::vector<Place> places = read_places(sql, id);
    const auto found = std::find_if(places.begin(), places.end(), [&](const Place& each) { return each.id == entry; });
    if (found == places.end()) return fail(Errc::kNotFound, fmt::format("the playlist has no entry {}", entry));
    places.erase(found);  // `to` counts without it
    const long long place = make_room(sql, id, places, to, 1);
    const long long number = entry;
    sql << "update playlist_entries set place = :place where id = :id", soci::use(place), soci::use(number);
    return touch(sql, id, now_utc_ns);
  });
}

}  // namespace zoe::server
