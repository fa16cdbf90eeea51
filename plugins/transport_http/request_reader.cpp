#include "plugins/transport_http/request_reader.hpp"

#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

namespace http = boost::beast::http;

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::head:
      return Method::kHead;
    case http::verb::post:
      return Method::kPost;
    default:
      return Method::kOther;
  }
}

// Where the value of a header goes; null for what nobody here asks for. Of several of a name the first counts.
std::string* place_of(const http::fields::value_type& field, Request& request) {
  switch (field.name()) {
    case http::field::host:
      return &request.host;
    case http::field::origin:
      return &request.origin;
    case http::field::content_type:
      return &request.content_type;
    case http::field::authorization:
      return &request.authorization;
    case http::field::cookie:
      return &request.cookie;
    case http::field::range:
      return &request.range;
    case http::field::if_range:
      return &request.if_range;
    case http::field::if_none_match:
      return &request.if_none_match;
    case http::field::if_modified_since:
      return &request.if_modified_since;
    case http::field::connection:
      return &request.connection;
    case http::field::upgrade:
      return &request.upgrade;
    case http::field::sec_websocket_key:
      return &request.websocket_key;
    case http::field::sec_websocket_version:
      return &request.websocket_version;
    default:
      break;
  }
  // Beast knows these names in some versions only.
  const std::string_view name(field.name_string().data(), field.name_string().size());
  if (equals_ignoring_case(name, "X-CSRF-Token")) return &request.csrf_token;
  if (equals_ignoring_case(name, "Sec-Fetch-Site")) return &request.fetch_site;
  return nullptr;
}

}  // namespace

struct RequestReader::Impl {
  using Parser = http::request_parser<http::string_body>;

  void begin() {
    parser.emplace();
    parser->header_limit(kMostHeaderBytes);
    parser->body_limit(kMostBodyBytes);
    parser->eager(true);
    is_expectation_told = false;
  }

  std::optional<Parser> parser;
  std::string pending;  // of what arrived, not yet parsed
  bool is_expectation_told = false;
  bool is_header_too_large = false;
};

RequestReader::RequestReader() : impl_(std::make_unique<Impl>()) { impl_->begin(); }

RequestReader::~RequestReader() = default;

void RequestReader::add(Bytes bytes) { impl_->pending.append(as_text(bytes)); }

Result<bool> RequestReader::parse() {
  boost::beast::error_code error;
  while (!impl_->parser->is_done() && !impl_->pending.empty()) {
    const std::size_t used = impl_->parser->put(boost::asio::buffer(impl_->pending), error);
    impl_->pending.erase(0, used);
    if (error == http::error::need_more) break;
    if (error == http::error::header_limit || error == http::error::body_limit) {
      impl_->is_header_too_large = error == http::error::header_limit;
      return fail(Errc::kTooLarge,
                  impl_->is_header_too_large ? "the request's header is too long" : "the request's body is too long");
    }
    if (error) return fail(Errc::kMalformed, "this is no HTTP request: " + error.message());
    if (used == 0) break;
  }
  // What is not taken yet belongs to one header line.
  if (!impl_->parser->is_done() && impl_->pending.size() > kMostHeaderBytes) {
    impl_->is_header_too_large = true;
    return fail(Errc::kTooLarge, "the request's header is too long");
  }
  if (!impl_->parser->is_done()) return false;
  const auto& message = impl_->parser->get();
  if (message.version() >= 11 && message[http::field::host].empty())
    return fail(Errc::kMalformed, "the request names no host");
  if (message[http::field::host].find_first_of(" \t/\\@") != boost::beast::string_view::npos)
    return fail(Errc::kMalformed, "the request's host is none");
  if (message.count(http::field::host) > 1) return fail(Errc::kMalformed, "the request names several hosts");
  return true;
}

bool RequestReader::is_header_too_large() const { return impl_->is_header_too_large; }

bool RequestReader::has_begun() const { return !impl_->pending.empty() || impl_->parser->got_some(); }

bool RequestReader::take_expectation() {
  if (impl_->is_expectation_told || !impl_->parser->is_header_done() || impl_->parser->is_done()) return false;
  const auto expected = impl_->parser->get()[http::field::expect];
  if (!equals_ignoring_case({expected.data(), expected.size()}, "100-continue")) return false;
  return impl_->is_expectation_told = true;
}

Request RequestReader::take() {
  auto message = impl_->parser->release();
  Request request;
  request.method = method_of(message.method());
  request.target.assign(message.target().data(), message.target().size());
  request.is_kept_alive = message.keep_alive();
  for (const auto& field : message) {
    std::string* const place = place_of(field, request);
    if (place != nullptr && place->empty()) place->assign(field.value().data(), field.value().size());
  }
  request.body = std::move(message.body());
  impl_->begin();
  return request;
}

}  // namespace zoe::transport_http
