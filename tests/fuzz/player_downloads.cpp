// What is kept of downloads between two runs, whoever wrote it: what is understood is kept through writing and reading
// again, and no name leads out of its folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/core/byte_io.hpp"
#include "player/client/download_names.hpp"
#include "player/client/download_state.hpp"
#include "player/client/download_types.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe;
  const Bytes bytes(data, size);
  if (const auto state = player::parse_part_state(bytes)) {
    const auto again = player::parse_part_state(as_bytes(to_text(*state)));
    if (!again || *again != *state) std::abort();
  }
  if (const auto list = player::parse_download_list(bytes)) {
    const auto again = player::parse_download_list(as_bytes(to_text(*list)));
    if (!again || *again != *list) std::abort();
  }
  const std::string name = player::safe_file_name(as_text(bytes));
  const bool is_safe = !name.empty() && name.size() <= player::kMostFileNameBytes && name != "." && name != ".." &&
                       name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (!is_safe || player::safe_file_name(name) != name) std::abort();
  return 0;
}
