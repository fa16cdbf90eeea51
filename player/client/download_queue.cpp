#include "player/client/download_queue.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/core/threads.hpp"
#include "player/client/download_names.hpp"
#include "player/client/user_folders.hpp"

namespace zoe::player {

struct DownloadQueue::Shared {
  mutable Mutex mutex;
  CondVar changed;
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  bool is_notified ZOE_GUARDED_BY(mutex) = true;
  std::deque<DownloadEvent> events ZOE_GUARDED_BY(mutex);
  std::deque<Command> commands ZOE_GUARDED_BY(mutex);
  DownloadPace pace ZOE_GUARDED_BY(mutex) = DownloadPace::kFull;
  int most_at_once ZOE_GUARDED_BY(mutex) = 1;
  std::string folder ZOE_GUARDED_BY(mutex);  // that was chosen; empty: the default
  Downloads downloads ZOE_GUARDED_BY(mutex) = std::make_shared<const std::vector<DownloadInfo>>();
  std::uint64_t revision ZOE_GUARDED_BY(mutex) = 1;

  void post(DownloadEvent event) {
    const MutexLock lock(mutex);
    if (is_over) return;
    events.push_back(std::move(event));
    changed.notify_all();
  }
};

class DownloadQueue::Receiver final : public FileReceiver {
 public:
  Receiver(std::shared_ptr<Shared> shared, std::uint64_t job, std::uint64_t attempt)
      : shared_(std::move(shared)), job_(job), attempt_(attempt) {}

  void on_file_opened(const FileInfo& info) override { shared_->post({job_, attempt_, info}); }
  void on_file_piece(net::FileChunk&& piece) override { shared_->post({job_, attempt_, std::move(piece)}); }
  void on_file_ended(Status outcome) override { shared_->post({job_, attempt_, std::move(outcome)}); }

