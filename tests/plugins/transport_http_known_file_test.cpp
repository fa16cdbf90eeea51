// The file that a connection of the web was given last: how long what is known of it holds.
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "plugins/transport_http/known_file.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::transport_http {
namespace {

constexpr std::int64_t kAskedNs = 5'000'000'000;
constexpr std::int64_t kLater = kAskedNs + KnownFile::kLookNs;

class KnownFiles : public testing::Test {
 protected:
  KnownFiles() {
    request_.method = Method::kGet;
    request_.target = "/watch/film.mp4";
    request_.cookie = "zoetrope_session=good";
    keep();
  }

  void keep() {
    ServedFile file;
    const std::string path = folder_.write("film.mp4", "0123456789");
    file.fd = std::make_shared<const UniqueFd>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::fstat(file.fd->get(), &file.state), 0);
    known_.keep(request_, std::move(file), 1, kAskedNs);
  }

  test::TempDir folder_;
  Request request_;
  KnownFile known_;
};

TEST_F(KnownFiles, AreKnownToTheSameAskerForASecond) {
  EXPECT_NE(known_.find(request_, 1, kAskedNs), nullptr);
  EXPECT_NE(known_.find(request_, 1, kAskedNs + KnownFile::kGoodForNs - 1), nullptr);
  Request other = request_;
  other.cookie = "zoetrope_session=other";
  EXPECT_EQ(known_.find(other, 1, kAskedNs), nullptr);
  other = request_;
  other.target = "/watch/other.mp4";
  EXPECT_EQ(known_.find(other, 1, kAskedNs), nullptr);
  EXPECT_NE(known_.find(request_, 1, kAskedNs), nullptr) << "what another asks for ends nothing";
  EXPECT_EQ(known_.find(request_, 1, kAskedNs + KnownFile::kGoodForNs), nullptr);
  EXPECT_EQ(known_.find(request_, 1, kAskedNs), nullptr) << "what has ended stays ended";
}

TEST_F(KnownFiles, EndWhenTheServerTellsOfAChange) { EXPECT_EQ(known_.find(request_, 2, kAskedNs), nullptr); }

TEST_F(KnownFiles, AreLookedAtTenTimesASecond) {
  EXPECT_NE(known_.find(request_, 1, kLater), nullptr) << "nothing has changed";
  folder_.write("film.mp4", "0123456789abc");
  EXPECT_NE(known_.find(request_, 1, kLater + KnownFile::kLookNs - 1), nullptr) << "it was looked at just now";
  EXPECT_EQ(known_.find(request_, 1, kLater + KnownFile::kLookNs), nullptr);
}

TEST_F(KnownFiles, EndWithTheFilesName) {
  std::filesystem::remove(folder_.file("film.mp4"));
  EXPECT_EQ(known_.find(request_, 1, kLater), nullptr);
}

}  // namespace
}  // namespace zoe::transport_http
