#include "engine/net/discovery.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "engine/net/lan_search.hpp"

namespace zoe::net {
namespace {

TEST(Discovery, AQuestionAndItsAnswerComeThrough) {
  const auto ask = encode_ask(0x1122334455667788);
  ASSERT_EQ(parse_ask(ask), 0x1122334455667788U);
  const auto datagram = encode_answer({*parse_ask(ask), 7340, "Küche"});
  EXPECT_LE(datagram.size(), ask.size()) << "nobody is sent more than they sent";
  const auto answer = parse_answer(datagram);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->nonce, 0x1122334455667788U);
  EXPECT_EQ(answer->port, 7340);
  EXPECT_EQ(answer->name, "Küche");
}

TEST(Discovery, WhateverElseComesIsNothing) {
  const auto ask = encode_ask(7);
  const auto answer = encode_answer({7, 7340, "A server"});
  for (std::size_t size = 0; size < ask.size(); ++size) EXPECT_FALSE(parse_ask(Bytes(ask).first(size))) << size;
  for (std::size_t size = 0; size < answer.size(); ++size)
    EXPECT_FALSE(parse_answer(Bytes(answer).first(size))) << size;
  EXPECT_FALSE(parse_ask(answer));
  EXPECT_FALSE(parse_answer(ask));
  auto longer = answer;
  longer.push_back('x');
  EXPECT_FALSE(parse_answer(longer));
  auto other_version = answer;
  other_version[4] = 2;
  EXPECT_FALSE(parse_answer(other_version));
  EXPECT_FALSE(parse_answer(encode_answer({7, 0, "A server"}))) << "port 0";
  EXPECT_FALSE(parse_answer(encode_answer({7, 7340, ""}))) << "no name";
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    auto broken = answer;
    for (int flips = 0; flips < 3; ++flips) broken[random() % broken.size()] = static_cast<std::uint8_t>(random());
    const auto parsed = parse_answer(broken);
    EXPECT_TRUE(!parsed || parsed->name.size() <= kMostServerName);
  }
}

TEST(Discovery, ANameIsNoMoreThanAName) {
  const auto name_of = [](const std::string& name) {
    const auto answer = parse_answer(encode_answer({1, 1, name}));
    return answer ? answer->name : std::string("?");
  };
  EXPECT_EQ(name_of("two\nlines\x1b[31m\x7f"), "two?lines?[31m?");
  EXPECT_EQ(name_of("turned \xE2\x80\xAEround"), "turned ?round") << "marks that turn text round";
  EXPECT_EQ(name_of("\xC0\xAF\xED\xA0\x80\xFF"), "??????") << "no UTF-8";
  EXPECT_EQ(name_of(std::string(200, 'x')), std::string(64, 'x'));
  EXPECT_EQ(name_of(std::string(63, 'x') + "é"), std::string(63, 'x')) << "not in the middle of a letter";
}

TEST(Discovery, OnlyWhoIsNearIsAnswered) {
  for (const std::uint32_t near : {0x0A010203U, 0xAC1FFFFFU, 0xC0A80114U, 0xA9FE0101U, 0x64400001U, 0x7F000001U})
    EXPECT_TRUE(is_near(near)) << std::hex << near;
  for (const std::uint32_t far : {0x08080808U, 0xAC200001U, 0xC0A90001U, 0x64800001U, 0xFFFFFFFFU, 0U})
    EXPECT_FALSE(is_near(far)) << std::hex << far;
}

TEST(FoundServers, AreListedByNameBoundedAndForgotten) {
  FoundServers found;
  EXPECT_TRUE(found.add({"B", "10.0.0.2:7340", 5}));
  EXPECT_TRUE(found.add({"A", "10.0.0.3:7340", 5}));
  EXPECT_FALSE(found.add({"B", "10.0.0.2:7340", 7})) << "nothing new";
  EXPECT_TRUE(found.add({"C", "10.0.0.2:7340", 8})) << "another name";
  ASSERT_EQ(found.all().size(), 2U);
  EXPECT_EQ(found.all()[0].name, "A");
  for (int i = 0; i < 100; ++i) found.add({"D", "10.0.1." + std::to_string(i) + ":1", 9});
  EXPECT_EQ(found.all().size(), FoundServers::kMost);
  EXPECT_TRUE(found.expire(8 + FoundServers::kForgottenNs)) << "A was heard of at 5";
  EXPECT_EQ(found.all().size(), FoundServers::kMost - 1);
  EXPECT_FALSE(found.expire(8 + FoundServers::kForgottenNs));
}

}  // namespace
}  // namespace zoe::net
