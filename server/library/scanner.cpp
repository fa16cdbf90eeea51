#include "server/library/scanner.hpp"

#include <algorithm>
#include <utility>

#include "server/library/artwork_store.hpp"
#include "server/library/file_identity.hpp"
#include "server/library/file_use.hpp"
#include "server/library/index_cache.hpp"
#include "server/library/media_filter.hpp"
#include "server/library/media_title.hpp"
#include "server/library/quarantine.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

constexpr const char* kComponent = "library";
constexpr std::int64_t kPublishEveryNs = 300 * kNsPerMs;
constexpr std::int64_t kSaveEveryNs = 5 * kNsPerS;
// Where the file system cannot say whether a file is being written: whole when it did not change for so long.
constexpr std::int64_t kSettledNs = 5 * kNsPerS;

std::string_view name_of(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Failures of the moment are tried again by the next scan; those of the bytes are not.
bool is_passing(Errc code) {
  return code == Errc::kNotFound || code == Errc::kDenied || code == Errc::kIo || code == Errc::kNoMemory ||
         code == Errc::kCancelled || code == Errc::kUnavailable;
}

std::string quarantine_words(const QuarantinedFile& file, const std::string& list) {
  return "in quarantine: the server crashed (" + file.signal +
         ") while it read this file. Replace the file, or delete its line in " + printable_utf8(list) +
         " and restart, or start once with --release-quarantine, to let it back in";
}

bool is_under(const std::string& path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
  });
}

}  // namespace

Scanner::Scanner(const LibraryConfig& config, const Quarantine& quarantine, IndexCache& indexes, ArtworkStore& artwork,
                 const Clock& clock, Log& log, Events events)
    : config_(config),
      quarantine_(quarantine),
      indexes_(indexes),
      artwork_(artwork),
      clock_(clock),
      log_(log),
      events_(std::move(events)),
      prober_(config.prober) {}

void Scanner::load() {
  if (config_.cache_file.empty()) return;
  auto records = load_catalog(config_.cache_file);
  is_first_ever_ = !records;
  if (!records) return;
  for (CatalogRecord& record : *records) {
    std::string path = record.path;
    known_.insert_or_assign(std::move(path), Known{std::move(record), nullptr});
  }
}

void Scanner::scan(const std::stop_token& stop) {
  scan_problems_.clear();
  has_unfinished_ = false;
  ScanState state{.is_running = true};
  events_.progress(state);
  WalkResult walk = walk_folders(config_.folders, config_.most_files, stop, [&](std::size_t found) {
    state.total = found;
    events_.progress(state);
  });
  if (stop.stop_requested()) return;
  for (const WalkProblem& problem : walk.problems) report_problem(problem.path, problem.message);

  sidecars_ = find_sidecars(walk.files);
  const std::vector<FoundFile> fresh = keep_known(walk);
  folders_ = std::move(walk.folders);
  publish();
  state.total = walk.files.size();
  state.done = state.total - fresh.size();
  events_.progress(state);

  std::int64_t published_ns = clock_.now_ns();
  std::int64_t saved_ns = published_ns;
  for (const FoundFile& file : fresh) {
    look_into(file, stop);
    if (stop.stop_requested()) break;
    ++state.done;
    events_.progress(state);
    const std::int64_t now_ns = clock_.now_ns();
    if (now_ns - published_ns > kPublishEveryNs) {
      publish();
      published_ns = now_ns;
    }
    if (now_ns - saved_ns > kSaveEveryNs) {
      save();
      saved_ns = now_ns;
    }
  }
  if (!fresh.empty()) publish();
  if (walk.is_complete && !stop.stop_requested()) drop_pictures_of_gone();
  save();
  is_first_ever_ = false;
  state.is_running = false;
  events_.progress(state);
}

