// The operator's door: the control API for who holds the server's account on this machine.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/host/client.hpp"

namespace zoe::server {

// A socket in the data folder. Its owner (or root) makes requests there, a JSON object a line, {"id"?, "method",
// "params"?}, and gets a line for each, {"id"?, "result"} or {"id"?, "error"}. It needs no plugin, so it works when the
// transport or the accounts are what is broken. Only administration is answered there.
//
// One thread serves all connections; requests run on the server's pools. Start and stop: the owner's thread.
class ControlSocket {
 public:
  static constexpr std::size_t kMostConnections = 16;
  // A reply may have 4 MiB; who leaves more than two of them unread is disconnected.
  static constexpr std::size_t kMostUnreadBytes = std::size_t{8} << 20;

  struct Options {
    std::string path;
    std::function<bool(uid_t)> is_allowed;  // empty: the user that runs this process, and root
  };

  // `services` must outlive it. Replaces a socket that an earlier run left; the folder must be this server's alone.
  static Result<std::unique_ptr<ControlSocket>> start(const ClientServices& services, Log& log, Options options);

  // Ends all connections, joins, and removes the socket.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  class Connection;

  ControlSocket(const ClientServices& services, Log& log, Options options, UniqueFd listener, UniqueFd wake);

  void run();
  void accept_one();

  const ClientServices& services_;
  Log& log_;
  const Options options_;
  const UniqueFd listener_;
  const std::shared_ptr<UniqueFd> wake_;
  std::atomic<bool> is_stopping_{false};
  std::map<int, std::shared_ptr<Connection>> connections_;  // the thread's own
  std::jthread thread_;
};

// The address of a UNIX socket, also where the path is longer than an address can be: then it leads through the folder,
// which is kept open as long as `folder` lives.
struct SocketPlace {
  UniqueFd folder;
  std::string path;
};
Result<SocketPlace> socket_place(const std::string& path);

}  // namespace zoe::server
