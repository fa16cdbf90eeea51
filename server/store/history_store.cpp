#include "server/store/history_store.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostNamed = 500;
constexpr const char* kProgress =
    "select media, title, position_us, duration_us, is_watched, updated_ns from progress ";

// A row of `progress`, and the variables that SOCI fills.
struct ProgressRow {
  std::string media;
  std::string title;
  long long position_us = 0;
  long long duration_us = 0;
  int is_watched = 0;
  long long updated_ns = 0;

  Progress progress() const { return {media, title, position_us, duration_us, is_watched != 0, updated_ns}; }
};

Status check(const ProgressReport& report) {
  ZOE_CHECK(check_text(report.media, "the media"));
  ZOE_CHECK(check_text(report.title, "the title"));
  return check_text(report.client, "the client");
}

std::optional<Progress> read_progress(soci::session& sql, PersonId person, const std::string& media) {
  ProgressRow row;
  const long long id = person;
  sql << kProgress << "where person = :person and media = :media", soci::use(id), soci::use(media),
      soci::into(row.media), soci::into(row.title), soci::into(row.position_us), soci::into(row.duration_us),
      soci::into(row.is_watched), soci::into(row.updated_ns);
  return sql.got_data() ? std::optional(row.progress()) : std::nullopt;
}

void write_progress(soci::session& sql, PersonId person, const Progress& progress) {
  const long long id = person;
  const long long position = progress.position_us;
  const long long duration = progress.duration_us;
  const int is_watched = progress.is_watched ? 1 : 0;
  const long long updated = progress.updated_utc_ns;
  sql << "insert into progress (person, media, title, position_us, duration_us, is_watched, updated_ns) "
         "values (:person, :media, :title, :position, :duration, :watched, :updated) "
         "on conflict (person, media) do update set title = excluded.title, position_us = excluded.position_us, "
         "duration_us = excluded.duration_us, is_watched = excluded.is_watched, updated_ns = excluded.updated_ns",
      soci::use(id), soci::use(progress.media), soci::use(progress.title), soci::use(position), soci::use(duration),
      soci::use(is_watched), soci::use(updated);
}

// Lengthens the sitting that the report belongs to, or begins one.
void write_viewing(soci::session& sql, PersonId person, const ProgressReport& report) {
  const long long id = person;
  const long long at = report.utc_ns;
  const long long position = report.position_us;
  const long long duration = report.duration_us;
  const long long earliest = at - HistoryStore::kSittingGapNs;
  const long long latest = at + HistoryStore::kSittingGapNs;
  long long viewing = 0;
  long long began = 0;
  long long ended = 0;
  sql << "select id, began_ns, ended_ns from viewings where person = :person and media = :media and "
         "client = :client and ended_ns >= :earliest and began_ns <= :latest order by ended_ns desc, id desc limit 1",
      soci::use(id), soci::use(report.media), soci::use(report.client), soci::use(earliest), soci::use(latest),
      soci::into(viewing), soci::into(began), soci::into(ended);
  if (!sql.got_data()) {
    sql << "insert into viewings (person, media, title, client, began_ns, ended_ns, from_us, to_us, duration_us) "
           "values (:person, :media, :title, :client, :began, :ended, :position, :position2, :duration)",
        soci::use(id), soci::use(report.media), soci::use(report.title), soci::use(report.client), soci::use(at),
        soci::use(at), soci::use(position), soci::use(position), soci::use(duration);
  } else if (at >= ended) {
    sql << "update viewings set ended_ns = :at, to_us = :position, duration_us = :duration, title = :title "
           "where id = :id",
        soci::use(at), soci::use(position), soci::use(duration), soci::use(report.title), soci::use(viewing);
  } else if (at < began) {
    sql << "update viewings set began_ns = :at, from_us = :position where id = :id", soci::use(at), soci::use(position),
        soci::use(viewing);
  }
}

}  // namespace

