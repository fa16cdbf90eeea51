// Bytes of somebody who may not speak TLS at all, to both ends of our engine; the first byte chooses the end and the
// split.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "engine/net/tls.hpp"

namespace {

using namespace zoe;
using namespace zoe::net;

void feed(const std::shared_ptr<const TlsContext>& context, Bytes input, std::size_t step) {
  auto engine = TlsEngine::create(context, "localhost");
  if (!engine) std::abort();
  std::array<std::uint8_t, 1024> plain;
  std::vector<std::uint8_t> output;
  while (!input.empty()) {
    const Bytes part = input.first(std::min(step, input.size()));
    input = input.subspan(part.size());
    if (!(*engine)->receive(part)) break;
    for (;;) {
      const auto size = (*engine)->read(plain);
      if (!size || *size == 0) break;
    }
    static_cast<void>((*engine)->write(part));
    (*engine)->take_output(output);
  }
  (*engine)->close();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto client = TlsContext::client().value();
  static const auto server = TlsContext::server(make_certificate("fuzz").value()).value();
  if (size == 0) return 0;
  feed((data[0] & 1U) != 0 ? server : client, {data + 1, size - 1}, 1U + (data[0] >> 1U) * 8U);
  return 0;
}