 private:
  const std::shared_ptr<Shared> shared_;
  const std::uint64_t job_;
  const std::uint64_t attempt_;
};

std::string server_key_of(const LinkSnapshot& link) {
  if (!link.key_pin.empty()) return link.key_pin;
  const auto address = ServerAddress::parse(link.address);
  return address ? fmt::format("plain:{}:{}", address->host, address->port) : std::string();
}

DownloadQueue::DownloadQueue(ServerLink& link, Options options, const Clock& clock, Log& log,
                             std::unique_ptr<DownloadDisk> disk)
    : link_(link),
      options_(std::move(options)),
      clock_(clock),
      log_(log),
      disk_(std::move(disk)),
      shared_(std::make_shared<Shared>()),
      tools_{.link = link,
             .disk = *disk_,
             .clock = clock,
             .log = log,
             .chunk_bytes = options_.chunk_bytes,
             .first_backoff_ns = options_.first_backoff_ns,
             .receiver = [shared = shared_](std::uint64_t job, std::uint64_t attempt) {
               return std::make_shared<Receiver>(shared, job, attempt);
             }} {
  {
    const MutexLock lock(shared_->mutex);
    shared_->folder = options_.folder;
  }
  thread_ = std::jthread([this] { run(); });
}

DownloadQueue::~DownloadQueue() {
  {
    const MutexLock lock(shared_->mutex);
    shared_->is_over = true;
    shared_->changed.notify_all();
  }
  thread_.join();
}

// --------------------------------------------------------------------------------------------------- any thread

void DownloadQueue::notify() {
  const MutexLock lock(shared_->mutex);
  shared_->is_notified = true;
  shared_->changed.notify_all();
}

void DownloadQueue::push(Command command) {
  const MutexLock lock(shared_->mutex);
  if (shared_->commands.size() >= kMostCommands) return;
  shared_->commands.push_back(std::move(command));
  shared_->changed.notify_all();
}

void DownloadQueue::add(DownloadRequest request) { push({.verb = Command::Verb::kAdd, .request = std::move(request)}); }
void DownloadQueue::pause(std::uint64_t id) { push({.verb = Command::Verb::kPause, .id = id}); }
void DownloadQueue::resume(std::uint64_t id) { push({.verb = Command::Verb::kResume, .id = id}); }
void DownloadQueue::remove(std::uint64_t id) { push({.verb = Command::Verb::kRemove, .id = id}); }
void DownloadQueue::clear_done() { push({.verb = Command::Verb::kClearDone}); }

void DownloadQueue::set_pace(DownloadPace pace) {
  const MutexLock lock(shared_->mutex);
  if (std::exchange(shared_->pace, pace) == pace) return;
  shared_->is_notified = true;
  shared_->changed.notify_all();
}

void DownloadQueue::set_most_at_once(int count) {
  const MutexLock lock(shared_->mutex);
  shared_->most_at_once = std::clamp(count, 1, kMostAtOnce);
  shared_->is_notified = true;
  shared_->changed.notify_all();
}

void DownloadQueue::set_folder(std::string folder) {
  const MutexLock lock(shared_->mutex);
  shared_->folder = std::move(folder);
  shared_->is_notified = true;
  shared_->changed.notify_all();
}

Downloads DownloadQueue::downloads() const {
  const MutexLock lock(shared_->mutex);
  return shared_->downloads;
}

std::string DownloadQueue::folder() const {
  const MutexLock lock(shared_->mutex);
  return shared_->folder.empty() ? user_download_folder() : shared_->folder;
}

int DownloadQueue::most_at_once() const {
  const MutexLock lock(shared_->mutex);
  return shared_->most_at_once;
}

std::uint64_t DownloadQueue::revision() const {
  const MutexLock lock(shared_->mutex);
  return shared_->revision;
}

// --------------------------------------------------------------------------------------------------- the thread

void DownloadQueue::run() {
  set_thread_name("zoe-download");
  load();
  for (bool has_more = false;;) {
    std::deque<DownloadEvent> events;
    std::deque<Command> commands;
    bool is_notified = false;
    {
      const MutexLock lock(shared_->mutex);
      while (!has_more && !shared_->is_over && !shared_->is_notified && shared_->events.empty() &&
             shared_->commands.empty()) {
        const std::int64_t rest = due_ns() - clock_.now_ns();
        if (rest <= 0) break;
        shared_->changed.wait_for(shared_->mutex, std::chrono::nanoseconds(std::min(rest, 3600 * kNsPerS)));
      }
      if (shared_->is_over) break;
      events.swap(shared_->events);
      commands.swap(shared_->commands);
      is_notified = std::exchange(shared_->is_notified, false);
    }
    for (Command& command : commands) carry_out(command);
    for (DownloadEvent& event : events)
      if (DownloadJob* const job = find(event.job)) job->on_event(event);
    if (is_notified) look_at_link();
    schedule();
    has_more = step_all();
    publish();
  }
  for (DownloadJob& job : jobs_) job.close();
  save_list();
}

void DownloadQueue::load() {
  if (options_.list_path.empty()) return;
  const auto text = disk_->read_small(options_.list_path, kMostListBytes);
  if (!text) {
    if (text.error().code != Errc::kNotFound) log_.warning("downloads", "{}", text.error().message);
    return;
  }
  auto list = parse_download_list(*text);
  if (!list) return log_.warning("downloads", "{}: {}", options_.list_path, list.error().message);
  {
    const MutexLock lock(shared_->mutex);
    if (options_.folder.empty()) shared_->folder = list->folder;
    shared_->most_at_once = list->most_at_once;
  }
  saved_list_ = *list;
  for (SavedDownload& each : list->downloads) jobs_.emplace_back(tools_, ++newest_id_, std::move(each));
  publish();
}

void DownloadQueue::carry_out(Command& command) {
  using Verb = Command::Verb;
  if (command.verb == Verb::kAdd) return add_job(command.request);
  if (command.verb == Verb::kClearDone) {
    jobs_.remove_if([](const DownloadJob& job) { return job.stage() == DownloadStage::kDone; });
    return;
  }
  DownloadJob* const job = find(command.id);
  if (job == nullptr) return;
  if (command.verb == Verb::kPause) job->pause();
  if (command.verb == Verb::kResume) job->resume();
  if (command.verb != Verb::kRemove) return;
  job->discard();
  jobs_.remove_if([&](const DownloadJob& each) { return each.id() == command.id; });
}

void DownloadQueue::add_job(DownloadRequest& request) {
  look_at_link();
  if (request.source.server.empty()) request.source.server = server_;
  if (request.folder.empty()) request.folder = folder();
  if (request.name.empty()) request.name = last_part(request.source.path);
  if (request.name.empty()) request.name = request.source.title;
  for (DownloadJob& job : jobs_) {
    const SavedDownload& saved = job.saved();
    if (job.stage() == DownloadStage::kDone || saved.folder != request.folder ||
        !saved.source.is_same_file(request.source))
      continue;
    return job.resume();
  }
  // The oldest of those that are done makes room.
  if (jobs_.size() >= kMostDownloads) {
    const auto done = std::find_if(jobs_.begin(), jobs_.end(),
                                   [](const DownloadJob& job) { return job.stage() == DownloadStage::kDone; });
    if (done == jobs_.end()) return log_.warning("downloads", "{} downloads are enough", kMostDownloads);
    jobs_.erase(done);
  }
  jobs_.emplace_back(tools_, ++newest_id_,
                     SavedDownload{.source = std::move(request.source),
                                   .address = address_,
                                   .folder = std::move(request.folder),
                                   .wanted_name = std::move(request.name),
                                   .size_bytes = request.size_bytes});
}

void DownloadQueue::look_at_link() {
  const LinkSnapshot link = link_.snapshot();
  is_ready_ = link_.is_ready();
  if (is_ready_) {
    server_ = server_key_of(link);
    address_ = link.address;
  }
  for (DownloadJob& job : jobs_) {
    if (!job.is_active()) continue;
    if (is_ready_ && job.saved().source.server != server_) {
      job.give_way("Waits until you are signed in at " + job.saved().address + " again.");
    } else if (is_ready_) {
      job.on_link_ready();
    }
  }
}

// Whose turn it is. A download that waits for the line keeps its place.
void DownloadQueue::schedule() {
  const int most = most_at_once();
  auto active = std::count_if(jobs_.begin(), jobs_.end(), [](const DownloadJob& job) { return job.is_active(); });
  for (DownloadJob& job : jobs_) {
    if (active >= most || !is_ready_) break;
    if (job.stage() != DownloadStage::kQueued || job.saved().source.server != server_) continue;
    job.begin();
    if (job.is_active()) ++active;
  }
  share_window();
}

void DownloadQueue::share_window() {
  DownloadPace pace = DownloadPace::kFull;
  {
    const MutexLock lock(shared_->mutex);
    pace = shared_->pace;
  }
  const auto active = std::count_if(jobs_.begin(), jobs_.end(), [](const DownloadJob& job) { return job.is_active(); });
  std::uint64_t window = pace == DownloadPace::kFull ? kFullWindow : kBesideWindow;
  if (pace == DownloadPace::kTrickle) window = 0;  // a chunk
  window /= static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(active, 1));
  for (DownloadJob& job : jobs_)
    if (job.is_active()) job.set_window(window);
}

