// zoetrope-rtmp-load: many RTMP viewers of one stream, for comparing servers. Counts what comes and when.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/unique_fd.hpp"
#include "tests/rtmp/rtmp_reader.hpp"

namespace zoe::rtmp {
namespace {

struct Options {
  int port = 1935;
  int clients = 64;
  double seconds = 10;
  double warm_up_s = 3;
  double ramp_s = 2;
  double buffer_s = 0.5;  // a picture that comes later than this after its time is late
  std::string stream = "live/channel";
};

struct Figures {
  bool is_measuring = false;
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
  std::uint64_t late = 0;
  double longest_gap_ms = 0;
  double worst_lateness_ms = 0;
};

// --- AMF0 (Adobe, 2007), as much of it as three commands need.

void put_text(std::vector<std::uint8_t>& to, std::string_view text) {
  to.push_back(static_cast<std::uint8_t>(text.size() >> 8U));
  to.push_back(static_cast<std::uint8_t>(text.size()));
  to.insert(to.end(), text.begin(), text.end());
}
void put_string(std::vector<std::uint8_t>& to, std::string_view text) {
  to.push_back(2);
  put_text(to, text);
}
void put_number(std::vector<std::uint8_t>& to, double number) {
  to.push_back(0);
  const auto bits = std::bit_cast<std::uint64_t>(number);
  for (int shift = 56; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(bits >> shift));
}

// A command in one message, in chunks of 128 bytes.
void put_command(std::vector<std::uint8_t>& to, std::uint8_t message_stream, const std::vector<std::uint8_t>& body) {
  const auto size = body.size();
  to.insert(to.end(), {3, 0, 0, 0, static_cast<std::uint8_t>(size >> 16U), static_cast<std::uint8_t>(size >> 8U),
                       static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(MessageType::kCommand),
                       message_stream, 0, 0, 0});
  for (std::size_t at = 0; at < size; at += 128) {
    if (at > 0) to.push_back(0xC3);
    to.insert(to.end(), body.begin() + static_cast<std::ptrdiff_t>(at),
              body.begin() + static_cast<std::ptrdiff_t>(std::min(size, at + 128)));
  }
}

std::vector<std::uint8_t> commands(const Options& options) {
  const auto slash = options.stream.find('/');
  const std::string app = options.stream.substr(0, slash);
  std::vector<std::uint8_t> all;
  std::vector<std::uint8_t> body;
  put_string(body, "connect");
  put_number(body, 1);
  body.push_back(3);
  put_text(body, "app");
  put_string(body, app);
  put_text(body, "tcUrl");
  put_string(body, "rtmp://127.0.0.1:" + std::to_string(options.port) + "/" + app);
  body.insert(body.end(), {0, 0, 9});
  put_command(all, 0, body);
  body.clear();
  put_string(body, "createStream");
  put_number(body, 2);
  body.push_back(5);
  put_command(all, 0, body);
  body.clear();
  put_string(body, "play");
  put_number(body, 3);
  body.push_back(5);
  put_string(body, options.stream.substr(slash + 1));
  put_command(all, 1, body);
  return all;
}

// One thread.
class Viewer final : private ReaderSink {
 public:
  Viewer(const Options& options, const Clock& clock, Figures& figures)
      : options_(options), clock_(clock), figures_(figures) {}

  Status connect() {
    fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd_) return fail(errno_error("socket", errno));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return fail(errno_error("connect to port " + std::to_string(options_.port), errno));
    std::vector<std::uint8_t> greeting(1 + 1536, 0);
    greeting[0] = 3;
    return write(greeting);
  }

  int fd() const { return fd_.get(); }
  bool is_playing() const { return has_base_ && failure_.empty(); }
  const std::string& failure() const { return failure_; }

  // Takes what there is, up to four times the scratch.
  void read(std::vector<std::uint8_t>& scratch) {
    for (int i = 0; i < 4 && failure_.empty(); ++i) {
      const ssize_t got = ::recv(fd_.get(), scratch.data(), scratch.size(), MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (got <= 0) return give_up(got == 0 ? "the server closed the connection" : "the connection broke");
      if (figures_.is_measuring) figures_.bytes += static_cast<std::uint64_t>(got);
      if (Status status = reader_.feed({scratch.data(), static_cast<std::size_t>(got)}); !status)
        return give_up(status.error().message);
      if (static_cast<std::size_t>(got) < scratch.size()) return;
    }
  }

  // At the end: what has been due and has not come.
  void finish() { note_gap(clock_.now_ns()); }

 private:
  void on_greeting(Bytes s1) override {
    std::vector<std::uint8_t> answer(s1.begin(), s1.end());
    const auto all = commands(options_);
    answer.insert(answer.end(), all.begin(), all.end());
    if (Status status = write(answer); !status) give_up(status.error().message);
  }

  void on_message(const Message& message) override {
    if (message.type != MessageType::kVideo || message.size_bytes < 8) return;  // not the decoder's header alone
    const std::int64_t now_ns = clock_.now_ns();
    const std::int64_t time_ns = std::int64_t{message.timestamp_ms} * kNsPerMs;
    // The earliest that a picture has come after its time is when it is due.
    if (!has_base_ || now_ns - time_ns < base_ns_) base_ns_ = now_ns - time_ns;
    has_base_ = true;
    note_gap(now_ns);
    came_ns_ = now_ns;
    if (!figures_.is_measuring) return;
    ++figures_.frames;
    const double late_ms = static_cast<double>(now_ns - time_ns - base_ns_) / 1e6 - options_.buffer_s * 1e3;
    if (late_ms > 0) ++figures_.late;
    figures_.worst_lateness_ms = std::max(figures_.worst_lateness_ms, late_ms);
  }

  void note_gap(std::int64_t now_ns) {
    if (figures_.is_measuring && came_ns_ != 0)
      figures_.longest_gap_ms = std::max(figures_.longest_gap_ms, static_cast<double>(now_ns - came_ns_) / 1e6);
  }

  Status write(const std::vector<std::uint8_t>& bytes) {
    // A few thousand bytes into an empty socket: the kernel takes them at once.
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(bytes.size())) return fail(errno_error("send", errno));
    return {};
  }
  void give_up(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
    fd_.reset();
  }

