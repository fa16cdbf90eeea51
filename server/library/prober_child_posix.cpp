#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <new>
#include <string>

#include "server/library/background.hpp"
#include "server/library/prober.hpp"
#include "server/library/prober_line.hpp"

namespace zoe::server {
namespace {

constexpr rlim_t kMostFileBytes = rlim_t{1} << 30;
constexpr rlim_t kMostFiles = 64;
constexpr std::chrono::milliseconds kTellEvery{150};

void limit(decltype(RLIMIT_AS) what, rlim_t most) {
  rlimit now{};
  if (::getrlimit(what, &now) != 0) return;
  const rlim_t bounded = now.rlim_max == RLIM_INFINITY ? most : std::min(now.rlim_max, most);
  const rlimit wanted{bounded, bounded};
  ::setrlimit(what, &wanted);
}

void limit_this_process(std::size_t memory_bytes) {
#if !defined(ZOE_ASAN) && !defined(ZOE_TSAN)  // their shadow memory takes terabytes of address space
  limit(RLIMIT_AS, memory_bytes);
#else
  static_cast<void>(memory_bytes);
#endif
  limit(RLIMIT_FSIZE, kMostFileBytes);
  limit(RLIMIT_NOFILE, kMostFiles);
  limit(RLIMIT_CORE, 0);
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit fails instead
  std::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a loop without end must not outlive the server
  enter_background();
}

bool write_all(int line, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t sent = ::send(line, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

// False once the other end is gone.
bool read_line(int line, std::string& pending, std::string& out) {
  std::array<char, 8192> part;
  while (true) {
    if (const auto end = pending.find('\n'); end != std::string::npos) {
      out = pending.substr(0, end);
      pending.erase(0, end + 1);
      return true;
    }
    const ssize_t got = ::recv(line, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || pending.size() > kMostProberLine) return false;
    pending.append(part.data(), static_cast<std::size_t>(got));
  }
}

// Not more often than anybody looks.
class Teller {
 public:
  explicit Teller(int line) : line_(line) {}

  Status tell(double share) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < kTellEvery) return {};
    told_ = now;
    if (write_all(line_, share_line(share))) return {};
    return fail(Errc::kCancelled, "the server is gone");
  }

 private:
  const int line_;
  std::chrono::steady_clock::time_point told_;
};

}  // namespace

int run_prober_child(int line, std::size_t memory_bytes,
                     const std::function<Result<Findings>(const ExamineOrder&, const ExamineProgress&)>& work) {
  limit_this_process(memory_bytes);
  std::string pending;
  std::string text;
  while (read_line(line, pending, text)) {
    Teller teller(line);
    Result<Findings> result;
    try {
      auto order = parse_order(text);
      result = order ? work(*order, [&](double share) { return teller.tell(share); })
                     : Result<Findings>(fail(std::move(order).error()));
    } catch (const std::bad_alloc&) {
      result = fail(Errc::kNoMemory, "no memory is left");
    } catch (const std::exception& error) {
      result = fail(Errc::kInternal, error.what());
    }
    if (!write_all(line, result_line(result))) return 0;
  }
  return 0;
}

}  // namespace zoe::server
