#include "engine/net/wire.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <numeric>

namespace zoe::net {
namespace {

std::vector<std::uint8_t> pattern(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return bytes;
}

std::vector<std::uint8_t> header_only(std::uint32_t length, Kind kind) {
  std::vector<std::uint8_t> bytes(kHeaderBytes);
  store_header(bytes.data(), {.length = length, .kind = kind});
  return bytes;
}

std::vector<Message> parse_in_steps(MessageParser& parser, Bytes input, std::size_t step) {
  std::vector<Message> messages;
  while (!input.empty()) {
    Bytes part = input.first(std::min(step, input.size()));
    input = input.subspan(part.size());
    for (;;) {
      Message message;
      const auto result = parser.next(part, message);
      EXPECT_TRUE(result) << result.error().message;
      if (!result || *result == MessageParser::Step::kNeedMore) break;
      messages.push_back(std::move(message));
    }
    EXPECT_TRUE(part.empty());
  }
  return messages;
}

Errc error_of(Sender peer, Bytes input) {
  MessageParser parser(peer);
  Message message;
  const auto result = parser.next(input, message);
  return result ? Errc::kInternal : result.error().code;
}

TEST(Wire, HeaderLiesAsDocumented) {
  std::uint8_t bytes[kHeaderBytes];
  store_header(bytes,
               {.length = 0x01020304, .kind = Kind::kMedia, .flags = 0x0607, .stream = 0x08090a0b, .serial = 12});
  const std::uint8_t expected[] = {4, 3, 2, 1, 5, 0, 7, 6, 0x0b, 0x0a, 9, 8, 12, 0, 0, 0};
  EXPECT_TRUE(std::equal(std::begin(bytes), std::end(bytes), expected));
  const Header header = load_header(bytes);
  EXPECT_EQ(header.length, 0x01020304U);
  EXPECT_EQ(header.kind, Kind::kMedia);
  EXPECT_EQ(header.flags, 0x0607);
  EXPECT_EQ(header.stream, 0x08090a0bU);
  EXPECT_EQ(header.serial, 12U);
}

TEST(Wire, AnySplitYieldsTheSameMessages) {
  std::vector<std::uint8_t> input;
  const auto append = [&input](const std::vector<std::uint8_t>& part) {
    input.insert(input.end(), part.begin(), part.end());
  };
  append(encode_text(Kind::kHello, R"({"protocol":1})"));
  append(encode_message({.kind = static_cast<Kind>(500)}, pattern(5000)));  // unknown
  append(encode_message({.kind = Kind::kMedia, .flags = 3, .stream = 4, .serial = 5}, pattern(100'000)));
  append(encode_text(Kind::kEvent, ""));
  for (const std::size_t step : {1U, 2U, 15U, 16U, 17U, 1000U, 1'000'000U}) {
    MessageParser parser(Sender::kServer);
    const auto messages = parse_in_steps(parser, input, step);
    ASSERT_EQ(messages.size(), 3U) << step;
    EXPECT_EQ(messages[0].body->text(), R"({"protocol":1})");
    EXPECT_EQ(messages[1].header.flags, 3);
    EXPECT_EQ(messages[1].header.stream, 4U);
    EXPECT_EQ(messages[1].header.serial, 5U);
    const auto expected = pattern(100'000);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), messages[1].body->data()));
    EXPECT_EQ(messages[2].body->size(), 0U);
    EXPECT_FALSE(parser.is_inside_message());
  }
}

TEST(Wire, BodiesAreFollowedByZeros) {
  for (const std::size_t size : {0U, 1U, 100U, 16384U, 100'000U}) {
    MessageParser parser(Sender::kServer);
    const auto bytes = encode_message({.kind = Kind::kResponse}, pattern(size));
    const auto messages = parse_in_steps(parser, bytes, 1000);
    ASSERT_EQ(messages.size(), 1U);
    const std::uint8_t* const end = messages[0].body->data() + size;
    EXPECT_EQ(std::count(end, end + kBodyPadding, 0), static_cast<std::ptrdiff_t>(kBodyPadding));
  }
}

TEST(Wire, LengthsAreBoundedBeforeTheyAreBelieved) {
  EXPECT_EQ(error_of(Sender::kClient, header_only(0xffffffffU, Kind::kRequest)), Errc::kTooLarge);
  EXPECT_EQ(error_of(Sender::kClient, header_only((64U << 10) + 1, Kind::kRequest)), Errc::kTooLarge);
  EXPECT_EQ(error_of(Sender::kServer, header_only((4U << 20) + 1, Kind::kResponse)), Errc::kTooLarge);
  EXPECT_EQ(error_of(Sender::kServer, header_only((64U << 20) + 49, Kind::kMedia)), Errc::kTooLarge);
  EXPECT_EQ(error_of(Sender::kServer, header_only((64U << 20) + 1, static_cast<Kind>(99))), Errc::kTooLarge);
  EXPECT_EQ(error_of(Sender::kClient, header_only(9, Kind::kCredit)), Errc::kTooLarge);
  EXPECT_EQ(error_of(Sender::kClient, header_only(7, Kind::kCredit)), Errc::kMalformed);
  EXPECT_EQ(error_of(Sender::kServer, header_only(15, Kind::kMedia)), Errc::kMalformed);
  EXPECT_EQ(error_of(Sender::kClient, header_only((64U << 10), Kind::kRequest)), Errc::kInternal);  // accepted
}

TEST(Wire, KindsOfTheOtherSideAreRefused) {
  for (const Kind kind : {Kind::kResponse, Kind::kEvent, Kind::kMedia, Kind::kChunk, Kind::kProbeReply})
    EXPECT_EQ(error_of(Sender::kClient, header_only(24, kind)), Errc::kMalformed) << to_string(kind);
  for (const Kind kind : {Kind::kRequest, Kind::kCredit, Kind::kProbe})
    EXPECT_EQ(error_of(Sender::kServer, header_only(16, kind)), Errc::kMalformed) << to_string(kind);
}

TEST(Wire, AFailureIsForGood) {
  MessageParser parser(Sender::kClient);
  const auto bad = header_only(0xffffffffU, Kind::kRequest);
  Bytes input = bad;
  Message message;
  ASSERT_FALSE(parser.next(input, message));
  const auto good = encode_credit(1, 1, 1);
  input = good;
  EXPECT_FALSE(parser.next(input, message));
}

// A claim of 64 MiB must cost next to nothing until its bytes arrive.
TEST(Wire, AClaimAllocatesNothing) {
  const auto before = ::mallinfo2();
  std::vector<MessageParser> parsers;
  const auto claim = header_only(64U << 20, Kind::kMedia);
  for (int i = 0; i < 200; ++i) {
    parsers.emplace_back(Sender::kServer);
    Bytes input = claim;
    Message message;
    ASSERT_TRUE(parsers.back().next(input, message));
    EXPECT_TRUE(parsers.back().is_inside_message());
  }
  const auto after = ::mallinfo2();
  const std::size_t grown = (after.uordblks + after.hblkhd) - (before.uordblks + before.hblkhd);
  EXPECT_LT(grown, 200U * (32U << 10));
}

TEST(Wire, SmallMessagesComeBack) {
  MessageParser from_client(Sender::kClient);
  std::vector<std::uint8_t> input = encode_credit(3, 4, 0x1122334455667788ULL);
  const auto probe = encode_probe({.token = 5, .client_ns = -6});
  input.insert(input.end(), probe.begin(), probe.end());
  const auto messages = parse_in_steps(from_client, input, 5);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].header.stream, 3U);
  EXPECT_EQ(messages[0].header.serial, 4U);
  EXPECT_EQ(load_credit(messages[0]), 0x1122334455667788ULL);
  EXPECT_EQ(load_probe(messages[1]).token, 5U);
  EXPECT_EQ(load_probe(messages[1]).client_ns, -6);

  MessageParser from_server(Sender::kServer);
  const auto replies = parse_in_steps(from_server, encode_probe_reply({{7, 8}, 9}), 100);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(load_probe_reply(replies[0]).probe.client_ns, 8);
  EXPECT_EQ(load_probe_reply(replies[0]).server_ns, 9);
}

}  // namespace
}  // namespace zoe::net
