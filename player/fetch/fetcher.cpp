#include "player/fetch/fetcher.hpp"

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/core/threads.hpp"
#include "player/client/download_queue.hpp"
#include "player/client/media_names.hpp"
#include "player/fetch/fetch_catalog.hpp"
#include "player/fetch/progress_line.hpp"
#include "player/fetch/terminal.hpp"
#include "player/panels/format.hpp"
#include "player/shell/signal_watcher.hpp"

namespace zoe::player {
namespace {

// Rung by whoever has news.
class Bell {
 public:
  void ring() {
    const MutexLock lock(mutex_);
    is_rung_ = true;
    changed_.notify_all();
  }
  void wait(std::chrono::milliseconds most) {
    const auto until = std::chrono::steady_clock::now() + most;
    const MutexLock lock(mutex_);
    while (!is_rung_ && changed_.wait_until(mutex_, until)) {
    }
    is_rung_ = false;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool is_rung_ ZOE_GUARDED_BY(mutex_) = false;
};

constexpr std::int64_t kStopNs = 10 * kNsPerS;   // a slow disk may take that long
constexpr std::chrono::milliseconds kLook{500};  // at what rings no bell: time

int complain(const std::string& message, int code) {
  std::fprintf(stderr, "zoetrope-fetch: %s\n", message.c_str());
  return code;
}

std::string shown_path(const std::string& path) { return path.starts_with("./") ? path.substr(2) : path; }

class Fetcher {
 public:
  Fetcher(const FetchOptions& options, const Clock& clock, Log& log)
      : options_(options), clock_(clock), log_(log), line_(style_of(options)) {}

  ~Fetcher() {
    if (link_) link_->set_wake(nullptr);
  }

  int run() {
    if (const auto code = connect()) return *code;
    if (const auto code = wait_signed_in()) return *code;
    if (options_.is_listing) return list();
    const auto item = look_up(*link_, options_.file);
    if (is_interrupted_) return kFetchInterrupted;
    if (!item) {
      const bool is_naming = item.error().code == Errc::kNotFound || item.error().code == Errc::kConflict;
      return complain(item.error().message, is_naming ? kFetchNotFound : kFetchFailed);
    }
    return download(*item);
  }

 private:
  static ProgressLine::Style style_of(const FetchOptions& options) {
    if (options.is_quiet) return ProgressLine::Style::kQuiet;
    return is_watched() ? ProgressLine::Style::kTerminal : ProgressLine::Style::kLines;
  }

  // Each of these: nothing, or the code to leave with.
  std::optional<int> connect() {
    std::string password;
    if (options_.sign_in.way == SignInOptions::Way::kPassword && options_.sign_in.secret_file.empty()) {
      auto typed = read_password("Password of " + options_.sign_in.name + ": ");
      if (!typed && typed.error().code == Errc::kCancelled) return kFetchInterrupted;
      if (!typed) return complain(typed.error().message, kFetchUsage);
      password = std::move(*typed);
    }
    signals_ = SignalWatcher::start([this](int) {
      is_interrupted_ = true;
      bell_.ring();
    });
    ServerLink::Options how;
    how.settings_path = std::filesystem::path(user_config_folder()) / "player.json";
    how.keeps_settings = false;
    how.connect_timeout_ns = options_.connect_timeout_ms * kNsPerMs;
    how.client_name = "zoetrope-fetch";
    if (options_.is_plain_wanted) how.security = net::Security::kPlain;
    link_ = ServerLink::create(std::move(how), clock_, log_);
    link_->set_wake([this] {
      bell_.ring();
      const MutexLock lock(queue_mutex_);
      if (queue_ != nullptr) queue_->notify();
    });
    link_->connect(options_.server);
    if (const Status told = sign_in(*link_, options_.sign_in, password); !told)
      return complain(told.error().message, kFetchUsage);
    return std::nullopt;
  }

  std::optional<int> wait_signed_in() {
    for (;; bell_.wait(kLook)) {
      if (is_interrupted_) return kFetchInterrupted;
      const LinkSnapshot link = link_->snapshot();
      if (link.state == LinkState::kSignedIn) {
        if (link.is_key_new) line_.say("First contact with this server; its key is " + link.key_pin);
        return std::nullopt;
      }
      if (const auto code = way_out(link)) return code;
    }
  }

  // Where the link waits for somebody.
  std::optional<int> way_out(const LinkSnapshot& link) {
    if (link.state == LinkState::kFailed) return complain(link.error, kFetchFailed);
    if (link.state == LinkState::kKeyChanged)
      return complain("The key of " + link.address + " is not the one that it had: somebody may pretend to be it. If " +
                          "its owner has changed it, accept the new one in zoetrope first.",
                      kFetchNotSignedIn);
    if (link.state != LinkState::kSignInNeeded) return std::nullopt;
    const bool may_try_guest = options_.sign_in.way == SignInOptions::Way::kAsk && link.auth.is_guest;
    if (may_try_guest && !std::exchange(has_tried_guest_, true)) {
      link_->enter_as_guest();
      return std::nullopt;
    }
    return complain(link.error.empty() ? link.address + " wants to know who you are: add --user NAME." : link.error,
                    kFetchNotSignedIn);
  }

