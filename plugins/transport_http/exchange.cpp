#include "plugins/transport_http/exchange.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/net/json.hpp"
#include "plugins/transport_http/answers.hpp"
#include "plugins/transport_http/api_methods.hpp"
#include "plugins/transport_http/file_answer.hpp"
#include "plugins/transport_http/frames.hpp"
#include "plugins/transport_http/http_text.hpp"
#include "plugins/transport_http/metrics_text.hpp"
#include "plugins/transport_http/subtitle_text.hpp"
#include "plugins/transport_http/web_page.hpp"
#include "plugins/transport_http/websocket.hpp"

namespace zoe::transport_http {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t kMostSubtitleBytes = std::size_t{16} << 20;
constexpr std::int64_t kCookieSeconds = std::int64_t{30} * 86'400;

// "12" is a number and "true" a boolean; everything else is text.
json value_of(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  const bool is_number =
      !text.empty() && text.size() <= 15 && text.find_first_not_of("0123456789") == std::string::npos;
  if (is_number) return std::stoll(text);
  return text;
}

Result<json> params_of(const Request& request, const Target& target) {
  json params = json::object();
  for (const auto& [name, value] : target.query)
    if (name != "cookie") params[name] = value_of(value);
  if (request.method != Method::kPost || request.body.empty()) return params;
  ZOE_TRY(json body, net::parse_json_object(request.body, kMostBodyBytes));
  params.update(body);
  return params;
}

// Whether a list ("keep-alive, Upgrade") names it.
bool is_listed(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::string_view each = list.substr(0, list.find(','));
    if (equals_ignoring_case(trim(each), name)) return true;
    list.remove_prefix(std::min(each.size() + 1, list.size()));
  }
  return false;
}

}  // namespace

Exchange::Exchange(const sdk::Host& host, const zoe_peer& peer, asio::io_context& context, std::function<void()> ended)
    : host_(host), peer_(peer), context_(context), ended_(std::move(ended)) {}

void Exchange::end() {
  known_file_.forget();
  hls_.reset();
  if (caller_) caller_->end();
  caller_.reset();
}

Status Exchange::open_caller() {
  end();
  token_.clear();
  kind_ = Credentials::Kind::kSession;
  ZOE_TRY(caller_, Caller::open(host_, peer_, context_, ended_));
  return {};
}

std::optional<Response> Exchange::answer_at_once(const Request& request) {
  if (!caller_ || !caller_->is_open()) return std::nullopt;
  const ServedFile* const known = known_file_.find(request, caller_->changes(), host_.now_ns());
  if (known == nullptr) return std::nullopt;
  return answer_file(request, *known);
}

asio::awaitable<Response> Exchange::answer(const Request& request) {
  const auto target = parse_target(request.target);
  if (!target) co_return error_response(to_string(target.error().code), target.error().message);
  if (request.method == Method::kOther) co_return method_not_allowed("GET, HEAD, POST");
  Response response = co_await route(request, *target);
  co_return response;
}

asio::awaitable<Response> Exchange::route(const Request& request, const Target& target) {
  const std::string first = target.path.empty() ? std::string() : target.path[0];
  if (first == "api") {
    Response response = co_await api(request, target);
    co_return response;
  }
  if (request.method == Method::kPost) co_return method_not_allowed("GET, HEAD");
  if (first == "healthz" && target.path.size() == 1) co_return text_response(200, "ok\n");
  if (first == "metrics" && target.path.size() == 1) {
    Response response = co_await metrics(request);
    co_return response;
  }
  if (first == "events" && target.path.size() == 1) {
    Response response = co_await events(request);
    co_return response;
  }
  if ((first == "watch" || first == "download") && target.path.size() >= 2) {
    Response response = co_await media_file(request, target);
    co_return response;
  }
  if (first == "hls" && target.path.size() >= 3) {
    Response response = co_await hls(request, target);
    co_return response;
  }
  if ((first == "frame" || first == "mjpeg") && target.path.size() == 2) {
    Response response = co_await pictures(request, target);
    co_return response;
  }
  if (first == "artwork" && target.path.size() == 3) {
    Response response = co_await artwork(request, target);
    co_return response;
  }
  if (first == "subtitles" && target.path.size() == 3) {
    Response response = co_await subtitle(request, target);
    co_return response;
  }
  co_return web_page(request, target);
}

asio::awaitable<std::unique_ptr<Response>> Exchange::identify(const Request& request) {
  const Credentials who = credentials_of(request);
  auto refused = co_await identify_as(who);
  co_return refused;
}

