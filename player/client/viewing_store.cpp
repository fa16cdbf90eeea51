#include "player/client/viewing_store.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/file.hpp"
#include "engine/net/json.hpp"

namespace zoe::player {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostBytes = 4U << 20;
constexpr std::size_t kMostPath = 4096;
constexpr std::size_t kMostWord = 64;

std::string text_of(const json& object, const char* key, std::size_t most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  const auto& text = found->get_ref<const std::string&>();
  return text.size() <= most ? text : std::string();
}

std::int64_t number_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? std::max<std::int64_t>(found->get<std::int64_t>(), 0)
                                                             : 0;
}

ViewingHabits habits_of(const json& root) {
  ViewingHabits habits;
  if (const auto volume = root.find("volume"); volume != root.end() && volume->is_number()) {
    const float value = volume->get<float>();
    if (std::isfinite(value)) habits.volume = std::clamp(value, 0.0F, 1.0F);
  }
  if (const auto muted = root.find("is_muted"); muted != root.end() && muted->is_boolean())
    habits.is_muted = muted->get<bool>();
  if (const auto looks = root.find("looks_for_servers"); looks != root.end() && looks->is_boolean())
    habits.looks_for_servers = looks->get<bool>();
  habits.sound_language = text_of(root, "sound_language", kMostWord);
  habits.subtitle_language = text_of(root, "subtitle_language", kMostWord);
  habits.deinterlacing = text_of(root, "deinterlacing", kMostWord);
  return habits;
}

Status write(const std::string& path, const std::string& text) {
  ZOE_CHECK(make_private_folder(fs::path(path).parent_path()));
  return write_file_atomic(path, as_bytes(text), 0600);
}

}  // namespace

ViewingStore::ViewingStore(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  if (const auto bytes = read_file(path_, kMostBytes)) static_cast<void>(parse(*bytes));
}

ViewingStore::~ViewingStore() {
  pool_.stop();
  if (is_changed_ && !path_.empty()) static_cast<void>(write(path_, to_text()));
}

void ViewingStore::set_habits(ViewingHabits habits) {
  if (habits == habits_) return;
  habits_ = std::move(habits);
  is_changed_ = true;
}

std::optional<ViewingStore::Place> ViewingStore::look_at(const std::string& path) {
  std::error_code size_code;
  std::error_code time_code;
  const std::uintmax_t size = fs::file_size(path, size_code);
  const fs::file_time_type changed = fs::last_write_time(path, time_code);
  if (size_code || time_code || path.size() > kMostPath) return std::nullopt;
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(changed.time_since_epoch());
  return Place{.path = path, .size_bytes = size, .changed_ns = since.count(), .position_us = 0};
}

std::int64_t ViewingStore::place_of(const std::string& path) {
  const auto found =
      std::find_if(places_.begin(), places_.end(), [&](const Place& place) { return place.path == path; });
  if (found == places_.end()) return 0;
  const auto now = look_at(path);
  const bool is_same = now && now->size_bytes == found->size_bytes && now->changed_ns == found->changed_ns;
  return is_same ? found->position_us : 0;
}

void ViewingStore::set_place(const std::string& path, std::int64_t position_us, std::int64_t duration_us) {
  const auto known =
      std::remove_if(places_.begin(), places_.end(), [&](const Place& each) { return each.path == path; });
  is_changed_ = is_changed_ || known != places_.end();
  places_.erase(known, places_.end());
  // Hardly begun, or the end is in sight: the next time it begins anew.
  if (position_us < kLeastUs || position_us > duration_us - kLeastUs) return;
  auto place = look_at(path);
  if (!place) return;
  place->position_us = position_us;
  places_.push_front(std::move(*place));
  if (places_.size() > kMostFiles) places_.pop_back();
  is_changed_ = true;
}

void ViewingStore::save() {
  if (path_.empty() || !is_changed_) return;
  const Status posted = pool_.post([path = path_, text = to_text()] { static_cast<void>(write(path, text)); });
  // Where the disk is too slow to keep up, the next time will do.
  is_changed_ = !posted;
}

std::string ViewingStore::to_text() const {
  json files = json::array();
  for (const Place& place : places_)
    files.push_back({{"path", place.path},
                     {"size_bytes", place.size_bytes},
                     {"changed_ns", place.changed_ns},
                     {"position_us", place.position_us}});
  const json root = {{"volume", habits_.volume},
                     {"is_muted", habits_.is_muted},
                     {"sound_language", habits_.sound_language},
                     {"subtitle_language", habits_.subtitle_language},
                     {"deinterlacing", habits_.deinterlacing},
                     {"looks_for_servers", habits_.looks_for_servers},
                     {"files", std::move(files)}};
  return root.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

Status ViewingStore::parse(Bytes text) {
  ZOE_TRY(const json root, net::parse_json_object(as_text(text), kMostBytes));
  habits_ = habits_of(root);
  places_.clear();
  const auto files = root.find("files");
  if (files == root.end() || !files->is_array()) return {};
  for (const json& file : *files) {
    if (places_.size() >= kMostFiles) break;
    if (!file.is_object()) continue;
    Place place{.path = text_of(file, "path", kMostPath),
                .size_bytes = static_cast<std::uint64_t>(number_of(file, "size_bytes")),
                .changed_ns = 0,
                .position_us = number_of(file, "position_us")};
    const auto changed = file.find("changed_ns");
    if (changed != file.end() && changed->is_number_integer()) place.changed_ns = changed->get<std::int64_t>();
    if (!place.path.empty()) places_.push_back(std::move(place));
  }
  return {};
}

}  // namespace zoe::player
