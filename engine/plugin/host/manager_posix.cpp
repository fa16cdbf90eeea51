#include "engine/plugin/host/manager.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <thread>
#include <utility>

#include "engine/core/unique_fd.hpp"
#include "engine/plugin/host/folder_watch.hpp"
#include "engine/plugin/host/swapper.hpp"

namespace zoe::plugin {
namespace {

constexpr std::string_view kComponent = "plugins";
constexpr std::chrono::milliseconds kWatchAgainAfter{2'000};

using Promise = std::promise<Result<SwapReport>>;
using Work = std::function<Result<SwapReport>(Swapper&)>;

struct Command {
  std::string key;  // equal ones that still wait are carried out once; empty: never joined
  Work work;
  std::vector<Promise> promises;
};

void raise(int fd) {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(fd, &one, sizeof one));
}

}  // namespace

std::string_view to_string(PluginAction action) {
  switch (action) {
    case PluginAction::kLoad:
      return "load";
    case PluginAction::kSwap:
      return "swap";
    case PluginAction::kRollBack:
      return "roll_back";
    case PluginAction::kEnable:
      return "enable";
    case PluginAction::kDisable:
      return "disable";
    case PluginAction::kDrain:
      return "drain";
    case PluginAction::kUnload:
      return "unload";
    case PluginAction::kFileRemoved:
      break;
  }
  return "file_removed";
}

// The plugin thread and its queue.
class Manager::Worker {
 public:
  Worker(HostServices& services, ManagerOptions options, Registry& registry, std::shared_ptr<UniqueFd> wake,
         UniqueFd stop)
      : log_(services.config().log),
        options_(std::move(options)),
        registry_(registry),
        hung_(services.hung_calls()),
        wake_(std::move(wake)),
        stop_(std::move(stop)),
        swapper_(services, options_, registry, stop_.get()) {}

  Result<FolderReport> start() {
    std::promise<Result<FolderReport>> loaded;
    auto report = loaded.get_future();
    thread_ = std::thread([this, promise = std::move(loaded)]() mutable { run(std::move(promise)); });
    return report.get();
  }

  bool stop(std::chrono::nanoseconds timeout) {
    std::deque<Command> left;
    {
      MutexLock lock(mutex_);
      if (std::exchange(is_stopped_, true)) return is_clean_;
      stop_timeout_ = timeout;
      left.swap(commands_);
    }
    for (Command& command : left)
      for (Promise& promise : command.promises) promise.set_value(fail(Errc::kCancelled, "the program stops"));
    raise(stop_.get());
    raise(wake_->get());
    if (thread_.joinable())
      thread_.join();
    else
      end();
    return is_clean_;
  }

  std::future<Result<SwapReport>> post(std::string key, Work work) {
    Promise promise;
    auto future = promise.get_future();
    {
      MutexLock lock(mutex_);
      if (is_stopped_) {
        promise.set_value(fail(Errc::kCancelled, "the program stops"));
        return future;
      }
      const auto same = std::find_if(commands_.begin(), commands_.end(),
                                     [&key](const Command& c) { return !key.empty() && c.key == key; });
      if (same != commands_.end()) {
        same->promises.push_back(std::move(promise));
      } else {
        commands_.push_back({std::move(key), std::move(work), {}});
        commands_.back().promises.push_back(std::move(promise));
      }
    }
    raise(wake_->get());
    return future;
  }

  std::vector<PluginStatus> snapshot() const { return swapper_.snapshot(); }

 private:
  void run(std::promise<Result<FolderReport>> loaded) {
    set_thread_name("plugins");
    if (options_.is_watching) open_watch();  // before the folder is read: nothing is missed between the two
    loaded.set_value(swapper_.load_folder());
    while (true) {
      auto wait = swapper_.tend();
      if (options_.is_watching && !watch_) wait = std::min(wait, kWatchAgainAfter);
      std::array<pollfd, 2> watched{pollfd{wake_->get(), POLLIN, 0}, pollfd{watch_ ? watch_->fd() : -1, POLLIN, 0}};
      ::poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
      std::uint64_t count = 0;
      static_cast<void>(!::read(wake_->get(), &count, sizeof count));
      {
        MutexLock lock(mutex_);
        if (is_stopped_) break;
      }
      carry_out();
      if (watched[1].revents != 0) look();
      if (options_.is_watching && !watch_ && open_watch()) swapper_.look_through_folder();
    }
    end();
  }

