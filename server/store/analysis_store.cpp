#include "server/store/analysis_store.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

enum class Summary { kIncluded = 1, kLeftOut };

std::string select_columns(Summary summary) {
  return fmt::format(
      "select j.job, j.media, j.media_version, j.title, j.analyser, j.name, j.analyser_version, j.parameters, "
      "j.created_ns, j.state, j.fraction_ppm, j.message, j.error, j.analysed_us, j.points, j.events, j.samples, {}, "
      "j.started_ns, j.ended_ns, coalesce(j.person, 0), coalesce(p.name, '') "
      "from analyses j left join people p on p.id = j.person ",
      summary == Summary::kIncluded ? "j.summary" : "''");
}

constexpr double kMillion = 1e6;
constexpr const char* kIsOpen = "state in (1, 2)";
constexpr const char* kIsKept = "state in (1, 2, 3)";
constexpr const char* kIsReplaced = "state in (5, 6)";

// The members as SOCI reads and writes them; a time of 0 stands for none.
struct Row {
  AnalysisRecord record;
  long long created = 0;
  int state = 0;
  long long fraction = 0;
  long long analysed = 0;
  long long points = 0;
  long long events = 0;
  long long samples = 0;
  long long started = 0;
  long long ended = 0;
  long long person = 0;

  Row() = default;
  explicit Row(const AnalysisProgress& progress)
      : state(static_cast<int>(progress.state)),
        fraction(std::llround(progress.fraction * kMillion)),
        analysed(progress.analysed_us),
        points(progress.counts.points),
        events(progress.counts.events),
        samples(progress.counts.samples),
        started(progress.started_utc_ns.value_or(0)),
        ended(progress.ended_utc_ns.value_or(0)) {}

  void prepare(soci::details::prepare_temp_type& statement) {
    AnalysisProgress& progress = record.progress;
    statement, soci::into(record.id), soci::into(record.media), soci::into(record.media_version),
        soci::into(record.title), soci::into(record.analyser), soci::into(record.name),
        soci::into(record.analyser_version), soci::into(record.parameters), soci::into(created), soci::into(state),
        soci::into(fraction), soci::into(progress.message), soci::into(progress.error), soci::into(analysed),
        soci::into(points), soci::into(events), soci::into(samples), soci::into(progress.summary), soci::into(started),
        soci::into(ended), soci::into(person), soci::into(record.started_by_name);
  }

  AnalysisRecord take() const {
    AnalysisRecord taken = record;
    AnalysisProgress& progress = taken.progress;
    taken.created_utc_ns = created;
    progress.state = static_cast<AnalysisState>(
        std::clamp(state, static_cast<int>(AnalysisState::kQueued), static_cast<int>(AnalysisState::kCancelled)));
    progress.fraction = static_cast<double>(fraction) / kMillion;
    progress.analysed_us = analysed;
    progress.counts = {points, events, samples};
    if (started != 0) progress.started_utc_ns = started;
    if (ended != 0) progress.ended_utc_ns = ended;
    if (person != 0) taken.started_by = person;
    return taken;
  }
};

std::vector<AnalysisRecord> all_of(soci::statement& statement, const Row& row) {
  std::vector<AnalysisRecord> records;
  statement.execute();
  while (statement.fetch()) records.push_back(row.take());
  return records;
}

long long count_of(soci::session& sql, const std::string& where, const std::string& value) {
  long long count = 0;
  sql << "select count(*) from analyses where " + where, soci::use(value), soci::into(count);
  return count;
}

