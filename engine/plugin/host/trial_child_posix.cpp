#include "engine/plugin/host/trial_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "engine/core/child_process.hpp"

namespace zoe::plugin {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::size_t kMostOutputBytes = 16U << 10;  // the end of what it prints, for the words
constexpr std::size_t kMostLineBytes = 64U << 10;    // no message of the child is longer

class Trial {
 public:
  Trial(const TrialChildOptions& options, const std::string& copy) : options_(options), copy_(copy) {}

  Result<TrialFacts> run();

 private:
  std::optional<Error> serve(ChildProcess& child, int line, int output);
  void read_output(int fd);
  bool read_line(int fd);
  void take(const json& message, int fd);
  void answer(const std::string& id, int fd);
  Error ended(const ChildEnd& end) const;
  std::string named(std::string words) const;
  std::string in_stage() const;

  const TrialChildOptions& options_;
  const std::string& copy_;
  std::string stage_;
  std::string output_;
  std::string pending_;
  std::optional<TrialFacts> facts_;
  std::optional<Error> failure_;
};

Result<TrialFacts> Trial::run() {
  ZOE_TRY(DescriptorPair line, make_line_pair("the trial"));
  ZOE_TRY(DescriptorPair output, make_pipe_pair("the trial"));
  ZOE_TRY(ChildProcess child,
          ChildProcess::start({.arguments = {options_.checker, "--quiet", "--line", std::to_string(ChildProcess::kLine),
                                             "--folder", options_.folder, copy_},
                               .environment = {},
                               .line = line.theirs.get(),
                               .output = output.theirs.get()}));
  line.theirs.reset();
  output.theirs.reset();
  ::fcntl(output.ours.get(), F_SETFL, O_NONBLOCK);
  if (auto given_up = serve(child, line.ours.get(), output.ours.get())) return fail(std::move(*given_up));
  const ChildEnd end = child.end();
  while (read_line(line.ours.get())) {
  }
  read_output(output.ours.get());
  if (failure_) return fail(std::move(*failure_));
  if (!facts_) return fail(ended(end));
  return std::move(*facts_);
}

// Until the child has ended (nothing), or it is given up.
std::optional<Error> Trial::serve(ChildProcess& child, int line, int output) {
  const auto until = steady_clock::now() + options_.deadline;
  std::array<pollfd, 4> watched{pollfd{child.watch(), POLLIN, 0}, pollfd{line, POLLIN, 0}, pollfd{output, POLLIN, 0},
                                pollfd{options_.stop_fd, POLLIN, 0}};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
    if (left <= 0) {
      return Error{Errc::kTimeout, options_.name + in_stage() + " did not come to its end within " +
                                       fmt::format("{:g} s", static_cast<double>(options_.deadline.count()) / 1000) +
                                       " when it was tried in a process of its own; what takes long belongs on a "
                                       "thread or a timer of its own"};
    }
    if (::poll(watched.data(), watched.size(), static_cast<int>(left)) < 0 && errno != EINTR)
      return errno_error("wait for the trial of " + options_.name, errno);
    if ((watched[1].revents & (POLLIN | POLLHUP)) != 0 && !read_line(line)) watched[1].fd = -1;
    if (watched[2].revents != 0) {
      read_output(output);
      if ((watched[2].revents & POLLIN) == 0) watched[2].fd = -1;
    }
    if (watched[3].revents != 0) return Error{Errc::kCancelled, "the program stops"};
    if (watched[0].revents != 0) return std::nullopt;
  }
}

void Trial::read_output(int fd) {
  std::array<char, 4096> part;
  // A child that prints without end gets no more than this many turns before the deadline is looked at again.
  for (int turn = 0; turn < 16; ++turn) {
    const ssize_t got = ::read(fd, part.data(), part.size());
    if (got <= 0) return;
    output_.append(part.data(), static_cast<std::size_t>(got));
    if (output_.size() > kMostOutputBytes) output_.erase(0, output_.size() - kMostOutputBytes);
  }
}

// One read; false at the end of what is there.
bool Trial::read_line(int fd) {
  std::array<char, 4096> part;
  const ssize_t got = ::recv(fd, part.data(), part.size(), MSG_DONTWAIT);
  if (got <= 0) return got < 0 && errno == EINTR;
  pending_.append(part.data(), static_cast<std::size_t>(got));
  for (std::size_t end = 0; (end = pending_.find('\n')) != std::string::npos; pending_.erase(0, end + 1)) {
    const json message = json::parse(pending_.substr(0, end), nullptr, false);
    if (message.is_object()) take(message, fd);
  }
  if (pending_.size() > kMostLineBytes) pending_.clear();
  return true;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>().substr(0, 1024) : std::string();
}

void Trial::take(const json& message, int fd) {
  if (message.contains("stage")) stage_ = text_of(message, "stage");
  if (message.contains("ask")) answer(text_of(message, "ask"), fd);
  if (message.contains("failed"))
    failure_ = Error{errc_from_string(text_of(message, "code")), named(text_of(message, "failed"))};
  if (message.contains("resident")) {
    failure_ =
        Error{Errc::kMalformed,
              options_.name + " works, but cannot be removed from memory again: " + text_of(message, "resident")};
  }
  if (const auto works = message.find("works"); works != message.end() && works->is_object())
    facts_ =
        TrialFacts{text_of(*works, "id"), text_of(*works, "name"), text_of(*works, "version"), text_of(*works, "kind")};
}

void Trial::answer(const std::string& id, int fd) {
  json reply;
  auto settings = options_.settings ? options_.settings(id) : Result<std::string>("{}");
  if (settings) {
    reply = {{"settings", *settings}, {"certificate", options_.certificate_pem}, {"key", options_.key_pem}};
  } else {
    reply = {{"failed", settings.error().message}};
  }
  const std::string line = reply.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  // A child that does not read must not stop the server: what does not fit in time is its own loss.
  const timeval patience{2, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t sent = ::send(fd, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    done += static_cast<std::size_t>(sent);
  }
}

// The private copy means nothing to the operator.
std::string Trial::named(std::string words) const {
  for (auto at = words.find(copy_); at != std::string::npos; at = words.find(copy_, at + options_.name.size()))
    words.replace(at, copy_.size(), options_.name);
  return words;
}

std::string Trial::in_stage() const {
  if (stage_.empty()) return "";
  return stage_ == "load" || stage_ == "unload" ? ": its " + stage_ + "ing" : ": its " + stage_;
}

Error Trial::ended(const ChildEnd& end) const {
  std::string how;
  if (end.is_exited)
    how = fmt::format("ended the process (status {}): a plugin never calls exit or abort", end.code);
  else
    how = fmt::format("crashed (signal {}, {})", end.code, ::strsignal(end.code));
  std::string words = options_.name + in_stage() + " " + how +
                      " when it was tried in a process of its own, so it was " +
                      "not loaded; to see where: gdb --args zoetrope-plugin-check " + options_.name;
  const auto last = output_.find_last_not_of(" \n");
  if (last == std::string::npos) return {Errc::kInternal, std::move(words)};
  const auto first = output_.find_last_of('\n', last);
  words += " (its last words: " + output_.substr(first == std::string::npos ? 0 : first + 1).substr(0, 200);
  while (words.ends_with('\n')) words.pop_back();
  return {Errc::kInternal, words + ")"};
}

}  // namespace

Result<TrialFacts> try_in_child(const std::string& path, const TrialChildOptions& options) {
  return Trial(options, path).run();
}

}  // namespace zoe::plugin
