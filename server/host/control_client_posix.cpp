#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/host/control_client.hpp"
#include "server/host/control_socket.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::size_t kMostReplyBytes = std::size_t{8} << 20;

Error no_server(const std::string& data_folder, int errnum) {
  if (errnum == EACCES || errnum == EPERM)
    return {Errc::kDenied, "you may not talk to the server of " + data_folder +
                               ": run this as the user that runs the server, or as root"};
  return {Errc::kUnavailable, "no zoetrope-server runs with the data folder " + data_folder +
                                  "; start it, or name the folder of the one that runs with --data"};
}

Error gone() { return {Errc::kUnavailable, "the server ended the connection before it had answered"}; }

}  // namespace

Result<ControlClient> ControlClient::connect(const std::string& data_folder) {
  auto place = socket_place(data_folder + "/control.sock");
  if (!place) return fail(no_server(data_folder, errno));
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return fail(errno_error("make a socket", errno));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, place->path.data(), std::min(place->path.size(), sizeof to.sun_path - 1));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    return fail(no_server(data_folder, errno));
  const timeval patience{120, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return ControlClient(std::move(socket));
}

Result<json> ControlClient::ask(std::string_view method, const json& params) {
  const std::string line = net::to_text({{"method", method}, {"params", params}}) + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t count = ::send(socket_.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    // Who is refused gets its words and the end of the connection, perhaps before it has asked.
    if (count < 0) break;
    sent += static_cast<std::size_t>(count);
  }
  ZOE_TRY(const std::string text, read_line());
  ZOE_TRY(json reply, net::parse_json_object(text, kMostReplyBytes));
  if (const auto error = reply.find("error"); error != reply.end() && error->is_object())
    return fail(errc_from_string(error->value("code", "internal")), error->value("message", "no reason was given"));
  const auto result = reply.find("result");
  if (result == reply.end()) return fail(Errc::kMalformed, "the server's answer makes no sense");
  return std::move(*result);
}

Result<std::string> ControlClient::read_line() {
  std::array<char, 65536> buffer{};
  std::size_t end = 0;
  while ((end = inbox_.find('\n')) == std::string::npos) {
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return fail(Errc::kTimeout, "the server does not answer");
    if (got <= 0) return fail(gone());
    if (inbox_.size() > kMostReplyBytes) return fail(Errc::kTooLarge, "the server's answer is too long");
    inbox_.append(buffer.data(), static_cast<std::size_t>(got));
  }
  std::string line = inbox_.substr(0, end);
  inbox_.erase(0, end + 1);
  return line;
}

}  // namespace zoe::server