Status check_room(soci::session& sql, const AnalysisRecord& wish) {
  long long open = 0;
  sql << std::string("select count(*) from analyses where ") + kIsOpen, soci::into(open);
  if (open >= static_cast<long long>(AnalysisStore::kMostOpen))
    return fail(Errc::kTooLarge, "too many analyses wait already; try again later");
  const long long person = wish.started_by.value_or(0);
  long long own = 0;
  sql << std::string("select count(*) from analyses where person = :person and ") + kIsOpen, soci::use(person),
      soci::into(own);
  if (own >= static_cast<long long>(AnalysisStore::kMostOpenOfOne))
    return fail(Errc::kTooLarge, fmt::format("{} analyses of yours wait already; try again later", own));
  if (count_of(sql, "media = :media", wish.media) >= static_cast<long long>(AnalysisStore::kMostOfMedia))
    return fail(Errc::kTooLarge, fmt::format("this video has {} analyses already: delete some of them first",
                                             AnalysisStore::kMostOfMedia));
  return {};
}

// The same media, analyser, versions and parameters, in one of the states.
std::vector<AnalysisRecord> same_as(soci::session& sql, const AnalysisRecord& wish, const char* states) {
  Row row;
  soci::details::prepare_temp_type prepared =
      (sql.prepare << select_columns(Summary::kIncluded) +
                          "where j.media = :media and j.media_version = :mv and j.analyser = :a and "
                          "j.analyser_version = :av and j.parameters = :p and j." +
                          states + " order by j.id",
       soci::use(wish.media), soci::use(wish.media_version), soci::use(wish.analyser), soci::use(wish.analyser_version),
       soci::use(wish.parameters));
  row.prepare(prepared);
  soci::statement statement = prepared;
  return all_of(statement, row);
}

void insert(soci::session& sql, const AnalysisRecord& wish) {
  const long long created = wish.created_utc_ns;
  const long long person = wish.started_by.value_or(0);
  soci::indicator has_person = wish.started_by ? soci::i_ok : soci::i_null;
  sql << "insert into analyses (job, media, media_version, title, analyser, name, analyser_version, parameters, "
         "person, "
         "created_ns, state, fraction_ppm, message, error, analysed_us, points, events, samples, summary, started_ns, "
         "ended_ns) values (:job, :media, :mv, :title, :analyser, :name, :av, :parameters, :person, :created, 1, 0, "
         "'', '', 0, 0, 0, 0, '', 0, 0)",
      soci::use(wish.id), soci::use(wish.media), soci::use(wish.media_version), soci::use(wish.title),
      soci::use(wish.analyser), soci::use(wish.name), soci::use(wish.analyser_version), soci::use(wish.parameters),
      soci::use(person, has_person), soci::use(created);
}

}  // namespace

std::string_view to_string(AnalysisState state) {
  switch (state) {
    case AnalysisState::kQueued:
      return "queued";
    case AnalysisState::kRunning:
      return "running";
    case AnalysisState::kDone:
      return "done";
    case AnalysisState::kPartial:
      return "partial";
    case AnalysisState::kFailed:
      return "failed";
    case AnalysisState::kCancelled:
      return "cancelled";
  }
  return "failed";
}

Result<AnalysisStore::Entered> AnalysisStore::enter(const AnalysisRecord& wish) {
  for (const std::string* text : {&wish.id, &wish.media, &wish.media_version, &wish.title, &wish.analyser, &wish.name,
                                  &wish.analyser_version, &wish.parameters})
    ZOE_CHECK(check_text(*text, "an analysis"));
  return database_.write_value([&](soci::session& sql) -> Result<Entered> {
    if (const auto same = same_as(sql, wish, kIsKept); !same.empty()) return Entered{same.back(), false, {}};
    ZOE_CHECK(check_room(sql, wish));
    Entered entered{wish, true, {}};
    for (const AnalysisRecord& old : same_as(sql, wish, kIsReplaced)) {
      sql << "delete from analyses where job = :job", soci::use(old.id);
      entered.replaced.push_back(old.id);
    }
    insert(sql, wish);
    return entered;
  });
}

