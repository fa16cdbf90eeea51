#include "engine/net/messages.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "engine/net/wire.hpp"

namespace zoe::net {
namespace {

constexpr std::size_t kMostTextBytes = 256;
constexpr std::uint64_t kMostId = (1ULL << 53) - 1;

using Json = nlohmann::json;

// At most kMostTextBytes, cut between characters.
std::string cut(std::string text) {
  if (text.size() <= kMostTextBytes) return text;
  std::size_t end = kMostTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

std::string text_or_empty(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? cut(found->get<std::string>()) : std::string();
}

Result<Json> parse_of(Kind kind, std::string_view text) {
  auto value = parse_json_object(text, rule_of(kind).most_bytes);
  if (!value) return fail(std::move(value).error().with(to_string(kind)));
  return value;
}

Result<std::uint32_t> protocol_of(const Json& hello) {
  const auto found = hello.find("protocol");
  if (found == hello.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() > UINT32_MAX)
    return fail(Errc::kMalformed, "HELLO: \"protocol\" is missing or is not a number");
  return found->get<std::uint32_t>();
}

}  // namespace

std::string encode_hello(const ClientHello& hello) {
  return to_text({{"protocol", hello.protocol}, {"client", hello.client}});
}

std::string encode_hello(const ServerHello& hello) {
  return to_text({{"protocol", hello.protocol}, {"server", hello.server}, {"name", hello.name}});
}

Result<ClientHello> parse_client_hello(std::string_view json) {
  ZOE_TRY(const Json value, parse_of(Kind::kHello, json));
  ZOE_TRY(const std::uint32_t protocol, protocol_of(value));
  return ClientHello{.protocol = protocol, .client = text_or_empty(value, "client")};
}

Result<ServerHello> parse_server_hello(std::string_view json) {
  ZOE_TRY(const Json value, parse_of(Kind::kHello, json));
  ZOE_TRY(const std::uint32_t protocol, protocol_of(value));
  return ServerHello{
      .protocol = protocol, .server = text_or_empty(value, "server"), .name = text_or_empty(value, "name")};
}

std::string encode_goodbye(const Error& error) {
  return to_text({{"code", to_string(error.code)}, {"message", cut(error.message)}});
}

Result<Error> parse_goodbye(std::string_view json) {
  ZOE_TRY(const Json value, parse_of(Kind::kGoodbye, json));
  const auto code = value.find("code");
  if (code == value.end() || !code->is_string()) return fail(Errc::kMalformed, "GOODBYE: \"code\" is missing");
  return Error{errc_from_string(code->get<std::string>()), text_or_empty(value, "message")};
}

std::string encode_request(std::uint64_t id, std::string_view method, std::string_view params) {
  return fmt::format(R"({{"id":{},"method":{},"params":{}}})", id, to_text(Json(method)),
                     params.empty() ? "{}" : params);
}

Status parse_response(std::string_view json, std::uint64_t& id, Result<Json>& outcome) {
  ZOE_TRY(Json value, parse_of(Kind::kResponse, json));
  const auto number = value.find("id");
  if (number == value.end() || !number->is_number_unsigned() || number->get<std::uint64_t>() > kMostId)
    return fail(Errc::kMalformed, "RESPONSE: \"id\" is missing or is not a number");
  id = number->get<std::uint64_t>();
  if (const auto result = value.find("result"); result != value.end()) {
    outcome = std::move(*result);
    return {};
  }
  const auto error = value.find("error");
  if (error == value.end() || !error->is_object() || !error->contains("code") || !(*error)["code"].is_string())
    return fail(Errc::kMalformed, "RESPONSE: neither \"result\" nor \"error\"");
  outcome = fail(errc_from_string((*error)["code"].get<std::string>()), text_or_empty(*error, "message"));
  return {};
}

}  // namespace zoe::net
