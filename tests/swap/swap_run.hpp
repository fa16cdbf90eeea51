// One server with viewers on it, whose plugins are swapped one after the other, and what came of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/swap/load_process.hpp"
#include "tests/swap/process_sample.hpp"

namespace zoe::test {

struct SwapOptions {
  int clients = 24;
  int swaps = 2;       // of each plugin
  double quiet_s = 0;  // how long to watch without swaps, before and after; 0: not
};

struct SwapResult {
  struct Plugin {
    std::string id;
    std::string kind;
    int swaps = 0;
    double longest_ms = 0;  // from asking to serving
  };
  std::vector<Plugin> plugins;
  int clients = 0;
  int clients_failed = 0;
  std::uint64_t frames = 0;
  std::uint64_t lost = 0;
  std::uint64_t repeated = 0;
  std::uint64_t resumes = 0;
  std::uint64_t take_overs_failed = 0;
  int transport_swaps = 0;
  double frame_ms = 0;               // of the clip
  double longest_wait_quiet_ms = 0;  // beyond a frame's own time; without swaps, and with
  double longest_wait_swaps_ms = 0;
  double longest_gap_quiet_ms = 0;
  double longest_gap_swaps_ms = 0;
  ProcessSample before;  // after the first round, with nothing draining
  ProcessSample after;
  std::vector<std::string> failures;  // of clients, and generations that stayed; empty where all is well

  // What does not hold, in words; empty where all does. Timing and memory are looked at only by the long form.
  enum class Form { kShort = 1, kLong };
  std::vector<std::string> complaints(Form form) const;
  std::string to_table() const;
  nlohmann::json to_json() const;
};

// One thread. Everything throws std::runtime_error where a step does not come about.
class SwapRun {
 public:
  explicit SwapRun(const SwapOptions& options);
  ~SwapRun();

  // `progress` is told what happens, a line at a time; may be empty.
  SwapResult run(const std::function<void(const std::string&)>& progress = {});

 private:
  struct Target {
    std::string id;
    std::string kind;
    std::string file;
    std::vector<std::string> builds;    // the bytes
    std::vector<std::string> versions;  // of each
    std::size_t present = 0;            // index of the build that lies in the folder
  };

  nlohmann::json ask(const std::string& method, const nlohmann::json& params = nlohmann::json::object());
  nlohmann::json plugin(const std::string& id);
  void connect();
  void find_targets();
  void start_viewers();
  void swap(Target& target, int round, SwapResult::Plugin& figures);
  void wait_settled();
  ProcessSample sample();
  void watch_quietly();
  std::vector<nlohmann::json> mark(const std::string& next);
  void finish(SwapResult& result);

  const SwapOptions options_;
  TempDir dir_;
  std::string plugins_folder_;
  std::string data_folder_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<WireClient> admin_;
  std::string token_;
  std::vector<Target> targets_;
  std::vector<std::unique_ptr<LoadProcess>> viewers_;
};

}  // namespace zoe::test
