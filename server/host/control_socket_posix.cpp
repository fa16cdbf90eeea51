#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "server/host/control_socket.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr const char* kComponent = "control";

bool is_administration(const json& request) {
  const auto method = request.find("method");
  if (method == request.end() || !method->is_string()) return true;  // refused where it is read
  const auto& name = method->get_ref<const std::string&>();
  return name.starts_with("admin.") || name == "server.info" || name == "library.problems";
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

}  // namespace

Result<SocketPlace> socket_place(const std::string& path) {
  if (path.size() < sizeof(sockaddr_un::sun_path)) return SocketPlace{{}, path};
  const std::size_t slash = path.rfind('/');
  const std::string folder = path.substr(0, slash);
  UniqueFd fd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail(errno_error("open " + folder, errno));
  std::string place = "/proc/self/fd/" + std::to_string(fd.get()) + path.substr(slash);
  return SocketPlace{std::move(fd), std::move(place)};
}

// One operator. What the plugin API calls back comes from any thread and only touches the outbox.
class ControlSocket::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(const ClientServices& services, UniqueFd socket, std::shared_ptr<UniqueFd> wake)
      : socket_(std::move(socket)), wake_(std::move(wake)) {
    zoe_peer peer{};
    peer.struct_size = sizeof peer;
    peer.is_loopback = 1;
    abi::copy_text(peer.address, "control socket");
    const zoe_client_callbacks callbacks = {
        .struct_size = sizeof callbacks,
        .reserved = 0,
        .wake = [](void*) {},
        .reply = [](void* user, std::uint64_t call_id,
                    zoe_str text) { static_cast<Connection*>(user)->reply(call_id, abi::to_view(text)); },
        .event = [](void*, zoe_str) {},
        .close = [](void* user, zoe_status, zoe_str) { static_cast<Connection*>(user)->end(); },
    };
    client_ = std::make_shared<Client>(services, peer, callbacks, this, ClientOrigin{});
    static_cast<void>(client_->session().sign_in(operator_identity()));
  }
  ~Connection() { client_->close(); }

  int fd() const { return socket_.get(); }

  short wanted_events() const {
    MutexLock lock(mutex_);
    return static_cast<short>(outbox_.empty() ? POLLIN : POLLIN | POLLOUT);
  }

  // False when the connection is over.
  bool read() {
    char buffer[16384];
    const ssize_t got = ::recv(fd(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    inbox_.append(buffer, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = inbox_.find('\n', begin)) != std::string::npos; begin = end + 1)
      take(std::string_view(inbox_).substr(begin, end - begin));
    inbox_.erase(0, begin);
    return inbox_.size() <= kMostRequestBytes;
  }

  bool write() {
    MutexLock lock(mutex_);
    if (is_ended_) return false;
    if (outbox_.empty()) return true;
    const ssize_t sent = ::send(fd(), outbox_.data(), outbox_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    outbox_.erase(0, static_cast<std::size_t>(sent));
    return true;
  }

 private:
  void take(std::string_view line) {
    if (line.empty()) return;
    auto request = net::parse_json_object(line, kMostRequestBytes);
    if (!request) return say(Api::error_reply(request.error()));
    std::string id;
    if (const auto given = request->find("id"); given != request->end()) id = net::to_text(*given);
    if (!is_administration(*request))
      return say(with_id(id, Api::error_reply({Errc::kUnsupported, "only administration is answered here"})));
    const std::uint64_t call_id = ++last_call_;
    {
      MutexLock lock(mutex_);
      ids_[call_id] = std::move(id);
    }
    client_->call(call_id, line);
  }

  void reply(std::uint64_t call_id, std::string_view text) {
    std::string id;
    {
      MutexLock lock(mutex_);
      if (auto found = ids_.extract(call_id)) id = std::move(found.mapped());
    }
    say(with_id(id, std::string(text)));
  }

  static std::string with_id(const std::string& id, const std::string& object) {
    return id.empty() ? object : "{\"id\":" + id + "," + object.substr(1);
  }

  void say(const std::string& line) {
    {
      MutexLock lock(mutex_);
      outbox_ += line;
      outbox_ += '\n';
      if (outbox_.size() > kMostUnreadBytes) is_ended_ = true;
    }
    wake();
  }

  void end() {
    {
      MutexLock lock(mutex_);
      is_ended_ = true;
    }
    wake();
  }

  void wake() const {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_->get(), &one, sizeof one));
  }

  const UniqueFd socket_;
  const std::shared_ptr<UniqueFd> wake_;
  std::shared_ptr<Client> client_;
  std::string inbox_;  // the thread's own
  std::uint64_t last_call_ = 0;
  mutable Mutex mutex_;
  std::string outbox_ ZOE_GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::string> ids_ ZOE_GUARDED_BY(mutex_);
  bool is_ended_ ZOE_GUARDED_BY(mutex_) = false;
};