asio::awaitable<std::unique_ptr<Response>> Exchange::identify(const Request& request, const Target& target) {
  Credentials who = credentials_of(request);
  const auto ticket = target.query.find("ticket");
  if (ticket != target.query.end()) {
    who.token = ticket->second;
    who.is_cookie = false;
    who.kind = Credentials::Kind::kTicket;
  }
  auto refused = co_await identify_as(who);
  co_return refused;
}

asio::awaitable<std::unique_ptr<Response>> Exchange::identify_as(const Credentials& who) {
  if (caller_ && who.token == token_ && who.kind == kind_) co_return nullptr;
  if (Status opened = open_caller(); !opened)
    co_return std::make_unique<Response>(error_response(to_string(opened.error().code), opened.error().message));
  const bool is_ticket = who.kind == Credentials::Kind::kTicket;
  if (who.token.empty() && !is_ticket) co_return nullptr;
  const bool is_guest = !is_ticket && who.token == kGuest;
  json params = json::object();
  if (!is_ticket) params["client"] = "web";
  if (is_ticket)
    params["ticket"] = who.token;
  else if (!is_guest)
    params["token"] = who.token;
  const json answer = co_await call(is_ticket  ? "auth.ticket"
                                    : is_guest ? "auth.guest"
                                               : "auth.resume",
                                    std::move(params));
  if (answer.contains("error")) {
    auto response = std::make_unique<Response>(failure_of(answer));
    if (who.is_cookie && response->status == 401) forget(*response);
    // The next request may bring better ones.
    hls_.reset();
    caller_.reset();
    co_return response;
  }
  token_ = who.token;
  kind_ = who.kind;
  co_return nullptr;
}

asio::awaitable<json> Exchange::call(std::string_view method, json params) {
  const auto caller = caller_;
  json answer = co_await caller->ask(method, std::move(params));
  co_return answer;
}

asio::awaitable<Response> Exchange::api(const Request& request, const Target& target) {
  // The address of a job's results is one that can be kept: /api/analysis/JOB/export.
  const bool is_results = target.path.size() == 4 && target.path[1] == "analysis" && target.path[3] == "export";
  if (target.path.size() != 2 && !is_results) co_return error_response("not_found", "a request is called /api/METHOD");
  const std::string method = is_results ? "analysis.export" : target.path[1];
  if (is_of_connections(method))
    co_return error_response("unsupported",
                             method + " belongs to the native protocol; here /watch and /download give media");
  const bool is_post = request.method == Method::kPost;
  if (!is_post && !is_reading(method)) co_return method_not_allowed("POST");
  if (is_post) {
    // A form of another site can send neither this type nor this origin, so it cannot act in the name of who is signed
    // in.
    if (!std::string_view(request.content_type).starts_with("application/json"))
      co_return json_response(415, error_json("unsupported", "send application/json"));
    if (is_from_elsewhere(request)) co_return error_response("denied", "requests of other sites are not taken");
    if (!is_reading(method) && !signs_in(method) && !has_csrf_token(request))
      co_return error_response("denied", "the request brings no valid X-CSRF-Token: load the page again");
  }
  auto params = params_of(request, target);
  if (!params) co_return error_response(to_string(params.error().code), params.error().message);
  if (is_results) (*params)["job"] = target.path[2];
  const bool is_new = signs_in(method);
  if (is_new) {
    if (Status opened = open_caller(); !opened)
      co_return error_response(to_string(opened.error().code), opened.error().message);
  } else {
    auto refused = co_await identify(request);
    // What the server is, is told to who has an old cookie, too.
    if (refused && method != "server.info") co_return std::move(*refused);
    if (refused) {
      if (Status opened = open_caller(); !opened) co_return std::move(*refused);
    }
  }
  json answer = co_await call(method, std::move(*params));
  if (answer.contains("error")) co_return failure_of(answer);
  const auto result = answer.find("result");
  if (result != answer.end() && result->is_object() && result->contains("file")) {
    const bool is_export = method == "account.export" || method == "analysis.export";
    const std::string name = word_of(*result, "name");
    const std::string disposition = is_export ? attachment_of(name) : std::string();
    Response file = co_await file_answer(request, answer, disposition, type_of(name), kRevalidate);
    co_return file;
  }
  Response response;
  note_sign_in(method, target, answer, response);
  if (method == "auth.whoami") renew_csrf(request, response);
  const std::string headers = std::move(response.headers);
  response = json_response(200, answer);
  response.headers += headers;
  co_return response;
}

