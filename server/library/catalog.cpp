#include "server/library/catalog.hpp"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/core/file.hpp"
#include "server/library/media_json.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

// A record takes 1 to 2 KiB: room for some 200,000 files.
constexpr std::size_t kMostBytes = std::size_t{512} << 20;
constexpr std::string_view kHeader = "zoetrope library 1\n";

// Paths, and everything else that may hold any bytes, go in as hexadecimal digits.
std::string to_line(const CatalogRecord& record) {
  json line = {{"path", bytes_to_hex(record.path)},
               {"size", record.size_bytes},
               {"mtime", record.mtime_ns},
               {"added", record.added_utc_ns},
               {"id", record.id},
               {"content", record.content_id},
               {"problem", record.problem},
               {"is_video", record.is_video}};
  if (record.is_video) line["info"] = media_to_json(record.info);
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

CatalogRecord from_line(std::string_view text) {
  const json line = json::parse(text);
  CatalogRecord record;
  record.path = bytes_from_hex(line.at("path").get_ref<const std::string&>());
  line.at("size").get_to(record.size_bytes);
  line.at("mtime").get_to(record.mtime_ns);
  line.at("added").get_to(record.added_utc_ns);
  line.at("id").get_to(record.id);
  line.at("content").get_to(record.content_id);
  line.at("problem").get_to(record.problem);
  line.at("is_video").get_to(record.is_video);
  if (record.is_video) record.info = media_from_json(line.at("info"));
  return record;
}

}  // namespace

std::optional<std::vector<CatalogRecord>> load_catalog(const std::string& file) {
  const auto bytes = read_file(file, kMostBytes);
  if (bytes) return parse_catalog(as_text(*bytes));
  if (bytes.error().code == Errc::kNotFound) return std::nullopt;
  return std::vector<CatalogRecord>();
}

std::vector<CatalogRecord> parse_catalog(std::string_view text) {
  std::vector<CatalogRecord> records;
  if (!text.starts_with(kHeader)) return records;
  text.remove_prefix(kHeader.size());
  while (!text.empty()) {
    const auto end = text.find('\n');
    try {
      records.push_back(from_line(text.substr(0, end)));
    } catch (const std::exception&) {
      // A damaged line costs a probe.
    }
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return records;
}

Status save_catalog(const std::string& file, const std::vector<const CatalogRecord*>& records) {
  std::string text(kHeader);
  for (const CatalogRecord* record : records) {
    text += to_line(*record);
    text.push_back('\n');
  }
  return write_file_atomic(file, as_bytes(text), 0600);
}

}  // namespace zoe::server
