#include "plugins/transport_http/request_reader.hpp"

#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

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

// Where the value of a header goes; null for what nobody here asks for.
std::string* place_of(http::field name, std::string_view name_text, Request& request) {
  switch (name) {
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
  if (equals_ignoring_case(name_text, "X-CSRF-Token")) return &request.csrf_token;
  if (equals_ignoring_case(name_text, "Sec-Fetch-Site")) return &request.fetch_site;
  return nullptr;
}

std::string_view view_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Puts what Beast finds where it belongs at once: most requests are the next range of a file, and a table of their
// headers would cost more than all else about them.
class Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(Request& request) : request_(request) {
    header_limit(kMostHeaderBytes);
    body_limit(kMostBodyBytes);
    eager(true);
  }

  bool is_host_right() const { return is_old_ || !request_.host.empty(); }
  bool has_many_hosts() const { return hosts_ > 1; }
  bool waits_for_leave() const { return waits_for_leave_; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(http::verb method, string_view /*method_text*/, string_view target, int version,
                       error_code& /*error*/) override {
    request_.method = method_of(method);
    request_.target.assign(target.data(), target.size());
    is_old_ = version < 11;
  }
  void on_response_impl(int /*code*/, string_view /*reason*/, int /*version*/, error_code& /*error*/) override {}

  void on_field_impl(http::field name, string_view name_text, string_view value, error_code& /*error*/) override {
    if (is_header_whole_) return;  // trailers are of the body
    if (name == http::field::host) ++hosts_;
    if (name == http::field::expect) waits_for_leave_ = equals_ignoring_case(view_of(value), "100-continue");
    std::string* const place = place_of(name, view_of(name_text), request_);
    // Of several of a name the first counts.
    if (place != nullptr && place->empty()) place->assign(value.data(), value.size());
  }
  void on_header_impl(error_code& /*error*/) override { is_header_whole_ = true; }

  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, error_code& /*error*/) override {}
  std::size_t on_body_impl(string_view body, error_code& error) override { return take(body, error); }
  void on_chunk_header_impl(std::uint64_t /*size*/, string_view /*extensions*/, error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, string_view body, error_code& error) override {
    return take(body, error);
  }
  void on_finish_impl(error_code& /*error*/) override { request_.is_kept_alive = keep_alive(); }

  std::size_t take(string_view body, error_code& error) {
    if (body.size() > kMostBodyBytes - request_.body.size()) {
      error = http::error::body_limit;
      return 0;
    }
    request_.body.append(body.data(), body.size());
    return body.size();
  }

  Request& request_;
  unsigned hosts_ = 0;
  bool is_old_ = false;  // HTTP/1.0, which may name no host
  bool is_header_whole_ = false;
  bool waits_for_leave_ = false;
};

}  // namespace

struct RequestReader::Impl {
  void begin() {
    request.clear();
    parser.emplace(request);
    is_expectation_told = false;
  }

  Request request;
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
  if (!impl_->parser->is_host_right()) return fail(Errc::kMalformed, "the request names no host");
  if (impl_->request.host.find_first_of(" \t/\\@") != std::string::npos)
    return fail(Errc::kMalformed, "the request's host is none");
  if (impl_->parser->has_many_hosts()) return fail(Errc::kMalformed, "the request names several hosts");
  return true;
}

bool RequestReader::is_header_too_large() const { return impl_->is_header_too_large; }

bool RequestReader::has_begun() const { return !impl_->pending.empty() || impl_->parser->got_some(); }

bool RequestReader::take_expectation() {
  if (impl_->is_expectation_told || !impl_->parser->is_header_done() || impl_->parser->is_done()) return false;
  if (!impl_->parser->waits_for_leave()) return false;
  return impl_->is_expectation_told = true;
}

const Request& RequestReader::request() const { return impl_->request; }

void RequestReader::next() { impl_->begin(); }

}  // namespace zoe::transport_http