// With ?cookie=1 the token goes into a cookie that no script can read, instead of the answer.
void Exchange::note_sign_in(std::string_view method, const Target& target, json& answer, Response& response) {
  if (method == "auth.logout" || method == "account.delete") {
    token_.clear();
    hls_.reset();
    caller_.reset();
    forget(response);
    return;
  }
  if (!signs_in(method)) return;
  auto& result = answer["result"];
  token_ = method == "auth.guest" ? std::string(kGuest) : word_of(result, "token");
  const auto wish = target.query.find("cookie");
  if (wish == target.query.end() || wish->second != "1") return;
  response.with("Set-Cookie", cookie(kCookie, token_, kCookieSeconds));
  response.with("Set-Cookie", cookie(kCsrfCookie, csrf_token(token_), kCookieSeconds));
  result.erase("token");
}

// A page whose session's cookie has outlived the other gets it again.
void Exchange::renew_csrf(const Request& request, Response& response) const {
  const Credentials who = credentials_of(request);
  if (!who.is_cookie || who.token.empty()) return;
  const std::string token = csrf_token(who.token);
  if (cookie_of(request.cookie, kCsrfCookie) != token)
    response.with("Set-Cookie", cookie(kCsrfCookie, token, kCookieSeconds));
}

void Exchange::forget(Response& response) const {
  response.with("Set-Cookie", cookie(kCookie, "", 0)).with("Set-Cookie", cookie(kCsrfCookie, "", 0));
}

std::string Exchange::cookie(std::string_view name, std::string_view value, std::int64_t max_age_s) const {
  return fmt::format("{}={}; Path=/;{} SameSite=Lax; Max-Age={}{}", name, value, name == kCookie ? " HttpOnly;" : "",
                     max_age_s, security_ == Security::kTls ? "; Secure" : "");
}

asio::awaitable<Response> Exchange::media_file(const Request& request, const Target& target) {
  auto refused = co_await identify(request, target);
  if (refused) co_return std::move(*refused);
  const std::uint64_t changes = caller_->changes();
  const std::int64_t asked_ns = host_.now_ns();
  const bool is_download = target.path[0] == "download";
  constexpr std::size_t kIdDigits = 32;
  json params = json::object();
  const bool is_id = target.path.size() == 2 && target.path[1].size() == kIdDigits &&
                     target.path[1].find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_id)
    params["media"] = target.path[1];
  else
    params["path"] = target.rest(1);
  const json answer = co_await call(is_download ? "file.open" : "file.watch", std::move(params));
  if (answer.contains("error")) co_return failure_of(answer);
  const std::string name = word_of(answer.value("result", json::object()), "name");
  auto file = co_await served_file(answer);
  if (!file) co_return error_response(to_string(file.error().code), file.error().message);
  if (is_download) file->disposition = attachment_of(name);
  file->type = type_of(name);
  file->cache = kRevalidate;
  Response response = answer_file(request, *file);
  known_file_.keep(request, std::move(*file), changes, asked_ns);
  co_return response;
}

asio::awaitable<Response> Exchange::hls(const Request& request, const Target& target) {
  auto refused = co_await identify(request, target);
  if (refused) co_return std::move(*refused);
  if (!hls_) hls_ = std::make_unique<Hls>(caller_);
  Response response = co_await hls_->answer(target);
  co_return response;
}

asio::awaitable<Response> Exchange::pictures(const Request& request, const Target& target) {
  auto refused = co_await identify(request, target);
  if (refused) co_return std::move(*refused);
  const bool is_one = target.path[0] == "frame";
  if (is_one) {
    Response picture = co_await frame_answer(caller_, target);
    co_return picture;
  }
  Response motion = co_await motion_answer(caller_, context_, target);
  co_return motion;
}

asio::awaitable<Response> Exchange::artwork(const Request& request, const Target& target) {
  auto refused = co_await identify(request, target);
  if (refused) co_return std::move(*refused);
  const std::string what = target.path[2];
  constexpr std::string_view kPreview = "preview-";
  json params = json::object();
  params["media"] = target.path[1];
  params["kind"] = "poster";
  if (what.starts_with(kPreview)) {
    const json sheet = value_of(what.substr(kPreview.size()));
    if (!sheet.is_number()) co_return error_response("not_found", "there is no such picture");
    params["kind"] = "preview";
    params["sheet"] = sheet;
  } else if (what != "poster") {
    co_return error_response("not_found", "pictures are called poster and preview-0, preview-1, …");
  }
  const json answer = co_await call("library.artwork", std::move(params));
  if (answer.contains("error")) co_return failure_of(answer);
  // An address with a version in it stands for that version's bytes.
  const bool has_version = target.query.contains("v");
  Response file = co_await file_answer(request, answer, "", "image/jpeg", has_version ? kForEver : kRevalidate);
  co_return file;
}

