// A file's identity by its content.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::server {

// 32 hexadecimal digits: XXH3-128 over the size and eight evenly spread samples of 32 KiB, the first at the head, the
// last at the tail; a file of up to 256 KiB counts whole. Does not depend on the name. At most 256 KiB are read.
// kNotFound, kDenied, kIo; kUnsupported for anything but a regular file, which is never waited for.
Result<std::string> content_id(const std::string& path);

// The id of a further file with the same content id, at its own place.
std::string copy_id(std::string_view content_id, std::string_view path);

}  // namespace zoe::server
