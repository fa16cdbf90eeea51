#include "server/library/scanner.hpp"

#include <algorithm>
#include <utility>

#include "engine/media/probe.hpp"
#include "server/library/crash_guard.hpp"
#include "server/library/file_identity.hpp"
#include "server/library/media_filter.hpp"
#include "server/library/quarantine.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

constexpr const char* kComponent = "library";
constexpr std::int64_t kPublishEveryNs = 300 * kNsPerMs;
constexpr std::int64_t kSaveEveryNs = 5 * kNsPerS;

std::string_view name_of(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Failures of the moment are tried again by the next scan; those of the bytes are not.
bool is_passing(Errc code) {
  return code == Errc::kNotFound || code == Errc::kDenied || code == Errc::kIo || code == Errc::kNoMemory ||
         code == Errc::kCancelled;
}

std::string quarantine_words(const QuarantinedFile& file, const std::string& list) {
  return "in quarantine: the server crashed (" + file.signal +
         ") while it read this file. Replace the file, or delete its line in " + printable_utf8(list) +
         " and restart, or start once with --release-quarantine, to let it back in";
}

std::string version_of(const CatalogRecord& record) {
  return record.id + "-" + std::to_string(record.size_bytes) + "-" + std::to_string(record.mtime_ns);
}

bool is_under(const std::string& path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
  });
}

}  // namespace

Scanner::Scanner(const LibraryConfig& config, const Quarantine& quarantine, const Clock& clock, Log& log, Events events)
    : config_(config), quarantine_(quarantine), clock_(clock), log_(log), events_(std::move(events)) {}

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
  ScanState state{.is_running = true};
  events_.progress(state);
  const WalkResult walk = walk_folders(config_.folders, config_.most_files, stop, [&](std::size_t found) {
    state.total = found;
    events_.progress(state);
  });
  if (stop.stop_requested()) return;
  for (const WalkProblem& problem : walk.problems) report_problem(problem.path, problem.message);

  const std::vector<FoundFile> fresh = keep_known(walk);
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

void Scanner::look_into(const FoundFile& file, const std::stop_token& stop) {
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
Result<CatalogRecord> Scanner::examine(const FoundFile& file, const std::stop_token& stop) const {
  const CrashGuard guard(file.path, file.size_bytes, file.mtime_ns);
  CatalogRecord record;
  record.path = file.path;
  record.size_bytes = file.size_bytes;
  record.mtime_ns = file.mtime_ns;
  ZOE_TRY(record.content_id, content_id(file.path));
  auto info = media::probe(file.path, {}, stop);
  if (!info && is_passing(info.error().code)) return fail(std::move(info).error());
  Status verdict = info ? check_is_video(*info) : Status(fail(info.error()));
  if (verdict) {
    record.is_video = true;
    record.info = std::move(*info);
  } else if (claims_to_be_video(name_of(file.path))) {
    record.problem = printable_utf8(verdict.error().message);
  }
  return record;
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
  if (known.listed) return;
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
  known.listed = std::make_shared<const ListedMedia>(std::move(entry));
}

std::string Scanner::root_name_of(const std::string& folder) const {
  const auto found = std::find(config_.folders.begin(), config_.folders.end(), folder);
  const auto index = static_cast<std::size_t>(found - config_.folders.begin());
  return index < config_.root_names.size() ? config_.root_names[index] : std::string();
}

void Scanner::leave_out(const std::string& path, const std::string& version, const std::string& problem) {
  const auto found = known_.find(path);
  if (found == known_.end() || version_of(found->second.record) != version) return;
  found->second.record.problem = printable_utf8(problem);
  found->second.listed = nullptr;
  is_unsaved_ = true;
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
    now_listed.push_back(known.listed->entry->version() + path);
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
