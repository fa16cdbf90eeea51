#include "plugins/transport_http/api_methods.hpp"

#include <algorithm>
#include <array>

namespace zoe::transport_http {

bool is_of_connections(std::string_view method) {
  return method.starts_with("stream.") || method.starts_with("file.") || method == "auth.take_over" ||
         method == "auth.resume" || method == "auth.ticket";
}

bool is_reading(std::string_view method) {
  constexpr std::array<std::string_view, 25> kMethods = {
      "server.info",         "auth.whoami",     "auth.sessions",    "library.roots",      "library.folders",
      "library.list",        "library.get",     "home.get",         "history.list",       "favourites.list",
      "playlists.list",      "playlists.get",   "progress.get",     "settings.get",       "account.export",
      "recommendations.get", "library.artwork", "library.subtitle", "analysis.analysers", "analysis.jobs",
      "analysis.get",        "analysis.tracks", "analysis.events",  "analysis.series",    "analysis.export"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

bool signs_in(std::string_view method) {
  return method == "auth.login" || method == "auth.register" || method == "auth.guest";
}

}  // namespace zoe::transport_http
