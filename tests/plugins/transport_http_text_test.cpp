// Addresses, ranges, dates, names and subtitles, as the web transport reads and writes them.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/transport_http/byte_ranges.hpp"
#include "plugins/transport_http/http_text.hpp"
#include "plugins/transport_http/request_reader.hpp"
#include "plugins/transport_http/subtitle_text.hpp"
#include "plugins/transport_http/target.hpp"

namespace zoe::transport_http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(HttpTarget, IsTakenApart) {
  const auto target = parse_target("/watch/Cup%20final+1/%C3%BC.mp4?x=1&y=a+b%26c&z#part");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->path, ElementsAre("watch", "Cup final+1", "\xC3\xBC.mp4"));
  EXPECT_EQ(target->rest(1), "Cup final+1/\xC3\xBC.mp4");
  EXPECT_EQ(target->query.at("x"), "1");
  EXPECT_EQ(target->query.at("y"), "a b&c");
  EXPECT_EQ(target->query.at("z"), "");
  EXPECT_THAT(parse_target("/")->path, IsEmpty());
  EXPECT_THAT(parse_target("//a//")->path, ElementsAre("a"));
}

TEST(HttpTarget, LeadsNowhereElse) {
  for (const char* bad : {"", "watch", "*", "http://host/x", "/..", "/a/../b", "/%2e%2e/a", "/a%2Fb", "/a%5Cb", "/%00",
                          "/a%0d%0aX", "/%", "/%4", "/%zz", "/%C0%AF", "/%FF", "/%ED%A0%80", "/?a=%"})
    EXPECT_FALSE(parse_target(bad)) << bad;
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "/a";
  EXPECT_FALSE(parse_target(deep));
}

TEST(HttpRanges, AreReadAsTheyAreMeant) {
  using Ranges = std::vector<ByteRange>;
  EXPECT_EQ(parse_ranges("bytes=0-499", 1000), (Ranges{{0, 500}}));
  EXPECT_EQ(parse_ranges("bytes=500-", 1000), (Ranges{{500, 500}}));
  EXPECT_EQ(parse_ranges("bytes=-200", 1000), (Ranges{{800, 200}}));
  EXPECT_EQ(parse_ranges("bytes=-5000", 1000), (Ranges{{0, 1000}}));
  EXPECT_EQ(parse_ranges("Bytes = 0-0 , 999-2000", 1000), (Ranges{{0, 1}, {999, 1}}));
  EXPECT_EQ(parse_ranges("bytes=1000-", 1000), Ranges{});
  EXPECT_EQ(parse_ranges("bytes=-0", 1000), Ranges{});
  EXPECT_EQ(parse_ranges("bytes=0-", 0), Ranges{});
  EXPECT_EQ(parse_ranges("bytes=0-99999999999999999999999", 1000), (Ranges{{0, 1000}}));
  for (const char* bad :
       {"", "bytes", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=-", "bytes=1", "items=0-1", "bytes=0-1,", "bytes=+1-2"})
    EXPECT_FALSE(parse_ranges(bad, 1000)) << bad;
  std::string many = "bytes=0-0";
  for (int i = 0; i < 40; ++i) many += ",0-0";
  EXPECT_FALSE(parse_ranges(many, 1000));
}

TEST(HttpText, DatesGoThereAndBack) {
  EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const std::int64_t seconds :
       {std::int64_t{0}, std::int64_t{951'782'400}, std::int64_t{1'795'764'184}, std::int64_t{4'102'444'799}})
    EXPECT_EQ(parse_http_date(http_date(seconds)), seconds);
  for (const char* bad : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 99 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Nix 1994 08:49:37 GMT"})
    EXPECT_FALSE(parse_http_date(bad)) << bad;
}

TEST(HttpText, TagsAndCookies) {
  EXPECT_TRUE(names_tag("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(names_tag("*", "\"b\""));
  EXPECT_FALSE(names_tag("\"ab\"", "\"b\""));
  EXPECT_EQ(cookie_of("a=1; zoetrope_session=xyz; b=2", "zoetrope_session"), "xyz");
  EXPECT_EQ(cookie_of("xzoetrope_session=1", "zoetrope_session"), "");
}

TEST(HttpText, NamesOfDownloadsAreThoseOfTheirFiles) {
  EXPECT_EQ(attachment_of("Cup final.mp4"), "attachment; filename=\"Cup final.mp4\"; filename*=UTF-8''Cup%20final.mp4");
  EXPECT_EQ(attachment_of("\xC3\xBC\".mp4"), "attachment; filename=\"__.mp4\"; filename*=UTF-8''%C3%BC%22.mp4");
  EXPECT_EQ(attachment_of("a\r\nX: y"), "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y");
  EXPECT_EQ(type_of("A.MP4"), "video/mp4");
  EXPECT_EQ(type_of("noending"), "application/octet-stream");
}

TEST(HttpText, SubtitlesBecomeWebVtt) {
  EXPECT_EQ(to_webvtt("\xEF\xBB\xBF"
                      "1\r\n00:00:01,500 --> 00:00:02,000\r\nHe said 1,500 \xE9\r\n",
                      "a.SRT")
                .value(),
            "WEBVTT\n\n1\n00:00:01.500 --> 00:00:02.000\nHe said 1,500 \xC3\xA9\n");
  EXPECT_EQ(to_webvtt("WEBVTT\n", "a.vtt").value(), "WEBVTT\n");
  EXPECT_EQ(to_webvtt("[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\i1}Hi\n", "a.ass")
                .value(),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<i>Hi</i>\n\n");
  EXPECT_FALSE(to_webvtt("[Script Info]", "a.ass"));
  EXPECT_FALSE(to_webvtt("x", "a.sub"));
}

TEST(HttpRequests, AreReadOneByOneHoweverTheyAreCut) {
  const std::string two =
      "POST /api/x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nCookie: a=b\r\n\r\n{}GET / HTTP/1.0\r\n\r\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, two.size()}) {
    RequestReader reader;
    std::vector<Request> read;
    for (std::size_t at = 0; at < two.size(); at += step) {
      reader.add(as_bytes(std::string_view(two).substr(at, step)));
      while (reader.parse().value()) {
        read.push_back(reader.request());
        reader.next();
      }
    }
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].method, Method::kPost);
    EXPECT_EQ(read[0].body, "{}");
    EXPECT_EQ(read[0].cookie, "a=b");
    EXPECT_TRUE(read[0].is_kept_alive);
    EXPECT_EQ(read[1].target, "/");
    EXPECT_FALSE(read[1].is_kept_alive);
  }
}

