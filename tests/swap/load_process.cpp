#include "tests/swap/load_process.hpp"

#include <optional>
#include <stdexcept>

#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

constexpr std::chrono::seconds kStartPatience{120};  // a hundred clients on a busy machine

std::vector<std::string> command_of(const LoadOptions& options, const std::string& json_file) {
  std::vector<std::string> command{program("zoetrope-load"),
                                   "--server",
                                   "127.0.0.1:" + std::to_string(options.port),
                                   "--clients",
                                   std::to_string(options.clients),
                                   "--rendition",
                                   options.rendition,
                                   "--behaviour",
                                   options.behaviour,
                                   "--seed",
                                   std::to_string(options.seed),
                                   "--seconds",
                                   "86400",
                                   "--control",
                                   "--json",
                                   json_file};
  command.insert(command.end(), options.arguments.begin(), options.arguments.end());
  return command;
}

std::optional<std::string> line_of(const std::string& text, std::size_t index) {
  std::size_t at = 0;
  for (;; --index) {
    const auto end = text.find('\n', at);
    if (end == std::string::npos) return std::nullopt;
    if (index == 0) return text.substr(at, end - at);
    at = end + 1;
  }
}

}  // namespace

LoadProcess::LoadProcess(const LoadOptions& options, std::string json_file)
    : json_file_(std::move(json_file)), process_(std::make_unique<Process>(command_of(options, json_file_))) {}

std::string LoadProcess::wait_for_line(std::size_t index) {
  std::optional<std::string> line;
  wait_until(
      [&] {
        line = line_of(process_->out(), index);
        return line.has_value() || has_ended();
      },
      kStartPatience);
  if (!line) throw std::runtime_error("zoetrope-load gives no answer: " + said());
  return *line;
}

int LoadProcess::wait_playing() {
  const std::string line = wait_for_line(lines_++);
  const std::string begin = "playing ";
  if (!line.starts_with(begin)) throw std::runtime_error("zoetrope-load said: " + line);
  return std::stoi(line.substr(begin.size()));
}

nlohmann::json LoadProcess::mark(const std::string& next) {
  process_->write_stdin("mark " + next + "\n");
  return nlohmann::json::parse(wait_for_line(lines_++));
}

nlohmann::json LoadProcess::stop() {
  process_->write_stdin("stop\n");
  if (!process_->wait()) throw std::runtime_error("zoetrope-load does not end: " + said());
  return nlohmann::json::parse(read_whole_file(json_file_));
}

}  // namespace zoe::test
