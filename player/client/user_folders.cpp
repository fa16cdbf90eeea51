#include "player/client/user_folders.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace zoe::player {

std::string user_download_folder() {
  const auto of = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value != nullptr ? value : "");
  };
  const std::filesystem::path named = of("XDG_DOWNLOAD_DIR");
  std::error_code error;
  if (named.is_absolute() && std::filesystem::is_directory(named, error)) return named;
  const std::filesystem::path home = of("HOME");
  if (std::filesystem::is_directory(home / "Downloads", error)) return home / "Downloads";
  return home.empty() ? "." : home.string();
}

}  // namespace zoe::player
