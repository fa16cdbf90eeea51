// A request as it was read, and an answer as it is to be sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "plugins/transport_http/byte_ranges.hpp"
#include "plugins/transport_http/coroutines.hpp"

namespace zoe::transport_http {

enum class Method { kGet = 1, kHead, kPost, kOther };

inline constexpr std::size_t kMostHeaderBytes = 16U << 10;
inline constexpr std::size_t kMostBodyBytes = 64U << 10;  // the control API takes no more

struct Request {
  // As a new one, but for the memory that its texts have: a connection's requests are much alike.
  void clear();

  Method method = Method::kOther;
  std::string target;
  std::string body;
  bool is_kept_alive = false;
  // Headers; empty where there is none.
  std::string host;
  std::string origin;
  std::string fetch_site;
  std::string content_type;
  std::string authorization;
  std::string cookie;
  std::string csrf_token;
  std::string range;
  std::string if_range;
  std::string if_none_match;
  std::string if_modified_since;
  std::string connection;
  std::string upgrade;
  std::string websocket_key;
  std::string websocket_version;
};

// Parts of a file, sent as the body.
struct FileBody {
  std::shared_ptr<const UniqueFd> fd;
  struct Part {
    std::string before;  // sent in front of it
    ByteRange range;
  };
  std::vector<Part> parts;
  std::string end;  // sent behind the last one

  std::uint64_t size_bytes() const {
    std::uint64_t sum = end.size();
    for (const Part& part : parts) sum += part.before.size() + part.range.count;
    return sum;
  }
};

// A body that is made while it is sent.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // What comes next; nothing at the end. An error ends the connection, since the answer's beginning is on its way.
  virtual boost::asio::awaitable<Result<std::string>> next() = 0;
};

struct Response {
  int status = 200;
  std::string headers;  // lines, besides Content-Length, Date, Connection
  std::string body;
  std::string_view shared;       // instead of `body`: bytes that live as long as the library
  std::optional<FileBody> file;  // instead of both
  // Instead of all: of a length that nobody knows, so that the connection ends behind it.
  std::unique_ptr<BodySource> source;
  bool is_last = false;     // the connection ends behind it
  bool is_upgrade = false;  // with status 101: a WebSocket from then on

  std::string_view text() const { return shared.empty() ? std::string_view(body) : shared; }

  Response& with(std::string_view name, std::string_view value) {
    headers.append(name).append(": ").append(value).append("\r\n");
    return *this;
  }
};

// "OK"
std::string_view reason_of(int status);

// Writes the head of the answer, with the empty line at its end, over `head`. `is_kept_alive`: another request may
// follow.
void write_head(const Response& response, std::string_view date, bool is_kept_alive, std::string& head);

Response text_response(int status, std::string text, std::string_view type = "text/plain; charset=utf-8");

}  // namespace zoe::transport_http