asio::awaitable<Response> Exchange::subtitle(const Request& request, const Target& target) {
  auto refused = co_await identify(request, target);
  if (refused) co_return std::move(*refused);
  std::string number = target.path[2];
  if (number.ends_with(".vtt")) number.resize(number.size() - 4);
  const json index = value_of(number);
  if (!index.is_number()) co_return error_response("not_found", "subtitles are called 0.vtt, 1.vtt, …");
  json params = json::object();
  params["media"] = target.path[1];
  params["subtitle"] = index;
  const json answer = co_await call("library.subtitle", std::move(params));
  if (answer.contains("error")) co_return failure_of(answer);
  const json result = answer.value("result", json::object());
  auto file = caller_->file(result.value("file", 0U));
  if (!file) co_return error_response(to_string(file.error().code), file.error().message);
  if (file->size_bytes > kMostSubtitleBytes)
    co_return error_response("too_large", "this file is too large for subtitles");
  std::string text(file->size_bytes, '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::pread(file->fd.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  auto vtt = to_webvtt(text, word_of(result, "name"));
  if (!vtt) co_return error_response(to_string(vtt.error().code), vtt.error().message);
  Response response = text_response(200, std::move(*vtt), "text/vtt; charset=utf-8");
  response.with("Cache-Control", kRevalidate);
  co_return response;
}

// Signed in, not from another site, and with the handshake of RFC 6455, section 4.2.
asio::awaitable<Response> Exchange::events(const Request& request) {
  const bool asks = equals_ignoring_case(request.upgrade, "websocket") && is_listed(request.connection, "upgrade") &&
                    is_websocket_key(request.websocket_key) && request.method == Method::kGet;
  if (!asks || request.websocket_version != "13") {
    Response response = text_response(426, "this address speaks WebSocket, version 13\n");
    response.with("Upgrade", "websocket").with("Sec-WebSocket-Version", "13");
    co_return response;
  }
  // A page of another site may open one in the name of who is signed in, and no CORS stops it.
  if (is_from_elsewhere(request)) co_return error_response("denied", "requests of other sites are not taken");
  auto refused = co_await identify(request);
  if (refused) co_return std::move(*refused);
  if (token_.empty()) co_return error_response("unauthenticated", "sign in first");
  caller_->listen();
  Response response;
  response.status = 101;
  response.is_upgrade = true;
  response.with("Sec-WebSocket-Accept", websocket_accept(request.websocket_key));
  co_return response;
}

asio::awaitable<Response> Exchange::metrics(const Request& request) {
  auto refused = co_await identify(request);
  if (refused) co_return std::move(*refused);
  json params = json::object();
  const json answer = co_await call("admin.status", std::move(params));
  if (answer.contains("error")) co_return failure_of(answer);
  Response response = text_response(200, metrics_text(answer.value("result", json::object())),
                                    "text/plain; version=0.0.4; charset=utf-8");
  response.with("Cache-Control", kNoStore);
  co_return response;
}

asio::awaitable<Response> Exchange::file_answer(const Request& request, const json& answer,
                                                std::string_view disposition, std::string_view type,
                                                std::string_view cache) {
  auto file = co_await served_file(answer);
  if (!file) co_return error_response(to_string(file.error().code), file.error().message);
  file->type = type;
  file->disposition = disposition;
  file->cache = cache;
  co_return answer_file(request, *file);
}

asio::awaitable<Result<ServedFile>> Exchange::served_file(const json& answer) {
  const json result = answer.value("result", json::object());
  const auto handle = result.find("file");
  if (handle == result.end() || !handle->is_number_unsigned())
    co_return fail(Errc::kInternal, "the server's answer is malformed");
  const auto number = handle->get<std::uint32_t>();
  auto file = caller_->file(number);
  // The descriptor is ours now; what the server holds of it goes.
  json closing = json::object();
  closing["file"] = number;
  static_cast<void>(co_await call("file.close", std::move(closing)));
  if (!file) co_return fail(file.error());
  ServedFile served;
  if (::fstat(file->fd.get(), &served.state) != 0) co_return fail(Errc::kIo, "the file cannot be looked at");
  served.modified_s = served.state.st_mtim.tv_sec;
  served.modified = http_date(served.modified_s);
  served.size_bytes = file->size_bytes;
  served.fd = std::make_shared<const UniqueFd>(std::move(file->fd));
  std::string tag = word_of(result, "version");
  std::erase_if(tag, [](char c) { return c < 0x21 || c == '"' || c > 0x7E; });
  served.tag = "\"" + tag + "\"";
  co_return served;
}

}  // namespace zoe::transport_http
