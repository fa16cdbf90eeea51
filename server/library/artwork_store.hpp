// The pictures of the library's media on disk: posters and preview sheets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/library/preview_layout.hpp"

namespace zoe::server {

struct ArtworkConfig {
  std::string folder;  // exists; empty: nothing is kept
  std::uint64_t most_bytes = std::uint64_t{4} << 30;
};

struct ArtworkFile {
  UniqueFd fd;
  std::uint64_t size_bytes = 0;
};

// Thread-safe. Pictures are kept under a key made from the bytes they show (artwork_key), so that they follow a file
// that is moved, and copies share them. What is there is never replaced. Once `most_bytes` are taken nothing more is
// taken in until media go: pictures that push each other out would be made for ever.
class ArtworkStore {
 public:
  explicit ArtworkStore(ArtworkConfig config);  // reads the names of what is there

  bool has_poster(const std::string& key) const;
  // Nothing where there is none.
  std::optional<PreviewLayout> preview(const std::string& key) const;

  // Whether making the preview was tried and failed: it is not tried again.
  bool is_hopeless(const std::string& key) const;

  // Whether more is taken in.
  bool has_room() const;

  // Where the examiner writes to, before it is kept: names in a folder of the same file system, free of leftovers.
  std::string scratch(const std::string& name) const;

  // Moves the files in. kIo.
  Status keep_poster(const std::string& key, const std::string& file);
  Status keep_preview(const std::string& key, const PreviewLayout& layout, const std::string& stem);
  void give_up_preview(const std::string& key, const std::string& why);

  // kNotFound, kIo.
  Result<ArtworkFile> open_poster(const std::string& key) const;
  Result<ArtworkFile> open_sheet(const std::string& key, int sheet) const;

  // Removes what belongs to none of these.
  void keep_only(const std::set<std::string>& keys);

  std::uint64_t bytes() const;

 private:
  struct Kept {
    bool has_poster = false;
    bool is_hopeless = false;
    bool has_preview = false;
    std::optional<PreviewLayout> layout;  // once it was asked for
    std::uint64_t bytes = 0;
  };

  void load();
  std::string file_of(const std::string& key, std::string_view ending) const;
  Result<std::uint64_t> move_in(const std::string& from, const std::string& to) const;
  Result<ArtworkFile> open(const std::string& path) const;

  const ArtworkConfig config_;
  mutable Mutex mutex_;
  mutable std::map<std::string, Kept> kept_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t bytes_ ZOE_GUARDED_BY(mutex_) = 0;
};

// The key of pictures of a file with that content, size and time of change: 32 hexadecimal digits.
std::string artwork_key(std::string_view content_id, std::uint64_t size_bytes, std::int64_t mtime_ns);

}  // namespace zoe::server
