// What earlier scans found, on disk: so that a restart probes only what is new.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/media/track.hpp"

namespace zoe::server {

// One file that was probed.
struct CatalogRecord {
  std::string path;  // absolute, raw bytes
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t added_utc_ns = 0;
  std::string id;          // the entry's; empty where it is none
  std::string content_id;  // of its bytes
  bool is_video = false;   // `info` and `id` are set
  media::MediaInfo info;   // of a video
  std::string problem;     // why it is left out; empty: it is listed, or is nothing that anybody would miss

  bool is_of(std::uint64_t size, std::int64_t mtime) const { return size_bytes == size && mtime_ns == mtime; }
  bool is_listed() const { return is_video && problem.empty(); }
};

// The records of the file, one JSON text a line; lines that are damaged are left out, and so is everything written by
// another version of the format. Nothing where there is no file; an unreadable one is an empty catalogue.
std::optional<std::vector<CatalogRecord>> load_catalog(const std::string& file);

// What such a file holds.
std::vector<CatalogRecord> parse_catalog(std::string_view text);

Status save_catalog(const std::string& file, const std::vector<const CatalogRecord*>& records);

}  // namespace zoe::server
