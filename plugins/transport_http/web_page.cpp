#include "plugins/transport_http/web_page.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

struct WebFile {
  std::string_view name;
  std::string_view tag;
  std::string_view bytes;
};

// Longer texts than the standard asks compilers to take; ours take them.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#include "build/generated/web_files.inc"  // kWebFiles
#pragma GCC diagnostic pop

// Nothing from elsewhere, no script or style in the page itself, and nobody puts it into a frame.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "
    "'none'";

const WebFile* find_file(std::string_view name) {
  const auto* found =
      std::find_if(kWebFiles.begin(), kWebFiles.end(), [&](const WebFile& each) { return each.name == name; });
  return found == kWebFiles.end() ? nullptr : found;
}

}  // namespace

Response web_page(const Request& request, const Target& target) {
  const std::string name = target.rest(0);
  const bool has_ending = name.find('.') != std::string::npos;
  const WebFile* file = find_file(name.empty() || !has_ending ? "index.html" : name);
  if (file == nullptr) return text_response(404, "there is nothing at this address\n");
  Response response;
  response.with("ETag", file->tag)
      .with("Cache-Control", "no-cache")
      .with("Content-Security-Policy", kPolicy)
      .with("X-Content-Type-Options", "nosniff")
      .with("Referrer-Policy", "same-origin");
  if (names_tag(request.if_none_match, file->tag)) {
    response.status = 304;
    return response;
  }
  response.with("Content-Type", type_of(file->name));
  response.shared = file->bytes;
  return response;
}

}  // namespace zoe::transport_http
