#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/plugin/host/process_service.hpp"
#include "engine/plugin/host/running_process.hpp"

namespace zoe::plugin {
namespace {

using std::chrono::steady_clock;

// What execve(2) takes in one text.
constexpr std::size_t kMostWord = 100'000;

bool is_word(const std::string& text) { return text.size() <= kMostWord && text.find('\0') == std::string::npos; }

Status check(const ProcessOrder& order) {
  if (order.arguments.empty() || !order.arguments[0].starts_with('/'))
    return fail(Errc::kInvalidArgument, "a process needs the absolute path of its program");
  if (!order.folder.starts_with('/'))
    return fail(Errc::kInvalidArgument, "a process needs the absolute path of its folder");
  const auto are_words = [](const std::vector<std::string>& all) { return std::ranges::all_of(all, is_word); };
  if (!are_words(order.arguments) || !are_words(order.environment) || !are_words(order.readable) ||
      !is_word(order.folder) || !is_word(order.user))
    return fail(Errc::kInvalidArgument, "no process can be given a text that is so long or has a zero byte");
  if (order.line_bytes == 0 || order.time.count() < 0)
    return fail(Errc::kInvalidArgument, "a process's limits must not be below zero");
  return {};
}

int wait_ms(steady_clock::time_point until) {
  if (until == steady_clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace

ProcessService::ProcessService(std::string launcher) : launcher_(std::move(launcher)) {}

ProcessService::~ProcessService() {
  std::jthread thread;
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    for (const auto& [id, each] : running_) each->kill();
    thread = std::move(thread_);
  }
  if (!thread.joinable()) return;
  thread.request_stop();
  wake();
}

void ProcessService::wake() const {
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one) < 0);
}

// From now on this process is the parent of whatever loses its keeper.
Status ProcessService::begin_thread() {
  if (thread_.joinable()) return {};
  wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_) return fail(errno_error("watch processes", errno));
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

Result<ProcessService::Id> ProcessService::start(ProcessOrder order, ProcessEvents events) {
  ZOE_CHECK(check(order));
  MutexLock lock(mutex_);
  if (is_stopped_) return fail(Errc::kUnavailable, "no more processes are started: the program stops");
  if (running_.size() >= kMostProcesses)
    return fail(Errc::kTooLarge, "there are as many processes as may run at once; try again later");
  ZOE_CHECK(begin_thread());
  // Under the lock, so that no event comes before its number is known.
  ZOE_TRY(std::shared_ptr<Running> started, Running::start(launcher_, std::move(order), std::move(events)));
  const Id id = next_++;
  running_.emplace(id, std::move(started));
  lock.unlock();
  wake();
  return id;
}

void ProcessService::kill(Id id) {
  {
    MutexLock lock(mutex_);
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    found->second->kill();
  }
  wake();
}

void ProcessService::release(Id id) {
  kill(id);
  MutexLock lock(mutex_);
  while (running_.contains(id)) ended_.wait(mutex_);
}

std::size_t ProcessService::running() const {
  MutexLock lock(mutex_);
  return running_.size();
}

void ProcessService::run(const std::stop_token& stop) {
  set_thread_name("processes");
  while (true) {
    std::vector<std::pair<Id, std::shared_ptr<Running>>> all;
    {
      MutexLock lock(mutex_);
      all.assign(running_.begin(), running_.end());
    }
    if (all.empty() && stop.stop_requested()) return;
    std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}};
    auto until = steady_clock::time_point::max();
    for (const auto& [id, each] : all) {
      each->add_to(watched);
      until = std::min(until, each->deadline());
    }
    if (::poll(watched.data(), watched.size(), wait_ms(until)) < 0)
      for (pollfd& each : watched) each.revents = 0;  // interrupted: only the clock is looked at
    std::uint64_t count = 0;
    static_cast<void>(::read(wake_.get(), &count, sizeof count) < 0);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all[i].second->serve(watched.data() + 1 + i * Running::kWatched)) continue;
      all[i].second.reset();  // who waits for its end may take away what its events hold
      MutexLock lock(mutex_);
      running_.erase(all[i].first);
      lock.unlock();
      ended_.notify_all();
    }
  }
}

}  // namespace zoe::plugin
