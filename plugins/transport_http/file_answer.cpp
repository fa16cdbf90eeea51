#include "plugins/transport_http/file_answer.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

// A boundary has to appear nowhere in the bodies; a file that holds this one was made to.
constexpr std::string_view kBoundary = "zoetrope-7f3c1b9e52d84a06";
constexpr std::size_t kUsualHeaderBytes = 512;

bool is_fresh(const Request& request, const ServedFile& file) {
  if (!request.if_none_match.empty()) return names_tag(request.if_none_match, file.tag);
  const auto since = parse_http_date(request.if_modified_since);
  return since && file.modified_s <= *since;
}

// A range is of the version that the asker has begun with, or else all of it is sent anew.
bool is_range_valid(const Request& request, const ServedFile& file) {
  const std::string_view condition = trim(request.if_range);
  if (condition.empty()) return true;
  if (condition.front() == '"' || condition.starts_with("W/")) return condition == file.tag;
  const auto date = parse_http_date(condition);
  return date && *date == file.modified_s;
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  std::string text = "bytes ";
  append_number(text, range.first);
  text += '-';
  append_number(text, range.first + range.count - 1);
  text += '/';
  append_number(text, size);
  return text;
}

void add_parts(const ServedFile& file, const std::vector<ByteRange>& ranges, FileBody& body) {
  for (const ByteRange& range : ranges)
    body.parts.push_back(
        {fmt::format("{}--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", body.parts.empty() ? "" : "\r\n",
                     kBoundary, file.type, content_range(range, file.size_bytes)),
         range});
  body.end = fmt::format("\r\n--{}--\r\n", kBoundary);
}

}  // namespace

bool ServedFile::is_unchanged() const {
  struct stat now {};
  const auto is_same = [](const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
  };
  // A new name, or none any more, is a change of the state, too.
  return ::fstat(fd->get(), &now) == 0 && now.st_size == state.st_size && is_same(now.st_mtim, state.st_mtim) &&
         is_same(now.st_ctim, state.st_ctim);
}

Response answer_file(const Request& request, const ServedFile& file) {
  Response response;
  response.headers.reserve(kUsualHeaderBytes);
  response.with("ETag", file.tag).with("Last-Modified", file.modified).with("Cache-Control", file.cache);
  if (is_fresh(request, file)) {
    response.status = 304;
    return response;
  }
  response.with("Accept-Ranges", "bytes").with("X-Content-Type-Options", "nosniff");
  if (!file.disposition.empty()) response.with("Content-Disposition", file.disposition);
  std::optional<std::vector<ByteRange>> ranges;
  if (request.method == Method::kGet && !request.range.empty() && is_range_valid(request, file))
    ranges = parse_ranges(request.range, file.size_bytes);
  if (ranges && ranges->empty()) {
    response.status = 416;
    response.with("Content-Range", fmt::format("bytes */{}", file.size_bytes));
    return response;
  }
  FileBody& body = response.file.emplace();
  if (!ranges) {
    response.with("Content-Type", file.type);
    if (file.size_bytes > 0) body.parts.push_back({{}, {0, file.size_bytes}});
  } else if (ranges->size() == 1) {
    response.status = 206;
    response.with("Content-Type", file.type).with("Content-Range", content_range(ranges->front(), file.size_bytes));
    body.parts.push_back({{}, ranges->front()});
  } else {
    response.status = 206;
    response.with("Content-Type", fmt::format("multipart/byteranges; boundary={}", kBoundary));
    add_parts(file, *ranges, body);
  }
  body.fd = file.fd;
  return response;
}

}  // namespace zoe::transport_http
