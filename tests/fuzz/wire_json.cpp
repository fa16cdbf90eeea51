// Control texts from a peer: never an exception, never deep recursion, and what was taken can be said again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/net/json.hpp"
#include "engine/net/messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe;
  const std::string_view text = as_text({data, size});
  const auto value = net::parse_json_object(text, 64U << 10);
  if (value) {
    const auto again = net::parse_json_object(net::to_text(*value), 1U << 20);
    if (!again || *again != *value) std::abort();
  }
  if (const auto hello = net::parse_client_hello(text)) {
    const auto again = net::parse_client_hello(net::encode_hello(*hello));
    if (!again || again->client != hello->client || again->protocol != hello->protocol) std::abort();
  }
  if (const auto reason = net::parse_goodbye(text)) {
    const auto again = net::parse_goodbye(net::encode_goodbye(*reason));
    if (!again || again->message != reason->message) std::abort();
  }
  std::uint64_t id = 0;
  Result<nlohmann::json> outcome;
  static_cast<void>(net::parse_response(text, id, outcome));
  return 0;
}
