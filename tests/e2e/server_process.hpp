// The real zoetrope-server for an end-to-end test: on loopback, on a port of the system's choosing, with accounts whose
// passwords are cheap to check.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {

enum class Guests { kAllowed = 1, kRefused };

struct ServerOptions {
  std::vector<std::string> folders;
  std::string data_folder;     // empty: one of its own
  std::string plugins_folder;  // empty: the build's
  Guests guests = Guests::kAllowed;
  std::string settings;                // more lines for the configuration file
  std::vector<std::string> arguments;  // more flags
  std::vector<std::string> wrapper;    // runs the server: {"setpriv", "--reuid=…"}
};

// The thread that owns it. Its destructor kills a server that still runs.
class ServerProcess {
 public:
  // Starts it and waits until it is ready. Throws std::runtime_error, with what it said, where it does not get there.
  explicit ServerProcess(const ServerOptions& options);
  ~ServerProcess();

  std::uint16_t port() const { return port_; }
  std::uint16_t web_port() const { return web_port_; }
  Process& process() { return *process_; }
  std::string log() const { return process_->err(); }

  // The one-time code that makes an administrator, as the log tells it.
  std::string admin_code() const;

 private:
  TempDir dir_;
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
  std::uint16_t web_port_ = 0;  // 0: it serves no page
};

// Runs a server that is expected to end by itself.
RunResult run_server(const ServerOptions& options);

// A folder with copies of the built plugins of these names, and nothing else.
void copy_plugins(const std::string& folder, const std::vector<std::string>& names);

}  // namespace zoe::test
