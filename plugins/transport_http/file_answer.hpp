// An open file as an answer: whole, in part, or not at all where the asker has it already (RFC 9110, sections 13 to
// 15).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/unique_fd.hpp"
#include "plugins/transport_http/message.hpp"

namespace zoe::transport_http {

struct ServedFile {
  UniqueFd fd;
  std::uint64_t size_bytes = 0;
  std::string tag;              // quoted; the same only while the bytes are
  std::int64_t modified_s = 0;  // since 1970
  std::string type;
  std::string disposition;  // empty: none
  std::string cache;        // of Cache-Control
};

Response answer_file(const Request& request, ServedFile file);

}  // namespace zoe::transport_http
