#include "plugins/transport_http/message.hpp"

#include <utility>

#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {

void Request::clear() {
  method = Method::kOther;
  is_kept_alive = false;
  for (std::string* text :
       {&target, &body, &host, &origin, &fetch_site, &content_type, &authorization, &cookie, &csrf_token, &range,
        &if_range, &if_none_match, &if_modified_since, &connection, &upgrade, &websocket_key, &websocket_version})
    text->clear();
}

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

void write_head(const Response& response, std::string_view date, bool is_kept_alive, std::string& head) {
  head.assign("HTTP/1.1 ");
  append_number(head, static_cast<std::uint64_t>(response.status));
  head.append(" ").append(reason_of(response.status));
  head.append("\r\nDate: ").append(date).append("\r\nServer: Zoetrope\r\n").append(response.headers);
  if (response.is_upgrade) {
    head.append("Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    return;
  }
  if (response.status != 304 && !response.source) {
    head.append("Content-Length: ");
    append_number(head, response.file ? response.file->size_bytes() : response.text().size());
    head.append("\r\n");
  }
  head.append(is_kept_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

Response text_response(int status, std::string text, std::string_view type) {
  Response response;
  response.status = status;
  response.body = std::move(text);
  response.with("Content-Type", type).with("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace zoe::transport_http
