// What a stranger sends to the web port: requests, and the texts inside them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plugins/transport_http/byte_ranges.hpp"
#include "plugins/transport_http/http_text.hpp"
#include "plugins/transport_http/request_reader.hpp"
#include "plugins/transport_http/subtitle_text.hpp"
#include "plugins/transport_http/target.hpp"
#include "plugins/transport_http/websocket.hpp"

namespace {

using namespace zoe;
using namespace zoe::transport_http;

void check_target(std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return;
  for (const auto& part : target->path)
    if (part.empty() || part == ".." || part.find('/') != std::string::npos || !is_utf8(part)) std::abort();
}

void check_ranges(std::string_view text) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, UINT64_MAX}) {
    const auto ranges = parse_ranges(text, size);
    if (!ranges) continue;
    if (ranges->size() > kMostRanges) std::abort();
    for (const ByteRange& range : *ranges)
      if (range.count == 0 || range.first >= size || range.count > size - range.first) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_target(text);
  check_ranges(text);
  static_cast<void>(parse_http_date(text));
  static_cast<void>(names_tag(text, "\"a\""));
  static_cast<void>(cookie_of(text, "zoetrope_session"));
  if (!is_utf8(attachment_of("x")) || attachment_of(text).find('\n') != std::string::npos) std::abort();
  const auto vtt = to_webvtt(text, "x.srt");
  if (!vtt || !is_utf8(*vtt)) std::abort();

  static_cast<void>(is_websocket_key(text));
  WebSocketReader frames;
  frames.add({data, size});
  for (;;) {
    const auto frame = frames.next();
    if (!frame || !*frame) break;
    if ((*frame)->payload.size() > WebSocketReader::kMostPayload) std::abort();
  }

  // In pieces as a network might cut them, the first byte says how.
  RequestReader reader;
  const std::size_t step = size > 0 ? std::size_t{1} + data[0] : 1;
  for (std::size_t at = 0; at < size; at += step) {
    reader.add({data + at, std::min(step, size - at)});
    for (;;) {
      const auto is_whole = reader.parse();
      if (!is_whole) return 0;
      static_cast<void>(reader.take_expectation());
      if (!*is_whole) break;
      if (reader.request().body.size() > kMostBodyBytes) std::abort();
      check_target(reader.request().target);
      reader.next();
    }
  }
  return 0;
}
