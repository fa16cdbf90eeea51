#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "engine/core/child_process.hpp"
#include "server/library/prober.hpp"
#include "server/library/prober_line.hpp"

namespace zoe::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStopLook{100};

struct Child {
  ChildProcess process;
  UniqueFd line;
  std::string pending;  // read, without its end yet
  int files = 0;
};

std::string words_of(const ChildEnd& end) {
  if (end.is_exited) return "ended with status " + std::to_string(end.code);
  return "was ended by signal " + std::to_string(end.code) + ", " + ::strsignal(end.code);
}

}  // namespace

struct Prober::Impl {
  explicit Impl(ProberOptions the_options) : options(std::move(the_options)) {}

  Status start();
  Status send(const std::string& line);
  // Nothing where the child has died.
  std::optional<Result<Findings>> serve(steady_clock::time_point until, const std::stop_token& stop,
                                        const std::function<void(double)>& progress);
  bool read_more();
  Result<std::optional<Result<Findings>>> take_lines(const std::function<void(double)>& progress);

  const ProberOptions options;
  std::optional<Child> child;
  int started = 0;
};

Status Prober::Impl::start() {
  ZOE_TRY(DescriptorPair line, make_line_pair("the prober"));
  auto process = ChildProcess::start({.arguments = {options.program, "--line", std::to_string(ChildProcess::kLine),
                                                    "--memory", std::to_string(options.memory_bytes)},
                                      .environment = {},
                                      .line = line.theirs.get(),
                                      .output = STDERR_FILENO});
  if (!process)
    return fail(Errc::kUnavailable,
                "no file can be looked into: " + process.error().message + "; it belongs beside zoetrope-server");
  child.emplace(Child{std::move(*process), std::move(line.ours), {}, 0});
  ++started;
  return {};
}

Status Prober::Impl::send(const std::string& line) {
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t sent = ::send(child->line.get(), line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return fail(errno_error("write to the prober", errno));
    done += static_cast<std::size_t>(sent);
  }
  return {};
}

// One read; false once there is nothing more to come.
bool Prober::Impl::read_more() {
  std::array<char, 65'536> part;
  const ssize_t got = ::recv(child->line.get(), part.data(), part.size(), MSG_DONTWAIT);
  if (got <= 0) return got < 0 && (errno == EINTR || errno == EAGAIN);
  child->pending.append(part.data(), static_cast<std::size_t>(got));
  return true;
}

// The answer, once it is there.
Result<std::optional<Result<Findings>>> Prober::Impl::take_lines(const std::function<void(double)>& progress) {
  for (std::size_t end = 0; (end = child->pending.find('\n')) != std::string::npos;) {
    double share = 0;
    auto answer = parse_answer(std::string_view(child->pending).substr(0, end), share);
    child->pending.erase(0, end + 1);
    if (!answer || *answer) return answer;
    if (progress) progress(share);
  }
  if (child->pending.size() > kMostProberLine) return fail(Errc::kMalformed, "an answer of the prober has no end");
  return std::optional<Result<Findings>>();
}

std::optional<Result<Findings>> Prober::Impl::serve(steady_clock::time_point until, const std::stop_token& stop,
                                                    const std::function<void(double)>& progress) {
  auto silent_until = steady_clock::now() + options.silence;
  while (true) {
    if (stop.stop_requested()) return fail(Errc::kCancelled, "the examination was stopped");
    const auto now = steady_clock::now();
    if (now >= silent_until)
      return fail(Errc::kTimeout, "reading it hangs: nothing came of it for " +
                                      std::to_string(options.silence.count() / 1000) + " s, so it was given up");
    if (now >= until) return fail(Errc::kTimeout, "reading it takes far too long for its size, so it was given up");
    pollfd watched{child->line.get(), POLLIN, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(kStopLook.count()));
    if (ready < 0 && errno != EINTR) return fail(errno_error("wait for the prober", errno));
    if (ready <= 0) continue;
    const bool is_alive = read_more();
    silent_until = steady_clock::now() + options.silence;
    auto answer = take_lines(progress);
    if (!answer) return fail(std::move(answer).error());
    if (*answer) return std::move(**answer);
    if (!is_alive) return std::nullopt;
  }
}

Prober::Prober(ProberOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Prober::~Prober() = default;

int Prober::started() const { return impl_->started; }

Result<Findings> Prober::examine(const ExamineOrder& order, std::uint64_t size_bytes, const std::stop_token& stop,
                                 const std::function<void(double)>& progress) {
  const auto by_size = std::chrono::seconds(size_bytes / std::max<std::size_t>(impl_->options.bytes_per_second, 1));
  const auto until = steady_clock::now() + impl_->options.least_time + by_size;
  std::string how_it_died;
  // Once more in a fresh child: what a file before this one did must not be laid at its door.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool is_worn = impl_->child && impl_->child->files >= impl_->options.files_per_child;
    if (attempt > 0 || is_worn) impl_->child.reset();
    if (!impl_->child) ZOE_CHECK(impl_->start());
    ++impl_->child->files;
    // A child that cannot be written to has died; `serve` sees it, too.
    static_cast<void>(impl_->send(order_line(order)));
    auto answer = impl_->serve(until, stop, progress);
    if (!answer) {
      const ChildEnd end = impl_->child->process.end();
      how_it_died = words_of(end);
      impl_->child.reset();
      continue;
    }
    // Whatever else it would still say belongs to this file.
    if (!*answer && (answer->error().code == Errc::kTimeout || answer->error().code == Errc::kCancelled ||
                     answer->error().code == Errc::kInternal))
      impl_->child.reset();
    if (!*answer && answer->error().code == Errc::kNoMemory) {
      impl_->child.reset();
      return fail(Errc::kTooLarge, "reading it takes more memory than the " +
                                       std::to_string(impl_->options.memory_bytes >> 20) + " MiB that it may have");
    }
    return std::move(*answer);
  }
  return fail(Errc::kMalformed, "reading it took the prober down, twice (it " + how_it_died + ")");
}

}  // namespace zoe::server
