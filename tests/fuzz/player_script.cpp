// Input scripts and addresses: any text is understood or refused, never more.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/core/byte_io.hpp"
#include "player/automation/script.hpp"
#include "player/client/server_link.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe;
  const std::string_view text = as_text({data, size});
  if (const auto steps = player::script::parse(text, "fuzz")) {
    for (const auto& step : *steps) {
      if (step.line < 1 || step.text.empty()) std::abort();
    }
  }
  if (const auto address = player::ServerAddress::parse(text)) {
    const auto again = player::ServerAddress::parse(address->to_string());
    if (!again || *again != *address) std::abort();
  }
  return 0;
}
