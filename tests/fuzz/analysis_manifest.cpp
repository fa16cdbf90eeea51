// The manifest of an analysis script: understood or refused in words, whatever its bytes are.
#include <cstdlib>
#include <string_view>

#include "plugins/analysis_script/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe::plugins::analysis_script;
  const auto manifest = parse_manifest({reinterpret_cast<const char*>(data), size}, "/scripts/fuzz.toml");
  if (!manifest) return manifest.error().message.empty() ? (std::abort(), 0) : 0;
  if (manifest->id.empty() || manifest->command.empty() || manifest->limits.seconds < 1) std::abort();
  const auto words = fill_in(manifest->command, {"/media", "/parameters", "/work", "/folder"});
  if (words.size() != manifest->command.size()) std::abort();
  return 0;
}