  int list() {
    const auto items = list_all(*link_, options_.file);
    if (!items) return complain(items.error().message, kFetchFailed);
    for (const LibraryItem& item : *items)
      std::printf("%9s  %8s  %s\n", bytes_text(static_cast<double>(item.size_bytes)).c_str(),
                  time_text(item.duration_us).c_str(), full_path(item).c_str());
    if (items->empty()) line_.say("There is nothing of that name.");
    return kFetchDone;
  }

  DownloadRequest request_for(const LibraryItem& item) const {
    DownloadRequest request{.source = {.media = item.media, .root = item.root, .path = item.path, .title = item.title},
                            .folder = ".",
                            .size_bytes = static_cast<std::uint64_t>(item.size_bytes)};
    const std::filesystem::path output(options_.output);
    std::error_code error;
    if (options_.output.empty()) return request;
    if (!output.has_filename() || std::filesystem::is_directory(output, error)) {
      request.folder = options_.output;
    } else {
      request.name = output.filename();
      if (output.has_parent_path()) request.folder = output.parent_path();
    }
    while (request.folder.size() > 1 && request.folder.back() == '/') request.folder.pop_back();
    return request;
  }

  int download(const LibraryItem& item) {
    DownloadQueue::Options how;
    how.folder = ".";
    how.chunk_bytes = options_.chunk_bytes;
    how.wake = [this] { bell_.ring(); };
    DownloadQueue queue(*link_, std::move(how), clock_, log_);
    set_queue(&queue);
    queue.add(request_for(item));
    const int code = watch(queue);
    set_queue(nullptr);
    return code;
  }

  void set_queue(DownloadQueue* queue) {
    const MutexLock lock(queue_mutex_);
    queue_ = queue;
  }

  int watch(DownloadQueue& queue) {
    std::int64_t moved_ns = clock_.now_ns();
    std::uint64_t done_bytes = 0;
    for (;; bell_.wait(kLook)) {
      const Downloads downloads = queue.downloads();
      const DownloadInfo info = downloads->empty() ? DownloadInfo{} : downloads->front();
      if (is_interrupted_) return leave(stopped(queue), "Interrupted.", kFetchInterrupted);
      if (downloads->empty()) continue;
      if (std::exchange(done_bytes, info.done_bytes) != info.done_bytes || info.stage == DownloadStage::kChecking)
        moved_ns = clock_.now_ns();
      switch (info.stage) {
        case DownloadStage::kDone:
          if (!info.note.empty()) line_.say(info.note);
          line_.say(fmt::format("{} is here, verified.", bytes_text(static_cast<double>(info.size_bytes))));
          std::printf("%s\n", shown_path(info.path()).c_str());
          return kFetchDone;
        case DownloadStage::kFailed:
        case DownloadStage::kPaused:
          return leave(info, info.note, kFetchFailed);
        default:
          line_.show(info);
      }
      if (const auto code = way_out_of_download(info, moved_ns)) return *code;
    }
  }

  // As it is when all that has come is written down.
  DownloadInfo stopped(DownloadQueue& queue) {
    const auto now = [&] {
      const Downloads downloads = queue.downloads();
      return downloads->empty() ? DownloadInfo{} : downloads->front();
    };
    queue.pause(now().id);
    const std::int64_t until_ns = clock_.now_ns() + kStopNs;
    const auto is_stopping = [](DownloadStage stage) { return is_under_way(stage) || stage == DownloadStage::kQueued; };
    while (is_stopping(now().stage) && clock_.now_ns() < until_ns) bell_.wait(kLook);
    return now();
  }

  std::optional<int> way_out_of_download(const DownloadInfo& info, std::int64_t moved_ns) {
    const LinkSnapshot link = link_->snapshot();
    if (link.state == LinkState::kSignInNeeded || link.state == LinkState::kKeyChanged ||
        link.state == LinkState::kFailed) {
      line_.clear();
      if (const auto code = way_out(link)) return leave(info, {}, *code);
    }
    if (clock_.now_ns() - moved_ns < options_.patience_ns) return std::nullopt;
    return leave(info, info.note.empty() ? "Nothing more comes." : info.note, kFetchFailed);
  }

  int leave(const DownloadInfo& info, const std::string& why, int code) {
    line_.clear();
    if (!why.empty()) complain(why, code);
    if (info.done_bytes > 0 && !options_.is_quiet)
      std::fprintf(stderr, "%s of %s are kept in %s; the same command goes on from there.\n",
                   bytes_text(static_cast<double>(info.done_bytes)).c_str(),
                   bytes_text(static_cast<double>(info.size_bytes)).c_str(),
                   shown_path(part_path(info.path())).c_str());
    return code;
  }

  const FetchOptions& options_;
  const Clock& clock_;
  Log& log_;
  Bell bell_;
  std::atomic<bool> is_interrupted_{false};
  ProgressLine line_;
  std::unique_ptr<SignalWatcher> signals_;
  bool has_tried_guest_ = false;
  Mutex queue_mutex_;
  DownloadQueue* queue_ ZOE_GUARDED_BY(queue_mutex_) = nullptr;
  std::unique_ptr<ServerLink> link_;  // first to go: it rings the bell
};

}  // namespace

int run_fetch(const FetchOptions& options, const Clock& clock, Log& log) { return Fetcher(options, clock, log).run(); }

}  // namespace zoe::player
