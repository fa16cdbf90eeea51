#include "engine/plugin/host/running_process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <random>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "engine/core/process_tree.hpp"

namespace zoe::plugin {
namespace {

using std::chrono::steady_clock;

// For the keeper to end everything, beyond which it is thought to hang (a stopped one does).
constexpr std::chrono::seconds kEndPatience{10};
constexpr steady_clock::time_point kNever = steady_clock::time_point::max();
constexpr std::size_t kReadBytes = 65'536;
constexpr std::size_t kMostReport = 4096;
constexpr int kMostSweeps = 2000;  // of a millisecond and more each

std::string make_mark() {
  std::random_device random;
  return fmt::format("ZOE_PROCESS={:08x}{:08x}", random(), random());
}

std::vector<std::string> launch_arguments(const std::string& launcher, const ProcessOrder& order) {
  std::vector<std::string> words{launcher, "--folder", order.folder};
  const auto add = [&words](const char* flag, std::string value) {
    words.emplace_back(flag);
    words.push_back(std::move(value));
  };
  if (!order.user.empty()) add("--user", order.user);
  for (const std::string& path : order.readable) add("--readable", path);
  add("--memory", std::to_string(order.memory_bytes));
  add("--file", std::to_string(order.file_bytes));
  add("--processes", std::to_string(order.processes));
  add("--nice", std::to_string(order.nice));
  // One that is kept busy by all processors uses so much at the most, so this only meets what escapes the clock.
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(order.time).count();
  const auto processors = std::max(1U, std::thread::hardware_concurrency());
  add("--cpu", std::to_string(static_cast<std::uint64_t>(seconds) * processors));
  words.emplace_back("--");
  words.insert(words.end(), order.arguments.begin(), order.arguments.end());
  return words;
}

std::string_view next_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

int number_in(std::string_view word) {
  int number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

}  // namespace

Result<std::shared_ptr<ProcessService::Running>> ProcessService::Running::start(const std::string& launcher,
                                                                                ProcessOrder order,
                                                                                ProcessEvents events) {
  ZOE_TRY(DescriptorPair line, make_line_pair("a process"));
  ZOE_TRY(DescriptorPair output, make_pipe_pair("a process"));
  ZOE_TRY(DescriptorPair errors, make_pipe_pair("a process"));
  for (const UniqueFd* fd : {&output.ours, &errors.ours}) ::fcntl(fd->get(), F_SETFL, O_NONBLOCK);
  const std::string mark = make_mark();
  std::vector<std::string> environment = order.environment;
  environment.push_back(mark);
  auto keeper = ChildProcess::start({.arguments = launch_arguments(launcher, order),
                                     .environment = std::move(environment),
                                     .line = line.theirs.get(),
                                     .output = output.theirs.get(),
                                     .errors = errors.theirs.get()});
  if (!keeper)
    return fail(Errc::kUnavailable,
                "no process can be started: " + keeper.error().message + "; it belongs beside the program");
  return std::make_shared<Running>(std::move(order), std::move(events), std::move(*keeper), std::move(line),
                                   std::move(output), std::move(errors), mark);
}

ProcessService::Running::Running(ProcessOrder order, ProcessEvents events, ChildProcess keeper, DescriptorPair line,
                                 DescriptorPair output, DescriptorPair errors, std::string mark)
    : order_(std::move(order)),
      events_(std::move(events)),
      keeper_(std::move(keeper)),
      line_(std::move(line.ours)),
      output_{std::move(output.ours), LineSplitter(order_.line_bytes)},
      errors_{std::move(errors.ours), LineSplitter(order_.line_bytes)},
      mark_(std::move(mark)),
      deadline_(order_.time.count() > 0 ? steady_clock::now() + order_.time : kNever) {}

void ProcessService::Running::add_to(std::vector<pollfd>& watched) const {
  // What a process that is told to end still prints is nobody's business; its pipe goes with it.
  watched.push_back({ending_ ? -1 : output_.fd.get(), POLLIN, 0});
  watched.push_back({ending_ ? -1 : errors_.fd.get(), POLLIN, 0});
  watched.push_back({keeper_.watch(), POLLIN, 0});
}

void ProcessService::Running::begin_to_end(ProcessEndReason reason) {
  ending_ = reason;
  deadline_ = steady_clock::now() + kEndPatience;
  ::shutdown(line_.get(), SHUT_WR);
}

bool ProcessService::Running::serve(const pollfd* watched) {
  if (!ending_ && watched[0].revents != 0) read_some(ProcessStream::kOutput);
  if (!ending_ && watched[1].revents != 0) read_some(ProcessStream::kErrors);
  if (!ending_ && is_to_end_) begin_to_end(ProcessEndReason::kKilled);
  if (watched[2].revents != 0) return finish(), true;
  if (steady_clock::now() < deadline_) return false;
  if (!ending_) {
    begin_to_end(ProcessEndReason::kTimeout);
  } else {
    is_keeper_killed_ = true;
    deadline_ = kNever;
    keeper_.kill();
  }
  return false;
}

// One read; false when there is nothing more, now or ever.
bool ProcessService::Running::read_some(ProcessStream stream) {
  Pipe& from = pipe(stream);
  if (!from.fd) return false;
  std::array<char, kReadBytes> part;
  const ssize_t got = ::read(from.fd.get(), part.data(), part.size());
  if (got < 0) return errno == EINTR;
  const auto take = [&](std::string_view line, bool is_cut) { events_.line(stream, line, is_cut); };
  if (got == 0) {
    from.lines.finish(take);
    from.fd.reset();
    return false;
  }
  printed_bytes_ += static_cast<std::uint64_t>(got);
  if (order_.output_bytes > 0 && printed_bytes_ > order_.output_bytes)
    return begin_to_end(ProcessEndReason::kOutput), false;
  from.lines.feed({part.data(), static_cast<std::size_t>(got)}, take);
  return true;
}

// The keeper has ended, and with it whatever wrote into the pipes.
void ProcessService::Running::finish() {
  static_cast<void>(keeper_.end());
  ProcessEnd end = take_report();
  if (end.reason == ProcessEndReason::kLost) sweep();
  for (const ProcessStream stream : {ProcessStream::kOutput, ProcessStream::kErrors})
    while (!ending_ && read_some(stream)) {
    }
  if (ending_ && end.reason != ProcessEndReason::kNotStarted) end.reason = *ending_;
  events_.end(end);
}

// The keeper's one line; kLost where it has said nothing.
ProcessEnd ProcessService::Running::take_report() {
  std::string text(kMostReport, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::recv(line_.get(), text.data() + size, text.size() - size, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  if (!text.ends_with('\n')) return {};
  text.pop_back();
  std::string_view rest = text;
  const std::string_view word = next_word(rest);
  if (word == "failed") return {ProcessEndReason::kNotStarted, 0, 0, std::string(rest)};
  ProcessEnd end;
  if (word == "exited") end.reason = ProcessEndReason::kExited;
  if (word == "signalled") end.reason = ProcessEndReason::kSignalled;
  if (word == "killed") end.reason = ProcessEndReason::kKilled;
  if (word == "memory") end.reason = ProcessEndReason::kMemory;
  end.code = number_in(next_word(rest));
  end.left = static_cast<unsigned>(number_in(next_word(rest)));
  return end;
}

// What the dead keeper has left is this process's now. One that was killed has no environment any more, but its number,
// until it is reaped, which can be done once its parent has gone, too.
void ProcessService::Running::sweep() const {
  std::set<int> ours;
  for (int round = 0; round < kMostSweeps; ++round) {
    bool is_clean = true;
    for (const ProcessFacts& each : descendants_of(::getpid())) {
      const bool is_ours = ours.contains(each.pid) || ours.contains(each.parent) || has_in_environment(each.pid, mark_);
      if (!is_ours) continue;
      is_clean = false;
      ours.insert(each.pid);
      ::kill(each.pid, SIGKILL);
    }
    if (is_clean) return;
    for (const int pid : ours) ::waitpid(pid, nullptr, WNOHANG);
    ::poll(nullptr, 0, 1);
  }
}

}  // namespace zoe::plugin
