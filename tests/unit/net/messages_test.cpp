#include "engine/net/messages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"

namespace zoe::net {
namespace {

TEST(Json, TakesObjectsOnly) {
  EXPECT_TRUE(parse_json_object(R"({"a": [1, {"b": null}]})", 100));
  for (const char* text : {"", "[]", "1", "null", "{", R"({"a": })", R"({"a": 1} x)", "{\"a\": \"\xff\"}", "{'a': 1}"})
    EXPECT_FALSE(parse_json_object(text, 100)) << text;
}

TEST(Json, IsBounded) {
  EXPECT_EQ(parse_json_object(R"({"a": 1})", 7).error().code, Errc::kTooLarge);
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(parse_json_object(nested(kMostJsonDepth - 1), 1000));
  EXPECT_FALSE(parse_json_object(nested(kMostJsonDepth), 1000));
  EXPECT_FALSE(parse_json_object(std::string(1'000'000, '['), 2'000'000));
  EXPECT_TRUE(parse_json_object(R"({"a": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[[[[["})", 1000));  // in a string
}

TEST(Json, WritesWhatIsNoUtf8) { EXPECT_EQ(to_text({{"a", "x\xff"}}), "{\"a\":\"x\xef\xbf\xbd\"}"); }

TEST(Messages, HelloThereAndBack) {
  const auto client = parse_client_hello(encode_hello(ClientHello{.protocol = 1, .client = "a/1"}));
  ASSERT_TRUE(client);
  EXPECT_EQ(client->protocol, 1U);
  EXPECT_EQ(client->client, "a/1");
  const auto server = parse_server_hello(encode_hello(ServerHello{.protocol = 2, .server = "z/1", .name = "Ö \"x\""}));
  ASSERT_TRUE(server);
  EXPECT_EQ(server->protocol, 2U);
  EXPECT_EQ(server->name, "Ö \"x\"");
}

TEST(Messages, HelloNeedsItsProtocol) {
  EXPECT_FALSE(parse_client_hello("{}"));
  EXPECT_FALSE(parse_client_hello(R"({"protocol": "1"})"));
  EXPECT_FALSE(parse_client_hello(R"({"protocol": -1})"));
  EXPECT_FALSE(parse_client_hello(R"({"protocol": 1e300})"));
  EXPECT_TRUE(parse_client_hello(R"({"protocol": 1, "client": 5, "more": []})"));
}

TEST(Messages, TextsOfPeersAreCutBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "ü";
  const auto hello = parse_client_hello(encode_hello(ClientHello{.protocol = 1, .client = "x" + name}));
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->client.size(), 255U);
  EXPECT_EQ(hello->client.substr(253), "ü");
}

TEST(Messages, GoodbyeCarriesAnError) {
  const auto reason = parse_goodbye(encode_goodbye({Errc::kTooLarge, "too long"}));
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->code, Errc::kTooLarge);
  EXPECT_EQ(reason->message, "too long");
  EXPECT_EQ(parse_goodbye(R"({"code": "something new", "message": "m"})")->code, Errc::kInternal);
  EXPECT_FALSE(parse_goodbye("{}"));
}

TEST(Messages, RequestsAreJson) {
  const auto request = nlohmann::json::parse(encode_request(7, "a\"b", R"({"x": 1})"));
  EXPECT_EQ(request["id"], 7);
  EXPECT_EQ(request["method"], "a\"b");
  EXPECT_EQ(request["params"]["x"], 1);
  EXPECT_TRUE(nlohmann::json::parse(encode_request(7, "m", ""))["params"].is_object());
}

TEST(Messages, ResponsesComeApart) {
  std::uint64_t id = 0;
  Result<nlohmann::json> outcome;
  ASSERT_TRUE(parse_response(R"({"id": 5, "result": {"a": 1}})", id, outcome));
  EXPECT_EQ(id, 5U);
  EXPECT_EQ((*outcome)["a"], 1);
  ASSERT_TRUE(parse_response(R"({"id": 6, "error": {"code": "denied", "message": "no"}})", id, outcome));
  EXPECT_EQ(id, 6U);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::kDenied);
  EXPECT_EQ(outcome.error().message, "no");
  for (const char* text :
       {"{}", R"({"id": 1})", R"({"id": -1, "result": 1})", R"({"id": "1", "result": 1})", R"({"id": 1, "error": 5})",
        R"({"id": 1, "error": {}})", R"({"id": 9007199254740992, "result": 1})"})
    EXPECT_FALSE(parse_response(text, id, outcome)) << text;
}

}  // namespace
}  // namespace zoe::net