TEST(HttpRequests, AreAsNewThoughTheyUseTheMemoryOfTheOneBefore) {
  RequestReader reader;
  reader.add(
      as_bytes(std::string_view("POST /a HTTP/1.1\r\nHost: h\r\nCookie: a=b\r\nCookie: c=d\r\nRange: bytes=0-1\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer t\r\n\r\n"
                                "GET /b HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"
                                "GET /c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")));
  const Request& request = reader.request();
  ASSERT_TRUE(reader.parse().value());
  EXPECT_EQ(request.body, "{}");
  EXPECT_EQ(request.cookie, "a=b") << "of several the first counts";
  EXPECT_EQ(request.range, "bytes=0-1");
  EXPECT_EQ(request.authorization, "") << "what stands behind the body tells nobody who asks";
  reader.next();
  ASSERT_TRUE(reader.parse().value());
  EXPECT_EQ(request.method, Method::kGet);
  EXPECT_EQ(request.target, "/b");
  EXPECT_EQ(request.host, "g");
  EXPECT_EQ(request.body + request.cookie + request.range, "");
  EXPECT_FALSE(request.is_kept_alive);
  reader.next();
  ASSERT_TRUE(reader.parse().value());
  EXPECT_EQ(request.host, "");
  EXPECT_TRUE(request.is_kept_alive);
}

TEST(HttpRequests, WhatCanBeReadInTwoWaysIsRefused) {
  for (const char* bad :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "nonsense\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n\x01", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    RequestReader reader;
    reader.add(as_bytes(std::string_view(bad)));
    EXPECT_FALSE(reader.parse().value_or(false)) << bad;
  }
  RequestReader header;
  header.add(as_bytes("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(40'000, 'x')));
  EXPECT_FALSE(header.parse());
  EXPECT_TRUE(header.is_header_too_large());
  RequestReader body;
  body.add(as_bytes(std::string_view("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")));
  EXPECT_FALSE(body.parse());
  EXPECT_FALSE(body.is_header_too_large());
}

}  // namespace
}  // namespace zoe::transport_http
