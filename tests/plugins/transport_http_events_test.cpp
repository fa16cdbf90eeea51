// The web transport's WebSocket, and its frames by themselves.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "plugins/transport_http/websocket.hpp"
#include "tests/plugins/fake_server.hpp"
#include "tests/plugins/http_client.hpp"

namespace zoe::transport_http {
namespace {

using nlohmann::json;
using test::HttpClient;
using test::HttpReply;

std::string masked(std::uint8_t first, std::string_view payload, std::string_view mask = "\x12\x34\x56\x78") {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() <= 125) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xFF);
  }
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}

TEST(WebSocketText, TheHandshakeIsThatOfTheStandard) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") << "RFC 6455, section 1.3";
  EXPECT_TRUE(is_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="));
  for (const char* bad : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZQ==", "!!!!!!!!!!!!!!!!!!!!!!=="})
    EXPECT_FALSE(is_websocket_key(bad)) << bad;
}

TEST(WebSocketText, FramesGoOutWithTheShortestLength) {
  EXPECT_EQ(websocket_frame(Opcode::kText, "Hello"), "\x81\x05Hello") << "RFC 6455, section 5.7";
  EXPECT_EQ(websocket_frame(Opcode::kPing, ""), std::string("\x89\x00", 2));
  EXPECT_EQ(websocket_frame(Opcode::kText, std::string(126, 'a')).substr(0, 4), std::string("\x81\x7E\x00\x7E", 4));
  EXPECT_EQ(websocket_frame(Opcode::kText, std::string(65'536, 'a')).substr(0, 10),
            std::string("\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
  EXPECT_EQ(websocket_close(1001, std::string(200, 'x')).size(), 2U + 125U);
}

TEST(WebSocketText, FramesAreReadHoweverTheyAreCut) {
  const std::string long_text(300, 'z');
  const std::string stream = masked(0x81, "Hello") + masked(0x01, "a") + masked(0x89, "p") + masked(0x80, "b") +
                             masked(0x82, long_text) + masked(0x88, "");
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, stream.size()}) {
    WebSocketReader reader;
    std::vector<std::pair<Opcode, std::string>> got;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      reader.add(as_bytes(std::string_view(stream).substr(at, step)));
      for (;;) {
        auto frame = reader.next();
        ASSERT_TRUE(frame) << frame.error().message;
        if (!*frame) break;
        got.emplace_back((*frame)->opcode, (*frame)->payload);
      }
    }
    using Got = std::pair<Opcode, std::string>;
    EXPECT_THAT(got, testing::ElementsAre(Got{Opcode::kText, "Hello"}, Got{Opcode::kText, "a"}, Got{Opcode::kPing, "p"},
                                          Got{Opcode::kContinuation, "b"}, Got{Opcode::kBinary, long_text},
                                          Got{Opcode::kClose, ""}));
  }
}

TEST(WebSocketText, WhatNoClientMaySendIsRefused) {
  const std::string unmasked = websocket_frame(Opcode::kText, "Hello");
  const std::string large = std::string("\x82\xFF\x00\x00\x00\x01\x00\x00\x00\x00", 10);
  for (const std::string& bad :
       {unmasked, masked(0xC1, "x"), masked(0x83, "x"), masked(0x09, "x"), masked(0x80, "x"),
        masked(0x01, "x") + masked(0x81, "x"), masked(0x89, std::string(126, 'x')), large, std::string("GET / HTTP")}) {
    WebSocketReader reader;
    reader.add(as_bytes(bad));
    bool is_refused = false;
    for (;;) {
      const auto frame = reader.next();
      is_refused = !frame;
      if (is_refused || !*frame) break;
    }
    EXPECT_TRUE(is_refused) << testing::PrintToString(bad.substr(0, 20));
  }
}

class HttpEvents : public testing::Test {
 protected:
  HttpEvents() {
    server_.answer_with([](test::FakeClient&, std::uint64_t, std::string_view text) {
      const json request = json::parse(text);
      const bool is_stranger = request.at("method") == "auth.resume" && request.at("params").at("token") != "good";
      if (is_stranger) return std::string(R"({"error": {"code": "unauthenticated", "message": "log in again"}})");
      return std::string(R"({"result": {}})");
    });
  }

  static std::string handshake(const std::string& more) {
    return "GET /events HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           more + "\r\n";
  }
  static HttpReply ask(HttpClient& client, const std::string& more) {
    client.send(handshake(more));
    return client.read().value_or(HttpReply());
  }
  test::FakeClientPtr open(HttpClient& client) {
    const HttpReply reply = ask(client, "Cookie: zoetrope_session=good\r\n");
    EXPECT_EQ(reply.status, 101);
    EXPECT_EQ(reply.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(reply.header("connection"), "Upgrade");
    return server_.wait_for_client();
  }

  test::FakeServer server_{R"({"port": 0, "threads": 1})", "transport_http"};
};

TEST_F(HttpEvents, AreSentOnAsTheyCome) {
  HttpClient client(server_.port());
  const auto peer = open(client);
  peer->event(R"({"event": "library.changed"})");
  EXPECT_EQ(client.read_bytes(2 + 28), websocket_frame(Opcode::kText, R"({"event": "library.changed"})"));
  client.send(masked(0x89, "are you there"));
  EXPECT_EQ(client.read_bytes(2 + 13), websocket_frame(Opcode::kPong, "are you there"));
  client.send(masked(0x81, "what clients say means nothing"));
  const std::string large = R"({"event": ")" + std::string(70'000, 'x') + "\"}";
  peer->event(large);
  EXPECT_EQ(client.read_bytes(10 + large.size()), websocket_frame(Opcode::kText, large));
  client.send(masked(0x88, "\x03\xE8"));
  EXPECT_EQ(client.read_bytes(4), websocket_frame(Opcode::kClose, "\x03\xE8"));
  EXPECT_TRUE(client.wait_closed());
}

TEST_F(HttpEvents, AreForWhoIsSignedInAndNotForOtherSites) {
  HttpClient client(server_.port());
  EXPECT_EQ(ask(client, "").status, 401);
  EXPECT_EQ(ask(client, "Cookie: zoetrope_session=old\r\n").status, 401);
  EXPECT_EQ(ask(client, "Cookie: zoetrope_session=good\r\nOrigin: http://elsewhere\r\n").status, 403);
  EXPECT_EQ(client.get("/events", "Cookie: zoetrope_session=good\r\n").status, 426);
  EXPECT_EQ(ask(client, "Authorization: Bearer good\r\nOrigin: http://h\r\n").status, 101);
}

TEST_F(HttpEvents, WhoBreaksTheRulesIsToldAndLeft) {
  HttpClient client(server_.port());
  open(client);
  client.send("\x81\x05Hello");
  const auto last = client.read_bytes(4);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->substr(0, 1), "\x88");
  EXPECT_EQ(last->substr(2), "\x03\xEA");
  EXPECT_TRUE(client.wait_closed());
}

TEST_F(HttpEvents, WhoDoesNotReadLosesEventsAndIsTold) {
  HttpClient client(server_.port(), 4096);
  const auto peer = open(client);
  const std::string padding(20'000, 'x');
  for (int i = 0; i < 1500; ++i) peer->event(R"({"event": ")" + padding + "\"}");
  std::string all;
  while (all.find("events.missed") == std::string::npos) {
    const auto more = client.read_bytes(1000);
    if (!more) break;
    all += *more;
  }
  EXPECT_THAT(all, testing::HasSubstr("events.missed"));
}

TEST_F(HttpEvents, EndWithTheClient) {
  HttpClient client(server_.port());
  open(client)->close(ZOE_E_UNAUTHENTICATED, "the session was revoked");
  EXPECT_TRUE(client.wait_closed());
}

}  // namespace
}  // namespace zoe::transport_http