  const Options& options_;
  const Clock& clock_;
  Figures& figures_;
  UniqueFd fd_;
  Reader reader_{*this};
  std::string failure_;
  bool has_base_ = false;
  std::int64_t base_ns_ = 0;
  std::int64_t came_ns_ = 0;
};

class Run {
 public:
  explicit Run(const Options& options) : options_(options) {}

  Result<nlohmann::json> go() {
    epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return fail(errno_error("epoll_create1", errno));
    const std::int64_t begin_ns = clock_.now_ns();
    for (int i = 0; i < options_.clients; ++i) {
      poll_until(begin_ns + static_cast<std::int64_t>(options_.ramp_s * 1e9 * i / options_.clients));
      viewers_.push_back(std::make_unique<Viewer>(options_, clock_, figures_));
      ZOE_CHECK(viewers_.back()->connect());
      epoll_event event{EPOLLIN, {.ptr = viewers_.back().get()}};
      if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, viewers_.back()->fd(), &event) != 0)
        return fail(errno_error("epoll_ctl", errno));
    }
    poll_until(clock_.now_ns() + static_cast<std::int64_t>(options_.warm_up_s * 1e9));
    std::printf("measuring\n");
    std::fflush(stdout);
    const std::int64_t from_ns = clock_.now_ns();
    figures_.is_measuring = true;
    poll_until(from_ns + static_cast<std::int64_t>(options_.seconds * 1e9));
    for (const auto& each : viewers_) each->finish();
    std::printf("measured\n");
    std::fflush(stdout);
    return report(static_cast<double>(clock_.now_ns() - from_ns) / 1e9);
  }

 private:
  void poll_until(std::int64_t until_ns) {
    std::array<epoll_event, 256> events;
    for (std::int64_t now_ns = clock_.now_ns(); now_ns < until_ns; now_ns = clock_.now_ns()) {
      const auto wait_ms = static_cast<int>(std::min<std::int64_t>((until_ns - now_ns) / kNsPerMs + 1, 100));
      const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms);
      for (int i = 0; i < count; ++i)
        static_cast<Viewer*>(events[static_cast<std::size_t>(i)].data.ptr)->read(scratch_);
    }
  }

  nlohmann::json report(double measured_s) const {
    int playing = 0;
    std::string failure;
    for (const auto& each : viewers_) {
      playing += each->is_playing() ? 1 : 0;
      if (!each->failure().empty()) failure = each->failure();
    }
    return {{"clients", options_.clients},
            {"playing", playing},
            {"measured_s", measured_s},
            {"bytes", figures_.bytes},
            {"frames", figures_.frames},
            {"late", figures_.late},
            {"worst_lateness_ms", std::max(figures_.worst_lateness_ms, 0.0)},
            {"longest_gap_ms", figures_.longest_gap_ms},
            {"failure", failure}};
  }

  const Options& options_;
  SystemClock clock_;
  Figures figures_;
  UniqueFd epoll_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::vector<std::uint8_t> scratch_ = std::vector<std::uint8_t>(1U << 20);
};

}  // namespace
}  // namespace zoe::rtmp

int main(int argc, char** argv) {
  zoe::rtmp::Options options;
  CLI::App app{
      "Many RTMP viewers of one live stream on this machine; prints \"measuring\", \"measured\" and figures as JSON."};
  app.add_option("--port", options.port, "of the server")->capture_default_str()->check(CLI::Range(1, 65'535));
  app.add_option("--stream", options.stream, "APP/NAME")->capture_default_str();
  app.add_option("--clients", options.clients, "how many")->capture_default_str()->check(CLI::Range(1, 20'000));
  app.add_option("--seconds", options.seconds, "how long to measure")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  app.add_option("--warm-up", options.warm_up_s, "seconds before that")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 600.0));
  app.add_option("--ramp", options.ramp_s, "seconds over which they start")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 600.0));
  CLI11_PARSE(app, argc, argv);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto figures = zoe::rtmp::Run(options).go();
  if (!figures) {
    std::fprintf(stderr, "zoetrope-rtmp-load: %s\n", figures.error().message.c_str());
    return 1;
  }
  std::printf("%s\n", figures->dump().c_str());
  return 0;
}