Result<Progress> HistoryStore::report(PersonId person, const ProgressReport& report) {
  ZOE_CHECK(check(report));
  return database_.write_value([&](soci::session& sql) -> Result<Progress> {
    const std::optional<Progress> before = read_progress(sql, person, report.media);
    // At one and the same time the further position wins, whichever came first.
    const bool wins = !before || report.utc_ns > before->updated_utc_ns ||
                      (report.utc_ns == before->updated_utc_ns && report.position_us >= before->position_us);
    write_viewing(sql, person, report);
    if (!wins) return *before;
    const Progress now{report.media,
                       report.title,
                       report.position_us,
                       report.duration_us,
                       report.is_watched.value_or(before && before->is_watched),
                       report.utc_ns};
    write_progress(sql, person, now);
    return now;
  });
}

Result<std::optional<Progress>> HistoryStore::progress(PersonId person, const std::string& media) {
  ZOE_CHECK(check_text(media, "the media"));
  return database_.read_value(
      [&](soci::session& sql) -> Result<std::optional<Progress>> { return read_progress(sql, person, media); });
}

Result<std::vector<Progress>> HistoryStore::progress_of(PersonId person, const std::vector<std::string>& media) {
  if (media.size() > kMostNamed)
    return fail(Errc::kTooLarge, fmt::format("the progress of at most {} media at once", kMostNamed));
  for (const std::string& each : media) ZOE_CHECK(check_text(each, "the media"));
  if (media.empty()) return std::vector<Progress>();
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<Progress>> {
    const long long id = person;
    ProgressRow row;
    std::string names;
    for (std::size_t i = 0; i < media.size(); ++i) names += fmt::format("{}:m{}", i == 0 ? "" : ", ", i);
    soci::statement statement(sql);
    statement.exchange(soci::into(row.media));
    statement.exchange(soci::into(row.title));
    statement.exchange(soci::into(row.position_us));
    statement.exchange(soci::into(row.duration_us));
    statement.exchange(soci::into(row.is_watched));
    statement.exchange(soci::into(row.updated_ns));
    statement.exchange(soci::use(id));
    for (const std::string& each : media) statement.exchange(soci::use(each));
    statement.alloc();
    statement.prepare(std::string(kProgress) + "where person = :person and media in (" + names + ")");
    statement.define_and_bind();
    std::vector<Progress> found;
    statement.execute();
    while (statement.fetch()) found.push_back(row.progress());
    return found;
  });
}

Result<std::vector<Progress>> HistoryStore::recent(PersonId person, Which which, std::size_t limit) {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<Progress>> {
    const long long id = person;
    const auto most = static_cast<long long>(limit);
    ProgressRow row;
    const char* filter = which == Which::kUnfinished ? "and is_watched = 0 and position_us > 0 " : "";
    soci::statement statement =
        (sql.prepare << kProgress << "where person = :person " << filter
                     << "order by updated_ns desc, media limit :most",
         soci::use(id), soci::use(most), soci::into(row.media), soci::into(row.title), soci::into(row.position_us),
         soci::into(row.duration_us), soci::into(row.is_watched), soci::into(row.updated_ns));
    std::vector<Progress> found;
    statement.execute();
    while (statement.fetch()) found.push_back(row.progress());
    return found;
  });
}

Status HistoryStore::set_watched(PersonId person, const std::string& media, const std::string& title, bool is_watched,
                                 std::int64_t now_utc_ns) {
  ZOE_CHECK(check_text(media, "the media"));
  ZOE_CHECK(check_text(title, "the title"));
  return database_.write([&](soci::session& sql) -> Status {
    const std::optional<Progress> before = read_progress(sql, person, media);
    write_progress(sql, person,
                   {media, title, 0, before ? before->duration_us : 0, is_watched,
                    std::max(now_utc_ns, before ? before->updated_utc_ns : now_utc_ns)});
    return {};
  });
}

Status HistoryStore::clear_progress(PersonId person, const std::string& media) {
  ZOE_CHECK(check_text(media, "the media"));
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    sql << "delete from progress where person = :person and media = :media", soci::use(id), soci::use(media);
    return {};
  });
}

