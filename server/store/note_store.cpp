#include "server/store/note_store.hpp"

#include <bit>

#include <fmt/format.h>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

constexpr const char* kColumns =
    "select notes.id, notes.media, notes.time_us, notes.room, people.provider, people.user_id, notes.name, "
    "notes.shape, notes.created_ns from notes left join people on people.id = notes.person ";

struct Row {
  long long id = 0;
  std::string media;
  long long time_us = 0;
  std::string room;
  std::string provider;
  soci::indicator has_provider = soci::i_null;
  long long user_id = 0;
  soci::indicator has_user = soci::i_null;
  std::string name;
  std::string shape;
  long long created = 0;

  Note note() const {
    Note note{.id = id,
              .media = media,
              .time_us = time_us,
              .room = room,
              .account = {},
              .name = name,
              .shape = shape,
              .created_utc_ns = created};
    if (has_provider == soci::i_ok && has_user == soci::i_ok)
      note.account = {provider, std::bit_cast<std::uint64_t>(user_id)};
    return note;
  }
};

}  // namespace

Result<std::int64_t> NoteStore::add(const Note& note) {
  for (const std::string* text : {&note.media, &note.room, &note.account.provider, &note.name, &note.shape})
    ZOE_CHECK(check_text(*text, "a drawing"));
  if (note.shape.size() > kMostShapeBytes)
    return fail(Errc::kTooLarge, fmt::format("a drawing has at most {} bytes", kMostShapeBytes));
  return database_.write_value([&](soci::session& sql) -> Result<std::int64_t> {
    long long count = 0;
    sql << "select count(*) from notes where media = :media", soci::use(note.media), soci::into(count);
    if (count >= static_cast<long long>(kMostOfMedia))
      return fail(Errc::kTooLarge, fmt::format("a video has at most {} drawings: delete some", kMostOfMedia));
    long long person = 0;
    soci::indicator has_person = soci::i_null;
    const long long created = note.created_utc_ns;
    if (note.account.user_id != 0) {
      const auto user = std::bit_cast<long long>(note.account.user_id);
      sql << "insert into people (provider, user_id, name, created_ns) values (:provider, :user, :name, :now) "
             "on conflict (provider, user_id) do nothing",
          soci::use(note.account.provider), soci::use(user), soci::use(note.name), soci::use(created);
      sql << "select id from people where provider = :provider and user_id = :user", soci::use(note.account.provider),
          soci::use(user), soci::into(person);
      has_person = soci::i_ok;
    }
    const long long time = note.time_us;
    long long id = 0;
    sql << "insert into notes (media, time_us, room, person, name, shape, created_ns) values (:media, :time, :room, "
           ":person, :name, :shape, :created) returning id",
        soci::use(note.media), soci::use(time), soci::use(note.room), soci::use(person, has_person),
        soci::use(note.name), soci::use(note.shape), soci::use(created), soci::into(id);
    return std::int64_t{id};
  });
}

Result<NotePage> NoteStore::list(const std::string& media, std::size_t offset, std::size_t limit) {
  ZOE_CHECK(check_text(media, "the media"));
  return database_.read_value([&](soci::session& sql) -> Result<NotePage> {
    NotePage page;
    long long total = 0;
    sql << "select count(*) from notes where media = :media", soci::use(media), soci::into(total);
    page.total = total;
    Row row;
    const auto from = static_cast<long long>(offset);
    const auto most = static_cast<long long>(limit);
    soci::statement all =
        (sql.prepare << std::string(kColumns) +
                            "where notes.media = :media order by notes.time_us, notes.id limit :most offset :from",
         soci::use(media), soci::use(most), soci::use(from), soci::into(row.id), soci::into(row.media),
         soci::into(row.time_us), soci::into(row.room), soci::into(row.provider, row.has_provider),
         soci::into(row.user_id, row.has_user), soci::into(row.name), soci::into(row.shape), soci::into(row.created));
    all.execute();
    while (all.fetch()) page.notes.push_back(row.note());
    return page;
  });
}

Result<std::optional<Note>> NoteStore::find(std::int64_t id) {
  return database_.read_value([&](soci::session& sql) -> Result<std::optional<Note>> {
    Row row;
    const long long number = id;
    sql << std::string(kColumns) + "where notes.id = :id", soci::use(number), soci::into(row.id), soci::into(row.media),
        soci::into(row.time_us), soci::into(row.room), soci::into(row.provider, row.has_provider),
        soci::into(row.user_id, row.has_user), soci::into(row.name), soci::into(row.shape), soci::into(row.created);
    return sql.got_data() ? std::optional(row.note()) : std::nullopt;
  });
}

Status NoteStore::remove(std::int64_t id) {
  return database_.write([&](soci::session& sql) -> Status {
    const long long number = id;
    sql << "delete from notes where id = :id", soci::use(number);
    return {};
  });
}

}  // namespace zoe::server
