// An open file as an answer: whole, in part, or not at all where the asker has it already (RFC 9110, sections 13 to
// 15).
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/unique_fd.hpp"
#include "plugins/transport_http/message.hpp"

namespace zoe::transport_http {

struct ServedFile {
  std::shared_ptr<const UniqueFd> fd;
  struct stat state {};  // when it was opened
  std::uint64_t size_bytes = 0;
  std::string tag;              // quoted; the same only while the bytes are
  std::int64_t modified_s = 0;  // since 1970
  std::string modified;         // the same as HTTP writes it
  std::string type;
  std::string disposition;  // empty: none
  std::string cache;        // of Cache-Control

  // Whether its bytes, name and place are what they were.
  bool is_unchanged() const;
};

Response answer_file(const Request& request, const ServedFile& file);

}  // namespace zoe::transport_http