// Drops the records of what has gone, lists what is unchanged, and returns what has to be looked into.
std::vector<FoundFile> Scanner::keep_known(const WalkResult& walk) {
  KnownFiles before = std::exchange(known_, {});
  std::vector<FoundFile> fresh;
  ids_.clear();
  for (const FoundFile& file : walk.files) {
    if (!may_be_media(name_of(file.path))) continue;
    if (const QuarantinedFile* bad = quarantine_.find(file.path, file.size_bytes, file.mtime_ns)) {
      report_problem(file.path, quarantine_words(*bad, quarantine_.file()));
      continue;
    }
    auto node = before.extract(file.path);
    if (node.empty()) {
      fresh.push_back(file);
    } else if (!node.mapped().record.is_of(file.size_bytes, file.mtime_ns)) {
      before.insert(std::move(node));
      fresh.push_back(file);
    } else {
      list(known_.insert(std::move(node)).position->second, file);
    }
  }
  gone_.clear();
  for (auto& [path, known] : before) {
    // A folder that is not mounted now comes back with everything that was known of it.
    if (is_under(path, walk.unreadable_roots)) {
      known.listed = nullptr;
      known_.emplace(path, std::move(known));
      continue;
    }
    is_unsaved_ = true;
    if (known.record.is_video) gone_.insert_or_assign(known.record.content_id, std::move(known.record));
  }
  return fresh;
}

// A file that is being copied in is left for a later scan, which its writer's last word brings about.
bool Scanner::is_whole(const FoundFile& file) const {
  const FileUse use = use_of_file(file.path);
  if (use != FileUse::kUnknown) return use == FileUse::kWhole;
  const std::int64_t age_ns = clock_.utc_ns() - file.mtime_ns;
  return age_ns < 0 || age_ns >= kSettledNs;
}

void Scanner::look_into(const FoundFile& file, const std::stop_token& stop) {
  if (!is_whole(file)) {
    has_unfinished_ = true;
    return;
  }
  auto record = examine(file, stop);
  if (stop.stop_requested()) return;
  if (!record) {
    if (record.error().code != Errc::kNotFound) report_problem(file.path, record.error().message);
    return;
  }
  is_unsaved_ = true;
  if (!record->problem.empty()) log_.info(kComponent, "left out {}: {}", printable_utf8(file.path), record->problem);
  if (record->is_video) name_record(*record);
  list(known_.insert_or_assign(file.path, Known{std::move(*record), nullptr}).first->second, file);
}

// The error of a passing failure; a record, perhaps of a problem, for everything that its bytes decide.
Result<CatalogRecord> Scanner::examine(const FoundFile& file, const std::stop_token& stop) {
  CatalogRecord record;
  record.path = file.path;
  record.size_bytes = file.size_bytes;
  record.mtime_ns = file.mtime_ns;
  ZOE_TRY(record.content_id, content_id(file.path));
  // A file that was moved is known already.
  if (const auto moved = gone_.find(record.content_id);
      moved != gone_.end() && moved->second.is_of(file.size_bytes, file.mtime_ns) && moved->second.is_video) {
    record.is_video = true;
    record.info = moved->second.info;
    record.problem = moved->second.problem;
    return record;
  }
  const std::string key = artwork_key(record.content_id, file.size_bytes, file.mtime_ns);
  ExamineOrder order{.path = file.path, .index_file = indexes_.scratch("scan"), .is_checked = true};
  if (artwork_.has_room() && !artwork_.has_poster(key)) order.poster_file = artwork_.scratch("scan.jpg");
  auto findings = prober_.examine(order, file.size_bytes, stop);
  ZOE_CHECK(take_in(record, order, std::move(findings)));
  return record;
}

Status Scanner::take_in(CatalogRecord& record, const ExamineOrder& order, Result<Findings> findings) {
  if (!findings && is_passing(findings.error().code)) return fail(std::move(findings).error());
  const Status verdict = findings ? check_is_video(findings->info) : Status(fail(findings.error()));
  if (!verdict) {
    if (claims_to_be_video(name_of(record.path))) record.problem = printable_utf8(verdict.error().message);
    return {};
  }
  record.is_video = true;
  record.info = std::move(findings->info);
  MediaEntry file;
  file.title = printable_utf8(name_of(record.path));
  file.path = record.path;
  file.size_bytes = record.size_bytes;
  file.mtime_ns = record.mtime_ns;
  ZOE_CHECK(open_media_file(file));  // is it still the one that was examined?
  if (findings->has_index) indexes_.take_in(file, record.info.best_video()->stream_index, order.index_file);
  if (findings->has_poster) {
    const std::string key = artwork_key(record.content_id, record.size_bytes, record.mtime_ns);
    if (const Status kept = artwork_.keep_poster(key, order.poster_file); !kept)
      log_.warning(kComponent, "no poster of {}: {}", file.title, kept.error().message);
  }
  return {};
}

