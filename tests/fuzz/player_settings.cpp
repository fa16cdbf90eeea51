// The settings file, whoever wrote it: what is understood is kept through writing and reading again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/core/byte_io.hpp"
#include "player/client/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe;
  player::Settings settings{""};
  if (!settings.parse({data, size})) return 0;
  const std::string text = settings.to_text();
  player::Settings again{""};
  if (!again.parse(as_bytes(text)) || again.to_text() != text) std::abort();
  return 0;
}
