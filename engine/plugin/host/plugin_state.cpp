#include "engine/plugin/host/plugin_state.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/core/file.hpp"

namespace zoe::plugin {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = 1U << 20;
constexpr std::size_t kMostPassed = 256;  // far more than anybody has files and earlier versions of them

std::string text_of(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

PluginState PluginState::load(std::string path, Log& log) {
  PluginState state;
  state.path_ = std::move(path);
  if (state.path_.empty()) return state;
  const auto bytes = read_file(state.path_, kMostBytes);
  if (!bytes && bytes.error().code == Errc::kNotFound) return state;
  const json root = bytes ? json::parse(as_text(*bytes), nullptr, false) : json(json::value_t::discarded);
  if (!root.is_object()) {
    log.warning("plugins", "{} is damaged: every plugin counts as enabled and untried", state.path_);
    return state;
  }
  for (const json& id : root.value("disabled", json::array()))
    if (id.is_string()) state.disabled_.insert(id.get<std::string>());
  for (const json& entry : root.value("passed", json::array())) {
    Passed passed{text_of(entry, "hash"), text_of(entry, "id"), text_of(entry, "settings")};
    if (!passed.hash.empty() && state.passed_.size() < kMostPassed) state.passed_.push_back(std::move(passed));
  }
  return state;
}

Status PluginState::set_disabled(const std::string& id, bool is_disabled) {
  const bool is_new = is_disabled ? disabled_.insert(id).second : disabled_.erase(id) > 0;
  return is_new ? save() : Status();
}

const PluginState::Passed* PluginState::find_passed(std::string_view hash) const {
  const auto found = std::find_if(passed_.begin(), passed_.end(), [hash](const Passed& p) { return p.hash == hash; });
  return found == passed_.end() ? nullptr : &*found;
}

Status PluginState::add_passed(Passed passed) {
  const Passed* known = find_passed(passed.hash);
  if (known && known->id == passed.id && known->settings == passed.settings) return {};
  std::erase_if(passed_, [&passed](const Passed& p) { return p.hash == passed.hash; });
  if (passed_.size() >= kMostPassed) passed_.erase(passed_.begin());
  passed_.push_back(std::move(passed));
  return save();
}

Status PluginState::save() const {
  if (path_.empty()) return {};
  json root = {{"disabled", disabled_}, {"passed", json::array()}};
  for (const Passed& passed : passed_)
    root["passed"].push_back({{"hash", passed.hash}, {"id", passed.id}, {"settings", passed.settings}});
  return write_file_atomic(path_, as_bytes(root.dump(1)), 0600);
}

}  // namespace zoe::plugin
