// The JSON bodies that both ends of a connection need: HELLO, GOODBYE, REQUEST and RESPONSE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"

namespace zoe::net {

struct ClientHello {
  std::uint32_t protocol = 0;
  std::string client;  // "name/version"
};
struct ServerHello {
  std::uint32_t protocol = 0;
  std::string server;  // "zoetrope/0.1.0"
  std::string name;    // for people
};
// All parsers: kMalformed says which member is missing or of another type. Texts of a peer are cut to 256 bytes.
std::string encode_hello(const ClientHello& hello);
std::string encode_hello(const ServerHello& hello);
Result<ClientHello> parse_client_hello(std::string_view json);
Result<ServerHello> parse_server_hello(std::string_view json);

// {"code", "message"} as an Error and back.
std::string encode_goodbye(const Error& error);
Result<Error> parse_goodbye(std::string_view json);

// `params` is the text of a JSON object; empty stands for "{}".
std::string encode_request(std::uint64_t id, std::string_view method, std::string_view params);

// Takes a RESPONSE apart: which request it answers, and its result or the error that the server gave.
Status parse_response(std::string_view json, std::uint64_t& id, Result<nlohmann::json>& outcome);

}  // namespace zoe::net
