// The page: files of plugins/transport_http/web, which the build puts into the plugin, so that one file is the whole.
#pragma once

#include "plugins/transport_http/message.hpp"
#include "plugins/transport_http/target.hpp"

namespace zoe::transport_http {

// The file of that address; every address that is none of a file is the page's own to show, or 404 where it has an
// ending.
Response web_page(const Request& request, const Target& target);

}  // namespace zoe::transport_http
