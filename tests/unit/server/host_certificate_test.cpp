#include <sys/stat.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/host/server_certificate.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

using ::testing::HasSubstr;

TEST(ServerCertificate, IsMadeOnceAndKept) {
  const zoe::test::TempDir dir;
  const DataFolder data = DataFolder::open(dir.file("data")).value();
  const auto made = load_or_make_certificate(data, "", "", "test");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->is_new);
  EXPECT_EQ(made->pin.size(), 64u);
  struct stat info {};
  ASSERT_EQ(::stat(data.file("tls/key.pem").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto again = load_or_make_certificate(data, "", "", "other name");
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->pin, made->pin);
}

TEST(ServerCertificate, IsNeverReplacedBehindTheOperatorsBack) {
  const zoe::test::TempDir dir;
  const DataFolder data = DataFolder::open(dir.file("data")).value();
  ASSERT_TRUE(load_or_make_certificate(data, "", "", "test"));
  std::filesystem::remove(data.file("tls/key.pem"));
  const auto broken = load_or_make_certificate(data, "", "", "test");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("players will then warn"));
  dir.write("data/tls/key.pem", "rubbish");
  EXPECT_FALSE(load_or_make_certificate(data, "", "", "test"));
}

TEST(ServerCertificate, MayBeTheOperatorsOwn) {
  const zoe::test::TempDir dir;
  const DataFolder data = DataFolder::open(dir.file("data")).value();
  const auto own = net::make_certificate("example").value();
  dir.write("own.pem", own.certificate);
  dir.write("own.key", own.key);
  const auto loaded = load_or_make_certificate(data, dir.file("own.pem"), dir.file("own.key"), "test");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->pin, net::pin_of_certificate(own.certificate).value());
  const auto other = net::make_certificate("example").value();
  dir.write("own.key", other.key);
  EXPECT_FALSE(load_or_make_certificate(data, dir.file("own.pem"), dir.file("own.key"), "test"));
  EXPECT_FALSE(load_or_make_certificate(data, dir.file("none.pem"), dir.file("own.key"), "test"));
}

}  // namespace
}  // namespace zoe::server
