#include "plugins/transport_http/message.hpp"

#include <fmt/format.h>

namespace zoe::transport_http {

std::string_view reason_of(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 206:
      return "Partial Content";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 426:
      return "Upgrade Required";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Internal Server Error";
  }
}

std::string head_of(const Response& response, std::string_view date, bool is_kept_alive) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nServer: Zoetrope\r\n", response.status,
                                 reason_of(response.status), date);
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  if (response.is_upgrade) return head + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  if (response.status != 304 && !response.source)
    head += fmt::format("Content-Length: {}\r\n", response.file ? response.file->size_bytes() : response.text().size());
  head += is_kept_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

Response text_response(int status, std::string text, std::string_view type) {
  Response response;
  response.status = status;
  response.body = std::move(text);
  response.with("Content-Type", std::string(type)).with("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace zoe::transport_http