  void end() {
    std::chrono::nanoseconds timeout{};
    {
      MutexLock lock(mutex_);
      timeout = stop_timeout_;
    }
    is_clean_ = registry_.stop(timeout.count());
    if (hung_->load(std::memory_order_acquire) > 0) {
      log_.error(kComponent, "{} calls into plugins never came back", hung_->load());
      is_clean_ = false;
    }
  }

  bool open_watch() {
    auto opened = FolderWatch::open(options_.folder);
    if (opened) {
      watch_ = std::move(*opened);
      log_.info(kComponent, "watching {}", options_.folder);
    } else if (!std::exchange(has_told_, true)) {
      log_.error(kComponent, "{}: new files in it are not noticed", opened.error().message);
    }
    if (opened) has_told_ = false;
    return static_cast<bool>(opened);
  }

  void carry_out() {
    while (true) {
      Command command;
      {
        MutexLock lock(mutex_);
        if (commands_.empty()) return;
        command = std::move(commands_.front());
        commands_.pop_front();
      }
      const Result<SwapReport> result = command.work(swapper_);
      for (Promise& promise : command.promises) promise.set_value(result);
    }
  }

  void look() {
    const FolderWatch::Changes changes = watch_->read();
    for (const std::string& name : changes.gone) swapper_.file_gone(name);
    for (const std::string& name : changes.arrived) swapper_.file_arrived(name);
    for (const std::string& name : changes.changed) swapper_.file_changed(name);
    if (changes.has_lost_some) swapper_.look_through_folder();
    if (changes.is_folder_gone) {
      log_.error(kComponent, "the plugin folder {} is gone; what is loaded serves on", options_.folder);
      watch_.reset();
      has_told_ = true;
    }
  }

  Log& log_;
  const ManagerOptions options_;
  Registry& registry_;
  const HungCalls hung_;
  const std::shared_ptr<UniqueFd> wake_;
  const UniqueFd stop_;
  Swapper swapper_;
  std::unique_ptr<FolderWatch> watch_;  // [plugin thread]
  bool has_told_ = false;               // [plugin thread] that the folder cannot be watched
  bool is_clean_ = true;                // written before the thread ends
  std::thread thread_;
  Mutex mutex_;
  std::deque<Command> commands_ ZOE_GUARDED_BY(mutex_);
  bool is_stopped_ ZOE_GUARDED_BY(mutex_) = false;
  std::chrono::nanoseconds stop_timeout_ ZOE_GUARDED_BY(mutex_){0};
};

Manager::Manager(std::unique_ptr<Registry> registry) : registry_(std::move(registry)) {}

Result<std::unique_ptr<Manager>> Manager::create(HostServices& services, ManagerOptions options) {
  // Shared with the pins, whose last may go after the manager.
  const auto wake = std::make_shared<UniqueFd>(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!*wake || !stop) return fail(errno_error("make a wake-up descriptor", errno));
  ZOE_TRY(auto registry,
          Registry::create(services, {options.run_folder, [wake] { raise(wake->get()); }, options.init_deadline}));
  std::unique_ptr<Manager> manager(new Manager(std::move(registry)));
  manager->worker_ = std::make_unique<Worker>(services, std::move(options), *manager->registry_, wake, std::move(stop));
  return manager;
}

Manager::~Manager() { stop(std::chrono::nanoseconds(0)); }

Result<FolderReport> Manager::start() { return worker_->start(); }

bool Manager::stop(std::chrono::nanoseconds timeout) { return worker_->stop(timeout); }

std::future<Result<SwapReport>> Manager::swap(std::string what) {
  std::string key = "swap " + what;
  return worker_->post(std::move(key), [what = std::move(what)](Swapper& swapper) { return swapper.swap(what); });
}

std::future<Result<SwapReport>> Manager::rollback(std::string id) {
  return worker_->post({}, [id = std::move(id)](Swapper& swapper) { return swapper.roll_back(id); });
}

std::future<Result<SwapReport>> Manager::enable(std::string id) {
  return worker_->post({}, [id = std::move(id)](Swapper& swapper) { return swapper.enable(id); });
}

std::future<Result<SwapReport>> Manager::disable(std::string id) {
  return worker_->post({}, [id = std::move(id)](Swapper& swapper) { return swapper.disable(id); });
}

std::future<Result<SwapReport>> Manager::drain(std::string id) {
  return worker_->post({}, [id = std::move(id)](Swapper& swapper) { return swapper.drain(id); });
}

std::vector<PluginStatus> Manager::snapshot() const { return worker_->snapshot(); }

}  // namespace zoe::plugin