Result<std::optional<AnalysisRecord>> AnalysisStore::find(const std::string& id) {
  ZOE_CHECK(check_text(id, "the job"));
  return database_.read_value([&](soci::session& sql) -> Result<std::optional<AnalysisRecord>> {
    Row row;
    soci::details::prepare_temp_type prepared =
        (sql.prepare << select_columns(Summary::kIncluded) + "where j.job = :job", soci::use(id));
    row.prepare(prepared);
    soci::statement statement = prepared;
    const auto found = all_of(statement, row);
    return found.empty() ? std::nullopt : std::optional(found.front());
  });
}

Result<std::vector<AnalysisRecord>> AnalysisStore::list(const AnalysisQuery& query) {
  ZOE_CHECK(check_text(query.media, "the media"));
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<AnalysisRecord>> {
    Row row;
    const auto limit = static_cast<long long>(query.limit);
    const auto offset = static_cast<long long>(query.offset);
    soci::details::prepare_temp_type prepared =
        (sql.prepare << select_columns(Summary::kLeftOut) +
                            "where (j.media = :media or '' = :any) order by j.id desc limit :limit "
                            "offset :offset",
         soci::use(query.media), soci::use(query.media), soci::use(limit), soci::use(offset));
    row.prepare(prepared);
    soci::statement statement = prepared;
    return all_of(statement, row);
  });
}

Result<std::vector<AnalysisRecord>> AnalysisStore::waiting() {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<AnalysisRecord>> {
    Row row;
    const auto limit = static_cast<long long>(kMostOpen);
    soci::details::prepare_temp_type prepared =
        (sql.prepare << select_columns(Summary::kLeftOut) + "where j.state = 1 order by j.id limit :limit",
         soci::use(limit));
    row.prepare(prepared);
    soci::statement statement = prepared;
    return all_of(statement, row);
  });
}

Result<std::vector<std::string>> AnalysisStore::ids() {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<std::string>> {
    std::vector<std::string> all;
    std::string id;
    soci::statement statement = (sql.prepare << "select job from analyses", soci::into(id));
    statement.execute();
    while (statement.fetch()) all.push_back(id);
    return all;
  });
}

Status AnalysisStore::update(const std::string& id, const AnalysisProgress& progress) {
  for (const std::string* text : {&id, &progress.message, &progress.error, &progress.summary})
    ZOE_CHECK(check_text(*text, "an analysis"));
  return database_.write([&](soci::session& sql) -> Status {
    const Row row(progress);
    sql << "update analyses set state = :state, fraction_ppm = :fraction, message = :message, error = :error, "
           "analysed_us = :analysed, points = :points, events = :events, samples = :samples, summary = :summary, "
           "started_ns = :started, ended_ns = :ended where job = :job",
        soci::use(row.state), soci::use(row.fraction), soci::use(progress.message), soci::use(progress.error),
        soci::use(row.analysed), soci::use(row.points), soci::use(row.events), soci::use(row.samples),
        soci::use(progress.summary), soci::use(row.started), soci::use(row.ended), soci::use(id);
    return {};
  });
}

Status AnalysisStore::set_analyser_version(const std::string& id, const std::string& version) {
  ZOE_CHECK(check_text(version, "the version"));
  return database_.write([&](soci::session& sql) -> Status {
    sql << "update analyses set analyser_version = :version where job = :job", soci::use(version), soci::use(id);
    return {};
  });
}

Status AnalysisStore::remove(const std::string& id) {
  ZOE_CHECK(check_text(id, "the job"));
  return database_.write([&](soci::session& sql) -> Status {
    sql << "delete from analyses where job = :job", soci::use(id);
    return {};
  });
}

Status AnalysisStore::queue_again() {
  return database_.write([&](soci::session& sql) -> Status {
    sql << "update analyses set state = 1, fraction_ppm = 0, message = '', analysed_us = 0, points = 0, events = 0, "
           "samples = 0, summary = '', started_ns = 0 where state = 2";
    return {};
  });
}

}  // namespace zoe::server
