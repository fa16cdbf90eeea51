#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <nlohmann/json.hpp>

#include "engine/plugin/host/trial_child.hpp"

namespace zoe::plugin {
namespace {

using nlohmann::json;

constexpr std::size_t kMostAnswerBytes = 4U << 20;

void say(int fd, const json& message) {
  const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t sent = ::send(fd, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;  // nobody listens any more
    done += static_cast<std::size_t>(sent);
  }
}

}  // namespace

void TrialLine::stage(std::string_view stage) { say(fd_, {{"stage", stage}}); }

Result<std::string> TrialLine::ask(std::string_view id, std::string* certificate_pem, std::string* key_pem) {
  say(fd_, {{"ask", id}});
  std::string line;
  std::array<char, 4096> part;
  while (!line.ends_with('\n') && line.size() < kMostAnswerBytes) {
    const ssize_t got = ::recv(fd_, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Errc::kUnavailable, "whoever started this trial does not answer");
    line.append(part.data(), static_cast<std::size_t>(got));
  }
  const json answer = json::parse(line, nullptr, false);
  if (!answer.is_object()) return fail(Errc::kMalformed, "the answer of whoever started this trial is no JSON object");
  if (answer.contains("failed")) return fail(Errc::kInvalidArgument, answer.value("failed", ""));
  *certificate_pem = answer.value("certificate", "");
  *key_pem = answer.value("key", "");
  return answer.value("settings", "{}");
}

void TrialLine::works(const TrialFacts& facts) {
  say(fd_, {{"works", {{"id", facts.id}, {"name", facts.name}, {"version", facts.version}, {"kind", facts.kind}}}});
}

void TrialLine::failed(const Error& error) {
  say(fd_, {{"failed", error.message}, {"code", std::string(to_string(error.code))}});
}

void TrialLine::resident(std::string_view why) { say(fd_, {{"resident", why}}); }

}  // namespace zoe::plugin
