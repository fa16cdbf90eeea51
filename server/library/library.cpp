#include "server/library/library.hpp"

#include <optional>
#include <thread>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/core/threads.hpp"
#include "server/library/artwork_maker.hpp"
#include "server/library/background.hpp"
#include "server/library/listing.hpp"
#include "server/library/root_names.hpp"
#include "server/library/scanner.hpp"
#include "server/library/tree_watch.hpp"

namespace zoe::server {
namespace {

constexpr std::chrono::milliseconds kUnfinishedLook{2000};

}  // namespace

struct Library::Impl {
  Impl(LibraryConfig library_config, IndexCache& indexes, const Quarantine& quarantine, const Clock& clock,
       Log& the_log, Metrics& metrics)
      : config(with_defaults(std::move(library_config))),
        log(the_log),
        files_listed(metrics.gauge("library_media")),
        scans(metrics.counter("library_scans_total")),
        artwork(config.artwork),
        subtitles(config.subtitles),
        scanner(config, quarantine, indexes, artwork, clock, the_log,
                {[this](ScanState now) { set_state(now); },
                 [this](Listing now, std::vector<LibraryProblem> left_out, bool is_changed) {
                   set_listing(std::move(now), std::move(left_out), is_changed);
                 }}),
        maker(config.prober, artwork, indexes, the_log, {[this] { want_rescan(); }}) {}

  static LibraryConfig with_defaults(LibraryConfig given);

  void run(const std::stop_token& stop);
  bool wait_for_next(const std::stop_token& stop);
  void tell_end_of_scan();
  void say_scanned(std::chrono::milliseconds took);
  std::size_t count_problems() const;
  void set_state(ScanState now);
  void set_listing(Listing now, std::vector<LibraryProblem> left_out, bool is_changed);
  void want_rescan();
  void follow_folders();
  std::shared_ptr<const Listing> current() const;

  const LibraryConfig config;
  Log& log;
  Gauge& files_listed;
  Counter& scans;
  std::function<void(std::size_t)> changed;  // set before the thread starts

  mutable Mutex mutex;
  CondVar woken;
  std::shared_ptr<const Listing> listing ZOE_GUARDED_BY(mutex) = std::make_shared<const Listing>();
  std::vector<LibraryProblem> problems ZOE_GUARDED_BY(mutex);
  ScanState state ZOE_GUARDED_BY(mutex);
  bool is_scan_seen ZOE_GUARDED_BY(mutex) = false;  // somebody was told that a scan runs
  bool is_rescan_wanted ZOE_GUARDED_BY(mutex) = false;

  ArtworkStore artwork;
  EmbeddedSubtitles subtitles;
  Scanner scanner;                       // the scan thread's
  std::optional<std::size_t> last_said;  // likewise
  bool has_warned_of_watch = false;      // likewise
  ArtworkMaker maker;
  std::unique_ptr<TreeWatch> watch;  // while it runs
  std::jthread thread;
};

void Library::Impl::run(const std::stop_token& stop) {
  set_thread_name("library-scan");
  enter_background();
  scanner.load();
  do {
    const auto started = std::chrono::steady_clock::now();
    scanner.scan(stop);
    follow_folders();
    scans.add();
    tell_end_of_scan();
    const auto took = std::chrono::steady_clock::now() - started;
    say_scanned(std::chrono::duration_cast<std::chrono::milliseconds>(took));
  } while (wait_for_next(stop));
}

// Whoever was told that a scan runs has to hear that it is over, also when it changed nothing.
void Library::Impl::tell_end_of_scan() {
  {
    MutexLock lock(mutex);
    if (!std::exchange(is_scan_seen, false)) return;
  }
  if (changed) changed(current()->items().size());
}

// Once the first scan is done, and afterwards when the listing is another one.
void Library::Impl::say_scanned(std::chrono::milliseconds took) {
  const std::size_t now_listed = current()->items().size();
  if (last_said == now_listed) return;
  last_said = now_listed;
  log.info("library", "{} videos listed, {} files left out, scanned in {} ms", now_listed, count_problems(),
           took.count());
}

std::size_t Library::Impl::count_problems() const {
  MutexLock lock(mutex);
  return problems.size();
}

// False: it is over.
bool Library::Impl::wait_for_next(const std::stop_token& stop) {
  // A file that is being written may never be closed by who writes it: a machine that is switched off.
  const bool is_periodic = config.rescan_every.count() > 0 || scanner.has_unfinished_files();
  const auto patience = scanner.has_unfinished_files() ? kUnfinishedLook : config.rescan_every;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  MutexLock lock(mutex);
  while (!stop.stop_requested() && !is_rescan_wanted) {
    if (!is_periodic) {
      woken.wait(mutex);
    } else if (!woken.wait_until(mutex, deadline)) {
      break;
    }
  }
  is_rescan_wanted = false;
  return !stop.stop_requested();
}

void Library::Impl::set_state(ScanState now) {
  MutexLock lock(mutex);
  state = now;
}

void Library::Impl::set_listing(Listing now, std::vector<LibraryProblem> left_out, bool is_changed) {
  const auto made = std::make_shared<const Listing>(std::move(now));
  {
    MutexLock lock(mutex);
    listing = made;
    problems = std::move(left_out);
  }
  files_listed.set(static_cast<std::int64_t>(made->items().size()));
  if (!is_changed) return;
  std::vector<MediaEntryPtr> entries;
  entries.reserve(made->items().size());
  for (const ListedMediaPtr& item : made->items()) entries.push_back(item->entry);
  maker.want(std::move(entries));
  if (changed) changed(made->items().size());
}

void Library::Impl::want_rescan() {
  MutexLock lock(mutex);
  is_rescan_wanted = true;
  woken.notify_all();
}

LibraryConfig Library::Impl::with_defaults(LibraryConfig given) {
  if (given.prober.program.empty()) given.prober.program = program_folder() + "/zoetrope-prober";
  if (given.root_names.empty()) given.root_names = name_roots(given.folders);
  return given;
}

void Library::Impl::follow_folders() {
  if (!watch) return;
  // What came into a folder between its listing and now was not told.
  if (watch->follow(scanner.folders())) want_rescan();
  if (watch->is_complete() || std::exchange(has_warned_of_watch, true)) return;
  log.warning("library",
              "the kernel does not watch so many folders, so changes are found by looking every {} s only; raise "
              "fs.inotify.max_user_watches to find them at once",
              config.rescan_every.count() / 1000);
}

std::shared_ptr<const Listing> Library::Impl::current() const {
  MutexLock lock(mutex);
  return listing;
}

Library::Library(LibraryConfig config, IndexCache& indexes, const Quarantine& quarantine, const Clock& clock, Log& log,
                 Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(config), indexes, quarantine, clock, log, metrics)) {}