Result<ViewingPage> HistoryStore::viewings(PersonId person, std::size_t offset, std::size_t limit) {
  return database_.read_value([&](soci::session& sql) -> Result<ViewingPage> {
    const long long id = person;
    const auto skipped = static_cast<long long>(std::min<std::size_t>(offset, INT64_MAX));
    const auto most = static_cast<long long>(limit);
    ViewingPage page;
    long long total = 0;
    sql << "select count(*) from viewings where person = :person", soci::use(id), soci::into(total);
    page.total = total;
    Viewing row;
    long long viewing = 0;
    long long began = 0;
    long long ended = 0;
    long long from = 0;
    long long to = 0;
    long long duration = 0;
    soci::statement statement =
        (sql.prepare << "select id, media, title, client, began_ns, ended_ns, from_us, to_us, duration_us "
                        "from viewings where person = :person order by ended_ns desc, id desc "
                        "limit :most offset :skipped",
         soci::use(id), soci::use(most), soci::use(skipped), soci::into(viewing), soci::into(row.media),
         soci::into(row.title), soci::into(row.client), soci::into(began), soci::into(ended), soci::into(from),
         soci::into(to), soci::into(duration));
    statement.execute();
    while (statement.fetch())
      page.items.push_back({viewing, row.media, row.title, row.client, began, ended, from, to, duration});
    return page;
  });
}

Status HistoryStore::remove_viewing(PersonId person, std::int64_t viewing) {
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    const long long number = viewing;
    long long found = 0;
    sql << "delete from viewings where person = :person and id = :id returning id", soci::use(id), soci::use(number),
        soci::into(found);
    if (!sql.got_data()) return fail(Errc::kNotFound, fmt::format("there is no viewing {}", viewing));
    return {};
  });
}

Status HistoryStore::clear(PersonId person) {
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    sql << "delete from viewings where person = :person", soci::use(id);
    sql << "delete from progress where person = :person", soci::use(id);
    return {};
  });
}

Result<std::vector<WatchedPart>> HistoryStore::everything(std::size_t most_rows) {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<WatchedPart>> {
    const auto most = static_cast<long long>(most_rows);
    WatchedPart row;
    long long person = 0;
    long long position = 0;
    long long duration = 0;
    int is_watched = 0;
    int is_favourite = 0;
    long long updated = 0;
    // One line for each person and media that any of the three tables knows.
    soci::statement statement =
        (sql.prepare << "select all_of.person, all_of.media, coalesce(p.position_us, 0), coalesce(p.duration_us, 0), "
                        "coalesce(p.is_watched, 0), coalesce(r.stars, 0), "
                        "case when f.media is null then 0 else 1 end, all_of.at_ns from "
                        "(select person, media, max(at_ns) as at_ns from "
                        "(select person, media, updated_ns as at_ns from progress union all "
                        "select person, media, rated_ns from ratings union all "
                        "select person, media, added_ns from favourites) as each_of group by person, media) as all_of "
                        "left join progress p on p.person = all_of.person and p.media = all_of.media "
                        "left join ratings r on r.person = all_of.person and r.media = all_of.media "
                        "left join favourites f on f.person = all_of.person and f.media = all_of.media "
                        "order by all_of.at_ns desc, all_of.person, all_of.media limit :most",
         soci::use(most), soci::into(person), soci::into(row.media), soci::into(position), soci::into(duration),
         soci::into(is_watched), soci::into(row.stars), soci::into(is_favourite), soci::into(updated));
    std::vector<WatchedPart> parts;
    statement.execute();
    while (statement.fetch()) {
      row.person = person;
      row.position_us = position;
      row.duration_us = duration;
      row.is_watched = is_watched != 0;
      row.is_favourite = is_favourite != 0;
      row.updated_utc_ns = updated;
      parts.push_back(row);
    }
    return parts;
  });
}

}  // namespace zoe::server
