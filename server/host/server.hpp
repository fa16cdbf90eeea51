// The server program: everything it is made of, started and stopped in the right order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/host/acceptor.hpp"
#include "server/host/server_config.hpp"

namespace zoe::server {

// The program's exit statuses; --help lists them.
enum class ExitCode { kOk = 0, kFailed = 1, kUsage = 2, kDataFolder = 3, kPort = 4, kNoTransport = 5 };

struct StartFailure {
  ExitCode code = ExitCode::kFailed;
  Error error;
};

// All functions: the program's main thread.
class Server {
 public:
  // Reads the data folder, loads the plugins, opens the ports. The library is scanned in the background from then on.
  static tl::expected<std::unique_ptr<Server>, StartFailure> start(ServerConfig config);

  // Stops, if `stop` was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::vector<BoundListener>& listeners() const;

  void rescan();

  // Ends all clients and plugins. False when a plugin did not let go in time: then nothing may be torn down, and the
  // process has to end at once.
  bool stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace zoe::server
