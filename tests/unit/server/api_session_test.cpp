#include <fcntl.h>

#include <set>

#include <gtest/gtest.h>

#include "server/api/session.hpp"
#include "tests/unit/server/streams_fakes.hpp"

namespace zoe::server {
namespace {

IdentityPtr somebody(const std::string& name) {
  auto identity = std::make_shared<Identity>();
  identity->name = name;
  return identity;
}

std::shared_ptr<Stream> stream_of(std::uint32_t handle) {
  StreamStart start;
  start.credit_us = 3'600'000'000;
  return std::make_shared<Stream>(handle, std::make_shared<test::FakeSource>(test::grid_table(60)), start,
                                  std::weak_ptr<StreamObserver>());
}

std::uint32_t open_stream(Session& session) {
  const auto place = session.reserve_stream();
  EXPECT_TRUE(place);
  EXPECT_TRUE(session.add_stream(*place, stream_of(place->handle), std::make_shared<MediaEntry>(), 2));
  return place->handle;
}

TEST(Session, CountsPlacesThatAreBeingTaken) {
  Session session("::1", 2);
  const auto one = session.reserve_stream();
  const auto two = session.reserve_stream();
  ASSERT_TRUE(one);
  ASSERT_TRUE(two);
  EXPECT_EQ(session.reserve_stream().error().code, Errc::kTooLarge);
  EXPECT_EQ(session.stream(one->handle).error().code, Errc::kNotFound);  // not open yet
  session.drop(*one);
  EXPECT_TRUE(session.reserve_stream());
}

TEST(Session, FindsAndClosesStreams) {
  Session session("::1", 2);
  const std::uint32_t handle = open_stream(session);
  const auto open = session.stream(handle);
  ASSERT_TRUE(open);
  EXPECT_EQ(open->track, 2);
  EXPECT_EQ(session.open_streams(), 1u);
  EXPECT_TRUE(session.close_stream(handle));
  EXPECT_EQ(session.close_stream(handle).error().code, Errc::kNotFound);
  EXPECT_FALSE(open->stream->pause());  // it is closed for those who still hold it
}

TEST(Session, SigningInClosesWhatTheOneBeforeHadOpen) {
  Session session("::1", 4);
  ASSERT_TRUE(session.sign_in(somebody("anna")));
  const std::uint32_t handle = open_stream(session);
  const auto being_opened = session.reserve_stream();
  ASSERT_TRUE(being_opened);
  const std::stop_token stop = being_opened->stop;
  ASSERT_TRUE(session.sign_in(somebody("bob")));
  EXPECT_EQ(session.identity()->name, "bob");
  EXPECT_FALSE(session.stream(handle));
  EXPECT_TRUE(stop.stop_requested());
  // What was being opened for the one before is not handed to the next.
  const auto late = stream_of(being_opened->handle);
  EXPECT_EQ(session.add_stream(*being_opened, late, nullptr, {}).error().code, Errc::kCancelled);
  EXPECT_FALSE(late->pause());
  session.drop(*being_opened);
  EXPECT_EQ(session.open_streams(), 0u);
}

TEST(Session, ReplacesAnIdentityOnlyWhileItIsSignedIn) {
  Session session("::1", 4);
  const IdentityPtr anna = somebody("anna");
  ASSERT_TRUE(session.sign_in(anna));
  const std::uint32_t handle = open_stream(session);
  session.replace_identity(anna, somebody("anna the admin"));
  EXPECT_EQ(session.identity()->name, "anna the admin");
  EXPECT_TRUE(session.stream(handle));  // the epoch goes on
  session.replace_identity(anna, somebody("else"));
  EXPECT_EQ(session.identity()->name, "anna the admin");
}

TEST(Session, PullsFromAllStreamsInTurn) {
  Session session("::1", 3);
  const std::set<std::uint32_t> handles{open_stream(session), open_stream(session), open_stream(session)};
  zoe_run run{};
  run.struct_size = sizeof run;
  for (int round = 0; round < 3; ++round) {
    std::set<std::uint32_t> served;
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(session.pull(200, run), ZOE_OK);
      served.insert(run.stream);
      Stream::release(run);
    }
    EXPECT_EQ(served, handles);
  }
}

TEST(Session, SaysAgainWhereNothingIsToBeHad) {
  Session session("::1", 3);
  zoe_run run{};
  run.struct_size = sizeof run;
  EXPECT_EQ(session.pull(1000, run), ZOE_AGAIN);
  open_stream(session);
  session.close();
  EXPECT_EQ(session.pull(1000, run), ZOE_AGAIN);
  EXPECT_EQ(session.identity(), nullptr);
  EXPECT_FALSE(session.sign_in(somebody("late")));
  EXPECT_FALSE(session.reserve_stream());
}

TEST(Session, ForgetsTheOldestFetchedFileAndRefusesWhereNoneWasFetched) {
  Session session("::1", 3);
  const auto open_file = [&] {
    const auto place = session.reserve_file();
    if (!place) return std::uint32_t{0};
    EXPECT_TRUE(session.add_file(*place, UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), 10));
    return place->handle;
  };
  const std::uint32_t first = open_file();
  for (std::size_t i = 1; i < Session::kMostFiles; ++i) EXPECT_NE(open_file(), 0u);
  EXPECT_EQ(open_file(), 0u);
  ASSERT_TRUE(session.file(first));
  EXPECT_NE(open_file(), 0u);
  EXPECT_EQ(session.file(first).error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace zoe::server