// Its id, and when it was added: those of the file that it was, where it was moved or touched.
void Scanner::name_record(CatalogRecord& record) {
  record.id = record.content_id;
  // The first scan ever finds what has long been there; afterwards a file is new when it is found.
  record.added_utc_ns = is_first_ever_ ? std::min(record.mtime_ns, clock_.utc_ns()) : clock_.utc_ns();
  if (const auto before = gone_.find(record.content_id); before != gone_.end()) {
    record.id = before->second.id;
    record.added_utc_ns = before->second.added_utc_ns;
    gone_.erase(before);
  }
  if (ids_.contains(record.id)) record.id = copy_id(record.content_id, record.path);
}

void Scanner::list(Known& known, const FoundFile& file) {
  const CatalogRecord& record = known.record;
  if (!record.problem.empty()) report_problem(record.path, record.problem);
  if (!record.is_listed()) {
    known.listed = nullptr;
    return;
  }
  if (!ids_.insert(record.id).second) {
    // Only a catalogue from elsewhere can hold an id twice.
    known.record.id = copy_id(record.content_id, record.path);
    known.listed = nullptr;
    if (!ids_.insert(record.id).second) return;
  }
  const auto sidecars = sidecars_.find(record.path);
  const auto subtitles = sidecars == sidecars_.end() ? std::vector<SidecarSubtitle>() : sidecars->second;
  const std::string key = artwork_key(record.content_id, record.size_bytes, record.mtime_ns);
  const bool has_poster = artwork_.has_poster(key);
  if (known.listed && known.listed->entry->has_poster == has_poster && known.listed->entry->subtitles == subtitles)
    return;
  auto entry = std::make_shared<MediaEntry>();
  entry->id = record.id;
  entry->path = record.path;
  entry->root = root_name_of(file.root);
  entry->relative_path = printable_utf8(file.relative_path);
  entry->title = title_of(record.info.title, name_of(record.path));
  entry->size_bytes = record.size_bytes;
  entry->mtime_ns = record.mtime_ns;
  entry->added_utc_ns = record.added_utc_ns;
  entry->info = record.info;
  entry->artwork_key = key;
  entry->has_poster = has_poster;
  entry->subtitles = subtitles;
  known.listed = std::make_shared<const ListedMedia>(std::move(entry));
}

std::string Scanner::root_name_of(const std::string& folder) const {
  const auto found = std::find(config_.folders.begin(), config_.folders.end(), folder);
  const auto index = static_cast<std::size_t>(found - config_.folders.begin());
  return index < config_.root_names.size() ? config_.root_names[index] : std::string();
}

void Scanner::drop_pictures_of_gone() {
  std::set<std::string> keys;
  for (const auto& [path, known] : known_) {
    const CatalogRecord& record = known.record;
    if (record.is_video) keys.insert(artwork_key(record.content_id, record.size_bytes, record.mtime_ns));
  }
  artwork_.keep_only(keys);
}

void Scanner::report_problem(const std::string& path, const std::string& message) {
  scan_problems_.push_back({printable_utf8(path), printable_utf8(message)});
}

void Scanner::publish() {
  std::vector<ListedMediaPtr> items;
  std::vector<std::string> now_listed;
  for (const auto& [path, known] : known_) {
    if (!known.listed) continue;
    items.push_back(known.listed);
    const MediaEntry& entry = *known.listed->entry;
    std::string look = entry.version() + path + (entry.has_poster ? "+" : "-");
    for (const SidecarSubtitle& each : entry.subtitles) look += each.path + std::to_string(each.mtime_ns);
    now_listed.push_back(std::move(look));
  }
  std::sort(now_listed.begin(), now_listed.end());
  const bool is_changed = now_listed != last_listed_;
  last_listed_ = std::move(now_listed);
  events_.listed(Listing(std::move(items)), scan_problems_, is_changed);
}

void Scanner::save() {
  if (!is_unsaved_ || config_.cache_file.empty()) return;
  std::vector<const CatalogRecord*> records;
  records.reserve(known_.size());
  for (const auto& [path, known] : known_) records.push_back(&known.record);
  if (const Status saved = save_catalog(config_.cache_file, records); !saved) {
    log_.warning(kComponent, "the scan's results could not be kept, the next start probes again: {}",
                 saved.error().message);
  }
  is_unsaved_ = false;
}

}  // namespace zoe::server
