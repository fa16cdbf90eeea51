#include "plugins/auth_sql/admin_code.hpp"

#include <filesystem>

#include "engine/core/file.hpp"
#include "plugins/auth_sql/secrets.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr std::size_t kMostFileBytes = 256;

std::string read_code(const std::string& path) {
  const auto bytes = read_file(path, kMostFileBytes);
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

bool is_private(const std::string& path) {
  using std::filesystem::perms;
  std::error_code error;
  const perms now = std::filesystem::symlink_status(path, error).permissions();
  return !error && (now & (perms::group_all | perms::others_all)) == perms::none;
}

}  // namespace

Result<std::string> AdminCode::ensure() const {
  if (is_private(path_)) {
    std::string kept = read_code(path_);
    while (!kept.empty() && (kept.back() == '\n' || kept.back() == '\r')) kept.pop_back();
    if (!normalise_code(kept).empty()) return kept;
  }
  std::string code = make_code();
  ZOE_CHECK(write_file_atomic(path_, as_bytes(code + "\n"), 0600));
  return code;
}

bool AdminCode::matches(std::string_view typed) const {
  const std::string wanted = normalise_code(read_code(path_));
  return !wanted.empty() && is_equal_secret(wanted, normalise_code(typed));
}

bool AdminCode::remove() const {
  std::error_code ignored;
  return std::filesystem::remove(path_, ignored);
}

}  // namespace zoe::plugins::auth_sql
