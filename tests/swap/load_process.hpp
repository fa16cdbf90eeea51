// zoetrope-load as a child: viewers that play while the test does something to their server.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {

struct LoadOptions {
  std::uint16_t port = 0;
  int clients = 1;
  std::string rendition = "jpeg";
  std::string behaviour = "mixed";
  unsigned seed = 1;
  std::vector<std::string> arguments;  // more flags
};

// Everything throws std::runtime_error, with what the child said, where it does not do what it is asked in time.
class LoadProcess {
 public:
  // `json_file` is where its final figures go.
  LoadProcess(const LoadOptions& options, std::string json_file);

  // Waits until it measures. How many clients play.
  int wait_playing();

  // Ends a window of the figures and begins another; the figures of the one that ended.
  nlohmann::json mark(const std::string& next);

  // Ends it; its figures.
  nlohmann::json stop();

  bool has_ended() { return process_->wait(std::chrono::milliseconds(0)).has_value(); }
  std::string said() const { return process_->out() + process_->err(); }

 private:
  std::string wait_for_line(std::size_t index);

  const std::string json_file_;
  std::unique_ptr<Process> process_;
  std::size_t lines_ = 0;  // of its output, that were read
};

}  // namespace zoe::test
