#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <xxhash.h>
#include <nlohmann/json.hpp>

#include "engine/core/file.hpp"
#include "server/library/artwork_store.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kKeyDigits = 32;
constexpr std::size_t kMostLayoutBytes = 4096;
constexpr std::string_view kPoster = ".poster.jpg";
constexpr std::string_view kPreview = ".preview.json";
constexpr std::string_view kScratch = "new-";

std::string sheet_ending(int sheet) { return ".sheet-" + std::to_string(sheet) + ".jpg"; }

bool is_key(std::string_view text) {
  return text.size() == kKeyDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// What the preview's file says, or nothing where it says that there is none.
std::optional<PreviewLayout> read_layout(const std::string& file) {
  const auto bytes = read_file(file, kMostLayoutBytes);
  if (!bytes) return std::nullopt;
  const json value = json::parse(as_text(*bytes), nullptr, false);
  auto layout = preview_from_json(value);
  if (!layout) return std::nullopt;
  return *layout;
}

}  // namespace

std::string artwork_key(std::string_view content_id, std::uint64_t size_bytes, std::int64_t mtime_ns) {
  const std::string text = std::string(content_id) + "-" + std::to_string(size_bytes) + "-" + std::to_string(mtime_ns);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  char name[kKeyDigits + 1];
  std::snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return name;
}

ArtworkStore::ArtworkStore(ArtworkConfig config) : config_(std::move(config)) { load(); }

void ArtworkStore::load() {
  if (config_.folder.empty()) return;
  const MutexLock lock(mutex_);
  std::error_code error;
  for (fs::directory_iterator it(config_.folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code missing;
    // What an earlier run was writing when it ended.
    if (name.starts_with(kScratch)) {
      fs::remove(it->path(), missing);
      continue;
    }
    const std::string key = name.substr(0, kKeyDigits);
    if (!is_key(key)) continue;
    const std::string_view ending = std::string_view(name).substr(kKeyDigits);
    Kept& kept = kept_[key];
    const std::uint64_t bytes = it->file_size(missing);
    if (missing) continue;
    kept.bytes += bytes;
    bytes_ += bytes;
    kept.has_poster |= ending == kPoster;
    kept.has_preview |= ending == kPreview;
  }
}

bool ArtworkStore::has_poster(const std::string& key) const {
  const MutexLock lock(mutex_);
  const auto found = kept_.find(key);
  return found != kept_.end() && found->second.has_poster;
}

std::optional<PreviewLayout> ArtworkStore::preview(const std::string& key) const {
  const MutexLock lock(mutex_);
  const auto found = kept_.find(key);
  if (found == kept_.end() || !found->second.has_preview) return std::nullopt;
  Kept& kept = found->second;
  if (!kept.layout && !kept.is_hopeless) {
    kept.layout = read_layout(file_of(key, kPreview));
    kept.is_hopeless = !kept.layout;
  }
  return kept.layout;
}

bool ArtworkStore::is_hopeless(const std::string& key) const {
  static_cast<void>(preview(key));
  const MutexLock lock(mutex_);
  const auto found = kept_.find(key);
  return found != kept_.end() && found->second.is_hopeless;
}

bool ArtworkStore::has_room() const {
  const MutexLock lock(mutex_);
  return !config_.folder.empty() && bytes_ < config_.most_bytes;
}

std::uint64_t ArtworkStore::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

std::string ArtworkStore::scratch(const std::string& name) const {
  return config_.folder + "/" + std::string(kScratch) + name;
}

std::string ArtworkStore::file_of(const std::string& key, std::string_view ending) const {
  return config_.folder + "/" + key + std::string(ending);
}

Result<std::uint64_t> ArtworkStore::move_in(const std::string& from, const std::string& to) const {
  std::error_code error;
  const std::uint64_t bytes = fs::file_size(from, error);
  if (!error) fs::rename(from, to, error);
  if (error) return fail(Errc::kIo, "keep " + to + ": " + error.message());
  return bytes;
}

Status ArtworkStore::keep_poster(const std::string& key, const std::string& file) {
  if (config_.folder.empty()) return {};
  ZOE_TRY(const std::uint64_t bytes, move_in(file, file_of(key, kPoster)));
  const MutexLock lock(mutex_);
  Kept& kept = kept_[key];
  kept.has_poster = true;
  kept.bytes += bytes;
  bytes_ += bytes;
  return {};
}

// The layout last: it says that all sheets are there.
Status ArtworkStore::keep_preview(const std::string& key, const PreviewLayout& layout, const std::string& stem) {
  if (config_.folder.empty()) return {};
  std::uint64_t bytes = 0;
  for (int sheet = 0; sheet < layout.sheets(); ++sheet) {
    ZOE_TRY(const std::uint64_t more,
            move_in(stem + std::to_string(sheet) + ".jpg", file_of(key, sheet_ending(sheet))));
    bytes += more;
  }
  const std::string text = preview_to_json(layout).dump();
  ZOE_CHECK(write_cache_file(file_of(key, kPreview), as_bytes(text)));
  const MutexLock lock(mutex_);
  Kept& kept = kept_[key];
  kept.has_preview = true;
  kept.layout = layout;
  kept.bytes += bytes + text.size();
  bytes_ += bytes + text.size();
  return {};
}

void ArtworkStore::give_up_preview(const std::string& key, const std::string& why) {
  if (config_.folder.empty()) return;
  const std::string text = json{{"failed", printable_utf8(std::string_view(why).substr(0, 1024))}}.dump();
  static_cast<void>(write_cache_file(file_of(key, kPreview), as_bytes(text)));
  const MutexLock lock(mutex_);
  Kept& kept = kept_[key];
  kept.has_preview = true;
  kept.is_hopeless = true;
}

Result<ArtworkFile> ArtworkStore::open(const std::string& path) const {
  ArtworkFile file;
  file.fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.fd) return fail(errno_error("open the picture", errno));
  struct stat info {};
  if (::fstat(file.fd.get(), &info) != 0) return fail(errno_error("look at the picture", errno));
  file.size_bytes = static_cast<std::uint64_t>(info.st_size);
  return file;
}

Result<ArtworkFile> ArtworkStore::open_poster(const std::string& key) const {
  if (!has_poster(key)) return fail(Errc::kNotFound, "there is no poster of it yet");
  return open(file_of(key, kPoster));
}

Result<ArtworkFile> ArtworkStore::open_sheet(const std::string& key, int sheet) const {
  const auto layout = preview(key);
  if (!layout) return fail(Errc::kNotFound, "there is no preview of it yet");
  if (sheet < 0 || sheet >= layout->sheets())
    return fail(Errc::kNotFound, "the preview has " + std::to_string(layout->sheets()) + " sheets, counted from 0");
  return open(file_of(key, sheet_ending(sheet)));
}

void ArtworkStore::keep_only(const std::set<std::string>& keys) {
  if (config_.folder.empty()) return;
  const MutexLock lock(mutex_);
  for (auto it = kept_.begin(); it != kept_.end();) {
    if (keys.contains(it->first)) {
      ++it;
      continue;
    }
    std::error_code ignored;
    fs::remove(file_of(it->first, kPoster), ignored);
    fs::remove(file_of(it->first, kPreview), ignored);
    constexpr int kMostSheets = PreviewLayout::kMostTiles / (PreviewLayout::kColumns * PreviewLayout::kRows);
    for (int sheet = 0; sheet < kMostSheets; ++sheet) fs::remove(file_of(it->first, sheet_ending(sheet)), ignored);
    bytes_ -= std::min(bytes_, it->second.bytes);
    it = kept_.erase(it);
  }
}

}  // namespace zoe::server