ControlSocket::ControlSocket(const ClientServices& services, Log& log, Options options, UniqueFd listener,
                             UniqueFd wake)
    : services_(services),
      log_(log),
      options_(std::move(options)),
      listener_(std::move(listener)),
      wake_(std::make_shared<UniqueFd>(std::move(wake))) {
  thread_ = std::jthread([this] { run(); });
}

ControlSocket::~ControlSocket() {
  is_stopping_ = true;
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_->get(), &one, sizeof one));
  thread_.join();
  ::unlink(options_.path.c_str());
}

Result<std::unique_ptr<ControlSocket>> ControlSocket::start(const ClientServices& services, Log& log, Options options) {
  const std::string what = "the operator's socket " + options.path;
  ZOE_TRY(const SocketPlace place, socket_place(options.path));
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!listener || !wake) return fail(errno_error(what, errno));
  ::unlink(options.path.c_str());
  const sockaddr_un address = address_of(place.path);
  // The mode goes over to the file that bind makes.
  if (::fchmod(listener.get(), 0600) != 0 ||
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(options.path.c_str(), 0600) != 0 || ::listen(listener.get(), 16) != 0)
    return fail(errno_error(what, errno));
  if (!options.is_allowed) options.is_allowed = [](uid_t uid) { return uid == ::geteuid() || uid == 0; };
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(services, log, std::move(options), std::move(listener), std::move(wake)));
}

void ControlSocket::run() {
  set_thread_name("control");
  while (!is_stopping_) {
    std::vector<pollfd> watched{{wake_->get(), POLLIN, 0}};
    // With all places taken, who else knocks waits in the system's queue.
    watched.push_back({listener_.get(), static_cast<short>(connections_.size() < kMostConnections ? POLLIN : 0), 0});
    for (const auto& [fd, connection] : connections_) watched.push_back({fd, connection->wanted_events(), 0});
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    std::uint64_t count = 0;
    static_cast<void>(!::read(wake_->get(), &count, sizeof count));
    if ((watched[1].revents & POLLIN) != 0) accept_one();
    for (std::size_t i = 2; i < watched.size(); ++i) {
      const auto found = connections_.find(watched[i].fd);
      Connection& connection = *found->second;
      const bool has_input = (watched[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      if ((has_input && !connection.read()) || !connection.write()) connections_.erase(found);
    }
  }
  connections_.clear();
}

void ControlSocket::accept_one() {
  UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) return;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || !options_.is_allowed(peer.uid)) {
    log_.warning(kComponent, "user {} may not use the operator's socket", peer.uid);
    const std::string words =
        Api::error_reply({Errc::kDenied, "only the user that runs the server, or root, may do this"}) + "\n";
    static_cast<void>(::send(socket.get(), words.data(), words.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    return;
  }
  const int fd = socket.get();
  connections_[fd] = std::make_shared<Connection>(services_, std::move(socket), wake_);
}

}  // namespace zoe::server
