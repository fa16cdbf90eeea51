// The methods of the control API, as far as HTTP treats them differently.
#pragma once

#include <string_view>

namespace zoe::transport_http {

// Streams live on connections of the native protocol; here each request stands alone.
bool is_of_connections(std::string_view method);

// What changes nothing, and may be asked for by an address.
bool is_reading(std::string_view method);

// What makes somebody of nobody.
bool signs_in(std::string_view method);

}  // namespace zoe::transport_http