Library::~Library() { stop(); }

void Library::stop() {
  impl_->thread.request_stop();
  {
    MutexLock lock(impl_->mutex);
    impl_->woken.notify_all();
  }
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->watch.reset();  // the scan thread used it
}

void Library::start(std::function<void(std::size_t)> changed) {
  impl_->changed = std::move(changed);
  if (impl_->config.is_watching)
    impl_->watch = std::make_unique<TreeWatch>([impl = impl_.get()] { impl->want_rescan(); });
  impl_->thread = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); });
}

void Library::rescan() { impl_->want_rescan(); }

MediaEntryPtr Library::find(const std::string& id) const { return impl_->current()->find(id); }

MediaEntryPtr Library::find_path(const std::string& path,
                                 const std::function<bool(const std::string& root)>& is_visible) const {
  const auto listing = impl_->current();
  for (const ListedMediaPtr& item : listing->items()) {
    const MediaEntry& entry = *item->entry;
    const bool is_meant =
        entry.relative_path == path ||
        (path.size() == entry.root.size() + 1 + entry.relative_path.size() && path.starts_with(entry.root) &&
         path[entry.root.size()] == '/' && path.ends_with(entry.relative_path));
    if (is_meant && is_visible(entry.root)) return item->entry;
  }
  return nullptr;
}

LibraryPage Library::list(const LibraryQuery& query) const { return impl_->current()->page(query); }

std::size_t Library::size() const { return impl_->current()->items().size(); }

std::vector<std::pair<std::string, std::size_t>> Library::roots() const {
  std::vector<std::pair<std::string, std::size_t>> roots;
  for (const std::string& name : impl_->config.root_names) roots.emplace_back(name, 0);
  const auto listing = impl_->current();
  for (const ListedMediaPtr& item : listing->items())
    for (auto& [name, count] : roots)
      if (name == item->entry->root) ++count;
  return roots;
}

std::vector<LibraryProblem> Library::problems() const {
  MutexLock lock(impl_->mutex);
  return impl_->problems;
}

ScanState Library::scan_state() const {
  const std::size_t pictures_left = impl_->maker.left();
  MutexLock lock(impl_->mutex);
  impl_->is_scan_seen = impl_->is_scan_seen || impl_->state.is_running;
  ScanState state = impl_->state;
  state.pictures_left = pictures_left;
  return state;
}

const ArtworkStore& Library::artwork() const { return impl_->artwork; }

EmbeddedSubtitles& Library::subtitles() { return impl_->subtitles; }

std::vector<FolderCount> Library::folders(const std::string& root, const std::string& folder) const {
  return impl_->current()->folders(root, folder);
}

}  // namespace zoe::server
