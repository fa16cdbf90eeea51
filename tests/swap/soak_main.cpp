// zoetrope-soak-swap: the long form of test_swap, run by scripts/soak-swap.
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/swap/swap_run.hpp"

int main(int argc, char** argv) {
  zoe::test::SwapOptions options{.clients = 100, .swaps = 250, .quiet_s = 30};
  std::string json_file;
  CLI::App app{"Swaps every plugin of a server while viewers watch, and says whether any of them could have noticed."};
  app.add_option("--swaps", options.swaps, "of each plugin")->capture_default_str()->check(CLI::Range(1, 100'000));
  app.add_option("--clients", options.clients, "how many watch: forwards, backwards, at double speed, seeking")
      ->capture_default_str()
      ->check(CLI::Range(1, 5'000));
  app.add_option("--quiet", options.quiet_s, "seconds to watch without swaps, before and after, to compare with")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 3'600.0));
  app.add_option("--json", json_file, "write the results there as JSON");
  CLI11_PARSE(app, argc, argv);
  try {
    zoe::test::SwapRun run(options);
    const zoe::test::SwapResult result =
        run.run([](const std::string& words) { std::fprintf(stderr, "%s\n", words.c_str()); });
    std::fputs(result.to_table().c_str(), stdout);
    if (!json_file.empty()) {
      std::ofstream out(json_file);
      out << result.to_json().dump(2) << "\n";
      if (!out.flush()) throw std::runtime_error("cannot write " + json_file);
    }
    const auto complaints = result.complaints(zoe::test::SwapResult::Form::kLong);
    for (const std::string& words : complaints) std::printf("FAILED: %s\n", words.c_str());
    if (complaints.empty()) std::puts("\nIt held.");
    return complaints.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zoetrope-soak-swap: %s\n", error.what());
    return 2;
  }
}
