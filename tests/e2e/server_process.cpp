#include "tests/e2e/server_process.hpp"

#include <filesystem>
#include <stdexcept>

#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

// What every test's server has; the cheapest password hashes that libsodium allows.
constexpr const char* kSettings = R"(
[plugins.auth_sql]
hash_operations = 1
hash_memory_kib = 8
)";

std::vector<std::string> command_of(const ServerOptions& options, const TempDir& dir) {
  const bool has_own = options.settings.find("[plugins.auth_sql]") != std::string::npos;
  const std::string config = dir.write("zoetrope.toml", options.settings + (has_own ? "" : kSettings));
  std::vector<std::string> command = options.wrapper;
  for (const std::string& word :
       {program("zoetrope-server"), std::string("--config"), config, std::string("--address"), std::string("127.0.0.1"),
        std::string("--port"), std::string("0"), std::string("--http-port"), std::string("0"),
        std::string("--data-dir"), options.data_folder.empty() ? dir.file("data") : options.data_folder})
    command.push_back(word);
  if (!options.plugins_folder.empty()) {
    command.emplace_back("--plugins-dir");
    command.push_back(options.plugins_folder);
  }
  if (options.guests == Guests::kAllowed) command.emplace_back("--allow-guests");
  command.insert(command.end(), options.arguments.begin(), options.arguments.end());
  command.insert(command.end(), options.folders.begin(), options.folders.end());
  return command;
}

}  // namespace

ServerProcess::ServerProcess(const ServerOptions& options) {
  process_ = std::make_unique<Process>(command_of(options, dir_));
  const std::string begin = "zoetrope-server ready: native 127.0.0.1:";
  if (!process_->wait_for_text(begin) || !process_->wait_for_text("\n"))
    throw std::runtime_error("the server does not get ready: " + process_->out() + process_->err());
  const std::string out = process_->out();
  const auto port_after = [&out](const std::string& words) {
    const auto at = out.find(words);
    return static_cast<std::uint16_t>(at == std::string::npos ? 0 : std::stoi(out.substr(at + words.size())));
  };
  port_ = port_after(begin);
  web_port_ = port_after("zoetrope-server ready: web 127.0.0.1:");
}

ServerProcess::~ServerProcess() = default;

std::string ServerProcess::admin_code() const {
  const std::string text = log();
  const std::string begin = "become the administrator: ";
  const auto at = text.find(begin);
  if (at == std::string::npos) throw std::runtime_error("the log tells no admin code: " + text);
  return text.substr(at + begin.size(), std::string("XXXX-XXXX-XXXX-XXXX").size());
}

RunResult run_server(const ServerOptions& options) {
  const TempDir dir;
  return run(command_of(options, dir), {}, kPatience);
}

void copy_plugins(const std::string& folder, const std::vector<std::string>& names) {
  std::filesystem::create_directories(folder);
  for (const std::string& name : names) std::filesystem::copy_file(plugin_file(name), folder + "/" + name + ".so");
}

}  // namespace zoe::test
