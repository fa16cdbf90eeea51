// What callers ask for; what the thread does is in analysis_queue.cpp.
#include "server/analysis/analysis_service.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/analysis/live_analysis.hpp"
#include "server/library/library.hpp"
#include "server/store/store.hpp"

namespace zoe::server {
namespace {

// Kept open for those who come back, as players do every few seconds.
constexpr std::size_t kMostReaders = 16;

std::string make_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", random());
  return id;
}

bool is_id(const std::string& id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

tl::unexpected<Error> no_such_job(const std::string& id) {
  return fail(Errc::kNotFound, "there is no analysis \"" + id.substr(0, 64) + "\"");
}

}  // namespace

AnalysisService::AnalysisService(AnalysisConfig config, AnalysisServices services)
    : config_(std::move(config)), services_(std::move(services)) {}

AnalysisService::~AnalysisService() { stop(); }

std::string AnalysisService::file_of(const std::string& id) const { return config_.folder + "/" + id + ".results"; }

std::vector<Analyser> AnalysisService::analysers() const {
  return list_analysers(services_.source, [this](const std::string& why) {
    services_.log.warning("analysis", "an analysis plugin does not say what it offers: {}", why);
  });
}

Result<AnalysisRecord> AnalysisService::enter(const Wish& wish) {
  const std::vector<Analyser> offered = analysers();
  const auto analyser = std::ranges::find(offered, wish.analyser, &Analyser::id);
  if (analyser == offered.end())
    return fail(Errc::kNotFound, "there is no analyser \"" + wish.analyser.substr(0, 64) + "\"");
  if (!analyser->unavailable_reason.empty())
    return fail(Errc::kUnavailable, analyser->name + ": " + analyser->unavailable_reason);
  ZOE_TRY(const nlohmann::json parameters, complete_parameters(analyser->parameters, wish.parameters));
  AnalysisRecord record;
  record.id = make_id();
  record.media = wish.media->id;
  record.media_version = wish.media->version();
  record.title = wish.media->title;
  record.analyser = analyser->id;
  record.name = analyser->name;
  record.analyser_version = analyser->version;
  record.parameters = parameters.dump();
  record.started_by = wish.person;
  record.created_utc_ns = services_.clock.utc_ns();
  ZOE_TRY(const AnalysisStore::Entered entered, services_.store.analyses().enter(record));
  for (const std::string& old : entered.replaced) remove_file(old);
  look();
  return find(entered.record.id);
}

AnalysisRecord AnalysisService::with_progress(AnalysisRecord record) const {
  // What has just been taken up, or ended, is told by the store.
  if (const auto live = find_live(record.id); live && record.progress.state == AnalysisState::kRunning)
    record.progress = live->analysis->progress();
  return record;
}

Result<AnalysisRecord> AnalysisService::find(const std::string& id) const {
  if (!is_id(id)) return no_such_job(id);
  ZOE_TRY(std::optional<AnalysisRecord> record, services_.store.analyses().find(id));
  if (!record) return no_such_job(id);
  return with_progress(std::move(*record));
}

Result<std::vector<AnalysisRecord>> AnalysisService::list(const AnalysisQuery& query) const {
  ZOE_TRY(std::vector<AnalysisRecord> records, services_.store.analyses().list(query));
  for (AnalysisRecord& each : records) each = with_progress(std::move(each));
  return records;
}

Status AnalysisService::cancel(const std::string& id) {
  ZOE_TRY(AnalysisRecord record, find(id));
  if (const auto live = find_live(id)) {
    live->is_to_end = true;
    look();
    return {};
  }
  if (record.progress.state != AnalysisState::kQueued) return {};
  record.progress.state = AnalysisState::kCancelled;
  record.progress.ended_utc_ns = services_.clock.utc_ns();
  ZOE_CHECK(services_.store.analyses().update(id, record.progress));
  // The thread, which enters it first and looks for its state then, may have begun it just before.
  if (const auto live = find_live(id)) live->is_to_end = true;
  tell(record);
  return {};
}

Status AnalysisService::remove(const std::string& id) {
  ZOE_TRY(AnalysisRecord record, find(id));
  ZOE_CHECK(services_.store.analyses().remove(id));
  record.progress.state = AnalysisState::kCancelled;
  if (const auto live = find_live(id)) {
    live->is_removed = true;
    live->is_to_end = true;
    look();
  } else {
    remove_file(id);
  }
  tell(record, AnalysisChange::kRemoved);
  return {};
}

void AnalysisService::remove_file(const std::string& id) {
  {
    MutexLock lock(mutex_);
    std::erase_if(readers_, [&](const auto& each) { return each->id == id; });
  }
  ::unlink(file_of(id).c_str());
}

void AnalysisService::look() {
  {
    MutexLock lock(mutex_);
    is_woken_ = true;
  }
  woken_.notify_all();
}

std::vector<std::shared_ptr<AnalysisService::Live>> AnalysisService::running() const {
  std::vector<std::shared_ptr<Live>> all;
  MutexLock lock(mutex_);
  for (const auto& [id, live] : live_) all.push_back(live);
  return all;
}

std::shared_ptr<AnalysisService::Live> AnalysisService::find_live(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto found = live_.find(id);
  return found == live_.end() ? nullptr : found->second;
}

Result<std::optional<ResultReader>> AnalysisService::open_results(const std::string& id) const {
  if (const auto live = find_live(id)) live->analysis->flush();
  auto reader = ResultReader::open(file_of(id));
  if (!reader && reader.error().code == Errc::kNotFound) return std::optional<ResultReader>();
  if (!reader) return fail(std::move(reader).error());
  ZOE_CHECK(reader->refresh());
  return std::optional<ResultReader>(std::move(*reader));
}

Result<UniqueFd> AnalysisService::scratch_file() const {
  UniqueFd fd(::open(config_.folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  if (!fd) return fail(errno_error("make a file in " + config_.folder, errno));
  return fd;
}

// Null where there is nothing to read.
std::shared_ptr<AnalysisService::OpenReader> AnalysisService::reader_of(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = std::ranges::find(readers_, id, [](const auto& each) { return each->id; });
  if (found != readers_.end()) {
    std::rotate(found, found + 1, readers_.end());
    return readers_.back();
  }
  auto reader = ResultReader::open(file_of(id));
  if (!reader) return nullptr;
  if (readers_.size() == kMostReaders) readers_.erase(readers_.begin());
  readers_.push_back(std::make_shared<OpenReader>(id, std::move(*reader)));
  return readers_.back();
}

template <typename Ask>
auto AnalysisService::ask_reader(const std::string& id, Ask&& ask) -> decltype(ask(std::declval<ResultReader&>())) {
  const auto open = reader_of(id);
  if (!open) return {};
  MutexLock lock(open->mutex);
  ZOE_CHECK(open->reader.refresh());
  return ask(open->reader);
}

Result<PointPage> AnalysisService::points(const std::string& id, std::int64_t from_us, std::int64_t until_us,
                                          const std::optional<PointCursor>& after, std::size_t limit) {
  return ask_reader(id, [&](ResultReader& reader) { return reader.points(from_us, until_us, after, limit); });
}

Result<std::vector<ResultEvent>> AnalysisService::events(const std::string& id, std::size_t first, std::size_t limit) {
  return ask_reader(id, [&](ResultReader& reader) { return reader.events(first, limit); });
}

Result<std::vector<SeriesView>> AnalysisService::series(const std::string& id, const std::string& name,
                                                        std::size_t most_points) {
  return ask_reader(id, [&](ResultReader& reader) { return reader.series(name, most_points); });
}

}  // namespace zoe::server