bool DownloadQueue::step_all() {
  bool has_more = false;
  for (DownloadJob& job : jobs_) has_more = job.step() || has_more;
  return has_more || std::any_of(jobs_.begin(), jobs_.end(),
                                 [](const DownloadJob& job) { return job.stage() == DownloadStage::kChecking; });
}

std::int64_t DownloadQueue::due_ns() const {
  std::int64_t due = DownloadJob::kNeverNs;
  for (const DownloadJob& job : jobs_) {
    due = std::min(due, job.due_ns());
    if (job.stage() == DownloadStage::kRunning) due = std::min(due, told_ns_ + kTellNs);
  }
  return due;
}

DownloadJob* DownloadQueue::find(std::uint64_t id) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [id](const DownloadJob& job) { return job.id() == id; });
  return found == jobs_.end() ? nullptr : &*found;
}

// A change of stage is told at once, progress ten times a second.
void DownloadQueue::publish() {
  const std::int64_t now_ns = clock_.now_ns();
  std::vector<DownloadStage> stages;
  for (const DownloadJob& job : jobs_) stages.push_back(job.stage());
  if (stages == told_stages_ && now_ns - told_ns_ < kTellNs) return;
  told_ns_ = now_ns;
  told_stages_ = std::move(stages);
  std::vector<DownloadInfo> downloads;
  for (const DownloadJob& job : jobs_) downloads.push_back(job.info());
  {
    const MutexLock lock(shared_->mutex);
    shared_->downloads = std::make_shared<const std::vector<DownloadInfo>>(std::move(downloads));
    ++shared_->revision;
  }
  if (options_.wake) options_.wake();
  save_list();
}

void DownloadQueue::save_list() {
  if (options_.list_path.empty()) return;
  DownloadList list;
  {
    const MutexLock lock(shared_->mutex);
    list.most_at_once = shared_->most_at_once;
    list.folder = shared_->folder;
  }
  for (const DownloadJob& job : jobs_) list.downloads.push_back(job.to_be_saved());
  if (list == saved_list_) return;
  Status saved = make_private_folder(std::filesystem::path(options_.list_path).parent_path());
  if (saved) saved = disk_->replace_small(options_.list_path, as_bytes(to_text(list)));
  if (!saved) log_.warning("downloads", "the list of downloads is not kept: {}", saved.error().message);
  saved_list_ = std::move(list);
}

}  // namespace zoe::player
