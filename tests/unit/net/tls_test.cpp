#include "engine/net/tls.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::net {
namespace {

// Both ends in one test, the records carried by hand.
struct Pair {
  Pair() : pem(make_certificate("test.example").value()) {
    server = TlsEngine::create(TlsContext::server(pem).value()).value();
    client = TlsEngine::create(TlsContext::client().value(), "test.example").value();
  }

  // Carries everything that waits, `step` bytes at a time, until nothing does.
  void carry(std::size_t step = 1'000'000) {
    while (client->has_output() || server->has_output()) {
      move(*client, *server, step);
      move(*server, *client, step);
    }
  }
  static void move(TlsEngine& from, TlsEngine& to, std::size_t step) {
    std::vector<std::uint8_t> records;
    from.take_output(records);
    for (Bytes rest = records; !rest.empty(); rest = rest.subspan(std::min(step, rest.size())))
      EXPECT_TRUE(to.receive(rest.first(std::min(step, rest.size()))));
  }
  static std::vector<std::uint8_t> read_all(TlsEngine& engine) {
    std::vector<std::uint8_t> all;
    std::uint8_t part[3000];
    for (;;) {
      const auto size = engine.read(part);
      EXPECT_TRUE(size);
      if (!size || *size == 0) return all;
      all.insert(all.end(), part, part + *size);
    }
  }

  CertificatePem pem;
  std::unique_ptr<TlsEngine> server;
  std::unique_ptr<TlsEngine> client;
};

TEST(Tls, ShakesHandsAndCarriesBytesBothWays) {
  for (const std::size_t step : {1U, 7U, 1'000'000U}) {
    Pair pair;
    EXPECT_EQ(pair.client->state(), TlsEngine::State::kHandshaking);
    EXPECT_FALSE(pair.client->peer_pin());
    pair.carry(step);
    ASSERT_EQ(pair.client->state(), TlsEngine::State::kOpen);
    ASSERT_EQ(pair.server->state(), TlsEngine::State::kOpen);
    std::vector<std::uint8_t> data(200'000);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 13);
    ASSERT_TRUE(pair.client->write(data));
    ASSERT_TRUE(pair.server->write(Bytes(data).first(10)));
    pair.carry(step);
    EXPECT_EQ(Pair::read_all(*pair.server), data);
    EXPECT_EQ(Pair::read_all(*pair.client).size(), 10U);
  }
}

TEST(Tls, PinIsThatOfTheCertificate) {
  Pair pair;
  pair.carry();
  EXPECT_EQ(pair.client->peer_pin().value(), pin_of_certificate(pair.pem.certificate).value());
  EXPECT_EQ(pair.client->peer_pin().value().size(), 64U);
  EXPECT_NE(pin_of_certificate(make_certificate("test.example")->certificate).value(), pair.client->peer_pin().value());
}

// The pin is what another program computes from the same certificate.
TEST(Tls, PinIsTheSha256OfTheSubjectPublicKeyInfo) {
  const auto pem = make_certificate("x");
  ASSERT_TRUE(pem);
  const test::TempDir folder;
  const std::string file = folder.write("cert.pem", pem->certificate);
  const auto result = test::run(
      {"sh", "-c", "openssl x509 -in " + file + " -pubkey -noout | openssl pkey -pubin -outform der | sha256sum"});
  ASSERT_TRUE(result.ok()) << result.err;
  EXPECT_EQ(result.out.substr(0, 64), pin_of_certificate(pem->certificate).value());
}

TEST(Tls, CertificateIsWhatItIsSaidToBe) {
  const auto pem = make_certificate("living-room");
  ASSERT_TRUE(pem);
  const test::TempDir folder;
  const auto result = test::run({"openssl", "x509", "-in", folder.write("cert.pem", pem->certificate), "-noout",
                                 "-text", "-checkend", std::to_string(10 * 365 * 86'400)});
  EXPECT_TRUE(result.ok()) << "it must last ten years";
  EXPECT_NE(result.out.find("NIST CURVE: P-256"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("CN = living-room"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("CA:FALSE"), std::string::npos) << result.out;
  EXPECT_TRUE(make_certificate("odd name, with: signs\n"));
  EXPECT_TRUE(make_certificate(""));
}

TEST(Tls, ContextNeedsACertificateWithItsOwnKey) {
  const auto one = make_certificate("one").value();
  const auto two = make_certificate("two").value();
  EXPECT_TRUE(TlsContext::server(one));
  EXPECT_FALSE(TlsContext::server({one.certificate, two.key}));
  EXPECT_FALSE(TlsContext::server({"nonsense", one.key}));
  EXPECT_FALSE(TlsContext::server({one.certificate, ""}));
}

TEST(Tls, GarbageFailsAndStaysFailed) {
  Pair pair;
  const Status status = pair.server->receive(as_bytes("GET / HTTP/1.1\r\n\r\n"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::kMalformed);
  EXPECT_EQ(pair.server->state(), TlsEngine::State::kClosed);
  EXPECT_FALSE(pair.server->write(as_bytes("x")));
  EXPECT_TRUE(pair.server->receive(as_bytes("more")));
}

TEST(Tls, DamagedRecordsAreNoticed) {
  Pair pair;
  pair.carry();
  ASSERT_TRUE(pair.client->write(as_bytes("hello")));
  std::vector<std::uint8_t> records;
  pair.client->take_output(records);
  records[records.size() / 2] ^= 1;
  std::uint8_t out[100];
  const Status received = pair.server->receive(records);
  const auto read = pair.server->read(out);
  EXPECT_TRUE(!received || !read);
  EXPECT_EQ(pair.server->state(), TlsEngine::State::kClosed);
}

TEST(Tls, CloseIsHeard) {
  Pair pair;
  pair.carry();
  ASSERT_TRUE(pair.client->write(as_bytes("last")));
  pair.client->close();
  pair.carry();
  EXPECT_EQ(Pair::read_all(*pair.server).size(), 4U);
  EXPECT_EQ(pair.server->state(), TlsEngine::State::kClosed);
}

}  // namespace
}  // namespace zoe::net
