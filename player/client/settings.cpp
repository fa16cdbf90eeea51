#include "player/client/settings.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/net/json.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = 1U << 20;
constexpr std::size_t kMostSessions = 256;  // the servers of a lifetime
constexpr std::size_t kMostText = 1024;

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  const auto& text = found->get_ref<const std::string&>();
  return text.size() <= kMostText ? text : std::string();
}

}  // namespace

Result<std::unique_ptr<Settings>> Settings::load(const std::string& path) {
  auto settings = std::make_unique<Settings>(path);
  if (path.empty()) return settings;
  const auto bytes = read_file(path, kMostBytes);
  if (!bytes && bytes.error().code == Errc::kNotFound) return settings;
  if (!bytes) return fail(bytes.error());
  if (Status parsed = settings->parse(*bytes); !parsed) return fail(std::move(parsed.error()).with(path));
  return settings;
}

Status Settings::parse(Bytes text) {
  ZOE_TRY(const json root, net::parse_json_object(as_text(text), kMostBytes));
  std::map<std::string, SavedSession> sessions;
  if (const auto list = root.find("sessions"); list != root.end() && list->is_object()) {
    for (const auto& [key, value] : list->items()) {
      if (sessions.size() == kMostSessions || key.size() > kMostText || !value.is_object()) continue;
      SavedSession session{text_of(value, "name"), text_of(value, "token")};
      if (!session.token.empty()) sessions.emplace(key, std::move(session));
    }
  }
  const MutexLock lock(mutex_);
  address_ = text_of(root, "server");
  name_ = text_of(root, "name");
  overlays_ = text_of(root, "overlays");
  sessions_ = std::move(sessions);
  return {};
}

std::string Settings::to_text() const {
  const MutexLock lock(mutex_);
  json sessions = json::object();
  for (const auto& [key, session] : sessions_) sessions[key] = {{"name", session.name}, {"token", session.token}};
  json root = {{"server", address_}, {"name", name_}, {"sessions", std::move(sessions)}};
  if (!overlays_.empty()) root["overlays"] = overlays_;
  return root.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

Status Settings::save() const {
  if (path_.empty()) return {};
  ZOE_CHECK(make_private_folder(std::filesystem::path(path_).parent_path()));
  return write_file_atomic(path_, as_bytes(to_text()), 0600);
}

std::string Settings::address() const {
  const MutexLock lock(mutex_);
  return address_;
}

std::string Settings::name() const {
  const MutexLock lock(mutex_);
  return name_;
}

std::string Settings::overlays() const {
  const MutexLock lock(mutex_);
  return overlays_;
}

void Settings::set_overlays(const std::string& overlays) {
  const MutexLock lock(mutex_);
  overlays_ = overlays;
}

void Settings::set_address(const std::string& address) {
  const MutexLock lock(mutex_);
  address_ = address;
}

void Settings::set_name(const std::string& name) {
  const MutexLock lock(mutex_);
  name_ = name;
}

SavedSession Settings::session(const std::string& server_key) const {
  const MutexLock lock(mutex_);
  const auto found = sessions_.find(server_key);
  return found == sessions_.end() ? SavedSession{} : found->second;
}

void Settings::set_session(const std::string& server_key, SavedSession session) {
  const MutexLock lock(mutex_);
  if (sessions_.size() >= kMostSessions && sessions_.count(server_key) == 0) sessions_.erase(sessions_.begin());
  sessions_[server_key] = std::move(session);
}

void Settings::forget_session(const std::string& server_key) {
  const MutexLock lock(mutex_);
  sessions_.erase(server_key);
}

}  // namespace zoe::player
